"""Branches, comparisons and turning points: common random numbers, identical until the change, correct effects."""

import json

import numpy as np
import pytest
from support.commands import refused_command, run_detente

from agents.assembly import Assembly
from experiments.counterfactuals.branch import Branch
from experiments.counterfactuals.pivot import (
    open_decisions,
    opposite_value,
    outcome_chances,
    outcome_shares_by_arm,
    rank_decisions,
    resample_continuations,
    sampled_rounds,
)
from experiments.engine.pool import CancelledError
from experiments.ensembles.compare import compare
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.statistics import paired_effect
from model.checks import OVERRIDE_RANGES
from model.enumerations import Friction
from model.errors import ScenarioError
from model.loading import load_scenario
from model.measures import trajectory_digest
from model.overrides import Override
from model.protocol import PROTOCOL


def test_branch_without_effect_is_identical_to_the_run():
    value = load_scenario("us-iran-2026").perception.misread_friendly
    for at in (1, 20, 60):
        branch = Branch("us-iran-2026", 3, at, {"perception.misread_friendly": value})
        assert branch.first_difference is None
        assert branch.digests[0] == branch.digests[1]


@pytest.mark.parametrize(
    ("changes", "overrides"),
    [
        ({"states.iran.doctrine": "contrition"}, ()),
        ({"perception.execution_noise": 0.5}, ()),
        ({"mechanisms.facilitation": False}, ()),
        ({}, (Override(25, "drift_oil", value=3.0),)),
    ],
)
def test_branch_equals_the_run_before_the_change(changes, overrides):
    branch = Branch("us-iran-2026", 3, 25, changes, overrides)
    assert branch.base[:25].tobytes() == branch.trajectory[:25].tobytes()
    assert branch.first_difference is not None
    assert branch.first_difference >= 25


def test_branch_with_a_forced_move_equals_the_watched_run():
    move = Override(12, "answer_proposal", "nuclear", "us", None, -1)
    watched = Assembly("us-iran-2026", rng=5, overrides=(move,)).run()
    assert trajectory_digest(watched.trajectory) == Branch("us-iran-2026", 5, 12, overrides=[move]).digests[1]


def test_changes_impossible_during_a_run_are_rejected():
    with pytest.raises(ScenarioError, match="during a run"):
        Branch("us-iran-2026", 1, 5, {"negotiations.nuclear.bundling": 3})
    with pytest.raises(ScenarioError, match="before the branch"):
        Branch("us-iran-2026", 1, 5, overrides=[Override(4, "drift_oil", value=1.0)])
    with pytest.raises(ScenarioError, match="between 1 and 60"):
        Branch("us-iran-2026", 1, 61)


def test_continuations_share_the_past_and_are_paired():
    branch = Branch("two-states", 2, 10, {"mechanisms.noise": False})
    base, changed = branch.resample(40)
    for arm in (base, changed):
        assert all(future[:10].tobytes() == branch.base[:10].tobytes() for future in arm)
    assert len({future.tobytes() for future in base}) > 30
    unchanged = Branch("two-states", 2, 10, {}).resample(40)
    assert unchanged.base.tobytes() == unchanged.changed.tobytes() == base.tobytes()


def test_comparison_without_a_change_has_no_effect():
    value = load_scenario("two-states").belief.memory
    result = compare("two-states", {"belief.memory": value}, 100)
    assert result.share_of_worlds_changed == 0.0
    assert all(each == (0.0, 0.0, 0.0, 0.0, None) for each in result.effects.values())


def test_effects_are_differences_of_the_two_ensembles():
    result = compare("two-states", {"mechanisms.facilitation": False}, 300, 7)
    on = play_ensemble("two-states", 300, 7).shares()
    off = play_ensemble("two-states", 300, 7, changes={"mechanisms.facilitation": False}).shares()
    for name, share in on.items():
        assert result.effects[name].difference == pytest.approx(off[name].share - share.share)
    assert result.effects["mean_contact"].high < 0


def test_effect_has_the_number_of_independent_runs_needed():
    random = np.random.default_rng(1)
    values = random.normal(size=4000)
    base, changed = values, values + 0.1 + 0.1 * random.normal(size=4000)
    result = paired_effect(base, changed)
    assert result.low < 0.1 < result.high
    assert result.independent_runs == pytest.approx(4000 * 2.0 / 0.01, rel=0.1)


def test_chances_end_at_the_outcome_of_the_run():
    result = outcome_chances("two-states", 4, 30)
    run = Assembly("two-states", rng=4).run()
    assert result.chances.sum(axis=1) == pytest.approx(1.0)
    assert result.chances[-1, run.outcome] == 1.0
    assert 1 <= result.turning_round <= 60


def test_open_decisions_are_those_of_the_watched_run():
    model = Assembly("us-iran-2026", rng=6).run(15)
    recorded = {
        (row.act, row.actor, row.counterpart, row.negotiation): row.value
        for row in model.ledger.rows
        if row.round == 15 and row.kind == "decision"
    }
    result = {}
    for number, cell, value in open_decisions(load_scenario("us-iran-2026"), 6, 15):
        act = PROTOCOL[number]
        result[act.name, *model.narrator.cell_names(act, cell)] = act.to_recorded(value)
    assert recorded.items() <= result.items()


def test_decisions_are_ranked_by_effect():
    result = rank_decisions("two-states", 4, 12, 60)
    sizes = [abs(each.deal - each.deal_otherwise) for each in result]
    assert sizes == sorted(sizes, reverse=True)
    assert all(each.otherwise != each.value for each in result)


def test_branch_without_overrides_changes_no_share():
    branch = Branch("two-states", 4, 12, overrides=[])
    result = outcome_shares_by_arm(branch, 50)
    assert all(result[f"went_{name}"] == result[f"turned_{name}"] for name in ("breakdown", "comprehensive_deal"))
    assert opposite_value("answer_proposal", 1) == -1


def test_every_decision_has_an_opposite_in_its_range():
    assert opposite_value("resolve_friction", Friction.CLIMB) == Friction.STALL
    for act in PROTOCOL:
        if act.conditions and not act.sums:
            low, high = OVERRIDE_RANGES.get(act.column, (0, 1))
            for value in range(int(low), min(int(high), 2) + 1):
                assert low <= opposite_value(act.name, value) <= high, act.name
                assert opposite_value(act.name, value) != value, act.name


def test_ensemble_json_has_the_digests_of_its_runs(tmp_path):
    code, out, _ = run_detente(
        "ensemble", "two-states", "--worlds", 40, "--seed", 5, "--json", "--out", tmp_path / "e", cwd=tmp_path
    )
    summary = json.loads(out)
    assert code == 0
    assert {"scenario", "seed", "worlds", "outcomes", "bands", "trajectory_digests"} <= set(summary)
    assert sum(each["share"] for each in summary["outcomes"].values()) == pytest.approx(1.0)
    assert summary["trajectory_digests"][3] == trajectory_digest(Assembly("two-states", rng=8).run().trajectory)
    assert (tmp_path / "e" / "worlds.parquet").is_file()


def test_compare_and_pivot_print_json_and_text(tmp_path):
    changed = "bodies.mission.detection=0.95"
    _, out, _ = run_detente("compare", "two-states", "--set", changed, "--worlds", 30, "--json", cwd=tmp_path)
    effects = json.loads(out)["effects"]
    assert {"difference", "low", "high", "share_of_worlds_changed"} <= set(effects["comprehensive_deal"])
    code, out, _ = run_detente("pivot", "two-states", "--seed", 4, "--futures", 20, "--json", cwd=tmp_path)
    assert code == 0
    assert len(json.loads(out)["chances"]["breakdown"]) == 61
    code, out, _ = run_detente("compare", "two-states", "--set", "mechanisms.noise=false", "--worlds", 30, cwd=tmp_path)
    assert code == 0
    assert "comprehensive deal" in out


def test_invalid_arguments_are_reported(tmp_path):
    for arguments in (
        ("compare", "two-states"),
        ("ensemble", "two-sates"),
        ("pivot", "two-states", "--set", "rounds=0"),
    ):
        assert refused_command(*arguments, cwd=tmp_path)


def test_cancelled_turning_points_cover_all_rounds():
    scenario, recorded = load_scenario("two-states"), []
    with pytest.raises(CancelledError):
        resample_continuations(
            scenario, 4, 200, progress=lambda done, so_far: recorded.append(so_far), stop=lambda: len(recorded) >= 70
        )
    assert (recorded[-1].outcomes[:, :50] >= 0).all()
    assert (recorded[-1].outcomes[:, 100:] == -1).all()
    with pytest.raises(CancelledError):
        rank_decisions(scenario, 4, 12, 60, stop=lambda: True)


def test_top_decisions_are_those_of_the_full_ranking():
    full = rank_decisions("two-states", 4, 30, 100)
    large = [each for each in full if abs(each.deal - each.deal_otherwise) > 0.1]
    top = rank_decisions("two-states", 4, 30, 100, top=5)
    assert len(large) > 0
    assert [each for each in top if each.futures == 100][: len(large)] == large
    assert sum(each.futures == 100 for each in top) == 5


def test_opposite_of_a_forced_decision_inverts_the_forced_value():
    move = Override(12, "choose_conduct", None, "alba", "borea", 1)
    for value in (0, 1):
        result = rank_decisions("two-states", 4, 12, 20, overrides=[move._replace(value=value)])
        decision = next(each for each in result if each.act == "choose_conduct" and each.cell == (0, 1))
        assert (decision.value, decision.otherwise) == (value, 1 - value)


def test_long_scenario_is_sampled_at_every_nth_round():
    assert sampled_rounds(60) == list(range(61))
    assert sampled_rounds(150) == list(range(151))
    assert sampled_rounds(500) == [*range(0, 500, 12), 500]
    assert sampled_rounds(1199) == [*range(0, 1199, 60), 1199]
