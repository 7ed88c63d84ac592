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

from model.columns import AXES, COLUMN, COLUMNS, DECIDED, DICE, SERVICES, SLOTS
from model.compiled_world import Handle
from model.compiler import COMPILED
from model.initial_state import bundle, fill
from model.parameters import MECHANISMS, PARAMETERS
from model.scenario import Scenario


class Forced(NamedTuple):
    """An override resolved to numbers: at this act of this round, this cell takes this value."""

    round: int
    act: int
    cell: int
    value: float


class Names(NamedTuple):
    """The names along each axis, in the order of the rows."""

    state: list[str]
    facilitator: list[str]
    body: list[str]
    spoiler: list[str]
    negotiation: list[str]
    rung: list[list[str]]  # by negotiation


def names(scenario: Scenario) -> Names:
    """List all names; a bundle of rungs is named by joining theirs."""
    return Names(
        list(scenario.states),
        list(scenario.facilitators),
        list(scenario.bodies),
        list(scenario.outsiders),
        list(scenario.negotiations),
        [["+".join(step) for step in bundle(scenario, name)] for name in scenario.negotiations],
    )


def sizes(scenario: Scenario) -> dict[str, int]:
    """Count the cells along each axis."""
    lists = names(scenario)
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
        "slot": SLOTS,
        "die": len(DICE),
    }


class Place(NamedTuple):
    """Where a column lies in its buffer."""

    name: str
    kind: str
    start: int
    stop: int
    shape: tuple[int, ...]


@lru_cache(maxsize=64)
def layout(sizes: tuple[tuple[str, int], ...]) -> tuple[Place, ...]:
    """Lay the columns out one after the other, reals in one buffer and whole numbers in the other."""
    size, start, places = dict(sizes), {"real": 0, "whole": 0}, []
    for column in COLUMNS:
        shape = tuple(size[axis] for axis in column.axes)
        at = start[column.kind]
        start[column.kind] = at + math.prod(shape)
        places.append(Place(column.name, column.kind, at, start[column.kind], shape))
    return tuple(places)


class Offsets(NamedTuple):
    """Where the columns begin, in the order of COLUMNS, for address arithmetic."""

    real: np.ndarray  # whether it lies in the buffer of reals
    bytes: np.ndarray  # from the beginning of its buffer
    most: int  # cells that any of them has


@lru_cache(maxsize=64)
def offsets(sizes: tuple[tuple[str, int], ...]) -> Offsets:
    """Reckon where the columns of a layout begin."""
    places = layout(sizes)
    starts = 8 * np.array([place.start for place in places])
    return Offsets(
        np.array([place.kind == "real" for place in places]),
        starts,
        max(place.stop - place.start for place in places),
    )


class World:
    """One run's world: a column is an attribute (an array), and so is a parameter (a number)."""

    def __init__(self, scenario: Scenario, seed: int, forced: Iterable[Forced] = ()):
        self.names = names(scenario)
        self.size = sizes(scenario)
        self.seed = np.uint64(seed)
        self.clock = np.zeros(1, np.int64)
        places = layout(tuple(self.size.items()))
        self.reals = np.empty(max(place.stop for place in places if place.kind == "real"))
        self.wholes = np.empty(max(place.stop for place in places if place.kind == "whole"), np.int64)
        self._carve()
        for column in COLUMNS:
            getattr(self, column.name)[...] = column.neutral
        fill(self, scenario)
        self.parameters = np.array([float(getattr(getattr(scenario, s), n)) for s, n in PARAMETERS])
        self.switches = np.array([int(getattr(scenario.mechanisms, m)) for m in MECHANISMS])
        for name in AXES:
            setattr(self, f"n_{name}", self.size[name])
        self._start = ((self.reals.tobytes(), np.float64), (self.wholes.tobytes(), np.int64))
        self.force(forced)

    if TYPE_CHECKING:  # columns and parameters are attributes, made from their declarations

        def __getattr__(self, name: str) -> Any: ...

    def cells(self, column: str) -> int:
        """Count the cells of a column."""
        return math.prod(self.shape(column))

    def shape(self, column: str) -> tuple[int, ...]:
        """Give the shape of a column."""
        return tuple(self.size[axis] for axis in COLUMN[column].axes)

    def _carve(self) -> None:
        for place in layout(tuple(self.size.items())):
            buffer = self.reals if place.kind == "real" else self.wholes
            setattr(self, place.name, buffer[place.start : place.stop].reshape(place.shape))

    def addresses(self, reals: int, wholes: int, lanes: int = 1) -> np.ndarray:
        """Give the address of every column, in the order of COLUMNS, from where the two buffers begin."""
        found = offsets(tuple(self.size.items()))
        return np.where(found.real, reals, wholes) + lanes * found.bytes

    def force(self, forced: Iterable[Forced]) -> None:
        """Set the overrides this world plays under; a later one for the same cell wins."""
        moves = sorted(forced, key=lambda move: move[:2])
        self.forced_round = np.array([move.round for move in moves], np.int64)
        self.forced_act = np.array([move.act for move in moves], np.int64)
        self.forced_cell = np.array([move.cell for move in moves], np.int64)
        self.forced_value = np.array([move.value for move in moves], np.float64)
        self.settle()

    def settle(self) -> None:
        """Take parameters and switches as they now stand in their arrays."""
        for (_, name), value in zip(PARAMETERS, self.parameters, strict=True):
            setattr(self, name, float(value))
        for name, switch in zip(MECHANISMS, self.switches, strict=True):
            setattr(self, f"with_{name}", int(switch))
        self._take_hold()

    def take_pages(self, lanes: int = 1) -> None:
        """Take scratch pages, on which so many worlds side by side decide a column: [cell, world]."""
        most = offsets(tuple(self.size.items())).most
        self.n_lane, self.real_page, self.whole_page = lanes, np.empty((most, lanes)), np.empty((most, lanes), np.int64)

    def _take_hold(self) -> None:
        """Make what rules take for the world: a compiled handle, or with compilation off this object."""
        self.take_pages()
        self.handle: Any = self
        if COMPILED:
            self.handle = Handle(self, self.reals[:, None], self.wholes[:, None], np.array([self.seed]), self.clock)

    def on(self, reals: np.ndarray, wholes: np.ndarray) -> "World":
        """Make a twin on other buffers, which shares everything else, the clock too."""
        twin = object.__new__(World)
        twin.__dict__.update(self.__dict__)
        twin.reals, twin.wholes = reals, wholes
        twin._carve()
        twin._take_hold()
        return twin

    def like(self, seed: int) -> "World":
        """Make the same world before its first round, under another seed; quicker than filling it anew."""
        twin = object.__new__(World)
        twin.__dict__.update(self.__dict__)
        twin.seed, twin.clock = np.uint64(seed), np.zeros(1, np.int64)
        return twin.on(*(np.frombuffer(kept, kind).copy() for kept, kind in self._start))

    def heir(self, scenario: Scenario, seed: int, forced: Iterable[Forced] = ()) -> "World":
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
        heir._start = ((heir.reals.tobytes(), np.float64), (heir.wholes.tobytes(), np.int64))
        return heir

    def snapshot(self) -> tuple[int, bytes, bytes]:
        """Copy everything that changes, to compare or to come back to."""
        return int(self.clock[0]), self.reals.tobytes(), self.wholes.tobytes()

    def restore(self, snapshot: tuple[int, bytes, bytes]) -> None:
        """Go back to a snapshot of this world."""
        self.clock[0] = snapshot[0]
        self.reals[:] = np.frombuffer(snapshot[1])
        self.wholes[:] = np.frombuffer(snapshot[2], np.int64)
