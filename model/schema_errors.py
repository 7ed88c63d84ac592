"""Errors of a schema in words: where in the file, what is allowed, what was probably meant."""

import types
import typing
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Literal, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError

from model.errors import NAME_RULE, InputError


class ErrorLocation(NamedTuple):
    """Where an error happened: its path as the file has it, the type wanted there, its range and unit."""

    path: tuple[Any, ...]
    model: type[BaseModel]
    wanted: Any
    rules: tuple[Any, ...]
    unit: str

    @property
    def allowed_range(self) -> str:
        """Write the range, if there is one."""
        low = next((rule.ge for rule in self.rules if isinstance(rule, Ge)), None)
        high = next((rule.le for rule in self.rules if isinstance(rule, Le)), None)
        unit = f" ({self.unit})" if self.unit else ""
        return f"allowed is between {low} and {high}{unit}" if low is not None and high is not None else ""


def locate_error(model: type[BaseModel], path: tuple[Any, ...]) -> ErrorLocation:
    """Follow an error's path down the declarations, through tables, lists and choices of types."""
    kept, wanted, rules, unit = [], model, (), ""
    for step in path:
        while typing.get_origin(wanted) is typing.Annotated:
            wanted = typing.get_args(wanted)[0]
        origin, inside = typing.get_origin(wanted), typing.get_args(wanted)
        if origin in (typing.Union, types.UnionType):
            real = [choice for choice in inside if choice is not types.NoneType]
            if len(real) > 1:
                continue  # the step names one of several types that were tried
            wanted, origin, inside = real[0], typing.get_origin(real[0]), typing.get_args(real[0])
        if step == "[key]":
            wanted, rules = inside[0] if origin is dict else None, ()
            continue
        kept.append(step)
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            model = wanted
            field = {info.alias or name: info for name, info in model.model_fields.items()}.get(step)
            extra = field.json_schema_extra if field is not None else None
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            wanted, rules = (field.annotation, tuple(field.metadata)) if field is not None else (None, ())
        else:
            wanted = inside[1] if origin is dict else inside[0] if origin is list else None
            bare = typing.get_args(wanted)[1:] if typing.get_origin(wanted) is typing.Annotated else ()
            rules, unit = tuple(chain.from_iterable(getattr(each, "metadata", (each,)) for each in bare)), ""
    return ErrorLocation(tuple(kept), model, wanted, rules, unit)


def allowed_words(wanted: Any) -> list[str]:
    """List the words a field allows, if it is a choice of words."""
    named = typing.get_args(wanted) if typing.get_origin(wanted) is Literal else ()
    return [word for word in named if isinstance(word, str)]


def describe_error(kind: str, message: str, about: Mapping[str, Any], place: ErrorLocation) -> str:
    """Say in plain words what pydantic found wrong."""
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch":
        return NAME_RULE
    if kind == "too_long":
        return f"has too many entries; at most {about['max_length']} allowed"
    if kind == "string_too_long":
        return f"is too long; at most {about['max_length']} characters allowed"
    if kind == "too_short":
        return f"has too few entries; at least {about['min_length']} needed"
    if kind in {"dict_type", "model_type"}:
        return "should be a table"
    if kind in {"greater_than_equal", "less_than_equal"} and place.allowed_range:
        return place.allowed_range
    problem = message.replace("Input should be", "should be")
    return f"{problem}; {place.allowed_range}" if place.allowed_range else problem


def convert_errors(error: ValidationError, model: type[BaseModel]) -> Iterator[InputError]:
    """Turn a validation error into faults with ranges and suggestions."""
    told = set()
    for found in error.errors(include_url=False):
        place = locate_error(model, found["loc"])
        where, value = ".".join(map(str, place.path)), found["input"]
        if where in told:
            continue  # a choice of types: each that was tried complains
        told.add(where)
        if found["type"] == "extra_forbidden":
            known = {info.alias or name for name, info in place.model.model_fields.items()}
            yield InputError.unknown_name(where, str(place.path[-1]), known, "key")
        elif found["type"] == "literal_error" and isinstance(value, str) and allowed_words(place.wanted):
            yield InputError.unknown_name(where, value, allowed_words(place.wanted), "choice")
        else:
            quiet = found["type"] in {"missing", "too_short", "too_long"}
            problem = describe_error(found["type"], found["msg"], found.get("ctx", {}), place)
            yield InputError(where, "" if quiet else value, problem)
