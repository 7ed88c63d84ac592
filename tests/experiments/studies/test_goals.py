"""Goals of `detente advise`: what is accepted, what is refused, and how a goal is judged."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.statistics import MeanInterval
from experiments.studies.goals import OUTCOME_SETS, parse_goal
from experiments.studies.lever_player import LeverPlayer
from model.errors import ScenarioError


@given(st.sampled_from(sorted(OUTCOME_SETS)), st.sampled_from([">=", "<="]), st.floats(0.0, 1.0))
def test_a_goal_is_read_as_it_is_written(measure, sign, target):
    goal = parse_goal(f"  {measure}{sign} {target!r} ", ["border"])
    assert (goal.measure, goal.at_least, goal.target) == (measure, sign == ">=", target)
    assert parse_goal(goal.text, ["border"])._replace(target=target) == goal


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("comprehensive_dea >= 0.4", "did you mean `comprehensive_deal`"),
        ("peace >= 0.4", "available: comprehensive_deal, partial_arrangement, managed_contact, breakdown, some_deal"),
        ("some_deal > 0.4", "must have the form MEASURE >= NUMBER or MEASURE <= NUMBER"),
        ("some_deal = 0.4", "must have the form"),
        ("some_deal", "must have the form"),
        ("", "must have the form"),
        (5, "must have the form"),
        ("some_deal >= much", "must have the form"),
        ("share(tension <= 0.4)", "must have the form"),
        ("some_deal >= 40", "a share of worlds is a number from 0 to 1"),
        ("some_deal <= -0.1", "a share of worlds is a number from 0 to 1"),
        ("some_deal >= nan", "a share of worlds is a number from 0 to 1"),
        ("mean(tension) <= inf", "must be finite"),
        ("tension <= 0.4", r"write mean\(tension\)"),
        ("mean_tension <= 0.4", r"write mean\(tension\)"),
        ("end_trust >= 0.4", r"write last\(trust\)"),
        ("mean(tenson) <= 0.4", "did you mean `tension`"),
    ],
)
def test_a_wrong_goal_is_refused_with_what_is_allowed(text, problem):
    with pytest.raises(ScenarioError, match=problem) as refused:
        parse_goal(text, ["border"])
    assert [each.path for each in refused.value.errors] == ["goal"]


def test_a_comparison_inside_a_metric_is_part_of_it():
    goal = parse_goal("share(border.tension <= 0.4) >= 0.5", ["border"])
    assert (goal.measure, goal.at_least, goal.target) == ("share(border.tension <= 0.4)", True, 0.5)


def test_a_goal_is_reached_on_its_own_side():
    at_least, at_most = parse_goal("some_deal >= 0.4", ["border"]), parse_goal("some_deal <= 0.4", ["border"])
    wide = MeanInterval(0.45, 0.35, 0.55, 0)
    assert (at_least.is_reached(0.4), at_most.is_reached(0.4)) == (True, True)
    assert (at_least.is_reached(0.45), at_most.is_reached(0.45)) == (True, False)
    assert (at_least.is_certain(wide), at_least.is_possible(wide)) == (False, True)
    assert (at_most.is_certain(wide), at_most.is_possible(wide)) == (False, True)
    assert at_most.shortfall(0.45) == pytest.approx(0.05)
    assert not at_least.is_reached(math.nan)
    assert not at_most.is_reached(math.nan)


def test_measures_are_those_of_an_ensemble():
    goals = [*(f"{name} >= 0.5" for name in OUTCOME_SETS), "mean(tension) <= 0.5"]
    player = LeverPlayer("two-states", None, goals, ())
    (played,) = player.play([{}], 100, 7)
    assert played is not None
    ensemble = play_ensemble("two-states", 100, 7)
    shares = {name: share.share for name, share in ensemble.shares().items()}
    some = shares["comprehensive_deal"] + shares["partial_arrangement"]
    expected = [*(shares.get(name, some) for name in OUTCOME_SETS), ensemble.frame()["mean_tension"].mean()]
    assert np.allclose(played.measures.mean(axis=1), expected, atol=1e-6)
    assert np.allclose(played.tension, ensemble.frame()["mean_tension"], atol=1e-6)
