"""Run a chunk of a sweep: a range of points of a study. A pure function of its arguments, for threads or machines."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.ensembles.compare import INDICATOR_INDEX
from experiments.ensembles.design import Design, Plans, PointBatch, Replications
from experiments.ensembles.plausible_worlds import chosen_paths, free_columns
from experiments.ensembles.play_design import DesignJob, collect_job
from experiments.ensembles.statistics import PERCENTILES, percentile_bands
from experiments.ensembles.stream import ResultCollector
from experiments.studies.store import check_code
from experiments.studies.study import Study
from experiments.studies.study_file import KINDS
from model.errors import ScenarioError

SERIES_VALUES = 2**24  # values of the trajectories from which bands are computed at once


class ChunkTables(NamedTuple):
    """The tables of a chunk: one row per run, and the bands or trajectories if the study keeps them."""

    runs: pa.Table
    series: pa.Table | None


def run_chunk(study: Study, first: int, table: pd.DataFrame, code: Mapping[str, str]) -> ChunkTables:
    """Run the points ``first``, ``first + 1``, ... with the factor values of a table, one row per point.

    code: the digests of the sweep's code. Raises ScenarioError if the code of this process differs.
    """
    check_code(code)
    return _run_points(study, first, table)


def _run_points(study: Study, first: int, table: pd.DataFrame) -> ChunkTables:
    """Run points. If anything fails, run each half alone, so that a point that fails becomes a row with its error."""
    try:
        parts = list(_play_points(study, first, table))
    except Exception as error:
        if len(table) == 1:
            return failed_point(study, first, error)
        half = len(table) // 2
        parts = [_run_points(study, first, table.iloc[:half]), _run_points(study, first + half, table.iloc[half:])]
    runs = pa.concat_tables([part.runs for part in parts])
    series = [part.series for part in parts if part.series is not None]
    return ChunkTables(
        runs.sort_by([("point", "ascending"), ("replication", "ascending")]),
        pa.concat_tables(series).sort_by([("point", "ascending")]) if series else None,
    )


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
            *((name, pa.int16() if name == "rounds" else pa.float64()) for name in study.measures.columns),
            ("stage", pa.string()),
            ("error", pa.string()),
        ]
    )


def failed_point(study: Study, point: int, error: Exception) -> ChunkTables:
    """Return the tables of a point that failed: one row with the stage and the error."""
    is_scenario = isinstance(error, ScenarioError)
    text = "; ".join(map(str, error.errors)) if is_scenario else f"{type(error).__name__}: {error}"
    row = {"point": point, "stage": "scenario" if is_scenario else "run", "error": text[:500]}
    return ChunkTables(pa.Table.from_pylist([row], schema=runs_schema(study)), None)


def _play_points(study: Study, first: int, table: pd.DataFrame) -> Iterator[ChunkTables]:
    """Play points and yield their tables, one or more points at a time."""
    how = study_replications(study)
    design = Design(study_plans(StudyKey(study)), with_draws(study, table))
    failed = {row // how.cycle: error for row, error in design.errors.items()}
    for point, error in failed.items():
        yield failed_point(study, first + point, error)
    size = len(table)
    if study.file.keep != "summaries":
        size = max(SERIES_VALUES // ((study.rounds + 1) * study.file.replications * len(INDICATOR_INDEX)), 1)
    for batch in design.batches(size * how.cycle):
        yield _batch_tables(study, first, batch)


def with_draws(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each point; over plausible worlds, one for each replication, with its draw from the sample.

    Replication r has the same draw at every point. Factors, and parameters that the study or its scenario sets, keep
    their values.
    """
    if study.sample is None:
        return table
    count, points = study.file.replications, len(table)
    draws = study.sample.draw_points(count, study.file.seed)
    columns = free_columns(study.sample, draws, {*chosen_paths(study.scenario_data), *table.columns})
    rows = table.loc[table.index.repeat(count)].reset_index(drop=True)
    return rows.assign(**{path: np.tile(values, points) for path, values in columns.items()})


def _batch_tables(study: Study, first: int, batch: PointBatch) -> ChunkTables:
    """Play all replications of some points and return their tables."""
    how, keep = study_replications(study), study.file.keep
    worlds = len(batch.points) * how.worlds
    collector = ResultCollector(
        batch.plan.scenario,
        worlds,
        study.rounds,
        keep=keep == "trajectories",
        band_worlds=worlds if keep == "bands" else 1,
        measures=study.measures,
    )
    shifted = batch._replace(points=first * how.cycle + batch.points)
    collect_job(DesignJob(shifted, range(how.worlds)), how, collector)
    points = np.repeat((shifted.points // how.cycle).astype(np.int32), how.worlds)
    by_point = points[:: study.file.replications]
    return ChunkTables(_runs_table(study, points, collector), _series_table(study, by_point, collector))


def study_replications(study: Study) -> Replications:
    """Return how the points of a study are played; over plausible worlds, each replication is a point of its own."""
    file = study.file
    how = Replications(file.replications, file.seed, file.common_random_numbers, study.rounds, study.measures)
    return how if study.sample is None else how._replace(worlds=1, cycle=file.replications)


def _runs_table(study: Study, points: np.ndarray, collector: ResultCollector) -> pa.Table:
    """Return one row per run; points: int32 [world]."""
    talks = collector.negotiations
    outcomes, first_deal = collector.outcomes, collector.first_deal
    count, schema = collector.worlds, runs_schema(study)
    columns: dict[str, Any] = {
        "point": points,
        "replication": np.arange(count, dtype=np.int32) % study.file.replications,
        "outcome": outcomes.min(axis=1),
    }
    for k, name in enumerate(talks):
        columns[f"{name}.outcome"] = outcomes[:, k]
        columns[f"{name}.first_deal"] = pa.array(first_deal[:, k], mask=first_deal[:, k] < 0)
    for name in study.file.indicators:
        kind, _, indicator = name.partition("_")
        columns[name] = (collector.means if kind == KINDS[0] else collector.ends)[:, INDICATOR_INDEX[indicator]]
    columns["rounds"] = collector.last_rounds
    for name, values in zip(study.file.metrics, collector.metric_values.T, strict=True):
        columns[name] = pa.array(values, from_pandas=True)  # a missing value is NULL
    nulls = pa.nulls(count, pa.string())
    columns |= {"stage": nulls, "error": nulls}
    return pa.table({field.name: columns[field.name] for field in schema}, schema=schema)


def _series_table(study: Study, points: np.ndarray, collector: ResultCollector) -> pa.Table | None:
    """Return the bands or the trajectories of some points, if the study keeps them; points: int [point]."""
    if study.file.keep == "summaries":
        return None
    names = list(dict.fromkeys(name.partition("_")[2] for name in study.file.indicators))
    indices, worlds = [INDICATOR_INDEX[name] for name in names], study.file.replications
    if study.file.keep == "bands":
        by_point = collector.band_values[indices].reshape(len(names), collector.rounds + 1, len(points), worlds)
        tables = [percentile_bands(np.ascontiguousarray(by_point[:, :, at])) for at in range(len(points))]
        table, label, places = np.stack(tables), "percentile", PERCENTILES
    else:
        table = collector.trajectories[:, :, indices].reshape(len(points), worlds, -1, len(names))
        label, places = "replication", range(worlds)
    rounds = table.shape[2]
    return pa.table(
        {
            "point": np.repeat(points.astype(np.int32), len(places) * rounds),
            label: np.tile(np.repeat(np.array(places, np.int32), rounds), len(points)),
            "round": np.tile(np.arange(rounds, dtype=np.int16), len(points) * len(places)),
            **{name: table[..., at].reshape(-1).astype(np.float32) for at, name in enumerate(names)},
        }
    )


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
def study_plans(key: StudyKey) -> Plans:
    """Return the plans of a study's scenario."""
    return Plans(key.study.scenario_data)
