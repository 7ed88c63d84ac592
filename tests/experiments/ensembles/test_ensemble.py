"""Ensembles: the same worlds as the watched runs, whatever the chunks and threads; shares, bands, times; mutations."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from cachetools import LRUCache
from support.worlds import smallest_scenario, step_by_hand

from agents.assembly import Assembly
from experiments.engine import dice_cache as fates
from experiments.engine.kernel import advance, measure, measure_many
from experiments.engine.pool import CancelledError
from experiments.ensembles import stream as subject
from experiments.ensembles.compare import contrast
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.ensembles.statistics import PERCENTILES, Times, wilson
from model.enumerations import Outcome
from model.errors import ScenarioError
from model.loading import load, shipped
from model.measures import digest, outcome_of, overall_outcome, series
from model.overrides import Override, forced
from model.parameters import Mechanisms
from model.protocol import ACT, PROTOCOL
from model.world import World


def alone(name, seed, changes=None, rounds=None, overrides=()):
    """Measure one world as a run of its own."""
    setting = load(name, changes)
    return measure(World(setting, seed, forced(setting, overrides)), rounds or setting.rounds)


def assert_equal(one: Ensemble, other: Ensemble) -> None:
    """Compare two ensembles field by field: arrays by type, shape and bytes."""
    for each in fields(Ensemble):
        mine, yours = getattr(one, each.name), getattr(other, each.name)
        if isinstance(mine, np.ndarray):
            assert (mine.dtype, mine.shape) == (yours.dtype, yours.shape), each.name
            assert mine.tobytes() == yours.tobytes(), each.name
        else:
            assert mine == yours, each.name


# World k is the run with seed S + k


@pytest.mark.parametrize("name", ["two-states", "us-iran-2026", "gulf-region"])
def test_the_first_ten_digests_are_those_of_the_watched_runs(name):
    ensemble = play_ensemble(name, 12, seed=2**32 - 4)  # seeds on both sides of 32 bits
    watched = [Assembly(name, rng=2**32 - 4 + k, ledger=False).run().trajectory for k in range(10)]
    assert ensemble.digests == [digest(trajectory) for trajectory in watched]
    assert len(set(ensemble.digests)) == 10


def test_changes_overrides_and_rounds_reach_every_world():
    changes, moves = {"perception.misread_friendly": 0.3}, (Override(3, "hold_talks", "nuclear", None, None, 1),)
    ensemble = play_ensemble("us-iran-2026", 3, seed=7, rounds=20, changes=changes, overrides=moves, keep=True)
    watched = [Assembly("us-iran-2026", changes, rng=7 + k, overrides=moves).run(20).trajectory for k in range(3)]
    assert ensemble.trajectories.tobytes() == np.array(watched).tobytes()
    for left_out in ({"changes": changes}, {"overrides": moves}):
        assert play_ensemble("us-iran-2026", 3, seed=7, rounds=20, **left_out).digests != ensemble.digests


def test_the_largest_seeds_are_played_too():
    ensemble = play_ensemble("two-states", 2, seed=2**64 - 2, rounds=6)
    assert ensemble.seeds.tolist() == [2**64 - 2, 2**64 - 1]
    assert ensemble.digests == [digest(alone("two-states", seed, rounds=6)) for seed in (2**64 - 2, 2**64 - 1)]


def test_threads_and_chunks_change_no_byte(monkeypatch):
    def play(threads):
        return play_ensemble("gulf-region", 150, seed=5, rounds=24, keep=True, threads=threads)

    whole = play(1)
    assert_equal(play(None), whole)
    for chunk in (1, 7, 149, 1000):
        monkeypatch.setattr(subject, "CHUNK", chunk)
        assert_equal(play(None), whole)
        assert_equal(play(1), whole)


@pytest.mark.parametrize("together", [1, 2, 7, 64])
def test_how_many_worlds_step_together_changes_no_byte(together, monkeypatch):
    start, seeds = World(load("gulf-region"), 0, forced(load("gulf-region"))), np.arange(9, dtype=np.uint64)
    expected = measure_many(start.like(0), seeds, 10)
    monkeypatch.setattr("experiments.engine.kernel.TOGETHER", together)
    assert measure_many(start.like(0), seeds, 10).tobytes() == expected.tobytes()


def test_dice_that_are_remembered_give_the_same_bytes_under_any_parameters():
    seeds = np.arange(50, 59, dtype=np.uint64)
    for value in (0.0, 0.3, 0.9):
        setting = load("us-iran-2026", {"relations.us.iran.campaign": value, "perception.misread_friendly": value / 2})
        start = World(setting, 0, forced(setting))
        plain = measure_many(start.like(0), seeds, 20)
        assert measure_many(start.like(0), seeds, 20, remember=True).tobytes() == plain.tobytes()
        assert measure_many(start.like(0), seeds, 20, remember=True).tobytes() == plain.tobytes()


def test_other_seeds_rounds_or_actors_are_not_answered_by_remembered_dice():
    known = {}
    for name, first, rounds in (
        ("two-states", 1, 8),
        ("two-states", 2, 8),
        ("two-states", 1, 9),
        ("us-iran-2013", 1, 8),
    ):
        setting, seeds = load(name), np.arange(first, first + 4, dtype=np.uint64)
        start = World(setting, 0, forced(setting))
        for _ in range(2):
            seen = measure_many(start.like(0), seeds, rounds, remember=True)
            assert known.setdefault((name, first, rounds), seen.tobytes()) == seen.tobytes()
        assert seen.tobytes() == measure_many(start.like(0), seeds, rounds).tobytes()
    assert len({*known.values()}) == 4


def test_no_more_dice_are_remembered_than_find_room(monkeypatch):
    setting = load("two-states")
    start = World(setting, 0, forced(setting))
    one = fates.room_for(start, 8, 30).nbytes
    kept = LRUCache[Any, np.ndarray](3 * one, getsizeof=lambda each: each.nbytes)
    monkeypatch.setattr(fates, "_kept", kept)
    for first in range(5):
        measure_many(start.like(0), np.arange(100 * first, 100 * first + 8, dtype=np.uint64), 30, remember=True)
    assert sum(each.nbytes for each in kept.values()) == 3 * one
    assert fates.worth_keeping(start, 24, 30)
    assert not fates.worth_keeping(start, 25, 30)


def test_every_kept_world_is_its_own_run():
    """A world that took over anything from the one before it in its chunk would show here."""
    ensemble = play_ensemble("us-iran-2026", 70, seed=30, rounds=30, keep=True)
    for k, trajectory in enumerate(ensemble.trajectories):
        assert trajectory.tobytes() == alone("us-iran-2026", 30 + k, rounds=30).tobytes(), k


# What is summed up


def test_bands_are_the_percentiles_of_the_worlds():
    ensemble = play_ensemble("gulf-region", 41, seed=3, rounds=15)
    worlds = np.sort([alone("gulf-region", 3 + k, rounds=15) for k in range(41)], axis=0)
    for percentile, place in {5: 2, 25: 10, 50: 20, 75: 30, 95: 38}.items():  # of 41 worlds these are worlds themselves
        np.testing.assert_allclose(ensemble.bands[PERCENTILES.index(percentile)], worlds[place], rtol=1e-12, atol=1e-15)
    at = ensemble.indicators.index("nuclear.tension")
    assert ensemble.band("nuclear.tension", 75).tobytes() == ensemble.bands[3, :, at].tobytes()
    assert ensemble.trajectories is None


def test_bands_are_taken_over_the_first_worlds_only_kept_or_not():
    whole = play_ensemble("two-states", 170, rounds=12, keep=True, band_worlds=100)
    first = np.percentile(whole.trajectories[:100], PERCENTILES, axis=0)
    streamed = play_ensemble("two-states", 170, rounds=12, band_worlds=100)
    assert whole.band_worlds == streamed.band_worlds == 100
    assert whole.bands.tobytes() == streamed.bands.tobytes() == first.tobytes()
    assert_equal(replace(whole, trajectories=None), streamed)


def test_means_ends_outcomes_and_first_deals_are_those_of_the_trajectories():
    ensemble = play_ensemble("gulf-region", 130, seed=9, keep=True)
    for k, trajectory in enumerate(ensemble.trajectories):
        np.testing.assert_array_equal(ensemble.ends[k], trajectory[-1].astype(np.float32))
        np.testing.assert_allclose(ensemble.means[k], trajectory[1:].mean(axis=0), rtol=1e-6, atol=1e-7)
        assert ensemble.outcomes[k].tolist() == [outcome_of(trajectory, talks) for talks in range(3)]
        assert ensemble.overall[k] == overall_outcome(trajectory, 3)
        for talks in range(3):
            stands = [now for now, share in enumerate(series(trajectory, talks)["deal_progress"]) if share > 0.0]
            assert ensemble.first_deal[k, talks] == (stands[0] if stands else -1)


def test_shares_count_the_worlds_and_sum_to_one():
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
def test_the_median_time_counts_censored_worlds_as_late(rounds, censored, median):
    assert Times(np.array(rounds), np.array(censored)).median == median


def test_a_table_has_one_row_per_world():
    ensemble = play_ensemble("gulf-region", 20, seed=4, rounds=10)
    table = ensemble.frame()
    assert table["seed"].tolist() == list(range(4, 24))
    assert table["outcome"].tolist() == [Outcome(each).name for each in ensemble.outcomes.min(axis=1)]
    assert table["nuclear.first_deal"].tolist() == ensemble.first_deal[:, 0].tolist()
    assert table["end_oil"].tolist() == [np.float32(alone("gulf-region", 4 + k, rounds=10)[-1, 10]) for k in range(20)]


def test_overlap_counts_shared_seeds():
    first = play_ensemble("two-states", 100, seed=1, rounds=2)
    assert first.overlap(play_ensemble("two-states", 80, seed=51, rounds=2)) == 50
    assert first.overlap(play_ensemble("two-states", 100, seed=101, rounds=2)) == 0
    assert first.overlap(first) == 100


# Intervals


def test_ensembles_of_the_same_seeds_are_compared_in_pairs_and_others_are_not():
    usual = play_ensemble("us-iran-2026", 60, seed=1, rounds=30)
    pressed = play_ensemble("us-iran-2026", 60, seed=1, rounds=30, changes={"relations.us.iran.campaign": 0.2})
    others = play_ensemble("us-iran-2026", 60, seed=61, rounds=30, changes={"relations.us.iran.campaign": 0.2})
    paired, apart = contrast(usual, pressed)["mean_tension"], contrast(usual, others)["mean_tension"]
    assert paired.difference == pytest.approx(float((pressed.means[:, 2] - usual.means[:, 2]).mean()), abs=1e-6)
    assert paired.high - paired.low < 0.7 * (apart.high - apart.low)
    assert paired.share_of_worlds_changed > 0.5
    spread = (usual.means[:, 2].var(ddof=1) + others.means[:, 2].var(ddof=1)) / 60
    assert apart.high - apart.low == pytest.approx(2 * 1.96 * spread**0.5, rel=1e-3)


def test_ensembles_that_share_some_seeds_are_compared_with_a_warning():
    one, other = play_ensemble("two-states", 10, seed=1, rounds=5), play_ensemble("two-states", 10, seed=8, rounds=5)
    with pytest.warns(UserWarning, match="3 worlds .* same seed .seeds 1 to 10 and seeds 8 to 17"):
        contrast(one, other)


def test_wilson_intervals():
    """By hand for 1 of 4: centre (1/4 + z2/8) / (1 + z2/4), half z sqrt(3/64 + z2/64) / (1 + z2/4), z2 = 3.841459."""
    assert wilson(1, 4) == pytest.approx((0.25, 0.045587, 0.699358), abs=1e-6)
    for total in (1, 10, 100_000):
        none, all_of_them = wilson(0, total), wilson(total, total)
        edge = 3.841458820694124 / (total + 3.841458820694124)
        assert none == pytest.approx((0.0, 0.0, edge), abs=1e-12)
        assert all_of_them == pytest.approx((1.0, 1.0 - edge, 1.0), abs=1e-12)
        assert none.low == 0.0
        assert all_of_them.high == 1.0


def test_intervals_cover_the_long_run_value_as_often_as_they_say():
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


# One set of parameter values per world


def test_under_a_design_each_world_is_the_run_of_its_own_scenario(monkeypatch):
    monkeypatch.setattr(subject, "CHUNK", 4)
    design = {
        "perception.misread_friendly": [0.0] * 10 + [0.3] * 3 + [0.0],
        "states.alba.resolve": [0.2] * 7 + [0.8] * 7,
        "mechanisms.noise": [True] * 12 + [False, True],
    }
    ensemble = play_ensemble(
        "two-states", 14, seed=6, rounds=25, changes={"belief.memory": 0.9}, design=design, keep=True
    )
    for k, row in enumerate(zip(*design.values(), strict=True)):
        changes = {"belief.memory": 0.9, **dict(zip(design, row, strict=True))}
        assert ensemble.trajectories[k].tobytes() == alone("two-states", 6 + k, changes, 25).tobytes(), k
    assert ensemble.frame()["states.alba.resolve"].tolist() == design["states.alba.resolve"]
    alike = play_ensemble("two-states", 14, seed=6, rounds=25, changes={"belief.memory": 0.9})
    assert alike.digests != ensemble.digests


@pytest.mark.parametrize(
    ("design", "told"),
    [
        ({"states.alba.resolve": [0.5] * 4}, "states.alba.resolve"),
        ({"states.alba.resolve": [0.5] * 5, "belief.memory": [0.9] * 6}, "belief.memory"),
        ({"states.alba.resolve": []}, "states.alba.resolve"),
        ({"states.alba.resolve": [0.5, 0.5, 0.5, 9.0, 0.5]}, "states.alba.resolve"),
        ({"states.alba.resolute": [0.5] * 5}, "resolute"),
    ],
)
def test_a_design_that_cannot_be_is_refused_with_its_place(design, told):
    with pytest.raises(ScenarioError, match=told):
        play_ensemble("two-states", 5, design=design)


@pytest.mark.parametrize("worlds", [0, -1])
def test_an_ensemble_of_no_worlds_is_refused(worlds):
    with pytest.raises(ScenarioError, match="worlds"):
        play_ensemble("two-states", worlds)


# Saved and loaded


@pytest.mark.parametrize("keep", [False, True])
def test_a_saved_ensemble_is_loaded_equal(keep, tmp_path):
    design = {"states.alba.resolve": [0.1, 0.2, 0.7], "mechanisms.noise": [True, False, False]}
    for ensemble in (
        play_ensemble("gulf-region", 30, seed=2**64 - 30, rounds=9, keep=keep),
        play_ensemble("two-states", 3, rounds=11, design=design, keep=keep),
        play_ensemble(smallest_scenario(), 4, rounds=2, keep=keep),
    ):
        ensemble.save(tmp_path / ensemble.scenario)
        loaded = Ensemble.load(tmp_path / ensemble.scenario)
        assert_equal(loaded, ensemble)
        assert loaded.shares() == ensemble.shares()


def test_an_ensemble_saved_over_another_one_replaces_all_of_it(tmp_path):
    play_ensemble("gulf-region", 30, rounds=9, keep=True).save(tmp_path)
    newer = play_ensemble("two-states", 5, rounds=4)
    newer.save(tmp_path)
    assert_equal(Ensemble.load(tmp_path), newer)


def test_a_folder_without_an_ensemble_is_refused(tmp_path):
    for damage in (lambda: None, lambda: (tmp_path / "ensemble.json").write_text("{}")):
        damage()
        with pytest.raises(ScenarioError, match=r"holds no readable ensemble"):
            Ensemble.load(tmp_path)


# Progress, stopping, threads, memory


@pytest.mark.parametrize("threads", [None, 1])
def test_progress_counts_up_to_the_number_of_worlds(threads):
    told: list[int] = []
    play_ensemble("two-states", 200, rounds=3, threads=threads, progress=told.append)
    assert len(told) == 4
    assert all(a < b for a, b in zip([0, *told], told, strict=False))
    assert told[-1] == 200


@pytest.mark.parametrize("threads", [None, 1])
def test_an_ensemble_told_to_stop_stops_soon_and_leaves_the_pool_usable(threads):
    told: list[int] = []
    asked = threading.Event()

    def progress(done: int) -> None:
        told.append(done)
        asked.set()

    with pytest.raises(CancelledError):
        play_ensemble("two-states", 200_000, threads=threads, progress=progress, stop=asked.is_set)
    assert told[-1] <= 20 * subject.CHUNK
    assert_equal(play_ensemble("two-states", 130, rounds=5), play_ensemble("two-states", 130, rounds=5, threads=1))


def test_stop_is_asked_before_the_first_world():
    told: list[int] = []
    with pytest.raises(CancelledError):
        play_ensemble("two-states", 10, progress=told.append, stop=lambda: True)
    assert told == []


def eight_at_once(seed: int, worlds: int, rounds: int) -> None:
    """Play eight scenarios one after the other and in eight threads at once, and compare."""

    def play(name: str) -> Ensemble:
        return play_ensemble(name, worlds, seed=seed, rounds=rounds, keep=True)

    names = shipped()[:8]
    expected = [play_ensemble(name, worlds, seed=seed, rounds=rounds, keep=True, threads=1) for name in names]
    with ThreadPoolExecutor(8) as callers:
        for one, other in zip(callers.map(play, names), expected, strict=True):
            assert_equal(one, other)


def test_eight_threads_at_once_get_the_same_bytes():
    eight_at_once(1, worlds=150, rounds=12)


@pytest.mark.soak
def test_eight_threads_at_once_get_the_same_bytes_for_a_minute():
    ends, seed = time.monotonic() + 60, 0
    while time.monotonic() < ends:
        seed += 1
        eight_at_once(seed, worlds=100 + 37 * seed % 300, rounds=1 + seed % 40)
    assert seed > 3


FIRST_CALLS = """
from concurrent.futures import ThreadPoolExecutor
from experiments.ensembles.ensemble import play_ensemble
with ThreadPoolExecutor(8) as callers:
    digests = list(callers.map(lambda _: play_ensemble("two-states", 70, rounds=6).digests, range(8)))
assert all(each == digests[0] for each in digests)
print(digests[0][0])
"""


def run(script: str) -> str:
    """Run a script in a process of its own."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_first_calls_of_a_process_may_come_from_eight_threads_at_once():
    assert run(FIRST_CALLS) == digest(alone("two-states", 1, rounds=6))


MEMORY = """
from benchmarks.memory import peak
from experiments.ensembles.ensemble import play_ensemble
play_ensemble("two-states", 128, rounds=4)
before = peak()
play_ensemble("two-states", {worlds}, rounds=4)
print(peak() - before, peak())
"""


def test_memory_grows_by_summaries_only():
    """Whole trajectories of these worlds would take 288 MB, their summaries take 61; so many dice are not remembered."""
    growth, _ = map(float, run(MEMORY.format(worlds=300_000)).split())
    assert growth < 100


@pytest.mark.soak
def test_a_million_worlds_fit_in_a_gigabyte():
    _, peak = map(float, run(MEMORY.format(worlds=1_000_000)).split())
    assert peak < 1000


# Mutations: what a wrong driver would do is seen by comparing bytes


def first_difference(step, rounds: int = 12) -> int | None:
    """Play one world by a step and one by the measured driver; tell the first round after which they differ."""
    setting = load("gulf-region", {f"mechanisms.{name}": True for name in Mechanisms.model_fields})
    mine, measured = World(setting, 5), World(setting, 5)
    for now in range(1, rounds + 1):
        step(mine)
        advance(measured, 1)
        if mine.snapshot() != measured.snapshot():
            return now
    return None


def with_rule(place: int, rule):
    """Give the protocol with another rule for one act."""
    return (*PROTOCOL[:place], PROTOCOL[place]._replace(rule=rule), *PROTOCOL[place + 1 :])


@pytest.mark.uncompiled
def test_unmutated_there_is_no_difference():
    assert first_difference(lambda world: step_by_hand(world, PROTOCOL)) is None


@pytest.mark.uncompiled
@pytest.mark.parametrize("act", PROTOCOL, ids=lambda act: act.name)
def test_a_rule_wrong_in_the_last_place_of_one_cell_of_one_round_is_caught(act):
    def broken(world, *cell):
        value = act.rule(world, *cell)
        if world.clock[0] != 4 or any(cell):
            return value
        column = getattr(world, act.column)
        return np.nextafter(value, np.inf) if column.dtype == np.float64 else value + 1

    mutant = with_rule(ACT[act.name], broken)
    assert first_difference(lambda world: step_by_hand(world, mutant)) == 4


@pytest.mark.uncompiled
@pytest.mark.parametrize(
    "first",
    [
        "tire",
        "misread_act",
        "remember_standing",
        "judge_oneself",
        "remember_broken",
        "harden",
        "hold_talks",
        "grow_impatient",
        "table",
        "examine",
        "comply",
        "inspect",
        "report_on",
        "advance",
        "strike",
    ],
)
def test_two_neighbouring_acts_in_reverse_order_are_caught(first):
    """These are the neighbours of which the later reads what the earlier decides, so that order matters."""
    order, place = list(PROTOCOL), ACT[first]
    order[place], order[place + 1] = order[place + 1], order[place]
    assert first_difference(lambda world: step_by_hand(world, tuple(order))) is not None


@pytest.mark.uncompiled
@pytest.mark.parametrize("shift", [-1, 1])
def test_a_shifted_clock_is_caught(shift):
    """The acts see another round; after them the clock is put right, so that only what they decided can tell."""

    def step(world):
        world.clock[0] += shift
        step_by_hand(world, PROTOCOL)
        world.clock[0] -= shift

    assert first_difference(step) == 1


@pytest.mark.uncompiled
def test_a_column_updated_in_place_is_caught():
    """Hardening looks at the other side's posture: without turning the page, the second would see the first's new one."""

    def step(world):
        place = ACT["harden"]
        step_by_hand(world, PROTOCOL[:place])
        for cell in np.ndindex(world.posture.shape):
            world.posture[cell] = PROTOCOL[place].rule(world.handle, *cell)
        world.clock[0] -= 1
        step_by_hand(world, PROTOCOL[place + 1 :])

    assert first_difference(step) == 1
