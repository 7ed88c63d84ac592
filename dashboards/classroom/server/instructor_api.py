"""The instructor's routes; each needs the key."""

from typing import Any, Literal

from starlette.responses import Response

from dashboards.classroom.debrief.messages import ConsoleMessage, DebriefMessage, DebriefProgress
from dashboards.classroom.debrief.view import debrief, progress
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.instructor import do
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.schemas import InstructorAction, Relocation, RoomTitle
from dashboards.classroom.server.downloads import exported
from dashboards.classroom.server.request import Asking, Handler
from dashboards.classroom.views.instructor import cards, console
from dashboards.classroom.views.instructor_messages import (
    CardsMessage,
    ConsoleRoom,
    ConsoleWithoutLesson,
    LessonRow,
    RoomRow,
)
from dashboards.classroom.views.serialize import names, of_scenario
from dashboards.interventions import EventOffer, Openings, offers


def key(ask: Asking) -> dict[str, Any]:
    """Check the key."""
    ask.need_key()
    return {"ok": True, "host_note": _host_note(ask)}


def _host_note(ask: Asking) -> Literal["network", "loopback"]:
    return "network" if ask.house.on_network else "loopback"


def rooms(ask: Asking) -> list[RoomRow]:
    """List the rooms."""
    ask.need_key()
    found: list[RoomRow] = []
    for room in ask.house.rooms.rooms():
        lessons = ask.house.rooms.lessons(room)
        last = lessons[-1] if lessons else None
        query = "SELECT COUNT(*) AS people FROM place WHERE lesson = ?"
        people = ask.house.rooms.store.row(query, last["id"]) if last else None
        found.append(
            {
                "code": room["code"],
                "title": room["title"],
                "open": bool(room["open"]),
                "lesson": last["number"] if last else None,
                "phase": last["phase"] if last else "none",
                "people": people["people"] if people else 0,
                "link": ask.house.link(room["code"]),
                "made": room["made"],
            }
        )
    return found


def make_room(ask: Asking) -> dict[str, Any]:
    """Make a room."""
    ask.need_key()
    room = ask.house.rooms.make_room(ask.read(RoomTitle).title)
    return {**ask.house.shown(room["code"]), "title": room["title"]}


def delete_room(ask: Asking) -> dict[str, Any]:
    """Delete a room with its lessons."""
    ask.need_key()
    ask.house.rooms.delete_room(ask.request.path_params["code"])
    return {"ok": True}


def make_lesson(ask: Asking) -> dict[str, Any]:
    """Make a new lesson in a room."""
    ask.need_key()
    room = ask.house.rooms.room(ask.request.path_params["code"])
    return {"lesson": ask.house.rooms.make_lesson(room, ask.read(Settings)).number}


def show_console(ask: Asking) -> ConsoleMessage | ConsoleWithoutLesson:
    """Give everything that the instructor's page shows."""
    ask.need_key()
    room = ask.house.rooms.room(ask.request.path_params["code"])
    version = ask.house.news.version(room["code"])
    lessons: list[LessonRow] = [
        {
            "lesson": row["number"],
            "phase": row["phase"],
            "scenario": row["source"],
            "outcome": row["outcome"],
            "made": row["made"],
        }
        for row in ask.house.rooms.lessons(room)
    ]
    found: ConsoleRoom = {
        **ask.house.shown(room["code"]),
        "version": version,
        "title": room["title"],
        "open": bool(room["open"]),
        "host_note": _host_note(ask),
        "lessons": lessons,
    }
    if not lessons:
        return {**found, "lesson": None, "phase": "none"}
    _, lesson = ask.instructed()
    return {**found, **console(lesson), "debrief": progress(ask.house.debriefs, lesson)}


def act(ask: Asking) -> dict[str, Any]:
    """Do what the instructor asks for."""
    room, lesson = ask.instructed()
    sent = ask.read(InstructorAction)
    if sent.action in ("open", "close"):
        ask.house.rooms.set_open(room, sent.action == "open")
    elif isinstance(sent, Relocation):
        if sent.person not in {row["person"] for row in lesson.people()}:
            raise RefusedError(404, "seat.unknown", "Nobody of that number takes part.")
        ask.house.rooms.change_seat(lesson, sent.person, sent.seat)
    else:
        do(lesson, sent.action, sent)
    return {"ok": True, "version": ask.house.news.version(room["code"])}


def events(ask: Asking) -> list[EventOffer]:
    """List the events that can be injected."""
    _, lesson = ask.instructed()
    return offers(lesson.scenario, Openings())


def show_cards(ask: Asking) -> CardsMessage:
    """Give all role cards, to be printed."""
    _, lesson = ask.instructed()
    named = names(lesson.scenario)
    return {"scenario": of_scenario(lesson.scenario, lesson.source), "names": named, "cards": cards(lesson)}


def show_debrief(ask: Asking) -> DebriefMessage | DebriefProgress:
    """Give the debrief."""
    _, lesson = ask.instructed()
    return debrief(ask.house.debriefs, lesson, None, None)


def export(ask: Asking) -> Response:
    """Give an export."""
    _, lesson = ask.instructed()
    return exported(lesson, ask.request.path_params["file"])


GET: dict[str, Handler] = {
    "key": key,
    "rooms": rooms,
    "rooms/{code}/console": show_console,
    "rooms/{code}/events": events,
    "rooms/{code}/cards": show_cards,
    "rooms/{code}/debrief": show_debrief,
    "rooms/{code}/export/{file}": export,
}
POST: dict[str, Handler] = {
    "rooms": make_room,
    "rooms/{code}/lessons": make_lesson,
    "rooms/{code}/do": act,
}
DELETE: dict[str, Handler] = {"rooms/{code}": delete_room}
