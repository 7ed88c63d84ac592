"""The world: all columns and parameters of one run, as arrays over two flat buffers.

Python sees an ordinary object; compiled rules see a table of pointers into the same memory
(``compiled_world.py``), which costs one pointer to pass however many columns there are. With compilation
off the object itself is what the rules read.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.columns import AXES, COLUMN_BY_NAME, COLUMNS, COMPLIANCE_SLOTS, CONDUCT_DRAWS, DECIDED, SERVICES
from model.compiled_world import CompiledWorld
from model.compiler import COMPILED
from model.initial_state import bundle_rungs, fill_columns
from model.parameters import MECHANISMS, PARAMETERS
from model.scenario import Scenario


class ResolvedOverride(NamedTuple):
    """An override resolved to numbers: at this act of this round, this cell takes this value."""

    round: int
    act: int
    cell: int
    value: float


class AxisNames(NamedTuple):
    """The names along each axis, in the order of the rows."""

    state: list[str]
    facilitator: list[str]
    body: list[str]
    spoiler: list[str]
    negotiation: list[str]
    rung: list[list[str]]  # by negotiation


def axis_names(scenario: Scenario) -> AxisNames:
    """List all names; a bundle of rungs is named by joining theirs."""
    return AxisNames(
        list(scenario.states),
        list(scenario.facilitators),
        list(scenario.bodies),
        list(scenario.spoilers),
        list(scenario.negotiations),
        [["+".join(step) for step in bundle_rungs(scenario, name)] for name in scenario.negotiations],
    )


def axis_sizes(scenario: Scenario) -> dict[str, int]:
    """Count the cells along each axis."""
    lists = axis_names(scenario)
    return {
        "world": 1,
        "state": len(lists.state),
        "facilitator": len(lists.facilitator),
        "body": len(lists.body),
        "spoiler": len(lists.spoiler),
        "negotiation": len(lists.negotiation),
        "side": 2,
        "rung": max(map(len, lists.rung)),
        "service": len(SERVICES),
        "slot": COMPLIANCE_SLOTS,
        "die": len(CONDUCT_DRAWS),
    }


class ColumnRange(NamedTuple):
    """Where a column lies in its buffer."""

    name: str
    kind: str
    start: int
    stop: int
    shape: tuple[int, ...]


@lru_cache(maxsize=64)
def column_layout(sizes: tuple[tuple[str, int], ...]) -> tuple[ColumnRange, ...]:
    """Lay the columns out one after the other, reals in one buffer and whole numbers in the other."""
    size, start, places = dict(sizes), {"float": 0, "integer": 0}, []
    for column in COLUMNS:
        shape = tuple(size[axis] for axis in column.axes)
        at = start[column.kind]
        start[column.kind] = at + math.prod(shape)
        places.append(ColumnRange(column.name, column.kind, at, start[column.kind], shape))
    return tuple(places)


class ColumnOffsets(NamedTuple):
    """Where the columns begin, in the order of COLUMNS, for address arithmetic."""

    is_float: np.ndarray  # whether it lies in the buffer of reals
    byte_offset: np.ndarray  # from the beginning of its buffer
    max_cells: int  # cells that any of them has


@lru_cache(maxsize=64)
def column_offsets(sizes: tuple[tuple[str, int], ...]) -> ColumnOffsets:
    """Reckon where the columns of a layout begin."""
    places = column_layout(sizes)
    starts = 8 * np.array([place.start for place in places])
    return ColumnOffsets(
        np.array([place.kind == "float" for place in places]),
        starts,
        max(place.stop - place.start for place in places),
    )


class World:
    """One run's world: a column is an attribute (an array), and so is a parameter (a number)."""

    def __init__(self, scenario: Scenario, seed: int, forced: Iterable[ResolvedOverride] = ()):
        self.names = axis_names(scenario)
        self.size = axis_sizes(scenario)
        self.seed = np.uint64(seed)
        self.clock = np.zeros(1, np.int64)
        places = column_layout(tuple(self.size.items()))
        self.floats = np.empty(max(place.stop for place in places if place.kind == "float"))
        self.integers = np.empty(max(place.stop for place in places if place.kind == "integer"), np.int64)
        self._carve()
        for column in COLUMNS:
            getattr(self, column.name)[...] = column.neutral
        fill_columns(self, scenario)
        self.parameters = np.array([float(getattr(getattr(scenario, s), n)) for s, n in PARAMETERS])
        self.switches = np.array([int(getattr(scenario.mechanisms, m)) for m in MECHANISMS])
        for name in AXES:
            setattr(self, f"n_{name}", self.size[name])
        self._start = ((self.floats.tobytes(), np.float64), (self.integers.tobytes(), np.int64))
        self.set_overrides(forced)

    if TYPE_CHECKING:  # columns and parameters are attributes, made from their declarations

        def __getattr__(self, name: str) -> Any: ...

    def cell_count(self, column: str) -> int:
        """Count the cells of a column."""
        return math.prod(self.shape(column))

    def shape(self, column: str) -> tuple[int, ...]:
        """Give the shape of a column."""
        return tuple(self.size[axis] for axis in COLUMN_BY_NAME[column].axes)

    def _carve(self) -> None:
        for place in column_layout(tuple(self.size.items())):
            buffer = self.floats if place.kind == "float" else self.integers
            setattr(self, place.name, buffer[place.start : place.stop].reshape(place.shape))

    def addresses(self, reals: int, wholes: int, lanes: int = 1) -> np.ndarray:
        """Give the address of every column, in the order of COLUMNS, from where the two buffers begin."""
        found = column_offsets(tuple(self.size.items()))
        return np.where(found.is_float, reals, wholes) + lanes * found.byte_offset

    def set_overrides(self, forced: Iterable[ResolvedOverride]) -> None:
        """Set the overrides this world plays under; a later one for the same cell wins."""
        moves = sorted(forced, key=lambda move: move[:2])
        self.forced_round = np.array([move.round for move in moves], np.int64)
        self.forced_act = np.array([move.act for move in moves], np.int64)
        self.forced_cell = np.array([move.cell for move in moves], np.int64)
        self.forced_value = np.array([move.value for move in moves], np.float64)
        self.apply_parameters()

    def apply_parameters(self) -> None:
        """Take parameters and switches as they now stand in their arrays."""
        for (_, name), value in zip(PARAMETERS, self.parameters, strict=True):
            setattr(self, name, float(value))
        for name, switch in zip(MECHANISMS, self.switches, strict=True):
            setattr(self, f"with_{name}", int(switch))
        self._take_hold()

    def allocate_buffers(self, lanes: int = 1) -> None:
        """Take scratch pages, on which so many worlds side by side decide a column: [cell, world]."""
        most = column_offsets(tuple(self.size.items())).max_cells
        self.n_lane, self.float_buffer, self.integer_buffer = (
            lanes,
            np.empty((most, lanes)),
            np.empty((most, lanes), np.int64),
        )

    def _take_hold(self) -> None:
        """Make what rules take for the world: a compiled handle, or with compilation off this object."""
        self.allocate_buffers()
        self.compiled: Any = self
        if COMPILED:
            self.compiled = CompiledWorld(
                self, self.floats[:, None], self.integers[:, None], np.array([self.seed]), self.clock
            )

    def with_storage(self, reals: np.ndarray, wholes: np.ndarray) -> "World":
        """Make a twin on other buffers, which shares everything else, the clock too."""
        twin = object.__new__(World)
        twin.__dict__.update(self.__dict__)
        twin.floats, twin.integers = reals, wholes
        twin._carve()
        twin._take_hold()
        return twin

    def copy_at_start(self, seed: int) -> "World":
        """Make the same world before its first round, under another seed; quicker than filling it anew."""
        twin = object.__new__(World)
        twin.__dict__.update(self.__dict__)
        twin.seed, twin.clock = np.uint64(seed), np.zeros(1, np.int64)
        return twin.with_storage(*(np.frombuffer(kept, kind).copy() for kept, kind in self._start))

    def continue_with(self, scenario: Scenario, seed: int, forced: Iterable[ResolvedOverride] = ()) -> "World":
        """Make a world of another scenario of the same shape that goes on from where this one stands.

        What is given comes from the scenario, what was decided from this world.
        Raises ValueError if the two scenarios differ in shape.
        """
        heir = World(scenario, seed, forced)
        if heir.names != self.names:
            raise ValueError("the scenario has other actors, negotiations or rungs than the world it goes on from")
        heir.clock[0] = self.clock[0]
        for column in DECIDED:
            getattr(heir, column.name)[...] = getattr(self, column.name)
        heir._start = ((heir.floats.tobytes(), np.float64), (heir.integers.tobytes(), np.int64))
        return heir

    def snapshot(self) -> tuple[int, bytes, bytes]:
        """Copy everything that changes, to compare or to come back to."""
        return int(self.clock[0]), self.floats.tobytes(), self.integers.tobytes()

    def restore(self, snapshot: tuple[int, bytes, bytes]) -> None:
        """Go back to a snapshot of this world."""
        self.clock[0] = snapshot[0]
        self.floats[:] = np.frombuffer(snapshot[1])
        self.integers[:] = np.frombuffer(snapshot[2], np.int64)
