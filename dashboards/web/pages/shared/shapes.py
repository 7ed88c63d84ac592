"""The types of messages to the browser: declared once as TypedDicts, checked on both sides.

A page declares its messages as TypedDicts in ``messages.py`` (rows with named keys, not positions in a list),
builds them as such, and names them in the signature of a component made by ``vue_component``. Pyright checks
the Python side; so does ``DETENTE_CHECK_SHAPES`` at run time, which the tests set. On the browser's side,
``tests/dashboards/web/pages/test_shapes.py`` checks that templates read declared fields and all of them.
"""

import inspect
import json
import os
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import (
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import solara

from dashboards.messages import Columns, Json

CHECK_VARIABLE = "DETENTE_CHECK_SHAPES"  # environment variable: if set, check every message before sending it


class TemplateShapes(NamedTuple):
    """The messages that a template receives, by name, and the events that it may send."""

    template: Path
    shapes: dict[str, Any]
    events: tuple[str, ...]


DECLARED_TEMPLATES: dict[Path, TemplateShapes] = {}  # by template, for the pages imported so far


def vue_component[**P](template: str) -> Callable[[Callable[P, None]], Callable[P, Any]]:
    """Return a decorator that makes a template a Solara component. The function's signature declares its messages."""

    def decorate(function: Callable[P, None]) -> Callable[P, Any]:
        hints = {name: kind for name, kind in get_type_hints(function).items() if name != "return"}
        events = tuple(name.removeprefix("event_") for name in hints if name.startswith("event_"))
        shapes = {name: kind for name, kind in hints.items() if not name.startswith("event_")}
        path = Path(inspect.getfile(function)).with_name(template)
        DECLARED_TEMPLATES[path] = TemplateShapes(path, shapes, events)
        component = solara.component_vue(template)(function)

        def checked(*args: P.args, **given: P.kwargs) -> Any:
            if os.environ.get(CHECK_VARIABLE):
                check_shapes({name: shapes[name] for name in shapes if name in given}, given, path.name)
            return component(*args, **given)

        return checked

    return decorate


def check_shapes(shapes: dict[str, Any], data: dict[str, Any], where: str) -> None:
    """Check data against types. Raises TypeError with up to five differences."""
    errors = [error for name, kind in shapes.items() for error in shape_errors(kind, data[name], f"{where}: {name}")]
    if errors:
        raise TypeError("; ".join(errors[:5]))


def shape_errors(kind: Any, data: Any, where: str = "data") -> Iterator[str]:
    """Yield the differences of data from a type: a TypedDict, list, dict, tuple, Literal, union or plain class."""
    origin: Any = get_origin(kind)
    inner = get_args(kind)
    if kind is Any:
        return
    if is_typeddict(kind):
        yield from _field_errors(kind, data, where)
    elif origin in (Union, types.UnionType):
        if all([*shape_errors(each, data, where)] for each in inner):
            yield f"{where} is {data!r:.60}, not {kind}"
    elif origin is Literal:
        if data not in inner:
            yield f"{where} is {data!r:.60}, not one of {inner}"
    elif origin is Json:
        yield from shape_errors(inner[0], json.loads(data), where) if data else ()
    elif origin is Columns:
        yield from _column_errors(inner[0], data, where)
    elif origin in (NotRequired, Required):
        yield from shape_errors(inner[0], data, where)
    elif not _has_type(origin or kind, data):
        yield f"{where} is {data!r:.60}, not {kind}"
    elif origin is list:
        for at, each in enumerate(data):
            yield from shape_errors(inner[0], each, f"{where}[{at}]")
    elif origin is dict:
        for name, each in data.items():
            yield from shape_errors(inner[1], each, f"{where}.{name}")
    elif origin is tuple:
        kinds = [inner[0]] * len(data) if inner[1:] == (...,) else inner
        for at, (each, own) in enumerate(zip(data, kinds, strict=True)):
            yield from shape_errors(own, each, f"{where}[{at}]")


def _field_errors(kind: Any, data: Any, where: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{where} is {data!r:.60}, not {kind.__name__}"
        return
    fields = get_type_hints(kind)
    for name in sorted({*kind.__required_keys__} - {*data}):
        yield f"{where} has no {name}"
    for name, each in data.items():
        if name in fields:
            yield from shape_errors(fields[name], each, f"{where}.{name}")
        else:
            yield f"{where}.{name} is not declared in {kind.__name__}"


def _column_errors(kind: Any, data: Any, where: str) -> Iterator[str]:
    if not isinstance(data, dict) or {*data} != {*get_type_hints(kind)} or len({*map(len, data.values())}) > 1:
        yield f"{where} is not the columns of {kind.__name__}"
        return
    for at, row in enumerate(Columns(data).rows()):
        yield from shape_errors(kind, row, f"{where}[{at}]")


def _has_type(kind: Any, data: Any) -> bool:
    if kind in (int, float):
        return isinstance(data, kind | int) and not isinstance(data, bool)
    return data is None if kind in (None, type(None)) else isinstance(data, kind)


def nested_shapes(kind: Any) -> set[Any]:
    """Return the TypedDicts in a type, at any depth."""
    inner = get_type_hints(kind).values() if is_typeddict(kind) else get_args(kind)
    return {*([kind] if is_typeddict(kind) else [])}.union(*map(nested_shapes, inner))


def field_names(kind: Any) -> set[str]:
    """Return the names of all fields in a type, at any depth."""
    return {key for each in nested_shapes(kind) for key in get_type_hints(each)}
