"""What people do in their seats: move, write, bet, be there, and take a seat back from its agent."""

import json
import sqlite3
import time
from typing import TypedDict

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.available_actions import checked
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import written
from dashboards.classroom.schemas import SentMove

MOST_MESSAGES, MOST_VERSIONS = 2000, 500


class SeatSheet(TypedDict):
    """A seat's move of the open turn, and who wrote it."""

    version: int
    choices: dict[str, str]
    done: bool
    by: str | None


class MoveTaken(TypedDict):
    """A move that was taken, and whether the turn closes by it."""

    version: int
    choices: dict[str, str]
    done: bool
    turn: int
    closed: bool


def move(lesson: Lesson, person: int, seat: str, sent: SentMove) -> MoveTaken:
    """Take a seat's move for the open turn; the newest counts. Gives what was written.

    Raises RefusedError if the turn has closed, if a member of the delegation was quicker, or if it does not fit.
    """
    with lesson.lock:
        lesson.need("playing", "paused")
        if sent.turn != lesson.turn:
            raise RefusedError(409, "turn.over", "That turn is over.", turn=lesson.turn)
        if lesson.seats()[seat]["agent"] is not None:
            raise RefusedError(409, "agent.plays", "The agent has this seat; take it back first.")
        last = lesson.sheets().get(seat)
        version = last["version"] if last else 0
        if sent.base != version:
            text = "Someone else in your delegation has just changed the move."
            raise RefusedError(409, "move.newer", text, {"move": sheet(lesson, last)}, version=version)
        if version >= MOST_VERSIONS:
            raise RefusedError(429, "too.fast", "This move was changed too often.", seconds=60)
        choices = checked(lesson.table, seat, lesson.months, sent.choices)
        with lesson.store.writing() as db:
            db.execute(
                "INSERT INTO move (lesson, turn, seat, version, person, choices, done, at) VALUES (?,?,?,?,?,?,?,?)",
                (lesson.id, lesson.turn, seat, version + 1, person, written(choices), sent.done, time.time()),
            )
        answer: MoveTaken = {
            "version": version + 1,
            "choices": choices,
            "done": sent.done,
            "turn": lesson.turn,
            "closed": sent.done and lesson.all_done(),
        }
    lesson.tell(f"seat:{seat}")
    lesson.tell("console")
    return answer


def sheet(lesson: Lesson, row: sqlite3.Row | None) -> SeatSheet:
    """Write a seat's move of the open turn as plain data."""
    if row is None:
        return {"version": 0, "choices": {}, "done": False, "by": None}
    by = lesson.store.row("SELECT name FROM person WHERE id = ?", row["person"])
    return {
        "version": row["version"],
        "choices": json.loads(row["choices"]),
        "done": bool(row["done"]),
        "by": by["name"] if by else None,
    }


def say(lesson: Lesson, person: int, sender: str, receiver: str, text: str) -> int:
    """Keep a message of one seat to another, or to all; gives its number."""
    with lesson.lock, lesson.store.writing() as db:
        lesson.need("lobby", "playing", "paused")
        if not lesson.settings.messages:
            raise RefusedError(409, "message.off", "Messages are switched off.")
        if receiver != "all" and (receiver == sender or receiver not in lesson.seats()):
            raise RefusedError(404, "seat.unknown", "There is no such seat to write to.")
        count = db.execute("SELECT COUNT(*) FROM message WHERE lesson = ?", (lesson.id,)).fetchone()[0]
        if count >= MOST_MESSAGES:
            raise RefusedError(409, "message.off", "This lesson has no room for more messages.")
        row = (lesson.id, sender, receiver, person, text, time.time())
        query = "INSERT INTO message (lesson, sender, receiver, person, text, at) VALUES (?,?,?,?,?,?)"
        number = db.execute(query, row).lastrowid
    for scope in ("room",) if receiver == "all" else (f"seat:{sender}", f"seat:{receiver}", "console"):
        lesson.tell(scope)
    return int(number or 0)


def note(lesson: Lesson, person: int) -> None:
    """Note that a person has been heard of."""
    lesson.seen[person] = time.time(), lesson.seen.get(person, (0.0, "play"))[1]


def here(lesson: Lesson, person: int, page: str, seconds: float) -> None:
    """Note that a person is there, and for how long on which page."""
    lesson.seen[person] = time.time(), page
    if seconds > 0:
        with lesson.store.writing() as db:
            db.execute(
                "INSERT INTO stay VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds",
                (lesson.id, person, page, seconds),
            )


def take_back(lesson: Lesson, seat: str) -> None:
    """Give a seat back to its people, unless the instructor has handed it to the agent."""
    with lesson.lock:
        if lesson.seats()[seat]["agent"] == "handed":
            raise RefusedError(409, "agent.plays", "The instructor has handed this seat to its agent.")
        lesson.set_agent(seat, None)
    lesson.tell("room")
