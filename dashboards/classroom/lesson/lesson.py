"""A lesson: its turns, seats, clock and participants.

The store is authoritative; the state in memory is rebuilt from it by replay. Every change is written before it is
acknowledged. Each lesson has one lock, so that two moves for one seat are handled one after the other.
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
GRACE_SECONDS = 30.0  # minimum time left in a turn after a restart


class Lesson:
    """A lesson of a room. ``notify`` is called with the scope of every change once it is stored."""

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
        self.turn, self.outcome, self.version = row["turn"], row["outcome"], row["version"]
        self.remaining, self.deadline = row["remaining"], row["deadline"]
        self.last_seen: dict[int, tuple[float, str]] = {}  # time and page of the last report, by person
        self.resolve_ms, self.loaded_at = 0.0, time.time()
        self._cache: dict[Any, Any] = {}  # parts of views, of this month and phase
        self._cache_key: tuple[int, str] = (-1, "")
        self._replay()

    def _replay(self) -> None:
        """Replay the turns in the store from the start."""
        self.turn_starts: list[int] = []  # months before each turn played
        self.choices_played: list[dict[str, dict[str, str]]] = []
        self.order_results: list[list[dict[str, Any]]] = []  # by turn
        self.events: list[Override] = []  # injected and played
        rows = self.store.rows("SELECT * FROM turn WHERE lesson = ? ORDER BY turn", self.id)
        stored = [each for row in rows for each in json.loads(row["overrides"])]
        overrides, owners = [stored_override(each[:-1]) for each in stored], [each[-1] for each in stored]
        self.simulation = ClassSimulation(self.scenario, self.seed, overrides, owners)
        for row in rows:
            before, events = self.simulation.round, self._build_events(json.loads(row["events"]))
            self.simulation.run(row["month"] - before)
            self._record_turn(before, json.loads(row["sheets"]), events, json.loads(row["played"]))

    def _build_events(self, event_data: list[dict[str, Any]]) -> list[Override]:
        return [
            parse_injected_event(self.scenario, {**event, "round": self.simulation.round + 1}) for event in event_data
        ]

    def _record_turn(
        self, before: int, choices: dict[str, dict[str, str]], events: list[Override], results: list[dict[str, Any]]
    ) -> None:
        self.turn_starts.append(before)
        self.choices_played.append(choices)
        self.events += events
        self.order_results.append(results)

    # State

    @property
    def months_per_turn(self) -> int:
        """Return the number of months of a full turn."""
        return self.settings.months

    @property
    def turns(self) -> int:
        """Return the number of turns."""
        return -(-self.scenario.rounds // self.months_per_turn)

    @property
    def last_turn_start(self) -> int:
        """Return the number of months before the last turn played."""
        return self.turn_starts[-1] if self.turn_starts else 0

    @property
    def seconds_left(self) -> float | None:
        """Return the seconds left on the clock, or None without a clock."""
        return self.remaining if self.deadline is None else max(self.deadline - time.time(), 0.0)

    def seat_kinds(self) -> dict[str, str]:
        """Return all seats of the scenario with their kinds, including those that only agents play."""
        return playable_seats(self.scenario)

    def seats(self) -> dict[str, sqlite3.Row]:
        """Return the seats that people can take, by name."""
        rows = self.store.rows("SELECT * FROM seat WHERE lesson = ?", self.id)
        rows_by_seat = {row["seat"]: row for row in rows}
        return {name: rows_by_seat[name] for name in self.simulation.verbs if name in rows_by_seat}

    def participants(self) -> list[sqlite3.Row]:
        """Return the participants: person, name, seat, joined."""
        query = (
            "SELECT person, name, seat, joined FROM place JOIN person ON person = id WHERE lesson = ? ORDER BY person"
        )
        return self.store.rows(query, self.id)

    def latest_moves(self) -> dict[str, sqlite3.Row]:
        """Return the newest move of each seat in the open turn."""
        query = "SELECT *, MAX(version) FROM move WHERE lesson = ? AND turn = ? GROUP BY seat"
        return {row["seat"]: row for row in self.store.rows(query, self.id, self.turn)}

    def is_present(self, person: int) -> bool:
        """Return whether a participant reported recently; after a restart all have time to reconnect."""
        return time.time() - self.last_seen.get(person, (self.loaded_at, ""))[0] < self.settings.absent

    def awaited_seats(self) -> set[str]:
        """Return the seats with participants present that are not handed to an agent."""
        open_seats = self.seats()
        occupied = {row["seat"] for row in self.participants() if self.is_present(row["person"])}
        return {seat for seat in occupied if seat in open_seats and open_seats[seat]["agent"] is None}

    def all_moved(self) -> bool:
        """Return whether all awaited seats have moved, and at least one seat has."""
        done = {seat for seat, row in self.latest_moves().items() if row["done"]}
        return self.phase == "playing" and self.settings.waits and bool(done) and self.awaited_seats() <= done

    def open_forecast_turn(self) -> int | None:
        """Return the number of turns before the open forecast; None if none is open."""
        due = len(self.order_results) in self.settings.bets and self.phase in ("lobby", "playing", "paused")
        return len(self.order_results) if due else None

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return a part of a view, computed once per month and phase; the caller holds the lock."""
        if self._cache_key != (self.simulation.round, self.phase):
            self._cache, self._cache_key = {}, (self.simulation.round, self.phase)
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def require_phase(self, *phases: str) -> None:
        """Raise RefusedError unless the lesson is in one of these phases."""
        if self.phase not in phases:
            text = f"This is not possible while the lesson is: {self.phase}."
            raise RefusedError(409, "phase.wrong", text, phase=self.phase)

    # Time

    def grant_grace_period(self) -> None:
        """Extend a running clock after a restart, so that participants can reconnect."""
        if self.deadline is not None:
            self.deadline = max(self.deadline, time.time() + min(GRACE_SECONDS, self.settings.seconds))

    def tick(self) -> None:
        """Hand absent seats to their agents, and resolve a turn that is over."""
        with self.lock:
            if self.phase != "playing":
                return
            self._mark_absent()
            if (self.deadline is not None and self.deadline <= time.time()) or self.all_moved():
                self.resolve_turn()

    def _mark_absent(self) -> None:
        participants = self.participants()
        for seat, row in self.seats().items():
            persons = [each["person"] for each in participants if each["seat"] == seat]
            if persons and row["agent"] is None and not any(map(self.is_present, persons)):
                self.set_agent(seat, "absent")
                self.notify("room")

    def set_agent(self, seat: str, reason: str | None) -> None:
        """Hand a seat to its agent, for a reason; or back to its participants (None)."""
        with self.store.transaction() as db:
            db.execute("UPDATE seat SET agent = ? WHERE lesson = ? AND seat = ?", (reason, self.id, seat))

    def set_phase(self, phase: Phase, *, turn: int | None = None, seconds_left: float | None = None) -> None:
        """Change the phase, with the seconds left on the clock (None: no clock)."""
        turn = self.turn if turn is None else turn
        is_running = phase == "playing" and seconds_left is not None
        deadline, remaining = (time.time() + (seconds_left or 0.0), None) if is_running else (None, seconds_left)
        with self.store.transaction() as db:
            query = "UPDATE lesson SET phase = ?, turn = ?, deadline = ?, remaining = ? WHERE id = ?"
            db.execute(query, (phase, turn, deadline, remaining, self.id))
        self.phase, self.turn, self.deadline, self.remaining = phase, turn, deadline, remaining

    # Turns

    def resolve_turn(self) -> None:
        """Play the turn with the acknowledged moves; agents decide the rest."""
        with self.lock:
            self.require_phase("playing", "paused")
            started, open_seats = time.perf_counter(), self.seats()
            choices = {
                seat: json.loads(row["choices"])
                for seat, row in self.latest_moves().items()
                if seat in open_seats and open_seats[seat]["agent"] != "handed"
            }
            pending = self.store.rows("SELECT event FROM pending WHERE lesson = ? ORDER BY id", self.id)
            self._play_turn(choices, [json.loads(row["event"]) for row in pending])
            if self.simulation.round >= self.scenario.rounds:
                self._finish()
            self.resolve_ms = 1000 * (time.perf_counter() - started)
        self.notify("room")

    def end(self, play_on: bool) -> None:
        """End the lesson; agents play the remaining months, or they are not played."""
        with self.lock:
            self.require_phase("lobby", "playing", "paused")
            while play_on and self.simulation.round < self.scenario.rounds:
                self._play_turn({}, [])
            self._finish()
        self.notify("room")

    def _play_turn(self, sent: Mapping[str, Mapping[str, str]], event_data: list[dict[str, Any]]) -> None:
        """Play and store one turn; the next is open afterwards."""
        months = min(self.months_per_turn, self.scenario.rounds - self.simulation.round)
        completed = {seat: complete_choices(self.simulation, seat, months, choices) for seat, choices in sent.items()}
        n_overrides, events = len(self.simulation.overrides), self._build_events(event_data)
        turn, before = len(self.order_results) + 1, self.simulation.round
        clock = self.settings.seconds or None
        try:
            results = result_rows(self.simulation.play_turn(completed, months, events))
            if self.simulation.round != before + months:
                raise RuntimeError(f"played to month {self.simulation.round}, not {before + months}")
            forced = zip(self.simulation.overrides[n_overrides:], self.simulation.owners[n_overrides:], strict=True)
            stored_overrides = [[*override, owner] for override, owner in forced]
            row = (
                turn,
                self.simulation.round,
                *map(to_json, (completed, event_data, results, stored_overrides)),
                time.time(),
            )
            deadline = time.time() + clock if clock and self.phase == "playing" else None
            remaining = clock if self.phase == "paused" else None
            with self.store.transaction() as db:
                db.execute("INSERT INTO turn VALUES (?,?,?,?,?,?,?,?)", (self.id, *row))
                db.execute("DELETE FROM pending WHERE lesson = ?", (self.id,))
                query = "UPDATE lesson SET turn = ?, deadline = ?, remaining = ? WHERE id = ?"
                db.execute(query, (turn + 1, deadline, remaining, self.id))
        except BaseException:  # nothing was stored: discard the partly played turn
            self._replay()
            raise
        self._record_turn(before, completed, events, results)
        self.turn, self.deadline, self.remaining = turn + 1, deadline, remaining

    def _finish(self) -> None:
        outcome = self.simulation.outcome.name
        with self.store.transaction() as db:
            query = "UPDATE lesson SET phase = 'ended', outcome = ?, deadline = NULL, remaining = NULL WHERE id = ?"
            db.execute(query, (outcome, self.id))
        self.phase, self.outcome, self.deadline, self.remaining = "ended", outcome, None, None
