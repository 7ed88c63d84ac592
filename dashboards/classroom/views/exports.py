"""Exports of a lesson: tables of moves, predictions, page times and messages; the report; the lesson as a file.

The lesson's file holds the scenario, the seed and all that was forced: an ``Assembly`` under these gives the same
ledger, whoever plays it again. Names of people are in the tables, not in that file.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agents.assembly import Assembly
from dashboards.classroom.lesson import predictions
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.schemas import OUTCOMES
from dashboards.link import LONGEST, MOST_EVENTS, Link, Setting, in_order, shipped_names, written
from model.compiler import source_digest
from model.errors import Fault, ScenarioError
from model.loading import LARGEST_FILE, build
from model.measures import digest
from model.overrides import Override

FORMAT = "detente-lesson-2"
FORMATS = ("detente-lesson-1", FORMAT)  # the ledger digest of the first covers sentences: it is not compared
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for the beginning of a formula
MOST_FILE = 8 * LARGEST_FILE


def table_of(columns: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write a table as CSV; a text that a spreadsheet would run as a formula is quoted."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(columns)
    for row in rows:
        lines.writerow([f"'{each}" if isinstance(each, str) and each.startswith(FORMULA) else each for each in row])
    return page.getvalue()


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def moves(lesson: Lesson) -> str:
    """List every move that was acknowledged, one line for each choice, and what came of those that counted."""
    query = "SELECT move.*, name FROM move LEFT JOIN person ON person.id = person WHERE lesson = ? ORDER BY move.id"
    sent = lesson.store.rows(query, lesson.id)
    newest = {(row["turn"], row["seat"]): row["version"] for row in sent}
    came = {
        (turn, each["seat"], each["verb"]): each
        for turn, played in enumerate(lesson.played, start=1)
        for each in played
    }
    rows = []
    for row in sent:
        counts = newest[row["turn"], row["seat"]] == row["version"]
        for verb, option in (json.loads(row["choices"]) or {"": ""}).items():
            of = came.get((row["turn"], row["seat"], verb)) if counts else None
            took, agent, differed = (of["took"], of["agent"], of["differed"]) if of else ("", "", "")
            head = (row["turn"], row["seat"], row["version"], row["person"], row["name"] or "", verb, option)
            rows.append((*head, bool(row["done"]), counts, took, agent, differed, _when(row["at"])))
    columns = ["turn", "seat", "version", "person", "name", "verb", "option", "done", "counted", "took"]
    columns += ["agent", "differed_in_month", "at"]
    return table_of(columns, rows)


def bets(lesson: Lesson) -> str:
    """List every prediction, with its score once there is an outcome."""
    query = "SELECT bet.*, name FROM bet LEFT JOIN person ON person.id = person WHERE lesson = ? ORDER BY at, person"
    rows = []
    for row in lesson.store.rows(query, lesson.id):
        stated = json.loads(row["percent"])
        score = predictions.brier(stated, lesson.outcome) if lesson.outcome else ""
        shares = (stated[name] for name in OUTCOMES)
        rows.append((row["at"], row["person"], row["name"] or "", *shares, score, _when(row["sent"])))
    return table_of(["after_turn", "person", "name", *OUTCOMES, "brier", "at"], rows)


def pages(lesson: Lesson) -> str:
    """List how long each person was on which page."""
    query = (
        "SELECT stay.*, name FROM stay LEFT JOIN person ON person.id = person WHERE lesson = ? ORDER BY person, page"
    )
    rows = lesson.store.rows(query, lesson.id)
    shown = ((row["person"], row["name"] or "", row["page"], round(row["seconds"], 1)) for row in rows)
    return table_of(["person", "name", "page", "seconds"], shown)


def messages(lesson: Lesson) -> str:
    """List all messages."""
    people = "LEFT JOIN person ON person.id = person"
    query = f"SELECT message.*, name FROM message {people} WHERE lesson = ? ORDER BY message.id"
    rows = lesson.store.rows(query, lesson.id)
    shown = ((_when(r["at"]), r["sender"], r["receiver"], r["person"], r["name"] or "", r["text"]) for r in rows)
    return table_of(["at", "from", "to", "person", "name", "text"], shown)


def report(lesson: Lesson) -> str:
    """Write the HTML report of the lesson's run."""
    from dashboards.reports.run import page

    with lesson.lock:
        return page(lesson.table)


def lesson_file(lesson: Lesson) -> str:
    """Write the lesson as a file that can be played again."""
    with lesson.lock:
        table = lesson.table
        plain = {
            "format": FORMAT,
            "version": version("detente"),
            "model_digest": source_digest(),
            "source": lesson.source,
            "scenario": lesson.data,
            "seed": lesson.seed,
            "rounds": table.round,
            "months": lesson.months,
            "turns": [
                {"begins": begin, "sheets": sheets, "played": played}
                for begin, sheets, played in zip(lesson.begins, lesson.sheets_played, lesson.played, strict=True)
            ],
            "events": [list(event) for event in lesson.events],
            "overrides": [[*each, owner] for each, owner in zip(table.overrides, table.owners, strict=True)],
            "link": link_of(lesson, "explore"),
            "outcome": table.outcome.name,
            "trajectory_digest": digest(table.trajectory),
            "ledger_digest": table.ledger.digest() if table.ledger is not None else None,
            "predictions": {str(at): list(given.values()) for at, given in predictions.bets(lesson).items()},
        }
    return json.dumps(plain, ensure_ascii=False, indent=1)


EXPORTS: dict[str, tuple[str, Callable[[Lesson], str]]] = {
    "moves.csv": ("text/csv", moves),
    "predictions.csv": ("text/csv", bets),
    "pages.csv": ("text/csv", pages),
    "messages.csv": ("text/csv", messages),
    "report.html": ("text/html", report),
    "lesson.json": ("application/json", lesson_file),
}


def played_again(path: Path) -> tuple[Assembly, dict[str, Any]]:
    """Play a lesson's file again; gives the run and what the file says of it.

    Raises ScenarioError if it is no lesson's file; OSError if it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(MOST_FILE + 1)
    try:
        if len(content) > MOST_FILE:
            raise ValueError("is too large")
        plain = json.loads(content)
        if not isinstance(plain, dict) or plain.get("format") not in FORMATS:
            raise ValueError(f"is not in the format {FORMAT}")
        scenario, rounds = build(plain["scenario"]), int(plain["rounds"])
        overrides = [Override(*each[:-1]) for each in plain["overrides"]]
        if not 0 <= rounds <= scenario.rounds:
            raise ValueError(f"has {rounds} rounds, allowed is between 0 and {scenario.rounds}")
        return Assembly(scenario, rng=int(plain["seed"]), overrides=overrides).run(rounds), plain
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError([Fault(str(path), "", f"cannot be read as a lesson: {error}")]) from None


def same_run(model: Assembly, plain: dict[str, Any]) -> bool:
    """Check that a run is the one of a lesson's file: its trajectory, and its ledger if both have one."""
    if digest(model.trajectory) != plain.get("trajectory_digest"):
        return False
    known = plain.get("ledger_digest") if plain["format"] == FORMAT else None
    return known is None or model.ledger is None or model.ledger.digest() == known


def link_of(lesson: Lesson, page: str) -> str | None:
    """Write the lesson as a link into the dashboard; None if a link cannot hold it."""
    changes = dict(lesson.settings.changes)
    if lesson.source not in shipped_names():
        return None
    changes["rounds"] = lesson.scenario.rounds
    last = {each[:-1]: each for each in lesson.table.overrides}  # of two for one cell the later one holds
    setting = Setting(lesson.source, tuple(changes.items()), in_order([*last.values()]), lesson.seed)
    link = f"?{written(Link(setting, page))}"
    return link if len(last) <= MOST_EVENTS and len(link) < LONGEST else None
