"""An empirical pattern as an estimator: what is counted in each world, and which inequalities should hold."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from experiments.validation.estimate import Statistic, safe_ratio
from experiments.validation.traces import ScenarioSource

UNBOUNDED = float("inf")
# without grand-bargain: it is us-iran-2026 with one lever changed
ALL_SCENARIOS = (
    "argentina-brazil-1985", "egypt-israel-1973", "gulf-region", "two-states", "us-dprk-1994", "us-iran-2013",
    "us-iran-2018", "us-iran-2026", "us-ussr-1985",
)  # fmt: skip
EVERY_SCENARIO = (*ALL_SCENARIOS, "grand-bargain")
CountFunction = Callable[[ScenarioSource, int], np.ndarray]  # scenario, worlds -> [world, quantity]


class Inequality(NamedTuple):
    """One test of a pattern: a statistic lies between two bounds, both excluded.

    may_tie: it holds unless the whole interval is outside the bounds.
    """

    description: str
    statistic: Statistic
    lower: float = -UNBOUNDED
    upper: float = UNBOUNDED
    may_tie: bool = False


class Pattern(NamedTuple):
    """A pattern: it holds if all its inequalities do.

    data: the figures behind the bounds, and their source. reported: additional statistics in the table, by name.
    held_back: not used while defaults or mechanisms were tuned. tuned: a default or mechanism was changed because of
    it. caveat: how the measure differs from the data, and what the model has built in.
    """

    key: str
    statement: str
    data: str
    scenarios: tuple[str, ...]
    count_cases: CountFunction
    reported: dict[str, Statistic]
    inequalities: tuple[Inequality, ...]
    held_back: bool = False
    tuned: bool = False
    caveat: str = ""


def keep_scenarios_apart(scenarios: Sequence[str], count_cases: CountFunction) -> CountFunction:
    """Return a function that counts each scenario in quantities of its own: [world, scenario * quantity]."""

    def counted(scenario: ScenarioSource, worlds: int) -> np.ndarray:
        counts = count_cases(scenario, worlds)
        table = np.zeros((worlds, len(scenarios), counts.shape[1]))
        table[:, scenarios.index(str(scenario))] = counts
        return table.reshape(worlds, -1)

    return counted


def each_scenario(scenarios: Sequence[str], statistic: Statistic) -> Statistic:
    """Return the values of a statistic in scenarios that are kept apart: [..., scenario], NaN for those not counted."""
    count = len(scenarios)
    return lambda sums: statistic(sums.reshape(*sums.shape[:-1], count, -1))


def smallest(scenarios: Sequence[str], statistic: Statistic) -> Statistic:
    """Return the smallest value of a statistic over scenarios that are kept apart, without those not counted."""
    return lambda sums: np.fmin.reduce(each_scenario(scenarios, statistic)(sums), axis=-1)


def largest(scenarios: Sequence[str], statistic: Statistic) -> Statistic:
    """Return the largest value of a statistic over scenarios that are kept apart, without those not counted."""
    return lambda sums: np.fmax.reduce(each_scenario(scenarios, statistic)(sums), axis=-1)


def share_statistic(bottom: int, top: int) -> Statistic:
    """Return the statistic: one quantity as a share of another."""
    return lambda sums: safe_ratio(sums[..., top], sums[..., bottom])


def difference_statistic(one: Statistic, other: Statistic) -> Statistic:
    """Return the statistic: one statistic minus another."""
    return lambda sums: one(sums) - other(sums)
