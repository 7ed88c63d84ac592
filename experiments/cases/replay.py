"""Replay a case: the model and simple rivals forecast each side's next month from both sides' coded acts.

Nothing in the model is fitted. The record has weights, but the model has only two kinds of act. It is therefore assumed
that:

- Acts count by their sign. A month with a mean weight above 0 is cooperative, below 0 hostile.
- A side repeats its last act until its next coded act.
- Recorded acts do not miscarry, but the model may misread them.
- The model forecasts a sign. As a size, each of its signs has the weights of that sign in all other cases, equally
  likely, as the base rate has (leave one case out).
- The scenario's scheduled events and moves are removed, because they contain the record of both sides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.cases.case import Case
from experiments.cases.case_file import case_names, load_case
from experiments.cases.forecasters import RIVALS, Forecast, forecast_of_signs, last_weights, rivals_without
from experiments.cases.scoring import Interval, brier_score, crps, means_over_cases, means_over_months
from experiments.engine.worlds import Worlds, play_cooperation
from model.loading import apply_changes, load_scenario, read_scenario
from model.overrides import Override
from model.scenario import Scenario

REPLAY_WORLDS = 400
# The model, given both sides' records up to the month before, as rivals are; given the other side's alone; given none.
MODEL, OTHER_RECORD, NO_RECORD = "model", "model, one record", "model, no record"
MODELS = (MODEL, OTHER_RECORD, NO_RECORD)
FORECASTERS = (*MODELS, *RIVALS)
BENCHMARK = "base rate"  # the rival that the model is compared with in a single case


class ReplayMonth(NamedTuple):
    """One month in which the responding side acted, with its forecasts and their scores.

    input_sign: 1 or 0, the input side's last act before this month. observed: mean weight of the responding side's
    acts. joint_only: whether all of them were joint acts. forecasts: of all FORECASTERS if the month is scored,
    otherwise of the model alone. scores: the Brier score of each of FORECASTERS, then the CRPS of each; None if a side
    had not acted before.
    """

    round: int
    date: str
    input_sign: int | None
    observed: float
    joint_only: bool
    forecasts: dict[str, Forecast]
    scores: tuple[float, ...] | None


class ReplayDirection(NamedTuple):
    """A replay in one direction: the responding state, the input state, and the months."""

    responder: str
    input_side: str
    months: list[ReplayMonth]


class Replay(NamedTuple):
    """A case replayed in both directions."""

    case: Case
    directions: tuple[ReplayDirection, ReplayDirection]

    @property
    def scored_months(self) -> list[ReplayMonth]:
        """Return the scored months of both directions, in chronological order."""
        months = [month for each in self.directions for month in each.months if month.scores is not None]
        return sorted(months, key=lambda month: month.round)


def persistent_signs(weights: np.ndarray) -> list[int | None]:
    """Return the sign (1 or 0) of a side's last act up to each month; None before any.

    weights: [month], NaN in months without an act.
    """
    signs: list[int | None] = []
    for weight in weights:
        signs.append(int(weight > 0) if np.isfinite(weight) else signs[-1] if signs else None)
    return signs


def input_overrides(case: Case, side: int, months: int | None = None) -> list[Override]:
    """Return one side's record as forced moves: its conduct since its first act, which never miscarries.

    months: only the first months of the record; default: all.
    """
    actor, counterpart = case.sides[side].state, case.sides[1 - side].state
    signs = persistent_signs(case.monthly_weights()[:months, side])
    known = [(now, value) for now, value in enumerate(signs, start=1) if value is not None]
    return [
        Override(now, act, None, actor, counterpart, float(act_value))
        for now, value in known
        for act, act_value in (("choose_conduct", value), ("miscarry", 0))
    ]


def response_shares(
    case: Case, answering: int, worlds: int = REPLAY_WORLDS, seed: int = 1, given: Iterable[Override] = ()
) -> np.ndarray:
    """Return the share of worlds in which the model, as one side, cooperates, [month].

    given: the record as ``input_overrides``; without it, only the scenario matters.
    """
    scenario, one, other = _scenario_of(case, answering)
    return play_cooperation(scenario, list(given), worlds, seed)[:, :, one, other].mean(axis=0)


def one_step_share(case: Case, answering: int, now: int, worlds: int = REPLAY_WORLDS, seed: int = 1) -> float:
    """Return the share of worlds in which a side cooperates in a month, given both records up to the month before."""
    scenario, one, other = _scenario_of(case, answering)
    batch = Worlds(scenario, worlds, seed, [each for side in (0, 1) for each in input_overrides(case, side, now - 1)])
    batch.step(now)
    return float(batch.cooperation()[:, one, other].mean())


def _scenario_of(case: Case, answering: int) -> tuple[Scenario, int, int]:
    """Return the scenario without its schedule, and the indices of the answering and the other state."""
    changes = {"events": [], "moves": [], "rounds": case.months}
    scenario = load_scenario(apply_changes(read_scenario(case.header.scenario), changes))
    states = list(scenario.states)
    return scenario, states.index(case.sides[answering].state), states.index(case.sides[1 - answering].state)


def replay_case(case: Case, worlds: int = REPLAY_WORLDS, seed: int = 1) -> Replay:
    """Replay a case in both directions."""
    first, second = (_replay_direction(case, side, worlds, seed) for side in (0, 1))
    return Replay(case, (first, second))


def _replay_direction(case: Case, answering: int, worlds: int, seed: int) -> ReplayDirection:
    weights, rivals = case.monthly_weights(), rivals_without(case.name)
    before, states = last_weights(weights), {name: rival.states(weights) for name, rival in rivals.items()}
    shares = {
        OTHER_RECORD: response_shares(case, answering, worlds, seed, input_overrides(case, 1 - answering)),
        NO_RECORD: response_shares(case, answering, worlds, seed),
    }
    sizes = rivals[BENCHMARK].forecast(0.0, 0.0)
    own = {each.month_index for each in case.acts_of(answering) if each.joint == "no"}
    months = []
    for now, observed in case.monthly_conduct(answering).items():
        chances = {MODEL: one_step_share(case, answering, now, worlds, seed)}
        chances |= {name: float(share[now - 1]) for name, share in shares.items()}
        forecasts = {name: forecast_of_signs(chance, sizes) for name, chance in chances.items()}
        scored = observed != 0 and np.isfinite(before[now - 1]).all()
        if scored:
            for name, rival in rivals.items():
                state = states[name][now - 1]
                forecasts[name] = rival.forecast(state[answering], state[1 - answering])
        input_weight = before[now - 1, 1 - answering]
        input_sign = int(input_weight > 0) if np.isfinite(input_weight) else None
        joint_only = case.events[0].month_index + now - 1 not in own
        scores = _scores(forecasts, observed) if scored else None
        months.append(ReplayMonth(now, case.month_of(now), input_sign, observed, joint_only, forecasts, scores))
    return ReplayDirection(case.sides[answering].state, case.sides[1 - answering].state, months)


def _scores(forecasts: Mapping[str, Forecast], observed: float) -> tuple[float, ...]:
    """Return the Brier score of each forecaster, then the CRPS of each."""
    ordered = [forecasts[name] for name in FORECASTERS]
    signs = (brier_score(each.chance, observed > 0) for each in ordered)
    return (*signs, *(crps(each.values, observed, each.shares) for each in ordered))


class ForecasterComparison(NamedTuple):
    """A comparison of the forecasters on one score.

    scores: of each, with intervals, the best first. differences: the model's score minus that of each other, with
    intervals of the paired difference; above 0, the other is closer to the record.
    """

    scores: dict[str, Interval]
    differences: dict[str, Interval]

    @property
    def best(self) -> str:
        """Return the forecaster with the lowest score."""
        return next(iter(self.scores))

    def verdict_against(self, name: str) -> str:
        """Return `holds` if the model beats another forecaster, `fails` if it loses, otherwise `undecided`.

        It is undecided if the interval of the difference contains 0.
        """
        difference = self.differences[name]
        return "fails" if difference.low > 0 else "holds" if difference.high < 0 else "undecided"


def combined_verdict(comparison: Mapping[str, ForecasterComparison], name: str) -> str:
    """Combine the model's verdicts on sign and size against a rival, failures first; empty for the model itself."""
    if name in MODELS:
        return ""
    verdicts = {quantity: one.verdict_against(name) for quantity, one in comparison.items()}
    by_verdict = {each: [quantity for quantity, one in verdicts.items() if one == each] for each in ("fails", "holds")}
    texts = [f"{each} on {' and '.join(quantities)}" for each, quantities in by_verdict.items() if quantities]
    return ", ".join(texts) or "undecided"


def compare_forecasters(groups: Sequence[Sequence[ReplayMonth]]) -> dict[str, ForecasterComparison] | None:
    """Compare the forecasters over the scored months of one case, or of several; None without scored months.

    The intervals of one case are bootstrapped from blocks of its months, those of several from whole cases.
    """
    tables = [_with_differences(np.array([month.scores for month in group], float)) for group in groups if group]
    if not tables:
        return None
    intervals = means_over_months(tables[0]) if len(groups) == 1 else means_over_cases(tables)
    count = len(FORECASTERS)
    signs, sizes, sign_differences, size_differences = (intervals[at : at + count] for at in range(0, 4 * count, count))
    return {"sign": _compare(signs, sign_differences), "size": _compare(sizes, size_differences)}


def _with_differences(scores: np.ndarray) -> np.ndarray:
    """Append the differences between the model's scores and those of each forecaster."""
    count = len(FORECASTERS)
    return np.hstack([scores, *(part[:, [0]] - part for part in (scores[:, :count], scores[:, count:]))])


def _compare(scores: Sequence[Interval], differences: Sequence[Interval]) -> ForecasterComparison:
    ordered = sorted(zip(FORECASTERS, scores, differences, strict=True), key=lambda each: each[1].mean)
    return ForecasterComparison(
        {name: score for name, score, _ in ordered},
        {name: difference for name, _, difference in ordered if name != MODEL},
    )


def replay_all(
    worlds: int = REPLAY_WORLDS, seed: int = 1, progress: Callable[[str], Any] = lambda _: None
) -> dict[str, Replay]:
    """Replay all cases of the library; ``progress`` receives the name of each."""
    replays = {}
    for name in case_names():
        progress(name)
        replays[name] = replay_case(load_case(name), worlds, seed)
    return replays
