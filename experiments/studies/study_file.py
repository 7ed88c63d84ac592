"""The file of a study: its keys, the values they allow, and the errors of an invalid file."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from model.errors import InputError, ScenarioError
from model.former_names import STUDY_KEYS, current_path, find_doubled, warn
from model.measures import OVERALL

MAX_POINTS = 10_000_000
KINDS = ("mean", "end")
INDICATORS = tuple(f"{kind}_{indicator.name}" for kind in KINDS for indicator in OVERALL)
FACTORS = ("levers", "uncertainties")
RANGE = "should be [LOW, HIGH] with two finite numbers, or { values = [...] }, or { low, high, steps }"
DEFAULT_INDICATORS = ("mean_trust", "mean_tension", "mean_contact", "end_deal_progress")


class StudySection(BaseModel):
    """A table of a study file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Values(StudySection):
    """The values of a factor: a list, or a range and, for a grid, its number of steps."""

    values: list[float | int | bool | str] | None = Field(None, min_length=1, max_length=10_000)
    low: float | None = None
    high: float | None = None
    steps: int = Field(5, ge=2, le=10_000)


class StudyDesign(StudySection):
    """The design: how points are placed over the factors.

    points: of a Latin hypercube, the points; of a Sobol design, the base sample N, a power of two; of a Morris
    design, the trajectories.
    """

    kind: Literal["grid", "latin", "sobol", "morris", "table"] = "latin"
    points: int = Field(256, ge=1, le=MAX_POINTS)
    seed: int = Field(1, ge=0, le=2**31 - 1)
    second_order: bool = False
    file: str | None = None


class StudyFile(StudySection):
    """The keys of a study file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
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
