"""The essay's claims as estimators: over the space of uncertainties, where does each hold, and where does it fail?

A claim compares two settings of the same worlds. At each point of the space it holds, fails, or is not
decided by the replications there. A claim that fails is reported as failing.
"""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.stats import ks_2samp, qmc, t

from experiments.engine.kernel import run_trajectories
from experiments.engine.pool import thread_pool
from experiments.ensembles.statistics import Share, paired_effect, wilson
from experiments.studies.essay_claims import CLAIMS, Claim, ClaimComparison
from model.errors import InputError, ScenarioError
from model.loading import apply_changes, build_scenario, load_scenario, read_scenario
from model.overrides import collect_overrides
from model.parameter_space import DeclaredParameter, list_parameters
from model.scenario import Scenario
from model.world import World

SCENARIO = "us-iran-2026"


class ComparisonResult(NamedTuple):
    """What became of one comparison over the space.

    holds, fails: shares of the points, with Wilson intervals; the rest is undecided. touched: share of the
    points at which the two settings differ in this measure at all, in any world. effect, low, high: mean
    over points, signed so that above nought is as claimed. where: the factors by which failing points differ most.
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
    """A claim with the share of points at which all it says holds, and at which some of it fails."""

    key: str
    words: str
    holds: Share
    fails: Share
    verdict: Literal["holds", "fails", "depends", "leans", "undecided"]
    comparisons: list[ComparisonResult]


def uncertainty_space(scenario: Scenario, reach: float = 1.0) -> list[DeclaredParameter]:
    """List every uncertainty of a scenario with its range: the space in which claims are judged.

    reach: 1 is the full declared range; less keeps within so large a share of the scenario's own value, and of the
    range. Of the value too, as ranges say what a file may hold: a tenth of the range of a task's cost, which is 1,
    would make it 100 and leave every facilitator without means. A value of nought stays as it is.
    """
    return [_near(each, reach) if reach < 1.0 else each for each in list_parameters(scenario) if not each.lever]


def _near(setting: DeclaredParameter, reach: float) -> DeclaredParameter:
    """Narrow a range around its value."""
    most = reach * min(abs(setting.value), setting.high - setting.low)
    return setting._replace(low=max(setting.low, setting.value - most), high=min(setting.high, setting.value + most))


def sample_points(factors: list[DeclaredParameter], points: int, seed: int) -> list[dict[str, Any]]:
    """Lay points over the full declared ranges, by a latin hypercube."""
    shares = qmc.LatinHypercube(len(factors), rng=seed).random(points)
    return [{each.path: _at(each, x) for each, x in zip(factors, row, strict=True)} for row in shares]


def _at(factor: DeclaredParameter, share: float) -> float:
    """Give the value at a share of the way through a range; every whole number has an equal part of it."""
    if factor.whole:
        low, high = math.ceil(factor.low), math.floor(factor.high)
        return min(int(low + share * (high - low + 1)), high)
    return float(factor.low + share * (factor.high - factor.low))


class ClaimExperiment(NamedTuple):
    """What judging needs: the scenario as plain data, the points, the dice."""

    data: dict[str, Any]
    points: list[dict[str, Any]]
    seeds: np.ndarray
    rounds: int


def paired_differences(judging: ClaimExperiment, comparison: ClaimComparison, point: Mapping[str, Any]) -> np.ndarray:
    """Give the paired differences at one point, as claimed above nought, [world]."""
    arms = []
    for changes in (comparison.claimed, comparison.reference):
        base = build_scenario(apply_changes(judging.data, point))
        setting = build_scenario(apply_changes(judging.data, {**point, **changes(base)}))
        arms.append(
            run_trajectories(
                World(setting, 0, collect_overrides(setting)), judging.seeds, judging.rounds, cache_draws=True
            )
        )
    claimed, against = (comparison.measure(arm) for arm in arms)
    if comparison.subset is not None:
        kept = comparison.subset(arms[0]) > 0
        claimed, against = claimed[kept], against[kept]
    return claimed - against if comparison.expect_more else against - claimed


def evaluate_claims(
    points: int = 128,
    replications: int = 20,
    seed: int = 1,
    scenario: str = SCENARIO,
    reach: float = 1.0,
    claims: tuple[Claim, ...] = CLAIMS,
    progress: Callable[[int], None] = lambda _: None,
    executor: Executor | None = None,
) -> list[ClaimResult]:
    """Judge claims over the space of uncertainties. progress is told how many comparisons are done.

    reach: see ``space``. Raises ScenarioError if there are fewer than 8 points or 2 replications, or no reach.
    """
    if not 0 < reach <= 1:
        raise ScenarioError([InputError("--reach", reach, "allowed is above 0, up to 1")])
    if points < 8 or replications < 2:
        raise ScenarioError([InputError("--points", points, "at least 8 points and 2 replications are needed")])
    data, setting = read_scenario(scenario), load_scenario(scenario)
    factors = uncertainty_space(setting, reach)
    laid = sample_points(factors, points, seed)
    judging = ClaimExperiment(data, laid, np.arange(replications, dtype=np.uint64) + np.uint64(seed), setting.rounds)
    matrix = np.array([[float(point[each.path]) for each in factors] for point in laid])
    done, judged = 0, []
    for claim in claims:
        verdicts, signs = [], []
        for comparison in claim.comparisons:
            found = list(
                (executor or thread_pool()).map(lambda at, c=comparison: paired_differences(judging, c, at), laid)
            )
            sign = np.array([significant_sign(each) for each in found])
            verdicts.append(_verdict(comparison, found, sign, factors, matrix))
            signs.append(sign)
            done += 1
            progress(done)
        judged.append(_judged(claim, np.array(signs), verdicts))
    return judged


def significant_sign(found: np.ndarray) -> int:
    """Say whether paired differences lie above nought (1), below (-1), or are not decided (0)."""
    if len(found) < 2:
        return 0
    middle, error = float(found.mean()), float(found.std(ddof=1)) / len(found) ** 0.5
    bound = error * float(t.ppf(0.975, len(found) - 1))
    return int(np.sign(middle)) if abs(middle) > bound and middle != 0.0 else 0


def _verdict(
    comparison: ClaimComparison,
    found: list[np.ndarray],
    sign: np.ndarray,
    factors: list[DeclaredParameter],
    matrix: np.ndarray,
) -> ComparisonResult:
    means = np.array([each.mean() for each in found if len(each)] or [0.0])
    whole, count = paired_effect(np.zeros(len(means)), means), len(sign)
    return ComparisonResult(
        comparison.says,
        wilson(int((sign > 0).sum()), count),
        wilson(int((sign < 0).sum()), count),
        wilson(sum(bool(each.any()) for each in found), count),
        whole.difference,
        whole.low,
        whole.high,
        failing_factors(sign, factors, matrix),
    )


def failing_factors(sign: np.ndarray, factors: list[DeclaredParameter], matrix: np.ndarray, most: int = 3) -> list[str]:
    """Name the factors whose values at failing points differ most from those elsewhere, beyond chance."""
    failing = sign < 0
    if failing.sum() < 5 or (~failing).sum() < 5:
        return []
    found = []
    for at, factor in enumerate(factors):
        inside, outside = matrix[failing, at], matrix[~failing, at]
        test: Any = ks_2samp(inside, outside)
        if test.pvalue < 0.01 / len(factors) ** 0.5:
            side = "high" if np.median(inside) > np.median(outside) else "low"
            found.append((float(test.statistic), f"{factor.path} is {side} (median {np.median(inside):.3g})"))
    return [words for _, words in sorted(found, reverse=True)[:most]]


def _judged(claim: Claim, signs: np.ndarray, verdicts: list[ComparisonResult]) -> ClaimResult:
    """Judge a claim: it holds at a point where all its comparisons do, and fails where one does.

    Over the space it "holds" (or "fails") if it does at more than half of the points, the interval allowed for;
    it "depends" if it holds at some and fails at others; it "leans" to holding if it is mostly undecided, but
    all mean effects are as claimed; else it is "undecided".
    """
    holds, fails = (
        wilson(int((signs > 0).all(axis=0).sum()), signs.shape[1]),
        wilson(int((signs < 0).any(axis=0).sum()), signs.shape[1]),
    )
    verdict: Literal["holds", "fails", "depends", "leans", "undecided"] = "undecided"
    if holds.low > 0.5:
        verdict = "holds"
    elif fails.low > 0.5 or any(each.high < 0 for each in verdicts):
        verdict = "fails"
    elif min(holds.share, fails.share) >= 0.05:
        verdict = "depends"
    elif all(each.low > 0 for each in verdicts):
        verdict = "leans"
    return ClaimResult(claim.key, claim.words, holds, fails, verdict, verdicts)
