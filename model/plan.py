"""The plan of a scenario: how the initial state of its worlds depends on values that vary between them.

Reading and checking a scenario for each point of a design takes much longer than setting the few cells that differ. A
plan reads it once. Whole columns of values then pass through the same functions that compute the initial state of one
world (``initial_state.py``), so that no cell is described twice.
"""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from model.columns import COLUMNS
from model.initial_state import fill_columns
from model.mechanisms import MECHANISMS
from model.overrides import Override, collect_overrides
from model.parameters import PARAMETERS
from model.scenario import Relation, Scenario
from model.varied import Varied
from model.world import World, column_layout
from model.world_fields import RUN_COLUMNS


class StartCells(NamedTuple):
    """The cells in which the initial states of some points differ from that of the plan, and their values.

    float_cells, integer_cells: indices in ``World.floats`` and ``World.integers``. floats, integers: [cell, point].
    selecting: the rows of ``integers`` that hold switches and doctrines, which select between rules.
    """

    float_cells: np.ndarray
    floats: np.ndarray
    integer_cells: np.ndarray
    integers: np.ndarray
    selecting: np.ndarray

    def at(self, points: slice | np.ndarray) -> "StartCells":
        """Return the cells of some of the points."""
        return self._replace(floats=self.floats[:, points], integers=self.integers[:, points])


class Plan:
    """The initial state of the worlds of a scenario, as a function of the values that vary.

    scenario, world: without any variation; the world has seed 0. overrides: applied in every world.
    """

    def __init__(self, scenario: Scenario, overrides: Iterable[Override] = ()):
        self.scenario = scenario
        self.world = World(scenario, 0, collect_overrides(scenario, overrides))
        self._selecting = selecting_cells(self.world)

    def start_cells(self, columns: Mapping[str, np.ndarray], points: int) -> StartCells:
        """Return the cells that vary with some columns, which have a value for each of ``points`` points.

        columns: checked values by settable path (``design_columns.py``).
        """
        scenario = with_values(self.scenario, {path: Varied(values) for path, values in columns.items()})
        cells = _empty_cells(self.world)
        fill_columns(cells, scenario)
        shapes = [(column.kind, getattr(cells, column.name)) for column in COLUMNS]
        floats = [array.ravel() for kind, array in shapes if kind == "float"] + [cells.parameters]
        integers = [array.ravel() for kind, array in shapes if kind == "integer"] + [cells.switches]
        float_cells, integer_cells = (
            _varied_cells(floats, np.float64, points),
            _varied_cells(integers, np.int64, points),
        )
        selecting = np.flatnonzero(np.isin(integer_cells[0], self._selecting))
        return StartCells(*float_cells, *integer_cells, selecting)

    def world_at(self, cells: StartCells, point: int, seed: int) -> World:
        """Return the initial world of one point."""
        world = self.world.copy_at_start(seed)
        world.floats[cells.float_cells] = cells.floats[:, point]
        world.integers[cells.integer_cells] = cells.integers[:, point]
        world.bind_parameters()
        return world


def selecting_cells(world: World) -> np.ndarray:
    """Return the indices in ``World.integers`` of switches and doctrines: int64 [cell]."""
    layout = column_layout(tuple(world.size.items()))
    columns = [np.arange(each.start, each.stop) for each in layout if each.name in RUN_COLUMNS]
    return np.concatenate([*columns, np.arange(len(world.integers) - len(MECHANISMS), len(world.integers))])


def _empty_cells(world: World) -> SimpleNamespace:
    """Return the cells of a world as arrays of objects, which can hold varied values."""
    shapes = {column.name: world.shape(column.name) for column in COLUMNS}
    shapes |= {"parameters": (len(PARAMETERS),), "switches": (len(MECHANISMS),)}
    return SimpleNamespace(**{name: np.empty(shape, object) for name, shape in shapes.items()})


def _varied_cells(arrays: list[np.ndarray], dtype: type, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the cells that vary, and their values: [cell, point]."""
    cells = np.concatenate(arrays).tolist()
    indices = [index for index, cell in enumerate(cells) if isinstance(cell, Varied)]
    values = [cells[index].values for index in indices]
    return np.array(indices, np.intp), np.array(values, dtype).reshape(len(indices), points)


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a copy of a scenario with values set by dotted path, unchecked; a relation may be new."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *steps, last = path.split(".")
        table = tree
        for step in steps:
            table = table.setdefault(step, {})
        table[last] = value
    for one, others in tree.get("relations", {}).items():
        known = scenario.relations.get(one, {})
        new = {other: Relation() for other in others if other not in known}
        if new:
            scenario = scenario.model_copy(update={"relations": {**scenario.relations, one: {**known, **new}}})
    return _updated(scenario, tree)


def _updated(node: Any, tree: Any) -> Any:
    """Return a copy of a section or a table with the values of a tree of updates."""
    if not isinstance(tree, dict):
        return tree
    if isinstance(node, BaseModel):
        return node.model_copy(update={name: _updated(getattr(node, name), part) for name, part in tree.items()})
    return {**node, **{name: _updated(node.get(name), part) for name, part in tree.items()}}
