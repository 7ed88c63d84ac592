"""Worlds that start from the same state and step together, act by act and cell by cell.

They are adjacent in memory (``model/compiled_world.py``): a rule decides a cell in one world after the other, so
that its code and the shared data stay in the caches, and the compiler may decide several worlds at once. The worlds
share inputs, clock, overrides and scratch buffers; they differ in seed and in decided columns.
"""

from typing import Any, NamedTuple

import numpy as np

from model.compiled_world import CompiledWorld
from model.compiler import COMPILED
from model.world import World


class WorldBlock(NamedTuple):
    """Worlds that step together.

    worlds: the argument of the kernel, a CompiledWorld or, uncompiled, a list. The buffers are [cell, world].
    """

    worlds: Any
    floats: np.ndarray
    integers: np.ndarray
    seeds: np.ndarray
    clock: np.ndarray

    def __reduce_ex__(self, _: Any) -> Any:
        """Refuse to be copied or pickled: the worlds would keep the addresses of the original's buffers."""
        raise TypeError("a block of worlds cannot be copied or pickled: copy the World that it started from")

    def start_from(self, start: World, seeds: np.ndarray) -> None:
        """Copy the state of a world into the block, once per seed; the block must have room for all seeds."""
        self.floats[:], self.integers[:] = start.floats[:, None], start.integers[:, None]
        self.seeds[: len(seeds)], self.clock[:] = seeds, start.clock
        if not COMPILED:
            for world, seed in zip(self.worlds, seeds, strict=False):
                world.seed = seed


def block_of_one(world: World) -> WorldBlock:
    """Return a block of one world, on the buffers of that world."""
    worlds, seeds = world.compiled if COMPILED else [world], np.array([world.seed])
    return WorldBlock(worlds, world.floats[:, None], world.integers[:, None], seeds, world.clock)


def block_of_copies(world: World, count: int) -> WorldBlock:
    """Return a block with room for ``count`` copies of a world, each with its own state; at most LANES."""
    floats, integers = np.empty((len(world.floats), count)), np.empty((len(world.integers), count), np.int64)
    seeds, clock = np.empty(count, np.uint64), np.empty(1, np.int64)
    if COMPILED:
        return WorldBlock(CompiledWorld(world, floats, integers, seeds, clock), floats, integers, seeds, clock)
    worlds = [world.with_storage(*buffers) for buffers in zip(floats.T, integers.T, strict=True)]
    for each in worlds:
        each.clock = clock
    worlds[0].allocate_buffers(count)
    return WorldBlock(worlds, floats, integers, seeds, clock)
