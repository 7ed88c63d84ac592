"""What compiled rules take for a world: one pointer to a table of words, read like a struct.

A word of the table is a number, or the address at which a column lies. To a rule, ``world.trust`` is
then a load or two, without a reference count, and since the table does not change while rules run, the
compiler may keep what it has loaded. Numba's own structref costs several times as much at this size.
"""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils, errors, types
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import (
    NativeValue,
    intrinsic,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    overload,
    register_model,
    typeof_impl,
    unbox,
)

from model.columns import AXES, COLUMNS
from model.parameters import MECHANISMS, PARAMETERS

NUMBERS = {"real": types.float64, "whole": types.int64}
WORD = 8  # bytes


class Field(NamedTuple):
    """One word of the table: a number, or with axes the address of an array of numbers."""

    type: Any  # as Numba knows it
    axes: tuple[str, ...] | None = None


def _array(kind: str, *axes: str) -> Field:
    return Field(types.Array(NUMBERS[kind], len(axes), "C"), axes)


FIELDS: dict[str, Field] = {
    "seed": Field(types.uint64),  # the one word that compiled code may change
    **{f"n_{axis}": Field(types.int64) for axis in (*AXES, "forced", "page")},
    **{f"with_{mechanism}": Field(types.int64) for mechanism in MECHANISMS},
    **{name: Field(types.float64) for _, name in PARAMETERS},
    "clock": _array("whole", "world"),
    **{column.name: _array(column.kind, *column.axes) for column in COLUMNS},
    **{f"forced_{name}": _array("whole", "forced") for name in ("round", "act", "cell")},
    "forced_value": _array("real", "forced"),
    "real_page": _array("real", "page"),
    "whole_page": _array("whole", "page"),
}
PLACE = {name: at for at, name in enumerate(FIELDS)}


class WorldType(types.Type):
    """Numba's type of a world."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD = WorldType()


class Handle:
    """A pointer to a world's table; it keeps alive what the table points to."""

    __slots__ = ("address", "kept", "table")
    _numba_type_ = WORLD

    def __init__(self, world: Any):
        """Write the table, in the order of FIELDS."""
        lengths = [*(world.size[axis] for axis in AXES), len(world.forced_round), len(world.real_page)]
        after = [world.forced_round, world.forced_act, world.forced_cell, world.forced_value]
        after += [world.real_page, world.whole_page]
        self.table = np.concatenate(
            [
                np.array([world.seed]).view(np.int64),
                np.array(lengths, np.int64),
                world.switches,
                world.parameters.view(np.int64),
                np.array([address(world.clock)]),
                world.addresses(address(world.reals), address(world.wholes)),
                np.array([address(array) for array in after]),
            ]
        )
        self.kept = world.clock, world.reals, world.wholes, *after
        self.address = address(self.table)


def address(array: np.ndarray) -> int:
    """Say where an array's numbers lie in memory."""
    return array.__array_interface__["data"][0]


def _unboxed(kind: types.Type, handle: Any, c: Any) -> NativeValue:
    """Take the pointer out of a handle."""
    number = c.pyapi.object_getattr_string(handle, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(pointer)


def _type_of(handle: Handle, _: Any) -> WorldType:
    return WORLD


def _word(context: Any, builder: ir.IRBuilder, table: ir.Value, name: str, kind: ir.Type) -> ir.Value:
    """Find one word of the table."""
    words = builder.bitcast(table, kind.as_pointer())
    return builder.gep(words, [context.get_constant(types.intp, PLACE[name])])


def _load(context: Any, builder: ir.IRBuilder, table: ir.Value, name: str, kind: ir.Type) -> ir.Value:
    """Load one word; all but the seed stay as they are while compiled code runs."""
    value = builder.load(_word(context, builder, table, name, kind), align=WORD)
    if name != "seed":
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _read(context: Any, builder: ir.IRBuilder, kind: types.Type, table: ir.Value, name: str) -> ir.Value:
    """Read a field: a number, or a view of a column made of its address and the lengths of its axes."""
    field = FIELDS[name]
    if field.axes is None:
        return _load(context, builder, table, name, context.get_value_type(field.type))
    element = context.get_value_type(field.type.dtype)
    whole = context.get_value_type(types.int64)
    address = _load(context, builder, table, name, element.as_pointer())
    shape = [_load(context, builder, table, f"n_{axis}", whole) for axis in field.axes]
    return _view(context, builder, field.type, address, shape)


def _view(context: Any, builder: ir.IRBuilder, kind: types.Array, address: ir.Value, shape: list[ir.Value]) -> ir.Value:
    """Make a view of memory that is the world's: no reference is counted."""
    stride = size = context.get_constant(types.intp, WORD)
    strides = []
    for length in reversed(shape):
        strides.append(stride)
        stride = builder.mul(stride, length)
    made = context.make_array(kind)(context, builder)
    context.populate_array(
        made, data=address, shape=shape, strides=strides[::-1], itemsize=size, meminfo=None, parent=None
    )
    return made._getvalue()


def _write_seed(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any, name: str) -> None:
    """Write the seed, the one field that compiled code may set."""
    if name != "seed":
        raise errors.NumbaTypeError(f"a rule may not set {name}: it decides one cell, and changes nothing")
    table, value = arguments
    kind = context.get_value_type(types.uint64)
    builder.store(
        context.cast(builder, value, signature.args[1], types.uint64), _word(context, builder, table, name, kind)
    )


@intrinsic
def _flat(typing: Any, array: types.Array) -> Any:
    """View a column as one row of cells."""

    def made(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        whole = context.make_array(signature.args[0])(context, builder, arguments[0])
        return _view(context, builder, signature.return_type, whole.data, [whole.nitems])

    return types.Array(array.dtype, 1, "C")(array), made


def flat(column: np.ndarray) -> np.ndarray:
    """View a column as one row of cells, in the order in which they are decided."""
    return column.reshape(-1)


@overload(flat)
def _flat_compiled(column):  # Numba wants both signatures alike, and a lambda has no types
    return lambda column: _flat(column)  # type: ignore[call-arg]


def world_at(worlds: Any, place: int) -> Any:
    """Give what rules take for one of several worlds: for compiled code, of a table with a row for each."""
    return worlds[place]


@intrinsic
def _row(typing: Any, tables: types.Array, place: types.Integer) -> Any:
    """Point to one row of a table of worlds."""

    def made(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        at = builder.mul(arguments[1], cgutils.unpack_tuple(builder, view.shape, 2)[1])
        row = builder.gep(view.data, [at])
        return builder.bitcast(row, context.get_value_type(WORLD))  # type: ignore[return-value]

    return WORLD(tables, types.int64), made


@overload(world_at)
def _world_at_compiled(worlds, place):
    return lambda worlds, place: _row(worlds, place)  # type: ignore[call-arg]


class WorldAttributes(AttributeTemplate):
    """What type each field of a world has."""

    key = WorldType

    def generic_resolve(self, world: WorldType, name: str) -> types.Type | None:
        """Give the type of a field."""
        return FIELDS[name].type if name in FIELDS else None


register_model(WorldType)(models.OpaqueModel)
typeof_impl.register(Handle)(_type_of)
unbox(WorldType)(_unboxed)
infer_getattr(WorldAttributes)
lower_getattr_generic(WorldType)(_read)
lower_setattr_generic(WorldType)(_write_seed)
