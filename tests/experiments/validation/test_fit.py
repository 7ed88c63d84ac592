"""The objective of the fit: weights, their ranges, and hinge losses of patterns that are not held back."""

import numpy as np
import pytest

from experiments.validation.fit.objective import (
    AIMS,
    UNDEFINED,
    Aims,
    Goal,
    Objective,
    fitted_pattern,
    losses_of,
    pattern_goals,
    weighted_total,
)
from experiments.validation.fit.weights import (
    FITTED_WEIGHTS,
    FittedWeight,
    check_values,
    check_weights,
    scenario_changes,
    weights_set_by_files,
)
from experiments.validation.pattern import UNBOUNDED
from experiments.validation.patterns import PATTERNS
from experiments.validation.patterns_of_processes import conduct_by_relations
from experiments.validation.traces import ScenarioSample, record_trace
from model.errors import ScenarioError
from model.loading import read_scenario

HELD_BACK = [pattern.key for pattern in PATTERNS if pattern.held_back]
SUPPORT = (FittedWeight("states.*.support", 0.2, 0.8),)  # set by the files of all scenarios


def test_every_fitted_weight_is_declared_with_a_wider_range():
    declared = check_weights(FITTED_WEIGHTS)
    assert list(declared) == [weight.path for weight in FITTED_WEIGHTS]
    assert declared["states.*.after_cc"].path == "states.NAME.after_cc"


@pytest.mark.parametrize(
    ("weight", "problem"),
    [
        (FittedWeight("states.*.after_cc", 0.5, 1.1), "leaves the declared range, 0 to 1"),
        (FittedWeight("tension.provocation", -0.1, 1.0), "leaves the declared range, 0 to 2"),
        (FittedWeight("tension.provocation", 0.3, 0.3), "is an empty search range"),
        (FittedWeight("tension.provocations", 0.1, 0.3), "did you mean `tension.provocation`?"),
        (FittedWeight("states.us.after_cc", 0.1, 0.3), "no such parameter"),
        (FittedWeight("states.*.veto_players", 1.0, 3.0), "is an integer"),
        (FITTED_WEIGHTS[0], "is listed twice"),
    ],
)
def test_weights_that_cannot_be_fitted_are_refused(weight, problem):
    with pytest.raises(ScenarioError) as raised:
        check_weights((*FITTED_WEIGHTS, weight))
    (error,) = raised.value.errors
    assert problem in error.problem
    assert error.path == weight.path


def test_all_invalid_weights_are_reported_at_once():
    with pytest.raises(ScenarioError) as raised:
        check_weights([FittedWeight("conduct.none", 0.0, 1.0), FittedWeight("conduct.silence", 0.5, 2.0)])
    assert [error.path for error in raised.value.errors] == ["conduct.none", "conduct.silence"]


def test_a_star_stands_for_every_name_in_the_scenario():
    changes = scenario_changes({"states.*.after_cc": 0.9, "conduct.silence": 0.5}, "two-states")
    assert changes == {"states.alba.after_cc": 0.9, "states.borea.after_cc": 0.9, "conduct.silence": 0.5}
    rungs = scenario_changes({"negotiations.*.rungs.*.duration": 2}, "two-states")
    talks = read_scenario("two-states")["negotiations"]["border"]
    assert list(rungs) == [f"negotiations.border.rungs.{rung}.duration" for rung in talks["rungs"]]


def test_a_value_for_one_scenario_changes_no_other():
    values = {"mechanisms.force@us-iran-2026": True}
    assert scenario_changes(values, "us-iran-2026") == {"mechanisms.force": True}
    assert scenario_changes(values, "us-iran-2018") == {}


def test_a_fitted_weight_leaves_the_value_of_a_file():
    values = {"states.*.support": 0.7}
    assert scenario_changes(values, "two-states", SUPPORT) == {}
    assert scenario_changes(values, "two-states", ()) == {"states.alba.support": 0.7, "states.borea.support": 0.7}
    assert weights_set_by_files(SUPPORT, ["two-states"]) == {"states.*.support": ["two-states"]}
    assert weights_set_by_files((FittedWeight("conduct.silence", 0.1, 0.2),), ["two-states"]) == {}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"belief.memory": 0.5}, "FILE: belief.memory: must be a number from 0.95 to 0.985, its search range"),
        ({"belief.memory": True}, "its search range"),
        ({"belief.memory": "high"}, "its search range"),
        ({"mechanisms.force@us-iran-2027": True}, "did you mean `us-iran-2026`?"),
        ({"conduct.silence": 2.0}, "FILE, in two-states: conduct.silence"),
        ({"conduct.silense": 0.5}, "FILE, in two-states: conduct.silense"),
    ],
)
def test_start_values_outside_their_range_are_refused(values, problem):
    with pytest.raises(ScenarioError) as raised:
        check_values(values, FITTED_WEIGHTS, ["two-states"], "FILE")
    assert problem in str(raised.value)
    assert len(raised.value.errors) == 1


@pytest.mark.parametrize("key", HELD_BACK)
def test_a_pattern_that_is_held_back_cannot_be_fitted(key):
    assert key not in AIMS
    count = len(next(pattern for pattern in PATTERNS if pattern.key == key).inequalities)
    with pytest.raises(ScenarioError, match=f"held back from tuning.*'{key}'"):
        fitted_pattern(key)
    with pytest.raises(ScenarioError, match="held back from tuning"):
        Objective(10, aims={**AIMS, key: Aims(((0.0, 1.0),) * count)})


def test_an_unknown_pattern_cannot_be_fitted():
    with pytest.raises(ScenarioError, match="no such pattern"):
        Objective(10, aims={"S99": Aims(((0.0, 1.0),))})


def test_a_loss_is_the_distance_to_the_bounds_times_its_cost():
    goal = Goal("share", lambda sums: sums[..., 0], 0.2, 0.8, 5.0)
    assert [goal.loss(value) for value in (0.2, 0.5, 0.8)] == [0.0, 0.0, 0.0]
    assert goal.loss(0.1) == pytest.approx(0.5)
    assert goal.loss(1.0) == pytest.approx(1.0)
    assert goal.loss(float("nan")) == UNDEFINED
    assert goal._replace(upper=UNBOUNDED).loss(1e9) == 0.0


def test_goals_are_the_tests_with_their_bounds_moved_inwards():
    pattern = fitted_pattern("S1")
    odds, share, further = pattern_goals(pattern, AIMS["S1"])
    assert (odds.lower, odds.upper) == (pytest.approx(4.6), pytest.approx(9.4))
    assert (share.lower, share.upper) == (-UNBOUNDED, pytest.approx(0.32))
    assert further.lower == 0.5
    with pytest.raises(ValueError, match="S1 has 2 tests, its aims have 1"):
        pattern_goals(pattern, Aims(((0.0, 1.0),)))
    with pytest.raises(ValueError, match="leaves nothing between the bounds"):
        pattern_goals(pattern, Aims(((3.1, 1.0), (0.0, 1.0))))


def test_losses_of_hand_made_counts():
    goals = {"S1": pattern_goals(fitted_pattern("S1"), AIMS["S1"])}
    good, few, undefined = (
        np.array(counts, float) for counts in ((100, 62, 100, 22), (100, 40, 100, 22), (100, 0, 100, 0))
    )
    assert losses_of(goals, {"S1": good}) == {"S1": 0.0}
    ratio = (0.4 / 0.6) / (0.22 / 0.78)
    assert losses_of(goals, {"S1": few})["S1"] == pytest.approx((4.6 - ratio) + 6.0 * 0.1)
    assert losses_of(goals, {"S1": undefined})["S1"] == pytest.approx(UNDEFINED + 6.0 * 0.5)
    assert weighted_total({"S1": 0.5, "F1": 2.0}, {"F1": 0.25}) == 1.0


def test_every_aim_fits_its_pattern():
    objective = Objective(10)
    assert list(objective.goals) == list(AIMS)
    assert "us-ussr-1985" in objective.scenarios
    narrower = Objective(10, aims={**AIMS, "S9": Aims(((0.03, 10.0),))})
    assert objective.aims_digest == Objective(99).aims_digest != narrower.aims_digest


def test_a_sample_has_its_own_seeds_and_values():
    all_worlds = record_trace("two-states", 6, ["trust"])["trust"]
    assert (record_trace(ScenarioSample("two-states", {}, 4), 3, ["trust"])["trust"] == all_worlds[3:]).all()
    changed = record_trace(ScenarioSample("two-states", {"belief.memory": 0.8}), 6, ["trust"])["trust"]
    assert (changed == record_trace("two-states", 6, ["trust"], {"belief.memory": 0.8})["trust"]).all()
    assert (changed != all_worlds).any()


def test_a_sample_is_counted_as_the_scenario_of_its_name():
    name = "us-iran-2026"
    assert (conduct_by_relations(ScenarioSample(name, {}), 10) == conduct_by_relations(name, 10)).all()
    assert conduct_by_relations(name, 10)[:, 0].sum() > 0


def test_an_evaluation_measures_the_patterns_with_the_values():
    aims = {key: AIMS[key] for key in ("E1", "E2", "F10")}
    objective = Objective(10, aims=aims)
    sums, (f10,) = objective.measure({}), (pattern for pattern in PATTERNS if pattern.key == "F10")
    assert (sums["F10"] == np.sum([f10.count_cases(name, 10).sum(axis=0) for name in f10.scenarios], axis=0)).all()
    assert sums["E1"] is sums["E2"]  # counted once
    hostile = {"states.*.after_cc": 0.86, "states.*.after_dd": 0.22, "conduct.trust_moves_conduct": 1.0}
    losses = objective(hostile)
    assert list(losses) == list(aims)
    assert losses != objective({})
    assert (sums["E1"] != Objective(10, 501, aims).measure({})["E1"]).any()
    assert losses == objective(hostile)
