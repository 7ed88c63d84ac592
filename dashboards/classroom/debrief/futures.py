"""Counterfactuals of an ended lesson: replays of its turns, and simulated futures from their ends."""

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
    """A copy of a played lesson, which can be used without its lock."""

    scenario: Scenario
    seed: int
    overrides: tuple[Override, ...]
    owners: tuple[str, ...]
    turn_starts: tuple[int, ...]  # months before each turn
    month: int  # months played
    choices: tuple[dict[str, dict[str, str]], ...]
    order_results: tuple[list[dict[str, Any]], ...]
    events: tuple[Override, ...]

    def turn_ends(self) -> list[int]:
        """Return the month in which each turn ended."""
        return [*self.turn_starts[1:], self.month] if self.turn_starts else []

    def overrides_without(self, without: str | None = None, until: int | None = None) -> list[Override]:
        """Return the overrides up to a month without one seat's; events are always included."""
        return [
            override
            for override, owner in zip(self.overrides, self.owners, strict=True)
            if owner == "" or (owner != without and (until is None or override.round <= until))
        ]


def played_lesson(lesson: Lesson) -> PlayedLesson:
    """Return a copy of a lesson for the debrief."""
    with lesson.lock:
        simulation = lesson.simulation
        return PlayedLesson(
            lesson.scenario,
            lesson.seed,
            tuple(simulation.overrides),
            tuple(simulation.owners),
            tuple(lesson.turn_starts),
            simulation.round,
            tuple(lesson.choices_played),
            tuple(lesson.order_results),
            tuple(lesson.events),
        )


def simulate_outcomes(world: World, past: np.ndarray, run: PlayedLesson, futures: int) -> np.ndarray:
    """Simulate futures to the end of the lesson with agents in all seats; returns outcomes, int8 [future].

    world: the state at their start. past: the indicators up to then, [round, indicator], round 0 first.
    """
    now = int(world.clock[0])
    blocks = [
        continuation_outcomes(
            world, past, now, run.scenario, first, min(FUTURES_PER_BLOCK, futures - first), run.events
        )
        for first in range(0, futures, FUTURES_PER_BLOCK)
    ]
    return np.concatenate(blocks)


def replay_turn(run: PlayedLesson, turn: int, without: str | None) -> np.ndarray:
    """Replay a turn, without one seat's orders if given, and simulate its futures; returns outcomes, int8 [future]."""
    start, end = run.turn_starts[turn], run.turn_ends()[turn]
    world = world_after(run.scenario, run.seed, start, run.overrides_without(until=start))
    past = indicator_history(run, start)
    in_turn = [each for each in run.overrides_without(without) if start < each.round <= end]
    later = [each for each in run.events if each.round > end]
    played = world.continue_with(run.scenario, run.seed, collect_overrides(run.scenario, [*in_turn, *later]))
    turn_indicators = run_trajectory(played, end - start)
    return simulate_outcomes(played, np.concatenate([past[:-1], turn_indicators]), run, FUTURES_PER_ARM)


def indicator_history(run: PlayedLesson, month: int) -> np.ndarray:
    """Return the indicators of the lesson up to a month, [round, indicator], round 0 first."""
    return run_trajectory(
        World(run.scenario, run.seed, collect_overrides(run.scenario, run.overrides_without())), month
    )


def outcome_shares(ends: np.ndarray) -> dict[str, float]:
    """Return the share of each outcome."""
    return {each.name: round(float((ends == each).mean()), 4) for each in Outcome}


def has_deal(ends: np.ndarray) -> np.ndarray:
    """Return in which futures some deal is in force at the end, float64 [future]."""
    return (ends >= Outcome.partial_arrangement).astype(float)


def outlook_by_turn(run: PlayedLesson, advance: Callable[[], None]) -> list[np.ndarray]:
    """Return the outcomes of futures simulated from the start and from the end of every turn."""
    blocks = []
    for month in [0, *run.turn_ends()]:
        world = world_after(run.scenario, run.seed, month, run.overrides_without(until=month))
        blocks.append(simulate_outcomes(world, indicator_history(run, month), run, FUTURES_PER_TURN))
        advance()
    return blocks
