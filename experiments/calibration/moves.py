"""Which points to try: a Sobol sample first, then moves of those that are left."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from experiments.calibration.targets import PriorRange

GAMMA = 2.38  # of Ter Braak 2006, divided by sqrt(2 d)
JITTER = 1e-4  # of a move, as a share of the range
CROSSOVER = (0.15, 0.5, 1.0)  # shares of the coordinates that move
LEAP = 0.1  # probability of a whole step between two points, which can reach another region


def sobol_points(ranges: Sequence[PriorRange], count: int, seed: int) -> np.ndarray:
    """Return a scrambled Sobol sample over the ranges, float64 [point, parameter]."""
    sampler = qmc.Sobol(len(ranges), rng=np.random.default_rng([seed, 0]))
    shares = sampler.random_base2(max(count - 1, 1).bit_length())[:count]
    low, high = limits(ranges)
    return low + shares * (high - low)


def limits(ranges: Sequence[PriorRange]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and the upper limits, each [parameter]."""
    return np.array([each.low for each in ranges]), np.array([each.high for each in ranges])


def propose_moves(
    walkers: np.ndarray, others: np.ndarray, ranges: Sequence[PriorRange], rng: np.random.Generator
) -> np.ndarray:
    """Return a proposal for each walker, by differential evolution in some coordinates: [walker, parameter].

    x' = x + gamma (a - b) + jitter, where a and b are two of the others, which do not move at the same time (Ter Braak
    2006), in a random share of the coordinates (Vrugt et al. 2009); gamma = 2.38 / sqrt(2 d) with d coordinates. A
    proposal outside a range is reflected at its limit. Proposals are symmetric: if they are accepted wherever they are
    not ruled out, the walkers sample what is not ruled out uniformly.
    """
    count, width = walkers.shape
    one = rng.integers(len(others), size=count)
    other = (one + 1 + rng.integers(max(len(others) - 1, 1), size=count)) % len(others)
    moving = rng.random(walkers.shape) < rng.choice(CROSSOVER, size=count)[:, None]
    moving[np.arange(count), rng.integers(width, size=count)] = True
    gamma = np.where(rng.random(count) < LEAP, 1.0, GAMMA / np.sqrt(2.0 * moving.sum(axis=1)))
    low, high = limits(ranges)
    step = gamma[:, None] * (others[one] - others[other]) + JITTER * (high - low) * rng.standard_normal(walkers.shape)
    folded = (walkers + np.where(moving, step, 0.0) - low) % (2.0 * (high - low))
    return low + np.minimum(folded, 2.0 * (high - low) - folded)


def resample(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return indices in proportion to weights, by systematic resampling (Kitagawa 1996): int64 [count]."""
    shares = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(shares, (rng.random() + np.arange(count)) / count), len(weights) - 1)


def wave_cutoffs(waves: int, first: float, last: float) -> list[float]:
    """Return the cutoffs of the waves, a geometric sequence; a single wave has the last one."""
    return [last] if waves == 1 else np.geomspace(first, last, waves).tolist()
