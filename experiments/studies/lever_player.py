"""Playing changes of levers with common random numbers, and measuring goals in every world."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.compare import INDICATOR_INDEX
from experiments.ensembles.design import Design, Plans, Replications, ScenarioSource
from experiments.ensembles.plausible import PlausibleSample
from experiments.ensembles.plausible_worlds import chosen_paths, free_columns
from experiments.ensembles.play_design import measure_points
from experiments.studies.goals import MeasureGoal, parse_goal
from experiments.studies.lever_moves import allowed_levers
from model.errors import InputError, ScenarioError, collect_errors
from model.overrides import Override
from model.parameter_space import list_levers

PLAUSIBLE_POINTS, PLAUSIBLE_WORLDS = 200, 100


class PointValues(NamedTuple):
    """What is measured at a point: the measure of each goal, [goal, world]; mean tension, [world]; mean progress."""

    measures: np.ndarray
    tension: np.ndarray
    progress: float


class LeverPlayer:
    """Plays a scenario with some of its levers changed.

    goals: their texts. may: shell patterns of the levers that are allowed to move; all levers without patterns.
    events: that happen in every world besides those of the scenario.
    progress: receives the number of worlds played so far. Raises ScenarioError with the errors of all arguments.
    """

    def __init__(
        self,
        scenario: ScenarioSource,
        changes: Mapping[str, Any] | None,
        goals: Sequence[str],
        may: Sequence[str],
        events: Sequence[Override] = (),
    ):
        self.plans = Plans(scenario, changes, events)
        self.scenario = self.plans.scenario
        self.goals: list[MeasureGoal] = []
        self.done = 0
        self.progress: Callable[[int], None] = lambda _: None
        errors: list[InputError] = []
        for goal in goals:
            try:
                self.goals.append(parse_goal(goal, list(self.scenario.negotiations)))
            except ScenarioError as error:
                errors += error.errors
        try:
            self.levers = allowed_levers(self.scenario, may)
        except ScenarioError as error:
            errors += error.errors
        if errors:
            raise ScenarioError(collect_errors(errors))

    def play(self, points: Sequence[Mapping[str, float]], worlds: int, seed: int) -> list[PointValues | None]:
        """Play some settings of levers, each of the same worlds: None where values contradict each other."""
        if not points:
            return []
        return self.play_design(Design.of_changes(self.plans, list(map(self._setting, points))), worlds, seed)

    def play_plausible(self, sample: PlausibleSample, settings: Mapping[str, float], seed: int) -> list[PointValues]:
        """Play a setting of levers in plausible worlds: draws of what neither the scenario sets nor a lever is."""
        fixed = {each.path for each in list_levers(self.scenario)} | chosen_paths(self.plans.data)
        free = free_columns(sample, sample.draw_points(PLAUSIBLE_POINTS, seed), fixed)
        levers = {path: [value] * PLAUSIBLE_POINTS for path, value in self._setting(settings).items()}
        played = self.play_design(Design(self.plans, free | levers), PLAUSIBLE_WORLDS, seed)
        return [each for each in played if each is not None]

    def _setting(self, settings: Mapping[str, float]) -> Mapping[str, float]:
        """Return a setting of levers that is not empty: one lever at its own value if nothing is changed."""
        return settings or {self.levers[0].path: self.levers[0].value}

    def play_design(self, design: Design, worlds: int, seed: int) -> list[PointValues | None]:
        """Play the points of a design and report progress."""
        before = self.done

        def report(points: int) -> None:
            self.done = before + points * worlds
            self.progress(self.done)

        how = Replications(worlds, seed, True, self.scenario.rounds)
        return measure_points(design, how, self._measure, progress=report)

    def _measure(self, trajectories: np.ndarray) -> PointValues:
        after_start = trajectories[:, 1:]
        tension = after_start[:, :, INDICATOR_INDEX["tension"]].mean(axis=1)
        progress = float(after_start[:, :, INDICATOR_INDEX["deal_progress"]].mean())
        return PointValues(np.stack([goal.values(trajectories) for goal in self.goals]), tension, progress)
