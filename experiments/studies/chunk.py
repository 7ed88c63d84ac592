"""A chunk of a sweep: some points of a study, played. A pure function of its arguments, for threads or other machines.

Most factors only put a number into one or a few cells of the world. Which, is found once by trying; then a
point is a copy of the world with those cells set, and not a scenario read anew.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from experiments.engine.kernel import measure_many
from experiments.ensembles.statistics import PERCENTILES, bands_of, first_above_zero
from experiments.studies.study import KINDS, Factor, Study
from model.errors import ScenarioError
from model.measures import OVERALL, outcomes_of, series
from model.overrides import forced
from model.world import World

PLACE = {indicator.name: at for at, indicator in enumerate(OVERALL)}
MOST_TRIED = 50  # values of a list
BUFFERS = ("reals", "wholes", "parameters", "switches")
Cells = dict[str, np.ndarray]  # by buffer, the places that take a factor's value


class ChunkTables(NamedTuple):
    """What a chunk gives: one row a run, and if the study keeps them, bands or trajectories."""

    runs: pa.Table
    kept: pa.Table | None


def run_chunk(study: Study, first: int, rows: Sequence[Mapping[str, Any]]) -> ChunkTables:
    """Play the points ``first``, ``first + 1``, ... with these values of their factors."""
    parts = [_play_point(study, first + at, row) for at, row in enumerate(rows)]
    kept = [part.kept for part in parts if part.kept is not None]
    return ChunkTables(pa.concat_tables([part.runs for part in parts]), pa.concat_tables(kept) if kept else None)


def schema(study: Study) -> pa.Schema:
    """Give the columns of the table of runs."""
    talks = list(study.data["negotiations"])
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


def seeds_of(study: Study, point: int) -> np.ndarray:
    """Give the seeds of a point's replications: the same at every point, unless the study wants dice of its own."""
    start = study.file.seed + (0 if study.file.common_dice else point * study.file.replications)
    return np.arange(study.file.replications, dtype=np.uint64) + np.uint64(start)


def failed(study: Study, point: int, stage: str, error: str) -> ChunkTables:
    """Give the row of a point that failed: at which stage, and by what."""
    row = {"point": point, "replication": -1, "stage": stage, "error": error[:500]}
    return ChunkTables(pa.Table.from_pylist([row], schema=schema(study)), None)


def _play_point(study: Study, point: int, values: Mapping[str, Any]) -> ChunkTables:
    try:
        world = start_of(study, values)
    except ScenarioError as error:
        return failed(study, point, "scenario", "; ".join(map(str, error.faults)))
    try:
        seen = measure_many(world, seeds_of(study, point), study.rounds, remember=True)
        return ChunkTables(_runs(study, point, seen), _kept(study, point, seen))
    except Exception as error:  # a point that fails is a row, never the end of a sweep
        return failed(study, point, "run", f"{type(error).__name__}: {error}")


def _runs(study: Study, point: int, seen: np.ndarray) -> pa.Table:
    talks = list(study.data["negotiations"])
    outcomes = [outcomes_of(seen, k) for k in range(len(talks))]
    count, shape = len(seen), schema(study)
    columns: dict[str, Any] = {
        "point": np.full(count, point, np.int32),
        "replication": np.arange(count, dtype=np.int32),
        "outcome": np.min(outcomes, axis=0),
    }
    for k, name in enumerate(talks):
        columns[f"{name}.outcome"] = outcomes[k]
        columns[f"{name}.first_deal"] = first_above_zero(series(seen, k)["deal_progress"])
    for name in study.file.indicators:
        kind, _, indicator = name.partition("_")
        series_of = seen[:, :, PLACE[indicator]]
        columns[name] = (series_of[:, 1:].mean(axis=1) if kind == KINDS[0] else series_of[:, -1]).astype(np.float32)
    nothing = pa.nulls(count, pa.string())
    columns |= {"stage": nothing, "error": nothing}
    return pa.table({field.name: columns[field.name] for field in shape}, schema=shape)


def _kept(study: Study, point: int, seen: np.ndarray) -> pa.Table | None:
    if study.file.keep == "summaries":
        return None
    names = list(dict.fromkeys(name.partition("_")[2] for name in study.file.indicators))
    wanted = seen[:, :, [PLACE[name] for name in names]]
    if study.file.keep == "bands":
        table, label, places = bands_of(np.ascontiguousarray(wanted.T)), "percentile", PERCENTILES
    else:
        table, label, places = wanted, "replication", range(len(wanted))
    count, rounds = table.shape[:2]
    return pa.table(
        {
            "point": np.full(count * rounds, point, np.int32),
            label: np.repeat(np.array(places, np.int32), rounds),
            "round": np.tile(np.arange(rounds, dtype=np.int16), count),
            **{name: table[:, :, at].reshape(-1).astype(np.float32) for at, name in enumerate(names)},
        }
    )


def start_of(study: Study, values: Mapping[str, Any]) -> World:
    """Give the world of a point before its first round. Raises ScenarioError if the values do not go together."""
    base, cells = _base(_Key(study))
    if any(cells[path] is None for path in values):
        scenario = study.scenario(values)
        return World(scenario, 0, forced(scenario))
    return _set(base, cells, values)


class _Key:
    """A study as a key of a cache: the same file over the same scenario is the same study."""

    def __init__(self, study: Study):
        self.study = study
        self.text = repr((study.file, study.data, study.factors))

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.text == other.text


@lru_cache(maxsize=4)
def _base(key: _Key) -> tuple[World, dict[str, Cells | None]]:
    """Give a study's world as its scenario has it, and the cells that each factor sets."""
    scenario = key.study.scenario()
    base = World(scenario, 0, forced(scenario))
    cells = {factor.path: _cells(key.study, base, factor) for factor in key.study.factors}
    for path in _sharing(cells):
        cells[path] = None
    return base, cells if _agree(key.study, base, cells) else dict.fromkeys(cells)


def _sharing(cells: Mapping[str, Cells | None]) -> set[str]:
    """Name the factors that have a cell in common with another."""
    owners: dict[tuple[str, int], list[str]] = {}
    for path, found in cells.items():
        for buffer, places in (found or {}).items():
            for place in places.tolist():
                owners.setdefault((buffer, place), []).append(path)
    return {path for sharing in owners.values() if len(sharing) > 1 for path in sharing}


def _agree(study: Study, base: World, cells: Mapping[str, Cells | None]) -> bool:
    """Say whether points set cell by cell are those of the scenario read anew when many factors move at once.

    Where they are not, no factor goes the quick way.
    """
    for shares in (0.9, 0.1), (0.35, 0.65), (0.8, 0.55):
        values = {factor.path: factor.at(shares[at % 2]) for at, factor in enumerate(study.factors)}
        values = {path: value for path, value in values.items() if cells[path] is not None}
        try:
            scenario = study.scenario(values)
        except ScenarioError:
            return False
        slow, quick = World(scenario, 0, forced(scenario)), _set(base, cells, values)
        if any(getattr(slow, buffer).tobytes() != getattr(quick, buffer).tobytes() for buffer in BUFFERS):
            return False
    return True


def _set(base: World, cells: Mapping[str, Cells | None], values: Mapping[str, Any]) -> World:
    """Copy a world with the values of some factors in their cells."""
    twin = base.like(0)
    twin.parameters, twin.switches = base.parameters.copy(), base.switches.copy()
    for path, value in values.items():
        for buffer, places in (cells[path] or {}).items():
            getattr(twin, buffer)[places] = value
    twin.settle()
    return twin


def _cells(study: Study, base: World, factor: Factor) -> Cells | None:
    """Find the cells that take a factor's value as it is, by trying some, of a list all; None if it does more."""
    tried = list(factor.values or dict.fromkeys(factor.at(share) for share in (0.0, 0.4, 0.999999)))
    if len(tried) > MOST_TRIED:
        return None
    try:
        worlds = [
            World(scenario, 0, forced(scenario)) for scenario in (study.scenario({factor.path: x}) for x in tried)
        ]
    except ScenarioError:
        return None
    if any(isinstance(value, str) or world.size != base.size for value, world in zip(tried, worlds, strict=True)):
        return None
    if any(world.forced_value.tobytes() != base.forced_value.tobytes() for world in worlds):
        return None
    found: Cells = {}
    for buffer in BUFFERS:
        arrays = [getattr(world, buffer) for world in worlds]
        differs = np.logical_or.reduce([array != getattr(base, buffer) for array in arrays])
        (places,) = np.nonzero(differs)
        if any((array[places] != value).any() for array, value in zip(arrays, tried, strict=True)):
            return None
        if len(places):
            found[buffer] = places
    return found
