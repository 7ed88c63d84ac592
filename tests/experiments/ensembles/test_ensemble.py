"""Ensembles: the same worlds as the watched runs, whatever the chunks and designs; saved and loaded."""

from typing import Any

import numpy as np
import pytest
from cachetools import LRUCache
from support.ensembles import assert_ensembles_equal, single_run
from support.worlds import smallest_scenario

from agents.assembly import Assembly
from experiments.engine import draw_cache as fates
from experiments.engine.kernel import run_trajectories
from experiments.ensembles import stream as subject
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from model.errors import ScenarioError
from model.loading import load_scenario
from model.measures import trajectory_digest
from model.overrides import Override, collect_overrides
from model.world import World

# World k is the run with seed S + k


@pytest.mark.parametrize("name", ["two-states", "us-iran-2026", "gulf-region"])
def test_the_first_ten_digests_are_those_of_the_watched_runs(name):
    ensemble = play_ensemble(name, 12, seed=2**32 - 4)  # seeds on both sides of 32 bits
    watched = [Assembly(name, rng=2**32 - 4 + k, ledger=False).run().trajectory for k in range(10)]
    assert ensemble.digests == [trajectory_digest(trajectory) for trajectory in watched]
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
    assert ensemble.digests == [
        trajectory_digest(single_run("two-states", seed, rounds=6)) for seed in (2**64 - 2, 2**64 - 1)
    ]


def test_threads_and_chunks_change_no_byte(monkeypatch):
    def play(threads):
        return play_ensemble("gulf-region", 150, seed=5, rounds=24, keep=True, threads=threads)

    whole = play(1)
    assert_ensembles_equal(play(None), whole)
    for chunk in (1, 7, 149, 1000):
        monkeypatch.setattr(subject, "CHUNK_SIZE", chunk)
        assert_ensembles_equal(play(None), whole)
        assert_ensembles_equal(play(1), whole)


@pytest.mark.parametrize("together", [1, 2, 7, 64])
def test_how_many_worlds_step_together_changes_no_byte(together, monkeypatch):
    start, seeds = (
        World(load_scenario("gulf-region"), 0, collect_overrides(load_scenario("gulf-region"))),
        np.arange(9, dtype=np.uint64),
    )
    expected = run_trajectories(start.copy_at_start(0), seeds, 10)
    monkeypatch.setattr("experiments.engine.kernel.BLOCK_SIZE", together)
    assert run_trajectories(start.copy_at_start(0), seeds, 10).tobytes() == expected.tobytes()


def test_dice_that_are_remembered_give_the_same_bytes_under_any_parameters():
    seeds = np.arange(50, 59, dtype=np.uint64)
    for value in (0.0, 0.3, 0.9):
        setting = load_scenario(
            "us-iran-2026", {"relations.us.iran.campaign": value, "perception.misread_friendly": value / 2}
        )
        start = World(setting, 0, collect_overrides(setting))
        plain = run_trajectories(start.copy_at_start(0), seeds, 20)
        assert run_trajectories(start.copy_at_start(0), seeds, 20, cache_draws=True).tobytes() == plain.tobytes()
        assert run_trajectories(start.copy_at_start(0), seeds, 20, cache_draws=True).tobytes() == plain.tobytes()


def test_other_seeds_rounds_or_actors_are_not_answered_by_remembered_dice():
    known = {}
    for name, first, rounds in (
        ("two-states", 1, 8),
        ("two-states", 2, 8),
        ("two-states", 1, 9),
        ("us-iran-2013", 1, 8),
    ):
        setting, seeds = load_scenario(name), np.arange(first, first + 4, dtype=np.uint64)
        start = World(setting, 0, collect_overrides(setting))
        for _ in range(2):
            seen = run_trajectories(start.copy_at_start(0), seeds, rounds, cache_draws=True)
            assert known.setdefault((name, first, rounds), seen.tobytes()) == seen.tobytes()
        assert seen.tobytes() == run_trajectories(start.copy_at_start(0), seeds, rounds).tobytes()
    assert len({*known.values()}) == 4


def test_no_more_dice_are_remembered_than_find_room(monkeypatch):
    setting = load_scenario("two-states")
    start = World(setting, 0, collect_overrides(setting))
    one = fates.empty_draws(start, 8, 30).nbytes
    kept = LRUCache[Any, np.ndarray](3 * one, getsizeof=lambda each: each.nbytes)
    monkeypatch.setattr(fates, "_kept", kept)
    for first in range(5):
        run_trajectories(
            start.copy_at_start(0), np.arange(100 * first, 100 * first + 8, dtype=np.uint64), 30, cache_draws=True
        )
    assert sum(each.nbytes for each in kept.values()) == 3 * one
    assert fates.fits_in_cache(start, 24, 30)
    assert not fates.fits_in_cache(start, 25, 30)


def test_every_kept_world_is_its_own_run():
    """A world that took over anything from the one before it in its chunk would show here."""
    ensemble = play_ensemble("us-iran-2026", 70, seed=30, rounds=30, keep=True)
    for k, trajectory in enumerate(ensemble.trajectories):
        assert trajectory.tobytes() == single_run("us-iran-2026", 30 + k, rounds=30).tobytes(), k


# One set of parameter values per world


def test_under_a_design_each_world_is_the_run_of_its_own_scenario(monkeypatch):
    monkeypatch.setattr(subject, "CHUNK_SIZE", 4)
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
        assert ensemble.trajectories[k].tobytes() == single_run("two-states", 6 + k, changes, 25).tobytes(), k
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
        assert_ensembles_equal(loaded, ensemble)
        assert loaded.shares() == ensemble.shares()


def test_an_ensemble_saved_over_another_one_replaces_all_of_it(tmp_path):
    play_ensemble("gulf-region", 30, rounds=9, keep=True).save(tmp_path)
    newer = play_ensemble("two-states", 5, rounds=4)
    newer.save(tmp_path)
    assert_ensembles_equal(Ensemble.load(tmp_path), newer)


def test_a_folder_without_an_ensemble_is_refused(tmp_path):
    for damage in (lambda: None, lambda: (tmp_path / "ensemble.json").write_text("{}")):
        damage()
        with pytest.raises(ScenarioError, match=r"holds no readable ensemble"):
            Ensemble.load(tmp_path)
