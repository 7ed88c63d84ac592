"""The world: all columns, parameters and switches of one run, in two flat arrays.

Python code sees an ordinary object; compiled rules see a table of pointers into the same memory
(``compiled_world.py``), passed as a single pointer. With compilation off, rules read the object itself.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.columns import AXES, COLUMN_BY_NAME, COLUMNS, COMPLIANCE_SLOTS, CONDUCT_DRAWS, DECIDED, SERVICES
from model.compiled_world import CompiledWorld
from model.compiler import COMPILED
from model.enumerations import EventCondition
from model.initial_state import bundle_rungs, fill_columns
from model.mechanisms import MECHANISMS
from model.parameters import PARAMETERS
from model.scenario import Scenario


class ResolvedOverride(NamedTuple):
    """An override with indices: in a round, the cell of an act's column takes a value.

    condition: a number of EventCondition, about ``negotiation``, plus STEP_CONDITION times the number of a step,
    from 1, that must not be in force. If it fails when the act is decided, nothing changes.
    """

    round: int
    act: int
    cell: int
    value: float
    condition: int = EventCondition.always
    negotiation: int = 0


# compared when a pickled world is loaded
LAYOUT = (*COLUMN_BY_NAME, *PARAMETERS, *MECHANISMS, *ResolvedOverride._fields)


class AxisNames(NamedTuple):
    """The names along each axis, in index order."""

    state: list[str]
    facilitator: list[str]
    body: list[str]
    spoiler: list[str]
    negotiation: list[str]
    rung: list[list[str]]  # by negotiation


def axis_names(scenario: Scenario) -> AxisNames:
    """Return the names along each axis; a bundle joins the names of its rungs."""
    return AxisNames(
        list(scenario.states),
        list(scenario.facilitators),
        list(scenario.bodies),
        list(scenario.spoilers),
        list(scenario.negotiations),
        [["+".join(step) for step in bundle_rungs(scenario, name)] for name in scenario.negotiations],
    )


def axis_sizes(scenario: Scenario) -> dict[str, int]:
    """Return the length of each axis."""
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
    """The range of a column in its flat array."""

    name: str
    kind: str
    start: int
    stop: int
    shape: tuple[int, ...]


@lru_cache(maxsize=64)
def column_layout(sizes: tuple[tuple[str, int], ...]) -> tuple[ColumnRange, ...]:
    """Return the ranges of all columns, one after the other in the flat array of their kind."""
    size, start, ranges = dict(sizes), {"float": 0, "integer": 0}, []
    for column in COLUMNS:
        shape = tuple(size[axis] for axis in column.axes)
        at = start[column.kind]
        start[column.kind] = at + math.prod(shape)
        ranges.append(ColumnRange(column.name, column.kind, at, start[column.kind], shape))
    return tuple(ranges)


class ColumnOffsets(NamedTuple):
    """The offsets of the columns, in the order of COLUMNS."""

    is_float: np.ndarray  # by column: whether it is in the array of floats
    byte_offset: np.ndarray  # by column: from the start of its array
    max_cells: int  # of the largest column


@lru_cache(maxsize=64)
def column_offsets(sizes: tuple[tuple[str, int], ...]) -> ColumnOffsets:
    """Return the offsets of the columns of a layout."""
    ranges = column_layout(sizes)
    starts = 8 * np.array([each.start for each in ranges])
    return ColumnOffsets(
        np.array([each.kind == "float" for each in ranges]),
        starts,
        max(each.stop - each.start for each in ranges),
    )


class World:
    """The world of one run: each column is an array attribute, each parameter a float attribute."""

    def __init__(self, scenario: Scenario, seed: int, forced: Iterable[ResolvedOverride] = ()):
        self.names = axis_names(scenario)
        self.size = axis_sizes(scenario)
        self.seed = np.uint64(seed)
        self.clock = np.zeros(1, np.int64)
        ranges = column_layout(tuple(self.size.items()))
        stop = {kind: max(each.stop for each in ranges if each.kind == kind) for kind in ("float", "integer")}
        self.floats = np.empty(stop["float"] + len(PARAMETERS))
        self.integers = np.empty(stop["integer"] + len(MECHANISMS), np.int64)
        self._bind_columns()
        for column in COLUMNS:
            getattr(self, column.name)[...] = column.neutral
        fill_columns(self, scenario)
        self.bind_parameters()
        for name in AXES:
            setattr(self, f"n_{name}", self.size[name])
        self._initial_state = ((self.floats.tobytes(), np.float64), (self.integers.tobytes(), np.int64))
        self.set_overrides(forced)

    if TYPE_CHECKING:  # columns and parameters are attributes

        def __getattr__(self, name: str) -> Any: ...

    def cell_count(self, column: str) -> int:
        """Return the number of cells of a column."""
        return math.prod(self.shape(column))

    def shape(self, column: str) -> tuple[int, ...]:
        """Return the shape of a column."""
        return tuple(self.size[axis] for axis in COLUMN_BY_NAME[column].axes)

    @property
    def parameters(self) -> np.ndarray:
        """Return the parameters, in the order of PARAMETERS: float64 [parameter], the end of ``floats``."""
        return self.floats[len(self.floats) - len(PARAMETERS) :]

    @property
    def switches(self) -> np.ndarray:
        """Return the switches, in the order of MECHANISMS: int64 [mechanism], the end of ``integers``."""
        return self.integers[len(self.integers) - len(MECHANISMS) :]

    def _bind_columns(self) -> None:
        for each in column_layout(tuple(self.size.items())):
            storage = self.floats if each.kind == "float" else self.integers
            setattr(self, each.name, storage[each.start : each.stop].reshape(each.shape))

    def bind_parameters(self) -> None:
        """Set the attributes of parameters and switches, as uncompiled rules read them, from the arrays."""
        for (_, name), value in zip(PARAMETERS, self.parameters.tolist(), strict=True):
            setattr(self, name, value)
        for name, switch in zip(MECHANISMS, self.switches.tolist(), strict=True):
            setattr(self, f"with_{name}", switch)

    def addresses(self, floats: int, integers: int, lanes: int = 1) -> np.ndarray:
        """Return the address of every column, in the order of COLUMNS, from the addresses of the two arrays."""
        offsets = column_offsets(tuple(self.size.items()))
        return np.where(offsets.is_float, floats, integers) + lanes * offsets.byte_offset

    def set_overrides(self, forced: Iterable[ResolvedOverride]) -> None:
        """Set the overrides of this world; the last one for a cell applies."""
        moves = sorted(forced, key=lambda move: move[:2])
        self.forced_round = np.array([move.round for move in moves], np.int64)
        self.forced_act = np.array([move.act for move in moves], np.int64)
        self.forced_cell = np.array([move.cell for move in moves], np.int64)
        self.forced_value = np.array([move.value for move in moves], np.float64)
        self.forced_condition = np.array([move.condition for move in moves], np.int64)
        self.forced_negotiation = np.array([move.negotiation for move in moves], np.int64)
        self._compile_view()

    def allocate_buffers(self, lanes: int = 1) -> None:
        """Allocate the buffers in which parallel worlds decide a column: [cell, lane]."""
        cells = column_offsets(tuple(self.size.items())).max_cells
        self.n_lane = lanes
        self.float_buffer, self.integer_buffer = np.empty((cells, lanes)), np.empty((cells, lanes), np.int64)

    def _compile_view(self) -> None:
        """Set the world that rules take: a CompiledWorld, or with compilation off this object."""
        self.allocate_buffers()
        self.compiled: Any = self
        if COMPILED:
            self.compiled = CompiledWorld(
                self, self.floats[:, None], self.integers[:, None], np.array([self.seed]), self.clock
            )

    def with_storage(self, floats: np.ndarray, integers: np.ndarray) -> "World":
        """Return a copy over other arrays, which shares everything else, the clock included.

        Call ``bind_parameters`` when the arrays have received other parameters or switches.
        """
        copy = object.__new__(World)
        copy.__dict__.update(self.__dict__)
        copy.floats, copy.integers = floats, integers
        copy._bind_columns()
        copy._compile_view()
        return copy

    def copy_at_start(self, seed: int) -> "World":
        """Return this world before its first round, with another seed; faster than building it from its scenario."""
        copy = object.__new__(World)
        copy.__dict__.update(self.__dict__)
        copy.seed, copy.clock = np.uint64(seed), np.zeros(1, np.int64)
        return copy.with_storage(*(np.frombuffer(data, kind).copy() for data, kind in self._initial_state))

    def continue_with(self, scenario: Scenario, seed: int, forced: Iterable[ResolvedOverride] = ()) -> "World":
        """Return a world of another scenario that continues from the current state of this one.

        Given columns come from the scenario, decided columns from this world.
        Raises ValueError if the two scenarios differ in actors, negotiations or rungs.
        """
        successor = World(scenario, seed, forced)
        if successor.names != self.names:
            raise ValueError("the scenario differs from the world in its actors, negotiations or rungs")
        successor.clock[0] = self.clock[0]
        for column in DECIDED:
            getattr(successor, column.name)[...] = getattr(self, column.name)
        successor._initial_state = ((successor.floats.tobytes(), np.float64), (successor.integers.tobytes(), np.int64))
        return successor

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle contains: all but views of the two arrays and the table of addresses."""
        own, state = (self.floats, self.integers), vars(self).copy()
        for name in ("compiled", "n_lane", "float_buffer", "integer_buffer"):
            del state[name]
        for name, value in vars(self).items():
            is_array = isinstance(value, np.ndarray)
            if is_array and any(value is not each and np.may_share_memory(value, each) for each in own):
                state.pop(name, None)
        return state | {"layout": LAYOUT}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy or a pickle: bind its columns to its own arrays, and write its own table of addresses.

        Raises TypeError if it comes from a version with other columns or parameters.
        """
        if state["layout"] != LAYOUT:
            raise TypeError("this world was pickled by a version of Detente with other columns or parameters")
        vars(self).update({name: value for name, value in state.items() if name != "layout"})
        self._bind_columns()
        self._compile_view()

    def snapshot(self) -> tuple[int, bytes, bytes]:
        """Return a copy of everything that changes, to compare or to restore."""
        return int(self.clock[0]), self.floats.tobytes(), self.integers.tobytes()

    def restore(self, snapshot: tuple[int, bytes, bytes]) -> None:
        """Restore a snapshot of this world."""
        self.clock[0] = snapshot[0]
        self.floats[:] = np.frombuffer(snapshot[1])
        self.integers[:] = np.frombuffer(snapshot[2], np.int64)
