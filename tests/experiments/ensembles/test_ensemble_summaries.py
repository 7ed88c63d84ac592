"""Summaries of an ensemble: bands, means, shares, times, differences, and their intervals."""

from dataclasses import replace

import numpy as np
import pytest
from support.ensembles import assert_ensembles_equal, single_run

from experiments.ensembles.compare import compare_ensembles
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.statistics import PERCENTILES, EventTimes, wilson
from model.enumerations import Outcome
from model.measures import classify_outcome, negotiation_series, overall_outcome


def test_bands_are_percentiles_over_worlds():
    ensemble = play_ensemble("gulf-region", 41, seed=3, rounds=15)
    worlds = np.sort([single_run("gulf-region", 3 + k, rounds=15) for k in range(41)], axis=0)
    for percentile, place in {5: 2, 25: 10, 50: 20, 75: 30, 95: 38}.items():  # each is one of 41 worlds
        np.testing.assert_allclose(ensemble.bands[PERCENTILES.index(percentile)], worlds[place], rtol=1e-12, atol=1e-15)
    at = ensemble.indicators.index("nuclear.tension")
    assert ensemble.band("nuclear.tension", 75).tobytes() == ensemble.bands[3, :, at].tobytes()
    assert ensemble.trajectories is None


def test_bands_use_the_first_worlds_only():
    ensemble = play_ensemble("two-states", 170, rounds=12, keep=True, band_worlds=100)
    first = np.percentile(ensemble.trajectories[:100], PERCENTILES, axis=0)
    streamed = play_ensemble("two-states", 170, rounds=12, band_worlds=100)
    assert ensemble.band_worlds == streamed.band_worlds == 100
    assert ensemble.bands.tobytes() == streamed.bands.tobytes() == first.tobytes()
    assert_ensembles_equal(replace(ensemble, trajectories=None), streamed)


def test_summaries_match_the_trajectories():
    ensemble = play_ensemble("gulf-region", 130, seed=9, keep=True)
    for k, trajectory in enumerate(ensemble.trajectories):
        np.testing.assert_array_equal(ensemble.ends[k], trajectory[-1].astype(np.float32))
        np.testing.assert_allclose(ensemble.means[k], trajectory[1:].mean(axis=0), rtol=1e-6, atol=1e-7)
        assert ensemble.outcomes[k].tolist() == [classify_outcome(trajectory, talks) for talks in range(3)]
        assert ensemble.overall[k] == overall_outcome(trajectory, 3)
        for talks in range(3):
            rounds_with_deal = [
                now for now, share in enumerate(negotiation_series(trajectory, talks)["deal_progress"]) if share > 0.0
            ]
            assert ensemble.first_deal[k, talks] == (rounds_with_deal[0] if rounds_with_deal else -1)


def test_shares_of_outcomes_sum_to_one():
    ensemble = play_ensemble("gulf-region", 300)
    for negotiation in (None, *ensemble.negotiations):
        shares = ensemble.shares(negotiation)
        assert list(shares) == [each.name for each in reversed(Outcome)]
        assert sum(each.share for each in shares.values()) == pytest.approx(1.0, abs=1e-12)
        assert all(0.0 <= each.low <= each.share <= each.high <= 1.0 for each in shares.values())
    found = ensemble.outcomes[:, 1].tolist()
    expected = {each.name: found.count(each) / 300 for each in Outcome}
    assert {name: each.share for name, each in ensemble.shares(ensemble.negotiations[1]).items()} == expected


def test_first_deals_are_censored_at_the_end_of_the_run():
    ensemble = play_ensemble("two-states", 200, rounds=8)
    deals, never = ensemble.first_deals("border"), ensemble.first_deal[:, 0] < 0
    assert 0 < never.sum() < 200
    np.testing.assert_array_equal(deals.censored, never)
    assert set(deals.rounds[never]) == {8}
    assert (deals.rounds[~never] <= 8).all()


@pytest.mark.parametrize(
    ("rounds", "censored", "median"),
    [
        ([7, 3, 5], [False, False, False], 5),
        ([9, 3, 5], [True, False, False], 5),
        ([9, 9, 5], [True, True, False], None),
        ([9, 9, 9, 9], [True] * 4, None),
        ([9, 2, 2, 9, 3], [True, False, False, False, False], 3),
    ],
)
def test_median_time_treats_censored_worlds_as_infinite(rounds, censored, median):
    assert EventTimes(np.array(rounds), np.array(censored)).median == median


def test_frame_has_one_row_per_world():
    ensemble = play_ensemble("gulf-region", 20, seed=4, rounds=10)
    table = ensemble.frame()
    assert table["seed"].tolist() == list(range(4, 24))
    assert table["outcome"].tolist() == [Outcome(each).name for each in ensemble.outcomes.min(axis=1)]
    dealt = ensemble.first_deal[:, 0] >= 0
    assert table["nuclear.censored"].tolist() == (~dealt).tolist()
    assert table["nuclear.first_deal"].isna().tolist() == (~dealt).tolist()
    assert table["nuclear.first_deal"].dropna().tolist() == ensemble.first_deal[dealt, 0].tolist()
    assert table["end_oil"].tolist() == [
        np.float32(single_run("gulf-region", 4 + k, rounds=10)[-1, 10]) for k in range(20)
    ]


def test_overlap_counts_shared_seeds():
    first = play_ensemble("two-states", 100, seed=1, rounds=2)
    assert first.overlap(play_ensemble("two-states", 80, seed=51, rounds=2)) == 50
    assert first.overlap(play_ensemble("two-states", 100, seed=101, rounds=2)) == 0
    assert first.overlap(first) == 100


# Intervals


def test_ensembles_are_paired_if_they_have_the_same_seeds():
    base = play_ensemble("us-iran-2026", 60, seed=1, rounds=30)
    pressed = play_ensemble("us-iran-2026", 60, seed=1, rounds=30, changes={"relations.us.iran.campaign": 0.2})
    others = play_ensemble("us-iran-2026", 60, seed=61, rounds=30, changes={"relations.us.iran.campaign": 0.2})
    paired, independent = (
        compare_ensembles(base, pressed)["mean_tension"],
        compare_ensembles(base, others)["mean_tension"],
    )
    assert paired.difference == pytest.approx(float((pressed.means[:, 2] - base.means[:, 2]).mean()), abs=1e-6)
    assert paired.high - paired.low < 0.7 * (independent.high - independent.low)
    assert paired.share_of_worlds_changed > 0.5
    spread = (base.means[:, 2].var(ddof=1) + others.means[:, 2].var(ddof=1)) / 60
    assert independent.high - independent.low == pytest.approx(2 * 1.96 * spread**0.5, rel=1e-3)


def test_partly_shared_seeds_cause_a_warning():
    one, other = play_ensemble("two-states", 10, seed=1, rounds=5), play_ensemble("two-states", 10, seed=8, rounds=5)
    with pytest.warns(UserWarning, match="3 worlds .* same seed .seeds 1 to 10 and seeds 8 to 17"):
        compare_ensembles(one, other)


def test_wilson_intervals():
    """For 1 of 4: centre (1/4 + z2/8) / (1 + z2/4), half z sqrt(3/64 + z2/64) / (1 + z2/4), z2 = 3.841459."""
    assert wilson(1, 4) == pytest.approx((0.25, 0.045587, 0.699358), abs=1e-6)
    for total in (1, 10, 100_000):
        none, all_of_them = wilson(0, total), wilson(total, total)
        edge = 3.841458820694124 / (total + 3.841458820694124)
        assert none == pytest.approx((0.0, 0.0, edge), abs=1e-12)
        assert all_of_them == pytest.approx((1.0, 1.0 - edge, 1.0), abs=1e-12)
        assert none.low == 0.0
        assert all_of_them.high == 1.0


def test_intervals_have_their_nominal_coverage():
    small, many = 200, play_ensemble("two-states", 100_000, rounds=8)
    rng, covered = np.random.default_rng(1), []
    truth = {name: each.share for name, each in many.shares().items() if each.share > 0.0}
    assert len(truth) == 3
    for _ in range(5):
        shuffled = many.outcomes[rng.permutation(len(many.outcomes))]
        for first in range(0, len(shuffled), small):
            shares = replace(many, outcomes=shuffled[first : first + small]).shares()
            covered.append([shares[name].low <= value <= shares[name].high for name, value in truth.items()])
    assert len(covered) == 2500
    for name, rate in zip(truth, np.mean(covered, axis=0), strict=True):
        assert 0.93 <= rate <= 0.97, (name, rate)
