"""The instructor's routes; each needs the key."""

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


def check_key(ask: ClassRequest) -> dict[str, Any]:
    """Check the key."""
    ask.require_key()
    return {"ok": True, "host_note": _host_note(ask)}


def _host_note(ask: ClassRequest) -> Literal["network", "loopback"]:
    return "network" if ask.context.on_network else "loopback"


def list_rooms(ask: ClassRequest) -> list[RoomRow]:
    """List the rooms."""
    ask.require_key()
    found: list[RoomRow] = []
    for room in ask.context.rooms.list_rooms():
        lessons = ask.context.rooms.list_lessons(room)
        last = lessons[-1] if lessons else None
        query = "SELECT COUNT(*) AS people FROM place WHERE lesson = ?"
        people = ask.context.rooms.store.row(query, last["id"]) if last else None
        found.append(
            {
                "code": room["code"],
                "title": room["title"],
                "open": bool(room["open"]),
                "lesson": last["number"] if last else None,
                "phase": last["phase"] if last else "none",
                "people": people["people"] if people else 0,
                "link": ask.context.room_url(room["code"]),
                "made": room["made"],
            }
        )
    return found


def create_room(ask: ClassRequest) -> dict[str, Any]:
    """Make a room."""
    ask.require_key()
    room = ask.context.rooms.create_room(ask.parse_body(RoomTitle).title)
    return {**ask.context.room_link(room["code"]), "title": room["title"]}


def delete_room(ask: ClassRequest) -> dict[str, Any]:
    """Delete a room with its lessons."""
    ask.require_key()
    ask.context.rooms.delete_room(ask.http.path_params["code"])
    return {"ok": True}


def create_lesson(ask: ClassRequest) -> dict[str, Any]:
    """Make a new lesson in a room."""
    ask.require_key()
    room = ask.context.rooms.find_room(ask.http.path_params["code"])
    return {"lesson": ask.context.rooms.create_lesson(room, ask.parse_body(Settings)).number}


def get_console(ask: ClassRequest) -> ConsoleMessage | ConsoleWithoutLesson:
    """Give everything that the instructor's page shows."""
    ask.require_key()
    room = ask.context.rooms.find_room(ask.http.path_params["code"])
    version = ask.context.events.version(room["code"])
    lessons: list[LessonRow] = [
        {
            "lesson": row["number"],
            "phase": row["phase"],
            "scenario": row["source"],
            "outcome": row["outcome"],
            "made": row["made"],
        }
        for row in ask.context.rooms.list_lessons(room)
    ]
    found: ConsoleRoom = {
        **ask.context.room_link(room["code"]),
        "version": version,
        "title": room["title"],
        "open": bool(room["open"]),
        "host_note": _host_note(ask),
        "lessons": lessons,
    }
    if not lessons:
        return {**found, "lesson": None, "phase": "none"}
    _, lesson = ask.require_lesson()
    return {**found, **console_view(lesson), "debrief": debrief_progress(ask.context.debriefs, lesson)}


def post_action(ask: ClassRequest) -> dict[str, Any]:
    """Do what the instructor asks for."""
    room, lesson = ask.require_lesson()
    sent = ask.parse_body(InstructorAction)
    if sent.action in ("open", "close"):
        ask.context.rooms.set_open_to_joiners(room, sent.action == "open")
    elif isinstance(sent, ParticipantMove):
        if sent.person not in {row["person"] for row in lesson.participants()}:
            raise RefusedError(404, "seat.unknown", "Nobody of that number takes part.")
        ask.context.rooms.change_seat(lesson, sent.person, sent.seat)
    else:
        perform_action(lesson, sent.action, sent)
    return {"ok": True, "version": ask.context.events.version(room["code"])}


def list_events(ask: ClassRequest) -> list[EventOffer]:
    """List the events that can be injected."""
    _, lesson = ask.require_lesson()
    return event_offers(lesson.scenario, EffectiveRounds())


def get_cards(ask: ClassRequest) -> CardsMessage:
    """Give all role cards, to be printed."""
    _, lesson = ask.require_lesson()
    named = written_names(lesson.scenario)
    return {"scenario": scenario_name(lesson.scenario, lesson.source), "names": named, "cards": role_cards(lesson)}


def get_debrief(ask: ClassRequest) -> DebriefMessage | DebriefProgress:
    """Give the debrief."""
    _, lesson = ask.require_lesson()
    return debrief_message(ask.context.debriefs, lesson, None, None)


def get_export(ask: ClassRequest) -> Response:
    """Give an export."""
    _, lesson = ask.require_lesson()
    return export_response(lesson, ask.http.path_params["file"])


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
