"""Invariants of every round of every valid scenario, uncompiled so that every read can be recorded."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from support.watched_column import RecordedColumn
from support.worlds import random_scenarios

from agents.assembly import Assembly
from agents.ledger import recompute_value
from model.acts import Act
from model.columns import COLUMN_BY_NAME, COLUMNS
from model.compiler import COMPILED
from model.enumerations import RungStatus
from model.overrides import collect_overrides
from model.protocol import ACT_INDEX, PROTOCOL
from model.terms import declared_terms
from model.world import World

pytestmark = pytest.mark.uncompiled
MANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SHARES = (
    "clarity", "trust", "reservation_value", "offer", "suspicion", "access", "pressure", "programme", "support",
    "credibility", "fatigue", "prospect", "stake", "impatience",
)  # fmt: skip
ALLOWED_STATUSES = {  # allowed status changes in one round
    RungStatus.IDLE: {RungStatus.PROPOSED},
    RungStatus.PROPOSED: {RungStatus.IDLE, RungStatus.SCRUTINISED},
    RungStatus.SCRUTINISED: {RungStatus.IDLE, RungStatus.RATIFIED},
    RungStatus.RATIFIED: {RungStatus.IMPLEMENTING},
    RungStatus.IMPLEMENTING: {RungStatus.VERIFIED, RungStatus.BREACHED, RungStatus.SUSPENDED, RungStatus.COLLAPSED},
    RungStatus.VERIFIED: {RungStatus.BREACHED, RungStatus.SNAPPED, RungStatus.COLLAPSED, RungStatus.IMPLEMENTING},
    RungStatus.BREACHED: {RungStatus.IMPLEMENTING, RungStatus.SUSPENDED},
    RungStatus.SUSPENDED: {RungStatus.IDLE},
    RungStatus.SNAPPED: {RungStatus.IDLE},
    RungStatus.COLLAPSED: {RungStatus.IDLE},
}


@MANY
@given(random_scenarios())
def test_values_stay_in_bounds_and_statuses_change_one_step(scenario):
    model = Assembly(scenario, rng=1)
    for _ in range(scenario.rounds):
        before, pressure_before = model.world.status.copy(), model.world.pressure.copy()
        model.step()
        world = model.world
        assert np.isfinite(world.floats).all()
        assert np.isfinite(model.current_indicators).all()
        for name in SHARES:
            column = getattr(world, name)
            assert column.min(initial=0.0) >= 0.0, name
            assert column.max(initial=0.0) <= 1.0 + 1e-12, name
        assert world.posture.min() >= 0.0
        assert world.posture.max() <= scenario.tension.tension_ceiling
        for old, new in zip(before.flat, world.status.flat, strict=True):
            assert old == new or RungStatus(int(new)) in ALLOWED_STATUSES[RungStatus(int(old))]
        check_relief(world, pressure_before)


def check_relief(world: World, before: np.ndarray) -> None:
    """Check that pressure falls below its campaign level only for relief owed for verified rungs."""
    for me, other in product(range(world.size["state"]), repeat=2):
        k = int(world.negotiation_between[me, other])
        if k < 0 or me == other:
            continue
        verified = (world.status[k] == RungStatus.VERIFIED).any()
        if not verified and world.with_pressure:
            assert world.pressure[me, other] >= min(before[me, other], world.campaign[me, other]) - 1e-12


@MANY
@given(random_scenarios())
def test_choices_follow_from_recorded_terms_within_their_ranges(scenario):
    model = Assembly(scenario, rng=2).run()
    assert model.ledger is not None
    for row in model.ledger.rows:
        if row.conditions and not row.forced and row.kind == "decision":
            assert row.value == recompute_value(row), row
        for condition, declared in zip(
            row.conditions, PROTOCOL[ACT_INDEX[row.act]].conditions if row.conditions else (), strict=True
        ):
            for name, term in declared_terms(declared.terms).items():
                value = condition.terms[name]
                assert term.low - 1e-9 <= value <= term.high + 1e-9, (row.act, condition.name, name, value)
            assert condition.holds == (condition.score >= condition.threshold)
            assert math.isfinite(condition.threshold)


class RecordingWorld:
    """A world that records every read of a private or shared column."""

    def __init__(self, world: World):
        self._world, self.reads = world, []

    def __getattr__(self, name: str):
        value = getattr(self._world, name)
        column = COLUMN_BY_NAME.get(name)
        return value if column is None or column.visibility == "public" else RecordedColumn(name, value, self.reads)


def may_read(world: World, me: int | None, helper: int | None, name: str, place: tuple[int, ...]) -> bool:
    """Return whether an actor may read a cell: its own row, or a shared one."""
    column = COLUMN_BY_NAME[name]
    axes = column.axes
    if axes[0] == "state":
        own = place[0] == me
        return own or (column.visibility == "shared" and len(place) > 1 and axes[1] == "state" and place[1] == me)
    if axes[0] == "facilitator":
        return place[0] == helper or (column.visibility == "shared" and len(place) > 1 and place[1] == me)
    if axes[0] == "negotiation":
        parties = [int(party) for party in world.party[place[0]]]
        if column.visibility == "shared":
            return me in parties or (helper is not None and bool(world.mediates[helper, place[0]]))
        return len(place) > 1 and axes[1] == "side" and parties[place[1]] == me
    return False


def deciding_actor(world: World, act: Act, cell: tuple[int, ...]) -> tuple[int | None, int | None]:
    """Return the state or the facilitator that decides a cell."""
    if act.role == "state":
        return cell[0], None
    if act.role == "party":
        return int(world.party[cell[0], cell[1]]), None
    return None, cell[0] if act.role == "facilitator" else None


def recorded_reads(world: World, act: Act, cell: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the reads of a rule and its conditions."""
    recorder = RecordingWorld(world)
    act.rule(recorder, *cell)
    if act.when is None or act.when(recorder, *cell):
        for condition in act.conditions:
            condition.rule(recorder, *cell)
    return recorder.reads


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_scenarios())
def test_no_rule_reads_another_actors_private_column(scenario):
    assert not COMPILED, "run with NUMBA_DISABLE_JIT=1, as `make test` does"
    model = Assembly(scenario, rng=3)
    for _ in range(min(scenario.rounds, 8)):
        model.step()
        for act in PROTOCOL:
            if act.knows == "all":
                continue
            for cell in product(*(range(model.world.size[axis]) for axis in act.axes)):
                me, helper = deciding_actor(model.world, act, cell)
                for name, place in recorded_reads(model.world, act, cell):
                    assert may_read(model.world, me, helper, name, place), (act.name, cell, name, place)


def test_reading_a_private_column_is_detected():
    """The test above can fail: it detects a rule that reads the other side's reservation value."""
    from support.worlds import make_scenario

    scenario = make_scenario()
    world = World(scenario, 1, collect_overrides(scenario))
    act = next(act for act in PROTOCOL if act.column == "answer")
    violating = act._replace(rule=lambda world, k, side: world.reservation_value[k, 1 - side], conditions=(), when=None)
    ((name, place),) = recorded_reads(world, violating, (0, 0))
    assert not may_read(world, int(world.party[0, 0]), None, name, place)


def test_each_column_is_given_or_decided_by_one_act():
    decided = [act.column for act in PROTOCOL]
    assert len(decided) == len(set(decided))
    assert {column.name for column in COLUMNS if not column.given} == set(decided)
