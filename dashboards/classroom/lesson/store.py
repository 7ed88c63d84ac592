"""The classroom's store: one SQLite file with a write-ahead log, which owns the truth.

One process holds the file (a lock beside it says so) and writes through one connection. ``synchronous=FULL``: what
was acknowledged is on the disk, so neither a killed process nor a dead battery loses it; forty moves a round are few.
Tokens and the instructor key are kept as hashes only.
"""

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from model.errors import InputError, ScenarioError

MIGRATIONS = (  # each brings a store from the version before to its own; never edited once it was released
    """
    CREATE TABLE house (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE room (
        id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL, solo INTEGER NOT NULL,
        open INTEGER NOT NULL DEFAULT 1, made REAL NOT NULL);
    CREATE TABLE lesson (
        id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE, number INTEGER NOT NULL,
        scenario TEXT NOT NULL, source TEXT NOT NULL, settings TEXT NOT NULL, seed INTEGER NOT NULL,
        phase TEXT NOT NULL, turn INTEGER NOT NULL, remaining REAL, deadline REAL, outcome TEXT, debrief TEXT,
        made REAL NOT NULL, UNIQUE (room, number));
    CREATE TABLE person (
        id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
        token TEXT NOT NULL UNIQUE, name TEXT NOT NULL, made REAL NOT NULL);
    CREATE TABLE place (
        lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, seat TEXT, joined REAL NOT NULL,
        PRIMARY KEY (lesson, person)) WITHOUT ROWID;
    CREATE TABLE seat (
        lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, seat TEXT NOT NULL, most INTEGER NOT NULL,
        agent TEXT, PRIMARY KEY (lesson, seat)) WITHOUT ROWID;
    CREATE TABLE move (
        id INTEGER PRIMARY KEY, lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, turn INTEGER NOT NULL,
        seat TEXT NOT NULL, version INTEGER NOT NULL, person INTEGER NOT NULL, choices TEXT NOT NULL,
        done INTEGER NOT NULL, at REAL NOT NULL, UNIQUE (lesson, turn, seat, version));
    CREATE TABLE turn (
        lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, turn INTEGER NOT NULL, month INTEGER NOT NULL,
        sheets TEXT NOT NULL, events TEXT NOT NULL, played TEXT NOT NULL, overrides TEXT NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (lesson, turn)) WITHOUT ROWID;
    CREATE TABLE pending (
        id INTEGER PRIMARY KEY, lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, event TEXT NOT NULL);
    CREATE TABLE bet (
        lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, at INTEGER NOT NULL, person INTEGER NOT NULL,
        percent TEXT NOT NULL, sent REAL NOT NULL, PRIMARY KEY (lesson, at, person)) WITHOUT ROWID;
    CREATE TABLE message (
        id INTEGER PRIMARY KEY, lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, sender TEXT NOT NULL,
        receiver TEXT NOT NULL, person INTEGER NOT NULL, text TEXT NOT NULL, at REAL NOT NULL);
    CREATE TABLE notice (
        id INTEGER PRIMARY KEY, lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, text TEXT NOT NULL,
        at REAL NOT NULL);
    CREATE TABLE stay (
        lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE, person INTEGER NOT NULL, page TEXT NOT NULL,
        seconds REAL NOT NULL, PRIMARY KEY (lesson, person, page)) WITHOUT ROWID;
    CREATE INDEX place_person ON place (person);
    """,
    """
    CREATE TABLE numbered (
        id INTEGER PRIMARY KEY AUTOINCREMENT, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
        number INTEGER NOT NULL, scenario TEXT NOT NULL, source TEXT NOT NULL, settings TEXT NOT NULL,
        seed INTEGER NOT NULL, phase TEXT NOT NULL, turn INTEGER NOT NULL, remaining REAL, deadline REAL, outcome TEXT,
        debrief TEXT, made REAL NOT NULL, UNIQUE (room, number));
    INSERT INTO numbered SELECT * FROM lesson;
    DROP TABLE lesson;
    ALTER TABLE numbered RENAME TO lesson;
    DELETE FROM place WHERE seat IS NULL;
    CREATE TABLE removed (
        lesson INTEGER NOT NULL REFERENCES lesson ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, PRIMARY KEY (lesson, person)) WITHOUT ROWID;
    CREATE INDEX removed_person ON removed (person);
    """,  # a lesson's number is never reused, and a person removed from a lesson stays out
    """
    UPDATE move SET choices = replace(choices, '"table:', '"propose:');
    UPDATE turn SET sheets = replace(sheets, '"table:', '"propose:'), played = replace(played, '"table:', '"propose:');
    """,  # the verb `table` is called `propose`
)


def default_path() -> Path:
    """Say where the store lies unless another place is given: by DETENTE_CLASSROOM, else with the user's data."""
    return Path(os.environ.get("DETENTE_CLASSROOM") or Path(platformdirs.user_data_dir("detente")) / "classroom.sqlite")


def to_json(plain: Any) -> str:
    """Write plain data as JSON for a column."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def hash_secret(secret: str) -> str:
    """Hash a secret of 128 random bits; these need neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


class LessonStore:
    """The store, opened and brought to the newest version; made if it is not there.

    Raises ScenarioError if another process has it, if it is of a later version, or if it is no store of ours;
    OSError if the place cannot be written to.
    """

    def __init__(self, path: Path | None = None):
        self.path = path or default_path()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_dir():
            raise ScenarioError([InputError("store", str(self.path), "is a folder, not a file")])
        self.path.touch(0o600)  # it holds names; where it cannot be written, the lock would say that it is in use
        self._file_lock = FileLock(f"{self.path}.lock", timeout=0)
        try:
            self._file_lock.acquire()
        except Timeout:
            raise ScenarioError(
                [InputError("store", str(self.path), "is in use by another server; stop that first")]
            ) from None
        self._lock = threading.RLock()
        self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            self._db.row_factory = sqlite3.Row
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF;")
            self._migrate()  # without foreign keys: a table that others refer to may be made anew
            self._db.execute("PRAGMA foreign_keys=ON")
        except sqlite3.DatabaseError as error:
            self.close()
            told = f"cannot be read as a classroom's store: {error}"
            raise ScenarioError([InputError("store", str(self.path), told)]) from None
        except ScenarioError:
            self.close()
            raise

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise ScenarioError([InputError("store", str(self.path), "was made by a later version of Detente")])
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._db.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={number}; COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write several things as one: all of it is on the disk when the block ends, or none."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Read rows."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Read one row, or None."""
        return next(iter(self.rows(query, *values)), None)

    def close(self) -> None:
        """Close the store and let another process have it."""
        with self._lock:
            self._db.close()
        self._file_lock.release()
