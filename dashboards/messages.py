"""Forms of data on their way to a browser: rows sent column by column, and JSON as text."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints


class Columns[Row: Mapping[str, Any]](dict[str, list[Any]]):
    """Rows of one shape, a TypedDict, as one list for each of its keys: names are sent once, not in each row."""

    @classmethod
    def of(cls, shape: type[Row], rows: Iterable[Row]) -> "Columns[Row]":
        """Return rows as columns."""
        kept = [*rows]
        return cls({name: [row[name] for row in kept] for name in get_type_hints(shape)})

    def rows(self) -> list[dict[str, Any]]:
        """Return the columns as rows again."""
        return [dict(zip(self, each, strict=True)) for each in zip(*self.values(), strict=True)]


class Json[Shape](str):
    """A text that holds one value of a shape as JSON, or is empty."""

    __slots__ = ()

    @classmethod
    def of(cls, value: Shape) -> "Json[Shape]":
        """Write a value as JSON."""
        return cls(json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False))

    def read(self) -> Shape:
        """Read the value again."""
        return json.loads(self)
