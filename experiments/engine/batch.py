"""Worlds of one start that step together, act by act and cell by cell.

They lie side by side (``model/compiled_world.py``): a rule is asked about a cell in one world after the other,
so that its code and what the worlds share stay near, and several worlds may be decided at once. The worlds share
what is given, a clock, overrides and scratch pages, and differ in seed and in what was decided.
"""

from typing import Any, NamedTuple

import numpy as np

from model.compiled_world import CompiledWorld
from model.compiler import COMPILED
from model.world import World


class WorldBlock(NamedTuple):
    """Worlds that step together: what the kernel takes for them, their buffers, [cell, world], and their seeds.

    ``worlds`` is a handle, or with compilation off a list. They have one clock.
    """

    worlds: Any
    reals: np.ndarray
    wholes: np.ndarray
    seeds: np.ndarray
    clock: np.ndarray

    def start_from(self, start: World, seeds: np.ndarray) -> None:
        """Put the worlds where another world stands, one for each seed; there may be fewer than there is room for."""
        self.reals[:], self.wholes[:] = start.floats[:, None], start.integers[:, None]
        self.seeds[: len(seeds)], self.clock[:] = seeds, start.clock
        if not COMPILED:
            for world, seed in zip(self.worlds, seeds, strict=False):
                world.seed = seed


def block_of_one(world: World) -> WorldBlock:
    """Take a world as a block of one, on its own buffers."""
    worlds, seeds = world.compiled if COMPILED else [world], np.array([world.seed])
    return WorldBlock(worlds, world.floats[:, None], world.integers[:, None], seeds, world.clock)


def block_of_copies(world: World, count: int) -> WorldBlock:
    """Make room for so many copies of a world, each with a state of its own, at most as many as there are lanes."""
    reals, wholes = np.empty((len(world.floats), count)), np.empty((len(world.integers), count), np.int64)
    seeds, clock = np.empty(count, np.uint64), np.empty(1, np.int64)
    if COMPILED:
        return WorldBlock(CompiledWorld(world, reals, wholes, seeds, clock), reals, wholes, seeds, clock)
    twins = [world.with_storage(*buffers) for buffers in zip(reals.T, wholes.T, strict=True)]
    for twin in twins:
        twin.clock = clock
    twins[0].allocate_buffers(count)
    return WorldBlock(twins, reals, wholes, seeds, clock)
