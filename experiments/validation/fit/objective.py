"""The objective of the fit: hinge losses of the statistics of patterns, none of which may be held back.

Each test of a pattern is a goal: its bounds, moved inwards by a margin so that the interval of the final measurement
lies inside as well, and the cost of each unit by which the statistic misses them.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.validation.estimate import Statistic
from experiments.validation.fit.weights import FITTED_WEIGHTS, FittedWeight, scenario_changes
from experiments.validation.pattern import UNBOUNDED, Pattern, difference_statistic, share_statistic
from experiments.validation.patterns import PATTERNS
from experiments.validation.patterns_of_bargaining import share_in
from experiments.validation.traces import ScenarioSample
from model.errors import InputError, ScenarioError

UNDEFINED = 2.0  # loss of a statistic that no world defines, so that a fit does not avoid what it measures
LEAST_WORLDS = 10


class Goal(NamedTuple):
    """A statistic with the bounds that the fit aims at, and the cost of each unit outside them."""

    name: str
    statistic: Statistic
    lower: float
    upper: float
    cost: float

    def loss(self, value: float) -> float:
        """Return the loss of a value of the statistic: 0 between the bounds."""
        if not math.isfinite(value):
            return UNDEFINED
        return self.cost * max(self.lower - value, value - self.upper, 0.0)


class Aims(NamedTuple):
    """How the fit treats a pattern.

    tests: margin and cost of each test, in the pattern's order. further: goals that no test of the pattern has, which
    exclude degenerate ways to fulfil the tests. share_of_worlds: worlds relative to those of other patterns.
    """

    tests: tuple[tuple[float, float], ...]
    further: tuple[Goal, ...] = ()
    share_of_worlds: float = 1.0


AIMS = {
    "S1": Aims(
        ((0.6, 1.0), (0.03, 8.0)),
        (Goal("share with facilitators", share_statistic(0, 1), 0.5, UNBOUNDED, 6.0),),
    ),
    "S6": Aims(
        ((0.03, 8.0),),
        (
            Goal("after two minus after one", difference_statistic(share_statistic(2, 3), share_statistic(0, 1)), 0.04,
                 UNBOUNDED, 8.0),
            Goal("after three minus after two", difference_statistic(share_statistic(4, 5), share_statistic(2, 3)),
                 0.02, UNBOUNDED, 8.0),
        ),
    ),
    "S9": Aims(((0.02, 10.0),)),
    "S13": Aims(((0.1, 1.0), (0.05, 1.0))),
    "S20": Aims(((0.02, 20.0), (0.005, 20.0)), share_of_worlds=0.4),
    "E1": Aims(((0.02, 4.0), (0.02, 4.0), (0.02, 4.0), (0.02, 4.0), (0.05, 4.0))),
    "E2": Aims(((0.03, 4.0), (0.02, 4.0), (0.03, 4.0))),
    "E3": Aims(((0.5, 0.2), (0.15, 2.0))),
    "E4": Aims(((0.03, 4.0), (0.03, 4.0))),
    "F1": Aims(
        ((0.05, 10.0), (0.02, 10.0)),
        (Goal("cooperative under full pressure", share_statistic(0, 1), 0.3, UNBOUNDED, 3.0),),
    ),
    "F2": Aims(((0.03, 15.0),)),
    "F4": Aims(((0.03, 5.0),)),
    "F6": Aims(((3.0, 0.1),)),
    "F7": Aims(((0.04, 8.0), (0.0, 4.0), (0.04, 8.0), (0.06, 4.0))),
    "F10": Aims(
        (*(((0.05, 5.0),) * 4), *(((0.0, 5.0),) * 2), (0.05, 5.0)),
        (Goal("comprehensive deals in us-iran-2026", share_in("us-iran-2026"), 0.08, UNBOUNDED, 4.0),),
    ),
}  # fmt: skip


def fitted_pattern(key: str, patterns: Sequence[Pattern] = PATTERNS) -> Pattern:
    """Return a pattern that may be fitted. Raises ScenarioError for an unknown one and for one that is held back."""
    by_key = {pattern.key: pattern for pattern in patterns}
    if key not in by_key:
        raise ScenarioError([InputError.unknown_name("pattern", key, by_key, "pattern")])
    if by_key[key].held_back:
        raise ScenarioError([InputError("pattern", key, "is held back from tuning: the fit must not see it")])
    return by_key[key]


def pattern_goals(pattern: Pattern, aims: Aims) -> tuple[Goal, ...]:
    """Return the goals of a pattern: its tests with their bounds moved inwards, and further ones.

    Raises ValueError if the pattern has another number of tests, or a margin leaves nothing between the bounds.
    """
    if len(aims.tests) != len(pattern.inequalities):
        raise ValueError(f"{pattern.key} has {len(pattern.inequalities)} tests, its aims have {len(aims.tests)}")
    goals = tuple(
        Goal(test.description, test.statistic, test.lower + margin, test.upper - margin, cost)
        for test, (margin, cost) in zip(pattern.inequalities, aims.tests, strict=True)
    )
    for goal in goals:
        if goal.lower > goal.upper:
            raise ValueError(f"{pattern.key}, {goal.name}: the margin leaves nothing between the bounds")
    return (*goals, *aims.further)


class Objective:
    """The losses of a candidate, by pattern.

    Calling it runs ``worlds`` worlds in each arm of each scenario, with the seeds from ``first_seed`` on: the same for
    all candidates. Raises ScenarioError if an aim is at an unknown pattern or at one that is held back.
    """

    def __init__(
        self,
        worlds: int,
        first_seed: int = 1,
        aims: Mapping[str, Aims] = AIMS,
        patterns: Sequence[Pattern] = PATTERNS,
        weights: Sequence[FittedWeight] = FITTED_WEIGHTS,
    ):
        self.worlds, self.first_seed, self.aims, self.weights = worlds, first_seed, aims, weights
        self.patterns = [fitted_pattern(key, patterns) for key in aims]
        self.goals = {pattern.key: pattern_goals(pattern, aims[pattern.key]) for pattern in self.patterns}

    @property
    def scenarios(self) -> list[str]:
        """Return the scenarios that the patterns use."""
        return sorted({name for pattern in self.patterns for name in pattern.scenarios})

    @property
    def aims_digest(self) -> str:
        """Return the hash of all goals, except their statistics, which are part of the patterns."""
        goals = [(key, goal._replace(statistic=None)) for key in sorted(self.goals) for goal in self.goals[key]]
        return hashlib.sha256(repr(goals).encode()).hexdigest()[:12]

    def __call__(self, values: Mapping[str, Any]) -> dict[str, float]:
        """Return the losses of a candidate. Raises ScenarioError if a scenario refuses its values."""
        return losses_of(self.goals, self.measure(values))

    def measure(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return the sums over worlds and scenarios behind each pattern: [quantity]."""
        samples = {name: self.sample(name, values) for name in self.scenarios}
        counted: dict[Any, np.ndarray] = {}  # patterns with the same count function share its result
        sums = {}
        for pattern in self.patterns:
            worlds = max(round(self.worlds * self.aims[pattern.key].share_of_worlds), LEAST_WORLDS)
            key = pattern.count_cases, pattern.scenarios, worlds
            if key not in counted:
                tables = [pattern.count_cases(samples[name], worlds) for name in pattern.scenarios]
                counted[key] = np.sum([table.sum(axis=0) for table in tables], axis=0)
            sums[pattern.key] = counted[key]
        return sums

    def sample(self, scenario: str, values: Mapping[str, Any]) -> ScenarioSample:
        """Return a scenario with the values of a candidate and the seeds of this objective."""
        return ScenarioSample(scenario, scenario_changes(values, scenario, self.weights), self.first_seed)


def losses_of(goals: Mapping[str, Sequence[Goal]], sums: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the loss of each pattern: the sum over its goals."""
    return {key: sum(goal.loss(float(goal.statistic(sums[key]))) for goal in goals[key]) for key in goals}


def weighted_total(losses: Mapping[str, float], factors: Mapping[str, float]) -> float:
    """Return the sum of the losses, each times its factor (1 by default)."""
    return sum(loss * factors.get(key, 1.0) for key, loss in losses.items())
