"""Replays of historical cases use only the input."""

import json
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from support.cases import ACTS, HEADER_LINES, acts_with, write_case
from support.worlds import ALL_OFF, TIT_FOR_TAT, smallest_scenario

from agents.assembly import Assembly
from experiments.cases.case_file import case_names, load_case
from experiments.cases.forecasters import RIVALS
from experiments.cases.replay import (
    FORECASTERS,
    MODELS,
    ReplayMonth,
    combined_verdict,
    compare_forecasters,
    input_overrides,
    one_step_share,
    persistent_signs,
    replay_case,
    response_shares,
)
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


def answers(case, side, worlds):
    """Return the shares of a side's cooperative months, given the other side's record."""
    return response_shares(case, side, worlds, given=input_overrides(case, 1 - side))


def test_reciprocal_pair_repeats_the_input_a_month_later(tmp_path):
    opening = [HEADER_LINES[0], f"# scenario: {reciprocal_scenario(tmp_path)}", *HEADER_LINES[2:]]
    case = load_case(write_case(tmp_path, opening=opening))
    weights = case.monthly_weights()
    assert persistent_signs(weights[:, 0]) == [1, 0, 1, 1, 1]
    assert answers(case, 1, worlds=3).tolist() == [1, 1, 0, 1, 1]
    assert persistent_signs(weights[:, 1]) == [0, 0, 1, 1, 1]
    assert answers(case, 0, worlds=3).tolist() == [1, 0, 0, 1, 1]


def test_one_step_forecast_knows_only_the_months_before(tmp_path):
    opening = [HEADER_LINES[0], f"# scenario: {reciprocal_scenario(tmp_path)}", *HEADER_LINES[2:]]
    case = load_case(write_case(tmp_path, opening=opening))
    assert [one_step_share(case, 1, now, worlds=3) for now in range(1, 6)] == [1, 1, 0, 1, 1]
    later = load_case(write_case(tmp_path, acts_with(3, "046,7.0", "120,-4.0"), name="later"))
    case = load_case(write_case(tmp_path))
    shares = [[one_step_share(each, 1, now, worlds=64) for now in range(1, 6)] for each in (case, later)]
    assert shares[0][:3] == shares[1][:3]
    assert shares[0][3:] != shares[1][3:]


def test_response_depends_only_on_the_input(tmp_path):
    case = load_case(write_case(tmp_path))
    friendlier = load_case(write_case(tmp_path, acts_with(1, "120,-4.0", "035,7.0"), name="other"))
    before, after = (answers(each, 1, worlds=64) for each in (case, friendlier))
    assert np.array_equal(before, after)
    assert friendlier.monthly_conduct(1) != case.monthly_conduct(1)
    assert not np.array_equal(answers(case, 0, worlds=64), answers(friendlier, 0, worlds=64))


def test_scheduled_events_are_removed(tmp_path):
    event = {"round": 2, "kind": "hostile_act", "actor": "borea", "counterpart": "alba", "text": {"en": "B strikes."}}
    found = []
    for more in ({}, {"events": [event]}):
        opening = [HEADER_LINES[0], f"# scenario: {reciprocal_scenario(tmp_path, **more)}", *HEADER_LINES[2:]]
        found.append(answers(load_case(write_case(tmp_path, opening=opening)), 1, worlds=3).tolist())
    assert found[0] == found[1]


def test_acts_equal_those_of_the_mesa_driver():
    scenario = load_scenario("two-states", {"rounds": 12})
    done = play_cooperation(scenario, (), worlds=2, seed=5)
    for place, seed in enumerate((5, 6)):
        model = Assembly(scenario, rng=seed)
        for now in range(scenario.rounds):
            model.step()
            assert np.array_equal(done[place, now], (model.world.conduct ^ model.world.miscarried) > 0)


def test_persistence_uses_the_same_sides_previous_month(tmp_path):
    first, second = replay_case(load_case(write_case(tmp_path)), worlds=32).directions
    assert [month.scores is None for month in first.months] == [True, False, False]
    assert [month.joint_only for month in first.months] == [False, False, True]
    drop = first.months[1]
    assert drop.forecasts["persistence"].values == (4.0,)
    chance = drop.forecasts["model"].chance
    scores = dict(zip([*FORECASTERS, *(f"CRPS of {name}" for name in FORECASTERS)], drop.scores or (), strict=True))
    assert scores["model"] == brier_score(chance, False)
    assert scores["persistence"] == 1.0
    assert scores["CRPS of persistence"] == pytest.approx(8.0)
    assert second.months[-1].scores is not None


def test_comparison_without_scored_months_is_none(tmp_path):
    played = replay_case(load_case(write_case(tmp_path, ACTS[:1])), worlds=2)
    assert compare_forecasters([played.scored_months]) is None


def scored(*scores: float) -> ReplayMonth:
    """Return a scored month: the Brier score of each forecaster, also as its CRPS."""
    return ReplayMonth(1, "2001-01", 1, 1.0, False, {}, (*scores, *scores))


def test_differences_are_paired_and_ordered_by_score():
    rng, count = np.random.default_rng(1), len(FORECASTERS)
    groups = []
    for size in (5, 9, 3):
        hard = rng.uniform(size=(size, 1))
        groups.append([scored(*row) for row in hard + 0.1 * np.arange(count)[::-1]])
    comparison = compare_forecasters(groups)
    assert comparison is not None
    one = comparison["sign"]
    assert [*one.scores] == [*reversed(FORECASTERS)]
    assert one.best == FORECASTERS[-1]
    for at, name in enumerate(FORECASTERS[1:], start=1):
        assert one.differences[name] == pytest.approx((0.1 * at,) * 3)  # though the scores vary from month to month
        assert one.scores[name].high > one.scores[name].low
    assert combined_verdict(comparison, "Richardson") == "fails on sign and size"
    assert combined_verdict(comparison, MODELS[1]) == ""


def test_part_orders_forecasters_and_counts_failures():
    part = run_part(True, lambda _: None)
    json.dumps(part._asdict())
    assert len({tuple(row) for row in part.rows}) == 1
    tables = [part.rows[: len(FORECASTERS)], part.rows[len(FORECASTERS) :]]
    for rows in tables:
        assert {row["forecaster"] for row in rows} == {*FORECASTERS}
        means = [float(row["Brier, sign"].partition(" ")[0]) for row in rows]
        assert means == sorted(means)
    counts = [int(rows[0]["months"].partition(",")[0]) for rows in tables]
    assert 0 < counts[1] < counts[0]
    verdicts = {row["forecaster"]: row["verdict"] for row in tables[0]}
    assert all((verdicts[name] != "") == (name in RIVALS) for name in FORECASTERS)
    assert part.failed == sum(row["verdict"].startswith("fail") for row in part.rows)
    assert f"Based on {counts[0]} months of {len(case_names())} cases." in part.lead
