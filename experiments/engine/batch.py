"""Worlds that step together, act by act and cell by cell.

They are adjacent in memory (``model/compiled_world.py``): a rule decides a cell in one world after the other, so
that its code and the shared data stay in the caches, and the compiler may decide several worlds at once. The worlds
share names and shapes, clock, overrides and scratch buffers; they differ in seed, parameters and state.
"""

from typing import Any, NamedTuple

import numpy as np

from model.compiled_world import CompiledWorld
from model.compiler import COMPILED
from model.plan import StartCells
from model.world import World


class WorldBlock(NamedTuple):
    """Worlds that step together.

    worlds: the argument of the kernel, a CompiledWorld or, uncompiled, a list. floats, integers: columns, parameters
    and switches, [cell, world]. run_ends: int64 [world], the end of the run to which each world belongs; the worlds of
    a run are neighbours with equal switches and doctrines.
    """

    worlds: Any
    floats: np.ndarray
    integers: np.ndarray
    seeds: np.ndarray
    clock: np.ndarray
    run_ends: np.ndarray

    def __reduce_ex__(self, _: Any) -> Any:
        """Refuse to be copied or pickled: the worlds would keep the addresses of the original's buffers."""
        raise TypeError("a block of worlds cannot be copied or pickled: copy the World that it started from")

    def start_from(self, start: World, seeds: np.ndarray, cells: StartCells | None = None) -> None:
        """Copy the state of a world into the block, once per seed; the block must have room for all seeds.

        cells: the cells in which the worlds differ, with one point for each seed.
        """
        count = len(seeds)
        self.floats[:], self.integers[:] = start.floats[:, None], start.integers[:, None]
        self.seeds[:count], self.clock[:], self.run_ends[:] = seeds, start.clock, count
        if cells is not None:
            self.floats[cells.float_cells, :count] = cells.floats
            self.integers[cells.integer_cells, :count] = cells.integers
            if len(cells.selecting):
                self.run_ends[:count] = run_ends(cells.integers[cells.selecting])
        if not COMPILED:
            for world, seed in zip(self.worlds, seeds, strict=False):
                world.seed = seed
                world.bind_parameters()

    def world(self, number: int) -> Any:
        """Return one of the worlds, as rules take it."""
        return self.worlds.at(number) if COMPILED else self.worlds[number]


def run_ends(values: np.ndarray) -> np.ndarray:
    """Return for each world the end of its run of neighbours with equal values, from values [cell, world]."""
    count = values.shape[1]
    (starts,) = np.nonzero((values[:, 1:] != values[:, :-1]).any(axis=0))
    ends = np.append(starts + 1, count)
    return np.repeat(ends, np.diff(ends, prepend=0))


def block_of_one(world: World) -> WorldBlock:
    """Return a block of one world, on the buffers of that world."""
    worlds, seeds = world.compiled if COMPILED else [world], np.array([world.seed])
    return WorldBlock(worlds, world.floats[:, None], world.integers[:, None], seeds, world.clock, np.ones(1, np.int64))


def block_of_copies(world: World, count: int) -> WorldBlock:
    """Return a block with room for ``count`` copies of a world, each with its own state; at most MAX_LANES."""
    floats, integers = np.empty((len(world.floats), count)), np.empty((len(world.integers), count), np.int64)
    seeds, clock, ends = np.empty(count, np.uint64), np.empty(1, np.int64), np.full(count, count)
    if COMPILED:
        return WorldBlock(CompiledWorld(world, floats, integers, seeds, clock), floats, integers, seeds, clock, ends)
    worlds = [world.with_storage(*buffers) for buffers in zip(floats.T, integers.T, strict=True)]
    worlds[0].allocate_buffers(count)
    for each in worlds:
        each.clock, each.n_lane = clock, count
        each.float_buffer, each.integer_buffer = worlds[0].float_buffer, worlds[0].integer_buffer
    return WorldBlock(worlds, floats, integers, seeds, clock, ends)
