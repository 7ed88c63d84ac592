"""Invariants of relations, talks, threats and secrets in every round of every valid scenario."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from support.worlds import make_world, random_scenarios

from experiments.engine.kernel import advance
from model.enumerations import RungStatus
from model.rules.intensity import STRONGEST_MOOD

pytestmark = pytest.mark.uncompiled
MANY = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
IN_FORCE = (RungStatus.IMPLEMENTING, RungStatus.VERIFIED)


def played(scenario, seed=5):
    """Yield the world before and after each round."""
    world = make_world(scenario, seed)
    for _ in range(scenario.rounds):
        before = world.with_storage(world.floats.copy(), world.integers.copy())
        advance(world, 1)
        yield before, world


@MANY
@given(random_scenarios())
def test_relations_stay_in_their_ranges(scenario):
    for _, world in played(scenario):
        assert ((world.trust > 0.0) & (world.trust <= 1.0)).all()
        assert (world.trust[~np.eye(len(world.trust), dtype=bool)] < 1.0).all()
        for name in ("conduct_record", "threat_credibility", "imposed", "estimate", "violation"):
            column = getattr(world, name)
            assert column.min(initial=0.0) >= 0.0, name
            assert column.max(initial=0.0) <= 1.0, name
        assert np.abs(world.mood).max() <= STRONGEST_MOOD
        assert (world.good_evidence > 0.0).all()
        assert (world.bad_evidence > 0.0).all()
        assert ((world.need >= 0.0) & (world.need <= 2.0)).all()


@MANY
@given(random_scenarios())
def test_a_closed_process_has_no_talks(scenario):
    for before, world in played(scenario):
        closed = before.process == 0
        assert not world.contact[closed].any()
        assert not world.proposed[closed].any()
        assert not world.exchange[closed].any() or scenario.mechanisms.facilitation
        assert (world.refusals[closed] == before.refusals[closed]).all()
        assert (world.unratified[closed] == before.unratified[closed]).all()
        under_negotiation = (world.status == RungStatus.PROPOSED) | (world.status == RungStatus.SCRUTINISED)
        assert not under_negotiation[closed].any()
        assert scenario.mechanisms.processes or not closed.any()
        assert not (world.process_ends & world.process_opens).any()


@MANY
@given(random_scenarios())
def test_no_side_refuses_the_text_that_it_wrote(scenario):
    for before, world in played(scenario):
        for k in range(world.size["negotiation"]):
            r = world.rung[k]
            if r >= 0 and before.status[k, r] == RungStatus.PROPOSED and before.author[k] in (0, 1):
                assert world.answer[k, before.author[k]] == 1


@MANY
@given(random_scenarios())
def test_no_rung_stays_in_force_above_a_failed_one(scenario):
    for before, world in played(scenario):
        for k in range(world.size["negotiation"]):
            for r in range(int(world.rungs[k])):
                below = before.status[k, :r]
                if before.status[k, r] == RungStatus.IMPLEMENTING and (below > RungStatus.VERIFIED).any():
                    assert world.status[k, r] not in IN_FORCE


@MANY
@given(random_scenarios())
def test_threats_and_force_follow_their_rules(scenario):
    for _, world in played(scenario):
        demands = world.demands > 0
        assert np.array_equal(demands, (world.concedes.T + world.carries_out + world.backs_down) > 0)
        assert ((world.concedes.T + world.carries_out + world.backs_down) <= 1).all()
        assert not world.demands[world.negotiation_between < 0].any()
        assert scenario.mechanisms.threats or not demands.any()
        assert scenario.mechanisms.force or not world.uses_force.any()
        assert (world.posture[world.uses_force > 0] >= scenario.threats.force_threshold).all()
        for k, (one, other) in enumerate(world.party):
            if world.uses_force[one, other] or world.uses_force[other, one]:
                assert not np.isin(world.status[k, : world.rungs[k]], IN_FORCE).any()
                assert world.access[k] == 0.0
                kept = scenario.mechanisms.facilitation or not scenario.mechanisms.processes
                assert world.process[k] == 0 or kept


@MANY
@given(random_scenarios())
def test_secrets_follow_their_rules(scenario):
    for before, world in played(scenario):
        assert scenario.mechanisms.concealment or not world.violation.any()
        grew = world.violation > before.violation
        assert (world.complies[grew] == 0).all()
        assert ((world.clarification >= 0) & (world.clarification <= 6)).all()
        seen = world.sighted > 0
        assert (world.violation[:, ::-1][seen] > 0.0).all()
        accused_first = (world.accuses > 0) & (before.clarification == 0)
        commission = world.verifier.max(axis=1) >= 0
        if scenario.mechanisms.concealment:
            assert not accused_first[commission & (world.verifier >= 0).all(axis=1)].any()


@MANY
@given(random_scenarios())
def test_silence_changes_nothing_but_itself(scenario):
    for before, world in played(scenario):
        silent = world.silent > 0
        assert not silent[world.negotiation_between >= 0].any()
        for name in ("conduct", "miscarried", "conduct_record"):
            assert (getattr(world, name)[silent] == getattr(before, name)[silent]).all(), name
        assert (world.perceived.T[silent] == before.perceived.T[silent]).all()
        assert not world.initiative[silent].any()
