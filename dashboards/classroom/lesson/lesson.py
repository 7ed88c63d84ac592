"""One lesson as it is played: its turns, its seats, its clock, and who is there.

The store owns the truth; what is held here is rebuilt from it by playing again what was played. All that changes
is written before it is answered. Each lesson has one lock: two moves for one seat come one after the other.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.actions import seats
from dashboards.classroom.game.available_actions import completed
from dashboards.classroom.game.simulation import Simulation, order_rows
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.lesson.store import LessonStore, written
from dashboards.interventions import injected
from model.loading import build
from model.overrides import Override

Phase = Literal["lobby", "playing", "paused", "ended"]
GRACE = 30.0  # seconds that a turn is open at least after a restart


class Lesson:
    """A lesson of a room. ``tell`` is called with the scope of every change, after it is in the store."""

    def __init__(self, store: LessonStore, number: int, tell: Callable[[str], None] = lambda scope: None):
        row = store.row("SELECT * FROM lesson WHERE id = ?", number)
        if row is None:
            raise RefusedError(404, "lesson.none", "There is no such lesson.")
        self.store, self.id, self.tell, self.lock = store, number, tell, threading.RLock()
        self.number, self.room, self.source, self.seed = row["number"], row["room"], row["source"], row["seed"]
        self.settings = Settings.model_validate(json.loads(row["settings"]))
        self.data = json.loads(row["scenario"])
        self.scenario = build(self.data)
        self.phase: Phase = row["phase"]
        self.turn, self.outcome = row["turn"], row["outcome"]
        self.remaining, self.deadline = row["remaining"], row["deadline"]
        self.seen: dict[int, tuple[float, str]] = {}  # of each person, when and on which page
        self.resolve_ms, self.began = 0.0, time.time()
        self._kept: dict[Any, Any] = {}  # what was made for pages in this month and phase
        self._kept_of: tuple[int, str] = (-1, "")
        self._play_again()

    def _play_again(self) -> None:
        """Play what the store has, from the start."""
        self.begins: list[int] = []  # of each turn played, the months before it
        self.sheets_played: list[dict[str, dict[str, str]]] = []
        self.played: list[list[dict[str, Any]]] = []  # what came of each turn's orders
        self.events: list[Override] = []  # injected, and befallen
        rows = self.store.rows("SELECT * FROM turn WHERE lesson = ? ORDER BY turn", self.id)
        past = [each for row in rows for each in json.loads(row["overrides"])]
        overrides, owners = [Override(*each[:-1]) for each in past], [each[-1] for each in past]
        self.table = Simulation(self.scenario, self.seed, overrides, owners)
        for row in rows:
            before, events = self.table.round, self._events(json.loads(row["events"]))
            self.table.run(row["month"] - before)
            self._note(before, json.loads(row["sheets"]), events, json.loads(row["played"]))

    def _events(self, sent: list[dict[str, Any]]) -> list[Override]:
        return [injected(self.scenario, {**event, "round": self.table.round + 1}) for event in sent]

    def _note(
        self, before: int, sheets: dict[str, dict[str, str]], events: list[Override], came: list[dict[str, Any]]
    ) -> None:
        self.begins.append(before)
        self.sheets_played.append(sheets)
        self.events += events
        self.played.append(came)

    # What there is

    @property
    def months(self) -> int:
        """Give the months of a full turn."""
        return self.settings.months

    @property
    def turns(self) -> int:
        """Give the number of turns."""
        return -(-self.scenario.rounds // self.months)

    @property
    def since(self) -> int:
        """Give the month after which the last turn began."""
        return self.begins[-1] if self.begins else 0

    @property
    def left(self) -> float | None:
        """Give the seconds left on the clock, or None if there is no clock."""
        return self.remaining if self.deadline is None else max(self.deadline - time.time(), 0.0)

    def kinds(self) -> dict[str, str]:
        """List all seats of the scenario with their kinds, those that only agents play as well."""
        return seats(self.scenario)

    def seats(self) -> dict[str, sqlite3.Row]:
        """Give the seats that people can take."""
        rows = self.store.rows("SELECT * FROM seat WHERE lesson = ?", self.id)
        found = {row["seat"]: row for row in rows}
        return {name: found[name] for name in self.table.verbs if name in found}

    def people(self) -> list[sqlite3.Row]:
        """List who takes part: person, name, seat, joined."""
        query = (
            "SELECT person, name, seat, joined FROM place JOIN person ON person = id WHERE lesson = ? ORDER BY person"
        )
        return self.store.rows(query, self.id)

    def sheets(self) -> dict[str, sqlite3.Row]:
        """Give the newest move of each seat in the turn that is open."""
        query = "SELECT *, MAX(version) FROM move WHERE lesson = ? AND turn = ? GROUP BY seat"
        return {row["seat"]: row for row in self.store.rows(query, self.id, self.turn)}

    def present(self, person: int) -> bool:
        """Say whether a person has been heard of lately; at a restart all are given time to come back."""
        return time.time() - self.seen.get(person, (self.began, ""))[0] < self.settings.absent

    def awaited(self) -> set[str]:
        """List the seats on which people sit and act."""
        open_seats = self.seats()
        taken = {row["seat"] for row in self.people() if self.present(row["person"])}
        return {seat for seat in taken if seat in open_seats and open_seats[seat]["agent"] is None}

    def all_done(self) -> bool:
        """Say whether all seats that are waited for have moved, and at least one of them has."""
        done = {seat for seat, row in self.sheets().items() if row["done"]}
        return self.phase == "playing" and self.settings.waits and bool(done) and self.awaited() <= done

    def bet_open(self) -> int | None:
        """Say after how many turns the bet that is open was called; None if none is."""
        due = len(self.played) in self.settings.bets and self.phase in ("lobby", "playing", "paused")
        return len(self.played) if due else None

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Make a part of a page once for all who ask, as long as month and phase stay; the lock must be held."""
        if self._kept_of != (self.table.round, self.phase):
            self._kept, self._kept_of = {}, (self.table.round, self.phase)
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def need(self, *phases: str) -> None:
        """Raise RefusedError unless the lesson is in one of these phases."""
        if self.phase not in phases:
            text = f"This cannot be done while the lesson is: {self.phase}."
            raise RefusedError(409, "phase.wrong", text, phase=self.phase)

    # Time

    def given_time(self) -> None:
        """Give people time to come back to a lesson that goes on after the server was away."""
        if self.deadline is not None:
            self.deadline = max(self.deadline, time.time() + min(GRACE, self.settings.seconds))

    def tick(self) -> None:
        """Do what time asks for: absent seats go to their agents, and a turn that is over resolves."""
        with self.lock:
            if self.phase != "playing":
                return
            self._mark_absent()
            if (self.deadline is not None and self.deadline <= time.time()) or self.all_done():
                self.resolve()

    def _mark_absent(self) -> None:
        people = self.people()
        for seat, row in self.seats().items():
            sitting = [each["person"] for each in people if each["seat"] == seat]
            if sitting and row["agent"] is None and not any(map(self.present, sitting)):
                self.set_agent(seat, "absent")
                self.tell("room")

    def set_agent(self, seat: str, why: str | None) -> None:
        """Give a seat to its agent, and note why; or back to its people (None)."""
        with self.store.writing() as db:
            db.execute("UPDATE seat SET agent = ? WHERE lesson = ? AND seat = ?", (why, self.id, seat))

    def go(self, phase: Phase, *, turn: int | None = None, left: float | None = None) -> None:
        """Go into a phase, with so many seconds on the clock (None: no clock)."""
        turn = self.turn if turn is None else turn
        runs = phase == "playing" and left is not None
        deadline, remaining = (time.time() + (left or 0.0), None) if runs else (None, left)
        with self.store.writing() as db:
            query = "UPDATE lesson SET phase = ?, turn = ?, deadline = ?, remaining = ? WHERE id = ?"
            db.execute(query, (phase, turn, deadline, remaining, self.id))
        self.phase, self.turn, self.deadline, self.remaining = phase, turn, deadline, remaining

    # Turns

    def resolve(self) -> None:
        """Play the turn: the seats' moves as they were acknowledged, all else by the agents."""
        with self.lock:
            self.need("playing", "paused")
            begun, open_seats = time.perf_counter(), self.seats()
            sheets = {
                seat: json.loads(row["choices"])
                for seat, row in self.sheets().items()
                if seat in open_seats and open_seats[seat]["agent"] != "handed"
            }
            waiting = self.store.rows("SELECT event FROM pending WHERE lesson = ? ORDER BY id", self.id)
            self._play(sheets, [json.loads(row["event"]) for row in waiting])
            if self.table.round >= self.scenario.rounds:
                self._finish()
            self.resolve_ms = 1000 * (time.perf_counter() - begun)
        self.tell("room")

    def end(self, play_on: bool) -> None:
        """End the lesson now; the agents play the months that are left, or nobody does."""
        with self.lock:
            self.need("lobby", "playing", "paused")
            while play_on and self.table.round < self.scenario.rounds:
                self._play({}, [])
            self._finish()
        self.tell("room")

    def _play(self, sheets: Mapping[str, Mapping[str, str]], sent: list[dict[str, Any]]) -> None:
        """Play one turn and write it down; the next is open from then on."""
        months = min(self.months, self.scenario.rounds - self.table.round)
        whole = {seat: completed(self.table, seat, months, choices) for seat, choices in sheets.items()}
        known, events = len(self.table.overrides), self._events(sent)
        turn, before = len(self.played) + 1, self.table.round
        clock = self.settings.seconds or None
        try:
            came = order_rows(self.table.turn(whole, months, events))
            if self.table.round != before + months:
                raise RuntimeError(f"{months} months were to be played after month {before}: {self.table.round}")
            forced = zip(self.table.overrides[known:], self.table.owners[known:], strict=True)
            new = [[*override, owner] for override, owner in forced]
            row = (turn, self.table.round, *map(written, (whole, sent, came, new)), time.time())
            deadline = time.time() + clock if clock and self.phase == "playing" else None
            remaining = clock if self.phase == "paused" else None
            with self.store.writing() as db:
                db.execute("INSERT INTO turn VALUES (?,?,?,?,?,?,?,?)", (self.id, *row))
                db.execute("DELETE FROM pending WHERE lesson = ?", (self.id,))
                query = "UPDATE lesson SET turn = ?, deadline = ?, remaining = ? WHERE id = ?"
                db.execute(query, (turn + 1, deadline, remaining, self.id))
        except (
            BaseException
        ):  # what is not written has not happened, and a step that broke off is no ground to stand on
            self._play_again()
            raise
        self._note(before, whole, events, came)
        self.turn, self.deadline, self.remaining = turn + 1, deadline, remaining

    def _finish(self) -> None:
        outcome = self.table.outcome.name
        with self.store.writing() as db:
            query = "UPDATE lesson SET phase = 'ended', outcome = ?, deadline = NULL, remaining = NULL WHERE id = ?"
            db.execute(query, (outcome, self.id))
        self.phase, self.outcome, self.deadline, self.remaining = "ended", outcome, None, None
