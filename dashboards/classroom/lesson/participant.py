"""The actions of participants: move, send messages, report presence, take a seat back from its agent."""

import json
import sqlite3
import time
from typing import TypedDict

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.available_actions import validate_choices
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import to_json
from dashboards.classroom.schemas import MoveRequest

MAX_MESSAGES, MAX_VERSIONS = 2000, 500


class MoveState(TypedDict):
    """A seat's move of the open turn, and its author."""

    version: int
    choices: dict[str, str]
    done: bool
    by: str | None


class MoveReceipt(TypedDict):
    """An accepted move, and whether it closes the turn."""

    version: int
    choices: dict[str, str]
    done: bool
    turn: int
    closed: bool


def submit_move(lesson: Lesson, person: int, seat: str, request: MoveRequest) -> MoveReceipt:
    """Store a seat's move for the open turn; the newest version counts.

    Raises RefusedError if the turn has closed, if another member of the delegation was faster, or if it is invalid.
    """
    with lesson.lock:
        lesson.require_phase("playing", "paused")
        if request.turn != lesson.turn:
            raise RefusedError(409, "turn.over", "That turn is over.", turn=lesson.turn)
        if lesson.seats()[seat]["agent"] is not None:
            raise RefusedError(409, "agent.plays", "The agent plays this seat; take it back first.")
        last = lesson.latest_moves().get(seat)
        version = last["version"] if last else 0
        if request.base != version:
            text = "Someone else in your delegation has just changed the move."
            raise RefusedError(409, "move.newer", text, {"move": move_state(lesson, last)}, version=version)
        if version >= MAX_VERSIONS:
            raise RefusedError(429, "too.fast", "This move was changed too often; wait a minute.", seconds=60)
        choices = validate_choices(lesson.simulation, seat, lesson.months_per_turn, request.choices)
        with lesson.store.transaction() as db:
            db.execute(
                "INSERT INTO move (lesson, turn, seat, version, person, choices, done, at) VALUES (?,?,?,?,?,?,?,?)",
                (lesson.id, lesson.turn, seat, version + 1, person, to_json(choices), request.done, time.time()),
            )
        answer: MoveReceipt = {
            "version": version + 1,
            "choices": choices,
            "done": request.done,
            "turn": lesson.turn,
            "closed": request.done and lesson.all_moved(),
        }
    lesson.notify(f"seat:{seat}")
    lesson.notify("console")
    return answer


def move_state(lesson: Lesson, row: sqlite3.Row | None) -> MoveState:
    """Return a seat's move of the open turn as JSON data."""
    if row is None:
        return {"version": 0, "choices": {}, "done": False, "by": None}
    by = lesson.store.row("SELECT name FROM person WHERE id = ?", row["person"])
    return {
        "version": row["version"],
        "choices": json.loads(row["choices"]),
        "done": bool(row["done"]),
        "by": by["name"] if by else None,
    }


def send_message(lesson: Lesson, person: int, sender: str, receiver: str, text: str) -> int:
    """Store a message to another seat, or to all; returns its id."""
    with lesson.lock, lesson.store.transaction() as db:
        lesson.require_phase("lobby", "playing", "paused")
        if not lesson.settings.messages:
            raise RefusedError(409, "message.off", "Messages are switched off.")
        if receiver != "all" and (receiver == sender or receiver not in lesson.seats()):
            raise RefusedError(404, "seat.unknown", "There is no such seat.")
        count = db.execute("SELECT COUNT(*) FROM message WHERE lesson = ?", (lesson.id,)).fetchone()[0]
        if count >= MAX_MESSAGES:
            raise RefusedError(409, "message.off", "This lesson has reached the maximum number of messages.")
        row = (lesson.id, sender, receiver, person, text, time.time())
        query = "INSERT INTO message (lesson, sender, receiver, person, text, at) VALUES (?,?,?,?,?,?)"
        number = db.execute(query, row).lastrowid
    for scope in ("room",) if receiver == "all" else (f"seat:{sender}", f"seat:{receiver}", "console"):
        lesson.notify(scope)
    return int(number or 0)


def record_contact(lesson: Lesson, person: int) -> None:
    """Record that a request came from a participant."""
    lesson.last_seen[person] = time.time(), lesson.last_seen.get(person, (0.0, "play"))[1]


def record_presence(lesson: Lesson, person: int, page: str, seconds: float) -> None:
    """Record that a participant is present, and for how many seconds on which page."""
    lesson.last_seen[person] = time.time(), page
    if seconds > 0:
        with lesson.store.transaction() as db:
            db.execute(
                "INSERT INTO stay VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds",
                (lesson.id, person, page, seconds),
            )


def take_back_seat(lesson: Lesson, seat: str) -> None:
    """Take a seat back from its agent, unless the instructor handed it over."""
    with lesson.lock:
        if lesson.seats()[seat]["agent"] == "handed":
            raise RefusedError(409, "agent.plays", "The instructor has handed this seat to its agent.")
        lesson.set_agent(seat, None)
    lesson.notify("room")
