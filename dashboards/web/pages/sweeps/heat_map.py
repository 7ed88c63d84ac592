"""The map of an outcome over two factors."""

import math
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np

from dashboards.link import Link, written
from dashboards.link_text import written_value
from dashboards.web.pages.sweeps.messages import HeatAxis, HeatMap
from dashboards.web.pages.sweeps.opened import SHARES, Opened, label, number
from model.errors import Fault, ScenarioError

MOST_BINS, MOST_VALUES = 12, 40


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


def map_data(opened: Opened, outcome: str, found: Map, worlds: int) -> HeatMap:
    """Return a map for the browser: numbers, words, and links in parts, as a cell's is one of each axis joined."""
    means = [[None if math.isnan(each) else round(float(each), 6) for each in row] for row in found.means]
    rest = [opened.named(path) for path in opened.paths if path not in (found.x.path, found.y.path)]
    return {
        "fault": "",
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


def axis_data(opened: Opened, axis: Axis) -> HeatAxis:
    """Return one side of a map for the browser."""
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
