"""Which cells of its own column a rule reads; every way to read another cell is detected."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from support.watched_column import RecordedColumn
from support.worlds import random_scenarios

import model.rules.lookups as lookups
from agents.assembly import Assembly
from model.acts import Act
from model.compiler import rule
from model.in_place import reads_own_cell_only, writes_in_place
from model.protocol import PROTOCOL
from model.rules.lookups import pressure_suffered

WITH_BUFFER = {"update_posture", "advance_ladder", "vary_mood"}  # the acts that read other cells of their column
FOR_EVENTS = {"hold_talks", "select_rung"}  # conditions of events read their column


@rule
def reaction(world, one, another):
    """Read a cell."""
    return world.pressure[one, another]


@rule
def column_length(world, state):
    """Pass a whole column."""
    return len(world.pressure)


def reads_own(world, me, other):
    """Read the decided cell."""
    return world.pressure[me, other] + world.trust[other, me]


def reads_own_by_rule(world, me, other):
    """Call a rule that reads the decided cell."""
    return reaction(world, me, other)


def reads_nothing(world, me, other):
    """Read other columns only."""
    return world.trust[other, me] + world.previous_pressure[other, me]


def reads_reversed(world, me, other):
    """Read the reversed cell."""
    return world.pressure[other, me]


def reads_reversed_by_rule(world, me, other):
    """Call a rule that reads the reversed cell."""
    return reaction(world, other, me)


def reads_reversed_by_two_rules(world, me, other):
    """Call a rule that calls a rule that reads the reversed cell."""
    return reads_reversed_by_rule(world, me, other)


def sums(world, me, other):
    """Call a rule that reads many cells."""
    return pressure_suffered(world, me)


def sums_by_module(world, me, other):
    """Call a rule through its module."""
    return lookups.pressure_suffered(world, me)


def reads_neighbour(world, me, other):
    """Read the neighbouring cell."""
    return world.pressure[me, other - 1]


def one_index(world, me, other):
    """Read a whole row."""
    return world.pressure[me][other]


def binds_column(world, me, other):
    """Bind the column to a name."""
    column = world.pressure
    return column[other, me]


def passes_column(world, me, other):
    """Call a rule that reads the whole column."""
    return column_length(world, me)


def reassigns_argument(world, me, other):
    """Reassign an argument."""
    for other in range(world.n_state):
        if world.pressure[me, other] > 0.0:
            return 1.0
    return 0.0


def by_keyword(world, me, other):
    """Call with keywords."""
    return reaction(world, one=other, another=me)


def by_another_name(world, me, other):
    """Call a rule under another name."""
    ask = reaction
    return ask(world, other, me)


def calls_itself(world, me, other):
    """Call itself."""
    return world.trust[me, other] if me > other else calls_itself(world, other, me)


def enclosed(cells):
    """Return a rule that is a closure."""

    def decide(world, me, other):
        return cells(world)[other, me]

    return decide


GENERATED: dict[str, object] = {}
exec("def without_source(world, me, other):\n    return world.pressure[other, me]\n", GENERATED)


@pytest.mark.parametrize(
    "function", [reads_own, reads_own_by_rule, reads_nothing], ids=lambda function: function.__name__
)
def test_a_rule_that_reads_only_its_own_cell_is_detected(function):
    for each in (function, rule(function)):
        assert reads_own_cell_only(Act(0, each, "pressure", "state"))


@pytest.mark.parametrize(
    "function",
    [
        reads_reversed,
        reads_reversed_by_rule,
        reads_reversed_by_two_rules,
        sums,
        sums_by_module,
        reads_neighbour,
        one_index,
        binds_column,
        passes_column,
        reassigns_argument,
        by_keyword,
        by_another_name,
        calls_itself,
        enclosed(lambda world: world.pressure),
        GENERATED["without_source"],
    ],
    ids=lambda function: function.__name__,
)
def test_a_rule_that_may_read_another_cell_is_detected(function):
    for each in (function, rule(function)):
        assert not reads_own_cell_only(Act(0, each, "pressure", "state"))


def test_the_acts_that_need_a_buffer_are_known():
    assert {act.name for place, act in enumerate(PROTOCOL) if not writes_in_place(place)} == WITH_BUFFER | FOR_EVENTS


class CellsRead:
    """A world that records every read of one column."""

    def __init__(self, world, column):
        self._world, self._column, self.reads = world, column, []

    def __getattr__(self, name):
        value = getattr(self._world, name)
        return RecordedColumn(name, value, self.reads) if name == self._column else value


@pytest.mark.uncompiled
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_scenarios())
def test_an_act_decided_in_place_reads_only_its_own_cell(scenario):
    watched = Assembly(scenario, rng=4)
    for _ in range(min(scenario.rounds, 6)):
        watched.step()
        for act in PROTOCOL:
            for cell in product(*(range(watched.world.size[axis]) for axis in act.axes)):
                seen = CellsRead(watched.world, act.column)
                act.rule(seen, *cell)
                assert act.name in WITH_BUFFER or {place for _, place in seen.reads} <= {cell}, (act.name, cell)
