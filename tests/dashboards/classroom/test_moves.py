"""What people order: where it takes effect, its limits, and two moves for one seat."""

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


def test_orders_bite_only_where_there_is_an_occasion():
    scenario = load_scenario("two-states", {"rounds": 24})
    verbs = {
        "accuse:border": "accuse",
        "table:border": "propose",
        "seek:border": "stay_away",
        "conduct:borea": "hostile",
    }
    table = ClassSimulation(scenario, 3)
    came = {each.verb: each for each in table.play_turn({"alba": verbs}, 1)}
    assert not came["accuse:border"].took  # no inspector has reported anything
    assert not came["table:border"].took  # who stays away from talks can table nothing there
    assert table.world.contact[0] == 0
    assert came["conduct:borea"].took
    assert table.world.conduct[0, 1] == 0
    assert came["conduct:borea"].agent in ("friendly", "hostile", "step")
    pressure = float(table.world.pressure[0, 1])
    table.play_turn({"alba": {"press:borea": "raise"}}, 1)
    assert table.world.pressure[0, 1] == pytest.approx(min(pressure + table.world.pressure_speed, 1.0))


def test_a_body_that_reports_what_it_finds_is_told_in_which_turns_it_found_anything():
    table, told = ClassSimulation(load_scenario("us-iran-2026", {"rounds": 30}), 3), []
    honest = {verb: "as_found" for verb in table.verbs["iaea"] if verb.startswith("report:")}
    for _ in range(30):
        came = table.play_turn({"iaea": honest}, 1)
        looked = bool(table.world.inspected.any())
        assert [(each.took, each.agent) for each in came] == [(looked, "as_found" if looked else None)] * len(honest)
        assert not any(each.differed for each in came)
        told.append(looked)
    assert {*told} == {True, False}
    assert table.overrides == []
    alone = Assembly(load_scenario("us-iran-2026", {"rounds": 30}), rng=3).run()
    assert table.ledger.digest() == alone.ledger.digest()


def test_what_the_two_parties_share_goes_as_the_more_careful_one_wants():
    table = ClassSimulation(load_scenario("two-states"), 3)
    both = {"alba": {"channel:border": "direct"}, "borea": {"channel:border": "facilitator"}}
    for _ in range(6):
        table.play_turn(both, 1)
        if table.world.contact[0] and table.world.effort[0, 0].any():
            assert table.world.channel[0] == Channel.INDIRECT
            return
    pytest.fail("no talks in six months")


def test_a_facilitator_can_take_on_no_more_than_it_has_time_for(house):
    room, lesson = make_lesson(house, "us-iran-2026")
    lesson.go("playing", turn=1)
    seat = next(name for name, kind in lesson.kinds().items() if kind == "facilitator")
    person = join_seat(house, room, seat)
    limit = choice_limits(lesson.table, seat, 1)[0]
    assert 0 < limit.most < len(limit.verbs)
    with pytest.raises(RefusedError, match=f"At most {limit.most}"):
        submit_choices(lesson, person, seat, dict.fromkeys(limit.verbs, "take"))
    submit_choices(lesson, person, seat, {limit.verbs[-1]: "take"})
    lesson.resolve()
    assert lesson.table.world.effort[lesson.table.world.names.facilitator.index(seat)].sum() == 1


def test_of_two_moves_for_one_seat_one_wins_and_the_other_is_told(house):
    room, lesson = make_lesson(house)
    people = [join_seat(house, room, "alba", name) for name in ("Mina", "Omid")]
    lesson.go("playing", turn=1)
    told, ready = [], threading.Barrier(2)

    def send(person, option):
        ready.wait()
        try:
            told.append(submit_choices(lesson, person, "alba", {"conduct:borea": option}))
        except RefusedError as refused:
            told.append(refused.body())

    both = [threading.Thread(target=send, args=each) for each in zip(people, ("friendly", "hostile"), strict=True)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    won = next(each for each in told if "version" in each)
    lost = next(each for each in told if "error" in each)
    assert lost["error"]["code"] == "move.newer"
    assert lost["move"]["choices"] == won["choices"] == json.loads(lesson.sheets()["alba"]["choices"])
