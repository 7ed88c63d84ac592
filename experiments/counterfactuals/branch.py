"""Branches: change a run from a round on, with common random numbers or with resampled continuations."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.kernel import advance, run_trajectories, run_trajectory
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.measures import trajectory_digest
from model.overrides import Override, collect_overrides
from model.scenario import Scenario
from model.world import World


def world_after(scenario: Scenario, seed: int, rounds: int, overrides: Sequence[Override] = ()) -> World:
    """Return the world of a run after ``rounds`` rounds."""
    world = World(scenario, seed, collect_overrides(scenario, overrides))
    advance(world, rounds)
    return world


class Continuations(NamedTuple):
    """Resampled continuations of both arms, paired by seed: [continuation, round, indicator], the past included."""

    base: np.ndarray
    changed: np.ndarray


class Branch:
    """A run and the same run with a change from a round on, with common random numbers.

    at: the first round under the change. changes: dotted path to value (a parameter, a doctrine, a switch).
    overrides: forced moves in rounds from ``at`` on. Both runs are bit-identical before the change, and throughout if
    the change has no effect. Raises ScenarioError if the scenario or a value is invalid, if ``at`` is not a round of
    the scenario, or if the change would add or remove actors or negotiations.
    """

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any],
        seed: int,
        at: int,
        changes: Mapping[str, Any] | None = None,
        overrides: Sequence[Override] = (),
    ):
        self.scenario, self.changed = load_scenario(scenario), load_scenario(scenario, changes)
        self.seed, self.at, self.overrides = seed, at, tuple(overrides)
        if not 1 <= at <= self.scenario.rounds:
            raise ScenarioError([InputError("at", at, f"must be between 1 and {self.scenario.rounds}")])
        if early := [move for move in self.overrides if move.round < at]:
            problem = f"is before the branch in round {at}"
            raise ScenarioError([InputError(move.act, move.round, problem) for move in early])
        self.past = world_after(self.scenario, seed, at - 1)
        self.base = run_trajectory(World(self.scenario, seed, collect_overrides(self.scenario)), self.scenario.rounds)
        changed = run_trajectory(self.arm(seed), self.scenario.rounds - at + 1)
        self.trajectory = np.concatenate([self.base[: at - 1], changed])

    def arm(self, seed: int) -> World:
        """Return the world at the branching point, under the change, with a seed for the rounds that follow."""
        try:
            return self.past.continue_with(self.changed, seed, collect_overrides(self.changed, self.overrides))
        except ValueError as error:
            raise ScenarioError([InputError("changes", "", f"cannot be made during a run: {error}")]) from None

    @property
    def first_difference(self) -> int | None:
        """Return the first round in which the branch differs from the run, or None if it does not."""
        rows = (self.base != self.trajectory).any(axis=1)
        return int(rows.argmax()) if rows.any() else None

    @property
    def digests(self) -> tuple[str, str]:
        """Return the digests of the run and of the branch."""
        return trajectory_digest(self.base), trajectory_digest(self.trajectory)

    def resample(self, count: int = 1000, seed: int = 1_000_003, keep_rounds: int = 0) -> Continuations:
        """Resample continuations of both arms from the branching point, with the same new seeds.

        keep_rounds: number of rounds after the branching point that still use the random numbers of the run, so
        that a decision forced in round ``at`` meets the same circumstances as in the run.
        """
        base = self.past.continue_with(self.scenario, self.seed, collect_overrides(self.scenario))
        changed = self.arm(self.seed)
        seeds = np.arange(count, dtype=np.uint64) + np.uint64(seed)
        return Continuations(*(self._continuations(world, seeds, keep_rounds) for world in (base, changed)))

    def _continuations(self, world: World, seeds: np.ndarray, keep_rounds: int) -> np.ndarray:
        continued = run_trajectory(world, keep_rounds)
        resampled = run_trajectories(world, seeds, self.scenario.rounds - self.at + 1 - keep_rounds)
        past = np.concatenate([self.base[: self.at - 1], continued[:-1]])
        return np.concatenate([np.broadcast_to(past, (len(seeds), *past.shape)), resampled], axis=1)
