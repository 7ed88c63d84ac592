"""The world: all columns and parameters of one run, as arrays over two flat buffers.

Python sees an ordinary object; compiled rules see a Numba structref over the same memory, which
costs one pointer to pass however many columns there are. With compilation off the object itself
is what the rules read.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import types
from numba.core import cgutils
from numba.experimental import structref
from numba.extending import intrinsic

from model.columns import AXES, COLUMN, COLUMNS, DECIDED, SERVICES, SLOTS
from model.filling import bundle, fill
from model.parameters import SECTIONS, Mechanisms, knobs
from model.rule import COMPILED, generated
from model.scenario import Scenario

PARAMETERS = tuple((section, name) for section, model in SECTIONS.items() for name in knobs(model))
MECHANISMS = tuple(Mechanisms.model_fields)


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
        for (_, name), value in zip(PARAMETERS, self.parameters, strict=True):
            setattr(self, name, float(value))
        for name in AXES:
            setattr(self, f"n_{name}", self.size[name])
        for name, switch in zip(MECHANISMS, self.switches, strict=True):
            setattr(self, f"with_{name}", int(switch))
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

    def force(self, forced: Iterable[Forced]) -> None:
        """Set the overrides this world plays under; a later one for the same cell wins."""
        moves = sorted(forced, key=lambda move: move[:2])
        self.forced_round = np.array([move.round for move in moves], np.int64)
        self.forced_act = np.array([move.act for move in moves], np.int64)
        self.forced_cell = np.array([move.cell for move in moves], np.int64)
        self.forced_value = np.array([move.value for move in moves], np.float64)
        self._take_hold()

    def _take_hold(self) -> None:
        """Make what rules take for the world: a compiled handle, or with compilation off this object."""
        if COMPILED:
            self.handle: Any = _handle(self)
            return
        self.handle = self
        most = max(self.cells(column.name) for column in COLUMNS)
        self.real_page, self.whole_page = np.empty(most), np.empty(most, np.int64)

    def like(self, seed: int) -> "World":
        """Make the same world before its first round, under another seed; quicker than filling it anew."""
        twin = object.__new__(World)
        twin.__dict__.update(self.__dict__)
        twin.seed, twin.clock = np.uint64(seed), np.zeros(1, np.int64)
        twin.reals, twin.wholes = (np.frombuffer(kept, kind).copy() for kept, kind in self._start)
        twin._carve()
        twin._take_hold()
        return twin

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


def _array(kind: str, axes: int) -> types.Array:
    return types.Array(types.float64 if kind == "real" else types.int64, axes, "C")


FIELDS = (
    ("seed", types.uint64),
    ("clock", _array("whole", 1)),
    *((f"n_{axis}", types.int64) for axis in AXES),
    *((f"with_{mechanism}", types.int64) for mechanism in MECHANISMS),
    *((name, types.float64) for _, name in PARAMETERS),
    *((column.name, _array(column.kind, len(column.axes))) for column in COLUMNS),
    *((f"forced_{name}", _array("whole", 1)) for name in ("round", "act", "cell")),
    ("forced_value", _array("real", 1)),
    ("real_page", _array("real", 1)),
    ("whole_page", _array("whole", 1)),
)


@structref.register
class WorldType(types.StructRef):
    """Numba's type of a world, under a short name: the default one spells out every field in every symbol."""

    def __init__(self, fields: tuple[tuple[str, types.Type], ...]):
        super().__init__(fields)
        self.name = "World"


WORLD = WorldType(FIELDS)


class Handle(structref.StructRefProxy):
    """What compiled rules take for a world: a counted pointer to the struct."""


structref.define_boxing(WorldType, Handle)


@intrinsic
def borrow(typingctx, array):
    """Take an array without counting references to it, which would cost more than most rules: the world owns it."""

    def borrowed(context, builder, signature, arguments):
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        return view._getvalue()

    return array(array), borrowed


def _constructor_source() -> str:
    """Write the compiled constructor: a struct over the two buffers, carved in the order of COLUMNS."""
    lines = [
        '"""Written by model/world.py from the columns and parameters. Do not edit."""',
        "import numpy as np",
        "from numba.experimental import structref",
        "from model.rule import rule",
        "from model.world import WORLD, borrow",
        "",
        "@rule",
        "def handle(seed, clock, sizes, switches, parameters, reals, wholes, when, act, cell, value):",
        "    world = structref.new(WORLD)",
        "    world.seed, world.clock = seed, clock",
        "    world.forced_round, world.forced_act = when, act",
        "    world.forced_cell, world.forced_value = cell, value",
    ]
    lines += [f"    n_{axis} = world.n_{axis} = sizes[{at}]" for at, axis in enumerate(AXES)]
    lines += [f"    world.with_{name} = switches[{at}]" for at, name in enumerate(MECHANISMS)]
    lines += [f"    world.{name} = parameters[{at}]" for at, (_, name) in enumerate(PARAMETERS)]
    lines += ["    real = whole = most = 0"]
    for column in COLUMNS:
        start, count = column.kind, " * ".join(f"n_{axis}" for axis in column.axes)
        shape = ", ".join(f"n_{axis}" for axis in column.axes)
        lines += [
            f"    cells = {count}",
            f"    world.{column.name} = borrow({start}s[{start} : {start} + cells].reshape(({shape},)))",
            f"    {start} += cells",
            "    most = max(most, cells)",
        ]
    lines += [
        "    world.real_page, world.whole_page = np.empty(most), np.empty(most, np.int64)",
        "    return world",
        "",
    ]
    return "\n".join(lines)


def _handle(world: World) -> Any:
    """Make the compiled handle of a world."""
    counts = np.array([world.size[axis] for axis in AXES], np.int64)
    return _constructor().handle(
        world.seed, world.clock, counts, world.switches, world.parameters, world.reals, world.wholes,
        world.forced_round, world.forced_act, world.forced_cell, world.forced_value,
    )  # fmt: skip


_made: list[Any] = []


def _constructor() -> Any:
    if not _made:
        _made.append(generated("world_struct", _constructor_source()))
    return _made[0]
