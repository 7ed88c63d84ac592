"""How the dice fell, kept while a slider moves: worlds of the same seeds roll the same under other parameters.

What a fated act of the protocol decides depends on seed, round and ids alone. It is kept for the worlds that
were played last, a block at a time, so that the next setting of the same worlds need not roll again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from cachetools import LRUCache

from model.columns import COLUMN_BY_NAME
from model.protocol import PROTOCOL
from model.world import World

DRAW_COLUMNS = [act.column for act in PROTOCOL if act.parameter_free]
ID_COLUMNS = [column for column in COLUMN_BY_NAME if column.endswith("_id")]
MAX_BYTES = 96 * 2**20  # bytes kept in all

_kept: LRUCache[tuple[bytes | int, ...], np.ndarray] = LRUCache(MAX_BYTES, getsizeof=lambda fates: fates.nbytes)
_lock = threading.Lock()


def empty_draws(world: World, worlds: int, rounds: int) -> np.ndarray:
    """Give room for the fates of so many worlds: float64 [round, cell, world]."""
    return np.empty((rounds, sum(map(world.cell_count, DRAW_COLUMNS)), worlds))


@contextmanager
def cached_draws(world: World, seeds: np.ndarray, rounds: int) -> Iterator[tuple[np.ndarray, bool]]:
    """Give the fates of some worlds, and whether they are known; if not, they are to be written, and are kept then."""
    where = cache_key(world, seeds, rounds)
    if (found := find_draws(where)) is not None:
        yield found, True
        return
    fates = empty_draws(world, len(seeds), rounds)
    yield fates, False
    store_draws(where, fates)


def fits_in_cache(world: World, worlds: int, rounds: int) -> bool:
    """Say whether the fates of so many worlds find room."""
    return worlds * rounds * sum(map(world.cell_count, DRAW_COLUMNS)) * 8 <= _kept.maxsize


def cache_key(world: World, seeds: np.ndarray, rounds: int) -> tuple[bytes | int, ...]:
    """Name what the fates of some worlds depend on."""
    return (*(getattr(world, column).tobytes() for column in ID_COLUMNS), int(world.clock[0]), rounds, seeds.tobytes())


def find_draws(key: tuple[bytes | int, ...]) -> np.ndarray | None:
    """Return the fates kept under an address, or None."""
    with _lock:
        return _kept.get(key)


def store_draws(key: tuple[bytes | int, ...], fates: np.ndarray) -> None:
    """Keep fates that find room; those used longest ago make way."""
    if fates.nbytes <= _kept.maxsize:
        with _lock:
            _kept[key] = fates
