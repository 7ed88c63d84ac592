"""The futures of a lesson that is over: any of its turns played again, and what redrawn futures come to from there."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dashboards.classroom.lesson.lesson import Lesson
from experiments.counterfactuals.branch import world_after
from experiments.counterfactuals.pivot import continuation_outcomes
from experiments.engine.kernel import run_trajectory
from model.enumerations import Outcome
from model.overrides import Override, collect_overrides
from model.scenario import Scenario
from model.world import World

FUTURES_PER_ARM, FUTURES_PER_TURN, FUTURES_PER_BLOCK = 1000, 200, 100


class PlayedLesson(NamedTuple):
    """A lesson as it was played, taken out of the store's reach: nothing below waits for its lock."""

    scenario: Scenario
    seed: int
    overrides: tuple[Override, ...]
    owners: tuple[str, ...]
    turn_starts: tuple[int, ...]  # of each turn, the months before it
    month: int  # months played in all
    choices: tuple[dict[str, dict[str, str]], ...]
    order_results: tuple[list[dict[str, Any]], ...]
    events: tuple[Override, ...]

    def turn_ends(self) -> list[int]:
        """Give the month in which each turn ended."""
        return [*self.turn_starts[1:], self.month] if self.turn_starts else []

    def overrides_without(self, without: str | None = None, until: int | None = None) -> list[Override]:
        """List what was forced: without one seat's orders, up to a month; events are there in any case."""
        return [
            override
            for override, owner in zip(self.overrides, self.owners, strict=True)
            if owner == "" or (owner != without and (until is None or override.round <= until))
        ]


def played_lesson(lesson: Lesson) -> PlayedLesson:
    """Take what is to be weighed out of a lesson."""
    with lesson.lock:
        table = lesson.simulation
        return PlayedLesson(
            lesson.scenario,
            lesson.seed,
            tuple(table.overrides),
            tuple(table.owners),
            tuple(lesson.turn_starts),
            table.round,
            tuple(lesson.choices_played),
            tuple(lesson.order_results),
            tuple(lesson.events),
        )


def simulate_outcomes(world: World, past: np.ndarray, run: PlayedLesson, futures: int) -> np.ndarray:
    """Play redrawn futures to the end of the lesson, agents on all seats; gives outcomes, int8 [future].

    world: as it stands when they begin. past: the indicators up to there, [round, indicator], the start first.
    """
    now = int(world.clock[0])
    found = [
        continuation_outcomes(
            world, past, now, run.scenario, first, min(FUTURES_PER_BLOCK, futures - first), run.events
        )
        for first in range(0, futures, FUTURES_PER_BLOCK)
    ]
    return np.concatenate(found)


def replay_turn(run: PlayedLesson, turn: int, without: str | None) -> np.ndarray:
    """Play one turn again, as it went or without one seat's orders, and its futures; gives outcomes, int8 [future]."""
    begin, end = run.turn_starts[turn], run.turn_ends()[turn]
    world = world_after(run.scenario, run.seed, begin, run.overrides_without(until=begin))
    past = indicator_history(run, begin)
    within = [each for each in run.overrides_without(without) if begin < each.round <= end]
    later = [each for each in run.events if each.round > end]
    played = world.continue_with(run.scenario, run.seed, collect_overrides(run.scenario, [*within, *later]))
    own = run_trajectory(played, end - begin)
    return simulate_outcomes(played, np.concatenate([past[:-1], own]), run, FUTURES_PER_ARM)


def indicator_history(run: PlayedLesson, month: int) -> np.ndarray:
    """Give the indicators of the lesson up to a month, [round, indicator], the start first."""
    return run_trajectory(
        World(run.scenario, run.seed, collect_overrides(run.scenario, run.overrides_without())), month
    )


def outcome_shares(ends: np.ndarray) -> dict[str, float]:
    """Give the share of each outcome."""
    return {each.name: round(float((ends == each).mean()), 4) for each in Outcome}


def has_deal(ends: np.ndarray) -> np.ndarray:
    """Say in which futures some deal stands in the end, float64 [future]."""
    return (ends >= Outcome.partial_arrangement).astype(float)


def outlook_by_turn(run: PlayedLesson, tell: Callable[[], None]) -> list[np.ndarray]:
    """Play the futures from the start and from the end of every turn on."""
    found = []
    for month in [0, *run.turn_ends()]:
        world = world_after(run.scenario, run.seed, month, run.overrides_without(until=month))
        found.append(simulate_outcomes(world, indicator_history(run, month), run, FUTURES_PER_TURN))
        tell()
    return found
