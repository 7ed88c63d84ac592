"""Orders of participants: where they take effect, their limits, and simultaneous moves."""

import json
import threading

import pytest
from support.classroom import join_seat, make_lesson, submit_choices

from agents.assembly import Assembly
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.available_actions import choice_limits
from dashboards.classroom.game.simulation import ClassSimulation
from model.enumerations import Channel
from model.loading import load_scenario


def test_orders_take_effect_only_where_they_apply():
    scenario = load_scenario("two-states", {"rounds": 24})
    verbs = {
        "accuse:border": "accuse",
        "propose:border": "propose",
        "seek:border": "stay_away",
        "conduct:borea": "hostile",
    }
    simulation = ClassSimulation(scenario, 3)
    results = {each.verb: each for each in simulation.play_turn({"alba": verbs}, 1)}
    assert not results["accuse:border"].took  # there is no inspection report
    assert not results["propose:border"].took  # without talks, nothing can be proposed
    assert simulation.world.contact[0] == 0
    assert results["conduct:borea"].took
    assert simulation.world.conduct[0, 1] == 0
    assert results["conduct:borea"].agent in ("friendly", "hostile", "step")
    pressure = float(simulation.world.pressure[0, 1])
    simulation.play_turn({"alba": {"press:borea": "raise"}}, 1)
    assert simulation.world.pressure[0, 1] == pytest.approx(min(pressure + simulation.world.pressure_speed, 1.0))


def test_honest_reports_take_effect_only_after_inspections():
    agreed = {"rounds": 30, "negotiations.nuclear.rungs.clarification.status": "verified"}
    simulation, inspections = ClassSimulation(load_scenario("us-iran-2026", agreed), 3), []
    honest = {verb: "as_found" for verb in simulation.verbs["iaea"] if verb.startswith("report:")}
    for _ in range(30):
        results = simulation.play_turn({"iaea": honest}, 1)
        inspected = bool(simulation.world.inspected.any())
        assert [(each.took, each.agent) for each in results] == [(inspected, "as_found" if inspected else None)] * len(
            honest
        )
        assert not any(each.differed for each in results)
        inspections.append(inspected)
    assert {*inspections} == {True, False}
    assert simulation.overrides == []
    agents_run = Assembly(load_scenario("us-iran-2026", agreed), rng=3).run()
    assert simulation.ledger.digest() == agents_run.ledger.digest()


def test_more_cautious_party_decides_shared_acts():
    simulation = ClassSimulation(load_scenario("two-states"), 3)
    choices = {"alba": {"channel:border": "direct"}, "borea": {"channel:border": "facilitator"}}
    for _ in range(6):
        simulation.play_turn(choices, 1)
        if simulation.world.contact[0] and simulation.world.effort[0, 0].any():
            assert simulation.world.channel[0] == Channel.INDIRECT
            return
    pytest.fail("no talks in six months")


def test_facilitator_tasks_are_limited_by_capacity(context):
    room, lesson = make_lesson(context, "us-iran-2026")
    lesson.set_phase("playing", turn=1)
    seat = next(name for name, kind in lesson.seat_kinds().items() if kind == "facilitator")
    person = join_seat(context, room, seat)
    limit = choice_limits(lesson.simulation, seat, 1)[0]
    assert 0 < limit.most < len(limit.verbs)
    with pytest.raises(RefusedError, match=f"At most {limit.most}"):
        submit_choices(lesson, person, seat, dict.fromkeys(limit.verbs, "take"))
    submit_choices(lesson, person, seat, {limit.verbs[-1]: "take"})
    lesson.resolve_turn()
    assert lesson.simulation.world.effort[lesson.simulation.world.names.facilitator.index(seat)].sum() == 1


def test_one_of_two_simultaneous_moves_is_accepted(context):
    room, lesson = make_lesson(context)
    people = [join_seat(context, room, "alba", name) for name in ("Mina", "Omid")]
    lesson.set_phase("playing", turn=1)
    outcomes, ready = [], threading.Barrier(2)

    def send(person, option):
        ready.wait()
        try:
            outcomes.append(submit_choices(lesson, person, "alba", {"conduct:borea": option}))
        except RefusedError as refused:
            outcomes.append(refused.body())

    threads = [threading.Thread(target=send, args=each) for each in zip(people, ("friendly", "hostile"), strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    accepted = next(each for each in outcomes if "version" in each)
    refused_move = next(each for each in outcomes if "error" in each)
    assert refused_move["error"]["code"] == "move.newer"
    assert (
        refused_move["move"]["choices"] == accepted["choices"] == json.loads(lesson.latest_moves()["alba"]["choices"])
    )
