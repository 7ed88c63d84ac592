"""The classroom's routes: what anyone may ask, and what a student. The instructor's are in ``instructor_api.py``."""

from functools import cache
from typing import Any

from starlette.responses import Response

from dashboards.classroom.debrief.messages import DebriefMessage, DebriefProgress
from dashboards.classroom.debrief.view import debrief
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.actions import seats
from dashboards.classroom.lesson import participant as taking
from dashboards.classroom.lesson import predictions
from dashboards.classroom.lesson.advisor import advice
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.participant import MoveTaken
from dashboards.classroom.lesson.settings import Settings, SoloSettings
from dashboards.classroom.schemas import (
    Joining,
    PersonalToken,
    Presence,
    RoomCode,
    SeatChoice,
    SentBet,
    SentMessage,
    SentMove,
    SoloAction,
)
from dashboards.classroom.server.downloads import exported
from dashboards.classroom.server.request import Asking, Handler
from dashboards.classroom.views.instructor import projector
from dashboards.classroom.views.messages import (
    RoomLook,
    RoomSeat,
    SeatName,
    ShippedScenario,
    WallMessage,
    WallWithoutLesson,
)
from dashboards.classroom.views.serialize import names, of_scenario
from dashboards.classroom.views.student import view
from dashboards.classroom.views.student_messages import AdviceMessage, StudentMessage
from dashboards.link import shipped_names
from model.loading import load

# Anyone


def look(ask: Asking) -> RoomLook:
    """Tell about a room to somebody who has its code; nothing is taken by it."""
    room = ask.room(ask.read(RoomCode).code)
    lesson = ask.house.rooms.lesson(room)
    found: RoomLook = {
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
    rows, people, named = lesson.seats(), lesson.people(), names(lesson.scenario)
    listed: list[RoomSeat] = [
        {
            "seat": seat,
            "kind": lesson.kinds()[seat],
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
        "scenario": of_scenario(lesson.scenario, lesson.source),
        "seats": listed,
        "chooses": lesson.settings.chooses,
    }


def join(ask: Asking) -> Response:
    """Take a seat under a name."""
    sent = ask.read(Joining)
    room = ask.room(sent.code)
    ask.house.joining.take(ask.address)
    token, person, taken = ask.house.rooms.join(room, sent.name, sent.seat)
    return ask.seat({"token": token, "person": person, "seat": taken, "code": room["code"]})


def enter(ask: Asking) -> Response:
    """Let a browser hold the seat of a personal link."""
    token = ask.read(PersonalToken).token
    person = ask.house.rooms.person(token)
    return ask.seat({"token": token, "person": person["id"], "code": person["code"]})


def wall(ask: Asking) -> WallMessage | WallWithoutLesson:
    """Give the projector's view."""
    room = ask.room(ask.query(RoomCode).code)
    lesson = ask.house.rooms.lesson(room)
    version, link = ask.house.news.version(room["code"]), ask.house.shown(room["code"])
    if lesson is None:
        return {"version": version, **link, "title": room["title"], "phase": "none"}
    return {"version": version, **link, "title": room["title"], **projector(lesson)}


@cache
def shipped() -> list[ShippedScenario]:
    """List the shipped scenarios with their seats."""
    found: list[ShippedScenario] = []
    for name in shipped_names():
        scenario = load(name)
        named = names(scenario)
        listed: list[SeatName] = [
            {"seat": seat, "kind": kind, "name": named[seat]} for seat, kind in seats(scenario).items()
        ]
        found.append({**of_scenario(scenario, name), "rounds": scenario.rounds, "seats": listed})
    return found


def scenarios(ask: Asking) -> list[ShippedScenario]:
    """List the shipped scenarios."""
    return shipped()


# Students


def me(ask: Asking) -> StudentMessage:
    """Give everything that the student's page shows."""
    person = ask.person()
    version = ask.house.news.version(person["code"])
    lesson, seat = ask.house.rooms.seated(person)
    taking.note(lesson, person["id"])
    found: StudentMessage = {
        **view(lesson, person["id"], person["name"], seat, bool(person["solo"])),
        "version": version,
        "code": person["code"],
        "title": person["title"],
    }
    newest = None if person["solo"] else ask.house.rooms.lesson(ask.house.rooms.room(person["code"]))
    if newest is not None and newest.id != lesson.id:
        found["next"] = {"lesson": newest.number, "phase": newest.phase}
    return found


def move(ask: Asking) -> MoveTaken:
    """Take a move."""
    person, lesson, seat = ask.seated()
    taking.note(lesson, person["id"])
    return taking.move(lesson, person["id"], seat, ask.read(SentMove))


def bet(ask: Asking) -> dict[str, Any]:
    """Take a bet."""
    person, lesson, _ = ask.seated()
    return {"ok": True, "at": predictions.bet(lesson, person["id"], ask.read(SentBet))}


def advised(ask: Asking) -> AdviceMessage:
    """Tell what the agent would do."""
    _, lesson, seat = ask.seated()
    if not lesson.settings.advisor:
        raise RefusedError(409, "advice.off", "The advisor is switched off.")
    lesson.need("playing", "paused")
    return {"turn": lesson.turn, "advice": advice(lesson, seat)}


def message(ask: Asking) -> dict[str, Any]:
    """Take a message to another seat, or to all."""
    person, lesson, seat = ask.seated()
    sent = ask.read(SentMessage)
    return {"id": taking.say(lesson, person["id"], seat, sent.to, sent.text)}


def here(ask: Asking) -> dict[str, Any]:
    """Note that a person is there."""
    person = ask.person()
    lesson, _ = ask.house.rooms.seated(person)
    sent, was_there = ask.read(Presence), lesson.present(person["id"])
    taking.here(lesson, person["id"], sent.page, sent.seconds)
    if not was_there:
        lesson.tell("console")
    return {"ok": True}


def back(ask: Asking) -> dict[str, Any]:
    """Give a seat back to its people."""
    person, lesson, seat = ask.seated()
    taking.note(lesson, person["id"])
    taking.take_back(lesson, seat)
    return {"ok": True}


def change_seat(ask: Asking) -> dict[str, Any]:
    """Let a person sit down elsewhere before the lesson begins; later one would have seen what two sides know."""
    person, lesson, _ = ask.seated()
    with lesson.lock:
        lesson.need("lobby")
        if not lesson.settings.chooses:
            raise RefusedError(409, "seat.given", "Seats are given in this lesson, not chosen.")
        return {"seat": ask.house.rooms.change_seat(lesson, person["id"], ask.read(SeatChoice).seat)}


def again(ask: Asking) -> Response:
    """Let a person take part in the room's new lesson, under the same link."""
    person = ask.person()
    lesson = ask.house.rooms.lesson(ask.house.rooms.room(person["code"]))
    if lesson is None:
        raise RefusedError(404, "lesson.none", "There is no lesson.")
    seat = ask.read(SeatChoice).seat
    taken = ask.house.rooms.sit_again(lesson, person["id"], seat if lesson.settings.chooses else None)
    return ask.seat({"token": ask.token, "person": person["id"], "seat": taken, "code": person["code"]})


def personal_link(ask: Asking) -> dict[str, Any]:
    """Return the token of the personal link, to be copied to another device."""
    ask.person()
    return {"token": ask.token}


def debrief_of(ask: Asking) -> DebriefMessage | DebriefProgress:
    """Give the debrief of a lesson that is over."""
    person = ask.person()
    lesson, seat = ask.house.rooms.seated(person)
    return debrief(ask.house.debriefs, lesson, person["id"], seat)


# Solo


def solo(ask: Asking) -> Response:
    """Make a room for one: a seat against agents, without a clock and without a key."""
    ask.house.solo.take(ask.address)
    sent = ask.read(SoloSettings)
    chosen = sent.model_dump(exclude={"seat", "name"})
    settings = Settings(**chosen, seats={sent.seat: 1}, seconds=0, messages=False, absent=7200)
    room, lesson = ask.house.rooms.make_room_for("", settings, solo=True)
    token, _, taken = ask.house.rooms.join(room, sent.name, sent.seat)
    lesson.go("playing", turn=1)
    return ask.seat({"code": room["code"], "token": token, "seat": taken})


def _alone(ask: Asking) -> tuple[Lesson, str]:
    person, lesson, seat = ask.seated()
    if not person["solo"]:
        raise RefusedError(401, "key.wrong", "Only the instructor can do this.")
    return lesson, seat


def solo_do(ask: Asking) -> dict[str, Any]:
    """Let who plays alone go on, or end."""
    lesson, _ = _alone(ask)
    action = ask.read(SoloAction).action
    if action == "next":
        lesson.resolve()
    else:
        lesson.end(play_on=action == "end")
    return {"ok": True}


def solo_export(ask: Asking) -> Response:
    """Export a lesson that was played alone."""
    return exported(_alone(ask)[0], ask.request.path_params["file"])


GET: dict[str, Handler] = {
    "projector": wall,
    "scenarios": scenarios,
    "me": me,
    "link": personal_link,
    "advice": advised,
    "debrief": debrief_of,
    "solo/export/{file}": solo_export,
}
POST: dict[str, Handler] = {
    "look": look,
    "join": join,
    "enter": enter,
    "move": move,
    "bet": bet,
    "message": message,
    "here": here,
    "back": back,
    "seat": change_seat,
    "again": again,
    "solo": solo,
    "solo/do": solo_do,
}
