"""Scores of forecasts, the lower the better, and their intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import energy_distance

BLOCK = 4  # neighbours in time that are drawn together
DRAWS = 2_000


def brier_score(chance: float, happened: bool) -> float:
    """Score the chance given to something that then happened or not: squared error (Brier 1950)."""
    return (chance - float(happened)) ** 2


def crps(values: Sequence[float], happened: float, shares: Sequence[float] | None = None) -> float:
    """Score a forecast of a size: E|X - y| - E|X - X'| / 2, the continuous ranked probability score.

    It is half the squared energy distance between the forecast and what happened (Székely & Rizzo 2013), and for
    a forecast of one value the absolute error. shares: weight of each value; equal if left out.
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
    """Give the mean of each column of [month, column], with an interval from blocks of neighbouring months.

    Blocks of 4 rows begin anywhere and run on from the end at the start (Politis & Romano 1992), so that what
    depends on its neighbours is drawn with them.
    """
    count = len(scores)
    starts = np.random.default_rng(1).integers(count, size=(DRAWS, -(-count // BLOCK), 1))
    rows = ((starts + np.arange(BLOCK)) % count).reshape(DRAWS, -1)[:, :count]
    return _intervals(scores.mean(axis=0), scores[rows].mean(axis=1))


def means_over_cases(cases: Sequence[np.ndarray]) -> list[Interval]:
    """Give the mean over the months of all cases of each column, with an interval from drawing whole cases."""
    sums, counts = np.array([each.sum(axis=0) for each in cases]), np.array([len(each) for each in cases])
    drawn = np.random.default_rng(1).integers(len(cases), size=(DRAWS, len(cases)))
    return _intervals(sums.sum(axis=0) / counts.sum(), sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)[:, None])


def _intervals(means: np.ndarray, redrawn: np.ndarray) -> list[Interval]:
    low, high = np.quantile(redrawn, [0.025, 0.975], axis=0)
    return [Interval(*map(float, each)) for each in zip(means, low, high, strict=True)]
