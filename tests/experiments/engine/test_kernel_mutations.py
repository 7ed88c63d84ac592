"""Mutations of the kernel: what a wrong driver would do is seen by comparing bytes."""

import numpy as np
import pytest
from support.worlds import step_protocol

from experiments.engine.kernel import advance
from model.loading import load_scenario
from model.parameters import Mechanisms
from model.protocol import ACT_INDEX, PROTOCOL
from model.world import World


def first_difference(step, rounds: int = 12) -> int | None:
    """Play one world by a step and one by the measured driver; tell the first round after which they differ."""
    setting = load_scenario("gulf-region", {f"mechanisms.{name}": True for name in Mechanisms.model_fields})
    mine, measured = World(setting, 5), World(setting, 5)
    for now in range(1, rounds + 1):
        step(mine)
        advance(measured, 1)
        if mine.snapshot() != measured.snapshot():
            return now
    return None


def with_rule(place: int, rule):
    """Give the protocol with another rule for one act."""
    return (*PROTOCOL[:place], PROTOCOL[place]._replace(rule=rule), *PROTOCOL[place + 1 :])


@pytest.mark.uncompiled
def test_unmutated_there_is_no_difference():
    assert first_difference(lambda world: step_protocol(world, PROTOCOL)) is None


@pytest.mark.uncompiled
@pytest.mark.parametrize("act", PROTOCOL, ids=lambda act: act.name)
def test_a_rule_wrong_in_the_last_place_of_one_cell_of_one_round_is_caught(act):
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
        "misread_act",
        "remember_standing",
        "judge_own_standing",
        "update_bad_evidence",
        "update_posture",
        "hold_talks",
        "update_impatience",
        "propose",
        "examine",
        "comply",
        "inspect",
        "report_findings",
        "advance_ladder",
        "attack_talks",
    ],
)
def test_two_neighbouring_acts_in_reverse_order_are_caught(first):
    """These are the neighbours of which the later reads what the earlier decides, so that order matters."""
    order, place = list(PROTOCOL), ACT_INDEX[first]
    order[place], order[place + 1] = order[place + 1], order[place]
    assert first_difference(lambda world: step_protocol(world, tuple(order))) is not None


@pytest.mark.uncompiled
@pytest.mark.parametrize("shift", [-1, 1])
def test_a_shifted_clock_is_caught(shift):
    """The acts see another round; after them the clock is put right, so that only what they decided can tell."""

    def step(world):
        world.clock[0] += shift
        step_protocol(world, PROTOCOL)
        world.clock[0] -= shift

    assert first_difference(step) == 1


@pytest.mark.uncompiled
def test_a_column_updated_in_place_is_caught():
    """Hardening looks at the other side's posture: without turning the page, the second would see the first's new one."""

    def step(world):
        place = ACT_INDEX["update_posture"]
        step_protocol(world, PROTOCOL[:place])
        for cell in np.ndindex(world.posture.shape):
            world.posture[cell] = PROTOCOL[place].rule(world.compiled, *cell)
        world.clock[0] -= 1
        step_protocol(world, PROTOCOL[place + 1 :])

    assert first_difference(step) == 1
