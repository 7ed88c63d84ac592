"""Run a chunk of a sweep: a range of points of a study. A pure function of its arguments, for threads or machines."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from experiments.ensembles.cells import DesignCells
from experiments.ensembles.compare import INDICATOR_INDEX
from experiments.ensembles.statistics import PERCENTILES, percentile_bands
from experiments.ensembles.stream import ResultCollector, stream_ensemble, world_chunks
from experiments.studies.store import check_code
from experiments.studies.study import Study
from experiments.studies.study_file import KINDS
from model.errors import ScenarioError
from model.scenario import Scenario
from model.world import World

PROBED_SHARES = (0.0, 0.35, 0.65, 0.999999)  # where in a factor's range the cells are probed


class ChunkTables(NamedTuple):
    """The tables of a chunk: one row per run, and the bands or trajectories if the study keeps them."""

    runs: pa.Table
    series: pa.Table | None


def run_chunk(study: Study, first: int, rows: Sequence[Mapping[str, Any]], code: Mapping[str, str]) -> ChunkTables:
    """Run the points ``first``, ``first + 1``, ... with the given factor values, one mapping per point.

    code: the digests of the sweep's code. Raises ScenarioError if the code of this process differs.
    """
    check_code(code)
    cells = design_cells(StudyKey(study))
    parts = [_run_point(study, cells, first + at, row) for at, row in enumerate(rows)]
    series = [part.series for part in parts if part.series is not None]
    return ChunkTables(pa.concat_tables([part.runs for part in parts]), pa.concat_tables(series) if series else None)


def runs_schema(study: Study) -> pa.Schema:
    """Return the schema of the table of runs."""
    talks = list(study.scenario_data["negotiations"])
    return pa.schema(
        [
            ("point", pa.int32()),
            ("replication", pa.int32()),
            ("outcome", pa.int8()),
            *((f"{name}.outcome", pa.int8()) for name in talks if len(talks) > 1),
            *((f"{name}.first_deal", pa.int16()) for name in talks),
            *((name, pa.float32()) for name in study.file.indicators),
            ("stage", pa.string()),
            ("error", pa.string()),
        ]
    )


def first_seed(study: Study, point: int) -> int:
    """Return the seed of a point's first replication; with common random numbers it is the same at every point."""
    return study.file.seed + (0 if study.file.common_random_numbers else point * study.file.replications)


def failed_point(study: Study, point: int, stage: str, error: str) -> ChunkTables:
    """Return the tables of a point that failed: one row with the stage and the error."""
    row = {"point": point, "replication": -1, "stage": stage, "error": error[:500]}
    return ChunkTables(pa.Table.from_pylist([row], schema=runs_schema(study)), None)


def _run_point(study: Study, cells: DesignCells, point: int, values: Mapping[str, Any]) -> ChunkTables:
    try:
        world = cells.world(values)
    except ScenarioError as error:
        return failed_point(study, point, "scenario", "; ".join(map(str, error.errors)))
    try:
        collector = _run_replications(study, cells.scenario, point, world)
        return ChunkTables(_runs_table(study, point, collector), _series_table(study, point, collector))
    except Exception as error:  # a failed point becomes a row; the sweep continues
        return failed_point(study, point, "run", f"{type(error).__name__}: {error}")


def _run_replications(study: Study, scenario: Scenario, point: int, world: World) -> ResultCollector:
    """Run the replications of a point from its initial world."""
    keep, worlds = study.file.keep, study.file.replications
    collector = ResultCollector(
        scenario,
        worlds,
        study.rounds,
        keep=keep == "trajectories",
        band_worlds=worlds if keep == "bands" else 1,
    )
    for _ in stream_ensemble(collector, world_chunks(world, worlds), first_seed(study, point), threads=1):
        pass
    return collector


def _runs_table(study: Study, point: int, collector: ResultCollector) -> pa.Table:
    talks = collector.negotiations
    outcomes, first_deal = collector.outcomes_so_far()
    count, schema = collector.worlds, runs_schema(study)
    columns: dict[str, Any] = {
        "point": np.full(count, point, np.int32),
        "replication": np.arange(count, dtype=np.int32),
        "outcome": outcomes.min(axis=1),
    }
    for k, name in enumerate(talks):
        columns[f"{name}.outcome"] = outcomes[:, k]
        columns[f"{name}.first_deal"] = first_deal[:, k]
    for name in study.file.indicators:
        kind, _, indicator = name.partition("_")
        columns[name] = (collector.means if kind == KINDS[0] else collector.ends)[:, INDICATOR_INDEX[indicator]]
    nulls = pa.nulls(count, pa.string())
    columns |= {"stage": nulls, "error": nulls}
    return pa.table({field.name: columns[field.name] for field in schema}, schema=schema)


def _series_table(study: Study, point: int, collector: ResultCollector) -> pa.Table | None:
    if study.file.keep == "summaries":
        return None
    names = list(dict.fromkeys(name.partition("_")[2] for name in study.file.indicators))
    indices = [INDICATOR_INDEX[name] for name in names]
    if study.file.keep == "bands":
        table, label, places = percentile_bands(collector.band_values[indices]), "percentile", PERCENTILES
    else:
        table, label, places = collector.trajectories[:, :, indices], "replication", range(collector.worlds)
    count, rounds = table.shape[:2]
    return pa.table(
        {
            "point": np.full(count * rounds, point, np.int32),
            label: np.repeat(np.array(places, np.int32), rounds),
            "round": np.tile(np.arange(rounds, dtype=np.int16), count),
            **{name: table[:, :, at].reshape(-1).astype(np.float32) for at, name in enumerate(names)},
        }
    )


def initial_world(study: Study, values: Mapping[str, Any]) -> World:
    """Return the initial world of a point. Raises ScenarioError if its values are inconsistent."""
    return design_cells(StudyKey(study)).world(values)


class StudyKey:
    """A hashable key for a study: studies are equal if their files, scenarios and factors are."""

    def __init__(self, study: Study):
        self.study = study
        self.text = repr((study.file, study.scenario_data, study.factors))

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StudyKey) and self.text == other.text


@lru_cache(maxsize=4)
def design_cells(key: StudyKey) -> DesignCells:
    """Return the cells that a study's factors set, found by trying every listed value and some of each range."""
    probed = {
        each.path: each.values or tuple(dict.fromkeys(map(each.value_at, PROBED_SHARES))) for each in key.study.factors
    }
    return DesignCells(key.study.scenario_data, probed)
