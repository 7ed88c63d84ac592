"""Effects, shares and verdicts of claims, on differences with known truth; and the tree that says where."""

import numpy as np
import pytest

from experiments.ensembles.statistics import Share
from experiments.studies.claim_conditions import find_regions
from experiments.studies.claim_measures import MEASURES, paired_differences
from experiments.studies.claim_statistics import (
    combine,
    estimate_effects,
    estimate_shares,
    true_effects,
    verdict_of,
    weighted_mean,
)

POINTS, WORLDS = 200, 100
EQUAL = np.full(POINTS, 1 / POINTS)


def simulated(truth, noise, seed=1, worlds=WORLDS):
    """Return differences at each point: its true effect and the noise of its worlds."""
    rng = np.random.default_rng(seed)
    return list(np.broadcast_to(truth, POINTS)[:, None] + noise * rng.normal(size=(POINTS, worlds)))


def verdict(truth, noise, least=0.02, **more):
    effects = estimate_effects(simulated(truth, noise, **more), EQUAL)
    return verdict_of(estimate_shares([effects], [least], POINTS, 1).holds, effects.low)


@pytest.mark.parametrize(
    ("truth", "noise", "expected"),
    [
        (0.1, 0.3, "holds"),
        (0.0, 0.3, "fails"),
        (-0.1, 0.3, "fails"),
        (0.01, 0.01, "fails"),  # a small effect with a tight interval is no relevant effect
        (0.0, 0.0, "fails"),
        (0.02, 0.5, "undecided"),
        (np.where(np.arange(POINTS) < POINTS / 2, 0.1, -0.1), 0.3, "depends"),
        (np.where(np.arange(POINTS) < POINTS / 2, 0.1, 0.0), 0.1, "depends"),
    ],
)
def test_verdicts_follow_the_true_effects(truth, noise, expected):
    assert verdict(truth, noise) == expected


def test_chance_is_not_taken_for_a_spread_of_effects():
    effects = estimate_effects(simulated(0.05, 1.0), EQUAL)
    assert effects.means.std() > 0.08  # by chance, a quarter of the means have the other sign
    assert effects.true.std() < 0.03
    assert estimate_shares([effects], [0.02], POINTS, 1).holds.share > 0.9


def test_true_effects_have_the_spread_of_the_truth():
    truth = np.random.default_rng(2).normal(0.1, 0.1, POINTS)
    effects = estimate_effects(simulated(truth, 1.0), EQUAL)
    assert effects.true.std() == pytest.approx(truth.std(), rel=0.15)
    exact = estimate_effects(simulated(truth, 0.0), EQUAL)
    assert exact.true == pytest.approx(truth)


def test_weights_repeat_a_point_as_often_as_it_was_drawn():
    values = np.array([0.0, 1.0, 2.0, 4.0])
    repeated = np.repeat(values, [4, 3, 2, 1])
    mean, _ = weighted_mean(values, np.array([0.4, 0.3, 0.2, 0.1]))
    assert mean == pytest.approx(repeated.mean())
    errors = np.zeros(4)
    assert true_effects(values, errors, np.array([4.0, 3, 2, 1])) == pytest.approx(values)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_of_the_mean_covers_the_truth(seed):
    inside = 0
    for trial in range(100):
        truth = np.random.default_rng([seed, trial]).normal(0.1, 0.05, POINTS)
        effects = estimate_effects(simulated(truth, 0.5, seed=[seed, trial, 1], worlds=20), EQUAL)
        inside += effects.low <= 0.1 <= effects.high
    assert 89 <= inside <= 100


def test_all_comparisons_must_hold_at_a_point():
    half = np.where(np.arange(POINTS) % 2, 0.1, 0.0)
    one, other = (estimate_effects(simulated(truth, 0.0), EQUAL) for truth in (half, 0.1 - half))
    assert estimate_shares([one], [0.02], POINTS, 1).holds.share == pytest.approx(0.5)
    assert estimate_shares([one, other], [0.02, 0.02], POINTS, 1).holds.share == 0.0


def test_points_without_worlds_are_left_out_and_reported():
    differences = simulated(0.1, 0.1)
    for at in range(80):
        differences[at] = differences[at][:3]
    assert estimate_effects(differences, EQUAL, 10).covered == pytest.approx(0.6)
    assert len(estimate_effects(differences, EQUAL, 10).means) == 120
    assert not len(estimate_effects(differences[:80] + [each[:2] for each in differences[80:]], EQUAL, 10).means)


def test_only_a_wide_interval_leaves_a_share_undecided():
    assert verdict_of(Share(0.8, 0.6, 0.9), 0.1) == "holds"
    assert verdict_of(Share(0.8, 0.6, 0.9), -0.1) == "undecided"
    assert verdict_of(Share(0.98, 0.3, 1.0), 0.1) == "undecided"
    assert verdict_of(Share(0.1, 0.05, 0.3), -0.1) == "fails"
    assert verdict_of(Share(0.1, 0.0, 0.6), -0.1) == "undecided"
    assert verdict_of(Share(0.5, 0.4, 0.6), 0.0) == "depends"
    assert verdict_of(Share(0.5, 0.0, 1.0), 0.0) == "undecided"


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["holds", "holds"], "holds"),
        (["fails", "fails"], "fails"),
        (["holds", "fails"], "depends"),
        (["holds", "undecided"], "undecided"),
        (["depends", "fails"], "depends"),
        (["fails", "undecided"], "undecided"),
    ],
)
def test_a_claim_needs_the_same_verdict_of_all_tests(verdicts, expected):
    assert combine(verdicts) == expected


def test_a_ratio_is_that_of_the_sums_with_its_variance():
    rng = np.random.default_rng(4)
    years = rng.integers(0, 5, 4000).astype(float)
    breaches = rng.poisson(0.3 * years)
    claimed, reference = np.stack([breaches, years], 1), np.stack([breaches * 2.0, years], 1)
    differences = paired_differences(claimed, reference)
    assert differences.mean() == pytest.approx(-breaches.sum() / years.sum())
    assert np.isnan(paired_differences(np.zeros((5, 2)), reference[:5])).all()


def test_a_tree_finds_the_parameters_that_decide():
    rng = np.random.default_rng(1)
    values = rng.random((POINTS, 5))
    holds = (values[:, 2] < 0.4) & (values[:, 4] > 0.3)
    holds[:4] = ~holds[:4]
    regions = find_regions(list("abcde"), values, holds, EQUAL)
    assert regions is not None
    assert {*regions.parameters} == {"c", "e"}
    assert regions.inside > 0.9 > 0.15 > regions.outside
    assert regions.describe().startswith("where ")
    assert "c is below 0.4" in regions.describe()


def test_a_tree_on_chance_is_not_reported():
    rng = np.random.default_rng(3)
    assert find_regions(list("abcde"), rng.random((POINTS, 5)), rng.random(POINTS) < 0.5, EQUAL) is None
    assert find_regions(list("abcde"), rng.random((POINTS, 5)), np.ones(POINTS, bool), EQUAL) is None


def test_differences_are_described_in_plain_units():
    assert MEASURES["deal_at_end"].describe(-0.123) == "12.3 percentage points lower"
    assert MEASURES["rounds_to_deal"].describe(2.0) == "2.0 months later"
    assert MEASURES["mean_tension"].describe(-0.0001) == "0.000 lower"
