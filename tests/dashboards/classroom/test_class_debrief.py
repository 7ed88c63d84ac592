"""Bets and the debrief."""

import threading
import time

import numpy as np
import pytest
from support.classroom import SURE, join_seat, make_lesson, play_turns, serve_api, submit_choices

from agents.assembly import Assembly
from dashboards.classroom.debrief import counterfactuals as debrief_module
from dashboards.classroom.debrief.counterfactuals import compute_debrief, deal_chances
from dashboards.classroom.debrief.futures import FUTURES_PER_TURN, indicator_history, played_lesson
from dashboards.classroom.debrief.view import debrief_progress
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.forecasts import brier_score, calibration
from dashboards.classroom.schemas import OUTCOMES
from model.loading import load_scenario


def test_bets_are_scored_by_brier_and_calibration():
    even = dict.fromkeys(OUTCOMES, 25.0)
    assert brier_score(SURE, "breakdown") == 0.0
    assert brier_score(SURE, "managed_contact") == 2.0
    assert brier_score(even, "breakdown") == pytest.approx(0.75)
    rows = calibration([SURE, even], "breakdown")
    assert [(row["low"], row["stated"], row["came_true"], row["count"]) for row in rows] == [
        (0, 0, 0, 3),
        (10, 25, 25, 4),
        (90, 100, 100, 1),
    ]


def test_the_debrief_weighs_each_seat_against_its_ghost(house):
    room, lesson = make_lesson(house, "us-iran-2026", rounds=18, months=3, bets=[0, 2])
    us, iran = join_seat(house, room, "us"), join_seat(house, room, "iran", "Omid")
    lesson.go("playing", turn=1)
    for _ in range(6):
        submit_choices(
            lesson, us, "us", {"seek:nuclear": "stay_away", "conduct:iran": "hostile", "press:iran": "raise"}
        )
        submit_choices(lesson, iran, "iran", {})
        lesson.resolve()
    assert np.array_equal(indicator_history(played_lesson(lesson), 18), lesson.table.trajectory)
    found = compute_debrief(lesson, [])
    ghost = next(each for each in found["ghosts"] if each["seat"] == "us")
    assert ghost["differed"] >= 6
    assert {point["futures"] for point in ghost["points"]} == {1000}
    best = ghost["points"][0]
    assert best["deal"] < best["deal_ghost"]
    assert best["high"] < 0.0  # staying away from talks costs the deal
    assert best["low"] <= best["deal"] - best["deal_ghost"] <= best["high"]
    for point in ghost["points"]:
        assert sum(point["yours"].values()) == pytest.approx(1.0, abs=1e-3)
    assert not next(each for each in found["ghosts"] if each["seat"] == "iran")["points"]
    assert len(found["chances"]["deal"]) == 7
    assert found["chances"]["deal"][-1] == float(lesson.table.outcome >= 2)
    alone = Assembly(load_scenario("us-iran-2026", {"rounds": 18}), rng=3).run()
    assert found["agents"]["outcome"] == alone.outcome.name
    assert found["questions"]


def test_a_debrief_is_computed_once_and_one_that_failed_is_not_begun_at_every_question(house, monkeypatch):
    _, lesson = make_lesson(house)
    lesson.end(play_on=False)
    begun = []

    def compute(lesson, story, progress):
        begun.append(lesson.id)
        if len(begun) == 1:
            raise ValueError("on purpose")
        return {"fine": True}

    monkeypatch.setattr(debrief_module, "compute_debrief", compute)

    def settled():
        while isinstance(found := house.debriefs.find(lesson, []), tuple):
            time.sleep(0.01)
        return found

    for _ in range(3):
        with pytest.raises(RefusedError, match="could not be computed"):
            settled()
    assert debrief_progress(house.debriefs, lesson)["error"]["code"] == "debrief.failed"
    assert len(begun) == 1
    monkeypatch.setattr(debrief_module, "RETRY_SECONDS", 0.0)
    assert settled() == settled() == {"fine": True}
    assert len(begun) == 2


def test_of_a_debrief_that_was_just_written_none_is_begun_anew(house, monkeypatch):
    """Whoever asks while it is being written waits for it, and finds it."""
    _, lesson = make_lesson(house)
    lesson.end(play_on=False)
    begun = []
    monkeypatch.setattr(debrief_module, "compute_debrief", lambda *given: begun.append(1) or {"fine": True})
    house.debriefs._lock.acquire()
    asks = threading.Thread(target=lambda: house.debriefs.find(lesson, []))
    asks.start()
    time.sleep(0.1)
    with house.rooms.store.writing() as db:
        db.execute("UPDATE lesson SET debrief = '{}' WHERE id = ?", (lesson.id,))
    house.debriefs._lock.release()
    asks.join(10)
    assert begun == []


def test_a_chance_that_futures_agree_on_is_not_certain_before_the_end(house):
    _, lesson, _ = play_turns(house, turns=3, months=4)
    run = played_lesson(lesson)
    none, every = np.zeros(FUTURES_PER_TURN, np.int8), np.full(FUTURES_PER_TURN, 3, np.int8)
    found = deal_chances(run, [none, every, every, every])
    assert found["deal"] == [0.0, 1.0, 1.0, 1.0]
    assert 0.01 < found["high"][0] < 0.03
    assert 0.97 < found["low"][1] < 0.99
    assert (found["low"][0], found["high"][1]) == (0.0, 1.0)
    assert (found["low"][-1], found["high"][-1]) == (1.0, 1.0)  # all months are over


def test_a_lesson_over_the_wire_from_lobby_to_debrief_with_one_who_plays_alone(house):
    with serve_api(house) as clients:
        joined = clients().post("solo", {"scenario": "two-states", "seat": "alba", "rounds": 4, "seed": 1})
        me = clients(f"Bearer {joined['token']}")
        assert clients().ask("POST", "look", {"code": joined["code"]})[0] == 404
        me.post("bet", {"at": 0, "percent": SURE})
        advice = {each["verb"]: each for each in me.get("advice")["advice"]}
        assert advice["conduct:borea"]["option"] in ("friendly", "hostile", "step")
        assert advice["conduct:borea"]["terms"][0]["condition"] == "cooperation"
        me.post("move", {"turn": 1, "base": 0, "choices": {"conduct:borea": "hostile"}, "done": True})
        for _ in range(40):
            if me.get("me")["turn"] == 2:
                break
            time.sleep(0.1)
        shown = me.get("me")
        assert shown["move"]["last"][0]["option"] == "hostile"
        me.post("solo/do", {"action": "end"})
        while not (told := me.get("debrief"))["ready"]:
            time.sleep(0.1)
        assert told["bets"]["mine"] == brier_score(SURE, told["outcome"])
        assert told["ghosts"][0]["seat"] == "alba"
        assert "<html" in me.get("solo/export/report.html")
