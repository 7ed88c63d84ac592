"""A study: a question, the factors it varies, the design of its points, and what it stores.

A study is validated like a scenario: all errors at once, each with its path, its value and what is allowed.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.ensembles.metrics import WorldMeasures, parse_measures
from experiments.ensembles.plausible import PlausibleSample
from experiments.ensembles.plausible_worlds import find_sample
from experiments.studies.design import design_errors, design_points, design_size, unit_points
from experiments.studies.factor import Factor, resolve_factor
from experiments.studies.point_table import read_points
from experiments.studies.study_file import (
    FACTORS,
    MAX_POINTS,
    StudyFile,
    python_data,
    unused_settings,
    validate_study_file,
)
from model.errors import InputError, ScenarioError, collect_errors, make_printable
from model.former_names import current_scenario
from model.loading import apply_changes, build_scenario, parse_toml, read_scenario
from model.parameter_space import every_parameter
from model.scenario import Scenario

STUDIES_FOLDER = Path(__file__).parent
MAX_STUDY_BYTES = 2**20
MAX_TRIED = 50  # numbers of a list that are tried in the scenario; the range of all is checked


class Study(NamedTuple):
    """A validated study: its file, its scenario as plain data, and its factors in the order of the file."""

    file: StudyFile
    scenario_data: dict[str, Any]
    factors: tuple[Factor, ...]
    table: pd.DataFrame | None = None  # the points of a design of kind `table`, or those stored with results
    sample: PlausibleSample | None = None  # of a study over plausible worlds; not stored with results

    def __repr__(self) -> str:
        factors = ", ".join(factor.path for factor in self.factors)
        return f"Study({self.name!r}: {self.file.scenario}, {self.size:,} points of {factors})"

    @property
    def name(self) -> str:
        """Return the name of the study."""
        return self.file.name

    @property
    def rounds(self) -> int:
        """Return the number of rounds of a run."""
        return int(self.file.rounds or self.scenario_data.get("rounds", 60))

    @property
    def measures(self) -> WorldMeasures:
        """Return the metrics and the stopping condition of the study."""
        return parse_measures(self.file.metrics, self.file.stop_when, self.scenario_data["negotiations"])

    @property
    def value_columns(self) -> list[str]:
        """Return the columns of a run that hold numbers: indicators, rounds played, metrics."""
        return [*self.file.indicators, *self.measures.columns]

    @property
    def size(self) -> int:
        """Return the number of points of the whole design."""
        return design_size(self.file.design, self.factors) if self.table is None else len(self.table)

    def scenario_at(self, values: Mapping[str, Any] = {}) -> Scenario:
        """Return the scenario of a point. Raises ScenarioError if its values are inconsistent."""
        return build_scenario(apply_changes(self.scenario_data, values))

    def unit_points(self) -> np.ndarray:
        """Return the points as shares of the factors' ranges, float64 [point, factor]; not for grids or tables."""
        return unit_points(self.file.design, self.factors)

    def points(self) -> pd.DataFrame:
        """Return the factor values of each point, [point, factor], in the order of the design."""
        return design_points(self.file.design, self.factors) if self.table is None else self.table


def shipped_studies() -> list[str]:
    """Return the names of the studies that come with the package."""
    return sorted(path.stem for path in STUDIES_FOLDER.glob("*.toml"))


def load_study(name: str | Path | Mapping[str, Any]) -> Study:
    """Load a study by name, path or plain data. Raises ScenarioError with all errors found.

    Plain data may contain NumPy arrays and scalars, pandas columns, tuples and ranges. A design of kind `table` may
    contain its points as ``table``: a pandas frame with one column per factor.
    """
    if isinstance(name, Mapping):
        design = name.get("design")
        table = design.get("table") if isinstance(design, Mapping) else None
        if isinstance(design, Mapping):
            name = {**name, "design": {key: value for key, value in design.items() if key != "table"}}
        return _check(validate_study_file({"name": "study", **python_data(name)}), Path(), table)
    path = _locate(name)
    data = {"name": make_printable(path.stem), **_read(path)}
    return _check(validate_study_file(data, path.name), path.parent)


def restore_study(facts: Mapping[str, Any], scenario: dict[str, Any], points: pd.DataFrame) -> Study:
    """Rebuild a study from what a results folder stores, without its original files."""
    facts = dict(facts)
    for group in FACTORS:  # earlier versions stored steps for listed values too
        for path, written in (facts.get(group) or {}).items():
            if isinstance(written, Mapping) and written.get("values") is not None:
                facts[group] = {**facts[group], path: {"values": written["values"]}}
    file, data = validate_study_file(facts), current_scenario(scenario)
    factors, errors = _resolve_factors(file, data)
    if errors:
        raise ScenarioError(errors)
    return Study(file, data, factors, points)


def _locate(name: str | Path) -> Path:
    if not isinstance(name, str | Path):
        raise ScenarioError([InputError("study", name, "must be a name, a path or plain data")])
    shipped_path, path = STUDIES_FOLDER / f"{name}.toml", Path(name)
    if str(name) in shipped_studies():
        return shipped_path
    if os.path.isfile(path):  # unlike Path.is_file, it accepts names of any length
        return path
    raise ScenarioError([InputError.unknown_name("study", str(name), shipped_studies(), "study or file")])


def _read(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_STUDY_BYTES:
        problem = "a study file has at most 1 MiB (value in bytes)"
        raise ScenarioError([InputError(str(path), path.stat().st_size, problem)])
    try:
        return parse_toml(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read as TOML: {error}")]) from None


def _check(file: StudyFile, folder: Path, table: Any = None) -> Study:
    """Check a study against its scenario: factors must be declared there and stay within their ranges."""
    rounds = {"rounds": file.rounds} if file.rounds else {}
    data = apply_changes(read_scenario(file.scenario), {**file.changes, **rounds})
    factors, errors = _resolve_factors(file, data)
    varied = {factor.path for factor in factors}
    errors += [InputError(f"changes.{path}", "", "is a factor as well") for path in file.changes if path in varied]
    study, design = Study(file, data, factors), file.design
    errors += [*design_errors(design, factors), *unused_settings(file)]
    if file.sample is not None and file.space != "plausible":
        errors.append(InputError("sample", file.sample, 'has an effect only with space = "plausible"'))
    given = [each is not None for each in (design.file, table)]
    if given.count(True) != (design.kind == "table"):
        problem = "is required for the kind `table` (from Python, `table` instead), and not allowed for others"
        errors.append(InputError("design.file", design.file or "", problem))
    try:
        _ = study.measures
    except ScenarioError as error:
        errors += error.errors
    if errors:
        raise ScenarioError(collect_errors(errors))
    if errors := [error for each in factors for error in _unusable_values(study, each)]:
        raise ScenarioError(collect_errors(errors))
    if design.kind == "table":
        study = study._replace(table=read_points(folder / design.file if design.file else table, factors))
    if file.space == "plausible":
        study = study._replace(sample=find_sample(folder / file.sample if file.sample else None))
    if study.size > MAX_POINTS:
        raise ScenarioError([InputError("design", study.size, f"a study has at most {MAX_POINTS:,} points")])
    return study


def _resolve_factors(file: StudyFile, data: dict[str, Any]) -> tuple[tuple[Factor, ...], list[InputError]]:
    """Return the factors of a study in the order of its file, and the errors in them."""
    known = {parameter.path: parameter for parameter in every_parameter(build_scenario(data))}
    factors: list[Factor] = []
    errors: list[InputError] = []
    for group in FACTORS:
        for path, written in getattr(file, group).items():
            resolved = resolve_factor(f"{group}.{path}", path, written, group == "levers", known)
            if isinstance(resolved, Factor):
                factors.append(resolved)
            else:
                errors += resolved
    if not factors and not errors:
        errors.append(InputError("levers", "", "name at least one lever or uncertainty to vary"))
    errors += [
        InputError(path, "", "is listed under levers and under uncertainties")
        for path in file.levers
        if path in file.uncertainties
    ]
    return tuple(factors), errors


def _unusable_values(study: Study, factor: Factor) -> list[InputError]:
    """Return the errors of the listed values that the scenario refuses, for example a misspelt doctrine."""
    errors: dict[str, InputError] = {}
    values = list(dict.fromkeys(factor.values or ()))
    is_text = any(isinstance(value, str) for value in values)
    for value in values if is_text else values[:MAX_TRIED]:
        if len(errors) >= MAX_TRIED:
            break
        try:
            study.scenario_at({factor.path: value})
        except ScenarioError as error:
            errors |= {str(each): each for each in error.errors}
    return list(errors.values())
