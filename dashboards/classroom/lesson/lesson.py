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
from dashboards.classroom.game.actions import playable_seats
from dashboards.classroom.game.available_actions import complete_choices
from dashboards.classroom.game.simulation import ClassSimulation, result_rows
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.lesson.store import LessonStore, to_json
from dashboards.injected_events import parse_injected_event
from model.loading import build_scenario
from model.overrides import Override, stored_override

Phase = Literal["lobby", "playing", "paused", "ended"]
GRACE_SECONDS = 30.0  # seconds that a turn is open at least after a restart


class Lesson:
    """A lesson of a room. ``tell`` is called with the scope of every change, after it is in the store."""

    def __init__(self, store: LessonStore, number: int, notify: Callable[[str], None] = lambda scope: None):
        row = store.row("SELECT * FROM lesson WHERE id = ?", number)
        if row is None:
            raise RefusedError(404, "lesson.none", "There is no such lesson.")
        self.store, self.id, self.notify, self.lock = store, number, notify, threading.RLock()
        self.number, self.room, self.source, self.seed = row["number"], row["room"], row["source"], row["seed"]
        self.settings = Settings.model_validate(json.loads(row["settings"]))
        self.data = json.loads(row["scenario"])
        self.scenario = build_scenario(self.data)
        self.phase: Phase = row["phase"]
        self.turn, self.outcome = row["turn"], row["outcome"]
        self.remaining, self.deadline = row["remaining"], row["deadline"]
        self.last_seen: dict[int, tuple[float, str]] = {}  # of each person, when and on which page
        self.resolve_ms, self.loaded_at = 0.0, time.time()
        self._cache: dict[Any, Any] = {}  # what was made for pages in this month and phase
        self._cache_key: tuple[int, str] = (-1, "")
        self._replay()

    def _replay(self) -> None:
        """Play what the store has, from the start."""
        self.turn_starts: list[int] = []  # of each turn played, the months before it
        self.choices_played: list[dict[str, dict[str, str]]] = []
        self.order_results: list[list[dict[str, Any]]] = []  # what came of each turn's orders
        self.events: list[Override] = []  # injected, and befallen
        rows = self.store.rows("SELECT * FROM turn WHERE lesson = ? ORDER BY turn", self.id)
        past = [each for row in rows for each in json.loads(row["overrides"])]
        overrides, owners = [stored_override(each[:-1]) for each in past], [each[-1] for each in past]
        self.simulation = ClassSimulation(self.scenario, self.seed, overrides, owners)
        for row in rows:
            before, events = self.simulation.round, self._build_events(json.loads(row["events"]))
            self.simulation.run(row["month"] - before)
            self._record_turn(before, json.loads(row["sheets"]), events, json.loads(row["played"]))

    def _build_events(self, sent: list[dict[str, Any]]) -> list[Override]:
        return [parse_injected_event(self.scenario, {**event, "round": self.simulation.round + 1}) for event in sent]

    def _record_turn(
        self, before: int, sheets: dict[str, dict[str, str]], events: list[Override], came: list[dict[str, Any]]
    ) -> None:
        self.turn_starts.append(before)
        self.choices_played.append(sheets)
        self.events += events
        self.order_results.append(came)

    # What there is

    @property
    def months_per_turn(self) -> int:
        """Give the months of a full turn."""
        return self.settings.months

    @property
    def turns(self) -> int:
        """Give the number of turns."""
        return -(-self.scenario.rounds // self.months_per_turn)

    @property
    def last_turn_start(self) -> int:
        """Give the month after which the last turn began."""
        return self.turn_starts[-1] if self.turn_starts else 0

    @property
    def seconds_left(self) -> float | None:
        """Give the seconds left on the clock, or None if there is no clock."""
        return self.remaining if self.deadline is None else max(self.deadline - time.time(), 0.0)

    def seat_kinds(self) -> dict[str, str]:
        """List all seats of the scenario with their kinds, those that only agents play as well."""
        return playable_seats(self.scenario)

    def seats(self) -> dict[str, sqlite3.Row]:
        """Give the seats that people can take."""
        rows = self.store.rows("SELECT * FROM seat WHERE lesson = ?", self.id)
        found = {row["seat"]: row for row in rows}
        return {name: found[name] for name in self.simulation.verbs if name in found}

    def participants(self) -> list[sqlite3.Row]:
        """List who takes part: person, name, seat, joined."""
        query = (
            "SELECT person, name, seat, joined FROM place JOIN person ON person = id WHERE lesson = ? ORDER BY person"
        )
        return self.store.rows(query, self.id)

    def latest_moves(self) -> dict[str, sqlite3.Row]:
        """Give the newest move of each seat in the turn that is open."""
        query = "SELECT *, MAX(version) FROM move WHERE lesson = ? AND turn = ? GROUP BY seat"
        return {row["seat"]: row for row in self.store.rows(query, self.id, self.turn)}

    def is_present(self, person: int) -> bool:
        """Say whether a person has been heard of lately; at a restart all are given time to come back."""
        return time.time() - self.last_seen.get(person, (self.loaded_at, ""))[0] < self.settings.absent

    def awaited_seats(self) -> set[str]:
        """List the seats on which people sit and act."""
        open_seats = self.seats()
        taken = {row["seat"] for row in self.participants() if self.is_present(row["person"])}
        return {seat for seat in taken if seat in open_seats and open_seats[seat]["agent"] is None}

    def all_moved(self) -> bool:
        """Say whether all seats that are waited for have moved, and at least one of them has."""
        done = {seat for seat, row in self.latest_moves().items() if row["done"]}
        return self.phase == "playing" and self.settings.waits and bool(done) and self.awaited_seats() <= done

    def open_forecast_turn(self) -> int | None:
        """Say after how many turns the bet that is open was called; None if none is."""
        due = len(self.order_results) in self.settings.bets and self.phase in ("lobby", "playing", "paused")
        return len(self.order_results) if due else None

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        """Make a part of a page once for all who ask, as long as month and phase stay; the lock must be held."""
        if self._cache_key != (self.simulation.round, self.phase):
            self._cache, self._cache_key = {}, (self.simulation.round, self.phase)
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def require_phase(self, *phases: str) -> None:
        """Raise RefusedError unless the lesson is in one of these phases."""
        if self.phase not in phases:
            text = f"This cannot be done while the lesson is: {self.phase}."
            raise RefusedError(409, "phase.wrong", text, phase=self.phase)

    # Time

    def grant_grace_period(self) -> None:
        """Give people time to come back to a lesson that goes on after the server was away."""
        if self.deadline is not None:
            self.deadline = max(self.deadline, time.time() + min(GRACE_SECONDS, self.settings.seconds))

    def tick(self) -> None:
        """Do what time asks for: absent seats go to their agents, and a turn that is over resolves."""
        with self.lock:
            if self.phase != "playing":
                return
            self._mark_absent()
            if (self.deadline is not None and self.deadline <= time.time()) or self.all_moved():
                self.resolve_turn()

    def _mark_absent(self) -> None:
        people = self.participants()
        for seat, row in self.seats().items():
            sitting = [each["person"] for each in people if each["seat"] == seat]
            if sitting and row["agent"] is None and not any(map(self.is_present, sitting)):
                self.set_agent(seat, "absent")
                self.notify("room")

    def set_agent(self, seat: str, why: str | None) -> None:
        """Give a seat to its agent, and note why; or back to its people (None)."""
        with self.store.transaction() as db:
            db.execute("UPDATE seat SET agent = ? WHERE lesson = ? AND seat = ?", (why, self.id, seat))

    def set_phase(self, phase: Phase, *, turn: int | None = None, seconds_left: float | None = None) -> None:
        """Go into a phase, with so many seconds on the clock (None: no clock)."""
        turn = self.turn if turn is None else turn
        runs = phase == "playing" and seconds_left is not None
        deadline, remaining = (time.time() + (seconds_left or 0.0), None) if runs else (None, seconds_left)
        with self.store.transaction() as db:
            query = "UPDATE lesson SET phase = ?, turn = ?, deadline = ?, remaining = ? WHERE id = ?"
            db.execute(query, (phase, turn, deadline, remaining, self.id))
        self.phase, self.turn, self.deadline, self.remaining = phase, turn, deadline, remaining

    # Turns

    def resolve_turn(self) -> None:
        """Play the turn: the seats' moves as they were acknowledged, all else by the agents."""
        with self.lock:
            self.require_phase("playing", "paused")
            begun, open_seats = time.perf_counter(), self.seats()
            sheets = {
                seat: json.loads(row["choices"])
                for seat, row in self.latest_moves().items()
                if seat in open_seats and open_seats[seat]["agent"] != "handed"
            }
            waiting = self.store.rows("SELECT event FROM pending WHERE lesson = ? ORDER BY id", self.id)
            self._play_turn(sheets, [json.loads(row["event"]) for row in waiting])
            if self.simulation.round >= self.scenario.rounds:
                self._finish()
            self.resolve_ms = 1000 * (time.perf_counter() - begun)
        self.notify("room")

    def end(self, play_on: bool) -> None:
        """End the lesson now; the agents play the months that are left, or nobody does."""
        with self.lock:
            self.require_phase("lobby", "playing", "paused")
            while play_on and self.simulation.round < self.scenario.rounds:
                self._play_turn({}, [])
            self._finish()
        self.notify("room")

    def _play_turn(self, sheets: Mapping[str, Mapping[str, str]], sent: list[dict[str, Any]]) -> None:
        """Play one turn and write it down; the next is open from then on."""
        months = min(self.months_per_turn, self.scenario.rounds - self.simulation.round)
        whole = {seat: complete_choices(self.simulation, seat, months, choices) for seat, choices in sheets.items()}
        known, events = len(self.simulation.overrides), self._build_events(sent)
        turn, before = len(self.order_results) + 1, self.simulation.round
        clock = self.settings.seconds or None
        try:
            came = result_rows(self.simulation.play_turn(whole, months, events))
            if self.simulation.round != before + months:
                raise RuntimeError(f"{months} months were to be played after month {before}: {self.simulation.round}")
            forced = zip(self.simulation.overrides[known:], self.simulation.owners[known:], strict=True)
            new = [[*override, owner] for override, owner in forced]
            row = (turn, self.simulation.round, *map(to_json, (whole, sent, came, new)), time.time())
            deadline = time.time() + clock if clock and self.phase == "playing" else None
            remaining = clock if self.phase == "paused" else None
            with self.store.transaction() as db:
                db.execute("INSERT INTO turn VALUES (?,?,?,?,?,?,?,?)", (self.id, *row))
                db.execute("DELETE FROM pending WHERE lesson = ?", (self.id,))
                query = "UPDATE lesson SET turn = ?, deadline = ?, remaining = ? WHERE id = ?"
                db.execute(query, (turn + 1, deadline, remaining, self.id))
        except (
            BaseException
        ):  # what is not written has not happened, and a step that broke off is no ground to stand on
            self._replay()
            raise
        self._record_turn(before, whole, events, came)
        self.turn, self.deadline, self.remaining = turn + 1, deadline, remaining

    def _finish(self) -> None:
        outcome = self.simulation.outcome.name
        with self.store.transaction() as db:
            query = "UPDATE lesson SET phase = 'ended', outcome = ?, deadline = NULL, remaining = NULL WHERE id = ?"
            db.execute(query, (outcome, self.id))
        self.phase, self.outcome, self.deadline, self.remaining = "ended", outcome, None, None
