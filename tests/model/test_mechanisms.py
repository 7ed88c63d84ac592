"""Mechanisms: off equals absent; in degenerate scenarios they match closed forms."""

import math

import numpy as np
import pytest
from support.rounds import record_rounds
from support.worlds import ALL_OFF, measure_run, scenario_with_only, smallest_scenario, step_protocol, text

from experiments.engine.kernel import advance
from experiments.engine.worlds import Worlds
from model.enumerations import RungStatus
from model.loading import apply_changes, build_scenario, load_scenario
from model.mechanisms import Mechanisms
from model.overrides import Override
from model.protocol import PROTOCOL
from model.world import World


@pytest.mark.uncompiled  # compiled, each rule would be compiled once more for Python's own calls
@pytest.mark.parametrize("mechanism", sorted({act.mechanism for act in PROTOCOL} - {""}))
@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region"])
def test_a_mechanism_off_equals_a_protocol_without_its_acts(name, mechanism):
    """Every column of every round is identical byte for byte."""
    full, without = load_scenario(name), load_scenario(name, {f"mechanisms.{mechanism}": False})
    rest = tuple(act for act in PROTOCOL if not act.mechanism or getattr(without.mechanisms, act.mechanism))
    assert len(rest) < len(PROTOCOL)
    cut, off = World(full, 5), World(without, 5)
    cut.switches[:] = off.switches  # the only cell in which the two worlds may differ
    cut.bind_parameters()
    for _ in range(20):
        step_protocol(cut, rest)
        advance(off, 1)
        assert cut.snapshot() == off.snapshot()


@pytest.mark.uncompiled
def test_every_switch_has_acts_or_is_one_of_conduct():
    assert {act.mechanism for act in PROTOCOL} - {""} == {*Mechanisms.model_fields} - {"relations"}


RELATION_WEIGHTS = [f"conduct.{name}_moves_conduct" for name in ("trust", "tension", "deal", "pressure", "mood")]


@pytest.mark.parametrize("name", ["us-iran-2026", "two-states"])
def test_relations_off_equal_weights_of_zero(name):
    """With habits that the bound leaves alone."""
    states = load_scenario(name).states
    habits = {f"states.{one}.after_{acts}": 0.3 for one in states for acts in ("cc", "cd", "dc", "dd")}
    weights = dict.fromkeys(RELATION_WEIGHTS, 0.0)
    for seed in (1, 2):
        off = measure_run(load_scenario(name, {**habits, "mechanisms.relations": False}), seed)
        assert off.tobytes() == measure_run(load_scenario(name, {**habits, **weights}), seed).tobytes()
        assert off.tobytes() != measure_run(load_scenario(name, habits), seed).tobytes()


@pytest.mark.parametrize(
    ("mechanism", "changes"),
    [
        ("threats", {"threats.threat_hazard": 0.0}),
        ("force", {"threats.force_threshold": 100.0}),
        ("processes", {"process.giving_up": 0.0, "mechanisms.force": False}),
        ("intensity", {"conduct.mood_spread": 0.0, "conduct.silence": 0.0, **dict.fromkeys(RELATION_WEIGHTS, 0.0)}),
    ],
)
def test_a_new_switch_off_equals_its_null_values(mechanism, changes):
    for seed in (1, 2, 3):
        on, off = (
            measure_run(load_scenario("gulf-region", {**changes, f"mechanisms.{mechanism}": switch}), seed)
            for switch in (True, False)
        )
        assert on.tobytes() == off.tobytes()


def test_b13_trust_is_the_discounted_asymmetric_beta_mean():
    belief = {"rounds": 200, "belief.memory": 0.9, "belief.conduct_evidence": 1.0, "belief.betrayal_weight": 4.0}
    start = {"relations.alba.borea.trust": 0.5, "relations.alba.borea.evidence": 0.0, "states.alba.dialogue": 0.0}
    start["belief.confirmation_bias"] = 0.0
    scenario = scenario_with_only("reputation", {**belief, **start})
    trust = record_rounds(scenario, 200, ("trust", (0, 1)))[:, 0]
    for now in (1, 2, 10):
        count = (1 - 0.9**now) / 0.1
        assert trust[now - 1] == pytest.approx((count + 1) / (count + 2), abs=1e-12)
    assert trust[-1] == pytest.approx(11 / 12, abs=1e-8)
    betrayed = Override(150, "perceived", None, "alba", "borea", 0)
    after = record_rounds(scenario, 200, ("trust", (0, 1)), overrides=(betrayed,))[149:, 0]
    assert after[0] == pytest.approx((9 + 1) / (9 + 4 + 2), abs=1e-6)
    repaired = next(rounds for rounds, value in enumerate(after) if value >= 0.90)
    assert repaired == 28


def test_b06_costly_signals_multiply_the_odds():
    """An untrustworthy side takes a step of cost c with probability m = exp(-kappa c)."""
    scenario = scenario_with_only(
        ("reputation", "reassurance"),
        {
            "belief.memory": 1.0, "belief.conduct_evidence": 0.0, "belief.rung_evidence": 0.0,
            "belief.signal_cost_weight": 4 * math.log(4.0), "relations.alba.borea.trust": 0.3,
            "relations.alba.borea.evidence": 8.0, "ladder.climb_chance": 1.0,
        },
        rungs=4,
    )  # fmt: skip
    proved = Override(2, "status", "talks", None, "step-1", float(RungStatus.VERIFIED))
    begun = Override(1, "status", "talks", None, "step-1", float(RungStatus.IMPLEMENTING))
    trust, good, bad = record_rounds(
        scenario, 3, ("trust", (0, 1)), ("good_evidence", (0, 1)), ("bad_evidence", (0, 1)), overrides=(begun, proved)
    ).T
    assert trust[1] == pytest.approx(0.3)
    assert trust[2] == pytest.approx(0.3 / (0.3 + 0.7 * 0.25), abs=1e-12)
    assert good[2] + bad[2] == pytest.approx(10.0, abs=1e-12)  # a signal moves a belief without making it firmer


def test_b07_violence_lowers_trust_by_the_prevention_ratio():
    data = smallest_scenario()
    data["spoilers"] = {
        "wreckers": {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea", "hazard": 0.0}
    }
    scenario = build_scenario(apply_changes(data, {
        **ALL_OFF, "mechanisms.reputation": True, "mechanisms.spoilers": True, "belief.memory": 1.0,
        "belief.conduct_evidence": 0.0, "attacks.attack_near_deal": 0.0, "attacks.stopped_if_trustworthy": 0.8,
        "attacks.stopped_if_untrustworthy": 0.3, "relations.alba.borea.trust": 0.6, "relations.alba.borea.evidence": 8.0,
    }))  # fmt: skip
    columns = ("trust", (0, 1)), ("good_evidence", (0, 1)), ("bad_evidence", (0, 1))
    rounds = record_rounds(scenario, 3, *columns, overrides=(Override(1, "attack_talks", None, "wreckers", None, 1),))
    assert rounds[1, 0] == pytest.approx(0.3, abs=1e-12)
    assert rounds[1, 1] + rounds[1, 2] == pytest.approx(10.0, abs=1e-12)


def richardson(**more):
    """Return a scenario with Richardson's equations only."""
    zero = dict.fromkeys(
        ("provocation", "pressure_provokes", "contact_calms", "progress_calms"),
        0.0,
    )
    return scenario_with_only("tension", {
        **{f"tension.{name}": value for name, value in zero.items()},
        "tension.tension_step": 0.5, "states.alba.reaction": 0.5, "states.borea.reaction": 0.4,
        "states.alba.restraint": 0.8, "states.borea.restraint": 0.7, "relations.alba.borea.grievance": 0.3,
        "relations.borea.alba.grievance": 0.2, **more,
    })  # fmt: skip


def test_b11_postures_reach_richardsons_fixed_point():
    seen = record_rounds(richardson(), 400, ("posture", (0, 1)), ("posture", (1, 0)))
    assert seen[-1, 0] == pytest.approx(0.8611, abs=5e-5)
    assert seen[-1, 1] == pytest.approx(0.7778, abs=5e-5)
    ratio = (seen[30, 0] - seen[-1, 0]) / (seen[29, 0] - seen[-1, 0])
    assert ratio == pytest.approx(1 - 0.5 * 0.3, abs=1e-3), "the leading eigenvalue is -0.3"


def test_b11_postures_diverge_when_reaction_exceeds_restraint():
    hot = richardson(**{"states.alba.reaction": 0.9, "states.borea.reaction": 0.8, "tension.tension_ceiling": 100.0})
    seen = record_rounds(hot, 50, ("posture", (0, 1)))[:, 0]
    assert 10 < seen[-1] < 100
    assert (seen[49] - seen[48]) / (seen[48] - seen[47]) == pytest.approx(1 + 0.5 * 0.1, abs=2e-3)


def test_b20_audience_costs_lock_in_after_w_over_kappa_threats():
    """kappa = .08 and w = .6: 7.5 threats, so the eighth locks the state in."""
    scenario = scenario_with_only(
        "audience_costs",
        {
            "home.audience_growth": 0.08,
            "home.audience_decay": 0.0,
            "states.alba.cooperates_first": False,
            "states.alba.dialogue": 0.0,
        },
    )
    audience = record_rounds(scenario, 12, ("audience_cost", (0,)))[:, 0]
    locked = next(now for now, value in enumerate(audience, 1) if value > 0.6)
    assert locked == math.ceil(0.6 / 0.08) == 8


def test_b22_oil_and_region_are_autoregressive():
    scenario = scenario_with_only("environment", {"rounds": 600, "environment.shock_size": 0.1})
    seen = np.concatenate([measure_run(scenario, seed)[101:, 10:12] for seed in range(120)])
    assert seen[:, 0].std() == pytest.approx(0.2552, abs=0.005)
    assert seen[:, 1].std() == pytest.approx(0.2294, abs=0.004)
    assert np.corrcoef(seen[:, 0], seen[:, 1])[0, 1] == pytest.approx(0.3955, abs=0.03)
    assert np.corrcoef(seen[:-1, 0], seen[1:, 0])[0, 1] == pytest.approx(0.92, abs=0.01)


def scrutinised():
    """Return a scenario with one finding a round, alpha = .05, beta = .1, p0 = .1, p1 = .3."""
    return scenario_with_only("scrutiny", {
        "scrutiny.false_rejection": 0.05, "scrutiny.false_acceptance": 0.1, "scrutiny.suspicious_if_honest": 0.1,
        "scrutiny.suspicious_if_deceitful": 0.3, "scrutiny.findings_per_round": 1, "relations.alba.borea.trust": 0.5,
        "states.alba.dialogue": 0.0,
    })  # fmt: skip


@pytest.mark.parametrize(("record", "length", "condemned"), [(1.0, 18.527, 0.0330), (0.0, 18.378, 0.9066)])
def test_b15_scrutiny_is_walds_sequential_test(record, length, condemned):
    scenario = scrutinised()
    held = tuple(Override(now, "update_record", None, "borea", "alba", record) for now in range(1, 200))
    proposed = Override(1, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))
    stay = tuple(
        Override(now, "answer_proposal", "talks", party, None, 0)
        for now in range(2, 200)
        for party in ("alba", "borea")
    )
    played = Worlds(scenario, 400, 0, (proposed, *held, *stay))
    played.step()
    lengths, verdicts = np.full(400, 189), np.zeros(400, bool)
    going = np.ones(400, bool)
    for now in range(1, 190):
        played.step()
        doubt = played.column("doubt")[:, 0, 0]
        verdicts[going] = doubt[going] > 0
        ended = going & ((doubt >= math.log(0.9 / 0.05)) | (doubt <= math.log(0.1 / 0.95)))
        lengths[ended] = now
        going &= ~ended
    assert abs(np.mean(lengths) - length) < 3 * np.std(lengths) / np.sqrt(len(lengths))
    assert abs(np.mean(verdicts) - condemned) < 3 * math.sqrt(condemned * (1 - condemned) / len(verdicts))


@pytest.mark.parametrize("players", [0, 1, 2, 3])
def test_b19_ratification_probability_is_share_to_the_players(players):
    scenario = scenario_with_only("ratification", {
        "home.veto_spread": 1.0, "home.support_weight": 0.0, "states.alba.veto_players": players,
        "states.borea.veto_players": 0,
    })  # fmt: skip
    ready = Override(1, "status", "talks", None, "step-1", float(RungStatus.SCRUTINISED))
    share = Override(1, "offer", "talks", None, None, 0.7)
    worlds = 2000
    played = Worlds(scenario, worlds, 0, (ready, share))
    played.step(2)
    expected = 0.7**players
    assert (
        abs(played.column("ratified")[:, 0, 0].mean() - expected)
        <= 3.5 * math.sqrt(expected * (1 - expected) / worlds) + 1e-12
    )
