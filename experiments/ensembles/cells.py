"""The cells of a world that take the value of a parameter, found once by trying values.

Most parameters only set one or a few cells of the world. A world with other values is then a copy with those cells
set, and the scenario need not be built again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario
from model.overrides import Override, collect_overrides
from model.world import World

MAX_TRIALS = 50  # values of one parameter
# Up to MAX_DISTINCT different values in a column of a design are all tried, else SAMPLE_SIZE of them.
MAX_DISTINCT, SAMPLE_SIZE = 10, 4
BUFFERS = ("floats", "integers", "parameters", "switches")
Cells = dict[str, np.ndarray]  # by buffer, the indices that take a parameter's value


class DesignCells:
    """The world of a scenario, and the cells that each of some parameters sets.

    data: the scenario as plain data. samples: the values to try, by dotted path. For a parameter that does more than
    set cells, ``cells`` is None, and worlds are built from the scenario. Raises ScenarioError if that has errors.
    """

    def __init__(
        self, data: Mapping[str, Any], samples: Mapping[str, Sequence[Any]], overrides: Iterable[Override] = ()
    ):
        self.data, self.overrides = data, tuple(overrides)
        self.scenario = build_scenario(data)
        self.base = World(self.scenario, 0, collect_overrides(self.scenario, self.overrides))
        self.cells = {path: self._find_cells(path, values) for path, values in samples.items()}
        for path in _sharing_paths(self.cells):
            self.cells[path] = None
        if not self._agrees(samples):
            self.cells = dict.fromkeys(self.cells)

    def world(self, values: Mapping[str, Any]) -> World:
        """Return the world with some values, before its first round. Raises ScenarioError if they are inconsistent.

        Each value must be one of the samples, or lie between them.
        """
        return self._build(values) if any(self.cells[path] is None for path in values) else self._set(values)

    def _build(self, values: Mapping[str, Any]) -> World:
        scenario = build_scenario(apply_changes(self.data, values))
        return World(scenario, 0, collect_overrides(scenario, self.overrides))

    def _set(self, values: Mapping[str, Any]) -> World:
        """Return a copy of the world with the values in their cells."""
        copy = self.base.copy_at_start(0)
        copy.parameters, copy.switches = self.base.parameters.copy(), self.base.switches.copy()
        for path, value in values.items():
            for buffer, indices in (self.cells[path] or {}).items():
                getattr(copy, buffer)[indices] = value
        copy.apply_parameters()
        return copy

    def _find_cells(self, path: str, values: Sequence[Any]) -> Cells | None:
        """Return the cells that take a parameter's value unchanged; None if it does more, or cannot be tried."""
        if not 0 < len(values) <= MAX_TRIALS or any(isinstance(value, str) for value in values):
            return None
        try:
            worlds = [self._build({path: value}) for value in values]
        except ScenarioError:
            return None
        if any(world.size != self.base.size for world in worlds):
            return None
        if any(world.forced_value.tobytes() != self.base.forced_value.tobytes() for world in worlds):
            return None
        cells: Cells = {}
        for buffer in BUFFERS:
            arrays = [getattr(world, buffer) for world in worlds]
            differs = np.logical_or.reduce([array != getattr(self.base, buffer) for array in arrays])
            (indices,) = np.nonzero(differs)
            if any((array[indices] != value).any() for array, value in zip(arrays, values, strict=True)):
                return None
            if len(indices):
                cells[buffer] = indices
        return cells

    def _agrees(self, samples: Mapping[str, Sequence[Any]]) -> bool:
        """Return whether worlds set by cells equal those built from the scenario when several parameters change."""
        known = [(path, samples[path]) for path, cells in self.cells.items() if cells is not None]
        for step in range(3 if known else 0):
            values = {path: tried[(index % 2 + step) % len(tried)] for index, (path, tried) in enumerate(known)}
            try:
                built, copied = self._build(values), self._set(values)
            except ScenarioError:
                return False
            if any(getattr(built, buffer).tobytes() != getattr(copied, buffer).tobytes() for buffer in BUFFERS):
                return False
        return True


def _sharing_paths(cells: Mapping[str, Cells | None]) -> set[str]:
    """Return the parameters that share a cell with another parameter."""
    owners: dict[tuple[str, int], list[str]] = {}
    for path, path_cells in cells.items():
        for buffer, indices in (path_cells or {}).items():
            for index in indices.tolist():
                owners.setdefault((buffer, index), []).append(path)
    return {path for paths in owners.values() if len(paths) > 1 for path in paths}


def sample_values(column: Sequence[Any]) -> list[Any]:
    """Return the values to try from a column of a design: all if they are few, else smallest, largest and two between.

    Returns an empty list for text, mixed types and numbers that are not finite: those worlds are built from scratch.
    """
    kinds = {type(value) for value in column}
    if len(kinds) != 1 or not issubclass(kinds.pop(), bool | int | float) or not np.isfinite(column).all():
        return []
    values = sorted(set(column))
    if len(values) <= MAX_DISTINCT:
        return values
    return [values[index * (len(values) - 1) // (SAMPLE_SIZE - 1)] for index in range(SAMPLE_SIZE)]
