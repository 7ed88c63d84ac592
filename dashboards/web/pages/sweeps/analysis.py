"""What the page of sweeps tells of a folder of results: which there are, the map, the ranking, the box."""

import math
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import pandas as pd

from dashboards.link import Link, Setting, scenario_of, written
from dashboards.link_text import written_value
from dashboards.study_link import point_inside, setting_of
from dashboards.theme import INDICATORS, OUTCOMES
from dashboards.web.pages.shared.lever_catalogue import placed
from experiments.ensembles.statistics import Z95
from experiments.studies.discover import LEAST_POINTS, Edge, discover, words
from experiments.studies.results import by_point, study_of, summary
from experiments.studies.sensitivity import sensitivity
from experiments.studies.store import parts
from experiments.studies.study import Factor, Study
from model.enumerations import Outcome
from model.errors import Fault, ScenarioError, printable
from model.scenario import Scenario

TOPS, DEEPEST = ("runs", "sweeps"), 2  # where results are looked for, and how far below
MOST_LISTED, MOST_BINS, MOST_VALUES = 200, 12, 40
SHARES = (*(each.name for each in reversed(Outcome)), "some_deal")
SOME_DEAL = "Some deal, partial or comprehensive"
FEWEST_RANKED = 8  # points below which an association says nothing


class Opened(NamedTuple):
    """A folder that was read: its study, what is there, and a row a point that did not fail."""

    folder: str
    study: Study
    scenario: Scenario
    counts: dict[str, Any]
    points: pd.DataFrame
    setting: Setting

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Name the outcomes and indicators that can be looked at."""
        return (*SHARES[::-1], *self.study.file.indicators)

    @property
    def paths(self) -> list[str]:
        """Name the factors."""
        return [factor.path for factor in self.study.factors]

    def factor(self, path: str) -> Factor:
        """Find a factor by its path."""
        return next(each for each in self.study.factors if each.path == path)

    def named(self, path: str) -> str:
        """Name a factor in words."""
        try:
            _, title, label = placed(path, self.scenario)
        except (KeyError, ValueError, IndexError):
            title, label = path.split(".")[0].capitalize(), path.split(".")[-1].replace("_", " ")
        return f"{title}: {label}"


# Folders


def folders(base: Path) -> list[str]:
    """List the folders of results below ``runs/`` and ``sweeps/``, as paths from ``base``; none that leads outside."""
    found: set[Path] = set()
    for top in TOPS:
        for depth in range(DEEPEST + 1):
            found |= {path.parent for path in (base / top).glob(f"{'*/' * depth}manifest.json")}
    home = base.resolve()
    near = [path for path in found if path.resolve().is_relative_to(home)]
    return [path.relative_to(base).as_posix() for path in sorted(near)][:MOST_LISTED]


def inside(text: str, base: Path) -> str:
    """Check a path that somebody typed; give it as it is seen from ``base``. Raises ScenarioError."""
    shown, home = printable(text, 80), base.resolve()
    path = home
    try:
        path = (home / text.strip()).resolve()
        near = path.is_relative_to(home)
        holds = near and (path / "manifest.json").is_file()
    except (OSError, ValueError, RuntimeError):
        near = holds = False
    if not near:
        told = "lies outside the folder in which this server was started; nothing out there is opened"
        raise ScenarioError([Fault("folder", shown, told)])
    if not holds:
        raise ScenarioError([Fault("folder", shown, "holds no results of a sweep: there is no manifest.json in it")])
    return path.relative_to(home).as_posix()


def stamp(folder: Path) -> tuple[int, ...]:
    """Give what changes whenever there is more in a folder."""
    try:
        times = [path.stat().st_mtime_ns for path in (folder, folder / "manifest.json")]
        return (*times, len(parts(folder, "runs")))
    except OSError:
        return ()


def listed(base: Path, names: Iterable[str]) -> list[dict[str, Any]]:
    """Say of each folder what it answers and how far it is; of one that cannot be read, why."""
    return [_row(base, name, stamp(base / name)) for name in names]


@lru_cache(maxsize=2 * MOST_LISTED)
def _row(base: Path, name: str, _: tuple[int, ...]) -> dict[str, Any]:
    try:
        found = summary(base / name)
        return {
            "folder": name,
            "fault": "",
            **{key: found[key] for key in ("study", "question", "points", "of", "failed")},
        }
    except ScenarioError as error:
        told = "; ".join(map(str, error.faults[:3])).removeprefix(f"{base / name}: ")
    except Exception as error:  # whatever lies in a folder, the others stay listed
        told = f"cannot be read ({type(error).__name__}: {error})"
    return {"folder": name, "fault": printable(told, 300)}


def read_folder(base: Path, name: str) -> Opened:
    """Read a folder of results. Raises ScenarioError."""
    folder = base / name
    study = study_of(folder)
    return Opened(name, study, study.scenario(), summary(folder), by_point(folder, study), setting_of(study))


# Words and numbers


def label(outcome: str) -> str:
    """Name an outcome or an indicator."""
    if outcome == "some_deal":
        return SOME_DEAL
    if outcome in SHARES:
        return OUTCOMES[Outcome[outcome]].label
    kind, _, name = outcome.partition("_")
    look = INDICATORS.get(name)
    plain = look.label if look is not None and "{" not in look.label else name.replace("_", " ").capitalize()
    return f"{plain}, {'mean over the run' if kind == 'mean' else 'at the end'}"


def number(value: Any, share: bool = False) -> str:
    """Write a value of a factor or an outcome."""
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    if share:
        return f"{100 * value:.0f} %"
    return f"{value:.3g}" if isinstance(value, int | float | np.number) else str(value)


def head_of(opened: Opened) -> dict[str, Any]:
    """Say what is in the folder and what failed there."""
    counts, file = opened.counts, opened.study.file
    failures = [
        f"{each['points']:,} {'point' if each['points'] == 1 else 'points'} failed "
        f"({printable(str(each['stage']), 40)}), "
        f"the first is point {each['first']}: {printable(str(each['error']), 300)}"
        for each in counts["errors"]
    ]
    design = {"grid": "a grid", "latin": "a Latin hypercube", "table": "a table of its own"}.get(
        file.design.kind, f"a {file.design.kind.capitalize()} design"
    )
    return {
        "folder": opened.folder,
        "study": opened.study.name,
        "question": file.question,
        "told": f"{counts['points']:,} of {counts['of']:,} points of {design} over {len(opened.paths)} factors, "
        f"{counts['runs']:,} runs ({file.replications} a point) of “{opened.scenario.title['en']}”, "
        f"{opened.study.rounds} rounds each.",
        "partly": counts["points"] < counts["of"],
        "failed": counts["failed"],
        "failures": failures,
        "outcomes": [{"name": each, "label": label(each)} for each in opened.outcomes],
        "factors": [
            {"name": each.path, "label": opened.named(each.path), "lever": each.lever} for each in opened.study.factors
        ],
    }


# The map


class Axis(NamedTuple):
    """One factor on the map: what stands at each place, what opens Explore there, and where each point lies."""

    path: str
    labels: list[str]
    told: list[str]
    middles: list[Any]
    places: np.ndarray


def axis_of(opened: Opened, path: str) -> Axis:
    """Lay a factor out: its values as they are where they are few or a grid's, else bins of one width."""
    factor, design = opened.factor(path), opened.study.file.design.kind
    column: Any = opened.points[path]
    if len({type(each) for each in factor.values or ()}) > 1:  # a table of results gives all of them one type
        column = opened.study.points()[path].iloc[opened.points["point"]]
    there = {*column.tolist()}
    found = [each for each in factor.values if each in there] if factor.values is not None else sorted(there)
    found = list(factor.listed()) if design == "grid" else found
    few = len(found) <= (MOST_VALUES if design == "grid" else MOST_BINS)
    if factor.values is not None and len({*factor.values}) <= MOST_VALUES:
        return _plain(path, list(dict.fromkeys(factor.values)), column)
    if few and (factor.whole or design in ("grid", "table")):
        return _plain(path, found, column)
    if factor.values is not None and not all(type(each) in (int, float) for each in factor.values):
        raise ScenarioError([Fault(path, len(found), "has too many words to be drawn on a map; choose another factor")])
    low, high = (min(column), max(column)) if factor.values is not None else (factor.low, factor.high)
    count = min(max(math.isqrt(len(column) // 4), 2), MOST_BINS)
    edges = np.linspace(float(low), float(high), count + 1)
    places = np.clip(np.searchsorted(edges, column.to_numpy(float), side="right") - 1, 0, count - 1)
    middles = [(edges[at] + edges[at + 1]) / 2 for at in range(count)]
    middles = [round(each) if factor.whole else float(f"{each:.6g}") for each in middles]
    told = [f"{number(edges[at])} to {number(edges[at + 1])}" for at in range(count)]
    return Axis(path, [number(each) for each in middles], told, middles, places)


def _plain(path: str, values: list[Any], column: Any) -> Axis:
    at = {value: place for place, value in enumerate(values)}
    places = np.array([at[value] for value in column], int)
    labels = [number(value) for value in values]
    return Axis(path, labels, labels, values, places)


class Map(NamedTuple):
    """Means of an outcome over two factors, [place on y, place on x], and how many points lie in each cell."""

    x: Axis
    y: Axis
    means: np.ndarray
    counts: np.ndarray


def map_of(opened: Opened, outcome: str, x: str, y: str) -> Map:
    """Average an outcome over the points in each cell; without ``y`` there is one row. Raises ScenarioError."""
    if opened.points.empty:
        raise ScenarioError([Fault("points", 0, "none was played without failing, so there is nothing to draw")])
    across = axis_of(opened, x)
    up = axis_of(opened, y) if y else Axis("", [""], [""], [None], np.zeros(len(opened.points), int))
    shape = len(up.labels), len(across.labels)
    flat = up.places * shape[1] + across.places
    values: Any = opened.points[outcome].to_numpy(float)
    counts = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
    sums = np.bincount(flat, values, minlength=shape[0] * shape[1]).reshape(shape)
    return Map(across, up, np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), counts)


def map_data(opened: Opened, outcome: str, found: Map, worlds: int) -> dict[str, Any]:
    """Write a map for the browser: numbers, words, and links in parts, as a cell's is one of each axis joined."""
    means = [[None if math.isnan(each) else round(float(each), 6) for each in row] for row in found.means]
    rest = [opened.named(path) for path in opened.paths if path not in (found.x.path, found.y.path)]
    return {
        "x": axis_data(opened, found.x),
        "y": axis_data(opened, found.y),
        "means": means,
        "counts": found.counts.tolist(),
        "share": outcome in SHARES,
        "outcome": label(outcome),
        "before": written(Link(opened.setting._replace(worlds=worlds))),
        "rest": rest,
        "text": map_words(opened, outcome, found),
    }


def axis_data(opened: Opened, axis: Axis) -> dict[str, Any]:
    """Write one side of a map for the browser."""
    if not axis.path:
        return {"name": "", "labels": axis.labels, "told": axis.told, "sets": [""], "binned": False}
    sets = [f"&set={quote(f'{axis.path}:{written_value(plain_value(each))}', safe=':,./')}" for each in axis.middles]
    return {
        "name": opened.named(axis.path),
        "labels": axis.labels,
        "told": axis.told,
        "sets": sets,
        "binned": axis.told is not axis.labels,
    }


def plain_value(value: Any) -> Any:
    """Give a number of numpy as one of Python."""
    return value.item() if isinstance(value, np.generic) else value


def map_words(opened: Opened, outcome: str, found: Map) -> str:
    """Say where the map is lowest and highest."""
    share = outcome in SHARES

    def at(cell: int) -> str:
        row, column = divmod(cell, found.means.shape[1])
        told = f"{number(found.means[row, column], share)} at {opened.named(found.x.path)} {found.x.told[column]}"
        return told + (f" and {opened.named(found.y.path)} {found.y.told[row]}" if found.y.path else "")

    low, high = int(np.nanargmin(found.means)), int(np.nanargmax(found.means))
    if found.means.flat[low] == found.means.flat[high]:
        return f"{label(outcome)} is {number(found.means.flat[low], share)} in every cell."
    return f"{label(outcome)} goes from {at(low)} up to {at(high)}."


# The ranking


def ranking_of(base: Path, opened: Opened, outcome: str) -> dict[str, Any]:
    """Rank the factors by indices of the design, or by simple associations where the design has none."""
    try:
        found = sensitivity(base / opened.folder, outcome)
    except ScenarioError as error:
        return associations(opened, outcome, "; ".join(fault.problem for fault in error.faults))
    sobol = found.method == "sobol"
    key, spread = ("total", "total_interval") if sobol else ("strength", "strength_interval")
    rows = [
        {"label": opened.named(each["factor"]), "value": each[key], "low": each[key] - each[spread],
         "high": each[key] + each[spread], "also": each["first"] if sobol else each["interplay"]}
        for each in found.indices.to_dict("records")
    ]  # fmt: skip
    remarks = [_renamed(opened, remark) for remark in found.remarks]
    if found.noise is not None and not any(remark.startswith("Dice") for remark in remarks):
        remarks.append(f"Dice alone leave {number(found.noise, True)} of the variance between points.")
    return {
        "title": "Sobol indices: share of the variance that goes when a factor is fixed" if sobol else
        "Morris strength (mu*): mean size of the effect of a step in one factor",
        "value": "total" if sobol else "strength", "also": "alone" if sobol else "interplay",
        "rows": rows, "remarks": remarks, "instead": "", "signed": False,
    }  # fmt: skip


def _renamed(opened: Opened, text: str) -> str:
    for path in sorted(opened.paths, key=len, reverse=True):
        text = text.replace(path, opened.named(path))
    return text


def associations(opened: Opened, outcome: str, why: str) -> dict[str, Any]:
    """Rank factors by Spearman's correlation with the outcome; the interval is that of Bonett and Wright (2000)."""
    values: Any = opened.points[outcome]
    count = len(values)
    rows, remarks = [], []
    if count >= FEWEST_RANKED and values.nunique() > 1:
        ranks: Any = values.rank()
        for factor in opened.study.factors:
            if factor.values is not None and any(isinstance(each, str) for each in factor.values):
                remarks.append(f"{opened.named(factor.path)} is a choice among words, which have no order: not ranked.")
                continue
            column: Any = opened.points[factor.path].astype(float)
            if column.nunique() > 1:
                rows.append({"label": opened.named(factor.path), **spearman(column.rank(), ranks)})
    elif count < FEWEST_RANKED:
        remarks.append(f"{count} points are too few to rank anything; {FEWEST_RANKED} are needed.")
    else:
        remarks.append(f"{label(outcome)} is the same at every point: nothing moves it.")
    rows.sort(key=lambda row: -abs(row["value"]))
    unsure = [row["label"] for row in rows if row["low"] <= 0.0 <= row["high"]]
    if unsure:
        remarks.append(f"Not distinguishable from no association: {', '.join(unsure)}.")
    return {
        "title": "Simple associations: Spearman's rank correlation with the outcome, 95 % intervals",
        "value": "correlation", "also": "", "rows": rows, "remarks": remarks, "signed": True,
        "instead": f"No indices for this folder: {_renamed(opened, why)}. What stands here instead is an association: "
        "it sees only what rises or falls all along, and no interplay of factors.",
    }  # fmt: skip


def spearman(first: pd.Series, second: pd.Series) -> dict[str, float]:
    """Correlate two columns of ranks, with a 95 % interval."""
    rho = float(np.corrcoef(first, second)[0, 1])
    reach = Z95 * math.sqrt((1 + rho * rho / 2) / (len(first) - 3))
    middle_of = math.atanh(min(max(rho, -0.999999), 0.999999))
    return {"value": rho, "low": math.tanh(middle_of - reach), "high": math.tanh(middle_of + reach), "also": 0.0}


# The box


def usual_threshold(opened: Opened, outcome: str) -> float:
    """Choose from where a point is of interest: half of the worlds, or what a quarter of the points reach."""
    values: Any = opened.points[outcome]
    if values.empty or (outcome in SHARES and values.min() < 0.5 <= values.max()):
        return 0.5
    return float(f"{values.quantile(0.75):.3g}")


def box_of(base: Path, opened: Opened, outcome: str, above: float, worlds: int) -> dict[str, Any]:
    """Find the box in which an outcome reaches a threshold, and say what it is and holds. Raises ScenarioError."""
    values: Any = opened.points[outcome]
    if len(values) < LEAST_POINTS:
        return {
            "fault": f"No box: at least {LEAST_POINTS} points are needed, and {len(values)} are there.",
            "words": [],
        }
    try:
        box = discover(base / opened.folder, outcome, above)
    except ScenarioError as error:
        return {"fault": f"No box: {'; '.join(fault.problem for fault in error.faults)}.", "words": []}
    named = box._replace(edges=[_in_words(opened, edge) for edge in box.edges])
    setting = point_inside(opened.setting._replace(worlds=worlds), box, opened.study)
    steps = box.trade_off
    return {
        "fault": "",
        "words": words(named) or ["No limit at all: the whole space is the box."],
        "holds": f"{box.cases:,} of {box.points:,} points reach {above:g} in {label(outcome).lower()}. The box holds "
        f"{number(box.coverage, True)} of them (coverage), and {number(box.density, True)} of the points in it are "
        "such a point (density).",
        "coverage": box.coverage, "density": box.density,
        "steps": {name: [round(float(each), 4) for each in steps[name]] for name in ("coverage", "density", "limits")},
        "link": written(Link(setting)) if openable(setting) else "",
    }  # fmt: skip


def _in_words(opened: Opened, edge: Edge) -> Edge:
    switch = {"True": "on", "False": "off"}
    listed = None if edge.listed is None else tuple(switch.get(str(each), each) for each in edge.listed)
    return edge._replace(factor=opened.named(edge.factor), listed=listed)


def openable(setting: Setting) -> bool:
    """Say whether Explore can open a setting."""
    try:
        scenario_of(setting)
    except ScenarioError:
        return False
    return True
