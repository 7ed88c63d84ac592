"""Moves of levers: their values, distances, patterns, and which directions are perverse advice."""

from fnmatch import fnmatchcase

import pytest

from experiments.ensembles.design import Design, Plans
from experiments.studies.lever_moves import PERVERSE, allowed_levers, lever_moves, perverse_reason
from model.errors import ScenarioError
from model.loading import load_scenario, scenario_names
from model.parameter_space import list_levers


@pytest.mark.parametrize("name", scenario_names())
def test_moves_go_from_the_nearest_value_to_an_allowed_end(name):
    scenario = load_scenario(name)
    levers = {each.path: each for each in list_levers(scenario)}
    moves = lever_moves(scenario, list(levers.values()))
    assert {move.path for move in moves} == {*levers}
    for move in moves:
        lever, distances = levers[move.path], [each.distance for each in move.changes]
        assert distances[0] > 0.0
        assert sorted({*distances}) == distances
        assert distances[-1] <= 1.0 + 1e-9
        assert len({each.after > lever.value for each in move.changes}) == 1
        for change in move.changes:
            assert lever.low <= change.after <= lever.high
            assert change.after != change.before == lever.value
            assert isinstance(change.after, int) or not lever.whole
    changes = [{each.path: each.after} for move in moves for each in move.changes]
    assert Design.of_changes(Plans(scenario), changes).errors == {}


def test_values_that_make_no_difference_are_not_tried():
    scenario = load_scenario("two-states")
    values = {path: [] for path in ("facilitators.corvia.arrives", "negotiations.border.bundling")}
    for move in lever_moves(scenario, list_levers(scenario)):
        values.setdefault(move.path, []).extend(each.after for each in move.changes)
    assert max(values["facilitators.corvia.arrives"]) == scenario.rounds
    assert max(values["negotiations.border.bundling"]) == len(scenario.negotiations["border"].rungs)


def test_a_wide_range_is_measured_by_its_logarithm():
    scenario = load_scenario("two-states")
    (budget,) = allowed_levers(scenario, ["facilitators.corvia.budget"])
    falls = next(m for m in lever_moves(scenario, [budget]) if m.changes[0].after < budget.value)
    assert falls.changes[-1].after == 0.0
    assert falls.changes[-1].distance == pytest.approx(0.5, abs=0.01)


def test_every_perverse_direction_is_that_of_some_lever():
    paths = {each.path for name in scenario_names() for each in list_levers(load_scenario(name))}
    for pattern, direction, reason in PERVERSE:
        assert any(fnmatchcase(path, pattern) for path in paths), pattern
        assert direction in (-1, 1)
        assert reason


@pytest.mark.parametrize(
    ("path", "direction"),
    [
        ("bodies.iaea.detection", -1),
        ("verification.proof_standard", 1),
        ("verification.forgiveness", 1),
        ("scrutiny.false_acceptance", 1),
        ("relations.us.iran.campaign", 1),
        ("facilitators.oman.hosting", -1),
        ("facilitators.oman.arrives", 1),
    ],
)
def test_less_verification_and_more_pressure_are_perverse(path, direction):
    assert perverse_reason(path, direction)
    assert not perverse_reason(path, -direction)


def test_patterns_choose_levers():
    scenario = load_scenario("two-states")
    chosen = [each.path for each in allowed_levers(scenario, ["*.dialogue", "bodies.*"])]
    assert chosen == [
        "states.alba.dialogue",
        "states.borea.dialogue",
        "bodies.mission.detection",
        "bodies.mission.inspections",
    ]
    assert allowed_levers(scenario, []) == list_levers(scenario)


def test_a_pattern_without_a_lever_is_refused_with_a_near_one():
    wrong = ["facilitator.*", "states.alba.dialog", "belief.*", "*.dialogue"]
    with pytest.raises(ScenarioError) as refused:
        allowed_levers(load_scenario("two-states"), wrong)
    near, nearer, other = map(str, refused.value.errors)
    assert "did you mean `facilitators.*`" in near
    assert "did you mean `states.alba.dialogue`" in nearer
    assert "a lever is a value that a participant can choose" in other
