"""The instructor API; every route requires the key."""

from typing import Any, Literal

from starlette.responses import Response

from dashboards.classroom.debrief.messages import ConsoleMessage, DebriefMessage, DebriefProgress
from dashboards.classroom.debrief.view import debrief_message, debrief_progress
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.instructor import perform_action
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.schemas import InstructorAction, ParticipantMove, RoomTitle
from dashboards.classroom.server.downloads import export_response
from dashboards.classroom.server.request import ClassRequest, Handler
from dashboards.classroom.views.instructor import console_view, role_cards
from dashboards.classroom.views.instructor_messages import (
    CardsMessage,
    ConsoleRoom,
    ConsoleWithoutLesson,
    LessonRow,
    RoomRow,
)
from dashboards.classroom.views.serialize import scenario_name, written_names
from dashboards.injected_events import EffectiveRounds, EventOffer, event_offers


def check_key(request: ClassRequest) -> dict[str, Any]:
    """Check the instructor key."""
    request.require_key()
    return {"ok": True, "host_note": _host_note(request)}


def _host_note(request: ClassRequest) -> Literal["network", "loopback"]:
    return "network" if request.context.on_network else "loopback"


def list_rooms(request: ClassRequest) -> list[RoomRow]:
    """Return the rooms."""
    request.require_key()
    view: list[RoomRow] = []
    for room in request.context.rooms.list_rooms():
        lessons = request.context.rooms.list_lessons(room)
        newest = lessons[-1] if lessons else None
        query = "SELECT COUNT(*) AS people FROM place WHERE lesson = ?"
        people = request.context.rooms.store.row(query, newest["id"]) if newest else None
        view.append(
            {
                "code": room["code"],
                "title": room["title"],
                "open": bool(room["open"]),
                "lesson": newest["number"] if newest else None,
                "phase": newest["phase"] if newest else "none",
                "people": people["people"] if people else 0,
                "link": request.context.room_url(room["code"]),
                "made": room["made"],
            }
        )
    return view


def create_room(request: ClassRequest) -> dict[str, Any]:
    """Create a room."""
    request.require_key()
    room = request.context.rooms.create_room(request.parse_body(RoomTitle).title)
    return {**request.context.room_link(room["code"]), "title": room["title"]}


def delete_room(request: ClassRequest) -> dict[str, Any]:
    """Delete a room with its lessons."""
    request.require_key()
    request.context.rooms.delete_room(request.http.path_params["code"])
    return {"ok": True}


def create_lesson(request: ClassRequest) -> dict[str, Any]:
    """Create a lesson in a room."""
    request.require_key()
    room = request.context.rooms.find_room(request.http.path_params["code"])
    return {"lesson": request.context.rooms.create_lesson(room, request.parse_body(Settings)).number}


def get_console(request: ClassRequest) -> ConsoleMessage | ConsoleWithoutLesson:
    """Return the view of the console."""
    request.require_key()
    room = request.context.rooms.find_room(request.http.path_params["code"])
    version = request.context.events.version(room["code"])
    lessons: list[LessonRow] = [
        {
            "lesson": row["number"],
            "phase": row["phase"],
            "scenario": row["source"],
            "outcome": row["outcome"],
            "made": row["made"],
        }
        for row in request.context.rooms.list_lessons(room)
    ]
    view: ConsoleRoom = {
        **request.context.room_link(room["code"]),
        "version": version,
        "title": room["title"],
        "open": bool(room["open"]),
        "host_note": _host_note(request),
        "lessons": lessons,
    }
    if not lessons:
        return {**view, "lesson": None, "phase": "none"}
    _, lesson = request.require_lesson()
    return {**view, **console_view(lesson), "debrief": debrief_progress(request.context.debriefs, lesson)}


def post_action(request: ClassRequest) -> dict[str, Any]:
    """Perform an action of the instructor."""
    room, lesson = request.require_lesson()
    action = request.parse_body(InstructorAction)
    if action.action in ("open", "close"):
        request.context.rooms.set_open_to_joiners(room, action.action == "open")
    elif isinstance(action, ParticipantMove):
        if action.person not in {row["person"] for row in lesson.participants()}:
            raise RefusedError(404, "seat.unknown", "There is no such participant.")
        request.context.rooms.change_seat(lesson, action.person, action.seat)
    else:
        perform_action(lesson, action.action, action)
    return {"ok": True, "version": request.context.events.version(room["code"])}


def list_events(request: ClassRequest) -> list[EventOffer]:
    """Return the events that can be injected."""
    _, lesson = request.require_lesson()
    return event_offers(lesson.scenario, EffectiveRounds())


def get_cards(request: ClassRequest) -> CardsMessage:
    """Return all role cards, for printing."""
    _, lesson = request.require_lesson()
    names = written_names(lesson.scenario)
    return {"scenario": scenario_name(lesson.scenario, lesson.source), "names": names, "cards": role_cards(lesson)}


def get_debrief(request: ClassRequest) -> DebriefMessage | DebriefProgress:
    """Return the debrief."""
    _, lesson = request.require_lesson()
    return debrief_message(request.context.debriefs, lesson, None, None)


def get_export(request: ClassRequest) -> Response:
    """Return an export."""
    _, lesson = request.require_lesson()
    return export_response(lesson, request.http.path_params["file"])


GET: dict[str, Handler] = {
    "key": check_key,
    "rooms": list_rooms,
    "rooms/{code}/console": get_console,
    "rooms/{code}/events": list_events,
    "rooms/{code}/cards": get_cards,
    "rooms/{code}/debrief": get_debrief,
    "rooms/{code}/export/{file}": get_export,
}
POST: dict[str, Handler] = {
    "rooms": create_room,
    "rooms/{code}/lessons": create_lesson,
    "rooms/{code}/do": post_action,
}
DELETE: dict[str, Handler] = {"rooms/{code}": delete_room}
