"""What a calibration found: constrained parameters, targets that conflict, and predictions."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.calibration.evaluation import Evaluation
from experiments.calibration.targets import PriorRange, Target
from experiments.ensembles.plausible import PlausibleSample

QUANTILES = (0.05, 0.5, 0.95)
CONSTRAINED = 0.75  # standard deviation, as a share of the prior's, below which a parameter counts as constrained
CORRELATED = 0.3  # correlation from which a pair is shown
LEAST_EXPECTED = 4.0  # points that should pass both targets of a pair by chance, for a verdict on it


class ParameterRow(NamedTuple):
    """A parameter: its prior range, quantiles in the sample, and its spread as a share of the prior's."""

    path: str
    low: float
    high: float
    quantiles: tuple[float, float, float]
    spread: float

    @property
    def is_constrained(self) -> bool:
        """Return whether the targets narrow the parameter."""
        return self.spread < CONSTRAINED


class PairRow(NamedTuple):
    """Two parameters whose values in the sample go together."""

    one: str
    other: str
    correlation: float


class TargetRow(NamedTuple):
    """A target: what was observed, and its estimates over the sample.

    passes: share of the first points, or None if it is only predicted. inside: weighted share of the sample's points
    whose estimate lies within what was observed. met: share at which it is missed by no more than the cutoff.
    """

    name: str
    low: float
    high: float
    tolerance: float
    source: str
    is_fitted: bool
    is_held_back: bool
    passes: float | None
    quantiles: tuple[float, float, float] | None
    inside: float | None
    met: float | None


class ConflictRow(NamedTuple):
    """Two targets: shares of the first points that pass each, both, and both if they were independent."""

    one: str
    other: str
    passes_one: float
    passes_other: float
    both: float
    expected: float


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, at: Sequence[float] = QUANTILES) -> tuple[float, ...]:
    """Return the least values whose cumulative weight reaches some shares. values, weights: [point]."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(cumulative, np.array(at) - 1e-12), len(order) - 1)
    return tuple(values[order][places].tolist())


def parameter_rows(sample: PlausibleSample, ranges: Sequence[PriorRange]) -> list[ParameterRow]:
    """Return a row for each parameter, the most constrained first."""
    rows = []
    for each, values in zip(ranges, sample.points.T, strict=True):
        mean = float(sample.weights @ values)
        spread = math.sqrt(max(float(sample.weights @ (values - mean) ** 2), 0.0))
        share = spread * math.sqrt(12.0) / (each.high - each.low)
        low, middle, high = weighted_quantiles(values, sample.weights)
        rows.append(ParameterRow(each.path, each.low, each.high, (low, middle, high), share))
    return sorted(rows, key=lambda row: row.spread)


def pair_rows(sample: PlausibleSample) -> list[PairRow]:
    """Return the pairs of parameters that are correlated in the sample, the strongest first."""
    if len(sample.points) < 3:
        return []
    centred = sample.points - sample.weights @ sample.points
    covariance = (centred * sample.weights[:, None]).T @ centred
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    correlation = covariance / np.outer(spread, spread)
    pairs = [
        PairRow(sample.paths[one], sample.paths[other], float(correlation[one, other]))
        for one in range(len(spread))
        for other in range(one + 1, len(spread))
        if abs(correlation[one, other]) >= CORRELATED
    ]
    return sorted(pairs, key=lambda row: -abs(row.correlation))


def passes(evaluations: Sequence[Evaluation], cutoff: float) -> np.ndarray:
    """Return whether each point passes each target, bool [point, target]; every target must have been tested."""
    return np.array([each.implausibilities for each in evaluations]) <= cutoff


def conflict_rows(targets: Sequence[Target], passed: np.ndarray) -> list[ConflictRow]:
    """Return the pairs of targets that fewer points pass than by chance, the worst first.

    A pair is shown if at least LEAST_EXPECTED points should pass both, were the two independent, and less than half as
    many do.
    """
    shares, count = passed.mean(axis=0), len(passed)
    rows = []
    for one in range(len(targets)):
        for other in range(one + 1, len(targets)):
            expected, both = float(shares[one] * shares[other]), float((passed[:, one] & passed[:, other]).mean())
            if expected * count >= LEAST_EXPECTED and both < 0.5 * expected:
                names = targets[one].name, targets[other].name
                rows.append(ConflictRow(*names, float(shares[one]), float(shares[other]), both, expected))
    return sorted(rows, key=lambda row: row.both / row.expected)


def target_rows(
    targets: Sequence[Target],
    evaluations: Sequence[Evaluation],
    weights: np.ndarray,
    cutoff: float,
    passed: np.ndarray | None = None,
) -> list[TargetRow]:
    """Return a row for each target. evaluations, weights: of points of the sample; passed: of the first points."""
    values = np.array([each.values for each in evaluations]).reshape(-1, len(targets))
    worst = np.array([each.implausibilities for each in evaluations]).reshape(-1, len(targets))
    rows = []
    for at, target in enumerate(targets):
        known = np.isfinite(values[:, at])
        quantiles, inside, met = None, None, None
        if known.any():
            low, middle, high = weighted_quantiles(values[known, at], weights[known])
            quantiles = low, middle, high
            within = (values[known, at] >= target.low) & (values[known, at] <= target.high)
            inside = float(weights[known] @ within / weights[known].sum())
            met = float(weights[known] @ (worst[known, at] <= cutoff) / weights[known].sum())
        share = None if passed is None else float(passed[:, at].mean())
        facts = target.name, target.low, target.high, target.tolerance, target.source, target.is_fitted
        rows.append(TargetRow(*facts, target.estimator.is_held_back, share, quantiles, inside, met))
    return rows


def as_data(rows: Sequence[NamedTuple]) -> list[dict[str, Any]]:
    """Return rows as plain JSON data; infinite bounds are null."""
    return [{key: _finite(value) for key, value in row._asdict().items()} for row in rows]


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
