"""A cache of random draws: worlds with the same seeds draw the same numbers under any parameters.

Some acts of the protocol only draw random numbers, which depend on seed, round and ids alone. The draws of the worlds
that were played last are cached, a block at a time, so that moving a slider does not repeat them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from cachetools import LRUCache

from experiments.engine.processes import in_each_process
from model.columns import COLUMN_BY_NAME
from model.protocol import PROTOCOL
from model.world import World

DRAW_COLUMNS = [act.column for act in PROTOCOL if act.parameter_free]
ID_COLUMNS = [column for column in COLUMN_BY_NAME if column.endswith("_id")]
MAX_BYTES = 96 * 2**20  # size of the cache

_cache: LRUCache[tuple[bytes | int, ...], np.ndarray]
_lock: threading.Lock


@in_each_process
def _start_empty() -> None:
    global _cache, _lock
    _cache, _lock = LRUCache(MAX_BYTES, getsizeof=lambda draws: draws.nbytes), threading.Lock()


def empty_draws(world: World, worlds: int, rounds: int) -> np.ndarray:
    """Return an array for the draws of some worlds: float64 [round, cell, world], not initialised."""
    return np.empty((rounds, sum(map(world.cell_count, DRAW_COLUMNS)), worlds))


@contextmanager
def cached_draws(world: World, seeds: np.ndarray, rounds: int) -> Iterator[tuple[np.ndarray, bool]]:
    """Yield the draws of some worlds, and whether they are known; if not, the caller fills them for the cache."""
    key = cache_key(world, seeds, rounds)
    if (draws := find_draws(key)) is not None:
        yield draws, True
        return
    draws = empty_draws(world, len(seeds), rounds)
    yield draws, False
    store_draws(key, draws)


def fits_in_cache(world: World, worlds: int, rounds: int) -> bool:
    """Return whether the draws of some worlds fit into the cache."""
    return worlds * rounds * sum(map(world.cell_count, DRAW_COLUMNS)) * 8 <= _cache.maxsize


def cache_key(world: World, seeds: np.ndarray, rounds: int) -> tuple[bytes | int, ...]:
    """Return everything that the draws of some worlds depend on."""
    return (*(getattr(world, column).tobytes() for column in ID_COLUMNS), int(world.clock[0]), rounds, seeds.tobytes())


def find_draws(key: tuple[bytes | int, ...]) -> np.ndarray | None:
    """Return the cached draws, or None."""
    with _lock:
        return _cache.get(key)


def store_draws(key: tuple[bytes | int, ...], draws: np.ndarray) -> None:
    """Store draws that fit; the least recently used ones are removed."""
    if draws.nbytes <= _cache.maxsize:
        with _lock:
            _cache[key] = draws
