"""How the value of a parameter reaches a world: the cells that take it, found once by trying.

Most parameters only put a number into one or a few cells of the world. A world with other values is then a copy
with those cells set, and the scenario is not built again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario
from model.overrides import Override, collect_overrides
from model.world import World

MAX_TRIALS = 50  # values of one parameter
ALL_UP_TO, SAMPLE_SIZE = 10, 4  # of a design's column: distinct values that are all tried; how many are tried of more
BUFFERS = ("floats", "integers", "parameters", "switches")
Cells = dict[str, np.ndarray]  # by buffer, the places that take a parameter's value


class DesignCells:
    """The world of a scenario, and the cells that each of some parameters sets.

    data: the scenario as plain data. samples: for each dotted path the values to try. A parameter that does more
    than set its cells has none: a world with a value of it is built from the scenario. Raises ScenarioError if
    the scenario is wrong.
    """

    def __init__(
        self, data: Mapping[str, Any], samples: Mapping[str, Sequence[Any]], overrides: Iterable[Override] = ()
    ):
        self.data, self.overrides = data, tuple(overrides)
        self.scenario = build_scenario(data)
        self.base = World(self.scenario, 0, collect_overrides(self.scenario, self.overrides))
        self.cells = {path: self._found(path, values) for path, values in samples.items()}
        for path in _sharing(self.cells):
            self.cells[path] = None
        if not self._agrees(samples):
            self.cells = dict.fromkeys(self.cells)

    def world(self, values: Mapping[str, Any]) -> World:
        """Return the world with some values, before its first round. Raises ScenarioError if they are wrong together.

        Each value is one of those that were tried, or lies between them.
        """
        return self._built(values) if any(self.cells[path] is None for path in values) else self._set(values)

    def _built(self, values: Mapping[str, Any]) -> World:
        scenario = build_scenario(apply_changes(self.data, values))
        return World(scenario, 0, collect_overrides(scenario, self.overrides))

    def _set(self, values: Mapping[str, Any]) -> World:
        """Copy the world with the values in their cells."""
        twin = self.base.copy_at_start(0)
        twin.parameters, twin.switches = self.base.parameters.copy(), self.base.switches.copy()
        for path, value in values.items():
            for buffer, places in (self.cells[path] or {}).items():
                getattr(twin, buffer)[places] = value
        twin.apply_parameters()
        return twin

    def _found(self, path: str, tried: Sequence[Any]) -> Cells | None:
        """Find the cells that take a parameter's value as it is; None if it does more, or cannot be tried."""
        if not 0 < len(tried) <= MAX_TRIALS or any(isinstance(value, str) for value in tried):
            return None
        try:
            worlds = [self._built({path: value}) for value in tried]
        except ScenarioError:
            return None
        if any(world.size != self.base.size for world in worlds):
            return None
        if any(world.forced_value.tobytes() != self.base.forced_value.tobytes() for world in worlds):
            return None
        found: Cells = {}
        for buffer in BUFFERS:
            arrays = [getattr(world, buffer) for world in worlds]
            differs = np.logical_or.reduce([array != getattr(self.base, buffer) for array in arrays])
            (places,) = np.nonzero(differs)
            if any((array[places] != value).any() for array, value in zip(arrays, tried, strict=True)):
                return None
            if len(places):
                found[buffer] = places
        return found

    def _agrees(self, samples: Mapping[str, Sequence[Any]]) -> bool:
        """Check that worlds set cell by cell are those built from the scenario when many parameters move at once."""
        quick = {path: samples[path] for path, cells in self.cells.items() if cells is not None}
        for step in range(3 if quick else 0):
            values = {path: tried[(at % 2 + step) % len(tried)] for at, (path, tried) in enumerate(quick.items())}
            try:
                built, copied = self._built(values), self._set(values)
            except ScenarioError:
                return False
            if any(getattr(built, buffer).tobytes() != getattr(copied, buffer).tobytes() for buffer in BUFFERS):
                return False
        return True


def _sharing(cells: Mapping[str, Cells | None]) -> set[str]:
    """Return the parameters that have a cell in common with another."""
    owners: dict[tuple[str, int], list[str]] = {}
    for path, found in cells.items():
        for buffer, places in (found or {}).items():
            for place in places.tolist():
                owners.setdefault((buffer, place), []).append(path)
    return {path for sharing in owners.values() if len(sharing) > 1 for path in sharing}


def sample_values(column: Sequence[Any]) -> list[Any]:
    """Choose the values to try of a column of a design: all of a few, else the least, the greatest and some between.

    Return none for words, mixed types or numbers that are not finite: these are built from the scenario.
    """
    kinds = {type(value) for value in column}
    if len(kinds) != 1 or not issubclass(kinds.pop(), bool | int | float) or not np.isfinite(column).all():
        return []
    values = sorted(set(column))
    if len(values) <= ALL_UP_TO:
        return values
    return [values[at * (len(values) - 1) // (SAMPLE_SIZE - 1)] for at in range(SAMPLE_SIZE)]
