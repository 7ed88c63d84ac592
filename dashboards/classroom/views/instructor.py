"""What the instructor and the projector see."""

import json
import time
from typing import Any, cast

from dashboards.classroom.game.visibility import Eyes
from dashboards.classroom.lesson import predictions
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.views.instructor_messages import (
    ConsoleSeat,
    ConsoleView,
    LessonSettings,
    PendingEvent,
    PersonRow,
    SeatState,
)
from dashboards.classroom.views.messages import RoleCard, WallView
from dashboards.classroom.views.role_cards import card
from dashboards.classroom.views.serialize import charts
from dashboards.classroom.views.student import messages, notices, seats_shown, shared, sight_of
from dashboards.interventions import TOLD

LATE = 0.75  # share of the clock after which a seat that has not moved is late


def console(lesson: Lesson) -> ConsoleView:
    """Give everything that the instructor's page shows of a lesson."""
    with lesson.lock:
        people = lesson.people()
        eyes = Eyes(lesson.table.world, lesson.scenario, None, "all")
        waiting = lesson.store.rows("SELECT event FROM pending WHERE lesson = ? ORDER BY id", lesson.id)
        events = [json.loads(row["event"]) for row in waiting]
        return {
            **shared(lesson),
            "settings": _settings(lesson),
            "people": [_person(lesson, row) for row in people],
            "seats": _seats(lesson),
            "charts": lesson.once("console charts", lambda: charts(lesson.table, eyes)),
            "bets": predictions.of_class(lesson),
            "messages": messages(lesson, None),
            "notices": notices(lesson),
            "pending": [_pending(event) for event in events],
            "load": {"resolve_ms": round(lesson.resolve_ms)},
        }


def _settings(lesson: Lesson) -> LessonSettings:
    told = lesson.settings.model_dump()
    return cast(LessonSettings, told if lesson.phase == "ended" else {**told, "seed": None})


def _pending(event: dict[str, Any]) -> PendingEvent:
    return cast(PendingEvent, {**event, "label": TOLD[event["kind"]].label})


def _person(lesson: Lesson, row: Any) -> PersonRow:
    when, page = lesson.seen.get(row["person"], (None, ""))
    return {
        "person": row["person"],
        "name": row["name"],
        "seat": row["seat"],
        "present": when is not None and lesson.present(row["person"]),
        "seen": None if when is None else round(time.time() - when, 1),
        "page": page,
    }


def _seats(lesson: Lesson) -> list[ConsoleSeat]:
    sheets, people, kinds = lesson.sheets(), lesson.people(), lesson.kinds()
    left, seconds = lesson.left, lesson.settings.seconds
    late = left is not None and seconds > 0 and left < (1.0 - LATE) * seconds
    rows = lesson.seats()
    found: list[ConsoleSeat] = []
    for seat, kind in kinds.items():
        sitting = [row["person"] for row in people if row["seat"] == seat]
        sheet = sheets.get(seat)
        agent = (rows[seat]["agent"] if seat in rows else None) or (None if sitting else "empty")
        state: SeatState = "agent" if agent else "late" if late else "waiting"
        if sheet is not None and agent != "handed":
            state = "done" if sheet["done"] else state if state == "late" else "draft"
        found.append(
            {
                "seat": seat,
                "kind": kind,
                "most": rows[seat]["most"] if seat in rows else 0,
                "people": sitting,
                "agent": agent,
                "state": state,
                "version": sheet["version"] if sheet else 0,
                "choices": json.loads(sheet["choices"]) if sheet else {},
            }
        )
    return found


def projector(lesson: Lesson) -> WallView:
    """Give what the wall shows: nothing that is private, and nobody's name."""
    with lesson.lock:
        told = shared(lesson)
        eyes = Eyes(lesson.table.world, lesson.scenario, None, "all" if sight_of(lesson) == "all" else "public")
        return {
            **told,
            "charts": lesson.once("wall charts", lambda: charts(lesson.table, eyes)),
            "seats": seats_shown(lesson),
            "people": len(lesson.people()),
            "headline": told["story"][-1] if told["story"] else None,
            "story": told["story"][-8:],
            "notices": notices(lesson)[-1:],
            "bets": predictions.shown_on_wall(lesson),
        }


def cards(lesson: Lesson) -> list[RoleCard]:
    """Give all role cards, to be printed."""
    with lesson.lock:
        world, scenario = lesson.table.world, lesson.scenario
        return [card(lesson.table, seat, Eyes(world, scenario, seat, "own")) for seat in lesson.kinds()]
