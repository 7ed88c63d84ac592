"""Statistics of ensembles: shares, bands, times to an event, and effects with their intervals."""

import math
from typing import NamedTuple

import numpy as np

PERCENTILES = (5, 25, 50, 75, 95)
Z95 = 1.959963984540054


class Share(NamedTuple):
    """A share of worlds with its 95 % Wilson interval."""

    share: float
    low: float
    high: float


def wilson(count: int, total: int) -> Share:
    """Return a share and its 95 % interval (Wilson 1927)."""
    share, z2 = count / total, Z95 * Z95
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    low = max(min(centre - half, share), 0.0) if count else 0.0
    return Share(share, low, min(max(centre + half, share), 1.0) if count < total else 1.0)


class MeanInterval(NamedTuple):
    """The mean over the worlds that have a value, its 95 % interval, and the number of worlds whose value is missing.

    mean: NaN if all values are missing. low, high: NaN if fewer than two worlds have a value.
    """

    mean: float
    low: float
    high: float
    missing: int


def mean_interval(values: np.ndarray) -> MeanInterval:
    """Return the mean of values [world] with its 95 % interval, Wilson's if all are 0 or 1; NaN is a missing value."""
    present = values[~np.isnan(values)]
    count, missing = len(present), int(len(values) - len(present))
    if count < 2:
        return MeanInterval(float(present[0]) if count else math.nan, math.nan, math.nan, missing)
    if bool(((present == 0.0) | (present == 1.0)).all()):
        return MeanInterval(*wilson(int(present.sum()), count), missing)
    mean, half = float(present.mean()), Z95 * float(present.std(ddof=1)) / math.sqrt(count)
    return MeanInterval(mean, mean - half, mean + half, missing)


class EventTimes(NamedTuple):
    """Times to an event: its round, and whether the run ended before the event (censored)."""

    rounds: np.ndarray
    censored: np.ndarray

    @property
    def median(self) -> float | None:
        """Return the median round, or None if the event did not happen in more than half of the worlds."""
        ordered = np.sort(np.where(self.censored, np.inf, self.rounds))
        median = float(ordered[(len(ordered) - 1) // 2])
        return None if math.isinf(median) else median


def first_positive_round(progress: np.ndarray) -> np.ndarray:
    """Return for each world the first round in which ``progress`` [world, round] is positive, -1 for none: int16."""
    positive = progress > 0.0
    return np.where(positive.any(axis=1), positive.argmax(axis=1), -1).astype(np.int16)


def percentile_bands(values: np.ndarray) -> np.ndarray:
    """Return the percentiles over worlds: [percentile, round, indicator]. Sorts ``values`` [indicator, round, world].

    Same results as NumPy's linear interpolation, but faster, because the sorted axis is contiguous.
    """
    values.sort(axis=-1)
    last = values.shape[-1] - 1
    result = np.empty((len(PERCENTILES), *values.shape[:2]))
    for place, percent in enumerate(PERCENTILES):
        index, part = divmod(last * (percent / 100), 1.0)
        below, above = values[..., int(index)], values[..., min(int(index) + 1, last)]
        result[place] = below + (above - below) * part if part < 0.5 else above - (above - below) * (1.0 - part)
    return result.transpose(0, 2, 1)


MIN_WORLDS = 30  # from this number on, an effect that is equal in all worlds is not a coincidence


class Effect(NamedTuple):
    """An effect, changed minus base, with its 95 % interval.

    low, high: NaN if there is no reliable interval. share_of_worlds_changed: share of worlds in which the measure
    differs (NaN if the worlds are not paired). independent_runs: independent runs needed in each arm for an interval of
    the same width; None if the effect is the same in every world, for which no number of independent runs is enough.
    """

    difference: float
    low: float
    high: float
    share_of_worlds_changed: float
    independent_runs: int | None


def paired_effect(base: np.ndarray, changed: np.ndarray) -> Effect:
    """Estimate the effect on one measure from paired worlds, each [world]."""
    difference, count = changed - base, len(base)
    mean = float(difference.mean())
    variance, independent = sample_variance(difference), sample_variance(base) + sample_variance(changed)
    half = Z95 * (variance / count) ** 0.5
    needed = round(count * independent / variance) if variance > 0.0 else None
    return Effect(mean, *difference_interval(mean, half, base, changed), float((difference != 0.0).mean()), needed)


def difference_interval(mean: float, half: float, base: np.ndarray, changed: np.ndarray) -> tuple[float, float]:
    """Return the interval of a difference; for two shares it is limited to -1 to 1."""
    if all(bool(((values == 0.0) | (values == 1.0)).all()) for values in (base, changed)):
        return max(mean - half, -1.0), min(mean + half, 1.0)
    return mean - half, mean + half


def drop_unreliable_interval(effect: Effect, worlds: int) -> Effect:
    """Return the effect, without its interval if it has one world, or few worlds that all differ by the same amount."""
    is_constant = effect.low == effect.high != 0.0 and worlds < MIN_WORLDS
    return effect._replace(low=float("nan"), high=float("nan")) if worlds < 2 or is_constant else effect


def independent_effect(base: np.ndarray, changed: np.ndarray) -> Effect:
    """Estimate the effect on one measure from independent worlds, each [world]."""
    mean = float(changed.mean() - base.mean())
    half = Z95 * float(sample_variance(base) / len(base) + sample_variance(changed) / len(changed)) ** 0.5
    return Effect(mean, *difference_interval(mean, half, base, changed), float("nan"), min(len(base), len(changed)))


def sample_variance(values: np.ndarray) -> float:
    """Return the sample variance, 0 for a single world."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
