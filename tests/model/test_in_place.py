"""What a rule reads of the column it decides: other cells are found however they are asked for."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from support.watched_column import RecordedColumn
from support.worlds import random_scenarios

import model.rules.lookups as lookups
from agents.assembly import Assembly
from model.compiler import rule
from model.in_place import reads_own_cell_only, writes_in_place
from model.protocol import PROTOCOL, Act
from model.rules.lookups import pressure_suffered

WITH_PAGE = {"update_posture", "advance_ladder"}  # the acts that look at other cells of what they decide


@rule
def reaction(world, one, another):
    """Look from one at another."""
    return world.pressure[one, another]


@rule
def through(world, state):
    """Hand a whole column on."""
    return len(world.pressure)


def keeps(world, me, other):
    """Read what the act decides."""
    return world.pressure[me, other] + world.trust[other, me]


def keeps_by_another(world, me, other):
    """Ask a rule about what the act decides."""
    return reaction(world, me, other)


def reads_nothing(world, me, other):
    """Read other columns only."""
    return world.trust[other, me] + world.previous_pressure[other, me]


def answers(world, me, other):
    """Read the other's."""
    return world.pressure[other, me]


def answers_by_another(world, me, other):
    """Ask a rule about the other's."""
    return reaction(world, other, me)


def answers_by_two(world, me, other):
    """Ask a rule that asks a rule, about the other's."""
    return answers_by_another(world, me, other)


def adds_up(world, me, other):
    """Ask a rule that reads many."""
    return pressure_suffered(world, me)


def adds_up_by_module(world, me, other):
    """Ask a rule by its module's name."""
    return lookups.pressure_suffered(world, me)


def counts(world, me, other):
    """Read the neighbour's."""
    return world.pressure[me, other - 1]


def one_index(world, me, other):
    """Read a whole row."""
    return world.pressure[me][other]


def takes_whole(world, me, other):
    """Take the column itself."""
    column = world.pressure
    return column[other, me]


def hands_on(world, me, other):
    """Ask a rule that takes the column itself."""
    return through(world, me)


def goes_round(world, me, other):
    """Give an argument another meaning."""
    for other in range(world.n_state):
        if world.pressure[me, other] > 0.0:
            return 1.0
    return 0.0


def by_word(world, me, other):
    """Ask by keyword."""
    return reaction(world, one=other, another=me)


def by_another_name(world, me, other):
    """Ask a rule under another name."""
    ask = reaction
    return ask(world, other, me)


def calls_itself(world, me, other):
    """Ask itself."""
    return world.trust[me, other] if me > other else calls_itself(world, other, me)


def enclosed(cells):
    """Make a rule that sees more than its arguments."""

    def decide(world, me, other):
        return cells(world)[other, me]

    return decide


WRITTEN: dict[str, object] = {}
exec("def nowhere(world, me, other):\n    return world.pressure[other, me]\n", WRITTEN)


@pytest.mark.parametrize("asked", [keeps, keeps_by_another, reads_nothing], ids=lambda asked: asked.__name__)
def test_a_rule_that_reads_no_other_cell_is_seen_to(asked):
    for made in (asked, rule(asked)):
        assert reads_own_cell_only(Act(0, made, "pressure", "state"))


@pytest.mark.parametrize(
    "asked",
    [
        *(answers, answers_by_another, answers_by_two, adds_up, adds_up_by_module, counts, one_index, takes_whole),
        *(
            hands_on,
            goes_round,
            by_word,
            by_another_name,
            calls_itself,
            enclosed(lambda world: world.pressure),
            WRITTEN["nowhere"],
        ),
    ],
    ids=lambda asked: asked.__name__,
)
def test_a_rule_that_may_read_another_cell_is_seen_to(asked):
    for made in (asked, rule(asked)):
        assert not reads_own_cell_only(Act(0, made, "pressure", "state"))


def test_the_acts_that_need_a_page_are_known():
    assert {act.name for place, act in enumerate(PROTOCOL) if not writes_in_place(place)} == WITH_PAGE


class CellsRead:
    """A world in which every read of one column is noted."""

    def __init__(self, world, column):
        self._world, self._column, self.reads = world, column, []

    def __getattr__(self, name):
        value = getattr(self._world, name)
        return RecordedColumn(name, value, self.reads) if name == self._column else value


@pytest.mark.uncompiled
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_scenarios())
def test_an_act_without_a_page_reads_no_other_cell_when_it_is_played(setting):
    watched = Assembly(setting, rng=4)
    for _ in range(min(setting.rounds, 6)):
        watched.step()
        for act in PROTOCOL:
            for cell in product(*(range(watched.world.size[axis]) for axis in act.axes)):
                seen = CellsRead(watched.world, act.column)
                act.rule(seen, *cell)
                assert act.name in WITH_PAGE or {place for _, place in seen.reads} <= {cell}, (act.name, cell)
