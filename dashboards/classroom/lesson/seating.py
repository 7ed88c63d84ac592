"""Who may sit where in a lesson."""

import sqlite3
import time

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson


def removed_error() -> RefusedError:
    """Refuse somebody whom the instructor has taken out of a lesson."""
    return RefusedError(409, "seat.removed", "You were taken out of this lesson; you can join anew.")


def assign_seat(db: sqlite3.Connection, lesson: Lesson, person: int, seat: str | None) -> str:
    """Write a person's seat down: the one asked for, or the emptiest. Raises RefusedError if it cannot be."""
    seats = lesson.seats()
    if db.execute("SELECT 1 FROM removed WHERE lesson = ? AND person = ?", (lesson.id, person)).fetchone():
        raise removed_error()
    query = "SELECT seat, COUNT(*) FROM place WHERE lesson = ? AND person != ? GROUP BY seat"
    taken = dict(db.execute(query, (lesson.id, person)).fetchall())
    if seat is not None and seat not in seats:
        raise RefusedError(404, "seat.unknown", "There is no such seat.")
    free = [name for name, row in seats.items() if taken.get(name, 0) < row["most"] and seat in (None, name)]
    if not free:
        raise RefusedError(409, "seat.full", "There is no place left" + (" in this seat." if seat else "."))
    chosen = min(free, key=lambda name: (taken.get(name, 0) / seats[name]["most"], list(seats).index(name)))
    db.execute(
        "INSERT INTO place VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET seat = excluded.seat",
        (lesson.id, person, chosen, time.time()),
    )
    return chosen
