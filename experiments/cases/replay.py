"""Replay of a case: one side's coded acts are the input, the model answers as the other, two baselines beside it.

Nothing is fitted. What is assumed, since the record has weights and the model has two kinds of act:

- An act counts by its sign. A month whose mean weight is above 0 is a cooperative act, below 0 a hostile one.
- Silence changes nothing: the input side goes on as it last acted until its next coded act.
- What the record holds does not miscarry, but the model may misread it.
- As a size, a cooperative act of the model weighs 5.5 and a hostile one -5.6: the means of the weights above and
  below 0 over all codes of the scale (Goldstein 1992), not over the cases.
- The scenario's own scheduled events and moves are left out: they hold the record of both sides.
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

COOPERATIVE_WEIGHT, HOSTILE_WEIGHT = 5.5, -5.6
REPLAY_WORLDS = 400
FORECASTERS = ("model", "persistence", "base rate")


class Forecast(NamedTuple):
    """What one forecaster says of a month: values with their shares; the chance of cooperation follows."""

    values: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def chance(self) -> float:
        """Give the chance that the month is cooperative."""
        return float(sum(share for value, share in zip(self.values, self.shares, strict=True) if value > 0))

    @property
    def mean(self) -> float:
        """Give the mean size."""
        return float(np.dot(self.values, self.shares))

    def quantile(self, share: float) -> float:
        """Give the least value with at least this part of the forecast at or below it."""
        order = np.argsort(self.values)
        place = np.searchsorted(np.cumsum(np.array(self.shares)[order]), share - 1e-12)
        return float(np.array(self.values)[order][min(place, len(order) - 1)])


class ReplayMonth(NamedTuple):
    """One month in which the answering side acted, with what was forecast and how it scored.

    given: 1 or 0, the input side's last act before this month. happened: mean weight of what the side then did.
    common: whether all it did then was done by both together.
    scores: Brier then CRPS of each of FORECASTERS, or none if there is nothing to score the month by.
    """

    round: int
    date: str
    input_sign: int | None
    observed: float
    joint_only: bool
    forecasts: dict[str, Forecast]
    scores: tuple[float, ...] | None


class ReplayDirection(NamedTuple):
    """One replay: which side answered, and its months."""

    responder: str
    input_side: str
    months: list[ReplayMonth]


class Replay(NamedTuple):
    """A case replayed both ways."""

    case: Case
    directions: tuple[ReplayDirection, ReplayDirection]

    @property
    def scored_months(self) -> list[ReplayMonth]:
        """List the scored months of both directions, in order of time."""
        months = [month for each in self.directions for month in each.months if month.scores is not None]
        return sorted(months, key=lambda month: month.round)


def persistent_signs(conduct: Mapping[int, float], months: int) -> list[int | None]:
    """Give what holds in each month, the first at 0: 1 or 0 as the last month with a sign had it, None before any."""
    held: list[int | None] = []
    for now in range(1, months + 1):
        weight = conduct.get(now, 0.0)
        held.append(int(weight > 0) if weight else held[-1] if held else None)
    return held


def input_overrides(case: Case, given: int) -> list[Override]:
    """Write one side's record as forced moves: its conduct from its first act on, which never miscarries."""
    actor, counterpart = case.sides[given].state, case.sides[1 - given].state
    held = persistent_signs(case.monthly_conduct(given), case.months)
    known = [(now, value) for now, value in enumerate(held, start=1) if value is not None]
    return [
        Override(now, act, None, actor, counterpart, float(worth))
        for now, value in known
        for act, worth in (("choose_conduct", value), ("miscarry", 0))
    ]


def response_shares(
    case: Case, answering: int, worlds: int = REPLAY_WORLDS, seed: int = 1, use_input: bool = True
) -> np.ndarray:
    """Let the model answer as one side to the other's record: the share of worlds that cooperate, by month.

    told: if not, the model plays both sides, and what is left is what the scenario alone says.
    """
    setting = load_scenario(
        apply_changes(read_scenario(case.header.scenario), {"events": [], "moves": [], "rounds": case.months})
    )
    states = list(setting.states)
    me, other = (states.index(case.sides[side].state) for side in (answering, 1 - answering))
    return play_cooperation(setting, input_overrides(case, 1 - answering) if use_input else (), worlds, seed)[
        :, :, me, other
    ].mean(axis=0)


@lru_cache(maxsize=32)
def _weights_of(name: str) -> tuple[float, ...]:
    """List the mean weights of all months of both sides of a case of the library that have a sign."""
    case = load_case(name)
    return tuple(weight for side in (0, 1) for weight in case.monthly_conduct(side).values() if weight)


def base_rate(excluded: str) -> Forecast:
    """Forecast by what was usual in the other cases of the library, all sides and months alike."""
    values = [weight for name in case_names() if name != excluded for weight in _weights_of(name)]
    return Forecast(tuple(values), (1.0 / len(values),) * len(values))


def replay_case(case: Case, worlds: int = REPLAY_WORLDS, seed: int = 1, use_input: bool = True) -> Replay:
    """Replay a case both ways."""
    usual = base_rate(case.name)
    first, second = (
        _direction(case, side, response_shares(case, side, worlds, seed, use_input), usual) for side in (0, 1)
    )
    return Replay(case, (first, second))


def _direction(case: Case, answering: int, chances: np.ndarray, usual: Forecast) -> ReplayDirection:
    held = persistent_signs(case.monthly_conduct(1 - answering), case.months)
    own = {each.month_index for each in case.acts_of(answering) if each.joint == "no"}
    months, last = [], None
    for now, happened in case.monthly_conduct(answering).items():
        share = float(chances[now - 1])
        said = {"model": Forecast((COOPERATIVE_WEIGHT, HOSTILE_WEIGHT), (share, 1.0 - share)), "base rate": usual}
        if last is not None:
            said["persistence"] = Forecast((last,), (1.0,))
        given = held[now - 2] if now > 1 else None
        scored = happened != 0 and last is not None and given is not None
        scores = _scores(said, happened) if scored else None
        common = case.events[0].month_index + now - 1 not in own
        months.append(ReplayMonth(now, case.month_of(now), given, happened, common, said, scores))
        last = happened or last
    return ReplayDirection(case.sides[answering].state, case.sides[1 - answering].state, months)


def _scores(said: Mapping[str, Forecast], happened: float) -> tuple[float, ...]:
    """Score all forecasters: the Brier score of each, then the CRPS of each."""
    ordered = [said[name] for name in FORECASTERS]
    signs = (brier_score(each.chance, happened > 0) for each in ordered)
    return (*signs, *(crps(each.values, happened, each.shares) for each in ordered))


class ForecasterComparison(NamedTuple):
    """How the forecasters stand on one score: each with its interval, the best, and how far the model is from it.

    distance: the model's score less that of the better baseline; above 0 the baseline is nearer to the record.
    """

    scores: dict[str, Interval]
    best: str
    best_baseline: str
    difference: Interval

    @property
    def is_distinguishable(self) -> bool:
        """Say whether the interval of the distance excludes 0."""
        return self.difference.low > 0 or self.difference.high < 0

    @property
    def verdict(self) -> str:
        """Say whether the model does better than the better baseline, or whether that cannot be told."""
        return ("holds" if self.difference.mean < 0 else "fails") if self.is_distinguishable else "undecided"


def compare_forecasters(groups: Sequence[Sequence[ReplayMonth]]) -> dict[str, ForecasterComparison] | None:
    """Compare the forecasters over the scored months of one case, or of several; None if there are none.

    The interval of one case comes from blocks of its months, that of several from drawing whole cases.
    """
    tables = [_with_distances(np.array([month.scores for month in group], float)) for group in groups if group]
    if not tables:
        return None
    found = means_over_months(tables[0]) if len(groups) == 1 else means_over_cases(tables)
    return {"sign": _standing(found[:3], found[6:8]), "size": _standing(found[3:6], found[8:10])}


def _with_distances(scores: np.ndarray) -> np.ndarray:
    """Add what the model's scores are above those of each baseline."""
    return np.hstack([scores, scores[:, [0]] - scores[:, 1:3], scores[:, [3]] - scores[:, 4:6]])


def _standing(scores: Sequence[Interval], distances: Sequence[Interval]) -> ForecasterComparison:
    named: dict[str, Interval] = dict(zip(FORECASTERS, scores, strict=True))
    rival = min(FORECASTERS[1:], key=lambda name: named[name].mean)
    best = "model" if named["model"].mean <= named[rival].mean else rival
    return ForecasterComparison(named, best, rival, distances[FORECASTERS.index(rival) - 1])


def replay_all(
    worlds: int = REPLAY_WORLDS, seed: int = 1, use_input: bool = True, progress: Callable[[str], Any] = lambda _: None
) -> dict[str, Replay]:
    """Replay the whole library; progress is told the name of each case."""
    found = {}
    for name in case_names():
        progress(name)
        found[name] = replay_case(load_case(name), worlds, seed, use_input)
    return found
