"""The columns of a design: values of some parameters, one for each point, checked all at once.

A *settable* path leads to a number with a range, a boolean (switches included) or a doctrine: its values only set
cells of the world. Values of a *structural* path (text, or the number of rungs in a step) change what the world
consists of.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from annotated_types import Ge, Le
from pydantic import BaseModel

from model.enumerations import Doctrine
from model.errors import InputError, ScenarioError, collect_errors
from model.former_names import current_changes
from model.scenario import Negotiation, Rung, Scenario, StateSpec

# Numbers and switches that change what the world consists of, or what the scenario has to contain.
STRUCTURAL_FIELDS = {(Negotiation, "bundling"), (Rung, "needs_verification")}
UNCHANGED = object()  # in a column of a structural path: the point leaves the scenario as it is
NUMBERS = (int, float, np.integer, np.floating)


class Domain(NamedTuple):
    """What a settable path allows: numbers in a range, booleans, or names, each with a number.

    kind: float, int, bool or str.
    """

    kind: type
    low: float = 0.0
    high: float = 1.0
    names: Mapping[str, int] = MappingProxyType({})

    @property
    def allowed(self) -> str:
        """Return what is allowed, as text."""
        if self.kind is bool:
            return "allowed is true or false"
        if self.kind is str:
            return f"allowed is {', '.join(self.names)}"
        return f"allowed is {'an integer, ' * (self.kind is int)}{self.low:g} to {self.high:g}"


class DesignColumns(NamedTuple):
    """The checked columns of a design, by dotted path.

    values: as given, but numbers and booleans as float64, int64 or bool, [point]. settable: the columns of settable
    paths, with doctrines as numbers. structural: those of structural paths, as lists. points: number of points.
    """

    values: dict[str, np.ndarray]
    settable: dict[str, np.ndarray]
    structural: dict[str, list[Any]]
    points: int


def path_domain(scenario: Scenario, path: str) -> Domain | None:
    """Return the domain of a settable path; None for a structural path, or one that does not exist."""
    *steps, name = path.split(".")
    if steps[:1] == ["negotiations"] and steps[2:] == ["attitudes"] and steps[1] in scenario.negotiations:
        third_states = scenario.states.keys() - {*scenario.negotiations[steps[1]].parties}
        return Domain(float, -1.0, 1.0) if name in third_states else None
    section = _section_at(scenario, steps)
    field = type(section).model_fields.get(name) if section is not None else None
    if field is None or (type(section), name) in STRUCTURAL_FIELDS:
        return None
    if isinstance(section, StateSpec) and name == "doctrine":
        return Domain(str, names={each.name: int(each) for each in Doctrine})
    if field.annotation is bool:
        return Domain(bool)
    low = [rule.ge for rule in field.metadata if isinstance(rule, Ge)]
    high = [rule.le for rule in field.metadata if isinstance(rule, Le)]
    if field.annotation not in (int, float) or not low or not high:
        return None
    return Domain(field.annotation, float(low[0]), float(high[0]))  # type: ignore[arg-type]


def _section_at(scenario: Scenario, steps: list[str]) -> BaseModel | None:
    """Return the section inside a scenario at some steps; a relation that is not given is neutral."""
    match steps:
        case ["relations", one, other] if one != other and {one, other} <= scenario.states.keys():
            return scenario.relation(one, other)
        case []:
            return None
    node: Any = scenario
    for step in steps:
        if isinstance(node, BaseModel):
            node = getattr(node, step) if step in type(node).model_fields else None
        else:
            node = node.get(step)
        if not isinstance(node, BaseModel | dict):
            return None
    return node if isinstance(node, BaseModel) else None


def current_value(scenario: Scenario, path: str) -> Any:
    """Return the value of a scenario at a path, or UNCHANGED if there is none."""
    *steps, name = path.split(".")
    if steps[:1] == ["negotiations"] and steps[2:] == ["attitudes"] and steps[1] in scenario.negotiations:
        return scenario.negotiations[steps[1]].attitudes.get(name, 0.0)
    section = _section_at(scenario, steps)
    return getattr(section, name) if section is not None and name in type(section).model_fields else UNCHANGED


def point_columns(scenario: Scenario, points: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of a design from the changes of each point; unchanged values are those of the scenario."""
    points = [current_changes(point) for point in points]
    paths = dict.fromkeys(path for point in points for path in point)
    return {
        path: [point.get(path, own) for point in points] for path in paths for own in [current_value(scenario, path)]
    }


def check_columns(scenario: Scenario, design: Any) -> DesignColumns:
    """Return the columns of a design. Raises ScenarioError with all errors: path, row, value and what is allowed.

    design: by dotted path, the values of the points as a list, a NumPy array or a pandas column, or one value for all
    points; or a DataFrame of such columns.
    """
    if hasattr(design, "columns"):
        design = {str(name): design[name] for name in design.columns}
    if not isinstance(design, Mapping) or not design:
        raise ScenarioError([InputError("design", "", "must be a dict of dotted paths and columns, and not empty")])
    columns = {path: as_array(values) for path, values in current_changes(design).items()}
    points = max((len(column) for column in columns.values() if column is not None and column.ndim == 1), default=1)
    errors = [error for path, column in columns.items() if (error := _shape_error(path, column, points)) is not None]
    errors += [
        InputError(path, "", f"is inside `{table}`, which has a column of its own")
        for path in columns
        for table in columns
        if path.startswith(f"{table}.")
    ]
    if errors:
        raise ScenarioError(errors)
    checked = DesignColumns({}, {}, {}, points)
    wrong: list[Iterator[InputError]] = []
    for path, column in columns.items():
        values, domain = np.broadcast_to(column, points), path_domain(scenario, path)  # type: ignore[arg-type]
        checked.values[path] = values
        if domain is None:
            checked.structural[path] = [_integer_if_whole(scenario, path, value) for value in values.tolist()]
            continue
        checked.settable[path], is_wrong = _converted(values, domain)
        wrong.append(_value_errors(path, values, is_wrong, domain))
        if domain.kind is not str:
            checked.values[path] = checked.settable[path]
    if errors := collect_errors(*wrong):
        raise ScenarioError(errors)
    return checked


def as_array(values: Any) -> np.ndarray | None:
    """Return a column as an array that keeps each value's type, a single value as one without axes; else None."""
    if isinstance(values, list | tuple | range):
        column = np.empty(len(values), object)
        for row, value in enumerate(values):
            column[row] = value
        return column
    if isinstance(values, np.ma.MaskedArray):
        column = values.data.astype(object)
        column[np.ma.getmaskarray(values)] = None
        return column
    if isinstance(values, str | bool | int | float):
        single = np.empty((), object)
        single[()] = values
        return single
    return np.asarray(values) if hasattr(values, "__array__") else None


def _integer_if_whole(scenario: Scenario, path: str, value: Any) -> Any:
    """Return a whole number as an integer where the scenario has one, since pandas often makes it a float."""
    whole = isinstance(value, float) and value.is_integer() and isinstance(current_value(scenario, path), int)
    return int(value) if whole else value


def _shape_error(path: str, column: np.ndarray | None, points: int) -> InputError | None:
    if column is None or column.ndim > 1:
        return InputError(path, "", "must be a column of values, one for each point")
    if column.ndim == 1 and not len(column):
        return InputError(path, "", "holds no values")
    if column.ndim == 1 and len(column) != points:
        return InputError(path, len(column), f"needs {points} values, as many as the longest column")
    if path == "rounds":
        return InputError(path, "", "cannot differ between the points of a design")
    return None


def _converted(values: np.ndarray, domain: Domain) -> tuple[np.ndarray, np.ndarray]:
    """Return a column as numbers or booleans, and where it is wrong: bool [point]."""
    if domain.kind is str:
        numbers = np.array([domain.names.get(each, -1) if isinstance(each, str) else -1 for each in values.tolist()])
        return numbers, numbers < 0
    if domain.kind is bool:
        wrong = np.array([not isinstance(each, bool | np.bool_) for each in values.tolist()])
        return np.where(wrong, False, values).astype(bool), wrong
    numbers = values.astype(float) if values.dtype.kind in "iuf" else _numbers(values)
    wrong = ~((numbers >= domain.low) & (numbers <= domain.high))  # also where it is not a number
    if domain.kind is int:
        wrong |= numbers != np.floor(numbers)
        return np.where(wrong, 0, numbers).astype(np.int64), wrong
    return numbers, wrong


def _numbers(values: np.ndarray) -> np.ndarray:
    """Return a column of objects as float64 [point], NaN where one is not a number, infinite if it is too large."""
    numbers = np.full(len(values), np.nan)
    for row, each in enumerate(values.tolist()):
        if isinstance(each, NUMBERS) and not isinstance(each, bool):
            try:
                numbers[row] = each
            except OverflowError:
                numbers[row] = np.inf
    return numbers


def _value_errors(path: str, values: np.ndarray, wrong: np.ndarray, domain: Domain) -> Iterator[InputError]:
    for row in np.flatnonzero(wrong).tolist():
        value = values[row].item() if isinstance(values[row], np.generic) else values[row]
        yield InputError(path, value, f"in row {row}; {domain.allowed}")
