"""Patterns of conduct, month by month: inertia, persistence, tails, and the change of tone before a full deal."""

from functools import partial
from typing import Any

import numpy as np

from experiments.validation.estimate import Statistic, safe_ratio
from experiments.validation.pattern import (
    Inequality,
    Pattern,
    difference_statistic,
    keep_scenarios_apart,
    share_statistic,
)
from experiments.validation.patterns_of_conflict import correlations
from experiments.validation.patterns_of_deals import WITHOUT_DEAL
from experiments.validation.traces import WEIGHT_COLUMNS, ScenarioSource, monthly_weights, record_trace
from model.enumerations import RungStatus

HOSTILE_PAIRS = ("us-dprk-1994", "us-iran-2018", "us-iran-2026")
EVENT_ROUNDS = 120  # as long as the monthly series
QUANTITIES = ("own", "other", "lag 1", "lag 3", "kurtosis", "skewness", "correlation")
BEFORE_DEAL, EARLIER = 24, 36  # months before a full deal, and months before those
SOURCE = "Brandt, Colaresi and Freeman 2008, KEDS events"


def event_statistics(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Measure the monthly weights of both parties, as ``series_statistics`` does."""
    return series_statistics(monthly_weights(record_trace(scenario, worlds, WEIGHT_COLUMNS, rounds=EVENT_ROUNDS)))


def series_statistics(weights: np.ndarray) -> np.ndarray:
    """Measure monthly weights, [world, month, side]: [world, 2 * quantity * side].

    Whether each of QUANTITIES is defined for each side, then its value (0 if undefined).
    """
    own, other = lagged_effects(weights)
    values = [own, other, autocorrelation(weights, 1), autocorrelation(weights, 3), *shape_of_tails(weights)]
    values += [np.repeat(_correlation(weights[..., 0], weights[..., 1])[:, None], 2, axis=1)]
    table = np.stack(values, axis=1).reshape(len(weights), -1)
    return np.concatenate([np.isfinite(table), np.nan_to_num(table)], axis=1)


def lagged_effects(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Regress each side's weights on both sides' weights a month before, in each world (a vector autoregression).

    weights: [world, month, side]. Returns the coefficients of own and of the other's weights, each [world, side], NaN
    where they are not determined.
    """
    before, now = (each - each.mean(axis=1, keepdims=True) for each in (weights[:, :-1], weights[:, 1:]))
    squares, products = before.transpose(0, 2, 1) @ before, before.transpose(0, 2, 1) @ now
    scale = np.maximum(squares[:, [0], 0] * squares[:, [1], 1], 1e-12)
    determined = (np.linalg.det(squares) > 1e-6 * scale[:, 0])[:, None, None]
    effects = np.where(determined, np.linalg.solve(np.where(determined, squares, np.eye(2)), products), np.nan)
    return np.diagonal(effects, axis1=1, axis2=2), effects[:, [1, 0], [0, 1]]


def autocorrelation(weights: np.ndarray, lag: int) -> np.ndarray:
    """Return the correlation of each side's weights with its weights some months before: [world, side]."""
    return np.stack([_correlation(weights[:, :-lag, side], weights[:, lag:, side]) for side in range(2)], axis=1)


def _correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    defined, value = correlations(one, other)
    return np.where(defined, value, np.nan)


def shape_of_tails(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the excess kurtosis and the skewness of each side's weights, each [world, side], NaN if constant."""
    from_mean = weights - weights.mean(axis=1, keepdims=True)
    second, third, fourth = ((from_mean**power).mean(axis=1) for power in (2, 3, 4))
    second = np.where(second > 1e-12, second, 0.0)
    return safe_ratio(fourth, second**2) - 3.0, safe_ratio(third, second**1.5)


def pair_means(quantity: str) -> Statistic:
    """Return the means over worlds of a quantity, for each hostile pair and side: [..., pair * side]."""
    at = QUANTITIES.index(quantity)

    def means(sums: np.ndarray) -> np.ndarray:
        parts = sums.reshape(*sums.shape[:-1], len(HOSTILE_PAIRS), 2, len(QUANTITIES), 2)[..., at, :]
        return safe_ratio(parts[..., 1, :], parts[..., 0, :]).reshape(*sums.shape[:-1], -1)

    return means


def over_pairs(statistic: Statistic, choose: Any) -> Statistic:
    """Return the smallest (``np.fmin``) or largest (``np.fmax``) of a statistic's values over pairs and sides."""
    return lambda sums: choose.reduce(statistic(sums), axis=-1)


def within(quantity: str, lower: float, upper: float) -> tuple[Inequality, Inequality]:
    """Return the tests that a quantity lies between two bounds for every hostile pair, in both directions."""
    means = pair_means(quantity)
    return (
        Inequality(f"{quantity}, smallest over pairs and sides", over_pairs(means, np.fmin), lower),
        Inequality(f"{quantity}, largest over pairs and sides", over_pairs(means, np.fmax), upper=upper),
    )


def mean_quantities(*quantities: str) -> dict[str, Statistic]:
    """Return the mean of some quantities over pairs and sides, by name."""
    return {name: partial(_mean_over_pairs, pair_means(name)) for name in quantities}


def _mean_over_pairs(means: Statistic, sums: np.ndarray) -> np.ndarray:
    return np.nanmean(means(sums), axis=-1)


def tone_before_full_deals(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Measure how much warmer the months before a full deal are than those before them: [world, 4].

    Whether a full deal was reached late enough, and the change of the mean weight before it; then, for worlds without
    one, their weight in the comparison and the same change in the same months.
    """
    trace = record_trace(scenario, worlds, [*WEIGHT_COLUMNS, "status"], rounds=EVENT_ROUNDS)
    missing = trace["status"][:, :, 0, : trace.initial_world.rungs[0]] != RungStatus.VERIFIED
    complete = ~missing.any(axis=2)
    return compare_tone(monthly_weights(trace).mean(axis=2), complete)


def compare_tone(tone: np.ndarray, complete: np.ndarray) -> np.ndarray:
    """Compare the tone before full deals, as ``tone_before_full_deals`` does.

    tone: [world, month]. complete: whether the deal is complete, [world, round], the initial state first.
    """
    sums = np.concatenate([np.zeros((len(tone), 1)), tone.cumsum(axis=1)], axis=1)  # of the first months
    least, last = BEFORE_DEAL + EARLIER, tone.shape[1]
    middle = sums[:, EARLIER : last + 1 - BEFORE_DEAL]
    late, early = (sums[:, least:] - middle) / BEFORE_DEAL, (middle - sums[:, : last + 1 - least]) / EARLIER
    change = late - early  # [world, last month of the period, from month ``least`` on]
    reached = complete.any(axis=1)
    ended = np.where(reached, complete.argmax(axis=1), 0) - 1 - least  # with the month before the deal
    counted, without = ended >= 0, ~reached
    own = np.where(counted, change[np.arange(len(tone)), np.maximum(ended, 0)], 0.0)
    times = np.bincount(ended[counted], minlength=change.shape[1])
    weight = without * (counted.sum() / max(without.sum(), 1))
    same_months = change @ (times / max(times.sum(), 1))
    return np.stack([counted, own, weight, weight * same_months], axis=1).astype(float)


def placebo_excess(sums: np.ndarray) -> np.ndarray:
    """Return the size of the placebo change minus half the change before full deals."""
    change, placebo = share_statistic(0, 1)(sums), share_statistic(2, 3)(sums)
    return np.abs(placebo) - 0.5 * change


COUNT_EVENTS = keep_scenarios_apart(HOSTILE_PAIRS, event_statistics)
CAVEAT = (
    "Runs of 120 months of the two parties to the main negotiation: one act a month, weighted by its size, or silence."
)
EVENT_PATTERNS = (
    Pattern(
        "E1", "Inertia dominates reciprocity: conduct follows own conduct more than the other's",
        f"{SOURCE}: weekly sums 1979-2003, own .51 and .39, other .29 and .40; four-week sums, first half, own .50 "
        "and .19, other .21 and .38", HOSTILE_PAIRS, COUNT_EVENTS, mean_quantities("own", "other"),
        (
            *within("own", 0.4, 0.8), *within("other", 0.1, 0.4),
            Inequality(
                "own minus other, smallest over pairs and sides",
                over_pairs(difference_statistic(pair_means("own"), pair_means("other")), np.fmin), 0.0,
            ),
        ),
        tuned=True, caveat=CAVEAT,
    ),
    Pattern(
        "E2", "Conduct persists for months",
        f"{SOURCE}: four-week sums, lag 1 .79 and .86, lag 3 .72 and .75; first half .62 and .44, .37 and .19",
        HOSTILE_PAIRS, COUNT_EVENTS, mean_quantities("lag 1", "lag 3"),
        (
            *within("lag 1", 0.5, 0.85),
            Inequality("lag 3, smallest over pairs and sides", over_pairs(pair_means("lag 3"), np.fmin), 0.3),
        ),
        tuned=True, caveat=CAVEAT,
    ),
    Pattern(
        "E3", "Hostile acts have a heavy tail",
        f"{SOURCE}: four-week sums 1979-2003, excess kurtosis 21.8 and 18.2, skewness -4.1 and -3.9", HOSTILE_PAIRS,
        COUNT_EVENTS, mean_quantities("kurtosis", "skewness"),
        (
            Inequality("kurtosis, smallest over pairs and sides", over_pairs(pair_means("kurtosis"), np.fmin), 3.0),
            Inequality(
                "skewness, largest over pairs and sides", over_pairs(pair_means("skewness"), np.fmax), upper=0.0
            ),
        ),
        tuned=True, caveat=CAVEAT + " Excess kurtosis of the monthly weights.",
    ),
    Pattern(
        "E4", "The two sides' conduct moves together in the same month",
        f"{SOURCE}: weekly sums .86, four-week sums, first half, .63", HOSTILE_PAIRS, COUNT_EVENTS,
        mean_quantities("correlation"), within("correlation", 0.2, 0.8), tuned=True, caveat=CAVEAT,
    ),
    Pattern(
        "E5", "The monthly series of 1996-2005: inertia, reciprocity, persistence and correlation as in that series",
        f"{SOURCE}: monthly means 1996-2005, own .64 and .48, other .16 and .23, lag 1 .75 and .64, correlation .71",
        HOSTILE_PAIRS, COUNT_EVENTS, mean_quantities("own", "other", "lag 1", "correlation"),
        (
            *within("own", 0.28, 0.82), *within("other", -0.02, 0.43), *within("lag 1", 0.54, 0.84),
            *within("correlation", 0.62, 0.81),
        ),
        held_back=True, caveat=CAVEAT + " Bounds: the two figures, less and plus 1.96 standard errors.",
    ),
    Pattern(
        "S13", "Tone warms before the full deal",
        "Yearly means from 2011 to 2015: Iran to West .00 to 3.44, West to Iran -.94 to 2.45", WITHOUT_DEAL,
        tone_before_full_deals, {"before full deals": share_statistic(0, 1), "placebo": share_statistic(2, 3)},
        (
            Inequality("mean weight, 24 months before minus 36 before those", share_statistic(0, 1), 1.0),
            Inequality("size of the placebo minus half the effect", placebo_excess, upper=0.0),
        ),
        tuned=True, caveat="Full deals after month 60 of 120. Placebo: the same months of worlds without a full deal.",
    ),
)  # fmt: skip
