"""A study: a question in one small file, with the factors it varies, the design of its points, and what it keeps.

A study is validated like a scenario: every fault at once, each with its path, its value and what is allowed.
"""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.studies.study_file import FACTORS, MOST_POINTS, RANGE, StudyFile, Values, checked_file
from model.errors import Fault, ScenarioError
from model.loading import build, change, parse, read
from model.parameter_space import DeclaredParameter, settings
from model.scenario import Scenario

SHIPPED = Path(__file__).parent
LARGEST_FILE = 2**20


class Factor(NamedTuple):
    """What a study varies: a declared setting of the scenario, over a range or over listed values."""

    path: str
    lever: bool
    whole: bool
    low: float
    high: float
    values: tuple[Any, ...] | None
    steps: int

    def at(self, share: float) -> Any:
        """Give the value at a share of the way through the factor's range or list."""
        if self.values is not None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.whole:  # every whole number has an equal part of the way
            return min(int(self.low + share * (self.high - self.low + 1)), int(self.high))
        return float(self.low + share * (self.high - self.low))

    def listed(self) -> tuple[Any, ...]:
        """Give the values of a grid."""
        if self.values is not None:
            return self.values
        values = [self.low + (self.high - self.low) * step / (self.steps - 1) for step in range(self.steps)]
        return tuple(dict.fromkeys(round(value) if self.whole else float(value) for value in values))


class Study(NamedTuple):
    """A study that has been checked: its file, the scenario as plain data, and its factors in written order."""

    file: StudyFile
    data: dict[str, Any]
    factors: tuple[Factor, ...]
    table: pd.DataFrame | None = None  # of a design read from a file

    def __repr__(self) -> str:
        factors = ", ".join(factor.path for factor in self.factors)
        return f"Study({self.name!r}: {self.file.scenario}, {self.size:,} points of {factors})"

    @property
    def name(self) -> str:
        """Name the study."""
        return self.file.name

    @property
    def rounds(self) -> int:
        """Give the number of rounds of a run."""
        return int(self.file.rounds or self.data.get("rounds", 60))

    @property
    def size(self) -> int:
        """Count the points of the whole design."""
        design, factors = self.file.design, len(self.factors)
        if design.kind == "grid":
            return int(np.prod([len(factor.listed()) for factor in self.factors]))
        if design.kind == "sobol":
            return design.points * (2 * factors + 2 if design.second_order else factors + 2)
        if design.kind == "morris":
            return design.points * (factors + 1)
        return len(self.table) if self.table is not None else design.points

    def scenario(self, values: Mapping[str, Any] = {}) -> Scenario:
        """Make the scenario of a point. Raises ScenarioError if its values do not go together."""
        return build(change(self.data, values))

    def shares(self) -> np.ndarray:
        """Give where each point lies in the range of each factor: float64 [point, factor] in 0 to 1, not for grids."""
        design, factors = self.file.design, len(self.factors)
        if design.kind == "latin":
            from scipy.stats import qmc

            return qmc.LatinHypercube(factors, rng=design.seed).random(design.points)
        if design.kind == "sobol":
            from SALib.sample import sobol

            return sobol.sample(self.problem(), design.points, calc_second_order=design.second_order, seed=design.seed)
        from SALib.sample import morris

        return morris.sample(self.problem(), design.points, seed=design.seed)

    def problem(self) -> dict[str, Any]:
        """Describe the factors as SALib wants them, each over 0 to 1."""
        paths = [factor.path for factor in self.factors]
        return {"num_vars": len(paths), "names": paths, "bounds": [[0.0, 1.0]] * len(paths)}

    def points(self) -> pd.DataFrame:
        """Give the value of each factor at each point, [point, factor], in the order of the design."""
        paths = [factor.path for factor in self.factors]
        if self.table is not None:
            return self.table
        if self.file.design.kind == "grid":
            return pd.DataFrame(list(itertools.product(*(each.listed() for each in self.factors))), columns=paths)
        shares = self.shares()
        return pd.DataFrame({each.path: [each.at(x) for x in shares[:, at]] for at, each in enumerate(self.factors)})


def shipped() -> list[str]:
    """List the names of the studies that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_study(name: str | Path | Mapping[str, Any]) -> Study:
    """Load a study by name, path or plain data. Raises ScenarioError with every fault found."""
    if isinstance(name, Mapping):
        data, folder = dict(name), Path()
    else:
        path = _locate(name)
        data, folder = {"name": path.stem, **_read(path)}, path.parent
    return _check(checked_file(data), folder)


def kept_study(facts: Mapping[str, Any], scenario: dict[str, Any], points: pd.DataFrame) -> Study:
    """Make a study again from what a folder of results keeps of it, whatever has become of its files since."""
    return _check(checked_file(facts), Path(), scenario, points)


def _locate(name: str | Path) -> Path:
    shipped_path, path = SHIPPED / f"{name}.toml", Path(name)
    if str(name) in shipped():
        return shipped_path
    if path.is_file():
        return path
    raise ScenarioError([Fault.unknown("study", str(name), shipped(), "study or file")])


def _read(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_FILE:
        raise ScenarioError([Fault(str(path), path.stat().st_size, "a study file has at most 1 MiB (bytes)")])
    try:
        return parse(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise ScenarioError([Fault(str(path), "", f"cannot be read as TOML: {error}")]) from None


def _check(
    file: StudyFile, folder: Path, scenario: dict[str, Any] | None = None, points: pd.DataFrame | None = None
) -> Study:
    """Check a study against its scenario: its factors must be declared there, and stay within their ranges."""
    lasting = {"rounds": file.rounds} if file.rounds else {}
    data = scenario or change(read(file.scenario), {**file.changes, **lasting})
    known = {setting.path: setting for setting in settings(build(data))}
    faults: list[Fault] = []
    factors = []
    for group in FACTORS:
        for path, written in getattr(file, group).items():
            found = _factor(f"{group}.{path}", path, written, group == "levers", known)
            (faults if isinstance(found, Fault) else factors).append(found)  # type: ignore[arg-type]
    if not factors and not faults:
        faults.append(Fault("levers", "", "name at least one lever or uncertainty to vary"))
    paths = [factor.path for factor in factors]
    faults += [
        Fault(path, "", "stands under levers and under uncertainties") for path in {*paths} if paths.count(path) > 1
    ]
    design = file.design
    if design.kind == "sobol" and design.points & (design.points - 1):
        faults.append(Fault("design.points", design.points, "a Sobol design wants a power of two"))
    if design.kind == "morris" and len(factors) < 2:
        faults.append(Fault("design.kind", "morris", "a Morris design wants two factors or more"))
    if (design.kind == "table") != (design.file is not None):
        faults.append(Fault("design.file", design.file or "", "goes with the kind `table`, and only with it"))
    if faults:
        raise ScenarioError(faults)
    study = Study(file, data, tuple(factors))
    if design.file is not None:
        study = study._replace(table=_table(folder / design.file, study) if points is None else points)
    if faults := [fault for each in factors if (fault := _unheard_of(study, each)) is not None]:
        raise ScenarioError(faults)
    if study.size > MOST_POINTS:
        raise ScenarioError([Fault("design", study.size, f"a study has at most {MOST_POINTS:,} points")])
    return study


def _unheard_of(study: Study, factor: Factor) -> Fault | None:
    """Find a list of which no value can be used, as of a switch whose name is written wrongly."""
    fault = None
    for value in factor.values or ():
        try:
            study.scenario({factor.path: value})
            return None
        except ScenarioError as error:
            fault = fault or error.faults[0]
    return fault


def _factor(where: str, path: str, written: Any, lever: bool, known: Mapping[str, DeclaredParameter]) -> Factor | Fault:
    """Resolve a factor, or say what is wrong with it."""
    setting = known.get(path)
    values = written.values if isinstance(written, Values) else None
    if isinstance(written, Values) and values is not None and (written.low, written.high) != (None, None):
        return Fault(where, "", "has values, or low, high and steps, not both")
    if setting is None:
        if values is not None and path.split(".")[0] in ("mechanisms", "states"):
            return Factor(path, lever, False, 0.0, 1.0, tuple(values), 2)  # a switch or a doctrine
        return Fault.unknown(where, path, known, "parameter of this scenario that has a range")
    allowed = f"allowed is {setting.low:g} to {setting.high:g}"
    if values is not None:
        kind = "a whole number" if setting.whole else "a number"
        for each in values:
            if isinstance(each, bool | str) or (setting.whole and not isinstance(each, int)):
                return Fault(where, each, f"should be {kind}; {allowed}")
            if not setting.low <= each <= setting.high:
                return Fault(where, each, allowed)
        return Factor(path, lever, setting.whole, 0.0, 1.0, tuple(values), 2)
    if isinstance(written, Values):
        low = setting.low if written.low is None else written.low
        high = setting.high if written.high is None else written.high
        steps = written.steps
    elif len(written) == 2:
        low, high, steps = float(written[0]), float(written[1]), 5
    else:
        return Fault(where, "", f"{RANGE} (found {written})")
    if not setting.low <= low < high <= setting.high:
        return Fault(where, "", f"{allowed}, the lower first (found [{low:g}, {high:g}])")
    return Factor(path, lever, setting.whole, low, high, None, steps)


def _table(path: Path, study: Study) -> pd.DataFrame:
    """Read a design from a CSV file with one column for each factor."""
    try:
        table: Any = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise ScenarioError([Fault("design.file", str(path), f"cannot be read as CSV: {error}")]) from None
    paths = [factor.path for factor in study.factors]
    missing = [name for name in paths if name not in table]
    if missing or len(table.columns) != len(paths):
        told = f"its columns should be {', '.join(paths)} (found {', '.join(map(str, table.columns))})"
        raise ScenarioError([Fault("design.file", "", told)])
    if table.empty:
        raise ScenarioError([Fault("design.file", str(path), "holds no points; a row each is needed")])
    faults = []
    for each in study.factors:
        if each.values is None:
            numbers: Any = pd.to_numeric(table[each.path], errors="coerce")
            wrong = table[each.path][~numbers.between(each.low, each.high) | (each.whole & (numbers % 1 != 0))]
            allowed = f"allowed is {'a whole number, ' * each.whole}{each.low:g} to {each.high:g}"
            faults += [Fault(f"design.file.{each.path}", value, allowed) for value in wrong]
    if faults:
        raise ScenarioError(faults[:20])
    return table[paths]
