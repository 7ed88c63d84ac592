"""An empirical pattern as an estimator: what is counted in each world, and which inequalities should hold."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from experiments.validation.estimate import Statistic
from experiments.validation.traces import ScenarioSource

UNBOUNDED = float("inf")
# without grand-bargain: it is us-iran-2026 with one lever changed
ALL_SCENARIOS = (
    "argentina-brazil-1985", "egypt-israel-1973", "gulf-region", "two-states", "us-dprk-1994", "us-iran-2013",
    "us-iran-2018", "us-iran-2026", "us-ussr-1985",
)  # fmt: skip
CountFunction = Callable[[ScenarioSource, int], np.ndarray]  # scenario, worlds -> [world, quantity]


class Inequality(NamedTuple):
    """One test of a pattern: a statistic lies between two bounds, both excluded."""

    description: str
    statistic: Statistic
    lower: float
    upper: float = UNBOUNDED


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
