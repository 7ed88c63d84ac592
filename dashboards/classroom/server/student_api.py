"""The classroom's routes: what anyone may ask, and what a student. The instructor's are in ``instructor_api.py``."""

from functools import cache
from typing import Any

from starlette.responses import Response

from dashboards.classroom.debrief.messages import DebriefMessage, DebriefProgress
from dashboards.classroom.debrief.view import debrief_message
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.actions import playable_seats
from dashboards.classroom.lesson import forecasts
from dashboards.classroom.lesson import participant as taking
from dashboards.classroom.lesson.advisor import agent_advice
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.participant import MoveReceipt
from dashboards.classroom.lesson.settings import Settings, SoloSettings
from dashboards.classroom.schemas import (
    ForecastRequest,
    JoinRequest,
    MessageRequest,
    MoveRequest,
    PersonalToken,
    PresenceReport,
    RoomCode,
    SeatChoice,
    SoloAction,
)
from dashboards.classroom.server.downloads import export_response
from dashboards.classroom.server.request import ClassRequest, Handler
from dashboards.classroom.views.instructor import projector_view
from dashboards.classroom.views.messages import (
    ProjectorMessage,
    ProjectorWithoutLesson,
    RoomPreview,
    RoomSeat,
    SeatName,
    ShippedScenario,
)
from dashboards.classroom.views.serialize import scenario_name, written_names
from dashboards.classroom.views.student import student_view
from dashboards.classroom.views.student_messages import AdviceMessage, StudentMessage
from dashboards.page_link import shipped_names
from model.loading import load_scenario

# Anyone


def look_up_room(ask: ClassRequest) -> RoomPreview:
    """Tell about a room to somebody who has its code; nothing is taken by it."""
    room = ask.find_room(ask.parse_body(RoomCode).code)
    lesson = ask.context.rooms.find_lesson(room)
    found: RoomPreview = {
        "code": room["code"],
        "title": room["title"],
        "open": False,
        "lesson": None,
        "phase": "none",
        "scenario": None,
        "seats": [],
        "chooses": True,
    }
    if lesson is None:
        return found
    rows, people, named = lesson.seats(), lesson.participants(), written_names(lesson.scenario)
    listed: list[RoomSeat] = [
        {
            "seat": seat,
            "kind": lesson.seat_kinds()[seat],
            "name": named[seat],
            "people": sum(person["seat"] == seat for person in people),
            "most": row["most"],
            "agent": row["agent"] is not None,
        }
        for seat, row in rows.items()
    ]
    free = any(each["people"] < each["most"] for each in listed)
    return {
        **found,
        "lesson": lesson.number,
        "phase": lesson.phase,
        "open": bool(room["open"]) and free and lesson.phase != "ended",
        "scenario": scenario_name(lesson.scenario, lesson.source),
        "seats": listed,
        "chooses": lesson.settings.chooses,
    }


def join_room(ask: ClassRequest) -> Response:
    """Take a seat under a name."""
    sent = ask.parse_body(JoinRequest)
    room = ask.find_room(sent.code)
    ask.context.join_limit.use(ask.client_address)
    token, person, taken = ask.context.rooms.join(room, sent.name, sent.seat)
    return ask.seat_response({"token": token, "person": person, "seat": taken, "code": room["code"]})


def use_personal_link(ask: ClassRequest) -> Response:
    """Let a browser hold the seat of a personal link."""
    token = ask.parse_body(PersonalToken).token
    person = ask.context.rooms.find_person(token)
    return ask.seat_response({"token": token, "person": person["id"], "code": person["code"]})


def get_projector(ask: ClassRequest) -> ProjectorMessage | ProjectorWithoutLesson:
    """Give the projector's view."""
    room = ask.find_room(ask.parse_query(RoomCode).code)
    lesson = ask.context.rooms.find_lesson(room)
    version, link = ask.context.events.version(room["code"]), ask.context.room_link(room["code"])
    if lesson is None:
        return {"version": version, **link, "title": room["title"], "phase": "none"}
    return {"version": version, **link, "title": room["title"], **projector_view(lesson)}


@cache
def shipped_scenarios() -> list[ShippedScenario]:
    """List the shipped scenarios with their seats."""
    found: list[ShippedScenario] = []
    for name in shipped_names():
        scenario = load_scenario(name)
        named = written_names(scenario)
        listed: list[SeatName] = [
            {"seat": seat, "kind": kind, "name": named[seat]} for seat, kind in playable_seats(scenario).items()
        ]
        found.append({**scenario_name(scenario, name), "rounds": scenario.rounds, "seats": listed})
    return found


def list_scenarios(ask: ClassRequest) -> list[ShippedScenario]:
    """List the shipped scenarios."""
    return shipped_scenarios()


# Students


def get_student_view(ask: ClassRequest) -> StudentMessage:
    """Give everything that the student's page shows."""
    person = ask.require_person()
    version = ask.context.events.version(person["code"])
    lesson, seat = ask.context.rooms.current_seat(person)
    taking.record_contact(lesson, person["id"])
    found: StudentMessage = {
        **student_view(lesson, person["id"], person["name"], seat, bool(person["solo"])),
        "version": version,
        "code": person["code"],
        "title": person["title"],
    }
    newest = None if person["solo"] else ask.context.rooms.find_lesson(ask.context.rooms.find_room(person["code"]))
    if newest is not None and newest.id != lesson.id:
        found["next"] = {"lesson": newest.number, "phase": newest.phase}
    return found


def post_move(ask: ClassRequest) -> MoveReceipt:
    """Take a move."""
    person, lesson, seat = ask.require_seat()
    taking.record_contact(lesson, person["id"])
    return taking.submit_move(lesson, person["id"], seat, ask.parse_body(MoveRequest))


def post_forecast(ask: ClassRequest) -> dict[str, Any]:
    """Take a bet."""
    person, lesson, _ = ask.require_seat()
    return {"ok": True, "at": forecasts.submit_forecast(lesson, person["id"], ask.parse_body(ForecastRequest))}


def get_advice(ask: ClassRequest) -> AdviceMessage:
    """Tell what the agent would do."""
    _, lesson, seat = ask.require_seat()
    if not lesson.settings.advisor:
        raise RefusedError(409, "advice.off", "The advisor is switched off.")
    lesson.require_phase("playing", "paused")
    return {"turn": lesson.turn, "advice": agent_advice(lesson, seat)}


def post_message(ask: ClassRequest) -> dict[str, Any]:
    """Take a message to another seat, or to all."""
    person, lesson, seat = ask.require_seat()
    sent = ask.parse_body(MessageRequest)
    return {"id": taking.send_message(lesson, person["id"], seat, sent.to, sent.text)}


def post_presence(ask: ClassRequest) -> dict[str, Any]:
    """Note that a person is there."""
    person = ask.require_person()
    lesson, _ = ask.context.rooms.current_seat(person)
    sent, was_there = ask.parse_body(PresenceReport), lesson.is_present(person["id"])
    taking.record_presence(lesson, person["id"], sent.page, sent.seconds)
    if not was_there:
        lesson.notify("console")
    return {"ok": True}


def reclaim_seat(ask: ClassRequest) -> dict[str, Any]:
    """Give a seat back to its people."""
    person, lesson, seat = ask.require_seat()
    taking.record_contact(lesson, person["id"])
    taking.take_back_seat(lesson, seat)
    return {"ok": True}


def change_seat(ask: ClassRequest) -> dict[str, Any]:
    """Let a person sit down elsewhere before the lesson begins; later one would have seen what two sides know."""
    person, lesson, _ = ask.require_seat()
    with lesson.lock:
        lesson.require_phase("lobby")
        if not lesson.settings.chooses:
            raise RefusedError(409, "seat.given", "Seats are given in this lesson, not chosen.")
        return {"seat": ask.context.rooms.change_seat(lesson, person["id"], ask.parse_body(SeatChoice).seat)}


def rejoin_lesson(ask: ClassRequest) -> Response:
    """Let a person take part in the room's new lesson, under the same link."""
    person = ask.require_person()
    lesson = ask.context.rooms.find_lesson(ask.context.rooms.find_room(person["code"]))
    if lesson is None:
        raise RefusedError(404, "lesson.none", "There is no lesson.")
    seat = ask.parse_body(SeatChoice).seat
    taken = ask.context.rooms.rejoin(lesson, person["id"], seat if lesson.settings.chooses else None)
    return ask.seat_response({"token": ask.token, "person": person["id"], "seat": taken, "code": person["code"]})


def get_personal_link(ask: ClassRequest) -> dict[str, Any]:
    """Return the token of the personal link, to be copied to another device."""
    ask.require_person()
    return {"token": ask.token}


def get_debrief(ask: ClassRequest) -> DebriefMessage | DebriefProgress:
    """Give the debrief of a lesson that is over."""
    person = ask.require_person()
    lesson, seat = ask.context.rooms.current_seat(person)
    return debrief_message(ask.context.debriefs, lesson, person["id"], seat)


# Solo


def start_solo(ask: ClassRequest) -> Response:
    """Make a room for one: a seat against agents, without a clock and without a key."""
    ask.context.solo_limit.use(ask.client_address)
    sent = ask.parse_body(SoloSettings)
    chosen = sent.model_dump(exclude={"seat", "name"})
    settings = Settings(**chosen, seats={sent.seat: 1}, seconds=0, messages=False, absent=7200)
    room, lesson = ask.context.rooms.create_room_with_lesson("", settings, solo=True)
    token, _, taken = ask.context.rooms.join(room, sent.name, sent.seat)
    lesson.set_phase("playing", turn=1)
    return ask.seat_response({"code": room["code"], "token": token, "seat": taken})


def _require_solo(ask: ClassRequest) -> tuple[Lesson, str]:
    person, lesson, seat = ask.require_seat()
    if not person["solo"]:
        raise RefusedError(401, "key.wrong", "Only the instructor can do this.")
    return lesson, seat


def post_solo_action(ask: ClassRequest) -> dict[str, Any]:
    """Let who plays alone go on, or end."""
    lesson, _ = _require_solo(ask)
    action = ask.parse_body(SoloAction).action
    if action == "next":
        lesson.resolve_turn()
    else:
        lesson.end(play_on=action == "end")
    return {"ok": True}


def get_solo_export(ask: ClassRequest) -> Response:
    """Export a lesson that was played alone."""
    return export_response(_require_solo(ask)[0], ask.http.path_params["file"])


GET: dict[str, Handler] = {
    "projector": get_projector,
    "scenarios": list_scenarios,
    "me": get_student_view,
    "link": get_personal_link,
    "advice": get_advice,
    "debrief": get_debrief,
    "solo/export/{file}": get_solo_export,
}
POST: dict[str, Handler] = {
    "look": look_up_room,
    "join": join_room,
    "enter": use_personal_link,
    "move": post_move,
    "bet": post_forecast,
    "message": post_message,
    "here": post_presence,
    "back": reclaim_seat,
    "seat": change_seat,
    "again": rejoin_lesson,
    "solo": start_solo,
    "solo/do": post_solo_action,
}
