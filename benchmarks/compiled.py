"""The compiled side: the time of a run of the kernel, with every indicator measured after every round."""

import time
from functools import cache

import numpy as np

from experiments.engine.kernel import measure_many
from experiments.engine.pool import pool
from experiments.ensembles.stream import CHUNK
from model.loading import load
from model.overrides import forced
from model.scenario import Scenario
from model.world import World

SCENARIO = "us-iran-2026"


def start(setting: Scenario) -> World:
    """Make the first world of a scenario."""
    return World(setting, 1, forced(setting))


@cache
def usual() -> World:
    """Make the first world of the scenario that is measured, with all that it calls compiled."""
    world = start(load(SCENARIO))
    measure_many(world.like(1), seeds(0, 1), 1)
    return world


def seeds(first: int, count: int) -> np.ndarray:
    """Number the worlds from one on."""
    return np.arange(first, first + count, dtype=np.uint64)


def one_thread(worlds: int, rounds: int, world: World | None = None) -> float:
    """Take the CPU time of one run, in seconds, over many, in this thread."""
    first = usual() if world is None else world
    used = time.thread_time()
    for place in range(0, worlds, CHUNK):
        measure_many(first.like(1), seeds(place, min(CHUNK, worlds - place)), rounds)
    return (time.thread_time() - used) / worlds


def two_threads(worlds: int, rounds: int) -> float:
    """Take the wall time from run to run, in seconds, with the threads of the pool."""
    first = usual()
    begun = time.perf_counter()
    places = range(0, worlds, CHUNK)
    list(pool().map(lambda place: measure_many(first.like(1), seeds(place, CHUNK), rounds), places))
    return (time.perf_counter() - begun) / worlds
