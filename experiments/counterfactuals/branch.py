"""Branches: from any round of any world, change one thing and play on, with the same dice or with new ones."""

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
    """Give the world of a run as it stands after so many rounds."""
    world = World(scenario, seed, collect_overrides(scenario, overrides))
    advance(world, rounds)
    return world


class Continuations(NamedTuple):
    """Redrawn futures of both arms, paired by seed: [future, round, indicator], the past included."""

    base: np.ndarray
    changed: np.ndarray


class Branch:
    """One thing changed from a round on: the run as it was, and as it is then, with the same dice.

    at: the first round under the change. changes: dotted path to value (a parameter, a doctrine, a
    switch). overrides: forced moves in rounds from ``at`` on. Bit-identical up to the change, and
    throughout if the change has no effect. Raises ScenarioError if the scenario or a value is at fault,
    if ``at`` is not one of its rounds, or if the change would alter who is there.
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
            raise ScenarioError([InputError("at", at, f"allowed is between 1 and {self.scenario.rounds}")])
        if early := [move for move in self.overrides if move.round < at]:
            raise ScenarioError(
                [InputError(move.act, move.round, f"is before the branch in round {at}") for move in early]
            )
        self.past = world_after(self.scenario, seed, at - 1)
        self.base = run_trajectory(World(self.scenario, seed, collect_overrides(self.scenario)), self.scenario.rounds)
        self.trajectory = np.concatenate(
            [self.base[: at - 1], run_trajectory(self.arm(seed), self.scenario.rounds - at + 1)]
        )

    def arm(self, seed: int) -> World:
        """Give the world at the branching point, under the change."""
        try:
            return self.past.continue_with(self.changed, seed, collect_overrides(self.changed, self.overrides))
        except ValueError as error:
            raise ScenarioError([InputError("changes", "", f"cannot be made in mid-run: {error}")]) from None

    @property
    def first_difference(self) -> int | None:
        """Give the first round in which the branch differs from the run, or None if it never does."""
        rows = (self.base != self.trajectory).any(axis=1)
        return int(rows.argmax()) if rows.any() else None

    @property
    def digests(self) -> tuple[str, str]:
        """Hash the run and the branch."""
        return trajectory_digest(self.base), trajectory_digest(self.trajectory)

    def resample(self, count: int = 1000, seed: int = 1_000_003, keep_rounds: int = 0) -> Continuations:
        """Keep the past and redraw the future of both arms with the same new seeds.

        keep_rounds: rounds after the branching point that are still played with the run's own dice, so
        that a decision forced in round ``at`` falls among the very circumstances in which it fell.
        """
        here = self.past.continue_with(self.scenario, self.seed, collect_overrides(self.scenario))
        there = self.arm(self.seed)
        seeds = np.arange(count, dtype=np.uint64) + np.uint64(seed)
        return Continuations(*(self._futures(world, seeds, keep_rounds) for world in (here, there)))

    def _futures(self, world: World, seeds: np.ndarray, keep: int) -> np.ndarray:
        own = run_trajectory(world, keep)
        rest = self.scenario.rounds - self.at + 1 - keep
        played = run_trajectories(world, seeds, rest)
        past = np.concatenate([self.base[: self.at - 1], own[:-1]])
        return np.concatenate([np.broadcast_to(past, (len(seeds), *past.shape)), played], axis=1)
