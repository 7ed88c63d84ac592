"""The views of the instructor and the projector."""

import json
import time
from typing import Any, cast

from dashboards.classroom.game.visibility import Observer
from dashboards.classroom.lesson import forecasts
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.views.instructor_messages import (
    ConsoleSeat,
    ConsoleView,
    LessonSettings,
    PendingEvent,
    PersonRow,
    SeatState,
)
from dashboards.classroom.views.messages import ProjectorView, RoleCard
from dashboards.classroom.views.role_cards import role_card
from dashboards.classroom.views.serialize import visible_charts
from dashboards.classroom.views.student import (
    current_visibility,
    notice_rows,
    seat_statuses,
    shared_view,
    visible_messages,
)
from dashboards.event_forms import EVENT_FORMS

LATE_SHARE = 0.75  # of the clock, after which a seat that has not moved is late


def console_view(lesson: Lesson) -> ConsoleView:
    """Return the console's view of a lesson."""
    with lesson.lock:
        people = lesson.participants()
        observer = Observer(lesson.simulation.world, lesson.scenario, None, "all")
        waiting = lesson.store.rows("SELECT event FROM pending WHERE lesson = ? ORDER BY id", lesson.id)
        events = [json.loads(row["event"]) for row in waiting]
        return {
            **shared_view(lesson),
            "settings": _settings(lesson),
            "people": [_person(lesson, row) for row in people],
            "seats": _seats(lesson),
            "charts": lesson.cached("console charts", lambda: visible_charts(lesson.simulation, observer)),
            "forecasts": forecasts.class_forecasts(lesson),
            "messages": visible_messages(lesson, None),
            "notices": notice_rows(lesson),
            "pending": [_pending(event) for event in events],
            "load": {"resolve_ms": round(lesson.resolve_ms)},
        }


def _settings(lesson: Lesson) -> LessonSettings:
    view = lesson.settings.model_dump()
    return cast(LessonSettings, view if lesson.phase == "ended" else {**view, "seed": None})


def _pending(event: dict[str, Any]) -> PendingEvent:
    return cast(PendingEvent, {**event, "label": EVENT_FORMS[event["kind"]].label})


def _person(lesson: Lesson, row: Any) -> PersonRow:
    when, page = lesson.last_seen.get(row["person"], (None, ""))
    return {
        "person": row["person"],
        "name": row["name"],
        "seat": row["seat"],
        "present": when is not None and lesson.is_present(row["person"]),
        "seen": None if when is None else round(time.time() - when, 1),
        "page": page,
    }


def _seats(lesson: Lesson) -> list[ConsoleSeat]:
    moves, people, kinds = lesson.latest_moves(), lesson.participants(), lesson.seat_kinds()
    left, seconds = lesson.seconds_left, lesson.settings.seconds
    late = left is not None and seconds > 0 and left < (1.0 - LATE_SHARE) * seconds
    rows = lesson.seats()
    seats: list[ConsoleSeat] = []
    for seat, kind in kinds.items():
        participants = [row["person"] for row in people if row["seat"] == seat]
        move = moves.get(seat)
        agent = (rows[seat]["agent"] if seat in rows else None) or (None if participants else "empty")
        state: SeatState = "agent" if agent else "late" if late else "waiting"
        if move is not None and agent != "handed":
            state = "done" if move["done"] else state if state == "late" else "draft"
        seats.append(
            {
                "seat": seat,
                "kind": kind,
                "most": rows[seat]["most"] if seat in rows else 0,
                "people": participants,
                "agent": agent,
                "state": state,
                "version": move["version"] if move else 0,
                "choices": json.loads(move["choices"]) if move else {},
            }
        )
    return seats


def projector_view(lesson: Lesson) -> ProjectorView:
    """Return the projector's view of a lesson, without private facts and names of participants."""
    with lesson.lock:
        view = shared_view(lesson)
        observer = Observer(
            lesson.simulation.world, lesson.scenario, None, "all" if current_visibility(lesson) == "all" else "public"
        )
        return {
            **view,
            "charts": lesson.cached("projector charts", lambda: visible_charts(lesson.simulation, observer)),
            "seats": seat_statuses(lesson),
            "people": len(lesson.participants()),
            "headline": view["story"][-1] if view["story"] else None,
            "story": view["story"][-8:],
            "notices": notice_rows(lesson)[-1:],
            "forecasts": forecasts.projector_forecasts(lesson),
        }


def role_cards(lesson: Lesson) -> list[RoleCard]:
    """Return all role cards, for printing."""
    with lesson.lock:
        world, scenario = lesson.simulation.world, lesson.scenario
        return [
            role_card(lesson.simulation, seat, Observer(world, scenario, seat, "own")) for seat in lesson.seat_kinds()
        ]
