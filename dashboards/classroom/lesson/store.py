"""The store of the classroom: one SQLite file with a write-ahead log.

One process uses the file (a lock file beside it enforces this) and writes through one connection. With
``synchronous=FULL``, everything acknowledged is on disk: a killed process or a power failure loses nothing. Tokens and
the instructor key are stored as hashes only.
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

MIGRATIONS = (  # each upgrades a store by one version; never edit one after its release
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
    UPDATE lesson SET debrief = replace(debrief, '"table:', '"propose:');
    """,  # the verb `table` is called `propose`
    "ALTER TABLE lesson ADD COLUMN version TEXT NOT NULL DEFAULT '0.1.0'",  # of Detente, in which it began
)


def default_path() -> Path:
    """Return the default path of the store: DETENTE_CLASSROOM, else in the user's data folder."""
    return Path(os.environ.get("DETENTE_CLASSROOM") or Path(platformdirs.user_data_dir("detente")) / "classroom.sqlite")


def to_json(data: Any) -> str:
    """Return data as compact JSON for a column."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def hash_secret(secret: str) -> str:
    """Return the hash of a secret of 128 random bits, which needs neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


class LessonStore:
    """The store, created if missing and upgraded to the newest version.

    Raises ScenarioError if another process uses it, if it has a later version, or if the file is not a store;
    OSError if the path is not writable.
    """

    def __init__(self, path: Path | None = None):
        self.path = path or default_path()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_dir():
            raise ScenarioError([InputError("store", str(self.path), "is a folder, not a file")])
        self.path.touch(0o600)  # private, since it contains names; fails here if the path is not writable
        self._file_lock = FileLock(f"{self.path}.lock", timeout=0)
        try:
            self._file_lock.acquire()
        except Timeout:
            raise ScenarioError(
                [InputError("store", str(self.path), "is in use by another server; stop that server first")]
            ) from None
        self._lock = threading.RLock()
        self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            self._db.row_factory = sqlite3.Row
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF;")
            self._migrate()  # with foreign keys off, a referenced table can be recreated
            self._db.execute("PRAGMA foreign_keys=ON")
        except sqlite3.DatabaseError as error:
            self.close()
            problem = f"cannot be read as a classroom store: {error}"
            raise ScenarioError([InputError("store", str(self.path), problem)]) from None
        except ScenarioError:
            self.close()
            raise

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise ScenarioError([InputError("store", str(self.path), "was created by a later version of Detente")])
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._db.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={number}; COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction: all of it is on disk when the block ends, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        return next(iter(self.rows(query, *values)), None)

    def close(self) -> None:
        """Close the store and release its lock."""
        with self._lock:
            self._db.close()
        self._file_lock.release()
