"""Statistics of ensembles: shares, bands, times to an event, effects with their intervals."""

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
    """Give a share and its 95 % interval (Wilson 1927)."""
    share, z2 = count / total, Z95 * Z95
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    low = max(min(middle - half, share), 0.0) if count else 0.0
    return Share(share, low, min(max(middle + half, share), 1.0) if count < total else 1.0)


class EventTimes(NamedTuple):
    """Times to an event: the round it came in, and whether the run ended before it did (censored)."""

    rounds: np.ndarray
    censored: np.ndarray

    @property
    def median(self) -> float | None:
        """Give the median round, or None when in more than half the worlds the event did not come."""
        ordered = np.sort(np.where(self.censored, np.inf, self.rounds))
        middle = float(ordered[(len(ordered) - 1) // 2])
        return None if math.isinf(middle) else middle


def first_positive_round(progress: np.ndarray) -> np.ndarray:
    """Find for each world the first round in which something stands, -1 for none: int16 [world]."""
    stands = progress > 0.0
    return np.where(stands.any(axis=1), stands.argmax(axis=1), -1).astype(np.int16)


def percentile_bands(seen: np.ndarray) -> np.ndarray:
    """Give the percentiles over worlds of [indicator, round, world], which is sorted: [percentile, round, indicator].

    The same as NumPy's own, by linear interpolation, but quicker: sorting rows of neighbours is what processors like.
    """
    seen.sort(axis=-1)
    last = seen.shape[-1] - 1
    found = np.empty((len(PERCENTILES), *seen.shape[:2]))
    for place, percent in enumerate(PERCENTILES):
        whole, part = divmod(last * (percent / 100), 1.0)
        below, above = seen[..., int(whole)], seen[..., min(int(whole) + 1, last)]
        found[place] = below + (above - below) * part if part < 0.5 else above - (above - below) * (1.0 - part)
    return found.transpose(0, 2, 1)


MIN_WORLDS = 30  # worlds; that so many all differ alike is no accident


class Effect(NamedTuple):
    """A paired effect, changed minus base, with its 95 % interval.

    share_of_worlds_changed: in how many worlds this measure differs at all (NaN without pairs).
    low, high: NaN where there is no interval to give.
    independent_runs: how many runs of each setting with dice of their own would give an interval as narrow;
    None if the effect is the same in every world, which no number of independent runs shows exactly.
    """

    difference: float
    low: float
    high: float
    share_of_worlds_changed: float
    independent_runs: int | None


def paired_effect(base: np.ndarray, changed: np.ndarray) -> Effect:
    """Estimate the paired effect on one measure, [world]."""
    difference, count = changed - base, len(base)
    mean = float(difference.mean())
    own, alone = sample_variance(difference), sample_variance(base) + sample_variance(changed)
    half = Z95 * (own / count) ** 0.5
    needed = round(count * alone / own) if own > 0.0 else None
    return Effect(mean, *difference_interval(mean, half, base, changed), float((difference != 0.0).mean()), needed)


def difference_interval(mean: float, half: float, base: np.ndarray, changed: np.ndarray) -> tuple[float, float]:
    """Give the interval of a difference; that of two shares stays between -1 and 1."""
    if all(bool(((values == 0.0) | (values == 1.0)).all()) for values in (base, changed)):
        return max(mean - half, -1.0), min(mean + half, 1.0)
    return mean - half, mean + half


def drop_unreliable_interval(found: Effect, worlds: int) -> Effect:
    """Take back the interval where there is none to give: of one world, or of a few that all differ alike."""
    alike = found.low == found.high != 0.0 and worlds < MIN_WORLDS
    return found._replace(low=float("nan"), high=float("nan")) if worlds < 2 or alike else found


def independent_effect(base: np.ndarray, changed: np.ndarray) -> Effect:
    """Estimate the effect on one measure from worlds with dice of their own."""
    mean = float(changed.mean() - base.mean())
    half = Z95 * float(sample_variance(base) / len(base) + sample_variance(changed) / len(changed)) ** 0.5
    return Effect(mean, *difference_interval(mean, half, base, changed), float("nan"), min(len(base), len(changed)))


def sample_variance(values: np.ndarray) -> float:
    """Give the variance, 0 for a single world."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
