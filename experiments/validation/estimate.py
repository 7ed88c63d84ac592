"""Estimates from many worlds with their intervals, and what they say about a threshold."""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np

DRAWS = 1_000
Statistic = Callable[[np.ndarray], np.ndarray]  # sums over worlds [..., quantity] -> [...]
Verdict = Literal["holds", "fails", "undecided", "not measurable"]


class Estimate(NamedTuple):
    """A statistic with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def safe_ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Divide; what has nothing below the line is not a number."""
    return np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom != 0)


class WorldSums(NamedTuple):
    """Sums over worlds, [quantity], and the same from worlds drawn anew, [draw, quantity]."""

    total: np.ndarray
    resampled: np.ndarray


def bootstrap_sums(tables: Sequence[np.ndarray], draws: int = DRAWS) -> WorldSums:
    """Add worlds up, as they are and drawn anew (Efron 1979).

    tables: one for each scenario, [world, quantity]; worlds are drawn within each, whole, so that what
    belongs to one world stays together.
    """
    dice = np.random.default_rng(1)
    redrawn = np.zeros((draws, tables[0].shape[1]))
    for table in tables:
        count = len(table)
        redrawn += dice.multinomial(count, np.full(count, 1.0 / count), size=draws) @ table
    return WorldSums(np.sum([table.sum(axis=0) for table in tables], axis=0), redrawn)


def estimate_statistic(sums: WorldSums, statistic: Statistic) -> Estimate:
    """Estimate a statistic with its interval; draws in which it does not exist are left out."""
    whole, found = float(statistic(sums.total)), statistic(sums.resampled)
    found = found[np.isfinite(found)]
    if not math.isfinite(whole) or not len(found):
        return Estimate(math.nan, math.nan, math.nan)
    return Estimate(whole, *np.quantile(found, [0.025, 0.975]).tolist())


def interval_verdict(found: Estimate, lower: float, upper: float) -> Verdict:
    """Say whether an interval lies between two bounds (both excluded), outside them, or neither."""
    if not math.isfinite(found.value):
        return "not measurable"
    if found.low > lower and found.high < upper:
        return "holds"
    if found.high <= lower or found.low >= upper:
        return "fails"
    return "undecided"


def combine_verdicts(verdicts: Sequence[Verdict]) -> Verdict:
    """Say what several tests of one pattern come to: it holds if all do, and fails if one does."""
    for one in ("fails", "not measurable", "undecided"):
        if one in verdicts:
            return one
    return "holds"
