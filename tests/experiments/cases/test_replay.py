"""Replays of historical cases use only the input."""

import json
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from support.cases import ACTS, HEADER_LINES, acts_with, write_case
from support.worlds import ALL_OFF, TIT_FOR_TAT, smallest_scenario

from agents.assembly import Assembly
from experiments.cases.case import case_names, load_case
from experiments.cases.replay import base_rate, compare_forecasters, persistent_signs, replay_case, response_shares
from experiments.cases.scoring import brier_score
from experiments.engine.worlds import play_cooperation
from experiments.validation.cases import run_part
from model.loading import apply_changes, load_scenario


def reciprocal_scenario(folder: Path, **more) -> str:
    """Write a scenario in which two states reciprocate and nothing else happens; return its path."""
    changes = {**{name.partition(".")[2]: False for name in ALL_OFF}, "reciprocity": True}
    habits = {**TIT_FOR_TAT, "generosity": 0.0}
    unforgiving = {f"states.{name}.{habit}": value for name in ("alba", "borea") for habit, value in habits.items()}
    path = folder / "in-kind.toml"
    path.write_text(
        tomli_w.dumps({**apply_changes(smallest_scenario(), unforgiving), "mechanisms": changes, **more}), "utf-8"
    )
    return str(path)


def test_reciprocal_pair_repeats_the_input_a_month_later(tmp_path):
    opening = [HEADER_LINES[0], f"# scenario: {reciprocal_scenario(tmp_path)}", *HEADER_LINES[2:]]
    case = load_case(write_case(tmp_path, opening=opening))
    assert persistent_signs(case.monthly_conduct(0), case.months) == [1, 0, 1, 1, 1]
    assert response_shares(case, 1, worlds=3).tolist() == [1, 1, 0, 1, 1]
    assert persistent_signs(case.monthly_conduct(1), case.months) == [0, 0, 1, 1, 1]
    assert response_shares(case, 0, worlds=3).tolist() == [1, 0, 0, 1, 1]


def test_response_depends_only_on_the_input(tmp_path):
    case = load_case(write_case(tmp_path))
    friendlier = load_case(write_case(tmp_path, acts_with(1, "120,-4.0", "035,7.0"), name="other"))
    before, after = (response_shares(each, 1, worlds=64) for each in (case, friendlier))
    assert np.array_equal(before, after)
    assert friendlier.monthly_conduct(1) != case.monthly_conduct(1)
    assert not np.array_equal(response_shares(case, 0, worlds=64), response_shares(friendlier, 0, worlds=64))


def test_scheduled_events_are_removed(tmp_path):
    event = {"round": 2, "kind": "hostile_act", "actor": "borea", "counterpart": "alba", "text": {"en": "B strikes."}}
    found = []
    for more in ({}, {"events": [event]}):
        opening = [HEADER_LINES[0], f"# scenario: {reciprocal_scenario(tmp_path, **more)}", *HEADER_LINES[2:]]
        found.append(response_shares(load_case(write_case(tmp_path, opening=opening)), 1, worlds=3).tolist())
    assert found[0] == found[1]


def test_acts_equal_those_of_the_mesa_driver():
    scenario = load_scenario("two-states", {"rounds": 12})
    done = play_cooperation(scenario, (), worlds=2, seed=5)
    for place, seed in enumerate((5, 6)):
        model = Assembly(scenario, rng=seed)
        for now in range(scenario.rounds):
            model.step()
            assert np.array_equal(done[place, now], (model.world.conduct ^ model.world.miscarried) > 0)


def test_base_rate_excludes_the_case_itself():
    own = [weight for side in (0, 1) for weight in load_case("iran-2018").monthly_conduct(side).values() if weight]
    every, others = base_rate("no such case"), base_rate("iran-2018")
    assert sorted(every.values) == sorted([*others.values, *own])


def test_persistence_uses_the_same_sides_previous_month(tmp_path):
    first, second = replay_case(load_case(write_case(tmp_path)), worlds=32).directions
    assert [month.scores is None for month in first.months] == [True, False, False]
    assert [month.joint_only for month in first.months] == [False, False, True]
    drop = first.months[1]
    assert drop.forecasts["persistence"].values == (4.0,)
    chance = drop.forecasts["model"].chance
    assert drop.scores is not None
    assert drop.scores[:2] == (brier_score(chance, False), 1.0)
    assert drop.scores[4] == pytest.approx(8.0)
    assert second.months[-1].scores is not None


def test_comparison_without_scored_months_is_none(tmp_path):
    played = replay_case(load_case(write_case(tmp_path, ACTS[:1])), worlds=2)
    assert compare_forecasters([played.scored_months]) is None


def test_part_reports_first_where_a_baseline_is_better():
    part = run_part(True, lambda _: None)
    names = [row["case"] for row in part.rows]
    assert names == [*case_names(), "all cases", "all, acts of one side only", "all, without input to the model"]
    assert len({tuple(row) for row in part.rows}) == 1
    json.dumps(part._asdict())
    total = part.rows[len(case_names())]
    assert total["months"] == sum(row["months"] for row in part.rows[: len(case_names())])
    lost = [what for what in ("sign", "size") if total[f"nearest, {what}"] != "model"]
    assert (
        part.lead.startswith(f"A baseline is better on the {lost[0]}")
        if lost
        else "A baseline is better" not in part.lead
    )
    assert part.failed == sum(row["verdict"].startswith("fail") for row in part.rows)
