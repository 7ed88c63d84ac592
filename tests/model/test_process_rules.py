"""Processes of talks end after failures and open again; ladders rest on their lower rungs; contact in spells."""

import numpy as np
import pytest
from support.rounds import record_rounds
from support.worlds import make_world, scenario_with_only, smallest_scenario, text

from experiments.engine.kernel import advance
from experiments.validation.degenerate import isolated_scenario
from model.enumerations import RungStatus
from model.overrides import Override
from model.rules.bargaining import can_propose
from model.rules.contact import meeting_terms
from model.rules.mediation import accept_mediation, assess_need
from model.rules.process import ending_terms, reopening_terms

pytestmark = pytest.mark.uncompiled
TALKS, FIRST = (0,), (0, 0)


def refused_each_second_round(rounds):
    """Return moves that propose the first rung in odd rounds and refuse it in even ones."""
    moves = []
    for now in range(1, rounds, 2):
        moves.append(Override(now, "status", "talks", None, "step-1", float(RungStatus.PROPOSED)))
        moves.append(Override(now + 1, "answer_proposal", "talks", "alba", None, -1.0))
    return tuple(moves)


def process_scenario(changes=None, **more):
    """Return a scenario with processes on, sides that never talk by themselves, and no new start."""
    calm = {"states.alba.dialogue": 0.0, "relations.alba.borea.tension": 0.0, "relations.borea.alba.tension": 0.0}
    return scenario_with_only("processes", {**calm, **(changes or {})}, **more)


def test_failures_are_counted_and_end_the_process():
    scenario = process_scenario({"process.giving_up": 1.0})
    columns = ("failures", TALKS), ("process_ends", TALKS), ("process", TALKS), ("refusals", TALKS)
    failures, ends, process, refusals = record_rounds(scenario, 6, *columns, overrides=refused_each_second_round(6)).T
    last = int(np.argmax(ends))
    assert last in (1, 3)  # after the first or, at the latest, the second failure: 0.5 and 1.0
    assert failures[last] == refusals[last] == (last + 1) // 2
    assert process[:last].all()
    assert not process[last:].any()


def test_without_giving_up_no_failure_ends_a_process():
    scenario = process_scenario({"process.giving_up": 0.0})
    seen = record_rounds(scenario, 20, ("process", TALKS), ("failures", TALKS), overrides=refused_each_second_round(20))
    assert (seen[:, 0] == 1.0).all()
    assert seen[-1, 1] == 10.0


def test_a_closed_process_resets_proposals_and_bars_contact():
    ended = Override(2, "process", "talks", None, None, 0.0)
    proposed = Override(2, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))
    scenario = process_scenario(
        {
            "states.alba.dialogue": 1.0,
            "negotiations.talks.talking": True,
            "process.reopening": 0.0,
            "contact.contact_stop": 0.0,
        }
    )
    columns = ("status", FIRST), ("contact", TALKS), ("proposed", FIRST), ("refusals", TALKS), ("failures", TALKS)
    seen = record_rounds(scenario, 12, *columns, overrides=(ended, proposed))
    assert seen[0, 1] == 1.0
    assert (seen[2:, 0] == RungStatus.IDLE).all()
    assert (seen[2:, 1:] == 0.0).all()


def test_an_agreement_in_force_survives_the_end_of_a_process():
    ended = Override(1, "process", "talks", None, None, 0.0)
    for status in ("ratified", "implementing", "verified"):
        scenario = process_scenario({"negotiations.talks.rungs.step-1.status": status, "process.reopening": 0.0})
        seen = record_rounds(scenario, 12, ("status", FIRST), ("process", TALKS), overrides=(ended,))
        assert (seen[-1] == [RungStatus.VERIFIED, 0.0]).all(), status


@pytest.mark.parametrize(
    ("move", "reopens"),
    [
        (None, False),
        (Override(5, "change_government", None, "alba", None, 1), True),
        (Override(5, "attack_talks", None, "wreckers", None, 1), True),
    ],
)
def test_a_new_government_or_an_attack_reopens_a_process(move, reopens):
    data = smallest_scenario()
    data["spoilers"] = {"wreckers": {"name": text("W"), "negotiation": "talks", "blamed_on": "borea", "hazard": 0.0}}
    quiet = {
        "process.reopening": 0.0, "process.shock_reopens": 1.0, "attacks.attack_near_deal": 0.0,
        "states.alba.turnover": 0.0, "states.borea.turnover": 0.0,
    }  # fmt: skip
    scenario = isolated_scenario(("processes", "turnover", "spoilers"), quiet, data)
    moves = (Override(1, "process", "talks", None, None, 0.0), *([move] if move else []))
    seen = record_rounds(scenario, 8, ("process", TALKS), ("process_opens", TALKS), overrides=moves)
    assert seen[3, 0] == 0.0
    assert bool(seen[-1, 0]) == reopens
    assert seen[:, 1].sum() == reopens


def test_openness_reopens_and_tension_prevents_it():
    open_sides = {"states.alba.dialogue": 0.5, "states.borea.dialogue": 0.8, "contact.direct_trust": 1.0}
    world = make_world(process_scenario({**open_sides, "process.reopening": 0.4}))
    assert reopening_terms(world.compiled, 0).dialogue == pytest.approx(0.4 * 0.5 * 0.8 * 0.5**2)
    world.posture[:] = 0.75
    assert sum(reopening_terms(world.compiled, 0)[:4]) == pytest.approx(0.25 * 0.04)


def test_a_new_start_forgets_half_the_failures_a_rung_all():
    moves = (*refused_each_second_round(4), Override(5, "process_opens", "talks", None, None, 1.0))
    seen = record_rounds(process_scenario(), 6, ("failures", TALKS), overrides=moves)[:, 0]
    assert seen.tolist() == [0, 1, 1, 2, 2, 1]
    moves = (
        *refused_each_second_round(4),
        Override(5, "status", "talks", None, "step-1", float(RungStatus.IMPLEMENTING)),
    )
    one = {"negotiations.talks.rungs.step-1.duration": 1}
    seen = record_rounds(process_scenario(one), 7, ("failures", TALKS), ("status", FIRST), overrides=moves)
    verified = int(np.argmax(seen[:, 1] == RungStatus.VERIFIED))
    assert seen[verified - 1, 0] == 2.0
    assert seen[verified, 0] == 0.0


def test_a_withdrawal_and_a_collapse_are_failures():
    step = {"negotiations.talks.rungs.step-1.status": "verified", "ladder.abandonment": 0.0}
    scenario = scenario_with_only(("turnover",), {**step, "states.alba.dialogue": 0.0})
    moves = (Override(1, "withdraw", "talks", "alba", None, 1),)
    assert record_rounds(scenario, 2, ("failures", TALKS), overrides=moves)[:, 0].tolist() == [1.0, 1.0]
    moves = (Override(1, "status", "talks", None, "step-1", float(RungStatus.COLLAPSED)),)
    assert record_rounds(scenario, 1, ("failures", TALKS), overrides=moves)[0, 0] == 1.0


@pytest.mark.parametrize("waiting", [RungStatus.PROPOSED, RungStatus.SCRUTINISED])
def test_a_withdrawal_sets_aside_the_talks_on_the_next_step(waiting):
    agreed = {"negotiations.talks.rungs.step-1.status": "verified", "ladder.abandonment": 0.0}
    scenario = scenario_with_only("turnover", {**agreed, "states.alba.dialogue": 0.0})
    on_the_table = Override(2, "status", "talks", None, "step-2", float(waiting))
    moves = (on_the_table, Override(3, "withdraw", "talks", "alba", None, 1))
    columns = ("status", (0, 1)), ("refusals", TALKS), ("unratified", TALKS), ("failures", TALKS)
    seen = record_rounds(scenario, 3, *columns, overrides=moves)
    assert seen[-1].tolist() == [RungStatus.IDLE, 0.0, 0.0, 1.0]


def test_nobody_proposes_until_a_withdrawal_has_cooled_off():
    world = make_world(scenario_with_only("turnover", {"ladder.cool_down": 4}))
    advance(world, 1)
    world.contact[0], world.rung[0], world.status[0, 0] = 1, 0, RungStatus.IDLE
    waits = []
    for absence in range(7):
        world.rounds_withdrawn[0, 1] = absence
        waits.append(not can_propose(world.compiled, 0, 0))
    assert waits == [False, True, True, True, True, False, False]


def test_failures_and_tension_end_and_agreements_keep_a_process():
    world = make_world(
        process_scenario({"process.giving_up": 0.1, "negotiations.talks.rungs.step-1.status": "verified"})
    )
    world.failures[0], world.posture[0, 1] = 3, 0.6
    terms = ending_terms(world.compiled, 0)
    assert terms[:4] == pytest.approx((0.25, 0.03, 0.0, -0.1 / 3))


@pytest.mark.parametrize("failed", [RungStatus.BREACHED, RungStatus.SNAPPED, RungStatus.COLLAPSED])
def test_no_rung_is_implemented_above_a_failed_lower_one(failed):
    steps = {
        "negotiations.talks.rungs.step-1.status": "verified", "negotiations.talks.rungs.step-2.status": "implementing",
        "negotiations.talks.rungs.step-2.duration": 50, "states.alba.dialogue": 0.0,
    }  # fmt: skip
    moves = (Override(3, "status", "talks", None, "step-1", float(failed)),)
    seen = record_rounds(scenario_with_only((), steps), 6, ("status", FIRST), ("status", (0, 1)), overrides=moves)
    assert seen[2].tolist() == [failed, RungStatus.IMPLEMENTING]
    assert (seen[3:, 1] != RungStatus.IMPLEMENTING).all()


def test_tension_and_distrust_lead_to_withdrawal():
    shared = {
        "negotiations.talks.rungs.step-1.status": "verified",
        "states.alba.turnover": 0.0,
    }
    shared |= {"states.borea.turnover": 0.0, "relations.borea.alba.trust": 0.9, "relations.borea.alba.tension": 0.0}
    for trust, tension, leaves in ((0.02, 1.0, True), (0.9, 0.0, False)):
        mood = {"relations.alba.borea.trust": trust, "relations.alba.borea.tension": tension}
        scenario = scenario_with_only("turnover", {**shared, **mood, "ladder.abandonment": 0.5})
        assert record_rounds(scenario, 40, ("rounds_withdrawn", FIRST)).any() == leaves


def test_contact_ends_within_a_spell_and_starts_between_spells():
    world = make_world(scenario_with_only((), {"contact.contact_stop": 0.05, "contact.contact_start": 0.2}))
    world.posture[:] = 0.5
    start = meeting_terms(world.compiled, 0)
    assert start.habit == 0.0
    assert start.tension == pytest.approx(-0.5 * start.start)
    world.contact[0] = 1
    within = meeting_terms(world.compiled, 0)
    assert within.habit == pytest.approx(0.95)
    assert within.start == 0.0
    assert within.tension < 0.0


def test_facilitators_are_accepted_when_going_on_alone_is_costly():
    data = smallest_scenario()
    data["facilitators"] = {"helper": {"name": text("H")}}
    data["negotiations"]["talks"]["facilitators"] = ["helper"]
    world = make_world(isolated_scenario(("facilitation",), {"facilitation.mediation_threshold": 0.5}, data))
    world.present[:], world.posture[:] = 1, 0.1
    assert not accept_mediation(world.compiled, 0, 0)
    world.failures[0] = 3
    assert accept_mediation(world.compiled, 0, 0)
    world.failures[0], world.posture[:] = 0, 0.4
    assert accept_mediation(world.compiled, 0, 0)
    world.contact[0] = 1
    assert not accept_mediation(world.compiled, 0, 0)


def test_without_contact_it_is_the_most_urgent_service():
    world = make_world(scenario_with_only("facilitation"))
    world.rung[0] = 0
    needs = [assess_need(world.compiled, 0, service) for service in range(5)]
    assert max(range(5), key=needs.__getitem__) in (0, 4)
    world.contact[0] = 1
    meeting = [assess_need(world.compiled, 0, service) for service in range(5)]
    assert meeting[0] < needs[0]
    assert meeting[2] > needs[2]
