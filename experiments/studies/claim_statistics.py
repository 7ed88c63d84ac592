"""From the worlds at each point to a verdict: effects, their spread over the points, and shares of the points.

Each point has its own estimate of the effect, with noise from its few worlds. A random-effects model keeps the noise
apart from the spread of the true effects (DerSimonian & Laird 1986): estimates are shrunk towards the mean until their
variance is that of the true effects (Wang & Lee 2019), and the shares of points with an effect beyond a threshold are
counted on these (Mathur & VanderWeele 2020).
"""

from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import t

from experiments.ensembles.statistics import Share

Verdict = Literal["holds", "fails", "depends", "undecided"]
MOST = 0.75  # share of points that "holds" and "fails" need
HALF = 0.5  # bound that the interval of that share must not cross
RESAMPLES = 1000
LEAST_WORLDS = 10  # with a value, for a point to count; all of them, if there are fewer replications
LEAST_POINTS, LEAST_WEIGHT = 5, 0.5  # that count; fewer, or a smaller share of the points, are undecided


class Effects(NamedTuple):
    """The effects at the points that have a value: positive values agree with the claim.

    used: bool [point of the space]. covered: their share of the points. means, errors: with standard errors, [used
    point]. signs: 1 or -1 where the point's own 95 % interval excludes zero. weights: sum 1. true: shrunk means. mean,
    low, high: over the points.
    """

    used: np.ndarray
    covered: float
    means: np.ndarray
    errors: np.ndarray
    signs: np.ndarray
    weights: np.ndarray
    true: np.ndarray
    mean: float
    low: float
    high: float


class Shares(NamedTuple):
    """Shares of the points: where the effect is relevant, is opposite, or is neither; and where points decide alone.

    holds: with its bootstrap interval. opposite, neither: without. alone, alone_opposite: where the point's own
    interval excludes zero.
    """

    holds: Share
    opposite: float
    neither: float
    alone: float
    alone_opposite: float


def estimate_effects(differences: list[np.ndarray], weights: np.ndarray, least: int = 2) -> Effects:
    """Return the effects from paired differences at each point, each [world], NaN for none.

    weights: of the points, sum 1. Points with fewer than ``least`` values are left out.
    """
    clean = [each[~np.isnan(each)] for each in differences]
    used = np.array([len(each) >= max(least, 2) for each in clean])
    values, covered = [each for each, is_used in zip(clean, used, strict=True) if is_used], float(weights[used].sum())
    if len(values) < LEAST_POINTS or covered < LEAST_WEIGHT:
        nothing = np.empty(0)
        return Effects(used, covered, nothing, nothing, nothing, nothing, nothing, np.nan, np.nan, np.nan)
    means = np.array([each.mean() for each in values])
    errors = np.array([each.std(ddof=1) / len(each) ** 0.5 for each in values])
    bounds = errors * np.array([float(t.ppf(0.975, len(each) - 1)) for each in values])
    signs = np.where(np.abs(means) > bounds, np.sign(means), 0.0)
    own = weights[used] / weights[used].sum()
    mean, half = weighted_mean(means, own)
    true = true_effects(means, errors, own)
    return Effects(used, covered, means, errors, signs, own, true, mean, mean - half, mean + half)


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return the weighted mean over points, and half of its 95 % interval, with Kish's effective number of points."""
    mean, effective = float(weights @ values), 1.0 / float((weights**2).sum())
    if effective <= 1.5:
        return mean, float("inf")
    variance = float(weights**2 @ (values - mean) ** 2) * effective / (effective - 1.0)
    return mean, float(t.ppf(0.975, effective - 1.0)) * variance**0.5


def true_effects(means: np.ndarray, errors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the means shrunk towards their weighted mean, to the variance of the true effects.

    weights: [point], or [resample, point] for many weightings at once; the result has their shape.
    """
    weights = weights / weights.sum(axis=-1, keepdims=True)
    centre = (weights * means).sum(axis=-1, keepdims=True)
    free = np.maximum(1.0 - (weights**2).sum(axis=-1, keepdims=True), 1e-9)
    spread = (weights * (means - centre) ** 2).sum(axis=-1, keepdims=True) / free
    between = np.maximum(spread - (weights * errors**2).sum(axis=-1, keepdims=True), 0.0)
    total = between + errors**2
    kept = np.sqrt(np.divide(between, total, out=np.ones_like(total), where=total > 0.0))
    return centre + kept * (means - centre)


def estimate_shares(effects: list[Effects], smallest: list[float], draws: int, seed: int) -> Shares:
    """Return the shares of the points at which all of some comparisons hold, or any is opposite.

    The comparisons must use the same points. draws: number of points drawn from the space, some of them repeatedly;
    the bootstrap draws as many again.
    """
    weights = effects[0].weights
    holds = np.all([each.true >= least for each, least in zip(effects, smallest, strict=True)], axis=0)
    opposite = np.any([each.true <= -least for each, least in zip(effects, smallest, strict=True)], axis=0)
    counts = np.random.default_rng([seed, draws]).multinomial(draws, weights, RESAMPLES)
    again = [true_effects(each.means, each.errors, counts) for each in effects]
    met = np.all([each >= least for each, least in zip(again, smallest, strict=True)], axis=0)
    low, high = np.percentile((met * counts).sum(axis=1) / draws, (2.5, 97.5))
    share, against = float(weights @ holds), float(weights @ opposite)
    alone = [
        float(weights @ np.logical_and.reduce([each.signs > 0 for each in effects])),
        float(weights @ np.logical_or.reduce([each.signs < 0 for each in effects])),
    ]
    interval = Share(share, min(float(low), share), max(float(high), share))
    return Shares(interval, against, max(1.0 - share - against, 0.0), *alone)


def verdict_of(holds: Share, low: float) -> Verdict:
    """Return the verdict from the share of points at which the effect is relevant and has the claimed direction.

    low: lower end of the interval of the mean effect. holds: at least three quarters, if the interval of the share is
    above one half and that of the mean effect above zero. fails: at most one quarter, if the interval of the share is
    below one half. depends: in between, unless the interval reaches from one quarter to three. Else undecided.
    """
    if holds.share >= MOST:
        return "holds" if holds.low > HALF and low > 0.0 else "undecided"
    if holds.share <= 1.0 - MOST:
        return "fails" if holds.high < HALF else "undecided"
    return "undecided" if holds.low <= 1.0 - MOST and holds.high >= MOST else "depends"


def combine(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict on a claim: that of all its tests if they agree; depends if they hold in part."""
    kinds = {*verdicts}
    if len(kinds) == 1:
        return verdicts[0]
    if "depends" in kinds or kinds >= {"holds", "fails"}:
        return "depends"
    return "undecided"
