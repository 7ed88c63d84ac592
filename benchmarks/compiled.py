"""The compiled side: the time of a run of the kernel, with every indicator measured after every round."""

import time
from functools import cache

import numpy as np

from experiments.engine.kernel import run_trajectories
from experiments.engine.pool import thread_pool
from experiments.ensembles.stream import CHUNK_SIZE
from model.loading import load_scenario
from model.overrides import collect_overrides
from model.scenario import Scenario
from model.world import World

SCENARIO = "us-iran-2026"


def first_world(setting: Scenario) -> World:
    """Make the first world of a scenario."""
    return World(setting, 1, collect_overrides(setting))


@cache
def benchmark_world() -> World:
    """Make the first world of the scenario that is measured, with all that it calls compiled."""
    world = first_world(load_scenario(SCENARIO))
    run_trajectories(world.copy_at_start(1), seed_range(0, 1), 1)
    return world


def seed_range(first: int, count: int) -> np.ndarray:
    """Number the worlds from one on."""
    return np.arange(first, first + count, dtype=np.uint64)


def cpu_time_per_run(worlds: int, rounds: int, world: World | None = None) -> float:
    """Take the CPU time of one run, in seconds, over many, in this thread."""
    first = benchmark_world() if world is None else world
    used = time.thread_time()
    for place in range(0, worlds, CHUNK_SIZE):
        run_trajectories(first.copy_at_start(1), seed_range(place, min(CHUNK_SIZE, worlds - place)), rounds)
    return (time.thread_time() - used) / worlds


def wall_time_per_run(worlds: int, rounds: int) -> float:
    """Take the wall time from run to run, in seconds, with the threads of the pool."""
    first = benchmark_world()
    begun = time.perf_counter()
    places = range(0, worlds, CHUNK_SIZE)
    list(
        thread_pool().map(
            lambda place: run_trajectories(first.copy_at_start(1), seed_range(place, CHUNK_SIZE), rounds), places
        )
    )
    return (time.perf_counter() - begun) / worlds
