"""A study: a question, the factors it varies, the design of its points, and what it stores.

A study is validated like a scenario: all errors at once, each with its path, its value and what is allowed.
"""

import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.ensembles.metrics import WorldMeasures, parse_measures
from experiments.studies.study_file import FACTORS, MAX_POINTS, RANGE, StudyFile, Values, validate_study_file
from model.errors import InputError, ScenarioError
from model.former_names import current_path, current_scenario
from model.loading import apply_changes, build_scenario, parse_toml, read_scenario
from model.parameter_space import DeclaredParameter, list_parameters
from model.scenario import Scenario

STUDIES_FOLDER = Path(__file__).parent
MAX_STUDY_BYTES = 2**20


class Factor(NamedTuple):
    """A parameter of the scenario that a study varies, over a range or over listed values."""

    path: str
    lever: bool
    is_integer: bool
    low: float
    high: float
    values: tuple[Any, ...] | None
    steps: int

    def value_at(self, share: float) -> Any:
        """Return the value at a share (0 to 1) of the factor's range or list."""
        if self.values is not None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.is_integer:  # each integer has an equal part of the range
            return min(int(self.low + share * (self.high - self.low + 1)), int(self.high))
        return float(self.low + share * (self.high - self.low))

    def grid_values(self) -> tuple[Any, ...]:
        """Return the values of the factor in a grid design."""
        if self.values is not None:
            return self.values
        values = [self.low + (self.high - self.low) * step / (self.steps - 1) for step in range(self.steps)]
        return tuple(dict.fromkeys(round(value) if self.is_integer else float(value) for value in values))


class Study(NamedTuple):
    """A validated study: its file, its scenario as plain data, and its factors in the order of the file."""

    file: StudyFile
    scenario_data: dict[str, Any]
    factors: tuple[Factor, ...]
    table: pd.DataFrame | None = None  # the points, for a design of kind `table`

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
        design, factors = self.file.design, len(self.factors)
        if design.kind == "grid":
            return int(np.prod([len(factor.grid_values()) for factor in self.factors]))
        if design.kind == "sobol":
            return design.points * (2 * factors + 2 if design.second_order else factors + 2)
        if design.kind == "morris":
            return design.points * (factors + 1)
        return len(self.table) if self.table is not None else design.points

    def scenario_at(self, values: Mapping[str, Any] = {}) -> Scenario:
        """Return the scenario of a point. Raises ScenarioError if its values are inconsistent."""
        return build_scenario(apply_changes(self.scenario_data, values))

    def unit_points(self) -> np.ndarray:
        """Return the points as shares of the factors' ranges, float64 [point, factor]; not for grids or tables."""
        design, factors = self.file.design, len(self.factors)
        if design.kind == "latin":
            from scipy.stats import qmc

            return qmc.LatinHypercube(factors, rng=design.seed).random(design.points)
        if design.kind == "sobol":
            from SALib.sample import sobol

            return sobol.sample(
                self.salib_problem(), design.points, calc_second_order=design.second_order, seed=design.seed
            )
        from SALib.sample import morris

        return morris.sample(self.salib_problem(), design.points, seed=design.seed)

    def salib_problem(self) -> dict[str, Any]:
        """Return the factors as a SALib problem, each from 0 to 1."""
        paths = [factor.path for factor in self.factors]
        return {"num_vars": len(paths), "names": paths, "bounds": [[0.0, 1.0]] * len(paths)}

    def points(self) -> pd.DataFrame:
        """Return the factor values of each point, [point, factor], in the order of the design."""
        paths = [factor.path for factor in self.factors]
        if self.table is not None:
            return self.table
        if self.file.design.kind == "grid":
            return pd.DataFrame(list(itertools.product(*(each.grid_values() for each in self.factors))), columns=paths)
        shares = self.unit_points()
        return pd.DataFrame(
            {each.path: [each.value_at(x) for x in shares[:, at]] for at, each in enumerate(self.factors)}
        )


def shipped_studies() -> list[str]:
    """Return the names of the studies that come with the package."""
    return sorted(path.stem for path in STUDIES_FOLDER.glob("*.toml"))


def load_study(name: str | Path | Mapping[str, Any]) -> Study:
    """Load a study by name, path or plain data. Raises ScenarioError with all errors found."""
    if isinstance(name, Mapping):
        data, folder, where = dict(name), Path(), "study"
    else:
        path = _locate(name)
        data, folder, where = {"name": path.stem, **_read(path)}, path.parent, path.name
    return _check(validate_study_file(data, where), folder)


def restore_study(facts: Mapping[str, Any], scenario: dict[str, Any], points: pd.DataFrame) -> Study:
    """Rebuild a study from what a results folder stores, without its original files."""
    return _check(validate_study_file(facts), Path(), current_scenario(scenario), points)


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


def _check(
    file: StudyFile, folder: Path, scenario: dict[str, Any] | None = None, points: pd.DataFrame | None = None
) -> Study:
    """Check a study against its scenario: factors must be declared there and stay within their ranges."""
    rounds = {"rounds": file.rounds} if file.rounds else {}
    data = scenario or apply_changes(read_scenario(file.scenario), {**file.changes, **rounds})
    known = {parameter.path: parameter for parameter in list_parameters(build_scenario(data))}
    errors: list[InputError] = []
    factors = []
    for group in FACTORS:
        for path, written in getattr(file, group).items():
            resolved = _resolve_factor(f"{group}.{path}", path, written, group == "levers", known)
            (errors if isinstance(resolved, InputError) else factors).append(resolved)  # type: ignore[arg-type]
    if not factors and not errors:
        errors.append(InputError("levers", "", "name at least one lever or uncertainty to vary"))
    paths = [factor.path for factor in factors]
    errors += [
        InputError(path, "", "is listed under levers and under uncertainties")
        for path in {*paths}
        if paths.count(path) > 1
    ]
    study, design = Study(file, data, tuple(factors)), file.design
    try:
        _ = study.measures
    except ScenarioError as error:
        errors += error.errors
    if design.kind == "sobol" and design.points & (design.points - 1):
        errors.append(InputError("design.points", design.points, "a Sobol design needs a power of two"))
    if design.kind == "morris" and len(factors) < 2:
        errors.append(InputError("design.kind", "morris", "a Morris design needs at least two factors"))
    if (design.kind == "table") != (design.file is not None):
        problem = "is required for the kind `table`, and not allowed for others"
        errors.append(InputError("design.file", design.file or "", problem))
    if errors:
        raise ScenarioError(errors)
    if design.file is not None:
        study = study._replace(table=_read_table(folder / design.file, study) if points is None else points)
    if errors := [error for each in factors if (error := _unusable_list(study, each)) is not None]:
        raise ScenarioError(errors)
    if study.size > MAX_POINTS:
        raise ScenarioError([InputError("design", study.size, f"a study has at most {MAX_POINTS:,} points")])
    return study


def _unusable_list(study: Study, factor: Factor) -> InputError | None:
    """Return an error if no value of a factor's list can be used, for example because a switch is misspelt."""
    first = None
    for value in factor.values or ():
        try:
            study.scenario_at({factor.path: value})
            return None
        except ScenarioError as error:
            first = first or error.errors[0]
    return first


def _resolve_factor(
    where: str, path: str, written: Any, lever: bool, known: Mapping[str, DeclaredParameter]
) -> Factor | InputError:
    """Return a factor, or the error in it."""
    parameter = known.get(path)
    values = written.values if isinstance(written, Values) else None
    if isinstance(written, Values) and values is not None and (written.low, written.high) != (None, None):
        return InputError(where, "", "has either values, or low, high and steps: not both")
    if parameter is None:
        if values is not None and path.split(".")[0] in ("mechanisms", "states"):
            return Factor(path, lever, False, 0.0, 1.0, tuple(values), 2)  # a switch or a doctrine
        return InputError.unknown_name(where, path, known, "parameter of this scenario that has a range")
    allowed = f"allowed is {parameter.low:g} to {parameter.high:g}"
    if values is not None:
        kind = "an integer" if parameter.whole else "a number"
        for each in values:
            if isinstance(each, bool | str) or (parameter.whole and not isinstance(each, int)):
                return InputError(where, each, f"should be {kind}; {allowed}")
            if not parameter.low <= each <= parameter.high:
                return InputError(where, each, allowed)
        return Factor(path, lever, parameter.whole, 0.0, 1.0, tuple(values), 2)
    if isinstance(written, Values):
        low = parameter.low if written.low is None else written.low
        high = parameter.high if written.high is None else written.high
        steps = written.steps
    elif len(written) == 2:
        low, high, steps = float(written[0]), float(written[1]), 5
    else:
        return InputError(where, "", f"{RANGE} (found {written})")
    if not parameter.low <= low < high <= parameter.high:
        return InputError(where, "", f"{allowed}, lower limit first (found [{low:g}, {high:g}])")
    return Factor(path, lever, parameter.whole, low, high, None, steps)


def _read_table(path: Path, study: Study) -> pd.DataFrame:
    """Return the points of a CSV file with one column per factor."""
    try:
        table: Any = pd.read_csv(path).rename(columns=current_path)
    except (OSError, ValueError) as error:
        raise ScenarioError([InputError("design.file", str(path), f"cannot be read as CSV: {error}")]) from None
    paths = [factor.path for factor in study.factors]
    missing = [name for name in paths if name not in table]
    if missing or len(table.columns) != len(paths):
        problem = f"its columns should be {', '.join(paths)} (found {', '.join(map(str, table.columns))})"
        raise ScenarioError([InputError("design.file", "", problem)])
    if table.empty:
        raise ScenarioError([InputError("design.file", str(path), "holds no points: write one row per point")])
    errors = []
    for each in study.factors:
        if each.values is None:
            numbers: Any = pd.to_numeric(table[each.path], errors="coerce")
            wrong = table[each.path][~numbers.between(each.low, each.high) | (each.is_integer & (numbers % 1 != 0))]
            allowed = f"allowed is {'an integer, ' * each.is_integer}{each.low:g} to {each.high:g}"
            errors += [InputError(f"design.file.{each.path}", value, allowed) for value in wrong]
    if errors:
        raise ScenarioError(errors[:20])
    return table[paths]
