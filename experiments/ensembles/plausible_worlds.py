"""Worlds that differ in what is not known: each plays with a draw from the plausible sample.

A sample has values of the global parameters of the rules. A value that a scenario's file, a user or a factor sets
stays: the sample only fills in what nobody has chosen.
"""

import hashlib
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.plausible import SHIPPED_SAMPLE, PlausibleSample, load_sample
from experiments.ensembles.stream import WorldPoints
from model.design_columns import check_columns
from model.errors import InputError, ScenarioError
from model.loading import scenario_data
from model.parameters import SECTIONS
from model.plan import Plan

type SampleSource = PlausibleSample | str | Path | None


def find_sample(source: SampleSource = None) -> PlausibleSample:
    """Return a sample, from its file, or the shipped one. Raises ScenarioError if there is none."""
    if isinstance(source, PlausibleSample):
        return source
    if source is not None and not isinstance(source, str | Path):
        raise ScenarioError([InputError("sample", source, "must be the path of a sample file")])
    if source is None and not SHIPPED_SAMPLE.is_file():
        problem = "no plausible sample is installed; make one with `detente calibrate`, and name its file with --sample"
        raise ScenarioError([InputError("sample", "", problem)])
    return load_sample(SHIPPED_SAMPLE if source is None else source)


def sample_digest(sample: PlausibleSample) -> str:
    """Return a hash of the content of a sample."""
    return hashlib.sha256(sample.as_bytes()).hexdigest()[:12]


def chosen_paths(scenario: Any) -> set[str]:
    """Return the global parameters that a scenario sets itself. scenario: as ``scenario_data`` accepts it."""
    data = scenario_data(scenario)
    tables = ((section, data.get(section)) for section in SECTIONS)
    return {f"{section}.{name}" for section, table in tables if isinstance(table, Mapping) for name in table}


def free_columns(sample: PlausibleSample, points: np.ndarray, chosen: Container[str]) -> dict[str, np.ndarray]:
    """Return the values of some points of a sample as columns by path, without the parameters that were chosen."""
    return {path: values for path, values in sample.columns(points).items() if path not in chosen}


class PlausibleDraws(NamedTuple):
    """The draws of an ensemble.

    sample: digest. paths: of the parameters that are drawn. points: position in the sample of the draw of each world,
    int64 [world]. start: the same for the engine; None if nothing is drawn.
    """

    sample: str
    paths: tuple[str, ...]
    points: np.ndarray
    start: WorldPoints | None


def draw_worlds(plan: Plan, sample: PlausibleSample, worlds: int, seed: int) -> PlausibleDraws:
    """Draw a point of the sample for each world of an ensemble.

    World k plays at ``sample.draw_points(worlds, seed)[k]``. Parameters that the scenario sets keep its values. Raises
    ScenarioError if a drawn value is not allowed.
    """
    points = sample.draw_points(worlds, seed)
    distinct, rows = np.unique(points, return_inverse=True)
    columns = free_columns(sample, distinct, chosen_paths(plan.scenario))
    start = None
    if columns:
        settable = check_columns(plan.scenario, columns).settable
        start = WorldPoints(plan.start_cells(settable, len(distinct)), rows)
    return PlausibleDraws(sample_digest(sample), tuple(columns), points, start)
