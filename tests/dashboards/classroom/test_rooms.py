"""Rooms: seats, removed participants, and lessons in memory."""

import threading

import pytest
from support.classroom import join_seat, make_lesson, refused_status, serve_api, unload_lessons

from dashboards.classroom.lesson import instructor, rooms
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.schemas import ParticipantRemoval
from dashboards.cli.classroom import startup_facts
from model.errors import ScenarioError


def test_seats_cannot_be_changed_after_the_start(context):
    room, _ = make_lesson(context)
    with serve_api(context) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        student = clients(f"Bearer {token}")
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        assert student.post("seat", {"seat": "corvia"})["seat"] == "corvia"
        assert refused_status(student, "again", {"seat": "borea"}) == (409, "seat.have")
        console.post(f"rooms/{room['code']}/do", {"action": "set", "settings": {"chooses": False}})
        assert refused_status(student, "seat", {"seat": "borea"}) == (409, "seat.given")
        console.post(f"rooms/{room['code']}/do", {"action": "start"})
        assert refused_status(student, "again", {"seat": "borea"}) == (409, "seat.have")
        assert refused_status(student, "seat", {"seat": "borea"}) == (409, "phase.wrong")
        assert refused_status(student, "leave") == (404, "not.found")
        assert student.get("me")["seat"] == "corvia"
        console.post(f"rooms/{room['code']}/lessons", {"scenario": "two-states"})
        assert student.post("again", {"seat": "borea"})["seat"] == "borea"
        assert refused_status(student, "again", {"seat": "alba"}) == (409, "seat.have")


def test_removed_person_must_join_again_as_a_new_one(context):
    room, lesson = make_lesson(context, seats={"alba": 1, "borea": 1})
    request = {"code": room["code"], "name": "Mina", "seat": "alba"}
    with serve_api(context) as clients:
        joined = clients().post("join", request)
        student = clients(f"Bearer {joined['token']}")
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        at = f"rooms/{room['code']}/do"
        console.post(at, {"action": "remove", "person": joined["person"]})
        for path in ("again", "seat", "message", "here"):
            assert refused_status(student, path, {"seat": "borea"}) == (409, "seat.removed")
        assert student.request("GET", "me")[1]["error"]["code"] == "seat.removed"
        assert (
            refused_status(console, at, {"action": "move_person", "person": joined["person"], "seat": "borea"})[0]
            == 404
        )
        assert lesson.participants() == []
        rejoined = clients().post("join", request)
        assert (rejoined["seat"], rejoined["person"] == joined["person"]) == ("alba", False)
        console.post(f"rooms/{room['code']}/lessons", {"scenario": "two-states"})
        assert (
            student.post("again", {"seat": "borea"})["seat"] == "borea"
        )  # the removal applies to that lesson, not to the room


def test_full_rooms_refuse_and_repeated_joins_are_limited(context):
    room, lesson = make_lesson(context, seats={"alba": 1})
    for _ in range(410):
        person = join_seat(context, room, "alba")
        instructor.remove_participant(lesson, ParticipantRemoval(action="remove", person=person))
    with serve_api(context) as clients:
        assert clients().post("join", {"code": room["code"], "name": "Mina", "seat": None})["seat"] == "alba"
        for _ in range(30):  # a class that shares an address
            assert refused_status(clients(), "join", {"code": room["code"], "name": "Mina", "seat": None}) == (
                409,
                "seat.full",
            )
        statuses = {
            refused_status(clients(), "join", {"code": room["code"], "name": "x", "seat": None})[0] for _ in range(90)
        }
        assert statuses == {409, 429}


def test_idle_solo_lessons_are_unloaded(context, monkeypatch):
    monkeypatch.setattr(rooms, "MAX_LOADED_LESSONS", 2)
    monkeypatch.setattr(rooms, "MAX_SOLO_ROOMS", 4)
    request = {"scenario": "two-states", "seat": "alba", "rounds": 2, "seed": 1}
    with serve_api(context) as clients:
        everyone = [clients(f"Bearer {clients().post('solo', request)['token']}") for _ in range(4)]
        for status, wrong in ((400, {"rounds": 0}), (400, {"seat": "nowhere"}), (400, {"name": ""})):
            assert clients().request("POST", "solo", request | wrong)[0] == status
        assert everyone[0].get("me")["phase"] == "playing"  # a refused request unloads no lesson
        assert len(context.rooms._lessons) == 4
        everyone[0].post("move", {"turn": 1, "base": 0, "choices": {}, "done": True})
        monkeypatch.setattr(rooms, "IDLE_SECONDS", 0.0)
        everyone[3].get("me")
        assert len(context.rooms._lessons) == 2
        assert everyone[1].get("me")["phase"] == "playing"  # replayed from the store
        clients().post("solo", request)
        assert everyone[0].request("GET", "me")[0] == 401
        ids = {row["id"] for row in context.rooms.store.rows("SELECT id FROM lesson")}
        assert len(ids) == 4
        assert set(context.rooms._lessons) <= ids


def test_replay_of_one_lesson_does_not_block_others(context, monkeypatch):
    (slow_room, slow), (_, quick) = make_lesson(context), make_lesson(context)
    unload_lessons(context)
    started, released, created = threading.Event(), threading.Event(), []

    class SlowLesson(Lesson):
        def _replay(self):
            if self.id == slow.id:
                created.append(self)
                started.set()
                assert released.wait(10)
            super()._replay()

    monkeypatch.setattr(rooms, "Lesson", SlowLesson)
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(context.rooms.find_lesson(slow_room))) for _ in range(2)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    other = threading.Thread(target=lambda: context.rooms.load_lesson(quick.id, ""))
    other.start()
    other.join(5)
    blocked = other.is_alive()
    released.set()
    for each in threads:
        each.join(10)
    assert not blocked
    assert statuses == [created[0]] * 2  # replayed once


def test_refused_scenario_creates_no_room(context):
    with pytest.raises(ScenarioError, match="rounds: "):
        startup_facts(context, "two-states", 10_000, False)
    assert context.rooms.list_rooms() == []
    assert context.rooms.create_instructor_key(replace=False)  # none was created, so none is lost
