"""The debrief of an ended lesson: comparison of seats with their agents, turning points, chances, questions.

Each turn in which a seat differed from its agent is replayed twice from the same world with common random numbers: as
played, and with this seat left to its agent (the agent's alternative). From the end of the turn both continue with
agents in all seats, over a thousand paired simulated futures.
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

MAX_POINTS = 120  # turns of seats that are compared, the first ones; `weighed` reports how many
RETRY_SECONDS = 60.0  # after a failed debrief, before a request computes it again
Progress = Callable[[int, int], None]

log = logging.getLogger(__name__)


def deal_chances(run: PlayedLesson, outcomes_by_turn: list[np.ndarray]) -> DealChances:
    """Return the chance of a deal from the end of every turn on, with 95 % intervals; exact at the end of the run."""
    months = [0, *run.turn_ends()]
    shares = [wilson(int(has_deal(ends).sum()), len(ends)) for ends in outcomes_by_turn]
    if months[-1] >= run.scenario.rounds:
        shares[-1] = Share(*[shares[-1].share] * 3)
    return {
        "months": months,
        "deal": [round(each.share, 4) for each in shares],
        "low": [round(each.low, 4) for each in shares],
        "high": [round(each.high, 4) for each in shares],
        "futures": FUTURES_PER_TURN,
    }


def turning_points(
    run: PlayedLesson, outcomes_by_turn: list[np.ndarray], story: list[StoryRow], most: int = 5
) -> list[TurningTurn]:
    """Return the turns that changed the chance of a deal most, with their orders and events."""
    turning_turns: list[TurningTurn] = []
    for turn, (start, end) in enumerate(zip(run.turn_starts, run.turn_ends(), strict=True)):
        before, now = has_deal(outcomes_by_turn[turn]), has_deal(outcomes_by_turn[turn + 1])
        change = paired_effect(before, now)
        if change.low <= 0.0 <= change.high:
            continue
        orders: list[TurnOrder] = [
            {"seat": each["seat"], "verb": each["verb"], "option": each["option"]}
            for each in run.order_results[turn]
            if each["differed"] is not None
        ]
        turning_turns.append(
            {
                "month": end,
                "turn": turn + 1,
                "before": round(float(before.mean()), 4),
                "now": round(float(now.mean()), 4),
                "low": round(change.low, 4),
                "high": round(change.high, 4),
                "moves": orders,
                "story": [row for row in story if start < row["month"] <= end],
            }
        )
    return sorted(turning_turns, key=lambda each: -abs(each["now"] - each["before"]))[:most]


def differences(run: PlayedLesson) -> list[tuple[str, int, list[AlternativeDecision]]]:
    """Return where seats differed from their agents: seat, turn, decisions."""
    differing: list[tuple[str, int, list[AlternativeDecision]]] = []
    for turn, played in enumerate(run.order_results):
        for seat in dict.fromkeys(each["seat"] for each in played):
            own = [each for each in played if each["seat"] == seat and each["differed"] is not None]
            decisions: list[AlternativeDecision] = [
                {"verb": each["verb"], "option": each["option"], "agent": each["agent"]} for each in own
            ]
            if decisions:
                differing.append((seat, turn, decisions))
    return differing


def replay_without(run: PlayedLesson, without: str | None) -> ClassSimulation:
    """Replay the lesson without one seat's orders, or without any, with the same random numbers and events."""
    simulation = ClassSimulation(run.scenario, run.seed)
    for turn, (start, end) in enumerate(zip(run.turn_starts, run.turn_ends(), strict=True)):
        choices = {
            seat: own_choices
            for seat, own_choices in run.choices[turn].items()
            if without is not None and seat != without
        }
        simulation.play_turn(choices, end - start, [event for event in run.events if start < event.round <= end])
    return simulation


def compare_with_agents(run: PlayedLesson, advance: Callable[[], None]) -> list[SeatComparison]:
    """Compare every seat that people played with its agent."""
    comparisons: dict[str, SeatComparison] = {}
    for seat in dict.fromkeys(seat for choices in run.choices for seat in choices):
        replay = replay_without(run, seat)
        moves = sum(each["seat"] == seat for played in run.order_results for each in played)
        comparisons[seat] = {"seat": seat, "moves": moves, "differed": 0, "ghost": _end_state(replay), "points": []}
        advance()
    compared = differences(run)
    for seat, _, decisions in compared:
        comparisons[seat]["differed"] += len(decisions)
    compared = compared[:MAX_POINTS]
    jobs = dict.fromkeys([(turn, without) for seat, turn, _ in compared for without in (None, seat)])
    arms = {}
    for job, ends in zip(jobs, thread_pool().map(lambda job: replay_turn(run, *job), jobs), strict=True):
        arms[job] = ends
        advance()
    for seat, turn, decisions in compared:
        played, alternative = arms[turn, None], arms[turn, seat]
        change = paired_effect(has_deal(alternative), has_deal(played))
        comparisons[seat]["points"].append(
            {
                "month": run.turn_starts[turn] + 1,
                "turn": turn + 1,
                "decisions": decisions,
                "yours": outcome_shares(played),
                "ghost": outcome_shares(alternative),
                "deal": round(float(has_deal(played).mean()), 4),
                "deal_ghost": round(float(has_deal(alternative).mean()), 4),
                "low": round(change.low, 4),
                "high": round(change.high, 4),
                "futures": FUTURES_PER_ARM,
            }
        )
    for each in comparisons.values():
        each["points"].sort(key=lambda point: -abs(point["deal"] - point["deal_ghost"]))
    return list(comparisons.values())


def _end_state(simulation: ClassSimulation) -> EndState:
    return {
        "outcome": simulation.outcome.name,
        "progress": round(float(simulation.current_indicators[simulation.indicator_index["deal_progress"]]), 4),
    }


def compute_debrief(lesson: Lesson, story: list[StoryRow], progress: Progress = lambda done, of: None) -> StoredDebrief:
    """Compute the debrief of a lesson, except the parts that depend on the reader."""
    run, done = played_lesson(lesson), 0
    compared = differences(run)[:MAX_POINTS]
    arms = len({(turn, without) for seat, turn, _ in compared for without in (None, seat)})
    total = len(run.turn_starts) + 2 + len({seat for choices in run.choices for seat in choices}) + arms

    def advance() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    outcomes_by_turn = outlook_by_turn(run, advance)
    agents = replay_without(run, None)
    advance()
    findings: DebriefFindings = {
        **_end_state(lesson.simulation),
        "agents": _end_state(agents),
        "agents_charts": visible_charts(agents, Observer(agents.world, run.scenario, None, "all")),
        "chances": deal_chances(run, outcomes_by_turn),
        "turning": turning_points(run, outcomes_by_turn, story),
        "ghosts": compare_with_agents(run, advance),
        "weighed": {"points": len(compared), "of": len(differences(run))},
        "model": {
            str(at): outcome_shares(outcomes_by_turn[at]) for at in lesson.settings.bets if at < len(outcomes_by_turn)
        },
    }
    return {**findings, "questions": discussion_questions(lesson, findings)}


class Debriefs:
    """Computes debriefs one at a time in background threads, and stores them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, tuple[int, int]] = {}
        self._failed: dict[int, float] = {}  # time of the failure
        self._compute_lock = threading.Lock()

    def find(self, lesson: Lesson, story: list[StoryRow]) -> StoredDebrief | tuple[int, int]:
        """Return a lesson's stored debrief, or its progress (done, total); starts the computation if needed.

        Raises RefusedError if it failed less than a minute ago.
        """
        with self._lock:  # a debrief is stored before it stops running, so none is computed twice
            row = lesson.store.row("SELECT debrief FROM lesson WHERE id = ?", lesson.id)
            if row is None or not row["debrief"]:
                return self._start(lesson, story)
        return json.loads(row["debrief"])

    def _start(self, lesson: Lesson, story: list[StoryRow]) -> tuple[int, int]:
        if time.monotonic() - self._failed.get(lesson.id, -RETRY_SECONDS) < RETRY_SECONDS:
            text = "The debrief could not be computed. Reload the page in a minute to try again."
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
                debrief = compute_debrief(lesson, story, progress)
            with lesson.store.transaction() as db:
                db.execute("UPDATE lesson SET debrief = ? WHERE id = ?", (to_json(debrief), lesson.id))
            lesson.notify("room")
        except Exception:
            log.exception("a debrief failed")
            self._failed[lesson.id] = time.monotonic()
        finally:
            with self._lock:
                self._running.pop(lesson.id, None)
