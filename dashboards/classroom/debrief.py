"""The debrief of a lesson that is over: you against your ghost, turning points, chances, questions.

A *ghost* is what the agent would have done in a seat. At each turn in which a seat differed from its agent, the turn
is played twice from the same world and with the same dice, once as it went and once with this seat left to its agent,
all else as it was; from its end on both go on with agents on all seats, over a thousand redrawn futures, paired.
"""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dashboards.classroom.lesson import Lesson
from dashboards.classroom.picture import charts
from dashboards.classroom.questions import questions
from dashboards.classroom.sight import Eyes
from dashboards.classroom.store import written
from dashboards.classroom.table import Table
from experiments.branch import overall, stand
from experiments.compare import effect
from experiments.ensemble import pool
from experiments.kernel import measure, measure_many
from experiments.pivot import FUTURES_SEED
from model.overrides import Override, forced
from model.scenario import Scenario
from model.statuses import Outcome
from model.world import World

FUTURES, OUTLOOK, BLOCK = 1000, 200, 100
MOST_POINTS = 120  # turns of seats that are weighed, the first ones; a longer lesson says so
Progress = Callable[[int, int], None]

log = logging.getLogger(__name__)


class Kept(NamedTuple):
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
        return [*self.begins[1:], self.month]

    def forces(self, without: str | None = None, until: int | None = None) -> list[Override]:
        """List what was forced: without one seat's orders, up to a month; events are there in any case."""
        return [
            override
            for override, owner in zip(self.overrides, self.owners, strict=True)
            if owner == "" or (owner != without and (until is None or override.round <= until))
        ]


def kept(lesson: Lesson) -> Kept:
    """Take what is to be weighed out of a lesson."""
    with lesson.lock:
        table = lesson.table
        return Kept(
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


def reached(world: World, past: np.ndarray, run: Kept, futures: int) -> np.ndarray:
    """Play redrawn futures to the end of the lesson, agents on all seats; gives outcomes, int8 [future].

    world: as it stands when they begin. past: the indicators up to there, [round, indicator], the start first.
    """
    start = world.heir(run.scenario, int(world.seed), forced(run.scenario, run.events))
    rest, found = run.scenario.rounds - int(world.clock[0]), []
    for first in range(0, futures, BLOCK):
        size = min(BLOCK, futures - first)
        seeds = np.arange(first, first + size, dtype=np.uint64) + np.uint64(FUTURES_SEED)
        before = np.broadcast_to(past[:-1], (size, *past[:-1].shape))
        whole = np.concatenate([before, measure_many(start, seeds, rest)], axis=1)
        found.append(overall(whole, len(run.scenario.negotiations)).astype(np.int8))
    return np.concatenate(found)


def arm(run: Kept, turn: int, without: str | None) -> np.ndarray:
    """Play one turn again, as it went or without one seat's orders, and its futures; gives outcomes, int8 [future]."""
    begin, end = run.begins[turn], run.ends()[turn]
    world = stand(run.scenario, run.seed, begin, run.forces(until=begin))
    past = history(run, begin)
    within = [each for each in run.forces(without) if begin < each.round <= end]
    later = [each for each in run.events if each.round > end]
    played = world.heir(run.scenario, run.seed, forced(run.scenario, [*within, *later]))
    own = measure(played, end - begin)
    return reached(played, np.concatenate([past[:-1], own]), run, FUTURES)


def history(run: Kept, month: int) -> np.ndarray:
    """Give the indicators of the lesson up to a month, [round, indicator], the start first."""
    return measure(World(run.scenario, run.seed, forced(run.scenario, run.forces())), month)


def shares(ends: np.ndarray) -> dict[str, float]:
    """Give the share of each outcome."""
    return {each.name: round(float((ends == each).mean()), 4) for each in Outcome}


def deals(ends: np.ndarray) -> np.ndarray:
    """Say in which futures some deal stands in the end, float64 [future]."""
    return (ends >= Outcome.partial_arrangement).astype(float)


def outlook(run: Kept, tell: Callable[[], None]) -> list[np.ndarray]:
    """Play the futures from the start and from the end of every turn on."""
    found = []
    for month in [0, *run.ends()] if run.begins else [0]:
        world = stand(run.scenario, run.seed, month, run.forces(until=month))
        found.append(reached(world, history(run, month), run, OUTLOOK))
        tell()
    return found


def chances(run: Kept, looks: list[np.ndarray]) -> dict[str, Any]:
    """Give the chance of a deal from the end of every turn on, with its 95 % interval."""
    middle = [float(deals(ends).mean()) for ends in looks]
    wide = [1.96 * (share * (1 - share) / OUTLOOK) ** 0.5 for share in middle]
    return {
        "months": [0, *run.ends()],
        "deal": [round(share, 4) for share in middle],
        "low": [round(max(share - by, 0.0), 4) for share, by in zip(middle, wide, strict=True)],
        "high": [round(min(share + by, 1.0), 4) for share, by in zip(middle, wide, strict=True)],
        "futures": OUTLOOK,
    }


def turning(run: Kept, looks: list[np.ndarray], story: list[dict[str, Any]], most: int = 5) -> list[dict[str, Any]]:
    """List the turns that moved the chance of a deal most, with what was ordered and what happened in them."""
    found = []
    for turn, (begin, end) in enumerate(zip(run.begins, run.ends(), strict=True)):
        before, now = deals(looks[turn]), deals(looks[turn + 1])
        moved = effect(before, now)
        if moved.low <= 0.0 <= moved.high:
            continue
        orders = [
            {part: each[part] for part in ("seat", "verb", "option")}
            for each in run.played[turn]
            if each["differed"] is not None
        ]
        found.append(
            {
                "month": end,
                "turn": turn + 1,
                "before": round(float(before.mean()), 4),
                "now": round(float(now.mean()), 4),
                "low": round(moved.low, 4),
                "high": round(moved.high, 4),
                "moves": orders,
                "story": [row for row in story if begin < row["month"] <= end],
            }
        )
    return sorted(found, key=lambda each: -abs(each["now"] - each["before"]))[:most]


def differences(run: Kept) -> list[tuple[str, int, list[dict[str, Any]]]]:
    """List where a seat differed from its agent: seat, turn, and the decisions."""
    found = []
    for turn, played in enumerate(run.played):
        for seat in dict.fromkeys(each["seat"] for each in played):
            own = [each for each in played if each["seat"] == seat and each["differed"] is not None]
            told = [{"verb": each["verb"], "option": each["option"], "agent": each["agent"]} for each in own]
            if told:
                found.append((seat, turn, told))
    return found


def alone(run: Kept, without: str | None) -> Table:
    """Play the lesson again without one seat's orders, or without anyone's, the dice and events the same."""
    table = Table(run.scenario, run.seed)
    for turn, (begin, end) in enumerate(zip(run.begins, run.ends(), strict=True)):
        sheets = {seat: sheet for seat, sheet in run.sheets[turn].items() if without is not None and seat != without}
        table.turn(sheets, end - begin, [event for event in run.events if begin < event.round <= end])
    return table


def ghosts(run: Kept, tell: Callable[[], None]) -> list[dict[str, Any]]:
    """Weigh every seat that people played against its ghost."""
    found: dict[str, dict[str, Any]] = {}
    for seat in dict.fromkeys(seat for sheets in run.sheets for seat in sheets):
        ghost = alone(run, seat)
        moves = sum(each["seat"] == seat for played in run.played for each in played)
        found[seat] = {"seat": seat, "moves": moves, "differed": 0, "ghost": _stands(ghost), "points": []}
        tell()
    weighed = differences(run)
    for seat, _, told in weighed:
        found[seat]["differed"] += len(told)
    weighed = weighed[:MOST_POINTS]
    jobs = dict.fromkeys([(turn, without) for seat, turn, _ in weighed for without in (None, seat)])
    arms = {}
    for job, ends in zip(jobs, pool().map(lambda job: arm(run, *job), jobs), strict=True):
        arms[job] = ends
        tell()
    for seat, turn, told in weighed:
        yours, other = arms[turn, None], arms[turn, seat]
        moved = effect(deals(other), deals(yours))
        found[seat]["points"].append(
            {
                "month": run.begins[turn] + 1,
                "turn": turn + 1,
                "decisions": told,
                "yours": shares(yours),
                "ghost": shares(other),
                "deal": round(float(deals(yours).mean()), 4),
                "deal_ghost": round(float(deals(other).mean()), 4),
                "low": round(moved.low, 4),
                "high": round(moved.high, 4),
                "futures": FUTURES,
            }
        )
    for each in found.values():
        each["points"].sort(key=lambda point: -abs(point["deal"] - point["deal_ghost"]))
    return list(found.values())


def _stands(table: Table) -> dict[str, Any]:
    return {"outcome": table.outcome.name, "progress": round(float(table.seen[table.places["deal_progress"]]), 4)}


def debriefed(
    lesson: Lesson, story: list[dict[str, Any]], progress: Progress = lambda done, of: None
) -> dict[str, Any]:
    """Compute all of a lesson's debrief that does not depend on who asks."""
    run, done = kept(lesson), 0
    weighed = differences(run)[:MOST_POINTS]
    arms = len({(turn, without) for seat, turn, _ in weighed for without in (None, seat)})
    total = len(run.begins) + 2 + len({seat for sheets in run.sheets for seat in sheets}) + arms

    def tell() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    looks = outlook(run, tell)
    agents = alone(run, None)
    tell()
    found = {
        **_stands(lesson.table),
        "agents": _stands(agents),
        "agents_charts": charts(agents, Eyes(agents.world, run.scenario, None, "all")),
        "chances": chances(run, looks),
        "turning": turning(run, looks, story),
        "ghosts": ghosts(run, tell),
        "model": {str(at): shares(looks[at]) for at in lesson.settings.bets if at < len(looks)},
    }
    return found | {"questions": questions(lesson, found)}


class Debriefs:
    """Debriefs being computed, one after the other, on a thread of their own; each is kept in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: dict[int, tuple[int, int]] = {}
        self._turn = threading.Lock()

    def find(self, lesson: Lesson, story: list[dict[str, Any]]) -> dict[str, Any] | tuple[int, int]:
        """Give a lesson's debrief, as it was written down, or how far it is; it is begun if it was not."""
        row = lesson.store.row("SELECT debrief FROM lesson WHERE id = ?", lesson.id)
        if row is not None and row["debrief"]:
            return json.loads(row["debrief"])
        with self._lock:
            if lesson.id not in self._busy:
                self._busy[lesson.id] = (0, 1)
                work = threading.Thread(target=self._work, args=(lesson, story), daemon=True, name="debrief")
                work.start()
            return self._busy[lesson.id]

    def _work(self, lesson: Lesson, story: list[dict[str, Any]]) -> None:
        def progress(done: int, of: int) -> None:
            self._busy[lesson.id] = done, of

        try:
            with self._turn:
                found = debriefed(lesson, story, progress)
            with lesson.store.writing() as db:
                db.execute("UPDATE lesson SET debrief = ? WHERE id = ?", (written(found), lesson.id))
            lesson.tell("room")
        except Exception:
            log.exception("a debrief failed")
        finally:
            with self._lock:
                self._busy.pop(lesson.id, None)
