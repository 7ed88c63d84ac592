"""Who proposes what, who examines it, and what a side believes afterwards."""

import math

import numpy as np
import pytest
from support.rounds import record_rounds
from support.worlds import make_world, scenario_with_only, smallest_scenario, text

from experiments.engine.kernel import advance
from experiments.validation.degenerate import isolated_scenario
from model.enumerations import RungStatus
from model.overrides import Override
from model.rules.bargaining import make_offer, propose, prospect_terms
from model.rules.scrutiny import (
    FACILITATOR_TEXT,
    condemnation_terms,
    examine,
    is_under_examination,
    recoverable_share,
)

pytestmark = pytest.mark.uncompiled
TALKS, FIRST, SECOND = (0,), (0, 0), (0, 1)
MEETING = {"negotiations.talks.talking": True, "contact.contact_stop": 0.0, "contact.tension_ends_contact": 0.0}
MODEST = {"bargaining.share_scale": 0.3}  # the two demands leave something over
EAGER = {
    **MEETING, **MODEST,
    "bargaining.eagerness": 1.0, "relations.alba.borea.trust": 0.9, "relations.borea.alba.trust": 0.9,
}  # fmt: skip


def proposals(changes, mechanisms=(), rounds=1, **more):
    """Return how often each side proposed."""
    seen = record_rounds(
        scenario_with_only(mechanisms, {**EAGER, **changes}, **more), rounds, ("proposed", FIRST), ("proposed", SECOND)
    )
    return seen.sum(axis=0).tolist()


def test_eager_sides_in_contact_propose_and_others_do_not():
    assert proposals({}) == [1.0, 1.0]
    assert proposals({"contact.contact_stop": 1.0}) == [0.0, 0.0]
    hostile = {"relations.alba.borea.tension": 1.0, "relations.borea.alba.tension": 1.0}
    assert proposals({**hostile, "bargaining.eagerness": 0.0}, rounds=20) == [0.0, 0.0]


def test_a_proposer_weighs_what_the_step_is_worth_to_itself():
    """With full trust the first party gains from the step, the second, at no trust, would lose."""
    assert proposals({"relations.borea.alba.trust": 0.02, "scrutiny.loss_weight": 5.0}) == [1.0, 0.0]


def test_a_proposer_locked_in_at_home_does_not_propose():
    locked = Override(1, "update_audience_cost", None, "alba", None, 5.0)
    scenario = scenario_with_only(
        "audience_costs", {**EAGER, "home.lock_in": 1.0, "bargaining.probing": 1.0, "home.audience_decay": 0.0}
    )
    moves = (locked, Override(2, "status", "talks", None, "step-1", float(RungStatus.IDLE)))
    moves += (Override(1, "status", "talks", None, "step-1", float(RungStatus.IDLE)),)
    seen = record_rounds(scenario, 2, ("proposed", FIRST), ("proposed", SECOND), overrides=moves)
    assert seen.tolist() == [[1.0, 1.0], [0.0, 1.0]]


def test_no_prospect_of_agreement_no_proposal():
    demanding = {f"states.{name}.resolve": 0.9 for name in ("alba", "borea")} | {"bargaining.share_scale": 0.6}
    assert proposals(demanding) == [0.0, 0.0]
    assert proposals({**demanding, "bargaining.probing": 1.0}) == [1.0, 1.0]


def test_failures_make_sides_slower_to_propose():
    failed = Override(1, "failures", "talks", None, None, 20.0)
    idle = tuple(Override(now, "status", "talks", None, "step-1", float(RungStatus.IDLE)) for now in (1, 2))
    for giving_up, proposed in ((0.1, 0.0), (0.0, 1.0)):
        scenario = scenario_with_only((), {**EAGER, "process.giving_up": giving_up})
        seen = record_rounds(scenario, 2, ("proposed", FIRST), overrides=(failed, *idle))[:, 0]
        assert seen.tolist() == [1.0, proposed]


def test_the_estimate_errs_less_with_the_help_of_drafters():
    errors = []
    for spread, formulation in ((0.0, 0.0), (0.2, 0.0), (0.2, 0.8)):
        data = smallest_scenario()
        data["facilitators"] = {
            "helper": {"name": text("H"), "capacity": 20, "task_cost": 0, "formulation": formulation, "leverage": 0}
        }
        data["negotiations"]["talks"]["facilitators"] = ["helper"]
        certain = {
            "bargaining.estimate_error": spread,
            "facilitators.helper.credibility": 1.0,
            "bargaining.eagerness": 0.0,
            **MEETING,
            **MODEST,
        }
        seen = record_rounds(
            isolated_scenario(("facilitation",), certain, data), 300, ("estimate", FIRST), ("reservation_value", SECOND)
        )
        errors.append(float(np.std(seen[:, 0] - seen[:, 1])))
    assert errors[0] == 0.0
    assert errors[1] == pytest.approx(0.2, rel=0.15)
    assert errors[2] == pytest.approx(0.2 * (1 - 0.8), rel=0.15)


def proposed_world(author, mechanisms=("scrutiny",), **reservations):
    """Return a world just after a proposal of an author, with given reservation values and estimates."""
    world = make_world(scenario_with_only(mechanisms))
    advance(world, 1)
    world.status[0, 0], world.rung[0], world.author[0] = RungStatus.PROPOSED, 0, author
    world.proposed[0] = [author != 1, author != 0]
    for name, values in reservations.items():
        getattr(world, name)[0] = values
    return world


@pytest.mark.parametrize(
    ("author", "examined"), [(0, [False, True]), (1, [True, False]), (FACILITATOR_TEXT, [True, True])]
)
def test_a_side_examines_every_text_but_its_own(author, examined):
    world = proposed_world(author)
    assert [is_under_examination(world.compiled, 0, side) for side in (0, 1)] == examined


def test_an_author_accepts_its_own_text_for_good():
    proposed = Override(1, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))
    written = Override(1, "choose_author", "talks", None, None, 0.0)
    closed = {"states.alba.dialogue": 0.0, "scrutiny.outside_option": 1.0, "bargaining.share_scale": 1.0}
    scenario = scenario_with_only("scrutiny", closed)
    waits = tuple(Override(now, "answer_proposal", "talks", "borea", None, 0) for now in range(1, 9))
    seen = record_rounds(scenario, 8, ("answer", FIRST), ("status", FIRST), overrides=(proposed, written, *waits))
    assert seen[1:, 0].tolist() == [1.0] * 7
    assert (seen[:, 1] == RungStatus.PROPOSED).all()


@pytest.mark.parametrize(("detection", "reversibility"), [(0.0, 0.8), (0.5, 0.0), (0.5, 0.8), (1.0, 1.0)])
def test_verification_lowers_the_doubt_about_a_large_step(detection, reversibility):
    data, rung = smallest_scenario(), "negotiations.talks.rungs.step-1"
    data["bodies"] = {"watch": {"name": text("W"), "detection": detection}}
    certain = {
        f"{rung}.verifier": "watch", f"{rung}.access": 1.0, f"{rung}.verifiability": 1.0,
        f"{rung}.reversibility": reversibility, "scrutiny.stake_caution": 6.0,
    }  # fmt: skip
    world = make_world(isolated_scenario(("scrutiny",), certain, data))
    seen = world.compiled
    assert recoverable_share(seen, 0, 0) == pytest.approx(detection * reversibility)
    world.status[0, 0], world.rung[0], world.author[0] = RungStatus.PROPOSED, 0, 1
    world.trust[0, 1] = 0.5
    honest, deceitful = seen.suspicious_if_honest, seen.suspicious_if_deceitful
    steps = np.array([math.log(deceitful / honest), math.log((1 - deceitful) / (1 - honest))])
    findings = np.array([[bad, good] for bad in range(7) for good in range(7 - bad)]) @ steps
    start = 6.0 * world.stake[0, 0] * (1.0 - detection * reversibility)
    assert np.abs(findings - (examine(seen, 0, 0) - start)).min() < 1e-9


@pytest.mark.parametrize(
    ("author", "least", "guess", "share"),
    [
        (FACILITATOR_TEXT, [0.3, 0.5], [0.0, 0.0], 0.4),
        (0, [0.3, 0.4], [0.4, 0.9], 1 - (0.4 + 0.5 * 0.3)),
        (1, [0.3, 0.4], [0.9, 0.2], 0.2 + 0.5 * 0.4),
        (0, [0.7, 0.4], [0.9, 0.9], 0.7),
        (1, [0.7, 0.6], [0.9, 0.9], 0.4),
    ],
)
def test_offers_split_what_is_left_and_keep_the_own_reservation(author, least, guess, share):
    world = proposed_world(author, reservation_value=least, estimate=guess)
    assert make_offer(world.compiled, 0) == pytest.approx(share)


def test_nobody_refuses_its_own_text():
    """Over many worlds with every mechanism of bargaining on, an author's answer is never a refusal."""
    changes = {"bargaining.resolve_spread": 0.3, "bargaining.probing": 0.5, "negotiations.talks.talking": True}
    on = ("scrutiny", "audience_costs", "impatience", "reputation", "reciprocity", "noise", "ratification")
    columns = ("author", TALKS), ("answer", FIRST), ("answer", SECOND)
    refused = own = 0
    for seed in range(12):
        for author, *answers in record_rounds(scenario_with_only(on, changes), 60, *columns, seed=seed):
            refused += sum(answer < 0 for answer in answers)
            own += author in (0, 1) and answers[int(author)] < 0
    assert refused > 20
    assert own == 0


def test_prospect_counts_both_demands_and_the_gap_probed():
    world = proposed_world(0, reservation_value=[0.4, 0.5], estimate=[0.55, 0.4])
    assert prospect_terms(world.compiled, 0, 0)[:3] == pytest.approx((1.0, -0.4, -0.55))
    world.status[0, 0], world.contact[0] = RungStatus.IDLE, 0
    assert not propose(world.compiled, 0, 0)


def test_a_new_government_draws_a_new_stance():
    changed = Override(4, "change_government", None, "alba", None, 1)
    scenario = scenario_with_only("turnover", {
        "bargaining.resolve_spread": 0.3, "states.alba.turnover": 0.0, "states.borea.turnover": 0.0,
    })  # fmt: skip
    one, other = record_rounds(scenario, 8, ("stance", (0,)), ("stance", (1,)), overrides=(changed,)).T
    assert len(set(other)) == 1
    assert [len(set(part)) for part in (one[:4], one[4:])] == [1, 1]
    assert one[3] != one[4] != 0.0


def test_a_condemnation_lowers_trust_in_the_next_month():
    proposed = Override(1, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))
    scenario = scenario_with_only(("scrutiny", "reputation"), {
        **MODEST, "belief.memory": 1.0, "belief.conduct_evidence": 0.0, "belief.examination_evidence": 2.0,
        "belief.betrayal_weight": 3.0, "states.alba.dialogue": 0.0,
    })  # fmt: skip
    waits = tuple(Override(now, "answer_proposal", "talks", "borea", None, 0) for now in range(1, 9))
    columns = ("trust", (0, 1)), ("bad_evidence", (0, 1)), ("answer", FIRST)
    for doubt, bad in ((5.0, 6.0), (-5.0, 0.0)):
        moves = (proposed, Override(2, "examine", "talks", "alba", None, doubt), *waits)
        seen = record_rounds(scenario, 4, *columns, overrides=moves)
        assert seen[1, 2] == math.copysign(1.0, -doubt)
        assert seen[2, 1] - seen[1, 1] == pytest.approx(bad)
        assert (seen[2, 0] < seen[1, 0]) == (bad > 0)


def test_an_answer_of_no_interest_does_not_condemn():
    """A refusal for the share alone is no evidence about the other side."""
    world = proposed_world(1)
    world.doubt[FIRST] = -10.0
    terms = condemnation_terms(world.compiled, *FIRST)
    assert terms.doubt < terms.threshold


def test_a_collapse_lowers_trust_by_the_stake_that_fell():
    scenario = scenario_with_only("reputation", {
        "belief.memory": 1.0, "belief.conduct_evidence": 0.0, "belief.rung_evidence": 6.0, "belief.betrayal_weight": 2.0,
        "negotiations.talks.rungs.step-1.status": "verified", "states.alba.dialogue": 0.0,
    })  # fmt: skip
    moves = (Override(2, "status", "talks", None, "step-1", float(RungStatus.COLLAPSED)),)
    bad = record_rounds(scenario, 4, ("bad_evidence", (0, 1)), ("bad_evidence", (1, 0)), overrides=moves)
    assert bad[2] - bad[1] == pytest.approx([2.0 * 6.0 / 3] * 2)
    assert bad[3].tolist() == bad[2].tolist()


def test_without_evidence_trust_returns_to_the_inherited_prior():
    scenario = scenario_with_only("reputation", {
        "belief.memory": 0.8, "belief.conduct_evidence": 0.0, "relations.alba.borea.trust": 0.2, "states.alba.dialogue": 0.0,
    })  # fmt: skip
    moves = (Override(1, "update_good_evidence", None, "alba", "borea", 30.0),)
    trust = record_rounds(scenario, 80, ("trust", (0, 1)), overrides=moves)[:, 0]
    assert trust[0] > 0.8
    assert (np.diff(trust) < 0.0).all()
    assert trust[-1] == pytest.approx(0.2, abs=1e-6)
