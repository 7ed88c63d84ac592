"""Demands backed by threats, what follows them, and the use of force."""

import numpy as np
import pytest
from support.rounds import record_rounds
from support.worlds import make_world, scenario_with_only

from model.enumerations import RungStatus
from model.overrides import Override
from model.rules.home import RALLY, RETREAT_COST, SUPPORT_SPEED
from model.rules.tension import DEMAND_PROVOKES, FORCE_PROVOKES
from model.rules.threats import CREDIBILITY_SPEED, IMPOSED_REMAINS, demand_terms, force_terms

pytestmark = pytest.mark.uncompiled
PAIR, BACK, TALKS = (0, 1), (1, 0), (0,)
QUIET = {"threats.threat_hazard": 0.0, "states.alba.dialogue": 0.0, "home.support_weight": 0.0}


def demand(now, concedes=None, carries_out=None):
    """Return moves by which the first party makes a demand, the second answers, and the first carries it out or not."""
    moves = [Override(now, "make_demand", None, "alba", "borea", 1)]
    moves += [] if concedes is None else [Override(now, "concede", None, "borea", "alba", concedes)]
    moves += [] if carries_out is None else [Override(now, "carry_out_threat", None, "alba", "borea", carries_out)]
    return tuple(moves)


OUTCOMES = ("demands", PAIR), ("concedes", BACK), ("carries_out", PAIR), ("backs_down", PAIR)


@pytest.mark.parametrize(
    ("moves", "outcome"),
    [
        (demand(2, 1), [1, 1, 0, 0]),
        (demand(2, 0, 1), [1, 0, 1, 0]),
        (demand(2, 0, 0), [1, 0, 0, 1]),
        ((), [0, 0, 0, 0]),
    ],
)
def test_a_demand_ends_in_concession_punishment_or_retreat(moves, outcome):
    seen = record_rounds(scenario_with_only("threats", QUIET), 3, *OUTCOMES, overrides=moves)
    assert seen[1].tolist() == outcome
    assert (seen[[0, 2]] == 0.0).all()


def test_threats_have_exactly_one_outcome_in_every_month():
    certain = {"threats.threat_hazard": 1.0, "threats.threat_harm": 1.0, "relations.alba.borea.tension": 1.0}
    scenario = scenario_with_only("threats", {**QUIET, **certain})
    demands, *outcomes = record_rounds(scenario, 60, *OUTCOMES).T
    assert 20 < demands.sum() <= 60
    assert np.array_equal(demands, sum(outcomes))
    assert all(outcome.any() for outcome in outcomes)


def test_credibility_follows_whether_threats_are_carried_out():
    moves = demand(1, 0, 1) + demand(2, 0, 0) + demand(3, 1)
    seen = record_rounds(scenario_with_only("threats", QUIET), 4, ("threat_credibility", (0,)), overrides=moves)[:, 0]
    kept = 0.5 + CREDIBILITY_SPEED * 0.5
    assert seen.tolist() == pytest.approx([kept, *[kept * (1 - CREDIBILITY_SPEED)] * 3])


def test_a_threat_carried_out_adds_pressure_that_fades():
    speeds = {"pressure.pressure_speed": 1.0, "pressure.relief_speed": 1.0, "pressure.escalation": 0.4}
    scenario = scenario_with_only(("threats", "pressure"), {**QUIET, **speeds})
    seen = record_rounds(scenario, 5, ("imposed", PAIR), ("pressure", PAIR), overrides=demand(2, 0, 1))
    assert seen[0].tolist() == [0.0, 0.0]
    for now in (1, 2, 3):
        assert seen[now] == pytest.approx([0.4 * IMPOSED_REMAINS ** (now - 1)] * 2)
    assert not record_rounds(scenario, 5, ("imposed", PAIR), overrides=demand(2, 0, 0)).any()


@pytest.mark.parametrize(("moves", "loser"), [(demand(1, 1), 1), (demand(1, 0, 0), 0)])
def test_giving_way_and_backing_down_cost_support(moves, loser):
    scenario = scenario_with_only(("threats", "ratification"), QUIET)
    seen = record_rounds(scenario, 1, ("support", (0,)), ("support", (1,)), overrides=moves)[0]
    assert seen[loser] == pytest.approx(0.55 - RETREAT_COST)
    assert seen[1 - loser] == pytest.approx(0.55)


def test_a_demand_is_heard_at_home_and_abroad():
    scenario = scenario_with_only(("threats", "audience_costs", "tension"), {**QUIET, "home.audience_growth": 0.2})
    quiet, loud = (
        record_rounds(scenario, 2, ("audience_cost", (0,)), ("posture", BACK), overrides=moves)
        for moves in ((), demand(1, 1))
    )
    assert loud[0, 0] - quiet[0, 0] == pytest.approx(0.2)
    assert max(loud[:, 1] - quiet[:, 1]) == pytest.approx(DEMAND_PROVOKES)


def test_talks_halve_the_hazard_of_demands_between_parties():
    changes = {"threats.threat_hazard": 0.5, "relations.alba.borea.tension": 0.8}
    world = make_world(scenario_with_only("threats", changes, states=3))
    assert demand_terms(world.compiled, 0, 1)[:3] == pytest.approx((0.4, 0.0, 0.0))
    world.contact[0] = 1
    assert sum(demand_terms(world.compiled, 0, 1)[:3]) == pytest.approx(0.2)
    seen = record_rounds(scenario_with_only("threats", {
        **changes, "relations.third-0.alba.tension": 1.0, "threats.threat_hazard": 1.0,
    }, states=3), 30, ("demands", (2, 0)))  # fmt: skip
    assert not seen.any()


def test_audience_costs_commit_to_a_threat():
    """With no audience cost a cheap threat at no tension is carried out in about 3 of 20 cases, with .6 in 3 of 4."""
    low = {**QUIET, "relations.alba.borea.tension": 0.0, "contact.cost_of_pressure": 0.15, "home.audience_decay": 0.0}
    shares = []
    for cost in (0.0, 0.6):
        moves = [Override(1, "update_audience_cost", None, "alba", None, cost)]
        moves += [move for now in range(2, 202) for move in demand(now, 0)]
        moves += [Override(now, "update_audience_cost", None, "alba", None, cost) for now in range(2, 202)]
        scenario = scenario_with_only(("threats", "audience_costs"), low)
        shares.append(record_rounds(scenario, 201, ("carries_out", PAIR), overrides=moves)[1:, 0].mean())
    assert shares == pytest.approx([0.15, 0.75], abs=0.1)


FORCE = {"threats.force_threshold": 0.5, "threats.force_hazard": 0.0, "states.alba.dialogue": 0.0}
ATTACK = (Override(3, "use_force", None, "alba", "borea", 1),)


def test_force_needs_its_switch_and_a_posture_past_the_threshold():
    hot = {
        **FORCE,
        "threats.force_hazard": 1.0,
        "relations.alba.borea.tension": 1.0,
        "relations.borea.alba.tension": 0.4,
    }
    columns = ("uses_force", PAIR), ("uses_force", BACK)
    seen = record_rounds(scenario_with_only("force", hot), 60, *columns)
    assert 10 < seen[:, 0].sum() < 60  # the hazard is 0.5
    assert not seen[:, 1].any()
    assert not record_rounds(scenario_with_only("threats", hot), 60, *columns).any()


def test_force_ends_agreements_talks_and_inspections():
    steps = {
        "negotiations.talks.rungs.step-1.status": "verified", "negotiations.talks.rungs.step-2.status": "implementing",
        "negotiations.talks.rungs.step-2.duration": 50, "negotiations.talks.access": 0.5, "process.reopening": 0.0,
    }  # fmt: skip
    columns = (
        ("status", (0, 0)),
        ("status", (0, 1)),
        ("process", TALKS),
        ("access", TALKS),
        ("inspectors_barred", TALKS),
    )
    seen = record_rounds(scenario_with_only(("force", "processes"), {**FORCE, **steps}), 6, *columns, overrides=ATTACK)
    assert seen[1].tolist() == [RungStatus.VERIFIED, RungStatus.IMPLEMENTING, 1.0, pytest.approx(0.9), 0.0]
    assert (seen[2:] == [RungStatus.COLLAPSED, RungStatus.COLLAPSED, 0.0, 0.0, 1.0]).all()


def test_force_raises_tension_and_rallies_the_attacked():
    scenario = scenario_with_only(("force", "tension", "ratification"), {
        **FORCE, "tension.tension_step": 0.0, "tension.contact_calms": 0.0, "relations.borea.alba.tension": 0.2,
    })  # fmt: skip
    columns = ("posture", BACK), ("support", (1,)), ("support", (0,))
    peace, war = (record_rounds(scenario, 8, *columns, overrides=moves) for moves in ((), ATTACK))
    assert war[3:, 0] - peace[3:, 0] == pytest.approx([FORCE_PROVOKES] * 5)
    assert war[2, 1] - peace[2, 1] == pytest.approx(RALLY)
    assert war[-1, 1] - peace[-1, 1] == pytest.approx(RALLY * (1 - SUPPORT_SPEED) ** 5)
    assert np.array_equal(war[:, 2], peace[:, 2])


def test_defiance_adds_and_agreements_reduce_the_hazard_of_force():
    changes = {**FORCE, "threats.force_hazard": 0.2, "negotiations.talks.rungs.step-1.status": "verified"}
    world = make_world(scenario_with_only(("force", "threats"), changes))
    world.posture[PAIR] = 0.9
    assert force_terms(world.compiled, *PAIR)[:4] == pytest.approx((0.08, 0.0, 0.0, -0.2 / 3))
    world.demands[PAIR], world.stance[0] = 1, 0.1
    assert force_terms(world.compiled, *PAIR)[1:3] == pytest.approx((0.2, 0.02))
