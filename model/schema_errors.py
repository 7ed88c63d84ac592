"""Schema errors as input errors: path in the file, allowed range, suggestion."""

import types
import typing
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Literal, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError

from model.errors import NAME_RULE, InputError
from model.former_names import unknown_path


class ErrorLocation(NamedTuple):
    """The location of an error: its path in the file, the expected type, its range and unit."""

    path: tuple[Any, ...]
    model: type[BaseModel]
    wanted: Any
    rules: tuple[Any, ...]
    unit: str

    @property
    def allowed_range(self) -> str:
        """Return the allowed range in words; empty if there is none."""
        low = next((rule.ge for rule in self.rules if isinstance(rule, Ge)), None)
        high = next((rule.le for rule in self.rules if isinstance(rule, Le)), None)
        unit = f" ({self.unit})" if self.unit else ""
        return f"must be between {low} and {high}{unit}" if low is not None and high is not None else ""


def locate_error(model: type[BaseModel], path: tuple[Any, ...]) -> ErrorLocation:
    """Follow an error's path through the declarations: tables, lists and unions."""
    steps, annotation, rules, unit = [], model, (), ""
    for step in path:
        while typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            members = [member for member in inside if member is not types.NoneType]
            if len(members) > 1:
                continue  # the step names a member of the union
            annotation, origin, inside = members[0], typing.get_origin(members[0]), typing.get_args(members[0])
        if step == "[key]":
            annotation, rules = inside[0] if origin is dict else None, ()
            continue
        steps.append(step)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
            field = {info.alias or name: info for name, info in model.model_fields.items()}.get(step)
            extra = field.json_schema_extra if field is not None else None
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            annotation, rules = (field.annotation, tuple(field.metadata)) if field is not None else (None, ())
        else:
            annotation = inside[1] if origin is dict else inside[0] if origin is list else None
            parameters = typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()
            rules, unit = tuple(chain.from_iterable(getattr(each, "metadata", (each,)) for each in parameters)), ""
    return ErrorLocation(tuple(steps), model, annotation, rules, unit)


def allowed_words(annotation: Any) -> list[str]:
    """Return the words that a field allows, if it is a choice of words."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [*chain.from_iterable(map(allowed_words, typing.get_args(annotation)))]
    named = typing.get_args(annotation) if typing.get_origin(annotation) is Literal else ()
    return [word for word in named if isinstance(word, str)]


def describe_error(kind: str, message: str, context: Mapping[str, Any], location: ErrorLocation) -> str:
    """Return the description of a pydantic error in plain words."""
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch":
        return NAME_RULE
    if kind == "too_long":
        return f"has too many entries; at most {context['max_length']} allowed"
    if kind == "string_too_long":
        return f"is too long; at most {context['max_length']} characters allowed"
    if kind == "too_short":
        return f"has too few entries; at least {context['min_length']} needed"
    if kind in {"dict_type", "model_type"}:
        return "should be a table"
    if kind in {"greater_than_equal", "less_than_equal"} and location.allowed_range:
        return location.allowed_range
    problem = message.replace("Input should be", "should be")
    return f"{problem}; {location.allowed_range}" if location.allowed_range else problem


def convert_errors(error: ValidationError, model: type[BaseModel]) -> Iterator[InputError]:
    """Convert a validation error into input errors with ranges and suggestions."""
    reported = set()
    for detail in error.errors(include_url=False):
        location = locate_error(model, detail["loc"])
        where, value = ".".join(map(str, location.path)), detail["input"]
        if where in reported:
            continue  # each member of a union gives an error
        reported.add(where)
        if detail["type"] == "extra_forbidden":
            known = {info.alias or name for name, info in location.model.model_fields.items()}
            yield unknown_path(where, where, str(location.path[-1]), known, "key")
        elif detail["type"] == "literal_error" and isinstance(value, str) and allowed_words(location.wanted):
            yield InputError.unknown_name(where, value, allowed_words(location.wanted), "choice")
        else:
            omits_value = detail["type"] in {"missing", "too_short", "too_long"}
            problem = describe_error(detail["type"], detail["msg"], detail.get("ctx", {}), location)
            yield InputError(where, "" if omits_value else value, problem)
