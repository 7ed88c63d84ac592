"""Worlds of one start that step together, act by act.

One round of one world runs through more code than a processor keeps near; while many worlds play the same
act, its code stays near. The worlds share clock, overrides and scratch pages, and differ in seed and state.
"""

from typing import Any, NamedTuple

import numpy as np

from model.columns import COLUMNS
from model.handle import PLACE, address
from model.rule import COMPILED
from model.world import World

COLUMN_PLACES = slice(PLACE[COLUMNS[0].name], PLACE[COLUMNS[-1].name] + 1)


class Block(NamedTuple):
    """Worlds that step together: what the kernel takes for them, and their buffers, [world, cell].

    ``worlds`` is a table with a row for each, or with compilation off a list. ``kept`` keeps alive what
    the table points to.
    """

    worlds: Any
    reals: np.ndarray
    wholes: np.ndarray
    kept: Any


def alone(world: World) -> Block:
    """Take a world as a block of one, on its own buffers."""
    worlds = world.handle.table[None, :] if COMPILED else [world]
    return Block(worlds, world.reals[None, :], world.wholes[None, :], world)


def copies(world: World, count: int) -> Block:
    """Make room for so many copies of a world, each on buffers of its own."""
    reals = np.empty((count, len(world.reals)))
    wholes = np.empty((count, len(world.wholes)), np.int64)
    if not COMPILED:
        return Block([world.on(*buffers) for buffers in zip(reals, wholes, strict=True)], reals, wholes, world)
    rows, tables = np.arange(count)[:, None], np.tile(world.handle.table, (count, 1))
    tables[:, COLUMN_PLACES] = world.addresses(
        address(reals) + rows * reals.strides[0], address(wholes) + rows * wholes.strides[0]
    )
    return Block(tables, reals, wholes, world)
