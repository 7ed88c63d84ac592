"""Test the essay's claims over the space of uncertainties: where does each hold, and where does it fail?

A claim compares two settings of the same worlds. At each point of the space it holds, fails, or is undecided
at the given number of replications.
"""

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.stats import ks_2samp, qmc, t

from experiments.ensembles.design import Design, Plans
from experiments.ensembles.play_design import Replications, measure_points
from experiments.ensembles.statistics import Share, paired_effect, wilson
from experiments.studies.claim_settings import Changes
from experiments.studies.essay_claims import CLAIMS, Claim, ClaimComparison
from model.errors import InputError, ScenarioError
from model.parameter_space import DeclaredParameter, list_parameters
from model.scenario import Scenario

SCENARIO = "us-iran-2026"


class ComparisonResult(NamedTuple):
    """The result of one comparison over the space.

    holds, fails: shares of the points, with Wilson intervals; the rest is undecided. touched: share of the
    points at which the two settings differ in this measure in any world. effect, low, high: mean over points
    with its 95 % interval; positive values agree with the claim. where: the factors that best separate the
    failing points from the others.
    """

    says: str
    holds: Share
    fails: Share
    touched: Share
    effect: float
    low: float
    high: float
    where: list[str]


class ClaimResult(NamedTuple):
    """The result of a claim: the share of points at which all its comparisons hold, and at which any of them fails."""

    key: str
    words: str
    holds: Share
    fails: Share
    verdict: Literal["holds", "fails", "depends", "leans", "undecided"]
    comparisons: list[ComparisonResult]


def uncertainty_space(scenario: Scenario, reach: float = 1.0) -> list[DeclaredParameter]:
    """Return every uncertainty of a scenario with its range: the space over which claims are tested.

    reach: 1 is the full declared range. A smaller reach limits the distance from the scenario's own value to that
    share of the value and of the range. The limit by value is needed because ranges say what a file may hold: a
    tenth of the range of a task's cost, whose value is 1, would allow 100, which no facilitator can pay. A value of
    zero does not vary.
    """
    return [_narrow(each, reach) if reach < 1.0 else each for each in list_parameters(scenario) if not each.lever]


def _narrow(parameter: DeclaredParameter, reach: float) -> DeclaredParameter:
    """Return a parameter with its range narrowed around its value."""
    distance = reach * min(abs(parameter.value), parameter.high - parameter.low)
    return parameter._replace(
        low=max(parameter.low, parameter.value - distance), high=min(parameter.high, parameter.value + distance)
    )


def sample_points(factors: list[DeclaredParameter], points: int, seed: int) -> dict[str, np.ndarray]:
    """Return points from a Latin hypercube over the ranges of the factors, as columns [point] by path."""
    shares = qmc.LatinHypercube(len(factors), rng=seed).random(points)
    return {each.path: _values_at(each, column) for each, column in zip(factors, shares.T, strict=True)}


def _values_at(factor: DeclaredParameter, shares: np.ndarray) -> np.ndarray:
    """Return the values at some shares (0 to 1) of a range; each integer has an equal part of it."""
    if factor.whole:
        low, high = math.ceil(factor.low), math.floor(factor.high)
        return np.minimum((low + shares * (high - low + 1)).astype(np.int64), high)
    return factor.low + shares * (factor.high - factor.low)


class ClaimExperiment(NamedTuple):
    """What the tests of all claims share: the plans of the scenario, the columns of the points, and the worlds."""

    plans: Plans
    columns: dict[str, np.ndarray]
    how: Replications


def paired_differences(experiment: ClaimExperiment, comparison: ClaimComparison) -> list[np.ndarray]:
    """Return the paired differences at each point, each [world]; positive values agree with the claim."""
    subset = comparison.subset or (lambda seen: np.ones(len(seen)))

    def measured(changes: Changes) -> list[Any]:
        columns = {**experiment.columns, **changes(experiment.plans.scenario)}
        design = Design(experiment.plans, columns)
        for error in design.errors.values():
            raise error
        return measure_points(design, experiment.how, lambda seen: (comparison.measure(seen), subset(seen) > 0))

    arms = zip(measured(comparison.claimed), measured(comparison.reference), strict=True)
    sign = 1.0 if comparison.expect_more else -1.0
    return [sign * (claimed - reference)[included] for (claimed, included), (reference, _) in arms]


def evaluate_claims(
    points: int = 128,
    replications: int = 20,
    seed: int = 1,
    scenario: str = SCENARIO,
    reach: float = 1.0,
    claims: tuple[Claim, ...] = CLAIMS,
    progress: Callable[[int], None] = lambda _: None,
) -> list[ClaimResult]:
    """Test claims over the space of uncertainties. ``progress`` receives the number of comparisons done.

    reach: see ``uncertainty_space``. Raises ScenarioError if there are fewer than 8 points or 2 replications, or if
    reach is not above 0 and at most 1.
    """
    if not 0 < reach <= 1:
        raise ScenarioError([InputError("--reach", reach, "allowed is above 0, up to 1")])
    if points < 8 or replications < 2:
        raise ScenarioError([InputError("--points", points, "at least 8 points and 2 replications are needed")])
    plans = Plans(scenario)
    factors = uncertainty_space(plans.scenario, reach)
    columns = sample_points(factors, points, seed)
    how = Replications(replications, seed, True, plans.scenario.rounds)
    experiment = ClaimExperiment(plans, columns, how)
    matrix = np.array(list(columns.values()), float).T
    done, results = 0, []
    for claim in claims:
        comparisons, signs = [], []
        for comparison in claim.comparisons:
            point_differences = paired_differences(experiment, comparison)
            sign = np.array([significant_sign(each) for each in point_differences])
            comparisons.append(_comparison_result(comparison, point_differences, sign, factors, matrix))
            signs.append(sign)
            done += 1
            progress(done)
        results.append(_claim_result(claim, np.array(signs), comparisons))
    return results


def significant_sign(differences: np.ndarray) -> int:
    """Return 1 if paired differences are significantly positive, -1 if negative, 0 if undecided (95 % t interval)."""
    if len(differences) < 2:
        return 0
    mean, error = float(differences.mean()), float(differences.std(ddof=1)) / len(differences) ** 0.5
    bound = error * float(t.ppf(0.975, len(differences) - 1))
    return int(np.sign(mean)) if abs(mean) > bound and mean != 0.0 else 0


def _comparison_result(
    comparison: ClaimComparison,
    differences: list[np.ndarray],
    sign: np.ndarray,
    factors: list[DeclaredParameter],
    matrix: np.ndarray,
) -> ComparisonResult:
    means = np.array([each.mean() for each in differences if len(each)] or [0.0])
    overall, count = paired_effect(np.zeros(len(means)), means), len(sign)
    return ComparisonResult(
        comparison.says,
        wilson(int((sign > 0).sum()), count),
        wilson(int((sign < 0).sum()), count),
        wilson(sum(bool(each.any()) for each in differences), count),
        overall.difference,
        overall.low,
        overall.high,
        failing_factors(sign, factors, matrix),
    )


def failing_factors(
    sign: np.ndarray, factors: list[DeclaredParameter], matrix: np.ndarray, limit: int = 3
) -> list[str]:
    """Return, as text, the factors whose values at failing points differ most from those at the other points."""
    failing = sign < 0
    if failing.sum() < 5 or (~failing).sum() < 5:
        return []
    separations = []
    for at, factor in enumerate(factors):
        inside, outside = matrix[failing, at], matrix[~failing, at]
        test: Any = ks_2samp(inside, outside)
        if test.pvalue < 0.01 / len(factors) ** 0.5:
            side = "high" if np.median(inside) > np.median(outside) else "low"
            separations.append((float(test.statistic), f"{factor.path} is {side} (median {np.median(inside):.3g})"))
    return [text for _, text in sorted(separations, reverse=True)[:limit]]


def _claim_result(claim: Claim, signs: np.ndarray, comparisons: list[ComparisonResult]) -> ClaimResult:
    """Combine the comparisons of a claim: it holds at a point where all do, and fails where any does.

    Over the space it "holds" (or "fails") if the lower end of the interval of its share of points is above one half;
    it "depends" if it holds at some points and fails at others; it "leans" to holding if it is mostly undecided, but
    all mean effects agree with the claim; otherwise it is "undecided".
    """
    holds, fails = (
        wilson(int((signs > 0).all(axis=0).sum()), signs.shape[1]),
        wilson(int((signs < 0).any(axis=0).sum()), signs.shape[1]),
    )
    verdict: Literal["holds", "fails", "depends", "leans", "undecided"] = "undecided"
    if holds.low > 0.5:
        verdict = "holds"
    elif fails.low > 0.5 or any(each.high < 0 for each in comparisons):
        verdict = "fails"
    elif min(holds.share, fails.share) >= 0.05:
        verdict = "depends"
    elif all(each.low > 0 for each in comparisons):
        verdict = "leans"
    return ClaimResult(claim.key, claim.words, holds, fails, verdict, comparisons)
