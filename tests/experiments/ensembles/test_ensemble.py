"""Ensembles: worlds equal single runs for all chunk sizes; ensembles are saved and loaded."""

from typing import Any

import numpy as np
import pytest
from cachetools import LRUCache
from support.ensembles import assert_ensembles_equal, single_run
from support.worlds import smallest_scenario

from agents.assembly import Assembly
from experiments.engine import draw_cache
from experiments.engine.kernel import run_trajectories
from experiments.ensembles import stream
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from model.errors import ScenarioError
from model.loading import load_scenario
from model.measures import trajectory_digest
from model.overrides import Override, collect_overrides
from model.world import World

# World k is the run with seed S + k


@pytest.mark.parametrize("name", ["two-states", "us-iran-2026", "gulf-region"])
def test_first_ten_digests_equal_those_of_watched_runs(name):
    ensemble = play_ensemble(name, 12, seed=2**32 - 4)  # seeds on both sides of 32 bits
    watched = [Assembly(name, rng=2**32 - 4 + k, ledger=False).run().trajectory for k in range(10)]
    assert ensemble.digests == [trajectory_digest(trajectory) for trajectory in watched]
    assert len(set(ensemble.digests)) == 10


def test_changes_overrides_and_rounds_apply_to_every_world():
    changes, overrides = {"perception.misread_friendly": 0.3}, (Override(3, "hold_talks", "nuclear", None, None, 1),)
    ensemble = play_ensemble("us-iran-2026", 3, seed=7, rounds=20, changes=changes, overrides=overrides, keep=True)
    watched = [Assembly("us-iran-2026", changes, rng=7 + k, overrides=overrides).run(20).trajectory for k in range(3)]
    assert ensemble.trajectories.tobytes() == np.array(watched).tobytes()
    for left_out in ({"changes": changes}, {"overrides": overrides}):
        assert play_ensemble("us-iran-2026", 3, seed=7, rounds=20, **left_out).digests != ensemble.digests


def test_largest_seeds_can_be_played():
    ensemble = play_ensemble("two-states", 2, seed=2**64 - 2, rounds=6)
    assert ensemble.seeds.tolist() == [2**64 - 2, 2**64 - 1]
    assert ensemble.digests == [
        trajectory_digest(single_run("two-states", seed, rounds=6)) for seed in (2**64 - 2, 2**64 - 1)
    ]


def test_results_do_not_depend_on_threads_or_chunks(monkeypatch):
    def play(threads):
        return play_ensemble("gulf-region", 150, seed=5, rounds=24, keep=True, threads=threads)

    single_threaded = play(1)
    assert_ensembles_equal(play(None), single_threaded)
    for chunk in (1, 7, 149, 1000):
        monkeypatch.setattr(stream, "CHUNK_SIZE", chunk)
        assert_ensembles_equal(play(None), single_threaded)
        assert_ensembles_equal(play(1), single_threaded)


@pytest.mark.parametrize("block_size", [1, 2, 7, 64])
def test_results_do_not_depend_on_block_size(block_size, monkeypatch):
    scenario, seeds = load_scenario("gulf-region"), np.arange(9, dtype=np.uint64)
    start = World(scenario, 0, collect_overrides(scenario))
    expected = run_trajectories(start.copy_at_start(0), seeds, 10)
    monkeypatch.setattr("experiments.engine.kernel.BLOCK_SIZE", block_size)
    assert run_trajectories(start.copy_at_start(0), seeds, 10).tobytes() == expected.tobytes()


def test_cached_draws_do_not_change_results():
    seeds = np.arange(50, 59, dtype=np.uint64)
    for value in (0.0, 0.3, 0.9):
        scenario = load_scenario(
            "us-iran-2026", {"relations.us.iran.campaign": value, "perception.misread_friendly": value / 2}
        )
        start = World(scenario, 0, collect_overrides(scenario))
        uncached = run_trajectories(start.copy_at_start(0), seeds, 20)
        assert run_trajectories(start.copy_at_start(0), seeds, 20, cache_draws=True).tobytes() == uncached.tobytes()
        assert run_trajectories(start.copy_at_start(0), seeds, 20, cache_draws=True).tobytes() == uncached.tobytes()


def test_cached_draws_are_specific_to_seeds_rounds_and_actors():
    results = {}
    for name, first, rounds in (
        ("two-states", 1, 8),
        ("two-states", 2, 8),
        ("two-states", 1, 9),
        ("us-iran-2013", 1, 8),
    ):
        scenario, seeds = load_scenario(name), np.arange(first, first + 4, dtype=np.uint64)
        start = World(scenario, 0, collect_overrides(scenario))
        for _ in range(2):
            trajectories = run_trajectories(start.copy_at_start(0), seeds, rounds, cache_draws=True)
            assert results.setdefault((name, first, rounds), trajectories.tobytes()) == trajectories.tobytes()
        assert trajectories.tobytes() == run_trajectories(start.copy_at_start(0), seeds, rounds).tobytes()
    assert len({*results.values()}) == 4


def test_draw_cache_respects_its_size(monkeypatch):
    scenario = load_scenario("two-states")
    start = World(scenario, 0, collect_overrides(scenario))
    block_bytes = draw_cache.empty_draws(start, 8, 30).nbytes
    cache = LRUCache[Any, np.ndarray](3 * block_bytes, getsizeof=lambda each: each.nbytes)
    monkeypatch.setattr(draw_cache, "_cache", cache)
    for first in range(5):
        run_trajectories(
            start.copy_at_start(0), np.arange(100 * first, 100 * first + 8, dtype=np.uint64), 30, cache_draws=True
        )
    assert sum(each.nbytes for each in cache.values()) == 3 * block_bytes
    assert draw_cache.fits_in_cache(start, 24, 30)
    assert not draw_cache.fits_in_cache(start, 25, 30)


def test_each_world_of_an_ensemble_equals_its_single_run():
    """A world that inherits state from the previous world of its chunk would differ."""
    ensemble = play_ensemble("us-iran-2026", 70, seed=30, rounds=30, keep=True)
    for k, trajectory in enumerate(ensemble.trajectories):
        assert trajectory.tobytes() == single_run("us-iran-2026", 30 + k, rounds=30).tobytes(), k


@pytest.mark.parametrize("worlds", [0, -1])
def test_ensemble_without_worlds_is_rejected(worlds):
    with pytest.raises(ScenarioError, match="worlds"):
        play_ensemble("two-states", worlds)


# Saving and loading


@pytest.mark.parametrize("keep", [False, True])
def test_saved_ensemble_is_loaded_unchanged(keep, tmp_path):
    for ensemble in (
        play_ensemble("gulf-region", 30, seed=2**64 - 30, rounds=9, keep=keep),
        play_ensemble(smallest_scenario(), 4, rounds=2, keep=keep),
    ):
        ensemble.save(tmp_path / ensemble.scenario)
        loaded = Ensemble.load(tmp_path / ensemble.scenario)
        assert_ensembles_equal(loaded, ensemble)
        assert loaded.shares() == ensemble.shares()


def test_saving_over_an_ensemble_replaces_it_completely(tmp_path):
    play_ensemble("gulf-region", 30, rounds=9, keep=True).save(tmp_path)
    newer = play_ensemble("two-states", 5, rounds=4)
    newer.save(tmp_path)
    assert_ensembles_equal(Ensemble.load(tmp_path), newer)


def test_folder_without_an_ensemble_is_rejected(tmp_path):
    for damage in (lambda: None, lambda: (tmp_path / "ensemble.json").write_text("{}")):
        damage()
        with pytest.raises(ScenarioError, match="has no readable ensemble"):
            Ensemble.load(tmp_path)
