"""The public API and the student API. The instructor API is in ``instructor_api.py``."""

from functools import cache
from typing import Any

from starlette.responses import Response

from dashboards.classroom.debrief.messages import DebriefMessage, DebriefProgress
from dashboards.classroom.debrief.view import debrief_message
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.actions import playable_seats
from dashboards.classroom.lesson import forecasts
from dashboards.classroom.lesson import participant as participant
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


def look_up_room(request: ClassRequest) -> RoomPreview:
    """Return a preview of a room by its code, without taking a seat."""
    room = request.find_room(request.parse_body(RoomCode).code)
    lesson = request.context.rooms.find_lesson(room)
    view: RoomPreview = {
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
        return view
    rows, people, names = lesson.seats(), lesson.participants(), written_names(lesson.scenario)
    listed: list[RoomSeat] = [
        {
            "seat": seat,
            "kind": lesson.seat_kinds()[seat],
            "name": names[seat],
            "people": sum(person["seat"] == seat for person in people),
            "most": row["most"],
            "agent": row["agent"] is not None,
        }
        for seat, row in rows.items()
    ]
    free = any(each["people"] < each["most"] for each in listed)
    return {
        **view,
        "lesson": lesson.number,
        "phase": lesson.phase,
        "open": bool(room["open"]) and free and lesson.phase != "ended",
        "scenario": scenario_name(lesson.scenario, lesson.source),
        "seats": listed,
        "chooses": lesson.settings.chooses,
    }


def join_room(request: ClassRequest) -> Response:
    """Join a room under a name."""
    data = request.parse_body(JoinRequest)
    room = request.find_room(data.code)
    request.context.join_limit.use(request.client_address)
    token, person, seat = request.context.rooms.join(room, data.name, data.seat)
    return request.seat_response({"token": token, "person": person, "seat": seat, "code": room["code"]})


def use_personal_link(request: ClassRequest) -> Response:
    """Set the seat cookie of a personal link."""
    token = request.parse_body(PersonalToken).token
    person = request.context.rooms.find_person(token)
    return request.seat_response({"token": token, "person": person["id"], "code": person["code"]})


def get_projector(request: ClassRequest) -> ProjectorMessage | ProjectorWithoutLesson:
    """Return the view of the projector."""
    room = request.find_room(request.parse_query(RoomCode).code)
    lesson = request.context.rooms.find_lesson(room)
    version, link = request.context.events.version(room["code"]), request.context.room_link(room["code"])
    if lesson is None:
        return {"version": version, **link, "title": room["title"], "phase": "none"}
    return {"version": version, **link, "title": room["title"], **projector_view(lesson)}


@cache
def shipped_scenarios() -> list[ShippedScenario]:
    """Return the shipped scenarios with their seats."""
    view: list[ShippedScenario] = []
    for name in shipped_names():
        scenario = load_scenario(name)
        names = written_names(scenario)
        listed: list[SeatName] = [
            {"seat": seat, "kind": kind, "name": names[seat]} for seat, kind in playable_seats(scenario).items()
        ]
        view.append({**scenario_name(scenario, name), "rounds": scenario.rounds, "seats": listed})
    return view


def list_scenarios(request: ClassRequest) -> list[ShippedScenario]:
    """Return the shipped scenarios."""
    return shipped_scenarios()


# Students


def get_student_view(request: ClassRequest) -> StudentMessage:
    """Return the view of the student's page."""
    person = request.require_person()
    version = request.context.events.version(person["code"])
    lesson, seat = request.context.rooms.current_seat(person)
    participant.record_contact(lesson, person["id"])
    view: StudentMessage = {
        **student_view(lesson, person["id"], person["name"], seat, bool(person["solo"])),
        "version": version,
        "code": person["code"],
        "title": person["title"],
    }
    newest = (
        None if person["solo"] else request.context.rooms.find_lesson(request.context.rooms.find_room(person["code"]))
    )
    if newest is not None and newest.id != lesson.id:
        view["next"] = {"lesson": newest.number, "phase": newest.phase}
    return view


def post_move(request: ClassRequest) -> MoveReceipt:
    """Store a move."""
    person, lesson, seat = request.require_seat()
    participant.record_contact(lesson, person["id"])
    return participant.submit_move(lesson, person["id"], seat, request.parse_body(MoveRequest))


def post_forecast(request: ClassRequest) -> dict[str, Any]:
    """Store a forecast."""
    person, lesson, _ = request.require_seat()
    return {"ok": True, "at": forecasts.submit_forecast(lesson, person["id"], request.parse_body(ForecastRequest))}


def get_advice(request: ClassRequest) -> AdviceMessage:
    """Return what the agent would decide."""
    _, lesson, seat = request.require_seat()
    if not lesson.settings.advisor:
        raise RefusedError(409, "advice.off", "The advisor is switched off.")
    lesson.require_phase("playing", "paused")
    return {"turn": lesson.turn, "advice": agent_advice(lesson, seat)}


def post_message(request: ClassRequest) -> dict[str, Any]:
    """Store a message to another seat, or to all."""
    person, lesson, seat = request.require_seat()
    data = request.parse_body(MessageRequest)
    return {"id": participant.send_message(lesson, person["id"], seat, data.to, data.text)}


def post_presence(request: ClassRequest) -> dict[str, Any]:
    """Record that a participant is present."""
    person = request.require_person()
    lesson, _ = request.context.rooms.current_seat(person)
    data, was_present = request.parse_body(PresenceReport), lesson.is_present(person["id"])
    participant.record_presence(lesson, person["id"], data.page, data.seconds)
    if not was_present:
        lesson.notify("console")
    return {"ok": True}


def reclaim_seat(request: ClassRequest) -> dict[str, Any]:
    """Take the seat back from its agent."""
    person, lesson, seat = request.require_seat()
    participant.record_contact(lesson, person["id"])
    participant.take_back_seat(lesson, seat)
    return {"ok": True}


def change_seat(request: ClassRequest) -> dict[str, Any]:
    """Change the seat before the lesson begins; later the participant would know the private facts of two sides."""
    person, lesson, _ = request.require_seat()
    with lesson.lock:
        lesson.require_phase("lobby")
        if not lesson.settings.chooses:
            raise RefusedError(409, "seat.given", "Seats are assigned automatically in this lesson.")
        return {"seat": request.context.rooms.change_seat(lesson, person["id"], request.parse_body(SeatChoice).seat)}


def rejoin_lesson(request: ClassRequest) -> Response:
    """Join the room's new lesson with the same personal link."""
    person = request.require_person()
    lesson = request.context.rooms.find_lesson(request.context.rooms.find_room(person["code"]))
    if lesson is None:
        raise RefusedError(404, "lesson.none", "There is no lesson.")
    requested_seat = request.parse_body(SeatChoice).seat if lesson.settings.chooses else None
    seat = request.context.rooms.rejoin(lesson, person["id"], requested_seat)
    return request.seat_response({"token": request.token, "person": person["id"], "seat": seat, "code": person["code"]})


def get_personal_link(request: ClassRequest) -> dict[str, Any]:
    """Return the token of the personal link, to be copied to another device."""
    request.require_person()
    return {"token": request.token}


def get_debrief(request: ClassRequest) -> DebriefMessage | DebriefProgress:
    """Return the debrief of an ended lesson."""
    person = request.require_person()
    lesson, seat = request.context.rooms.current_seat(person)
    return debrief_message(request.context.debriefs, lesson, person["id"], seat)


# Solo


def start_solo(request: ClassRequest) -> Response:
    """Create a solo room: one seat against agents, without clock and key."""
    request.context.solo_limit.use(request.client_address)
    data = request.parse_body(SoloSettings)
    settings_data = data.model_dump(exclude={"seat", "name"})
    settings = Settings(**settings_data, seats={data.seat: 1}, seconds=0, messages=False, absent=7200)
    room, lesson = request.context.rooms.create_room_with_lesson("", settings, solo=True)
    token, _, seat = request.context.rooms.join(room, data.name, data.seat)
    lesson.set_phase("playing", turn=1)
    return request.seat_response({"code": room["code"], "token": token, "seat": seat})


def _require_solo(request: ClassRequest) -> tuple[Lesson, str]:
    person, lesson, seat = request.require_seat()
    if not person["solo"]:
        raise RefusedError(401, "key.wrong", "Only the instructor can do this.")
    return lesson, seat


def post_solo_action(request: ClassRequest) -> dict[str, Any]:
    """Resolve the turn of a solo lesson, or end it."""
    lesson, _ = _require_solo(request)
    action = request.parse_body(SoloAction).action
    if action == "next":
        lesson.resolve_turn()
    else:
        lesson.end(play_on=action == "end")
    return {"ok": True}


def get_solo_export(request: ClassRequest) -> Response:
    """Return an export of a solo lesson."""
    return export_response(_require_solo(request)[0], request.http.path_params["file"])


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
    "forecast": post_forecast,
    "message": post_message,
    "here": post_presence,
    "back": reclaim_seat,
    "seat": change_seat,
    "again": rejoin_lesson,
    "solo": start_solo,
    "solo/do": post_solo_action,
}
