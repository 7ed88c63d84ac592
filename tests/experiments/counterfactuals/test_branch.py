"""Branches and comparisons: the same dice, identical until something differs, and effects that hold up."""

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
from model.errors import ScenarioError
from model.loading import load_scenario
from model.measures import trajectory_digest
from model.overrides import Override
from model.protocol import PROTOCOL


def test_a_branch_without_effect_is_the_run_itself_bit_for_bit():
    own = load_scenario("us-iran-2026").perception.misread_friendly
    for at in (1, 20, 60):
        branch = Branch("us-iran-2026", 3, at, {"perception.misread_friendly": own})
        assert branch.first_difference is None
        assert branch.digests[0] == branch.digests[1]


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"states.iran.doctrine": "contrition"}, ()),
        ({"perception.execution_noise": 0.5}, ()),
        ({"mechanisms.facilitation": False}, ()),
        ({}, (Override(25, "drift_oil", value=3.0),)),
    ],
)
def test_a_branch_is_the_run_up_to_the_change(changes, moves):
    branch = Branch("us-iran-2026", 3, 25, changes, moves)
    assert branch.base[:25].tobytes() == branch.trajectory[:25].tobytes()
    assert branch.first_difference is not None
    assert branch.first_difference >= 25


def test_a_branch_by_a_forced_move_is_the_watched_run_with_that_move():
    move = Override(12, "answer_proposal", "nuclear", "us", None, -1)
    watched = Assembly("us-iran-2026", rng=5, overrides=(move,)).run()
    assert trajectory_digest(watched.trajectory) == Branch("us-iran-2026", 5, 12, overrides=[move]).digests[1]


def test_what_cannot_be_changed_in_mid_run_is_told():
    with pytest.raises(ScenarioError, match="mid-run"):
        Branch("us-iran-2026", 1, 5, {"negotiations.nuclear.bundling": 3})
    with pytest.raises(ScenarioError, match="before the branch"):
        Branch("us-iran-2026", 1, 5, overrides=[Override(4, "drift_oil", value=1.0)])
    with pytest.raises(ScenarioError, match="between 1 and 60"):
        Branch("us-iran-2026", 1, 61)


def test_redrawn_futures_keep_the_past_and_pair_the_arms():
    branch = Branch("two-states", 2, 10, {"mechanisms.noise": False})
    base, changed = branch.resample(40)
    for arm in (base, changed):
        assert all(future[:10].tobytes() == branch.base[:10].tobytes() for future in arm)
    assert len({future.tobytes() for future in base}) > 30
    nothing = Branch("two-states", 2, 10, {}).resample(40)
    assert nothing.base.tobytes() == nothing.changed.tobytes() == base.tobytes()


def test_a_comparison_with_nothing_is_exactly_nothing():
    own = load_scenario("two-states").belief.memory
    found = compare("two-states", {"belief.memory": own}, 100)
    assert found.share_of_worlds_changed == 0.0
    assert all(each == (0.0, 0.0, 0.0, 0.0, None) for each in found.effects.values())


def test_a_comparison_gives_the_difference_of_the_two_ensembles():
    found = compare("two-states", {"mechanisms.facilitation": False}, 300, 7)
    on = play_ensemble("two-states", 300, 7).shares()
    off = play_ensemble("two-states", 300, 7, changes={"mechanisms.facilitation": False}).shares()
    for name, share in on.items():
        assert found.effects[name].difference == pytest.approx(off[name].share - share.share)
    assert found.effects["mean_contact"].high < 0


def test_pairing_needs_fewer_runs_and_says_how_many():
    random = np.random.default_rng(1)
    luck = random.normal(size=4000)
    base, changed = luck, luck + 0.1 + 0.1 * random.normal(size=4000)
    found = paired_effect(base, changed)
    assert found.low < 0.1 < found.high
    assert found.independent_runs == pytest.approx(4000 * 2.0 / 0.01, rel=0.1)


def test_chances_end_in_what_happened():
    found = outcome_chances("two-states", 4, 30)
    run = Assembly("two-states", rng=4).run()
    assert found.chances.sum(axis=1) == pytest.approx(1.0)
    assert found.chances[-1, run.outcome] == 1.0
    assert 1 <= found.turning_round <= 60


def test_the_decisions_of_a_round_are_those_the_watched_run_took():
    model = Assembly("us-iran-2026", rng=6).run(15)
    told = {
        (row.act, row.actor, row.counterpart, row.negotiation): row.value
        for row in model.ledger.rows
        if row.round == 15 and row.kind == "decision"
    }
    found = {}
    for number, cell, value in open_decisions(load_scenario("us-iran-2026"), 6, 15):
        act = PROTOCOL[number]
        found[act.name, *model.narrator.cell_names(act, cell)] = act.to_recorded(value)
    assert told.items() <= found.items()


def test_turning_the_turning_round_is_ranked_by_its_effect():
    found = rank_decisions("two-states", 4, 12, 60)
    sizes = [abs(each.deal - each.deal_otherwise) for each in found]
    assert sizes == sorted(sizes, reverse=True)
    assert all(each.otherwise != each.value for each in found)


def test_what_a_decision_cost_is_nothing_if_it_is_not_turned():
    same = Branch("two-states", 4, 12, overrides=[])
    found = outcome_shares_by_arm(same, 50)
    assert all(found[f"went_{name}"] == found[f"turned_{name}"] for name in ("breakdown", "comprehensive_deal"))
    assert opposite_value("answer_proposal", 1) == -1


def test_ensemble_prints_one_json_object_whose_digests_are_those_of_runs(tmp_path):
    code, out, _ = run_detente(
        "ensemble", "two-states", "--worlds", 40, "--seed", 5, "--json", "--out", tmp_path / "e", cwd=tmp_path
    )
    facts = json.loads(out)
    assert code == 0
    assert {"scenario", "seed", "worlds", "outcomes", "bands", "trajectory_digests"} <= set(facts)
    assert sum(each["share"] for each in facts["outcomes"].values()) == pytest.approx(1.0)
    assert facts["trajectory_digests"][3] == trajectory_digest(Assembly("two-states", rng=8).run().trajectory)
    assert (tmp_path / "e" / "worlds.parquet").is_file()


def test_compare_and_pivot_print_json_and_screens(tmp_path):
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


def test_bad_words_to_the_measuring_commands_are_told(tmp_path):
    for words in (("compare", "two-states"), ("ensemble", "two-sates"), ("pivot", "two-states", "--set", "rounds=0")):
        assert "fault" in refused_command(*words, cwd=tmp_path)


def test_turning_points_can_be_stopped_and_a_part_of_them_is_a_picture_with_fewer_futures():
    setting, told = load_scenario("two-states"), []
    with pytest.raises(CancelledError):
        resample_continuations(
            setting, 4, 200, progress=lambda done, so_far: told.append(so_far), stop=lambda: len(told) >= 70
        )
    assert (told[-1].ends[:, :50] >= 0).all()
    assert (told[-1].ends[:, 100:] == -1).all()
    with pytest.raises(CancelledError):
        rank_decisions(setting, 4, 12, 60, stop=lambda: True)


def test_the_leading_actions_are_those_that_all_futures_would_rank():
    whole = rank_decisions("two-states", 4, 30, 100)  # a round in which three choices stand out from the others
    first = rank_decisions("two-states", 4, 30, 100, top=5)
    assert min(abs(each.deal - each.deal_otherwise) for each in whole[:3]) > 0.1
    assert [each for each in first if each.futures == 100][:3] == whole[:3]
    assert sum(each.futures == 100 for each in first) == 5


def test_a_decision_set_from_outside_is_turned_from_what_it_was_set_to():
    move = Override(12, "choose_conduct", None, "alba", "borea", 1)
    for value in (0, 1):
        found = rank_decisions("two-states", 4, 12, 20, overrides=[move._replace(value=value)])
        turned = next(each for each in found if each.act == "choose_conduct" and each.cell == (0, 1))
        assert (turned.value, turned.otherwise) == (value, 1 - value)


def test_a_long_scenario_is_looked_at_every_so_many_rounds_from_start_to_end():
    assert sampled_rounds(60) == list(range(61))
    assert sampled_rounds(150) == list(range(151))
    assert sampled_rounds(500) == [*range(0, 500, 12), 500]
    assert sampled_rounds(1199) == [*range(0, 1199, 60), 1199]
