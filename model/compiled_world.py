"""What compiled rules take for a world: a pointer to a table of words, read like a struct, and a lane.

A word of the table is a number, or the address at which a column lies. To a rule, ``world.trust`` is
then a load or two, without a reference count, and since the table does not change while rules run, the
compiler may keep what it has loaded. Numba's own structref costs several times as much at this size.

Worlds of one start lie side by side, each in its lane: of what was decided, the same cell of all of them is
one row of neighbours in memory, and what is given they share. Where a rule does not branch the compiler then
decides a cell in several worlds at once, from the one way in which the rule is written.
"""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import (
    NativeValue,
    intrinsic,
    lower_getattr_generic,
    models,
    overload,
    register_model,
    typeof_impl,
    unbox,
)

from model.columns import AXES, COLUMNS
from model.parameters import MECHANISMS, PARAMETERS

NUMBERS = {"float": types.float64, "integer": types.int64}
WORD_BYTES = 8  # bytes
MAX_LANES = 64  # worlds that may lie side by side


class Field(NamedTuple):
    """One word of the table: a number, or with axes the address of an array of numbers.

    own: each lane has its own, and the word is the address of the first one's.
    """

    type: Any  # as Numba knows it
    axes: tuple[str, ...] | None = None
    per_lane: bool = False


def _shared(kind: str, *axes: str) -> Field:
    return Field(types.Array(NUMBERS[kind], len(axes), "C"), axes)


def _own(kind: str, *axes: str) -> Field:
    return Field(types.Array(NUMBERS[kind], len(axes), "A"), axes, per_lane=True)


FIELDS: dict[str, Field] = {
    "seed": Field(types.uint64, per_lane=True),
    "n_lane": Field(types.int64),
    **{f"n_{axis}": Field(types.int64) for axis in (*AXES, "forced", "buffer")},
    **{f"with_{mechanism}": Field(types.int64) for mechanism in MECHANISMS},
    **{name: Field(types.float64) for _, name in PARAMETERS},
    "clock": _shared("integer", "world"),
    **{column.name: (_shared if column.given else _own)(column.kind, *column.axes) for column in COLUMNS},
    **{f"forced_{name}": _shared("integer", "forced") for name in ("round", "act", "cell")},
    "forced_value": _shared("float", "forced"),
    "float_buffer": _shared("float", "buffer", "lane"),
    "integer_buffer": _shared("integer", "buffer", "lane"),
}
FIELD_INDEX = {name: at for at, name in enumerate(FIELDS)}
IS_GIVEN = np.array([column.given for column in COLUMNS])


class WorldType(types.Type):
    """Numba's type of a world."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD = WorldType()


class CompiledWorld:
    """A pointer to the table of worlds that lie side by side, the first of them; it keeps alive what that points to."""

    __slots__ = ("address", "kept", "table")
    _numba_type_ = WORLD

    def __init__(self, world: Any, reals: np.ndarray, wholes: np.ndarray, seeds: np.ndarray, clock: np.ndarray):
        """Write the table, in the order of FIELDS.

        reals, wholes: what the worlds decide, [cell, world]. What is given they have from ``world``.
        Raises ValueError if there are more worlds than lanes.
        """
        if len(seeds) > MAX_LANES:
            raise ValueError(f"{len(seeds)} worlds side by side, where there are {MAX_LANES} lanes")
        count, most = len(seeds), len(world.float_buffer)
        pages = np.empty((most, count)), np.empty((most, count), np.int64)
        lengths = [*(world.size[axis] for axis in AXES), len(world.forced_round), most]
        after = [world.forced_round, world.forced_act, world.forced_cell, world.forced_value, *pages]
        given = world.addresses(address(world.floats), address(world.integers))
        decided = world.addresses(address(reals), address(wholes), count)
        self.table = np.concatenate(
            [
                np.array([address(seeds), count]),
                np.array(lengths, np.int64),
                world.switches,
                world.parameters.view(np.int64),
                np.array([address(clock)]),
                np.where(IS_GIVEN, given, decided),
                np.array([address(array) for array in after]),
            ]
        )
        self.kept = clock, world.floats, world.integers, reals, wholes, seeds, *after
        self.address = address(self.table)


def address(array: np.ndarray) -> int:
    """Say where an array's numbers lie in memory."""
    return array.__array_interface__["data"][0]


def _unboxed(kind: types.Type, handle: Any, c: Any) -> NativeValue:
    """Take the pointer out of a handle; the first world is meant."""
    number = c.pyapi.object_getattr_string(handle, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(_world(c.context, c.builder, pointer, c.context.get_constant(types.int64, 0)))


def _type_of(handle: CompiledWorld, _: Any) -> WorldType:
    return WORLD


def _world(context: Any, builder: ir.IRBuilder, table: ir.Value, lane: ir.Value) -> ir.Value:
    """Say which world is meant: a table, and a place among the worlds it is the table of."""
    made = cgutils.create_struct_proxy(WORLD)(context, builder)
    made.table, made.lane = table, lane
    return made._getvalue()


def _parts(context: Any, builder: ir.IRBuilder, world: ir.Value) -> tuple[ir.Value, ir.Value]:
    taken = cgutils.create_struct_proxy(WORLD)(context, builder, value=world)
    return taken.table, taken.lane


def _word(context: Any, builder: ir.IRBuilder, table: ir.Value, name: str, kind: ir.Type) -> ir.Value:
    """Load one word of the table, which stays as it is while compiled code runs."""
    words = builder.bitcast(table, kind.as_pointer())
    value = builder.load(builder.gep(words, [context.get_constant(types.intp, FIELD_INDEX[name])]), align=WORD_BYTES)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _promise(function: ir.Function) -> None:
    """Promise that the tables a function takes can be read whole, so that a load may be moved out of a loop."""
    parts = {each.name: each for each in function.args}  # Numba passes a world as two parts, .0 and .1
    for name, part in parts.items():
        stem, _, number = name.rpartition(".")
        if number == "0" and isinstance(part.type, ir.PointerType) and f"{stem}.2" not in parts:
            part.attributes.dereferenceable = WORD_BYTES * len(FIELDS)
            part.attributes.align = WORD_BYTES


def _read(context: Any, builder: ir.IRBuilder, kind: types.Type, world: ir.Value, name: str) -> ir.Value:
    """Read a field: a number, or a view of a column made of its address and the lengths of its axes."""
    field, (table, lane) = FIELDS[name], _parts(context, builder, world)
    _promise(builder.function)
    if not field.per_lane and field.axes is None:
        return _word(context, builder, table, name, context.get_value_type(field.type))
    element = context.get_value_type(field.type.dtype if field.axes else field.type)
    address = _word(context, builder, table, name, element.as_pointer())
    if field.per_lane:
        address = builder.gep(address, [lane])
    if field.axes is None:
        return builder.load(address, align=WORD_BYTES)
    whole, step = context.get_value_type(types.int64), context.get_constant(types.intp, WORD_BYTES)
    shape = [_word(context, builder, table, f"n_{axis}", whole) for axis in field.axes]
    if field.per_lane:
        step = builder.mul(step, _word(context, builder, table, "n_lane", whole))
    return _view(context, builder, field.type, address, shape, step)


def _view(
    context: Any, builder: ir.IRBuilder, kind: types.Array, address: ir.Value, shape: list[Any], step: Any
) -> ir.Value:
    """Make a view of memory that is the world's, ``step`` bytes from cell to cell: no reference is counted."""
    strides = []
    for length in reversed(shape):
        strides.append(step)
        step = builder.mul(step, length)
    made, size = context.make_array(kind)(context, builder), context.get_constant(types.intp, WORD_BYTES)
    context.populate_array(
        made, data=address, shape=shape, strides=strides[::-1], itemsize=size, meminfo=None, parent=None
    )
    return made._getvalue()


def lane_view(column: np.ndarray, lanes: int) -> np.ndarray:
    """View the column of all worlds that lie side by side, given that of the first: [cell, world]."""
    return np.lib.stride_tricks.as_strided(column, (column.size, lanes), (column.strides[-1], WORD_BYTES))


@intrinsic
def _abreast(typing: Any, array: types.Array, lanes: types.Integer) -> Any:
    def made(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        column = context.make_array(signature.args[0])(context, builder, arguments[0])
        step = context.get_constant(types.intp, WORD_BYTES)
        return _view(context, builder, signature.return_type, column.data, [column.nitems, arguments[1]], step)

    return types.Array(array.dtype, 2, "C")(array, types.int64), made


@overload(lane_view)
def _abreast_compiled(column, lanes):  # Numba wants both signatures alike, and a lambda has no types
    return lambda column, lanes: _abreast(column, lanes)  # type: ignore[call-arg]


def row_buffer(page: np.ndarray) -> np.ndarray:
    """Give room for one row of a page, which nothing else can point to: [world]."""
    return np.empty(page.shape[1], page.dtype)


@intrinsic
def _scratch(typing: Any, page: types.Array) -> Any:
    def made(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        room = cgutils.alloca_once(builder, ir.ArrayType(context.get_value_type(page.dtype), MAX_LANES))
        start = cgutils.gep_inbounds(builder, room, 0, 0)
        length, step = (context.get_constant(types.intp, number) for number in (MAX_LANES, WORD_BYTES))
        return _view(context, builder, signature.return_type, start, [length], step)

    return types.Array(page.dtype, 1, "C")(page), made


@overload(row_buffer)
def _scratch_compiled(page):
    return lambda page: _scratch(page)  # type: ignore[call-arg]


def world_at(worlds: Any, place: int) -> Any:
    """Give what rules take for one of several worlds that lie side by side."""
    return worlds[place]


@intrinsic
def _beside(typing: Any, worlds: WorldType, place: types.Integer) -> Any:
    """Point to another world of the same table."""

    def made(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        return _world(context, builder, _parts(context, builder, arguments[0])[0], arguments[1])

    return WORLD(worlds, types.int64), made


@overload(world_at)
def _world_at_compiled(worlds, place):
    return lambda worlds, place: _beside(worlds, place)  # type: ignore[call-arg]


class WorldAttributes(AttributeTemplate):
    """What type each field of a world has."""

    key = WorldType

    def generic_resolve(self, world: WorldType, name: str) -> types.Type | None:
        """Give the type of a field."""
        return FIELDS[name].type if name in FIELDS else None


@register_model(WorldType)
class WorldModel(models.StructModel):
    """How a world is passed: the table, and a place among the worlds it is the table of."""

    def __init__(self, manager: Any, kind: WorldType):
        super().__init__(manager, kind, [("table", types.voidptr), ("lane", types.int64)])


typeof_impl.register(CompiledWorld)(_type_of)
unbox(WorldType)(_unboxed)
infer_getattr(WorldAttributes)
lower_getattr_generic(WorldType)(_read)
