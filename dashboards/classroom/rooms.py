"""Rooms, their lessons and their people, found in the store; and the clockwork that lets time pass in all of them."""

import logging
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dashboards.classroom.lesson import Lesson
from dashboards.classroom.refused import RefusedError
from dashboards.classroom.settings import read_settings
from dashboards.classroom.store import Store, hashed, written
from dashboards.classroom.taking import here

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that are mistaken for each other
CODE = 6  # letters of a code: 7e8 of them, and a guesser has one try in ten seconds
MOST_ROOMS, MOST_SOLO, MOST_LESSONS, MOST_PEOPLE = 200, 300, 200, 400
KEPT = 40  # lessons held in memory, the latest used
BEAT = 0.25  # seconds between two looks at the clocks

log = logging.getLogger(__name__)


class Rooms:
    """All rooms of a store. ``tell`` is called with a room's code and the scope of a change."""

    def __init__(self, store: Store, tell: Callable[[str, str], None] = lambda code, scope: None):
        self.store, self.tell = store, tell
        self._lessons: OrderedDict[int, Lesson] = OrderedDict()
        self._lock = threading.RLock()
        self._open = threading.Event()
        self._clocks = threading.Thread(target=self._pass_time, daemon=True, name="classroom clocks")

    # Rooms

    def make_room(self, title: str, solo: bool = False) -> sqlite3.Row:
        """Make a room with a code of its own."""
        with self._lock, self.store.writing() as db:
            count = db.execute("SELECT COUNT(*) FROM room WHERE solo = ?", (solo,)).fetchone()[0]
            if count >= (MOST_SOLO if solo else MOST_ROOMS):
                if not solo:
                    raise RefusedError(409, "room.closed", f"There are {count} rooms already; delete some.")
                db.execute("DELETE FROM room WHERE id = (SELECT MIN(id) FROM room WHERE solo = 1)")
            while True:
                code = "".join(secrets.choice(LETTERS) for _ in range(CODE))
                if not db.execute("SELECT 1 FROM room WHERE code = ?", (code,)).fetchone():
                    break
            db.execute("INSERT INTO room (code, title, solo, made) VALUES (?,?,?,?)", (code, title, solo, time.time()))
        return self.room(code, solo=solo)

    def room(self, code: str, solo: bool = False) -> sqlite3.Row:
        """Find a room by its code. Raises RefusedError if there is none."""
        row = self.store.row("SELECT * FROM room WHERE code = ? AND solo = ?", cleaned(code), solo)
        if row is None:
            raise RefusedError(404, "room.unknown", "There is no room with this code.")
        return row

    def rooms(self) -> list[sqlite3.Row]:
        """List the rooms of classes, the newest first."""
        return self.store.rows("SELECT * FROM room WHERE solo = 0 ORDER BY id DESC")

    def delete_room(self, code: str) -> None:
        """Delete a room with all its lessons."""
        room = self.room(code)
        with self._lock, self.store.writing() as db:
            for row in db.execute("SELECT id FROM lesson WHERE room = ?", (room["id"],)).fetchall():
                self._lessons.pop(row["id"], None)
            db.execute("DELETE FROM room WHERE id = ?", (room["id"],))
        self.tell(room["code"], "room")

    def set_open(self, room: sqlite3.Row, is_open: bool) -> None:
        """Say whether new people may join."""
        with self.store.writing() as db:
            db.execute("UPDATE room SET open = ? WHERE id = ?", (is_open, room["id"]))
        self.tell(room["code"], "room")

    # Lessons

    def make_lesson(self, room: sqlite3.Row, sent: Any) -> Lesson:
        """Make a new lesson in a room; one that goes on is ended first."""
        settings, data, _ = read_settings(sent)
        last = self.lesson(room)
        if last is not None and last.phase != "ended":
            last.end(play_on=False)
        with self._lock, self.store.writing() as db:
            number = (last.number if last else 0) + 1
            if number > MOST_LESSONS:
                raise RefusedError(409, "room.closed", "This room has too many lessons; make another.")
            row = (room["id"], number, written(data), settings.scenario, written(settings.model_dump()), settings.seed)
            columns = "room, number, scenario, source, settings, seed, made, phase, turn"
            query = f"INSERT INTO lesson ({columns}) VALUES (?,?,?,?,?,?,?,'lobby',0)"
            made = int(db.execute(query, (*row, time.time())).lastrowid or 0)
            rows = [(made, seat, most) for seat, most in (settings.seats or {}).items()]
            db.executemany("INSERT INTO seat (lesson, seat, most) VALUES (?,?,?)", rows)
        self.tell(room["code"], "room")
        return self.open_lesson(made, room["code"])

    def lesson(self, room: sqlite3.Row, number: int | None = None) -> Lesson | None:
        """Give a lesson of a room, the newest if no number is given; None if there is none."""
        query = "SELECT id FROM lesson WHERE room = ? AND number = COALESCE(?, number) ORDER BY number DESC LIMIT 1"
        row = self.store.row(query, room["id"], number)
        return self.open_lesson(row["id"], room["code"]) if row else None

    def open_lesson(self, made: int, code: str) -> Lesson:
        """Give a lesson by its row in the store; it is played again if it is not held in memory."""
        with self._lock:
            if made not in self._lessons:
                self._lessons[made] = Lesson(self.store, made, lambda scope: self.tell(code, scope))
            self._lessons.move_to_end(made)
            idle = [
                each for each, lesson in self._lessons.items() if lesson.phase in ("ended", "lobby") and each != made
            ]
            for each in idle[: max(len(self._lessons) - KEPT, 0)]:
                del self._lessons[each]
            return self._lessons[made]

    def lessons(self, room: sqlite3.Row) -> list[sqlite3.Row]:
        """List the lessons of a room, the first one first."""
        return self.store.rows("SELECT * FROM lesson WHERE room = ? ORDER BY number", room["id"])

    # People

    def join(self, room: sqlite3.Row, name: str, seat: str | None) -> tuple[str, int, str]:
        """Let a person join the newest lesson; gives token, number and seat. Raises RefusedError if it cannot be."""
        lesson = self.lesson(room)
        if lesson is None:
            raise RefusedError(409, "phase.wrong", "There is no lesson yet.", phase="none")
        if not room["open"]:
            raise RefusedError(409, "room.closed", "The room is closed to newcomers.")
        if not lesson.settings.chooses:
            seat = None
        token = secrets.token_urlsafe(16)
        with lesson.lock, self.store.writing() as db:
            lesson.need("lobby", "playing", "paused")
            count = db.execute("SELECT COUNT(*) FROM person WHERE room = ?", (room["id"],)).fetchone()[0]
            if count >= MOST_PEOPLE:
                raise RefusedError(409, "room.closed", "The room is full.")
            query = "INSERT INTO person (room, token, name, made) VALUES (?,?,?,?)"
            made = db.execute(query, (room["id"], hashed(token), name, time.time()))
            person = int(made.lastrowid or 0)
            taken = sit(db, lesson, person, seat)
        here(lesson, person, "join", 0)
        self.tell(room["code"], f"seat:{taken}")
        self.tell(room["code"], "console")
        return token, person, taken

    def person(self, token: str) -> sqlite3.Row:
        """Find a person by token, with the room. Raises RefusedError if there is none."""
        query = (
            "SELECT person.id, person.name, person.room, room.code, room.title, room.solo, room.open "
            "FROM person JOIN room ON room.id = person.room WHERE token = ?"
        )
        row = self.store.row(query, hashed(token))
        if row is None:
            raise RefusedError(401, "token.unknown", "This personal link is not known here.")
        return row

    def seated(self, person: sqlite3.Row) -> tuple[Lesson, str | None]:
        """Give the newest lesson that a person takes part in, and the seat."""
        query = "SELECT lesson, seat FROM place WHERE person = ? ORDER BY lesson DESC LIMIT 1"
        row = self.store.row(query, person["id"])
        if row is None:
            raise RefusedError(404, "lesson.none", "You take part in no lesson.")
        return self.open_lesson(row["lesson"], person["code"]), row["seat"]

    def change_seat(self, lesson: Lesson, person: int, seat: str | None, code: str) -> str:
        """Let a person sit down elsewhere."""
        with lesson.lock, self.store.writing() as db:
            taken = sit(db, lesson, person, seat)
        here(lesson, person, "join", 0)
        self.tell(code, "room")
        return taken

    def stand_up(self, lesson: Lesson, person: int, code: str) -> None:
        """Let a person leave the seat."""
        with lesson.lock, self.store.writing() as db:
            db.execute("UPDATE place SET seat = NULL WHERE lesson = ? AND person = ?", (lesson.id, person))
        self.tell(code, "room")

    # Instructor

    def instructor_key(self, anew: bool) -> str | None:
        """Make the instructor key if there is none yet, or a new one; give it this once, else None."""
        if self.store.row("SELECT 1 FROM house WHERE name = 'key'") and not anew:
            return None
        key = secrets.token_urlsafe(16)
        with self.store.writing() as db:
            db.execute("INSERT OR REPLACE INTO house VALUES ('key', ?)", (hashed(key),))
        return key

    def is_key(self, key: str) -> bool:
        """Say whether this is the instructor key."""
        row = self.store.row("SELECT value FROM house WHERE name = 'key'")
        return row is not None and secrets.compare_digest(row["value"], hashed(key))

    # Time

    def start_clocks(self) -> None:
        """Let time pass, on a thread of its own, in every lesson that is being played."""
        for row in self.store.rows(
            "SELECT lesson.id, code FROM lesson JOIN room ON room = room.id WHERE phase = 'playing'"
        ):
            self.open_lesson(row["id"], row["code"]).given_time()
        self._clocks.start()

    def close(self) -> None:
        """Stop the clocks, and close the store."""
        self._open.set()
        if self._clocks.ident is not None:
            self._clocks.join(timeout=5)
        self.store.close()

    def _pass_time(self) -> None:
        while not self._open.wait(BEAT):
            with self._lock:
                lessons = [lesson for lesson in self._lessons.values() if lesson.phase == "playing"]
            for lesson in lessons:
                try:
                    lesson.tick()
                except Exception:
                    log.exception("a lesson's clock failed")


def cleaned(code: str) -> str:
    """Read a code as people type it: without blanks and dashes, in capitals."""
    return "".join(letter for letter in code.upper() if letter.isalnum())[:20]


def sit(db: sqlite3.Connection, lesson: Lesson, person: int, seat: str | None) -> str:
    """Write a person's seat down: the one asked for, or the emptiest. Raises RefusedError if there is no room."""
    seats = lesson.seats()
    query = "SELECT seat, COUNT(*) FROM place WHERE lesson = ? AND seat IS NOT NULL AND person != ? GROUP BY seat"
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
