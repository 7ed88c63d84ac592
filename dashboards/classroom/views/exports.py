"""Exports of a lesson: tables of moves, forecasts, page times and messages; the report; the lesson file.

The lesson file contains the scenario, the seed and all overrides, from which an ``Assembly`` reproduces the same
ledger. Names of participants are in the tables, not in the lesson file.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.assembly import Assembly
from dashboards.classroom.lesson import forecasts
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.schemas import OUTCOMES
from dashboards.page_link import MAX_ADDRESS_LENGTH, MAX_EVENTS, Link, Setting, format_link, shipped_names, sort_events
from model.compiler import source_digest
from model.errors import InputError, ScenarioError
from model.loading import MAX_FILE_BYTES, build_scenario
from model.measures import trajectory_digest
from model.overrides import stored_override
from model.version import VERSION

FORMAT = "detente-lesson-2"
FORMATS = ("detente-lesson-1", FORMAT)  # the ledger digest of the first includes sentences and is not compared
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")  # which a spreadsheet would read as the start of a formula
MAX_LESSON_BYTES = 8 * MAX_FILE_BYTES


def csv_table(columns: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table as CSV; texts that a spreadsheet would run as formulas are quoted."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(columns)
    for row in rows:
        lines.writerow(
            [f"'{each}" if isinstance(each, str) and each.startswith(FORMULA_PREFIXES) else each for each in row]
        )
    return page.getvalue()


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def moves_csv(lesson: Lesson) -> str:
    """Return every acknowledged move as CSV, one line for each choice, with the results of those that counted."""
    query = "SELECT move.*, name FROM move LEFT JOIN person ON person.id = person WHERE lesson = ? ORDER BY move.id"
    moves = lesson.store.rows(query, lesson.id)
    newest = {(row["turn"], row["seat"]): row["version"] for row in moves}
    results = {
        (turn, each["seat"], each["verb"]): each
        for turn, played in enumerate(lesson.order_results, start=1)
        for each in played
    }
    rows = []
    for row in moves:
        counts = newest[row["turn"], row["seat"]] == row["version"]
        for verb, option in (json.loads(row["choices"]) or {"": ""}).items():
            result = results.get((row["turn"], row["seat"], verb)) if counts else None
            took, agent, differed = (result["took"], result["agent"], result["differed"]) if result else ("", "", "")
            identity = (row["turn"], row["seat"], row["version"], row["person"], row["name"] or "", verb, option)
            rows.append((*identity, bool(row["done"]), counts, took, agent, differed, _timestamp(row["at"])))
    columns = ["turn", "seat", "version", "person", "name", "verb", "option", "done", "counted", "took"]
    columns += ["agent", "differed_in_month", "at"]
    return csv_table(columns, rows)


def forecasts_csv(lesson: Lesson) -> str:
    """Return every forecast as CSV, with its score once there is an outcome."""
    query = "SELECT bet.*, name FROM bet LEFT JOIN person ON person.id = person WHERE lesson = ? ORDER BY at, person"
    rows = []
    for row in lesson.store.rows(query, lesson.id):
        stated = json.loads(row["percent"])
        score = forecasts.brier_score(stated, lesson.outcome) if lesson.outcome else ""
        shares = (stated[name] for name in OUTCOMES)
        rows.append((row["at"], row["person"], row["name"] or "", *shares, score, _timestamp(row["sent"])))
    return csv_table(["after_turn", "person", "name", *OUTCOMES, "brier", "at"], rows)


def page_times_csv(lesson: Lesson) -> str:
    """Return the seconds that each participant spent on each page as CSV."""
    query = (
        "SELECT stay.*, name FROM stay LEFT JOIN person ON person.id = person WHERE lesson = ? ORDER BY person, page"
    )
    rows = lesson.store.rows(query, lesson.id)
    shown_rows = ((row["person"], row["name"] or "", row["page"], round(row["seconds"], 1)) for row in rows)
    return csv_table(["person", "name", "page", "seconds"], shown_rows)


def messages_csv(lesson: Lesson) -> str:
    """Return all messages as CSV."""
    people = "LEFT JOIN person ON person.id = person"
    query = f"SELECT message.*, name FROM message {people} WHERE lesson = ? ORDER BY message.id"
    rows = lesson.store.rows(query, lesson.id)
    shown_rows = (
        (_timestamp(r["at"]), r["sender"], r["receiver"], r["person"], r["name"] or "", r["text"]) for r in rows
    )
    return csv_table(["at", "from", "to", "person", "name", "text"], shown_rows)


def report_html(lesson: Lesson) -> str:
    """Return the HTML report of the lesson's run."""
    from dashboards.reports.run import render_run

    with lesson.lock:
        return render_run(lesson.simulation)


def lesson_json(lesson: Lesson) -> str:
    """Return the lesson as JSON that can be replayed."""
    with lesson.lock:
        simulation = lesson.simulation
        data = {
            "format": FORMAT,
            "version": VERSION,
            "model_digest": source_digest(),
            "source": lesson.source,
            "scenario": lesson.data,
            "seed": lesson.seed,
            "rounds": simulation.round,
            "months": lesson.months_per_turn,
            "turns": [
                {"begins": begin, "sheets": sheets, "played": played}
                for begin, sheets, played in zip(
                    lesson.turn_starts, lesson.choices_played, lesson.order_results, strict=True
                )
            ],
            "events": [list(event) for event in lesson.events],
            "overrides": [[*each, owner] for each, owner in zip(simulation.overrides, simulation.owners, strict=True)],
            "link": dashboard_link(lesson, "explore"),
            "outcome": simulation.outcome.name,
            "trajectory_digest": trajectory_digest(simulation.trajectory),
            "ledger_digest": simulation.ledger.digest() if simulation.ledger is not None else None,
            "predictions": {str(at): list(given.values()) for at, given in forecasts.all_forecasts(lesson).items()},
        }
    return json.dumps(data, ensure_ascii=False, indent=1)


EXPORTS: dict[str, tuple[str, Callable[[Lesson], str]]] = {
    "moves.csv": ("text/csv", moves_csv),
    "predictions.csv": ("text/csv", forecasts_csv),
    "pages.csv": ("text/csv", page_times_csv),
    "messages.csv": ("text/csv", messages_csv),
    "report.html": ("text/html", report_html),
    "lesson.json": ("application/json", lesson_json),
}


def replay_lesson(path: Path) -> tuple[Assembly, dict[str, Any]]:
    """Replay a lesson file; returns the run and the content of the file.

    Raises ScenarioError if it is not a lesson file; OSError if it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(MAX_LESSON_BYTES + 1)
    try:
        if len(content) > MAX_LESSON_BYTES:
            raise ValueError("is too large")
        data = json.loads(content)
        if not isinstance(data, dict) or data.get("format") not in FORMATS:
            raise ValueError(f"is not in the format {FORMAT}")
        scenario, rounds = build_scenario(data["scenario"]), int(data["rounds"])
        overrides = [stored_override(each[:-1]) for each in data["overrides"]]
        if not 0 <= rounds <= scenario.rounds:
            raise ValueError(f"has {rounds} rounds, must be between 0 and {scenario.rounds}")
        return Assembly(scenario, rng=int(data["seed"]), overrides=overrides).run(rounds), data
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError([InputError(str(path), "", f"cannot be read as a lesson: {error}")]) from None


def is_same_run(model: Assembly, data: dict[str, Any]) -> bool:
    """Return whether a run has the trajectory of a lesson file, and its ledger if both have one."""
    if trajectory_digest(model.trajectory) != data.get("trajectory_digest"):
        return False
    saved_digest = data.get("ledger_digest") if data["format"] == FORMAT else None
    return saved_digest is None or model.ledger is None or model.ledger.digest() == saved_digest


def dashboard_link(lesson: Lesson, page: str) -> str | None:
    """Return a link that opens the lesson in the dashboard; None if it does not fit into a link."""
    changes = dict(lesson.settings.changes)
    if lesson.source not in shipped_names():
        return None
    changes["rounds"] = lesson.scenario.rounds
    latest = {
        each[:-1]: each for each in lesson.simulation.overrides
    }  # of two overrides of one cell the later one applies
    setting = Setting(lesson.source, tuple(changes.items()), sort_events([*latest.values()]), lesson.seed)
    link = f"?{format_link(Link(setting, page))}"
    return link if len(latest) <= MAX_EVENTS and len(link) < MAX_ADDRESS_LENGTH else None
