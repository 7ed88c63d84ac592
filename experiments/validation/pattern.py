"""A pattern from data as an estimator: what is counted in each world, and which inequalities should hold."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from experiments.validation.estimate import Statistic
from experiments.validation.traces import ScenarioSource

UNBOUNDED = float("inf")
# grand-bargain is us-iran-2026 with one lever changed: in a pool it would count the same world twice
ALL_SCENARIOS = (
    "argentina-brazil-1985", "egypt-israel-1973", "gulf-region", "two-states", "us-dprk-1994", "us-iran-2013",
    "us-iran-2018", "us-iran-2026", "us-ussr-1985",
)  # fmt: skip
CountFunction = Callable[[ScenarioSource, int], np.ndarray]  # scenario, worlds -> [world, quantity]


class Inequality(NamedTuple):
    """One thing that a pattern says: a statistic lies between two bounds, both excluded."""

    description: str
    statistic: Statistic
    lower: float
    upper: float = UNBOUNDED


class Pattern(NamedTuple):
    """A pattern: it holds if all its inequalities do.

    data: the figures from which the bounds come, with where they come from. figures: what the table shows
    beside, by name. held_back: never looked at while anything was tuned. tuned: a
    default or a mechanism was changed on its account. mind: how the measure differs from the
    data, and what the model has built in.
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
