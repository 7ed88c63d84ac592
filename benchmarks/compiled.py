"""The time of a run of the compiled kernel, with every indicator computed after every round."""

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


def first_world(scenario: Scenario) -> World:
    """Return the first world of a scenario."""
    return World(scenario, 1, collect_overrides(scenario))


@cache
def benchmark_world() -> World:
    """Return the first world of SCENARIO, with the kernel compiled."""
    world = first_world(load_scenario(SCENARIO))
    run_trajectories(world.copy_at_start(1), seed_range(0, 1), 1)
    return world


def seed_range(first: int, count: int) -> np.ndarray:
    """Return consecutive seeds: uint64 [count]."""
    return np.arange(first, first + count, dtype=np.uint64)


def cpu_time_per_run(worlds: int, rounds: int, world: World | None = None) -> float:
    """Return the mean CPU time of a run in this thread, in seconds."""
    first = benchmark_world() if world is None else world
    used = time.thread_time()
    for start in range(0, worlds, CHUNK_SIZE):
        run_trajectories(first.copy_at_start(1), seed_range(start, min(CHUNK_SIZE, worlds - start)), rounds)
    return (time.thread_time() - used) / worlds


def wall_time_per_run(worlds: int, rounds: int) -> float:
    """Return the mean wall time per run with the threads of the pool, in seconds."""
    first = benchmark_world()
    begun = time.perf_counter()
    starts = range(0, worlds, CHUNK_SIZE)
    list(
        thread_pool().map(
            lambda start: run_trajectories(first.copy_at_start(1), seed_range(start, CHUNK_SIZE), rounds), starts
        )
    )
    return (time.perf_counter() - begun) / worlds
