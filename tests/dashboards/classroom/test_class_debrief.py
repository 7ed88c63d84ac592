"""Forecasts and the debrief."""

import threading
import time

import numpy as np
import pytest
from support.classroom import CERTAIN_BREAKDOWN, join_seat, make_lesson, play_turns, serve_api, submit_choices

from agents.assembly import Assembly
from dashboards.classroom.debrief import counterfactuals as debrief_module
from dashboards.classroom.debrief.counterfactuals import compute_debrief, deal_chances
from dashboards.classroom.debrief.futures import FUTURES_PER_TURN, indicator_history, played_lesson
from dashboards.classroom.debrief.view import debrief_progress
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.forecasts import brier_score, calibration
from dashboards.classroom.schemas import OUTCOMES
from model.loading import load_scenario


def test_forecasts_are_scored_by_brier_and_calibration():
    even = dict.fromkeys(OUTCOMES, 25.0)
    assert brier_score(CERTAIN_BREAKDOWN, "breakdown") == 0.0
    assert brier_score(CERTAIN_BREAKDOWN, "managed_contact") == 2.0
    assert brier_score(even, "breakdown") == pytest.approx(0.75)
    rows = calibration([CERTAIN_BREAKDOWN, even], "breakdown")
    assert [(row["low"], row["stated"], row["came_true"], row["count"]) for row in rows] == [
        (0, 0, 0, 3),
        (10, 25, 25, 4),
        (90, 100, 100, 1),
    ]


def test_debrief_compares_each_seat_with_its_agent(context):
    room, lesson = make_lesson(context, "us-iran-2026", rounds=18, months=3, bets=[0, 2])
    us, iran = join_seat(context, room, "us"), join_seat(context, room, "iran", "Omid")
    lesson.set_phase("playing", turn=1)
    for _ in range(6):
        submit_choices(
            lesson, us, "us", {"seek:nuclear": "stay_away", "conduct:iran": "hostile", "press:iran": "raise"}
        )
        submit_choices(lesson, iran, "iran", {})
        lesson.resolve_turn()
    assert np.array_equal(indicator_history(played_lesson(lesson), 18), lesson.simulation.trajectory)
    debrief = compute_debrief(lesson, [])
    comparison = next(each for each in debrief["ghosts"] if each["seat"] == "us")
    assert comparison["differed"] >= 6
    assert {point["futures"] for point in comparison["points"]} == {1000}
    best = comparison["points"][0]
    assert best["deal"] < best["deal_ghost"]
    assert best["high"] < 0.0  # staying away from talks costs the deal
    assert best["low"] <= best["deal"] - best["deal_ghost"] <= best["high"]
    for point in comparison["points"]:
        assert sum(point["yours"].values()) == pytest.approx(1.0, abs=1e-3)
    assert not next(each for each in debrief["ghosts"] if each["seat"] == "iran")["points"]
    assert len(debrief["chances"]["deal"]) == 7
    assert debrief["chances"]["deal"][-1] == float(lesson.simulation.outcome >= 2)
    agents_run = Assembly(load_scenario("us-iran-2026", {"rounds": 18}), rng=3).run()
    assert debrief["agents"]["outcome"] == agents_run.outcome.name
    assert debrief["questions"]


def test_debrief_is_computed_once_and_retried_after_a_pause(context, monkeypatch):
    _, lesson = make_lesson(context)
    lesson.end(play_on=False)
    started = []

    def compute(lesson, story, progress):
        started.append(lesson.id)
        if len(started) == 1:
            raise ValueError("on purpose")
        return {"fine": True}

    monkeypatch.setattr(debrief_module, "compute_debrief", compute)

    def completed():
        while isinstance(debrief := context.debriefs.find(lesson, []), tuple):
            time.sleep(0.01)
        return debrief

    for _ in range(3):
        with pytest.raises(RefusedError, match="could not be computed"):
            completed()
    assert debrief_progress(context.debriefs, lesson)["error"]["code"] == "debrief.failed"
    assert len(started) == 1
    monkeypatch.setattr(debrief_module, "RETRY_SECONDS", 0.0)
    assert completed() == completed() == {"fine": True}
    assert len(started) == 2


def test_debrief_being_stored_is_not_computed_again(context, monkeypatch):
    """A request waits while a debrief is being stored, and then finds it."""
    _, lesson = make_lesson(context)
    lesson.end(play_on=False)
    started = []
    monkeypatch.setattr(debrief_module, "compute_debrief", lambda *given: started.append(1) or {"fine": True})
    context.debriefs._lock.acquire()
    reader = threading.Thread(target=lambda: context.debriefs.find(lesson, []))
    reader.start()
    time.sleep(0.1)
    with context.rooms.store.transaction() as db:
        db.execute("UPDATE lesson SET debrief = '{}' WHERE id = ?", (lesson.id,))
    context.debriefs._lock.release()
    reader.join(10)
    assert started == []


def test_unanimous_futures_are_not_certain_before_the_end(context):
    _, lesson, _ = play_turns(context, turns=3, months=4)
    run = played_lesson(lesson)
    none, every = np.zeros(FUTURES_PER_TURN, np.int8), np.full(FUTURES_PER_TURN, 3, np.int8)
    chances = deal_chances(run, [none, every, every, every])
    assert chances["deal"] == [0.0, 1.0, 1.0, 1.0]
    assert 0.01 < chances["high"][0] < 0.03
    assert 0.97 < chances["low"][1] < 0.99
    assert (chances["low"][0], chances["high"][1]) == (0.0, 1.0)
    assert (chances["low"][-1], chances["high"][-1]) == (1.0, 1.0)  # all months are over


def test_solo_lesson_over_the_api_from_start_to_debrief(context):
    with serve_api(context) as clients:
        joined = clients().post("solo", {"scenario": "two-states", "seat": "alba", "rounds": 4, "seed": 1})
        student = clients(f"Bearer {joined['token']}")
        assert clients().request("POST", "look", {"code": joined["code"]})[0] == 404
        student.post("forecast", {"at": 0, "percent": CERTAIN_BREAKDOWN})
        advice = {each["verb"]: each for each in student.get("advice")["advice"]}
        assert advice["conduct:borea"]["option"] in ("friendly", "hostile", "step")
        assert advice["conduct:borea"]["terms"][0]["condition"] == "cooperation"
        student.post("move", {"turn": 1, "base": 0, "choices": {"conduct:borea": "hostile"}, "done": True})
        for _ in range(40):
            if student.get("me")["turn"] == 2:
                break
            time.sleep(0.1)
        shown = student.get("me")
        assert shown["move"]["last"][0]["option"] == "hostile"
        student.post("solo/do", {"action": "end"})
        while not (debrief := student.get("debrief"))["ready"]:
            time.sleep(0.1)
        assert debrief["forecasts"]["mine"] == brier_score(CERTAIN_BREAKDOWN, debrief["outcome"])
        assert debrief["ghosts"][0]["seat"] == "alba"
        assert "<html" in student.get("solo/export/report.html")
