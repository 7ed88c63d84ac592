"""The file of a calibration: parameters with their ranges, and the targets that they should meet."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.calibration.estimators import Estimator, measure_estimator, pattern_estimator
from model.errors import InputError, ScenarioError, collect_errors
from model.loading import parse_toml
from model.parameter_space import declared_parameters

SHIPPED_TARGETS = Path(__file__).with_name("targets.toml")
MAX_TARGET_BYTES = 2**20
MAX_PARAMETERS, MAX_TARGETS = 100, 200


class Table(BaseModel):
    """A table of a targets file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class TargetTable(Table):
    """A target as written.

    pattern, test: a test of a pattern of ``detente validate``; or measure, scenario, changes, against: the mean of a
    measure in a scenario with changes, or its mean difference from the same worlds with other changes. value, or
    between: what was observed; by default the bounds of the test. tolerance: standard deviation of the error of
    observation and of the model. use: to rule points out, or only to be predicted.
    """

    name: str = Field(min_length=1, max_length=200)
    pattern: str | None = None
    test: str | None = None
    measure: str | None = None
    scenario: str | None = None
    changes: dict[str, float | int | bool | str] = Field(default_factory=dict)
    against: dict[str, float | int | bool | str] | None = None
    value: float | None = None
    between: list[float] | None = Field(None, min_length=2, max_length=2)
    tolerance: float = Field(gt=0)
    source: str = ""
    use: Literal["fit", "prediction"] = "fit"


class TargetsFile(Table):
    """A targets file: the prior range of each parameter, and the targets in the order in which they are tested."""

    parameters: dict[str, list[float]] = Field(min_length=1, max_length=MAX_PARAMETERS)
    targets: list[TargetTable] = Field(min_length=1, max_length=MAX_TARGETS)


class Target(NamedTuple):
    """A target: the bounds of what was observed (equal for a value), its tolerance, and its estimator."""

    name: str
    estimator: Estimator
    low: float
    high: float
    tolerance: float
    source: str
    is_fitted: bool

    def implausibility(self, value: float, variance: float) -> float:
        """Return the distance of an estimate from what was observed, in standard deviations (Vernon et al. 2010).

        I = distance from the bounds / sqrt(variance + tolerance^2); 0 between the bounds, infinite if undefined.
        """
        if value != value:
            return float("inf")
        distance = max(self.low - value, value - self.high, 0.0)
        return distance / (max(variance, 0.0) + self.tolerance**2) ** 0.5


class PriorRange(NamedTuple):
    """The range of a parameter that is searched: uniform, independent of the others."""

    path: str
    low: float
    high: float


class Targets(NamedTuple):
    """A checked targets file, with its content as JSON."""

    parameters: tuple[PriorRange, ...]
    targets: tuple[Target, ...]
    source: str

    @property
    def digest(self) -> str:
        """Return the hash of the content."""
        return hashlib.sha256(self.source.encode()).hexdigest()[:16]

    @property
    def fitted(self) -> list[Target]:
        """Return the targets that rule points out."""
        return [each for each in self.targets if each.is_fitted]

    @property
    def predicted(self) -> list[Target]:
        """Return the targets that are only predicted."""
        return [each for each in self.targets if not each.is_fitted]


def load_targets(source: str | Path | Mapping[str, Any] = SHIPPED_TARGETS) -> Targets:
    """Load targets from a file or plain data. Raises ScenarioError with all errors found."""
    data = dict(source) if isinstance(source, Mapping) else _read(Path(source))
    try:
        file = TargetsFile.model_validate(data)
    except ValidationError as error:
        raise ScenarioError([_explain(each) for each in error.errors()]) from None
    errors: list[InputError] = []
    ranges = _check_ranges(file, errors)
    targets = [each for at, table in enumerate(file.targets) if (each := _check_target(at, table, errors))]
    names = [table.name for table in file.targets]
    doubled = dict.fromkeys(name for name in names if names.count(name) > 1)
    errors += [InputError("targets", name, "is the name of two targets") for name in doubled]
    if not errors and not any(each.is_fitted for each in targets):
        errors.append(InputError("targets", "", 'at least one needs use = "fit"'))
    if errors:
        raise ScenarioError(collect_errors(errors))
    return Targets(tuple(ranges), tuple(targets), json.dumps(file.model_dump(mode="json"), sort_keys=True))


def _read(path: Path) -> dict[str, Any]:
    if not os.path.isfile(path):
        raise ScenarioError([InputError("targets", str(path), "is not a file")])
    if path.stat().st_size > MAX_TARGET_BYTES:
        raise ScenarioError([InputError(str(path), path.stat().st_size, "a targets file has at most 1 MiB")])
    try:
        return parse_toml(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read as TOML: {error}")]) from None


def _explain(error: Any) -> InputError:
    """Return the error of one pydantic error, with a suggestion for an unknown key."""
    inside = error["loc"]
    path = ".".join(str(each) for each in error["loc"])
    if error["type"] == "extra_forbidden":
        keys = TargetTable.model_fields if len(inside) > 1 else TargetsFile.model_fields
        return InputError.unknown_name(path, str(error["loc"][-1]), keys, "key of a targets file")
    return InputError(path, "" if error["type"] == "missing" else str(error["input"])[:80], error["msg"])


def _check_ranges(file: TargetsFile, errors: list[InputError]) -> list[PriorRange]:
    """Return the ranges of all parameters; add an error for each that is unknown, an integer, or out of range."""
    known = {each.path: each for each in declared_parameters() if not any(map(str.isupper, each.path.split(".")))}
    ranges = []
    for path, limits in file.parameters.items():
        where, declared = f"parameters.{path}", known.get(path)
        if declared is None:
            errors.append(InputError.unknown_name(where, path, known, "parameter of the model"))
        elif len(limits) != 2 or not limits[0] < limits[1]:
            errors.append(InputError(where, str(limits), "should be [LOW, HIGH] with LOW below HIGH"))
        elif declared.whole:
            errors.append(InputError(where, "", "is an integer: only real parameters can be calibrated"))
        elif not declared.low <= limits[0] < limits[1] <= declared.high:
            errors.append(InputError(where, str(limits), f"allowed is {declared.low:g} to {declared.high:g}"))
        else:
            ranges.append(PriorRange(path, *limits))
    return ranges


def _check_target(at: int, table: TargetTable, errors: list[InputError]) -> Target | None:
    """Return a target, or None; add what is wrong with it to the errors."""
    where = f"targets.{at} ({table.name})"
    if (table.pattern is None) == (table.measure is None):
        errors.append(InputError(where, "", "needs either a pattern or a measure"))
        return None
    make = pattern_estimator if table.pattern is not None else measure_estimator
    try:
        estimator, bounds, source = make(table)
    except ScenarioError as error:
        errors += [each._replace(path=f"{where}: {each.path}") for each in error.errors]
        return None
    if table.value is not None and table.between is not None:
        errors.append(InputError(where, "", "has both a value and between"))
    if table.value is not None:
        bounds = table.value, table.value
    if table.between is not None:
        bounds = table.between[0], table.between[1]
    if bounds is None or not bounds[0] <= bounds[1]:
        errors.append(InputError(where, str(table.between or ""), "needs a value, or between = [LOW, HIGH]"))
        return None
    if table.use == "fit" and estimator.is_held_back:
        problem = 'is held back from all tuning: use = "prediction"'
        errors.append(InputError(f"{where}: use", table.use, problem))
    return Target(table.name, estimator, *bounds, table.tolerance, table.source or source, table.use == "fit")
