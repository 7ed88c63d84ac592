"""The world as compiled rules read it: a pointer to a table of words, read like a struct, and a lane.

A word of the table is a number or the address of a column. For a rule, ``world.trust`` is then one or two
loads without a reference count; since the table is constant while rules run, the compiler may keep loaded
values. Numba's own structref is several times slower at this size.

Parallel worlds share the structural columns and have a lane each in all others, parameters included: the same
cell of all worlds is contiguous in memory. For a rule without branches, the compiler can vectorise over the lanes.
Switches and doctrines select between rules. Neighbouring lanes in which they are equal form a *run*: its acts are
played together, and switches and doctrines are read once, at the first lane.
"""

from typing import Any

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
from model.mechanisms import MECHANISMS
from model.parameters import PARAMETERS
from model.world_fields import FIELD_INDEX, FIELDS, FORCED_FIELDS

WORD_BYTES = 8
MAX_LANES = 64  # parallel worlds
IS_STRUCTURAL = np.array([column.structural for column in COLUMNS])


class WorldType(types.Type):
    """Numba's type of a world."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD = WorldType()


class CompiledWorld:
    """A pointer to the table of parallel worlds, and a lane; it keeps the memory of all columns alive."""

    __slots__ = ("address", "lane", "owners", "table")
    _numba_type_ = WORLD

    def __init__(self, world: Any, floats: np.ndarray, integers: np.ndarray, seeds: np.ndarray, clock: np.ndarray):
        """Write the table, in the order of FIELDS.

        floats, integers: columns, parameters and switches, [cell, lane]. The structural columns are those of ``world``.
        Raises ValueError if there are more worlds than lanes.
        """
        if len(seeds) > MAX_LANES:
            raise ValueError(f"{len(seeds)} parallel worlds are more than {MAX_LANES} lanes")
        count, cells = len(seeds), len(world.float_buffer)
        buffers = np.empty((cells, count)), np.empty((cells, count), np.int64)
        lengths = [*(world.size[axis] for axis in AXES), len(world.forced_round), cells]
        after = [*(getattr(world, name) for name in FORCED_FIELDS), *buffers]
        structural = world.addresses(address(world.floats), address(world.integers))
        own = world.addresses(address(floats), address(integers), count)
        tail = [address(integers) + WORD_BYTES * count * (len(integers) - len(MECHANISMS) + np.arange(len(MECHANISMS)))]
        tail += [address(floats) + WORD_BYTES * count * (len(floats) - len(PARAMETERS) + np.arange(len(PARAMETERS)))]
        self.table = np.concatenate(
            [
                np.array([address(seeds), count]),
                np.array(lengths, np.int64),
                *tail,
                np.array([address(clock)]),
                np.where(IS_STRUCTURAL, structural, own),
                np.array([address(array) for array in after]),
            ]
        )
        self.owners = clock, world.floats, world.integers, floats, integers, seeds, *after
        self.address, self.lane = address(self.table), 0

    def at(self, lane: int) -> "CompiledWorld":
        """Return the world of another lane of the same table."""
        other = object.__new__(CompiledWorld)
        other.address, other.table, other.owners, other.lane = self.address, self.table, self.owners, lane
        return other

    def __reduce__(self) -> Any:
        """Refuse to be copied or pickled: a copy would read and write the memory of the original."""
        raise TypeError("compiled rules read this world by its addresses in memory: copy or pickle its World instead")


def address(array: np.ndarray) -> int:
    """Return the memory address of an array's data."""
    return array.__array_interface__["data"][0]


def _unboxed(kind: types.Type, compiled: Any, c: Any) -> NativeValue:
    """Return the world of a CompiledWorld, alone in its run."""
    number = c.pyapi.object_getattr_string(compiled, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    place = c.pyapi.object_getattr_string(compiled, "lane")
    lane = c.pyapi.long_as_longlong(place)
    c.pyapi.decref(place)
    return NativeValue(_world(c.context, c.builder, pointer, lane, lane))


def _type_of(compiled: CompiledWorld, _: Any) -> WorldType:
    return WORLD


def _world(context: Any, builder: ir.IRBuilder, table: ir.Value, lane: ir.Value, first: ir.Value) -> ir.Value:
    """Return a world value: a table, a lane, and the first lane of its run."""
    struct = cgutils.create_struct_proxy(WORLD)(context, builder)
    struct.table, struct.lane, struct.first = table, lane, first
    return struct._getvalue()


def _parts(context: Any, builder: ir.IRBuilder, world: ir.Value) -> tuple[ir.Value, ir.Value, ir.Value]:
    struct = cgutils.create_struct_proxy(WORLD)(context, builder, value=world)
    return struct.table, struct.lane, struct.first


def _word(context: Any, builder: ir.IRBuilder, table: ir.Value, name: str, kind: ir.Type) -> ir.Value:
    """Load one word of the table, which is constant while compiled code runs."""
    words = builder.bitcast(table, kind.as_pointer())
    return _constant_load(builder, builder.gep(words, [context.get_constant(types.intp, FIELD_INDEX[name])]))


def _constant_load(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    """Load a word that is constant while compiled code runs."""
    value = builder.load(address, align=WORD_BYTES)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _declare_readable(function: ir.Function) -> None:
    """Declare a function's tables as fully readable, so that loads can move out of loops."""
    parts = {each.name: each for each in function.args}  # Numba passes a world as three parts, .0 to .2
    for name, part in parts.items():
        stem, _, number = name.rpartition(".")
        if number == "0" and isinstance(part.type, ir.PointerType) and f"{stem}.3" not in parts:
            part.attributes.dereferenceable = WORD_BYTES * len(FIELDS)
            part.attributes.align = WORD_BYTES


def _read(context: Any, builder: ir.IRBuilder, kind: types.Type, world: ir.Value, name: str) -> ir.Value:
    """Read a field: a number, or a view of a column from its address and the lengths of its axes."""
    field, (table, own, first) = FIELDS[name], _parts(context, builder, world)
    _declare_readable(builder.function)
    if not field.lane and field.axes is None:
        return _word(context, builder, table, name, context.get_value_type(field.type))
    element = context.get_value_type(field.type.dtype if field.axes else field.type)
    address = _word(context, builder, table, name, element.as_pointer())
    if field.lane:
        address = builder.gep(address, [own if field.lane == "own" else first])
    if field.axes is None:
        return _constant_load(builder, address)
    integer, step = context.get_value_type(types.int64), context.get_constant(types.intp, WORD_BYTES)
    shape = [_word(context, builder, table, f"n_{axis}", integer) for axis in field.axes]
    if field.lane:
        step = builder.mul(step, _word(context, builder, table, "n_lane", integer))
    return _view(context, builder, field.type, address, shape, step)


def _view(
    context: Any, builder: ir.IRBuilder, kind: types.Array, address: ir.Value, shape: list[Any], step: Any
) -> ir.Value:
    """Return a view of the world's memory with ``step`` bytes per cell, without a reference count."""
    strides = []
    for length in reversed(shape):
        strides.append(step)
        step = builder.mul(step, length)
    view, size = context.make_array(kind)(context, builder), context.get_constant(types.intp, WORD_BYTES)
    context.populate_array(
        view, data=address, shape=shape, strides=strides[::-1], itemsize=size, meminfo=None, parent=None
    )
    return view._getvalue()


def lane_view(column: np.ndarray, lanes: int) -> np.ndarray:
    """Return a column of all parallel worlds from that of the first: [cell, lane]."""
    return np.lib.stride_tricks.as_strided(column, (column.size, lanes), (column.strides[-1], WORD_BYTES))


@intrinsic
def _lane_view(typing: Any, array: types.Array, lanes: types.Integer) -> Any:
    def lower(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        column = context.make_array(signature.args[0])(context, builder, arguments[0])
        step = context.get_constant(types.intp, WORD_BYTES)
        return _view(context, builder, signature.return_type, column.data, [column.nitems, arguments[1]], step)

    return types.Array(array.dtype, 2, "C")(array, types.int64), lower


@overload(lane_view)
def _lane_view_compiled(column, lanes):  # Numba needs the same signature; a lambda has no types
    return lambda column, lanes: _lane_view(column, lanes)  # type: ignore[call-arg]


def row_buffer(buffer: np.ndarray) -> np.ndarray:
    """Return an array for one row of a buffer, without aliases: [lane]."""
    return np.empty(buffer.shape[1], buffer.dtype)


@intrinsic
def _row_buffer(typing: Any, buffer: types.Array) -> Any:
    def lower(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        room = cgutils.alloca_once(builder, ir.ArrayType(context.get_value_type(buffer.dtype), MAX_LANES))
        start = cgutils.gep_inbounds(builder, room, 0, 0)
        length, step = (context.get_constant(types.intp, number) for number in (MAX_LANES, WORD_BYTES))
        return _view(context, builder, signature.return_type, start, [length], step)

    return types.Array(buffer.dtype, 1, "C")(buffer), lower


@overload(row_buffer)
def _row_buffer_compiled(buffer):
    return lambda buffer: _row_buffer(buffer)  # type: ignore[call-arg]


def world_at(worlds: Any, number: int) -> Any:
    """Return one of the parallel worlds of a run, as rules take it."""
    return worlds[number]


@intrinsic
def _at_lane(typing: Any, worlds: WorldType, number: types.Integer) -> Any:
    """Return a world of the same run, by its number from the first lane of the run."""

    def lower(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        table, _, first = _parts(context, builder, arguments[0])
        lane: Any = builder.add(first, arguments[1])
        return _world(context, builder, table, lane, first)

    return WORLD(worlds, types.int64), lower


@overload(world_at)
def _world_at_compiled(worlds, number):
    return lambda worlds, number: _at_lane(worlds, number)  # type: ignore[call-arg]


def run_at(worlds: Any, lane: int) -> Any:
    """Return the run of parallel worlds that begins at a lane; the switches and doctrines of that lane apply to all."""
    return worlds[lane:]


@intrinsic
def _run_at_lane(typing: Any, worlds: WorldType, lane: types.Integer) -> Any:
    """Return the first world of the run that begins at a lane."""

    def lower(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        return _world(context, builder, _parts(context, builder, arguments[0])[0], arguments[1], arguments[1])

    return WORLD(worlds, types.int64), lower


@overload(run_at)
def _run_at_compiled(worlds, lane):
    return lambda worlds, lane: _run_at_lane(worlds, lane)  # type: ignore[call-arg]


class WorldAttributes(AttributeTemplate):
    """The types of a world's fields."""

    key = WorldType

    def generic_resolve(self, world: WorldType, name: str) -> types.Type | None:
        """Return the type of a field."""
        return FIELDS[name].type if name in FIELDS else None


@register_model(WorldType)
class WorldModel(models.StructModel):
    """How a world is passed: a table, a lane, and the first lane of its run."""

    def __init__(self, manager: Any, kind: WorldType):
        super().__init__(manager, kind, [("table", types.voidptr), ("lane", types.int64), ("first", types.int64)])


typeof_impl.register(CompiledWorld)(_type_of)
unbox(WorldType)(_unboxed)
infer_getattr(WorldAttributes)
lower_getattr_generic(WorldType)(_read)
