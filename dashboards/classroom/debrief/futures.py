"""The futures of a lesson that is over: any of its turns played again, and what redrawn futures come to from there."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dashboards.classroom.lesson.lesson import Lesson
from experiments.counterfactuals.branch import stand
from experiments.counterfactuals.pivot import ends
from experiments.engine.kernel import measure
from model.enumerations import Outcome
from model.overrides import Override, forced
from model.scenario import Scenario
from model.world import World

FUTURES, OUTLOOK, BLOCK = 1000, 200, 100


class PlayedLesson(NamedTuple):
    """A lesson as it was played, taken out of the store's reach: nothing below waits for its lock."""

    scenario: Scenario
    seed: int
    overrides: tuple[Override, ...]
    owners: tuple[str, ...]
    begins: tuple[int, ...]  # of each turn, the months before it
    month: int  # months played in all
    sheets: tuple[dict[str, dict[str, str]], ...]
    played: tuple[list[dict[str, Any]], ...]
    events: tuple[Override, ...]

    def ends(self) -> list[int]:
        """Give the month in which each turn ended."""
        return [*self.begins[1:], self.month] if self.begins else []

    def forces(self, without: str | None = None, until: int | None = None) -> list[Override]:
        """List what was forced: without one seat's orders, up to a month; events are there in any case."""
        return [
            override
            for override, owner in zip(self.overrides, self.owners, strict=True)
            if owner == "" or (owner != without and (until is None or override.round <= until))
        ]


def kept(lesson: Lesson) -> PlayedLesson:
    """Take what is to be weighed out of a lesson."""
    with lesson.lock:
        table = lesson.table
        return PlayedLesson(
            lesson.scenario,
            lesson.seed,
            tuple(table.overrides),
            tuple(table.owners),
            tuple(lesson.begins),
            table.round,
            tuple(lesson.sheets_played),
            tuple(lesson.played),
            tuple(lesson.events),
        )


def reached(world: World, past: np.ndarray, run: PlayedLesson, futures: int) -> np.ndarray:
    """Play redrawn futures to the end of the lesson, agents on all seats; gives outcomes, int8 [future].

    world: as it stands when they begin. past: the indicators up to there, [round, indicator], the start first.
    """
    now = int(world.clock[0])
    found = [
        ends(world, past, now, run.scenario, first, min(BLOCK, futures - first), run.events)
        for first in range(0, futures, BLOCK)
    ]
    return np.concatenate(found)


def arm(run: PlayedLesson, turn: int, without: str | None) -> np.ndarray:
    """Play one turn again, as it went or without one seat's orders, and its futures; gives outcomes, int8 [future]."""
    begin, end = run.begins[turn], run.ends()[turn]
    world = stand(run.scenario, run.seed, begin, run.forces(until=begin))
    past = history(run, begin)
    within = [each for each in run.forces(without) if begin < each.round <= end]
    later = [each for each in run.events if each.round > end]
    played = world.heir(run.scenario, run.seed, forced(run.scenario, [*within, *later]))
    own = measure(played, end - begin)
    return reached(played, np.concatenate([past[:-1], own]), run, FUTURES)


def history(run: PlayedLesson, month: int) -> np.ndarray:
    """Give the indicators of the lesson up to a month, [round, indicator], the start first."""
    return measure(World(run.scenario, run.seed, forced(run.scenario, run.forces())), month)


def shares(ends: np.ndarray) -> dict[str, float]:
    """Give the share of each outcome."""
    return {each.name: round(float((ends == each).mean()), 4) for each in Outcome}


def deals(ends: np.ndarray) -> np.ndarray:
    """Say in which futures some deal stands in the end, float64 [future]."""
    return (ends >= Outcome.partial_arrangement).astype(float)


def outlook(run: PlayedLesson, tell: Callable[[], None]) -> list[np.ndarray]:
    """Play the futures from the start and from the end of every turn on."""
    found = []
    for month in [0, *run.ends()]:
        world = stand(run.scenario, run.seed, month, run.forces(until=month))
        found.append(reached(world, history(run, month), run, OUTLOOK))
        tell()
    return found
