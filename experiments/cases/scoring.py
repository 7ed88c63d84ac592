"""Scores of forecasts (lower is better) and their intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import energy_distance

BLOCK = 4  # consecutive months that are resampled together
DRAWS = 2_000


def brier_score(chance: float, happened: bool) -> float:
    """Return the squared error of the probability given to an event (Brier 1950)."""
    return (chance - float(happened)) ** 2


def crps(values: Sequence[float], happened: float, shares: Sequence[float] | None = None) -> float:
    """Return the continuous ranked probability score of a forecast, E|X - y| - E|X - X'| / 2.

    It is half the squared energy distance between forecast and observation (Székely & Rizzo 2013); for a single
    value, the absolute error. shares: probability of each value; equal if omitted.
    """
    return float(energy_distance(values, [happened], shares)) ** 2 / 2.0


class Interval(NamedTuple):
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


def means_over_months(scores: np.ndarray) -> list[Interval]:
    """Return the mean of each column of [month, column], with a circular block bootstrap interval.

    Blocks of 4 consecutive rows begin anywhere and wrap around (Politis & Romano 1992), which preserves the
    dependence between neighbouring months.
    """
    count = len(scores)
    starts = np.random.default_rng(1).integers(count, size=(DRAWS, -(-count // BLOCK), 1))
    rows = ((starts + np.arange(BLOCK)) % count).reshape(DRAWS, -1)[:, :count]
    return _intervals(scores.mean(axis=0), scores[rows].mean(axis=1))


def means_over_cases(cases: Sequence[np.ndarray]) -> list[Interval]:
    """Return the mean of each column over the months of all cases, with an interval from resampling whole cases."""
    sums, counts = np.array([each.sum(axis=0) for each in cases]), np.array([len(each) for each in cases])
    drawn = np.random.default_rng(1).integers(len(cases), size=(DRAWS, len(cases)))
    return _intervals(sums.sum(axis=0) / counts.sum(), sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)[:, None])


def _intervals(means: np.ndarray, resampled: np.ndarray) -> list[Interval]:
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    return [Interval(*map(float, each)) for each in zip(means, low, high, strict=True)]
