"""Test claims over plausible worlds: where does each hold, by how much, and on what does it depend?

A claim compares two settings of the same worlds. The settings, the points and the seeds are all that the results depend
on. Each point has seeds of its own, so that chance averages out over the points; both settings share them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.play_design import measure_points
from experiments.studies.claim import Arm, Claim, ClaimComparison
from experiments.studies.claim_conditions import Regions, find_regions
from experiments.studies.claim_measures import Values, paired_differences
from experiments.studies.claim_space import ClaimSpace
from experiments.studies.claim_statistics import (
    LEAST_WORLDS,
    Effects,
    Shares,
    Verdict,
    combine,
    estimate_effects,
    estimate_shares,
    verdict_of,
)
from model.errors import InputError, ScenarioError

SCENARIO = "us-iran-2026"
POINTS, REPLICATIONS, LEAST_POINTS = 200, 100, 8


class ComparisonResult(NamedTuple):
    """The result of one comparison; shares is None if too few points have a value.

    regions: where it holds, if it depends on the point and a small tree finds on what.
    """

    comparison: ClaimComparison
    effects: Effects
    shares: Shares | None
    verdict: Verdict
    regions: Regions | None


class ClaimResult(NamedTuple):
    """The result of a claim: the verdict on its tests, and the shares of points at which all of them hold."""

    claim: Claim
    verdict: Verdict
    shares: Shares | None
    comparisons: list[ComparisonResult]

    def of_standing(self, *standings: str) -> list[ComparisonResult]:
        """Return the comparisons that are tests, built in or fitted."""
        return [each for each in self.comparisons if each.comparison.standing in standings]


class PlayedArm(NamedTuple):
    """The measures of one setting: for each function of the trajectories, its values [world] at each point."""

    values: dict[Values, list[np.ndarray]]


def evaluate_claims(
    claims: tuple[Claim, ...],
    plans: Plans,
    space: ClaimSpace,
    replications: int = REPLICATIONS,
    seed: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> list[ClaimResult]:
    """Test claims over the points of a space. ``progress`` receives the number of settings played, see ``count_arms``.

    Raises ScenarioError if there are fewer than 8 points or 2 replications, or if a setting is invalid.
    """
    if space.draws < LEAST_POINTS or replications < 2:
        problem = f"at least {LEAST_POINTS} points and 2 replications are needed"
        raise ScenarioError([InputError("--points", space.draws, problem)])
    played: dict[str, PlayedArm] = {}
    functions = _functions(claims, plans)
    for done, (key, (arm, measured)) in enumerate(functions.items(), 1):
        played[key] = _play_arm(arm, measured, plans, space, Replications(replications, seed, False, _rounds(plans)))
        progress(done)
    least = min(LEAST_WORLDS, replications)
    return [_claim_result(claim, plans, space, played, least, seed) for claim in claims]


def count_arms(claims: tuple[Claim, ...], plans: Plans) -> int:
    """Return the number of different settings that the claims compare."""
    return len(_functions(claims, plans))


def _rounds(plans: Plans) -> int:
    return plans.scenario.rounds


def _arm_key(arm: Arm, plans: Plans) -> str:
    """Return a text that is equal for settings that play alike."""
    return repr((sorted(arm.changes(plans.scenario).items()), arm.fixed(plans.scenario)))


def _functions(claims: tuple[Claim, ...], plans: Plans) -> dict[str, tuple[Arm, list[Values]]]:
    """Return the different settings with what is measured in each, by key."""
    found: dict[str, tuple[Arm, list[Values]]] = {}
    for claim in claims:
        for each in claim.comparisons:
            for arm in (each.claimed, each.reference):
                _, measured = found.setdefault(_arm_key(arm, plans), (arm, []))
                wanted = [each.measured.values, *([each.among] if each.among else [])]
                measured += [one for one in wanted if one not in measured]
    return found


def _play_arm(arm: Arm, measured: list[Values], plans: Plans, space: ClaimSpace, how: Replications) -> PlayedArm:
    """Play one setting at every point. Raises ScenarioError if it is invalid at any."""
    fixed = arm.fixed(plans.scenario)
    own = Plans(plans.source, plans.changes, (*plans.overrides, *fixed)) if fixed else plans
    design = Design(own, {**space.columns, **arm.changes(plans.scenario)})
    for error in design.errors.values():
        raise error
    values = measure_points(design, how, lambda seen: [function(seen) for function in measured])
    return PlayedArm({function: [point[at] for point in values] for at, function in enumerate(measured)})


def _differences(comparison: ClaimComparison, plans: Plans, played: dict[str, PlayedArm]) -> list[np.ndarray]:
    """Return the paired differences at each point, each [world]; positive values agree with the claim."""
    claimed, reference = (played[_arm_key(arm, plans)].values for arm in (comparison.claimed, comparison.reference))
    sign, function, among = 1.0 if comparison.more else -1.0, comparison.measured.values, comparison.among
    differences = []
    for point, (one, other) in enumerate(zip(claimed[function], reference[function], strict=True)):
        if among is not None:
            both = (claimed[among][point] > 0) & (reference[among][point] > 0)
            one, other = one[both], other[both]
        differences.append(sign * paired_differences(one, other))
    return differences


def _comparison_result(
    comparison: ClaimComparison, differences: list[np.ndarray], space: ClaimSpace, least: int, seed: int
) -> ComparisonResult:
    effects = estimate_effects(differences, space.weights, least)
    if not len(effects.means):
        return ComparisonResult(comparison, effects, None, "undecided", None)
    shares = estimate_shares([effects], [comparison.smallest], space.draws, seed)
    verdict, regions = verdict_of(shares.holds, effects.low), None
    if verdict == "depends":
        holds = effects.true >= comparison.smallest
        regions = find_regions(list(space.columns), space.matrix[effects.used], holds, effects.weights)
    return ComparisonResult(comparison, effects, shares, verdict, regions)


def _claim_result(
    claim: Claim, plans: Plans, space: ClaimSpace, played: dict[str, PlayedArm], least: int, seed: int
) -> ClaimResult:
    """Return the result of a claim. Its shares count the points at which every test has a value."""
    differences = [_differences(each, plans, played) for each in claim.comparisons]
    results = [
        _comparison_result(each, values, space, least, seed)
        for each, values in zip(claim.comparisons, differences, strict=True)
    ]
    tests = [each for each in results if each.comparison.standing == "tested"]
    if not tests:
        return ClaimResult(claim, "undecided", None, results)
    verdict = combine([each.verdict for each in tests])
    common = np.logical_and.reduce([each.effects.used for each in tests])
    effects = [
        estimate_effects([x if kept else x[:0] for x, kept in zip(values, common, strict=True)], space.weights, least)
        for result, values in zip(results, differences, strict=True)
        if result.comparison.standing == "tested"
    ]
    if not all(len(each.means) for each in effects):
        return ClaimResult(claim, verdict, None, results)
    smallest: list[Any] = [each.comparison.smallest for each in tests]
    return ClaimResult(claim, verdict, estimate_shares(effects, smallest, space.draws, seed), results)
