"""The file of a study: its keys, the values they allow, and the errors of an invalid file."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from model.errors import InputError, ScenarioError
from model.former_names import STUDY_KEYS, current_path, find_doubled, warn
from model.measures import OVERALL

MAX_POINTS = 10_000_000
KINDS = ("mean", "end")
INDICATORS = tuple(f"{kind}_{indicator.name}" for kind in KINDS for indicator in OVERALL)
FACTORS = ("levers", "uncertainties")
SHAPES: dict[str, tuple[str, ...]] = {  # the distributions of a factor, with the numbers that each needs
    "uniform": (), "log": (), "normal": ("mean", "sd"), "triangular": ("mode",),
}  # fmt: skip
DESIGN_SETTINGS: dict[str, dict[str, Any]] = {  # the settings that each kind of design uses, with their defaults
    "grid": {"seed": 1},
    "latin": {"points": 256, "seed": 1},
    "sobol": {"points": 256, "seed": 1, "second_order": False},
    "morris": {"points": 256, "seed": 1},
    "table": {},
}
RANGE = "should be [LOW, HIGH] with two finite numbers, or { values = [...] }, or { low, high, steps }"
DEFAULT_INDICATORS = ("mean_trust", "mean_tension", "mean_contact", "end_deal_progress")


class StudySection(BaseModel):
    """A table of a study file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Values(StudySection):
    """The values of a factor: a list, or a range with a distribution and, for a grid, its number of steps.

    The distributions are truncated to the range. mean, sd: of a normal one; mode: of a triangular one.
    """

    values: list[float | int | bool | str] | None = Field(None, min_length=1, max_length=10_000)
    low: float | None = None
    high: float | None = None
    steps: int | None = Field(None, ge=2, le=10_000)
    distribution: Literal["uniform", "log", "normal", "triangular"] | None = None
    mean: float | None = None
    sd: float | None = Field(None, gt=0)
    mode: float | None = None


class StudyDesign(StudySection):
    """The design: how points are placed over the factors. Settings that its kind does not use are None.

    points: of a Latin hypercube, the points; of a Sobol design, the base sample N, a power of two; of a Morris
    design, the trajectories. seed: of the sample, or of the order of a grid's points.
    """

    kind: Literal["grid", "latin", "sobol", "morris", "table"] = "latin"
    points: int | None = Field(None, ge=1, le=MAX_POINTS)
    seed: int | None = Field(None, ge=0, le=2**31 - 1)
    second_order: bool | None = None
    file: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        kind = data.get("kind", "latin")
        defaults = DESIGN_SETTINGS.get(kind, {}) if isinstance(kind, str) else {}
        return {**defaults, **{key: value for key, value in data.items() if value is not None}}


class StudyFile(StudySection):
    """The keys of a study file."""

    name: str = Field(min_length=1, max_length=255)
    question: str = Field(min_length=1, max_length=500)
    scenario: str
    changes: dict[str, float | int | bool | str] = Field(default_factory=dict)
    rounds: int | None = Field(None, ge=1, le=1200)
    replications: int = Field(20, ge=1, le=100_000)
    seed: int = Field(1, ge=0, le=2**62)
    indicators: list[str] = Field(default_factory=lambda: list(DEFAULT_INDICATORS), max_length=len(INDICATORS))
    metrics: dict[str, str] = Field(default_factory=dict)
    stop_when: str | None = None
    keep: Literal["summaries", "bands", "trajectories"] = "summaries"
    common_random_numbers: bool = True
    space: Literal["scenario", "plausible"] = "scenario"
    sample: str | None = None
    design: StudyDesign = Field(default_factory=lambda: StudyDesign.model_validate({}))
    levers: dict[str, list[float | int] | Values] = Field(default_factory=dict)
    uncertainties: dict[str, list[float | int] | Values] = Field(default_factory=dict)

    @field_validator("indicators")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in INDICATORS:
                raise ValueError(str(InputError.unknown_name("indicators", name, INDICATORS, "indicator")))
        return names


def validate_study_file(data: Mapping[str, Any], where: str = "study") -> StudyFile:
    """Validate the data of a study file. Raises ScenarioError with all errors found."""
    data = _current_names(data, where)
    try:
        return StudyFile.model_validate(data)
    except ValidationError as error:
        errors = {str(one): one for each in error.errors() for one in _explain_error(each, data)}
        raise ScenarioError(list(errors.values())) from None


def python_data(value: Any) -> Any:
    """Return data with NumPy arrays and scalars, pandas columns, tuples, ranges and paths as lists and plain values."""
    if isinstance(value, Mapping):
        return {key: python_data(each) for key, each in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, tuple | list | range):
        return [python_data(each) for each in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def unused_settings(file: StudyFile) -> list[InputError]:
    """Return an error for each setting of a study that has no effect in its kind of design."""
    kind = file.design.kind
    errors = []
    for name in ("points", "seed", "second_order"):
        if name not in DESIGN_SETTINGS[kind] and (value := getattr(file.design, name)) is not None:
            kinds = " or ".join(f"`{each}`" for each, used in DESIGN_SETTINGS.items() if name in used)
            errors.append(InputError(f"design.{name}", value, _no_effect(kind, kinds)))
    for group in FACTORS:
        for path, written in getattr(file, group).items():
            if not isinstance(written, Values) or written.values is not None:
                continue
            if kind != "grid" and written.steps is not None:
                errors.append(InputError(f"{group}.{path}.steps", written.steps, _no_effect(kind, "`grid`")))
            if kind in ("grid", "table") and written.distribution is not None:
                problem = _no_effect(kind, "`latin`, `sobol` or `morris`")
                errors.append(InputError(f"{group}.{path}.distribution", written.distribution, problem))
    return errors


def _no_effect(kind: str, kinds: str) -> str:
    return f"has no effect in a design of kind `{kind}`; remove it, or use the kind {kinds}"


def _current_names(data: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the data of a study with current names; warn about former ones. Raises ScenarioError for doubled ones."""
    current, renamed = dict(data), []
    errors = find_doubled({str(key): STUDY_KEYS.get(key, str(key)) for key in data})
    for former, key in STUDY_KEYS.items():
        if former in current and key not in current:
            renamed.append((former, key))
            current[key] = current.pop(former)
    for table in (*FACTORS, "changes"):
        if isinstance(current.get(table), Mapping):
            paths = {path: current_path(str(path)) for path in current[table]}
            errors += find_doubled({str(path): now for path, now in paths.items()}, f"{table}.")
            renamed += [(path, now) for path, now in paths.items() if path != now]
            current[table] = {paths[path]: value for path, value in current[table].items()}
    if errors:
        raise ScenarioError(errors)
    warn(renamed, where)
    return current


def _explain_error(error: Any, data: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield the errors that explain one pydantic error, with a suggestion for an unknown key."""
    group, *inside = error["loc"]
    if group in FACTORS and len(inside) > 1:
        yield from _explain_factor_error(error, f"{group}.{inside[0]}", data[group][inside[0]])
    elif group == "changes" and len(inside) > 1:
        yield _with_value(f"{group}.{inside[0]}", error["input"], "should be a finite number, a string, true or false")
    elif error["type"] == "value_error":  # raised by a validator above, with a complete message
        yield InputError(str(group), "", error["msg"].removeprefix(f"Value error, {group}: "))
    else:
        path, section = ".".join(map(str, error["loc"])), StudyFile if not inside else StudyDesign
        is_unknown = error["type"] == "extra_forbidden"
        unknown = InputError.unknown_name(path, error["loc"][-1], section.model_fields, "key of a study")
        yield unknown if is_unknown else _with_value(path, error["input"], error["msg"])


def _explain_factor_error(error: Any, where: str, written: Any) -> Iterator[InputError]:
    """Yield the error of the form in which a factor is written; pydantic reports one for every allowed form."""
    _, _, form, *inside = error["loc"]
    if not isinstance(written, Mapping):
        yield InputError(where, "", f"{RANGE} (found {written})")
    elif form == "Values" and error["type"] == "extra_forbidden":
        yield InputError.unknown_name(f"{where}.{inside[-1]}", inside[-1], Values.model_fields, "key of a factor")
    elif form == "Values" and len(inside) > 1:
        yield _with_value(f"{where}.{inside[0]}", error["input"], "should hold finite numbers, strings, true or false")
    elif form == "Values":
        yield _with_value(".".join((where, *inside)), error["input"], error["msg"])


def _with_value(path: str, value: Any, problem: str) -> InputError:
    """Return an error with the value found; a list is quoted in the message."""
    return (
        InputError(path, "", f"{problem} (found {value})")
        if isinstance(value, list)
        else InputError(path, value, problem)
    )
