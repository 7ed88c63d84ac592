"""What the instructor does with a lesson: each action by its name, with what was sent along."""

import time
from collections.abc import Callable
from typing import Any

from dashboards.classroom.errors import RefusedError, bad_field
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import written
from dashboards.classroom.schemas import (
    MOST_PENDING,
    Cancellation,
    Extension,
    Handover,
    Injection,
    NewSettings,
    Notice,
    Removal,
    Sent,
)
from dashboards.interventions import injected
from model.errors import ScenarioError

MOST_NOTICES = 200


def start(lesson: Lesson, sent: Sent) -> None:
    """Open the first turn."""
    lesson.need("lobby")
    lesson.go("playing", turn=1, left=lesson.settings.seconds or None)


def pause(lesson: Lesson, sent: Sent) -> None:
    """Stop the clock; moves are still taken."""
    lesson.need("playing")
    lesson.go("paused", left=lesson.left)


def resume(lesson: Lesson, sent: Sent) -> None:
    """Let the clock go on."""
    lesson.need("paused")
    lesson.go("playing", left=lesson.left)


def next_turn(lesson: Lesson, sent: Sent) -> None:
    """Resolve the turn now; the agents decide for who has not moved."""
    lesson.resolve()


def extend(lesson: Lesson, sent: Extension) -> None:
    """Add time to the clock, or start one."""
    lesson.need("playing", "paused")
    lesson.go(lesson.phase, left=(lesson.left or 0.0) + sent.seconds)


def slowest(lesson: Lesson, sent: Sent) -> None:
    """Hand the seats that have not moved to their agents, so that the turn can go on."""
    lesson.need("playing", "paused")
    done = {seat for seat, row in lesson.sheets().items() if row["done"]}
    for seat in lesson.awaited() - done:
        lesson.set_agent(seat, "slow")
    lesson.resolve()


def hand(lesson: Lesson, sent: Handover) -> None:
    """Hand a seat to its agent, or back to its people."""
    if sent.seat not in lesson.seats():
        raise RefusedError(404, "seat.unknown", "There is no such seat.")
    lesson.set_agent(sent.seat, "handed" if sent.agent else None)


def notice(lesson: Lesson, sent: Notice) -> None:
    """Send a notice to all."""
    with lesson.store.writing() as db:
        count = db.execute("SELECT COUNT(*) FROM notice WHERE lesson = ?", (lesson.id,)).fetchone()[0]
        if count >= MOST_NOTICES:
            raise bad_field("text", "fewer notices in one lesson")
        db.execute("INSERT INTO notice (lesson, text, at) VALUES (?,?,?)", (lesson.id, sent.text, time.time()))


def inject(lesson: Lesson, sent: Injection) -> None:
    """Schedule an event for the first month of the open turn. Raises RefusedError if it makes no sense."""
    lesson.need("lobby", "playing", "paused")
    if len(lesson.store.rows("SELECT 1 FROM pending WHERE lesson = ?", lesson.id)) >= MOST_PENDING:
        raise RefusedError(409, "event.bad", "Too many events are waiting already.")
    event = sent.event.model_dump()
    try:
        injected(lesson.scenario, {**event, "round": lesson.table.round + 1})
    except (ScenarioError, TypeError) as error:
        raise RefusedError(400, "event.bad", f"The event cannot be used: {error}") from None
    with lesson.store.writing() as db:
        db.execute("INSERT INTO pending (lesson, event) VALUES (?,?)", (lesson.id, written(event)))


def cancel(lesson: Lesson, sent: Cancellation) -> None:
    """Take back an event that waits."""
    rows = lesson.store.rows("SELECT id FROM pending WHERE lesson = ? ORDER BY id", lesson.id)
    if sent.at >= len(rows):
        raise bad_field("at", "the place of an event that waits")
    with lesson.store.writing() as db:
        db.execute("DELETE FROM pending WHERE id = ?", (rows[sent.at]["id"],))


def change(lesson: Lesson, sent: NewSettings) -> None:
    """Change some settings while the lesson goes on."""
    settings = lesson.settings.model_copy(update=sent.settings.model_dump(exclude_unset=True))
    with lesson.store.writing() as db:
        db.execute("UPDATE lesson SET settings = ? WHERE id = ?", (written(settings.model_dump()), lesson.id))
    lesson.settings = settings


def remove(lesson: Lesson, sent: Removal) -> None:
    """Take a person out of the seat and the lesson; under the same link there is no way back into it."""
    both = lesson.id, sent.person
    with lesson.store.writing() as db:
        db.execute("INSERT INTO removed SELECT lesson, person FROM place WHERE lesson = ? AND person = ?", both)
        db.execute("DELETE FROM place WHERE lesson = ? AND person = ?", both)


def end(lesson: Lesson, sent: Sent) -> None:
    """End the lesson; the agents play what is left."""
    lesson.end(play_on=True)


def stop(lesson: Lesson, sent: Sent) -> None:
    """End the lesson as it stands."""
    lesson.end(play_on=False)


ACTIONS: dict[str, Callable[[Lesson, Any], None]] = {
    "start": start,
    "pause": pause,
    "resume": resume,
    "next": next_turn,
    "extend": extend,
    "slowest": slowest,
    "hand": hand,
    "notice": notice,
    "inject": inject,
    "cancel": cancel,
    "set": change,
    "remove": remove,
    "end": end,
    "stop": stop,
}


def do(lesson: Lesson, action: str, sent: Sent) -> None:
    """Do what the instructor asks for. Raises RefusedError if it cannot be done."""
    with lesson.lock:
        ACTIONS[action](lesson, sent)
    lesson.tell("room")
