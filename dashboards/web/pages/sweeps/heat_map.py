"""The map of an outcome over two factors."""

import math
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np

from dashboards.link_text import format_value
from dashboards.page_link import Link, format_link
from dashboards.web.pages.sweeps.messages import HeatAxis, HeatMap
from dashboards.web.pages.sweeps.opened import SHARES, StudyResults, outcome_label, value_text
from model.errors import InputError, ScenarioError

MAX_BINS, MAX_VALUES = 12, 40


class FactorAxis(NamedTuple):
    """One factor on the map: labels, descriptions and values by cell, and the cell of each point."""

    path: str
    labels: list[str]
    descriptions: list[str]
    middles: list[Any]
    places: np.ndarray


def factor_axis(opened: StudyResults, path: str) -> FactorAxis:
    """Return the axis of a factor: its values if they are few or form a grid, else bins of equal width."""
    factor, design = opened.factor(path), opened.study.file.design.kind
    column: Any = opened.points[path]
    if factor.values is not None:  # an earlier version also accepted values outside the list
        listed = list(dict.fromkeys((*factor.values, *column.tolist())))
        if len(listed) <= MAX_VALUES:
            return _listed_axis(path, listed, column)
    present: Any = opened.study.points()[path] if design == "grid" else column  # of a grid, every level
    axis_values = list(dict.fromkeys(present.tolist() if factor.values is not None else sorted(present)))
    few = len(axis_values) <= (MAX_VALUES if design == "grid" else MAX_BINS)
    if few and (factor.is_integer or design in ("grid", "table")):
        return _listed_axis(path, axis_values, column)
    if factor.values is not None and not all(type(each) in (int, float) for each in factor.values):
        raise ScenarioError(
            [InputError(path, len(axis_values), "has too many values for a map; choose another factor")]
        )
    low, high = (min(column), max(column)) if factor.values is not None else (factor.low, factor.high)
    count = min(max(math.isqrt(len(column) // 4), 2), MAX_BINS)
    edges = np.linspace(float(low), float(high), count + 1)
    places = np.clip(np.searchsorted(edges, column.to_numpy(float), side="right") - 1, 0, count - 1)
    middles = [(edges[at] + edges[at + 1]) / 2 for at in range(count)]
    middles = [round(each) if factor.is_integer else float(f"{each:.6g}") for each in middles]
    descriptions = [f"{value_text(edges[at])} to {value_text(edges[at + 1])}" for at in range(count)]
    return FactorAxis(path, [value_text(each) for each in middles], descriptions, middles, places)


def _listed_axis(path: str, values: list[Any], column: Any) -> FactorAxis:
    at = {value: place for place, value in enumerate(values)}
    places = np.array([at[value] for value in column], int)
    labels = [value_text(value) for value in values]
    return FactorAxis(path, labels, labels, values, places)


class FactorMap(NamedTuple):
    """Means of an outcome over two factors and the number of points per cell, both [y, x]."""

    x: FactorAxis
    y: FactorAxis
    means: np.ndarray
    counts: np.ndarray


def factor_map(opened: StudyResults, outcome: str, x: str, y: str) -> FactorMap:
    """Return the mean of an outcome in each cell; one row without ``y``. Raises ScenarioError if there is no value."""
    if opened.points.empty:
        raise ScenarioError([InputError("points", 0, "no point succeeded, so there is nothing to draw")])
    across = factor_axis(opened, x)
    up = factor_axis(opened, y) if y else FactorAxis("", [""], [""], [None], np.zeros(len(opened.points), int))
    shape = len(up.labels), len(across.labels)
    flat = up.places * shape[1] + across.places
    values: Any = opened.points[outcome].to_numpy(float)
    present = ~np.isnan(values)
    if not present.any():
        raise ScenarioError([InputError(outcome, "", "is missing at every point, so there is nothing to draw")])
    counts = np.bincount(flat[present], minlength=shape[0] * shape[1]).reshape(shape)
    sums = np.bincount(flat[present], values[present], minlength=shape[0] * shape[1]).reshape(shape)
    return FactorMap(across, up, np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), counts)


def map_message(opened: StudyResults, outcome: str, factor_map: FactorMap, worlds: int) -> HeatMap:
    """Return the message of a map. The link of a cell is ``before`` with the ``sets`` of its row and column."""
    means = [[None if math.isnan(each) else round(float(each), 6) for each in row] for row in factor_map.means]
    rest = [opened.factor_label(path) for path in opened.paths if path not in (factor_map.x.path, factor_map.y.path)]
    return {
        "error": "",
        "x": axis_message(opened, factor_map.x),
        "y": axis_message(opened, factor_map.y),
        "means": means,
        "counts": factor_map.counts.tolist(),
        "share": outcome in SHARES,
        "outcome": outcome_label(outcome),
        "before": format_link(Link(opened.setting._replace(worlds=worlds))),
        "rest": rest,
        "text": map_summary(opened, outcome, factor_map),
    }


def axis_message(opened: StudyResults, axis: FactorAxis) -> HeatAxis:
    """Return the message of one axis."""
    if not axis.path:
        return {"name": "", "labels": axis.labels, "descriptions": axis.descriptions, "sets": [""], "binned": False}
    sets = [f"&set={quote(f'{axis.path}:{format_value(python_value(each))}', safe=':,./')}" for each in axis.middles]
    return {
        "name": opened.factor_label(axis.path),
        "labels": axis.labels,
        "descriptions": axis.descriptions,
        "sets": sets,
        "binned": axis.descriptions is not axis.labels,
    }


def python_value(value: Any) -> Any:
    """Return a numpy scalar as a Python value."""
    return value.item() if isinstance(value, np.generic) else value


def map_summary(opened: StudyResults, outcome: str, factor_map: FactorMap) -> str:
    """Return a sentence with the lowest and highest cell."""
    share = outcome in SHARES

    def at(cell: int) -> str:
        row, column = divmod(cell, factor_map.means.shape[1])
        place = f"{opened.factor_label(factor_map.x.path)} {factor_map.x.descriptions[column]}"
        if factor_map.y.path:
            place += f" and {opened.factor_label(factor_map.y.path)} {factor_map.y.descriptions[row]}"
        return f"{value_text(factor_map.means[row, column], share)} at {place}"

    low, high = int(np.nanargmin(factor_map.means)), int(np.nanargmax(factor_map.means))
    if factor_map.means.flat[low] == factor_map.means.flat[high]:
        return f"{outcome_label(outcome)} is {value_text(factor_map.means.flat[low], share)} in every cell."
    return f"{outcome_label(outcome)} ranges from {at(low)} to {at(high)}."
