"""The debrief of a lesson that is over: you against your ghost, turning points, chances, questions.

A *ghost* is what the agent would have done in a seat. At each turn in which a seat differed from its agent, the turn
is played twice from the same world and with the same dice, once as it went and once with this seat left to its agent,
all else as it was; from its end on both go on with agents on all seats, over a thousand redrawn futures, paired.
"""

import json
import logging
import threading
import time
from collections.abc import Callable

import numpy as np

from dashboards.classroom.debrief.futures import (
    FUTURES_PER_ARM,
    FUTURES_PER_TURN,
    PlayedLesson,
    has_deal,
    outcome_shares,
    outlook_by_turn,
    played_lesson,
    replay_turn,
)
from dashboards.classroom.debrief.messages import (
    AlternativeDecision,
    DealChances,
    DebriefFindings,
    EndState,
    SeatComparison,
    StoredDebrief,
    TurningTurn,
    TurnOrder,
)
from dashboards.classroom.debrief.questions import discussion_questions
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import Observer
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import to_json
from dashboards.classroom.views.messages import StoryRow
from dashboards.classroom.views.serialize import visible_charts
from experiments.engine.pool import thread_pool
from experiments.ensembles.statistics import Share, paired_effect, wilson

MAX_POINTS = 120  # turns of seats that are weighed, the first ones; `weighed` tells of how many
RETRY_SECONDS = 60.0  # seconds after which a debrief that failed is tried again, if it is asked for
Progress = Callable[[int, int], None]

log = logging.getLogger(__name__)


def deal_chances(run: PlayedLesson, looks: list[np.ndarray]) -> DealChances:
    """Give the chance of a deal from the end of every turn on, with its 95 % interval, which ends with the run."""
    months = [0, *run.turn_ends()]
    found = [wilson(int(has_deal(ends).sum()), len(ends)) for ends in looks]
    if months[-1] >= run.scenario.rounds:
        found[-1] = Share(*[found[-1].share] * 3)
    return {
        "months": months,
        "deal": [round(each.share, 4) for each in found],
        "low": [round(each.low, 4) for each in found],
        "high": [round(each.high, 4) for each in found],
        "futures": FUTURES_PER_TURN,
    }


def turning_points(
    run: PlayedLesson, looks: list[np.ndarray], story: list[StoryRow], most: int = 5
) -> list[TurningTurn]:
    """List the turns that moved the chance of a deal most, with what was ordered and what happened in them."""
    found: list[TurningTurn] = []
    for turn, (begin, end) in enumerate(zip(run.turn_starts, run.turn_ends(), strict=True)):
        before, now = has_deal(looks[turn]), has_deal(looks[turn + 1])
        moved = paired_effect(before, now)
        if moved.low <= 0.0 <= moved.high:
            continue
        orders: list[TurnOrder] = [
            {"seat": each["seat"], "verb": each["verb"], "option": each["option"]}
            for each in run.order_results[turn]
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


def differences(run: PlayedLesson) -> list[tuple[str, int, list[AlternativeDecision]]]:
    """List where a seat differed from its agent: seat, turn, and the decisions."""
    found: list[tuple[str, int, list[AlternativeDecision]]] = []
    for turn, played in enumerate(run.order_results):
        for seat in dict.fromkeys(each["seat"] for each in played):
            own = [each for each in played if each["seat"] == seat and each["differed"] is not None]
            told: list[AlternativeDecision] = [
                {"verb": each["verb"], "option": each["option"], "agent": each["agent"]} for each in own
            ]
            if told:
                found.append((seat, turn, told))
    return found


def replay_without(run: PlayedLesson, without: str | None) -> ClassSimulation:
    """Play the lesson again without one seat's orders, or without anyone's, the dice and events the same."""
    table = ClassSimulation(run.scenario, run.seed)
    for turn, (begin, end) in enumerate(zip(run.turn_starts, run.turn_ends(), strict=True)):
        sheets = {seat: sheet for seat, sheet in run.choices[turn].items() if without is not None and seat != without}
        table.play_turn(sheets, end - begin, [event for event in run.events if begin < event.round <= end])
    return table


def compare_with_agents(run: PlayedLesson, tell: Callable[[], None]) -> list[SeatComparison]:
    """Weigh every seat that people played against its ghost."""
    found: dict[str, SeatComparison] = {}
    for seat in dict.fromkeys(seat for sheets in run.choices for seat in sheets):
        ghost = replay_without(run, seat)
        moves = sum(each["seat"] == seat for played in run.order_results for each in played)
        found[seat] = {"seat": seat, "moves": moves, "differed": 0, "ghost": _end_state(ghost), "points": []}
        tell()
    weighed = differences(run)
    for seat, _, told in weighed:
        found[seat]["differed"] += len(told)
    weighed = weighed[:MAX_POINTS]
    jobs = dict.fromkeys([(turn, without) for seat, turn, _ in weighed for without in (None, seat)])
    arms = {}
    for job, ends in zip(jobs, thread_pool().map(lambda job: replay_turn(run, *job), jobs), strict=True):
        arms[job] = ends
        tell()
    for seat, turn, told in weighed:
        yours, other = arms[turn, None], arms[turn, seat]
        moved = paired_effect(has_deal(other), has_deal(yours))
        found[seat]["points"].append(
            {
                "month": run.turn_starts[turn] + 1,
                "turn": turn + 1,
                "decisions": told,
                "yours": outcome_shares(yours),
                "ghost": outcome_shares(other),
                "deal": round(float(has_deal(yours).mean()), 4),
                "deal_ghost": round(float(has_deal(other).mean()), 4),
                "low": round(moved.low, 4),
                "high": round(moved.high, 4),
                "futures": FUTURES_PER_ARM,
            }
        )
    for each in found.values():
        each["points"].sort(key=lambda point: -abs(point["deal"] - point["deal_ghost"]))
    return list(found.values())


def _end_state(table: ClassSimulation) -> EndState:
    return {
        "outcome": table.outcome.name,
        "progress": round(float(table.current_indicators[table.indicator_index["deal_progress"]]), 4),
    }


def compute_debrief(lesson: Lesson, story: list[StoryRow], progress: Progress = lambda done, of: None) -> StoredDebrief:
    """Compute all of a lesson's debrief that does not depend on who asks."""
    run, done = played_lesson(lesson), 0
    weighed = differences(run)[:MAX_POINTS]
    arms = len({(turn, without) for seat, turn, _ in weighed for without in (None, seat)})
    total = len(run.turn_starts) + 2 + len({seat for sheets in run.choices for seat in sheets}) + arms

    def tell() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    looks = outlook_by_turn(run, tell)
    agents = replay_without(run, None)
    tell()
    found: DebriefFindings = {
        **_end_state(lesson.simulation),
        "agents": _end_state(agents),
        "agents_charts": visible_charts(agents, Observer(agents.world, run.scenario, None, "all")),
        "chances": deal_chances(run, looks),
        "turning": turning_points(run, looks, story),
        "ghosts": compare_with_agents(run, tell),
        "weighed": {"points": len(weighed), "of": len(differences(run))},
        "model": {str(at): outcome_shares(looks[at]) for at in lesson.settings.bets if at < len(looks)},
    }
    return {**found, "questions": discussion_questions(lesson, found)}


class Debriefs:
    """Debriefs being computed, one after the other, on a thread of their own; each is kept in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, tuple[int, int]] = {}
        self._failed: dict[int, float] = {}  # when
        self._compute_lock = threading.Lock()

    def find(self, lesson: Lesson, story: list[StoryRow]) -> StoredDebrief | tuple[int, int]:
        """Give a lesson's debrief, as it was written down, or how far it is; it is begun if it was not.

        Raises RefusedError if it has just failed; after a minute it is tried again.
        """
        with self._lock:  # what is begun is written down before it is no longer busy, so nothing is computed twice
            row = lesson.store.row("SELECT debrief FROM lesson WHERE id = ?", lesson.id)
            if row is None or not row["debrief"]:
                return self._start(lesson, story)
        return json.loads(row["debrief"])

    def _start(self, lesson: Lesson, story: list[StoryRow]) -> tuple[int, int]:
        if time.monotonic() - self._failed.get(lesson.id, -RETRY_SECONDS) < RETRY_SECONDS:
            text = "The debrief could not be computed. Load the page anew in a minute to try again."
            raise RefusedError(500, "debrief.failed", text)
        if lesson.id not in self._running:
            self._failed.pop(lesson.id, None)
            self._running[lesson.id] = (0, 1)
            threading.Thread(target=self._work, args=(lesson, story), daemon=True, name="debrief").start()
        return self._running[lesson.id]

    def _work(self, lesson: Lesson, story: list[StoryRow]) -> None:
        def progress(done: int, of: int) -> None:
            self._running[lesson.id] = done, of

        try:
            with self._compute_lock:
                found = compute_debrief(lesson, story, progress)
            with lesson.store.transaction() as db:
                db.execute("UPDATE lesson SET debrief = ? WHERE id = ?", (to_json(found), lesson.id))
            lesson.notify("room")
        except Exception:
            log.exception("a debrief failed")
            self._failed[lesson.id] = time.monotonic()
        finally:
            with self._lock:
                self._running.pop(lesson.id, None)
