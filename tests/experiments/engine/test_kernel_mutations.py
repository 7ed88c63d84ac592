"""Mutations of the protocol: errors that a kernel might make are found by comparing bytes."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from support.worlds import step_protocol

from experiments.engine.kernel import advance
from model.loading import load_scenario
from model.mechanisms import Mechanisms
from model.protocol import ACT_INDEX, PROTOCOL
from model.world import World

ALL_ON = {f"mechanisms.{name}": True for name in Mechanisms.model_fields}
GULF = load_scenario("gulf-region")
IN_FORCE = {  # agreements that no side means to keep, and accidents
    "verification.compliance_noise": 0.5,
    **{f"states.{name}.trustworthiness": 0.0 for name in GULF.states},
    **{f"negotiations.{name}.rungs.{next(iter(talks.rungs))}.status": "verified" for name, talks in GULF.negotiations.items()},
}  # fmt: skip
YIELDING = {  # states that often threaten, and give way
    "threats.threat_hazard": 1.0,
    "threats.threat_harm": 2.0,
    **{f"states.{name}.resolve": 0.0 for name in GULF.states},
}


def first_difference(step, changes: dict[str, Any] | None = None, rounds: int = 12) -> int | None:
    """Play one world with ``step`` and one with the kernel. Returns the first round that differs, or None."""
    scenario = load_scenario(GULF, {**ALL_ON, **(changes or {})})
    stepped, played = World(scenario, 5), World(scenario, 5)
    for now in range(1, rounds + 1):
        step(stepped)
        advance(played, 1)
        if stepped.snapshot() != played.snapshot():
            return now
    return None


def with_rule(place: int, rule):
    """Return the protocol with another rule for one act."""
    return (*PROTOCOL[:place], PROTOCOL[place]._replace(rule=rule), *PROTOCOL[place + 1 :])


@pytest.mark.uncompiled
def test_without_mutation_there_is_no_difference():
    assert first_difference(lambda world: step_protocol(world, PROTOCOL)) is None


@pytest.mark.uncompiled
@pytest.mark.parametrize("act", PROTOCOL, ids=lambda act: act.name)
def test_error_in_the_last_bit_of_one_cell_is_caught(act):
    def broken(world, *cell):
        value = act.rule(world, *cell)
        if world.clock[0] != 4 or any(cell):
            return value
        column = getattr(world, act.column)
        return np.nextafter(value, np.inf) if column.dtype == np.float64 else value + 1

    mutant = with_rule(ACT_INDEX[act.name], broken)
    assert first_difference(lambda world: step_protocol(world, mutant)) == 4


@pytest.mark.uncompiled
@pytest.mark.parametrize(
    "first",
    [
        "update_fatigue",
        "remember_standing",
        "judge_own_standing",
        "update_bad_evidence",
        "update_posture",
        "hold_talks",
        "make_demand",
        "concede",
        "carry_out_threat",
        "update_impatience",
        "set_reservation_value",
        "propose",
        "choose_author",
        "examine",
        "comply",
        "inspect",
        "advance_ladder",
        "count_failures",
        "attack_talks",
    ],
)
def test_two_swapped_acts_are_caught(first):
    """In these pairs of neighbours the second act reads the column of the first, so that their order matters."""
    order, place = list(PROTOCOL), ACT_INDEX[first]
    order[place], order[place + 1] = order[place + 1], order[place]
    step = partial(step_protocol, protocol=tuple(order))
    assert any(first_difference(step, changes, rounds=36) for changes in ({}, IN_FORCE, YIELDING))


@pytest.mark.uncompiled
@pytest.mark.parametrize("shift", [-1, 1])
def test_shifted_clock_is_caught(shift):
    """The acts see another round; then the clock is corrected, so that only the decisions can differ."""

    def step(world):
        world.clock[0] += shift
        step_protocol(world, PROTOCOL)
        world.clock[0] -= shift

    assert first_difference(step) == 1


@pytest.mark.uncompiled
def test_column_updated_in_place_is_caught():
    """Hardening reads the other side's posture: without a buffer, the second side would read the first's new one."""

    def step(world):
        place = ACT_INDEX["update_posture"]
        step_protocol(world, PROTOCOL[:place])
        for cell in np.ndindex(world.posture.shape):
            world.posture[cell] = PROTOCOL[place].rule(world.compiled, *cell)
        world.clock[0] -= 1
        step_protocol(world, PROTOCOL[place + 1 :])

    assert first_difference(step) == 1
