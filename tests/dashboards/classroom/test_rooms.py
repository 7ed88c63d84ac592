"""Rooms: who sits where, who was taken out, and which lessons are held in memory."""

import threading

import pytest
from support.classroom import join_seat, make_lesson, refused_status, serve_api, unload_lessons

from dashboards.classroom.lesson import instructor as leading
from dashboards.classroom.lesson import rooms
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.schemas import ParticipantRemoval
from dashboards.cli.classroom import startup_facts
from model.errors import ScenarioError


def test_nobody_changes_sides_once_a_lesson_has_begun(house):
    room, _ = make_lesson(house)
    with serve_api(house) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        student = clients(f"Bearer {token}")
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
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


def test_who_was_taken_out_stays_out_until_joining_anew(house):
    room, lesson = make_lesson(house, seats={"alba": 1, "borea": 1})
    sent = {"code": room["code"], "name": "Mina", "seat": "alba"}
    with serve_api(house) as clients:
        joined = clients().post("join", sent)
        student = clients(f"Bearer {joined['token']}")
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        at = f"rooms/{room['code']}/do"
        console.post(at, {"action": "remove", "person": joined["person"]})
        for path in ("again", "seat", "message", "here"):
            assert refused_status(student, path, {"seat": "borea"}) == (409, "seat.removed")
        assert student.ask("GET", "me")[1]["error"]["code"] == "seat.removed"
        assert (
            refused_status(console, at, {"action": "move_person", "person": joined["person"], "seat": "borea"})[0]
            == 404
        )
        assert lesson.people() == []
        anew = clients().post("join", sent)
        assert (anew["seat"], anew["person"] == joined["person"]) == ("alba", False)
        console.post(f"rooms/{room['code']}/lessons", {"scenario": "two-states"})
        assert student.post("again", {"seat": "borea"})["seat"] == "borea"  # it was that lesson, not the room


def test_a_room_is_full_when_its_seats_are_and_joining_again_and_again_is_slowed_down(house):
    room, lesson = make_lesson(house, seats={"alba": 1})
    for _ in range(410):
        person = join_seat(house, room, "alba")
        leading.remove_participant(lesson, ParticipantRemoval(action="remove", person=person))
    with serve_api(house) as clients:
        assert clients().post("join", {"code": room["code"], "name": "Mina", "seat": None})["seat"] == "alba"
        for _ in range(30):  # a class behind one address
            assert refused_status(clients(), "join", {"code": room["code"], "name": "Mina", "seat": None}) == (
                409,
                "seat.full",
            )
        found = {
            refused_status(clients(), "join", {"code": room["code"], "name": "x", "seat": None})[0] for _ in range(90)
        }
        assert found == {409, 429}


def test_those_who_play_alone_and_are_away_are_held_in_the_store_only(house, monkeypatch):
    monkeypatch.setattr(rooms, "MAX_LOADED_LESSONS", 2)
    monkeypatch.setattr(rooms, "MAX_SOLO_ROOMS", 4)
    sent = {"scenario": "two-states", "seat": "alba", "rounds": 2, "seed": 1}
    with serve_api(house) as clients:
        everyone = [clients(f"Bearer {clients().post('solo', sent)['token']}") for _ in range(4)]
        for status, wrong in ((400, {"rounds": 0}), (400, {"seat": "nowhere"}), (400, {"name": ""})):
            assert clients().ask("POST", "solo", sent | wrong)[0] == status
        assert everyone[0].get("me")["phase"] == "playing"  # what is refused takes nobody's place
        assert len(house.rooms._lessons) == 4  # all of them are there
        everyone[0].post("move", {"turn": 1, "base": 0, "choices": {}, "done": True})
        monkeypatch.setattr(rooms, "IDLE_SECONDS", 0.0)
        everyone[3].get("me")
        assert len(house.rooms._lessons) == 2
        assert everyone[1].get("me")["phase"] == "playing"  # played again from the store
        clients().post("solo", sent)
        assert everyone[0].ask("GET", "me")[0] == 401
        ids = {row["id"] for row in house.rooms.store.rows("SELECT id FROM lesson")}
        assert len(ids) == 4
        assert set(house.rooms._lessons) <= ids


def test_while_a_lesson_is_played_again_the_others_go_on(house, monkeypatch):
    (slow_room, slow), (_, quick) = make_lesson(house), make_lesson(house)
    unload_lessons(house)
    begun, go_on, made = threading.Event(), threading.Event(), []

    class SlowLesson(Lesson):
        def _replay(self):
            if self.id == slow.id:
                made.append(self)
                begun.set()
                assert go_on.wait(10)
            super()._replay()

    monkeypatch.setattr(rooms, "Lesson", SlowLesson)
    found = []
    both = [threading.Thread(target=lambda: found.append(house.rooms.lesson(slow_room))) for _ in range(2)]
    both[0].start()
    assert begun.wait(10)
    both[1].start()
    other = threading.Thread(target=lambda: house.rooms.open_lesson(quick.id, ""))
    other.start()
    other.join(5)
    waited = other.is_alive()
    go_on.set()
    for each in both:
        each.join(10)
    assert not waited
    assert found == [made[0]] * 2  # it was played again once


def test_no_room_is_left_behind_by_a_scenario_that_is_refused(house):
    with pytest.raises(ScenarioError, match="rounds: "):
        startup_facts(house, "two-states", 10_000, False)
    assert house.rooms.rooms() == []
    assert house.rooms.instructor_key(anew=False)  # none was made, so none is lost
