"""Replay a case: given one side's coded acts, the model responds as the other side; two baselines do the same.

Nothing is fitted. The record has weights, but the model has only two kinds of act. It is therefore assumed that:

- Acts count by their sign. A month with a mean weight above 0 is cooperative, below 0 hostile.
- The input side repeats its last act until its next coded act.
- Recorded acts do not miscarry, but the model may misread them.
- The model forecasts a sign. As a size, each of its signs has the weights of that sign in all other cases, equally
  likely, as the base rate has (leave one case out).
- The scenario's scheduled events and moves are removed, because they contain the record of both sides.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from experiments.cases.case import Case, case_names, load_case
from experiments.cases.scoring import Interval, brier_score, crps, means_over_cases, means_over_months
from experiments.engine.worlds import play_cooperation
from model.loading import apply_changes, load_scenario, read_scenario
from model.overrides import Override

REPLAY_WORLDS = 400
FORECASTERS = ("model", "persistence", "base rate")


class Forecast(NamedTuple):
    """The forecast of one month by one forecaster: values and their probabilities."""

    values: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def chance(self) -> float:
        """Return the probability that the month is cooperative."""
        return float(sum(share for value, share in zip(self.values, self.shares, strict=True) if value > 0))

    @property
    def mean(self) -> float:
        """Return the mean value."""
        return float(np.dot(self.values, self.shares))

    def quantile(self, share: float) -> float:
        """Return the smallest value at which the cumulative probability reaches a share (0 to 1)."""
        order = np.argsort(self.values)
        place = np.searchsorted(np.cumsum(np.array(self.shares)[order]), share - 1e-12)
        return float(np.array(self.values)[order][min(place, len(order) - 1)])


class ReplayMonth(NamedTuple):
    """One month in which the responding side acted, with its forecasts and their scores.

    input_sign: 1 or 0, the input side's last act before this month. observed: mean weight of the responding side's
    acts. joint_only: whether all of them were joint acts. scores: the Brier score of each of FORECASTERS, then the
    CRPS of each; None if a side had not acted before.
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


def persistent_signs(conduct: Mapping[int, float], months: int) -> list[int | None]:
    """Return the sign (1 or 0) of the last act up to each month, the first month at index 0; None before any act."""
    signs: list[int | None] = []
    for now in range(1, months + 1):
        weight = conduct.get(now, 0.0)
        signs.append(int(weight > 0) if weight else signs[-1] if signs else None)
    return signs


def input_overrides(case: Case, side: int) -> list[Override]:
    """Return one side's record as forced moves: its conduct since its first act, which never miscarries."""
    actor, counterpart = case.sides[side].state, case.sides[1 - side].state
    signs = persistent_signs(case.monthly_conduct(side), case.months)
    known = [(now, value) for now, value in enumerate(signs, start=1) if value is not None]
    return [
        Override(now, act, None, actor, counterpart, float(act_value))
        for now, value in known
        for act, act_value in (("choose_conduct", value), ("miscarry", 0))
    ]


def response_shares(
    case: Case, answering: int, worlds: int = REPLAY_WORLDS, seed: int = 1, use_input: bool = True
) -> np.ndarray:
    """Return the share of worlds in which the model, as one side, cooperates given the other's record, [month].

    use_input: if false, the model plays both sides, so that only the scenario matters.
    """
    scenario = load_scenario(
        apply_changes(read_scenario(case.header.scenario), {"events": [], "moves": [], "rounds": case.months})
    )
    states = list(scenario.states)
    one, other = (states.index(case.sides[side].state) for side in (answering, 1 - answering))
    return play_cooperation(scenario, input_overrides(case, 1 - answering) if use_input else (), worlds, seed)[
        :, :, one, other
    ].mean(axis=0)


@lru_cache(maxsize=32)
def _weights_of(name: str) -> tuple[float, ...]:
    """Return the nonzero mean weights of all months of both sides of a case in the library."""
    case = load_case(name)
    return tuple(weight for side in (0, 1) for weight in case.monthly_conduct(side).values() if weight)


def base_rate(excluded: str) -> Forecast:
    """Return the base-rate forecast: the monthly weights of all other cases in the library, equally likely."""
    values = [weight for name in case_names() if name != excluded for weight in _weights_of(name)]
    return Forecast(tuple(values), (1.0 / len(values),) * len(values))


def forecast_of_signs(share: float, sizes: Forecast) -> Forecast:
    """Return the forecast that is cooperative with probability ``share``, with the sizes of another forecast."""
    cooperative = sizes.chance
    ratios = {True: share / cooperative, False: (1.0 - share) / (1.0 - cooperative)}
    return sizes._replace(
        shares=tuple(each * ratios[value > 0] for value, each in zip(sizes.values, sizes.shares, strict=True))
    )


def replay_case(case: Case, worlds: int = REPLAY_WORLDS, seed: int = 1, use_input: bool = True) -> Replay:
    """Replay a case in both directions."""
    baseline = base_rate(case.name)
    first, second = (
        _replay_direction(case, side, response_shares(case, side, worlds, seed, use_input), baseline) for side in (0, 1)
    )
    return Replay(case, (first, second))


def _replay_direction(case: Case, answering: int, chances: np.ndarray, baseline: Forecast) -> ReplayDirection:
    signs = persistent_signs(case.monthly_conduct(1 - answering), case.months)
    own = {each.month_index for each in case.acts_of(answering) if each.joint == "no"}
    months, last = [], None
    for now, observed in case.monthly_conduct(answering).items():
        share = float(chances[now - 1])
        forecasts = {
            "model": forecast_of_signs(share, baseline),
            "base rate": baseline,
        }
        if last is not None:
            forecasts["persistence"] = Forecast((last,), (1.0,))
        input_sign = signs[now - 2] if now > 1 else None
        scored = observed != 0 and last is not None and input_sign is not None
        scores = _scores(forecasts, observed) if scored else None
        joint_only = case.events[0].month_index + now - 1 not in own
        months.append(ReplayMonth(now, case.month_of(now), input_sign, observed, joint_only, forecasts, scores))
        last = observed or last
    return ReplayDirection(case.sides[answering].state, case.sides[1 - answering].state, months)


def _scores(forecasts: Mapping[str, Forecast], observed: float) -> tuple[float, ...]:
    """Return the Brier score of each forecaster, then the CRPS of each."""
    ordered = [forecasts[name] for name in FORECASTERS]
    signs = (brier_score(each.chance, observed > 0) for each in ordered)
    return (*signs, *(crps(each.values, observed, each.shares) for each in ordered))


class ForecasterComparison(NamedTuple):
    """A comparison of the forecasters on one score.

    scores: of each, with intervals. best: the best forecaster. best_baseline: the better of the two baselines.
    difference: the model's score minus that of the better baseline; above 0 the baseline is closer to the record.
    """

    scores: dict[str, Interval]
    best: str
    best_baseline: str
    difference: Interval

    @property
    def is_distinguishable(self) -> bool:
        """Return whether the interval of the difference excludes 0."""
        return self.difference.low > 0 or self.difference.high < 0

    @property
    def verdict(self) -> str:
        """Return `holds` if the model beats the better baseline, `fails` if it loses, otherwise `undecided`."""
        return ("holds" if self.difference.mean < 0 else "fails") if self.is_distinguishable else "undecided"


def compare_forecasters(groups: Sequence[Sequence[ReplayMonth]]) -> dict[str, ForecasterComparison] | None:
    """Compare the forecasters over the scored months of one case, or of several; None without scored months.

    The intervals of one case are bootstrapped from blocks of its months, those of several from whole cases.
    """
    tables = [_with_differences(np.array([month.scores for month in group], float)) for group in groups if group]
    if not tables:
        return None
    intervals = means_over_months(tables[0]) if len(groups) == 1 else means_over_cases(tables)
    return {"sign": _compare(intervals[:3], intervals[6:8]), "size": _compare(intervals[3:6], intervals[8:10])}


def _with_differences(scores: np.ndarray) -> np.ndarray:
    """Append the differences between the model's scores and those of each baseline."""
    return np.hstack([scores, scores[:, [0]] - scores[:, 1:3], scores[:, [3]] - scores[:, 4:6]])


def _compare(scores: Sequence[Interval], differences: Sequence[Interval]) -> ForecasterComparison:
    named: dict[str, Interval] = dict(zip(FORECASTERS, scores, strict=True))
    baseline = min(FORECASTERS[1:], key=lambda name: named[name].mean)
    best = "model" if named["model"].mean <= named[baseline].mean else baseline
    return ForecasterComparison(named, best, baseline, differences[FORECASTERS.index(baseline) - 1])


def replay_all(
    worlds: int = REPLAY_WORLDS, seed: int = 1, use_input: bool = True, progress: Callable[[str], Any] = lambda _: None
) -> dict[str, Replay]:
    """Replay all cases of the library; ``progress`` receives the name of each."""
    replays = {}
    for name in case_names():
        progress(name)
        replays[name] = replay_case(load_case(name), worlds, seed, use_input)
    return replays
