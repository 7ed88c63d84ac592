"""Designs: points that differ in some values of a scenario, applied as whole columns and played as worlds.

The plan of a scenario (``model/plan.py``) is made once. Only for *structural* values, which change what the world
consists of, is the scenario read again, once for each combination of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.draw_cache import fits_in_cache
from experiments.engine.kernel import BLOCK_SIZE, play_blocks
from experiments.ensembles.metrics import WorldMeasures
from model.design_columns import UNCHANGED, DesignColumns, check_columns, path_domain, point_columns
from model.errors import InputError, ScenarioError, collect_errors
from model.loading import apply_changes, build_scenario, scenario_data
from model.overrides import Override
from model.plan import Plan, StartCells
from model.scenario import Scenario

type ScenarioSource = str | Path | Scenario | Mapping[str, Any]


class Plans:
    """The plan of a scenario, and those of its variants with structural values, each made when it is first used.

    Raises ScenarioError if the scenario has errors.
    """

    def __init__(
        self, scenario: ScenarioSource, changes: Mapping[str, Any] | None = None, overrides: Iterable[Override] = ()
    ):
        self.source, self.changes, self.overrides = scenario, changes or {}, tuple(overrides)
        changed = build_scenario(self.data) if changes or not isinstance(scenario, Scenario) else scenario
        self.base = Plan(changed, self.overrides)
        self._variants: dict[str, Plan | ScenarioError] = {}

    @cached_property
    def data(self) -> dict[str, Any]:
        """Return the scenario as plain data, with the changes."""
        return apply_changes(scenario_data(self.source), self.changes)

    @property
    def scenario(self) -> Scenario:
        """Return the scenario without structural values."""
        return self.base.scenario

    def variant(self, structural: Mapping[str, Any]) -> Plan:
        """Return the plan with some structural values. Raises ScenarioError if they are inconsistent."""
        if not structural:
            return self.base
        key = repr(sorted(structural.items()))
        if key not in self._variants:
            try:
                self._variants[key] = Plan(build_scenario(apply_changes(self.data, structural)), self.overrides)
            except ScenarioError as error:
                self._variants[key] = error
        if isinstance(plan := self._variants[key], ScenarioError):
            raise plan
        return plan


class PointGroup(NamedTuple):
    """Points of a design that have a plan in common: their positions in the design, int64 [point]."""

    plan: Plan
    points: np.ndarray


class PointBatch(NamedTuple):
    """Some points of a group: their plan, their positions in the design, and the cells in which they differ."""

    plan: Plan
    points: np.ndarray
    cells: StartCells

    def part(self, rows: slice | np.ndarray) -> "PointBatch":
        """Return some points of the batch."""
        return PointBatch(self.plan, self.points[rows], self.cells.at(rows))


class Design:
    """The points of a design, checked.

    columns: the values, as ``check_columns`` accepts them. errors: by position, what is wrong with a point whose
    structural values are inconsistent; such points are not played. Raises ScenarioError with all errors if a path is
    unknown or a value is outside its range.
    """

    def __init__(self, plans: Plans, columns: Any):
        self.plans, self.checked = plans, check_columns(plans.scenario, columns)
        self.errors: dict[int, ScenarioError] = {}
        self.groups = list(_group(plans, self.checked, self.errors))

    @classmethod
    def of_changes(cls, plans: Plans, points: Sequence[Mapping[str, Any]]) -> "Design":
        """Return the design of some points, each given by its changes (dotted path to value)."""
        return cls(plans, point_columns(plans.scenario, points))

    @property
    def points(self) -> int:
        """Return the number of points."""
        return self.checked.points

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Return the values of the points by path, doctrines by name: [point]."""
        return self.checked.values

    @property
    def reread(self) -> tuple[str, ...]:
        """Return the structural paths, for whose values the scenario was read again."""
        return tuple(self.checked.structural)

    def batches(self, size: int) -> Iterator[PointBatch]:
        """Yield the points in batches of at most ``size``, in which points with equal switches and doctrines adjoin."""
        for plan, points in self.groups:
            for first in range(0, len(points), size):
                chosen = points[first : first + size]
                columns = {path: column[chosen] for path, column in self.checked.settable.items()}
                cells = plan.start_cells(columns, len(chosen))
                if len(cells.selecting):
                    order = np.lexsort(cells.integers[cells.selecting])
                    chosen, cells = chosen[order], cells.at(order)
                yield PointBatch(plan, chosen, cells)


def _group(plans: Plans, columns: DesignColumns, errors: dict[int, ScenarioError]) -> Iterator[PointGroup]:
    """Yield the points by their structural values; store the errors of inconsistent ones."""
    if not columns.structural:
        yield PointGroup(plans.base, np.arange(columns.points))
        return
    _check_structural(plans, columns)
    members: dict[str, list[int]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for point, values in enumerate(zip(*columns.structural.values(), strict=True)):
        changes = {path: x for path, x in zip(columns.structural, values, strict=True) if x is not UNCHANGED}
        key = repr(changes)
        members.setdefault(key, []).append(point)
        rows.setdefault(key, changes)
    for key, points in members.items():
        try:
            plan = plans.variant(rows[key])
            _check_variant(plans, plan, columns)
            yield PointGroup(plan, np.array(points))
        except ScenarioError as error:
            errors.update(dict.fromkeys(points, error))


def _check_variant(plans: Plans, plan: Plan, columns: DesignColumns) -> None:
    """Raise ScenarioError if a variant has other negotiations, or not all paths of the design."""
    errors = [InputError(path, "", "is not there") for path in columns.settable if not path_domain(plan.scenario, path)]
    if list(plan.scenario.negotiations) != list(plans.scenario.negotiations):
        errors.append(InputError("negotiations", "", "all points of a design need the same negotiations"))
    if errors:
        raise ScenarioError(errors)


def _check_structural(plans: Plans, columns: DesignColumns) -> None:
    """Raise ScenarioError if a structural path is unknown, or one of its values is wrong on its own."""
    errors: list[InputError] = []
    for path, values in columns.structural.items():
        first_rows: dict[str, int] = {}
        failed: dict[int, list[InputError]] = {}
        for row, value in enumerate(values):
            first_rows.setdefault(repr(value), row)
        for row in first_rows.values():
            try:
                plans.variant({path: values[row]} if values[row] is not UNCHANGED else {})
            except ScenarioError as error:
                failed[row] = error.errors
        if len(failed) == len(first_rows):  # no value works: the path is wrong
            errors += failed[0]
        else:
            own = [(row, each) for row, some in failed.items() for each in some if each.path == path]
            errors += [each._replace(problem=f"in row {row}; {each.problem}") for row, each in own]
    if errors:
        raise ScenarioError(collect_errors(errors))


class Replications(NamedTuple):
    """How the points of a design are played.

    worlds: worlds of each point. seed: of the first. common: whether all points have the same seeds (common random
    numbers); if not, point p begins with ``seed + p * worlds``. rounds: of each world. measures: metrics, and the
    condition on which a world ends. cycle: number of consecutive points that are the replications of one setting; with
    common random numbers, settings have the same seeds, and the points of a setting have others.
    """

    worlds: int
    seed: int
    common: bool
    rounds: int
    measures: WorldMeasures = WorldMeasures()
    cycle: int = 1

    def seeds(self, points: np.ndarray, replications: np.ndarray) -> np.ndarray:
        """Return the seeds of some replications at some points: uint64 [world]."""
        offsets = (points % self.cycle if self.common else points) * self.worlds + replications
        return offsets.astype(np.uint64) + np.uint64(self.seed)


def play_batch(batch: PointBatch, replications: range, how: Replications) -> Iterator[tuple[int, np.ndarray]]:
    """Play some replications of every point of a batch, point by point and block by block.

    Yields the number of worlds before the block, and its trajectories float64 [world, round, indicator], which are
    valid until the next block.
    """
    count, start = len(replications), batch.plan.world
    worlds = np.arange(len(batch.points) * count)
    rows = worlds // count
    seeds = how.seeds(batch.points[rows], replications.start + worlds % count)
    cache = how.common and fits_in_cache(start, int(np.lcm(count * how.cycle, BLOCK_SIZE)), how.rounds)
    for part, trajectories in play_blocks(start, seeds, how.rounds, cache, batch.cells, rows):
        yield part.start, trajectories
