"""The fields of a compiled world: what a rule may read, and whether worlds that step together share it."""

from typing import Any, Literal, NamedTuple

from numba.core import types

from model.columns import AXES, COLUMNS, Column
from model.mechanisms import MECHANISMS
from model.parameters import PARAMETERS

NUMBERS = {"float": types.float64, "integer": types.int64}


Lane = Literal["", "own", "first"]


class Field(NamedTuple):
    """A word of the table: a number, or with axes the address of an array.

    lane: empty if all lanes share the value, "own" if each has its own, "first" if it is read at the first lane of the
    run. Unless it is shared, the word is the address of the value of lane 0.
    """

    type: Any  # Numba's type
    axes: tuple[str, ...] | None = None
    lane: Lane = ""


def _shared(kind: str, *axes: str) -> Field:
    return Field(types.Array(NUMBERS[kind], len(axes), "C"), axes)


def _by_lane(kind: str, *axes: str, lane: Lane = "own") -> Field:
    return Field(types.Array(NUMBERS[kind], len(axes), "A"), axes, lane)


def _column_field(column: Column) -> Field:
    if column.structural:
        return _shared(column.kind, *column.axes)
    return _by_lane(column.kind, *column.axes, lane="first" if column.name in RUN_COLUMNS else "own")


FORCED_FIELDS = {  # the overrides of a run, by round
    "forced_round": "integer",
    "forced_act": "integer",
    "forced_cell": "integer",
    "forced_value": "float",
    "forced_condition": "integer",
    "forced_negotiation": "integer",
}
RUN_COLUMNS = ("doctrine",)  # read once per run of lanes, like the switches
FIELDS: dict[str, Field] = {
    "seed": Field(types.uint64, lane="own"),
    "n_lane": Field(types.int64),
    **{f"n_{axis}": Field(types.int64) for axis in (*AXES, "forced", "buffer")},
    **{f"with_{mechanism}": Field(types.int64, lane="first") for mechanism in MECHANISMS},
    **{name: Field(types.float64, lane="own") for _, name in PARAMETERS},
    "clock": _shared("integer", "world"),
    **{column.name: _column_field(column) for column in COLUMNS},
    **{name: _shared(kind, "forced") for name, kind in FORCED_FIELDS.items()},
    "float_buffer": _shared("float", "buffer", "lane"),
    "integer_buffer": _shared("integer", "buffer", "lane"),
}
FIELD_INDEX = {name: at for at, name in enumerate(FIELDS)}
