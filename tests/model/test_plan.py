"""The plan of a scenario: worlds set by whole columns equal those built from a changed scenario, bit for bit."""

import numpy as np
import pytest
from support.designs import random_columns, settable_paths

from model.design_columns import check_columns, current_value, path_domain
from model.errors import ScenarioError
from model.loading import load_scenario, read_scenario, scenario_names
from model.mechanisms import Mechanisms
from model.parameter_space import every_parameter
from model.plan import Plan
from model.world import World

SHAPES = {"bundling"}


def planned_and_built(name: str, columns: dict, point: int) -> tuple[World, World]:
    """Return the initial world of a point, by the plan and from the changed scenario."""
    plan = Plan(load_scenario(name))
    checked = check_columns(plan.scenario, columns)
    assert not checked.structural
    changes = {path: values[point].item() for path, values in checked.values.items()}
    planned = plan.world_at(plan.start_cells(checked.settable, checked.points), point, seed=5)
    return planned, World(load_scenario(name, changes), 5)


@pytest.mark.parametrize("name", scenario_names())
def test_every_path_set_alone_equals_the_changed_scenario(name):
    for path in settable_paths(load_scenario(name)):
        columns = random_columns(load_scenario(name), [path], 3, seed=len(path))
        planned, built = planned_and_built(name, columns, 1)
        assert planned.snapshot() == built.snapshot(), path


@pytest.mark.parametrize("name", scenario_names())
def test_all_paths_set_together_equal_the_changed_scenario(name):
    scenario = load_scenario(name)
    columns = random_columns(scenario, settable_paths(scenario), 4, seed=2)
    for point in range(4):
        planned, built = planned_and_built(name, columns, point)
        assert planned.snapshot() == built.snapshot()


@pytest.mark.parametrize("name", scenario_names())
def test_no_number_switch_or_doctrine_is_structural(name):
    scenario = load_scenario(name)
    paths = [each.path for each in every_parameter(scenario) if each.path.split(".")[-1] not in SHAPES]
    paths += [f"mechanisms.{each}" for each in Mechanisms.model_fields]
    paths += [f"states.{each}.doctrine" for each in scenario.states]
    assert [path for path in paths if path_domain(scenario, path) is None] == []


@pytest.mark.parametrize("name", scenario_names())
def test_a_column_of_the_current_value_changes_no_cell(name):
    scenario = load_scenario(name)
    plan = Plan(scenario)
    for path in settable_paths(scenario):
        checked = check_columns(scenario, {path: [current_value(scenario, path)] * 2})
        planned = plan.world_at(plan.start_cells(checked.settable, checked.points), 1, seed=0)
        assert planned.snapshot() == plan.world.snapshot(), path


def test_branching_on_a_varied_value_is_refused(monkeypatch):
    plan = Plan(load_scenario("two-states"))
    monkeypatch.setattr("model.plan.fill_columns", lambda world, scenario: bool(scenario.belief.memory))
    with pytest.raises(TypeError, match="must not branch"):
        plan.start_cells({"belief.memory": np.array([0.5, 0.9])}, 2)


def test_a_plan_that_misses_a_cell_is_caught(monkeypatch):
    columns = {"relations.alba.borea.trust": [0.3, 0.4]}
    original = Plan.start_cells

    def without_last(self, columns, points):
        cells = original(self, columns, points)
        return cells._replace(float_cells=cells.float_cells[:-1], floats=cells.floats[:-1])

    monkeypatch.setattr(Plan, "start_cells", without_last)
    planned, built = planned_and_built("two-states", columns, 1)
    assert planned.snapshot() != built.snapshot()


def test_wrong_values_are_all_reported_with_path_row_and_range():
    scenario = load_scenario("two-states")
    design = {
        "belief.memory": [0.6, float("nan"), 2.0],
        "states.alba.veto_players": np.array([1.0, 1.5, 9.0]),
        "mechanisms.noise": [True, "on", 0],
        "states.borea.doctrine": ["assurance", "hawk", "reciprocity"],
        "states.alba.resolve": [True, 10**400, None],
    }
    with pytest.raises(ScenarioError) as caught:
        check_columns(scenario, design)
    found = {(error.path, int(error.problem.split("row ")[1].split(";")[0])) for error in caught.value.errors}
    assert found == {
        ("belief.memory", 1), ("belief.memory", 2), ("states.alba.veto_players", 1), ("states.alba.veto_players", 2),
        ("mechanisms.noise", 1), ("mechanisms.noise", 2), ("states.borea.doctrine", 1),
        ("states.alba.resolve", 0), ("states.alba.resolve", 1), ("states.alba.resolve", 2),
    }  # fmt: skip
    assert "belief.memory: in row 2; allowed is 0.5 to 1 (found 2.0)" in str(caught.value)


@pytest.mark.parametrize(
    ("design", "message"),
    [
        ({}, "not empty"),
        ({"belief.memory": [0.6, 0.7], "belief.betrayal_weight": [2.0]}, "needs 2 values"),
        ({"belief.memory": []}, "holds no values"),
        ({"belief.memory": [[0.6], [0.7]]}, "found a list"),
        ({"belief.memory": np.zeros((2, 2))}, "must be a column"),
        ({"rounds": [10, 20]}, "cannot differ"),
    ],
)
def test_columns_without_one_value_for_each_point_are_refused(design, message):
    with pytest.raises(ScenarioError, match=message):
        check_columns(load_scenario("two-states"), design)


def test_bounds_in_bulk_agree_with_the_schema():
    """Values at and just outside the bounds are accepted or refused as by the scenario itself."""
    scenario, data = load_scenario("two-states"), read_scenario("two-states")
    for parameter in (each for each in every_parameter(scenario) if path_domain(scenario, each.path)):
        step = 1 if parameter.whole else 1e-9
        for value in (parameter.low - step, parameter.low, parameter.high, parameter.high + step):
            value = int(value) if parameter.whole else value
            in_bulk = _accepts(lambda v=value, p=parameter: check_columns(scenario, {p.path: [v]}))
            assert in_bulk == _accepts(lambda v=value, p=parameter: load_scenario(data, {p.path: v})), parameter.path


def _accepts(read) -> bool:
    try:
        read()
    except ScenarioError:
        return False
    return True
