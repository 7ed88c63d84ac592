"""Estimates from many worlds with their intervals, and their comparison with bounds."""

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
    """Divide; where the denominator is zero, return NaN."""
    return np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom != 0)


class WorldSums(NamedTuple):
    """Sums over worlds, [quantity], and over resampled worlds, [draw, quantity]."""

    total: np.ndarray
    resampled: np.ndarray


def bootstrap_sums(tables: Sequence[np.ndarray], draws: int = DRAWS) -> WorldSums:
    """Sum over worlds, and over bootstrap samples of them (Efron 1979).

    tables: one per scenario, [world, quantity]. Whole worlds are resampled within each scenario, so that the
    quantities of one world stay together.
    """
    rng = np.random.default_rng(1)
    resampled = np.zeros((draws, tables[0].shape[1]))
    for table in tables:
        count = len(table)
        resampled += rng.multinomial(count, np.full(count, 1.0 / count), size=draws) @ table
    return WorldSums(np.sum([table.sum(axis=0) for table in tables], axis=0), resampled)


def estimate_statistic(sums: WorldSums, statistic: Statistic) -> Estimate:
    """Estimate a statistic with its interval; draws in which it is undefined are excluded."""
    value, resampled = float(statistic(sums.total)), statistic(sums.resampled)
    resampled = resampled[np.isfinite(resampled)]
    if not math.isfinite(value) or not len(resampled):
        return Estimate(math.nan, math.nan, math.nan)
    return Estimate(value, *np.quantile(resampled, [0.025, 0.975]).tolist())


def interval_verdict(estimate: Estimate, lower: float, upper: float, may_tie: bool = False) -> Verdict:
    """Return `holds` if an interval lies between two bounds (excluded), `fails` if outside, else `undecided`.

    may_tie: return `holds` unless the interval is outside; a bound itself is then inside.
    """
    if not math.isfinite(estimate.value):
        return "not measurable"
    if may_tie:
        return "fails" if estimate.high < lower or estimate.low > upper else "holds"
    if estimate.low > lower and estimate.high < upper:
        return "holds"
    if estimate.high <= lower or estimate.low >= upper:
        return "fails"
    return "undecided"


def combine_verdicts(verdicts: Sequence[Verdict]) -> Verdict:
    """Combine the tests of one pattern: it holds if all do, and fails if any does."""
    for one in ("fails", "not measurable", "undecided"):
        if one in verdicts:
            return one
    return "holds"
