"""Formats of data for the browser: tables stored by column, and JSON text."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints


class Columns[Row: Mapping[str, Any]](dict[str, list[Any]]):
    """Rows of a TypedDict as one list per key, so that each key is sent only once."""

    @classmethod
    def of(cls, shape: type[Row], rows: Iterable[Row]) -> "Columns[Row]":
        """Return rows as columns."""
        listed = [*rows]
        return cls({name: [row[name] for row in listed] for name in get_type_hints(shape)})

    def rows(self) -> list[dict[str, Any]]:
        """Return the columns as rows."""
        return [dict(zip(self, each, strict=True)) for each in zip(*self.values(), strict=True)]


class Json[Shape](str):
    """A string with one value of a given shape as JSON; may be empty."""

    __slots__ = ()

    @classmethod
    def of(cls, value: Shape) -> "Json[Shape]":
        """Return a value as JSON."""
        return cls(json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False))

    def read(self) -> Shape:
        """Return the value."""
        return json.loads(self)
