"""The assignment of seats."""

import sqlite3
import time

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson


def removed_error() -> RefusedError:
    """Return the error for a participant whom the instructor has removed."""
    return RefusedError(409, "seat.removed", "You were removed from this lesson; you can join again.")


def assign_seat(db: sqlite3.Connection, lesson: Lesson, person: int, seat: str | None) -> str:
    """Store a participant's seat: the requested one, or the emptiest. Raises RefusedError if there is no place."""
    seats = lesson.seats()
    if db.execute("SELECT 1 FROM removed WHERE lesson = ? AND person = ?", (lesson.id, person)).fetchone():
        raise removed_error()
    query = "SELECT seat, COUNT(*) FROM place WHERE lesson = ? AND person != ? GROUP BY seat"
    occupied = dict(db.execute(query, (lesson.id, person)).fetchall())
    if seat is not None and seat not in seats:
        raise RefusedError(404, "seat.unknown", "There is no such seat.")
    free = [name for name, row in seats.items() if occupied.get(name, 0) < row["most"] and seat in (None, name)]
    if not free:
        raise RefusedError(409, "seat.full", "There is no place left" + (" in this seat." if seat else "."))
    chosen = min(free, key=lambda name: (occupied.get(name, 0) / seats[name]["most"], list(seats).index(name)))
    db.execute(
        "INSERT INTO place VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET seat = excluded.seat",
        (lesson.id, person, chosen, time.time()),
    )
    return chosen
