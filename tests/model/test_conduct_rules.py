"""Conduct listens to relations; acts have sizes, moods persist, and months can pass in silence."""

import numpy as np
import pytest
from support.rounds import record_rounds
from support.worlds import TIT_FOR_TAT, make_world, scenario_with_only

from model.overrides import Override
from model.rules.conduct import FIRMEST_HABIT, RECORD_MEMORY, cooperation_terms
from model.rules.intensity import COOPERATIVE_TAIL, STRONGEST_MOOD

pytestmark = pytest.mark.uncompiled
PAIR = (0, 1)


def conduct_terms(changes, mechanisms=("reciprocity", "relations")):
    """Return the terms of the first party's conduct towards the second in the initial state."""
    return cooperation_terms(make_world(scenario_with_only(mechanisms, changes)).compiled, *PAIR)


@pytest.mark.parametrize(
    ("term", "path", "low", "high", "weight"),
    [
        ("trust", "relations.alba.borea.trust", 0.2, 0.7, "trust_moves_conduct"),
        ("tension", "relations.alba.borea.tension", 0.1, 0.6, "tension_moves_conduct"),
        ("pressure", "relations.alba.borea.pressure", 0.2, 0.7, "pressure_moves_conduct"),
        ("pressure", "relations.borea.alba.pressure", 0.2, 0.7, "pressure_moves_conduct"),
    ],
)
def test_each_relation_shifts_the_odds_by_its_weight(term, path, low, high, weight):
    shifts = [getattr(conduct_terms({f"conduct.{weight}": 2.0, path: value}), term) for value in (low, high)]
    sign = 1.0 if term == "trust" else -1.0
    assert shifts[1] - shifts[0] == pytest.approx(sign * 2.0 * 0.5)


def test_verified_rungs_make_conduct_friendlier():
    step = {"negotiations.talks.rungs.step-1.status": "verified"}
    assert conduct_terms({}).deal == 0.0
    assert conduct_terms({**step, "conduct.deal_moves_conduct": 3.0}).deal == pytest.approx(1.0)


def test_weights_of_zero_leave_the_doctrine_alone():
    weights = [f"conduct.{name}_moves_conduct" for name in ("trust", "tension", "deal", "pressure", "mood")]
    changes = {"relations.alba.borea.trust": 0.9, "relations.alba.borea.pressure": 0.5}
    free = conduct_terms({**dict.fromkeys(weights, 0.0), **changes})
    off = conduct_terms(changes, ("reciprocity",))
    assert free[:8] == off[:8]


def test_a_sure_habit_is_bounded_only_where_relations_count():
    sure = {f"states.alba.{name}": value for name, value in TIT_FOR_TAT.items()}
    assert conduct_terms(sure).habit == FIRMEST_HABIT
    assert conduct_terms(sure, ("reciprocity",)).habit > 50.0


def test_relations_can_override_a_habit():
    hostile = {"relations.alba.borea.trust": 0.02, "relations.alba.borea.tension": 1.0}
    weights = {"conduct.trust_moves_conduct": 10.0, "conduct.tension_moves_conduct": 10.0}
    sure = {f"states.alba.{name}": 1.0 for name in TIT_FOR_TAT}
    scenario = scenario_with_only(("reciprocity", "relations"), {**hostile, **weights, **sure})
    assert record_rounds(scenario, 40, ("conduct", PAIR)).mean() < 0.3
    free = scenario_with_only(("reciprocity",), {**hostile, **weights, **sure})
    assert record_rounds(free, 40, ("conduct", PAIR)).all()


def test_states_at_a_table_are_never_silent():
    scenario = scenario_with_only(
        "intensity", {"conduct.silence": 1.0, "relations.third-0.alba.tension": 0.0}, states=3
    )
    seen = record_rounds(scenario, 10, ("silent", (0, 1)), ("silent", (1, 0)), ("silent", (2, 0)))
    assert (seen == [0.0, 0.0, 1.0]).all()


def test_hostility_ends_silence():
    scenario = scenario_with_only(
        "intensity", {"conduct.silence": 1.0, "relations.third-0.alba.tension": 1.0}, states=3
    )
    assert (record_rounds(scenario, 10, ("silent", (2, 0))) == 0.0).all()


def test_silence_is_no_act_no_evidence_and_no_provocation():
    """The last act remains, but it moves neither trust nor posture."""
    quiet = {
        "conduct.silence": 1.0, "tension.tension_step": 0.0, "belief.memory": 1.0, "tension.provocation": 0.5,
        "states.third-0.cooperates_first": False, "relations.third-0.alba.tension": 0.0,
        **{f"tension.{name}": 0.0 for name in ("contact_calms", "progress_calms")},
    }  # fmt: skip
    mechanisms = ("intensity", "reciprocity", "reputation", "tension")
    columns = ("conduct", (2, 0)), ("trust", (0, 2)), ("posture", (0, 2)), ("conduct_record", (2, 0))
    seen = record_rounds(scenario_with_only(mechanisms, quiet, states=3), 8, *columns)
    assert (seen == seen[0]).all()
    assert seen[0, 0] == 0.0
    loud = record_rounds(scenario_with_only(mechanisms, {**quiet, "conduct.silence": 0.0}, states=3), 8, *columns)
    assert loud[-1, 1] < seen[-1, 1]
    assert loud[-1, 2] > seen[-1, 2]


@pytest.mark.parametrize(("act", "column", "sign"), [(1, "trust", 1.0), (0, "trust", -1.0), (0, "posture", 1.0)])
def test_larger_acts_are_stronger_evidence_and_provocation(act, column, sign):
    changed = []
    for size in (0.5, 4.0):
        scenario = scenario_with_only(
            ("intensity", "reciprocity", "reputation", "tension"),
            {"tension.tension_step": 0.0, "belief.confirmation_bias": 0.0, "states.alba.dialogue": 0.0},
        )
        moves = (
            Override(1, "choose_conduct", None, "borea", "alba", act),
            Override(1, "size_act", None, "borea", "alba", size),
        )
        changed.append(record_rounds(scenario, 1, (column, PAIR), overrides=moves)[0, 0])
    assert sign * (changed[1] - changed[0]) > 0.0


def test_mood_is_bounded_and_sizes_follow_it():
    scenario = scenario_with_only("intensity", {"conduct.mood_spread": 2.0, "conduct.mood_inertia": 0.95})
    mood, size, other = record_rounds(scenario, 200, ("mood", PAIR), ("act_size", PAIR), ("mood", (1, 0))).T
    assert np.abs(mood).max() == STRONGEST_MOOD
    assert np.allclose(size, np.exp(COOPERATIVE_TAIL * mood))  # every act is cooperative here
    assert not np.array_equal(mood, other)


def test_moods_of_states_without_talks_are_neutral():
    scenario = scenario_with_only("intensity", {"conduct.mood_spread": 2.0}, states=3)
    assert (record_rounds(scenario, 10, ("mood", (2, 0)), ("mood", (0, 2))) == 0.0).all()


def test_a_mood_moves_the_odds_and_the_size_of_hostile_acts():
    world = make_world(
        scenario_with_only(("reciprocity", "relations", "intensity"), {"conduct.mood_moves_conduct": 2.0})
    )
    world.mood[PAIR] = -1.5
    assert cooperation_terms(world.compiled, *PAIR).mood == pytest.approx(-3.0)


def test_the_record_averages_actual_acts_and_compliance():
    hostile = tuple(Override(now, "choose_conduct", None, "alba", "borea", 0) for now in (2, 3))
    scenario = scenario_with_only("reciprocity", {"relations.borea.alba.trust": 0.6, **{
        f"states.alba.{name}": 1.0 for name in TIT_FOR_TAT
    }})  # fmt: skip
    seen, expected = record_rounds(scenario, 4, ("conduct_record", PAIR), overrides=hostile)[:, 0], 0.6
    for now, act in enumerate((1, 0, 0, 1)):
        expected = RECORD_MEMORY * expected + (1 - RECORD_MEMORY) * act
        assert seen[now] == pytest.approx(expected)


def test_a_hidden_violation_spoils_the_record():
    cheat = tuple(Override(now, "comply", "talks", "alba", None, 0) for now in range(1, 4))
    step = {"negotiations.talks.rungs.step-1.status": "verified", "states.alba.dialogue": 0.0}
    scenario = scenario_with_only("reciprocity", {**step, **{f"states.alba.{name}": 1.0 for name in TIT_FOR_TAT}})
    honest, cheating = (record_rounds(scenario, 4, ("conduct_record", PAIR), overrides=moves) for moves in ((), cheat))
    assert (cheating[1:] < honest[1:]).all()
