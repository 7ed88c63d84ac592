"""Verification and the ladder match closed forms in degenerate scenarios."""

import math

import numpy as np
import pytest
from support.rounds import indicator_index, record_rounds
from support.worlds import ALL_OFF, make_scenario, make_world, rung, smallest_scenario, text

from experiments.engine.kernel import advance
from experiments.engine.worlds import Worlds
from experiments.ensembles.ensemble import play_ensemble
from model.enumerations import InspectionReport
from model.loading import apply_changes, build_scenario
from model.overrides import Override, collect_overrides
from model.protocol import ACT_INDEX_BY_COLUMN, PROTOCOL
from model.world import World


def verified_rung(detection=0.5, false_alarm=0.05, **more):
    """Return a scenario with one verified rung and inspectors with full access."""
    data = smallest_scenario(rungs=1)
    data["bodies"] = {"watch": {"name": text("Watch"), "detection": detection, "false_alarm": false_alarm, "delay": 0}}
    data["negotiations"]["talks"]["rungs"]["step-1"] = rung(verifier="watch", status="verified", verifiability=1.0)
    data["negotiations"]["talks"]["access"] = 1.0
    return build_scenario(
        apply_changes(data, {**ALL_OFF, "mechanisms.verification": True, "verification.compliance_noise": 0.0, **more})
    )


@pytest.mark.parametrize(
    ("detection", "ppv", "npv"), [(0.9, 0.6667, 0.9884), (0.5, 0.5263, 0.9448), (0.2, 0.3077, 0.9144)]
)
def test_b14_reports_update_suspicion_by_bayes_rule(detection, ppv, npv):
    scenario = verified_rung(detection)
    for report, belief in ((InspectionReport.VIOLATION, ppv), (InspectionReport.CLEAN, 1.0 - npv)):
        world = make_world(scenario)
        world.rung[0] = -1
        world.suspicion[0, 0] = 0.1
        world.report[0, 0, 1] = report
        suspect = PROTOCOL[ACT_INDEX_BY_COLUMN["suspicion"]].rule
        assert suspect(world.compiled, 0, 0) == pytest.approx(belief, abs=5e-5)


def test_b14_six_clean_reports_cut_suspicion_below_one_percent():
    scenario = verified_rung(0.5, 0.05, **{"ladder.cool_down": 0})
    clean = tuple(
        Override(now, "report_findings", "talks", "watch", "borea", InspectionReport.CLEAN) for now in range(1, 9)
    )
    start = Override(1, "update_suspicion", "talks", "alba", None, 0.3)
    moved = record_rounds(scenario, 8, ("suspicion", (0, 0)), overrides=(start, *clean))[:, 0]
    assert next(now for now, value in enumerate(moved) if value < 0.01) == 6


def test_report_rates_match_detection_and_false_alarm():
    for complies, rate in ((1, 0.05), (0, 0.5)):
        worlds = 1500
        keep = tuple(Override(1, "comply", "talks", party, None, complies) for party in ("alba", "borea"))
        played = Worlds(verified_rung(), worlds, 0, keep)
        played.step()
        found = played.column("report")[:, 0, 0, 0] == InspectionReport.VIOLATION
        assert abs(found.mean() - rate) < 3.5 * math.sqrt(rate * (1 - rate) / worlds)


def climbing_ladder(count, **chances):
    """Return a ladder whose rungs are all implementing, so that each round is a step of the Markov chain."""
    data = smallest_scenario(rungs=count)
    for step in data["negotiations"]["talks"]["rungs"].values():
        step.update(status="implementing", duration=1)
    names = {"climb": "ladder.climb_chance", "slip": "ladder.slip_chance", "withdraw": "states.alba.withdrawal"}
    values = {names[key]: value for key, value in {"slip": 0.0, "withdraw": 0.0, **chances}.items()}
    calm = {
        "verification.compliance_noise": 0.0, "ladder.abandonment": 0.0, "states.alba.turnover": 1.0,
        "states.borea.turnover": 0.0, "states.alba.trustworthiness": 1.0,
    }  # fmt: skip
    on = {"mechanisms.friction": True, "mechanisms.turnover": True, "rounds": 300}
    return build_scenario(apply_changes(data, {**ALL_OFF, **on, **values, **calm}))


def completion_rounds(scenario, worlds, rounds):
    """Return the round in which each world's deal is complete, 0 if never."""
    seen = play_ensemble(scenario, worlds, 0, rounds=rounds, keep=True).trajectories[
        :, :, indicator_index("deal_progress")
    ]
    return np.argmax(seen >= 1 - 1e-9, axis=1)


def test_b18_completion_share_and_time_match_the_closed_form():
    """Climbing with s against new governments that withdraw with w.

    A share (s (1 - w) / r)^N completes, in N / r rounds, r = s (1 - w) + w.
    """
    ends = completion_rounds(climbing_ladder(5, climb=0.30, withdraw=0.05), 3000, 120)
    done = ends[ends > 0]
    share = len(done) / len(ends)
    assert abs(share - 0.4457) < 3 * math.sqrt(0.4457 * 0.5543 / len(ends))
    assert abs(done.mean() - 14.925) < 3 * done.std() / math.sqrt(len(done))


def test_b18_completion_time_with_slips_matches_the_closed_form():
    """Up with probability p, down with q = 1 - p, never below 0: N/(p-q) - q/(p-q)^2 (1 - (q/p)^N) rounds."""
    lengths = completion_rounds(climbing_ladder(5, climb=0.8, slip=0.2), 5000, 100)
    assert abs(np.mean(lengths) - 7.778) < 3 * np.std(lengths) / math.sqrt(len(lengths))


def test_b05_a_betrayer_waits_for_a_large_enough_next_stake():
    """It betrays immediately if the ratio of the next stake to this one is at most (b - c) / (delta b) = 1.25."""
    for growth, waits in ((1.2, False), (1.3, True)):
        data = smallest_scenario(rungs=2)
        first, second = data["negotiations"]["talks"]["rungs"].values()
        first.update(status="implementing", stake=1.0, duration=9)
        second.update(stake=growth)
        scenario = build_scenario(apply_changes(data, {
            **ALL_OFF, "mechanisms.gradualism": True, "states.alba.trustworthiness": 0.0, "states.alba.discount_factor": 0.6,
            "verification.betrayal_gain": 2.0, "verification.honour_gain": 0.5, "verification.deterrence": 0.0,
            "verification.compliance_noise": 0.0,
        }))  # fmt: skip
        world = make_world(scenario)
        advance(world, 1)
        assert bool(world.complies[0, 0]) == waits


def test_suspicion_drifts_to_one_half_without_access():
    scenario = scenario_with_access_lost()
    seen = record_rounds(
        scenario,
        40,
        ("access", (0,)),
        ("suspicion", (0, 0)),
        overrides=(Override(10, "bar_inspectors", "talks", value=1),),
    )
    assert seen[8, 0] > 0
    assert (seen[9:, 0] == 0).all()
    assert seen[-1, 1] > seen[9, 1]
    assert seen[-1, 1] == pytest.approx(0.5, abs=0.15)


def scenario_with_access_lost():
    return verified_rung(0.9, 0.0)


def test_bundling_groups_rungs_into_steps():
    for bundling, steps in ((1, 3), (2, 2), (3, 1), (40, 1)):
        world = World(make_scenario({"negotiations.talks.bundling": bundling}), 1, collect_overrides(make_scenario()))
        assert int(world.rungs[0]) == steps
        assert world.stake[0, :steps].sum() == pytest.approx(1.0)
