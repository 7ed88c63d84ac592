"""Rooms with their lessons and participants, backed by the store; and the thread that runs their clocks."""

import logging
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Any
from weakref import WeakValueDictionary

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.participant import record_presence
from dashboards.classroom.lesson.seating import assign_seat, removed_error
from dashboards.classroom.lesson.settings import Settings, complete_settings
from dashboards.classroom.lesson.store import LessonStore, hash_secret, to_json
from model.version import VERSION

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters and digits that look alike
CODE_LENGTH = 6  # 7e8 codes; wrong codes are limited to one attempt in ten seconds
MAX_ROOMS, MAX_SOLO_ROOMS, MAX_LESSONS = 200, 300, 200
MAX_LOADED_LESSONS = 40  # the most recently used
IDLE_SECONDS = 120.0  # without a report, after which a solo lesson may be unloaded
TICK_SECONDS = 0.25  # between two checks of the clocks

Notify = Callable[[str, str, Collection[int] | None], None]

log = logging.getLogger(__name__)


class Rooms:
    """All rooms of a store. ``notify`` receives a room's code, the scope of a change, and its receivers (None: all)."""

    def __init__(self, store: LessonStore, notify: Notify = lambda code, scope, people: None):
        self.store, self.notify = store, notify
        self._lessons: OrderedDict[int, Lesson] = OrderedDict()
        self._referenced: WeakValueDictionary[int, Lesson] = (
            WeakValueDictionary()
        )  # also those that only a request refers to
        self._solo_lessons: set[int] = set()  # loaded
        self._loading: dict[int, threading.Lock] = {}  # by lesson, held during its replay
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._clocks = threading.Thread(target=self._run_clocks, daemon=True, name="classroom clocks")

    # Rooms

    def create_room(self, title: str, solo: bool = False) -> sqlite3.Row:
        """Create a room with a new code. Raises RefusedError if there are too many."""
        with self._lock, self.store.transaction() as db:
            count = db.execute("SELECT COUNT(*) FROM room WHERE solo = ?", (solo,)).fetchone()[0]
            if count >= (MAX_SOLO_ROOMS if solo else MAX_ROOMS):
                if not solo:
                    raise RefusedError(409, "room.closed", f"There are already {count} rooms; delete some.")
                self._delete(db, db.execute("SELECT MIN(id) FROM room WHERE solo = 1").fetchone()[0])
            while True:
                code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
                if not db.execute("SELECT 1 FROM room WHERE code = ?", (code,)).fetchone():
                    break
            db.execute("INSERT INTO room (code, title, solo, made) VALUES (?,?,?,?)", (code, title, solo, time.time()))
        return self.find_room(code, solo=solo)

    def find_room(self, code: str, solo: bool = False) -> sqlite3.Row:
        """Return a room by its code. Raises RefusedError if there is none."""
        row = self.store.row("SELECT * FROM room WHERE code = ? AND solo = ?", normalize_code(code), solo)
        if row is None:
            raise RefusedError(404, "room.unknown", "There is no room with this code.")
        return row

    def list_rooms(self) -> list[sqlite3.Row]:
        """Return the rooms of classes, newest first."""
        return self.store.rows("SELECT * FROM room WHERE solo = 0 ORDER BY id DESC")

    def delete_room(self, code: str) -> None:
        """Delete a room with all its lessons."""
        room = self.find_room(code)
        with self._lock, self.store.transaction() as db:
            self._delete(db, room["id"])
        self.notify(room["code"], "room", None)

    def _delete(self, db: sqlite3.Connection, room: int) -> None:
        for row in db.execute("SELECT id FROM lesson WHERE room = ?", (room,)).fetchall():
            for loaded in (self._lessons, self._referenced, self._loading):
                loaded.pop(row["id"], None)
            self._solo_lessons.discard(row["id"])
        db.execute("DELETE FROM room WHERE id = ?", (room,))

    def set_open_to_joiners(self, room: sqlite3.Row, is_open: bool) -> None:
        """Open the room to new participants, or close it."""
        with self.store.transaction() as db:
            db.execute("UPDATE room SET open = ? WHERE id = ?", (is_open, room["id"]))
        self.notify(room["code"], "room", None)

    # Lessons

    def create_lesson(self, room: sqlite3.Row, requested: Settings) -> Lesson:
        """Create a lesson in a room; a running one is ended first."""
        settings, data, _ = complete_settings(requested)
        last = self.find_lesson(room)
        if last is not None and last.phase != "ended":
            last.end(play_on=False)
        return self._create_lesson(room, settings, data)

    def create_room_with_lesson(
        self, title: str, requested: Settings, solo: bool = False
    ) -> tuple[sqlite3.Row, Lesson]:
        """Create a room with its first lesson. Raises RefusedError, creating nothing, if the settings are invalid."""
        settings, data, _ = complete_settings(requested)
        room = self.create_room(title, solo)
        return room, self._create_lesson(room, settings, data)

    def _create_lesson(self, room: sqlite3.Row, settings: Settings, data: dict[str, Any]) -> Lesson:
        with self.store.transaction() as db:
            query = "SELECT COALESCE(MAX(number), 0) + 1 FROM lesson WHERE room = ?"
            number = db.execute(query, (room["id"],)).fetchone()[0]
            if number > MAX_LESSONS:
                raise RefusedError(409, "room.closed", "This room has too many lessons; create another room.")
            row = (room["id"], number, to_json(data), settings.scenario, to_json(settings.model_dump()), settings.seed)
            columns = "room, number, scenario, source, settings, seed, made, version, phase, turn"
            query = f"INSERT INTO lesson ({columns}) VALUES (?,?,?,?,?,?,?,?,'lobby',0)"
            lesson_id = int(db.execute(query, (*row, time.time(), VERSION)).lastrowid or 0)
            rows = [(lesson_id, seat, capacity) for seat, capacity in (settings.seats or {}).items()]
            db.executemany("INSERT INTO seat (lesson, seat, most) VALUES (?,?,?)", rows)
        self.notify(room["code"], "room", None)
        return self.load_lesson(lesson_id, room["code"])

    def find_lesson(self, room: sqlite3.Row, number: int | None = None) -> Lesson | None:
        """Return a lesson of a room, the newest without a number; None if there is none."""
        query = "SELECT id FROM lesson WHERE room = ? AND number = COALESCE(?, number) ORDER BY number DESC LIMIT 1"
        row = self.store.row(query, room["id"], number)
        return self.load_lesson(row["id"], room["code"]) if row else None

    def load_lesson(self, lesson_id: int, code: str) -> Lesson:
        """Return a lesson by its id, replayed from the store if it is not in memory."""
        with self._lock:
            if (lesson := self._referenced.get(lesson_id)) is not None:
                return self._retain(lesson)
            loading = self._loading.setdefault(lesson_id, threading.Lock())
        with loading:  # a replay takes a while; requests for other lessons need not wait
            if (lesson := self._referenced.get(lesson_id)) is None:
                lesson = Lesson(self.store, lesson_id, lambda scope: self._notify_lesson(lesson_id, code, scope))
            with self._lock:
                query = "SELECT solo FROM lesson JOIN room ON room.id = room WHERE lesson.id = ?"
                row = self.store.row(query, lesson_id)
                if row is None:  # deleted in the meantime
                    raise RefusedError(404, "lesson.none", "There is no such lesson.")
                if row["solo"]:
                    self._solo_lessons.add(lesson_id)
                self._referenced[lesson_id] = lesson
                return self._retain(lesson)

    def _retain(self, lesson: Lesson) -> Lesson:
        """Keep a lesson in memory; unload idle ones only, which no cachetools cache does. The caller holds the lock."""
        self._lessons[lesson.id] = lesson
        self._lessons.move_to_end(lesson.id)
        if len(self._lessons) > MAX_LOADED_LESSONS:
            idle = [each for each, loaded in self._lessons.items() if loaded is not lesson and self._is_idle(loaded)]
            for each in idle[: len(self._lessons) - MAX_LOADED_LESSONS]:
                del self._lessons[each]
        return lesson

    def _is_idle(self, lesson: Lesson) -> bool:
        """Return whether a lesson can be unloaded: it is not running, or its solo player is away."""
        last_seen = max([lesson.loaded_at, *(when for when, _ in [*lesson.last_seen.values()])])
        is_away = lesson.id in self._solo_lessons and time.time() - last_seen > IDLE_SECONDS
        return is_away or lesson.phase in ("ended", "lobby")

    def _notify_lesson(self, lesson_id: int, code: str, scope: str) -> None:
        """Publish a change in a lesson; one that concerns a seat only to its participants, without the seat's name."""
        kind, _, seat = scope.partition(":")
        query = "SELECT person FROM place WHERE lesson = ? AND seat = ?"
        people = {row["person"] for row in self.store.rows(query, lesson_id, seat)} if seat else None
        self.notify(code, kind, people)

    def list_lessons(self, room: sqlite3.Row) -> list[sqlite3.Row]:
        """Return the lessons of a room, oldest first."""
        return self.store.rows("SELECT * FROM lesson WHERE room = ? ORDER BY number", room["id"])

    # People

    def join(self, room: sqlite3.Row, name: str, seat: str | None) -> tuple[str, int, str]:
        """Add a participant to the newest lesson; returns token, person and seat. Raises RefusedError."""
        lesson = self.find_lesson(room)
        if lesson is None:
            raise RefusedError(409, "phase.wrong", "There is no lesson yet.", phase="none")
        if not room["open"]:
            raise RefusedError(409, "room.closed", "The room is closed to new participants.")
        if not lesson.settings.chooses:
            seat = None
        token = secrets.token_urlsafe(16)
        with lesson.lock, self.store.transaction() as db:
            lesson.require_phase("lobby", "playing", "paused")
            query = "INSERT INTO person (room, token, name, made) VALUES (?,?,?,?)"
            row = (room["id"], hash_secret(token), name, time.time())
            person = int(db.execute(query, row).lastrowid or 0)
            assigned = assign_seat(db, lesson, person, seat)
        record_presence(lesson, person, "join", 0)
        lesson.notify(f"seat:{assigned}")
        lesson.notify("console")
        return token, person, assigned

    def find_person(self, token: str) -> sqlite3.Row:
        """Return a person by token, with the room. Raises RefusedError if there is none."""
        query = (
            "SELECT person.id, person.name, person.room, room.code, room.title, room.solo, room.open "
            "FROM person JOIN room ON room.id = person.room WHERE token = ?"
        )
        row = self.store.row(query, hash_secret(token))
        if row is None:
            raise RefusedError(401, "token.unknown", "This personal link is not valid here.")
        return row

    def current_seat(self, person: sqlite3.Row) -> tuple[Lesson, str]:
        """Return the newest lesson of a participant, and the seat. Raises RefusedError if there is none."""
        query = (
            "SELECT lesson, seat FROM place WHERE person = ? UNION ALL "
            "SELECT lesson, NULL FROM removed WHERE person = ? ORDER BY lesson DESC LIMIT 1"
        )
        row = self.store.row(query, person["id"], person["id"])
        if row is None:
            raise RefusedError(409, "seat.none", "You have no seat.")
        if row["seat"] is None:
            raise removed_error()
        return self.load_lesson(row["lesson"], person["code"]), row["seat"]

    def rejoin(self, lesson: Lesson, person: int, seat: str | None) -> str:
        """Add a person of the room to its newest lesson. Raises RefusedError if the person has or had a seat in it.

        A person who has seen the private facts of one side cannot take a seat on another.
        """
        with lesson.lock:
            lesson.require_phase("lobby", "playing", "paused")
            if person in {row["person"] for row in lesson.participants()}:
                raise RefusedError(409, "seat.have", "You already have a seat in this lesson.")
            return self.change_seat(lesson, person, seat)

    def change_seat(self, lesson: Lesson, person: int, seat: str | None) -> str:
        """Move a participant to another seat."""
        with lesson.lock, self.store.transaction() as db:
            assigned = assign_seat(db, lesson, person, seat)
        record_presence(lesson, person, "join", 0)
        lesson.notify("room")
        return assigned

    # Instructor

    def create_instructor_key(self, replace: bool) -> str | None:
        """Create the instructor key if there is none, or replace it; returns the new key, else None."""
        if self.store.row("SELECT 1 FROM house WHERE name = 'key'") and not replace:
            return None
        key = secrets.token_urlsafe(16)
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO house VALUES ('key', ?)", (hash_secret(key),))
        return key

    def is_instructor_key(self, key: str) -> bool:
        """Return whether this is the instructor key."""
        row = self.store.row("SELECT value FROM house WHERE name = 'key'")
        return row is not None and secrets.compare_digest(row["value"], hash_secret(key))

    # Time

    def start_clocks(self) -> None:
        """Start the thread that runs the clocks of all running lessons; solo lessons have none."""
        query = "SELECT lesson.id, code FROM lesson JOIN room ON room = room.id WHERE phase = 'playing' AND solo = 0"
        for row in self.store.rows(query):
            self.load_lesson(row["id"], row["code"]).grant_grace_period()
        self._clocks.start()

    def close(self) -> None:
        """Stop the clocks, and close the store."""
        self._stopped.set()
        if self._clocks.ident is not None:
            self._clocks.join(timeout=5)
        self.store.close()

    def _run_clocks(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            with self._lock:
                lessons = [lesson for lesson in self._lessons.values() if lesson.phase == "playing"]
            for lesson in lessons:
                try:
                    lesson.tick()
                except Exception:
                    log.exception("a lesson's clock failed")


def normalize_code(code: str) -> str:
    """Return a code as typed without blanks and dashes, in capitals."""
    return "".join(letter for letter in code.upper() if letter.isalnum())[:20]
