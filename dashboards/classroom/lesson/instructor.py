"""The instructor's actions on a lesson, by name."""

import time
from collections.abc import Callable
from typing import Any

from dashboards.classroom.errors import RefusedError, invalid_field
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import to_json
from dashboards.classroom.schemas import (
    MAX_PENDING_EVENTS,
    ClockExtension,
    EventCancellation,
    EventInjection,
    Notice,
    ParticipantRemoval,
    RequestModel,
    SeatHandover,
    SettingsChange,
)
from dashboards.injected_events import parse_injected_event
from model.errors import ScenarioError

MAX_NOTICES = 200


def start_lesson(lesson: Lesson, request: RequestModel) -> None:
    """Start the first turn."""
    lesson.require_phase("lobby")
    lesson.set_phase("playing", turn=1, seconds_left=lesson.settings.seconds or None)


def pause_lesson(lesson: Lesson, request: RequestModel) -> None:
    """Stop the clock; moves are still accepted."""
    lesson.require_phase("playing")
    lesson.set_phase("paused", seconds_left=lesson.seconds_left)


def resume_lesson(lesson: Lesson, request: RequestModel) -> None:
    """Restart the clock."""
    lesson.require_phase("paused")
    lesson.set_phase("playing", seconds_left=lesson.seconds_left)


def next_turn(lesson: Lesson, request: RequestModel) -> None:
    """Resolve the turn now; agents decide for seats that have not moved."""
    lesson.resolve_turn()


def extend_clock(lesson: Lesson, request: ClockExtension) -> None:
    """Add time to the clock, or start one."""
    lesson.require_phase("playing", "paused")
    lesson.set_phase(lesson.phase, seconds_left=(lesson.seconds_left or 0.0) + request.seconds)


def hand_over_slow_seats(lesson: Lesson, request: RequestModel) -> None:
    """Hand the seats that have not moved to their agents, and resolve the turn."""
    lesson.require_phase("playing", "paused")
    done = {seat for seat, row in lesson.latest_moves().items() if row["done"]}
    for seat in lesson.awaited_seats() - done:
        lesson.set_agent(seat, "slow")
    lesson.resolve_turn()


def hand_over_seat(lesson: Lesson, request: SeatHandover) -> None:
    """Hand a seat to its agent, or back to its participants."""
    if request.seat not in lesson.seats():
        raise RefusedError(404, "seat.unknown", "There is no such seat.")
    lesson.set_agent(request.seat, "handed" if request.agent else None)


def send_notice(lesson: Lesson, request: Notice) -> None:
    """Send a notice to all."""
    with lesson.store.transaction() as db:
        count = db.execute("SELECT COUNT(*) FROM notice WHERE lesson = ?", (lesson.id,)).fetchone()[0]
        if count >= MAX_NOTICES:
            raise invalid_field("text", "fewer notices in one lesson")
        db.execute("INSERT INTO notice (lesson, text, at) VALUES (?,?,?)", (lesson.id, request.text, time.time()))


def inject_event(lesson: Lesson, request: EventInjection) -> None:
    """Schedule an event for the first month of the open turn. Raises RefusedError if it is invalid."""
    lesson.require_phase("lobby", "playing", "paused")
    if len(lesson.store.rows("SELECT 1 FROM pending WHERE lesson = ?", lesson.id)) >= MAX_PENDING_EVENTS:
        raise RefusedError(409, "event.bad", "Too many events are pending; cancel one first.")
    event = request.event.model_dump()
    try:
        parse_injected_event(lesson.scenario, {**event, "round": lesson.simulation.round + 1})
    except (ScenarioError, TypeError) as error:
        raise RefusedError(400, "event.bad", f"The event cannot be used: {error}") from None
    with lesson.store.transaction() as db:
        db.execute("INSERT INTO pending (lesson, event) VALUES (?,?)", (lesson.id, to_json(event)))


def cancel_event(lesson: Lesson, request: EventCancellation) -> None:
    """Cancel a pending event."""
    rows = lesson.store.rows("SELECT id FROM pending WHERE lesson = ? ORDER BY id", lesson.id)
    if request.at >= len(rows):
        raise invalid_field("at", "the position of a pending event")
    with lesson.store.transaction() as db:
        db.execute("DELETE FROM pending WHERE id = ?", (rows[request.at]["id"],))


def change_settings(lesson: Lesson, request: SettingsChange) -> None:
    """Change some settings during the lesson."""
    settings = lesson.settings.model_copy(update=request.settings.model_dump(exclude_unset=True))
    with lesson.store.transaction() as db:
        db.execute("UPDATE lesson SET settings = ? WHERE id = ?", (to_json(settings.model_dump()), lesson.id))
    lesson.settings = settings


def remove_participant(lesson: Lesson, request: ParticipantRemoval) -> None:
    """Remove a participant from the lesson; the same personal link cannot rejoin it."""
    ids = lesson.id, request.person
    with lesson.store.transaction() as db:
        db.execute("INSERT INTO removed SELECT lesson, person FROM place WHERE lesson = ? AND person = ?", ids)
        db.execute("DELETE FROM place WHERE lesson = ? AND person = ?", ids)


def end_lesson(lesson: Lesson, request: RequestModel) -> None:
    """End the lesson; agents play the remaining months."""
    lesson.end(play_on=True)


def stop_lesson(lesson: Lesson, request: RequestModel) -> None:
    """End the lesson without playing the remaining months."""
    lesson.end(play_on=False)


ACTIONS: dict[str, Callable[[Lesson, Any], None]] = {
    "start": start_lesson,
    "pause": pause_lesson,
    "resume": resume_lesson,
    "next": next_turn,
    "extend": extend_clock,
    "slowest": hand_over_slow_seats,
    "hand": hand_over_seat,
    "notice": send_notice,
    "inject": inject_event,
    "cancel": cancel_event,
    "set": change_settings,
    "remove": remove_participant,
    "end": end_lesson,
    "stop": stop_lesson,
}


def perform_action(lesson: Lesson, action: str, request: RequestModel) -> None:
    """Perform an action of the instructor. Raises RefusedError if it is not possible."""
    with lesson.lock:
        ACTIONS[action](lesson, request)
    lesson.notify("room")
