"""Patterns and structure: estimators on worlds and numbers where the truth is known."""

import json

import numpy as np
import pytest
from support.worlds import ALL_OFF, rung, smallest_scenario

from experiments.counterfactuals.branch import world_after
from experiments.validation import forgiveness, patterns, structure
from experiments.validation.estimate import (
    Estimate,
    bootstrap_sums,
    combine_verdicts,
    estimate_statistic,
    interval_verdict,
    safe_ratio,
)
from experiments.validation.hysteresis import DWELL, LEVELS, SLOW, loop_area, trust_over_sweep
from experiments.validation.pattern import Inequality, Pattern, difference_statistic
from experiments.validation.patterns_of_conflict import correlations, rounds_to_lose, rounds_to_rebuild
from experiments.validation.patterns_of_deals import (
    ENDED_STATUSES,
    agreements_by_facilitation,
    completed_ladders,
    continuation_counts,
    ended_rungs,
    ratification_failures,
)
from experiments.validation.traces import ScenarioSource, record_trace
from model.enumerations import RungStatus
from model.loading import apply_changes, build_scenario, load_scenario

NAN = float("nan")


def frictionless(**changes: object) -> dict:
    """Return a scenario, as plain data, in which talks and rungs succeed and nothing else happens unless switched on."""
    data = smallest_scenario(rungs=5)
    data["rounds"] = 60
    for step, _ in enumerate(data["negotiations"]["talks"]["rungs"]):
        data["negotiations"]["talks"]["rungs"][f"step-{step + 1}"] = rung(duration=1)
    smooth = {
        "bargaining.share_scale": 0.0, "bargaining.resolve_spread": 0.0, "bargaining.eagerness": 1.0,
        "scrutiny.loss_weight": 0.0, "contact.contact_start": 1.0, "contact.contact_stop": 0.0,
        "contact.direct_trust": 0.0, "states.alba.dialogue": 1.0, "states.borea.dialogue": 1.0,
    }  # fmt: skip
    return apply_changes(data, {**ALL_OFF, **smooth, **changes})


@pytest.mark.parametrize(
    ("interval", "lower", "upper", "expected"),
    [
        ((0.3, 0.26, 0.34), 0.25, np.inf, "holds"),
        ((0.3, 0.20, 0.40), 0.25, np.inf, "undecided"),
        ((0.1, 0.05, 0.15), 0.25, np.inf, "fails"),
        ((5.0, 4.1, 9.0), 4.0, 10.0, "holds"),
        ((12.0, 10.5, 14.0), 4.0, 10.0, "fails"),
        ((0.0, 0.0, 0.0), 0.0, np.inf, "fails"),
        ((NAN, NAN, NAN), 0.0, np.inf, "not measurable"),
    ],
)
def test_verdict_compares_the_interval_with_the_bounds(interval, lower, upper, expected):
    assert interval_verdict(Estimate(*interval), lower, upper) == expected


def test_pattern_holds_only_if_all_tests_hold():
    assert combine_verdicts(["holds", "holds"]) == "holds"
    assert combine_verdicts(["holds", "undecided"]) == "undecided"
    assert combine_verdicts(["undecided", "fails", "holds"]) == "fails"


def test_interval_has_its_coverage_and_resamples_whole_worlds():
    rng, covered, statistic = np.random.default_rng(3), 0, lambda sums: safe_ratio(sums[..., 1], sums[..., 0])
    for _ in range(100):
        tables = [np.stack([np.ones(150), rng.random(150) < chance], axis=1).astype(float) for chance in (0.2, 0.6)]
        found = estimate_statistic(bootstrap_sums(tables, 200), statistic)
        covered += found.low <= 0.4 <= found.high
    assert 88 <= covered <= 100
    twice = np.repeat(np.stack([np.ones(50), rng.random(50) < 0.5], axis=1), 2, axis=1)[:, [0, 2]].astype(float)
    alone, many = (
        estimate_statistic(bootstrap_sums([twice]), statistic),
        estimate_statistic(bootstrap_sums([20.0 * twice]), statistic),
    )
    assert alone == many  # events of one world are not independent


def test_recorded_columns_equal_the_run_with_that_seed():
    trace = record_trace("us-iran-2026", 40, ["trust", "status"])
    for seed in (1, 33, 40):
        world = world_after(load_scenario("us-iran-2026"), seed, 60)
        assert (trace["trust"][seed - 1, 60] == world.trust).all()
        assert (trace["status"][seed - 1, 60] == world.status).all()


def test_baseline_file_covers_every_pattern_with_digests():
    facts = json.loads(patterns.BASELINE_FILE.read_text("utf-8"))
    assert len(facts["model_digest"]) == len(facts["scenarios_digest"]) == 12
    assert {row["pattern"] for row in facts["rows"]} == {pattern.key for pattern in patterns.PATTERNS}
    expected = {(pattern.key, each.description) for pattern in patterns.PATTERNS for each in pattern.inequalities}
    assert {(row["pattern"], row["test"]) for row in facts["rows"]} == expected
    assert all(row["worlds"] >= 400 for row in facts["rows"])


def test_patterns_held_back_are_those_fixed_before_tuning():
    held_back = {pattern.key for pattern in patterns.PATTERNS if pattern.held_back}
    assert held_back == {"E5", "S2", "S7", "S12", "S17", "S18", "S19"}
    tuned = {pattern.key for pattern in patterns.PATTERNS if pattern.tuned}
    assert tuned == {"E1", "E2", "E3", "E4", "F1", "F2", "F4", "F6", "F7", "F10", "S1", "S6", "S9", "S13", "S20"}
    assert any("S2, S7, S12, S17, S18, S19" in note and "(E5)" in note for note in patterns.NOTES)


def planted_pattern(chances: dict[str, float]) -> Pattern:
    """Return a pattern with known truth: events with the given probabilities in each scenario."""
    rng = np.random.default_rng(7)

    def counted(scenario: ScenarioSource, worlds: int) -> np.ndarray:
        return np.stack([np.ones(worlds), rng.random(worlds) < chances[str(scenario)]], axis=1).astype(float)

    share = Inequality("share", lambda sums: safe_ratio(sums[..., 1], sums[..., 0]), 0.5)
    return Pattern("S0", "planted", "none", tuple(chances), counted, {"share": share.statistic}, (share,))


def test_planted_pattern_is_found_and_its_absence_too():
    (yes,) = patterns.measure_patterns(300, patterns=(planted_pattern({"one": 0.9, "other": 0.5}),))
    (no,) = patterns.measure_patterns(300, patterns=(planted_pattern({"one": 0.1, "other": 0.5}),))
    (maybe,) = patterns.measure_patterns(300, patterns=(planted_pattern({"one": 0.5}),))
    (never,) = patterns.measure_patterns(
        5, patterns=(planted_pattern({})._replace(scenarios=("one",), count_cases=lambda *_: np.zeros((5, 2))),)
    )
    assert [each["verdict"] for each in (yes, no, maybe, never)] == ["holds", "fails", "undecided", "not measurable"]
    assert never["estimate"] is None
    assert "one 0.8" in yes["by_scenario"] or "one 0.9" in yes["by_scenario"]
    assert "1 of 1 patterns fail (S0)" in patterns.summary_text([no])
    earlier = {("S0", "share"): {"estimate": 0.25, "verdict": "fails"}}
    (row,) = patterns.measure_patterns(50, before=earlier, patterns=(planted_pattern({"one": 0.9}),))
    assert (row["before"], row["verdict_before"]) == (0.25, "fails")


def test_rounds_to_lose_and_rebuild_come_from_the_curve():
    slow = np.concatenate([[0.0, 1.0], np.linspace(1.0, 0.0, 41)])
    assert rounds_to_lose(slow) == 1.0
    assert 36.0 <= rounds_to_rebuild(slow) <= 38.0
    assert (
        rounds_to_rebuild(np.concatenate([slow[:10], np.full(30, 0.8)])) == 38.0
    )  # no recovery: the rounds until the end
    quick = np.concatenate([np.linspace(0.0, 1.0, 41), [0.0]])
    assert rounds_to_rebuild(quick) < 5.0 * rounds_to_lose(quick)


def test_only_dependent_series_correlate():
    rng = np.random.default_rng(5)
    cause = rng.random((200, 43))
    defined, value = correlations(cause[:, :-1], 0.5 * cause[:, :-1] + 0.5 * rng.random((200, 42)))
    assert defined.all()
    assert 0.6 < value.mean() < 0.8
    assert abs(correlations(cause[:, :-1], rng.random((200, 42)))[1].mean()) < 0.03
    assert not correlations(np.ones((3, 42)), cause[:3, :-1])[0].any()


def test_loop_area_is_zero_for_equal_curves():
    up, down = np.linspace(0.8, 0.4, LEVELS), np.linspace(0.6, 0.2, LEVELS)
    sums = 50.0 * np.concatenate([[1.0], up, down, [1.0], up, up])
    assert loop_area(0)(sums) == pytest.approx(0.2)
    assert loop_area(SLOW)(sums) == pytest.approx(0.0)


def test_sweep_gives_constant_trust_if_trust_is_constant():
    counts = trust_over_sweep(named_scenario("frictionless", frictionless()), 3, DWELL // 6)
    assert counts.shape == (3, 1 + 2 * LEVELS)
    assert np.allclose(counts[:, 1:], 0.5)


def named_scenario(name: str, data: dict) -> dict:
    """Validate data under a new name, and return it."""
    build_scenario({**data, "name": name})
    return {**data, "name": name}


def test_ladder_without_failures_continues():
    done = continuation_counts(frictionless(), 4)
    assert (done == 1.0).all()
    assert (ended_rungs(frictionless(), 4)[:, 1::2] == 0.0).all()
    assert (completed_ladders(frictionless(), 4) == 1.0).all()
    assert (continuation_counts(frictionless(**{"contact.contact_start": 0.0}), 4) == 0.0).all()


def test_continuation_counts_agreements_and_not_implementation():
    slow = {f"negotiations.talks.rungs.step-{step}.duration": 30 for step in (2, 3)}
    done = continuation_counts(frictionless(**slow), 2)
    assert done.tolist() == [[1.0] * 6] * 2  # each is verified only after more than two years


def test_rungs_that_a_party_leaves_count_as_ended():
    leaving = {"mechanisms.turnover": True, "states.alba.turnover": 0.2, "states.alba.withdrawal": 1.0}
    counts = ended_rungs(frictionless(**leaving), 20).sum(axis=0)
    assert counts[0] >= counts[1] > 0.8 * counts[0] > 0.0


def test_veto_players_make_deals_fail():
    strict = {"mechanisms.ratification": True, "home.veto_spread": 1.0, "home.support_weight": 0.0}
    shipped, fails, one, one_fails, _, _, four, four_fails = ratification_failures(frictionless(**strict), 40).sum(
        axis=0
    )
    assert fails > 0.0 < shipped
    assert four_fails / four > one_fails / one
    assert ratification_failures(frictionless(), 4).sum(axis=0)[1::2].tolist() == [0.0] * 4


def test_arms_are_equal_without_facilitators():
    counts = agreements_by_facilitation(frictionless(), 5)
    assert (counts[:, :2] == counts[:, 2:]).all()


def test_built_in_patterns_are_found_in_few_worlds():
    rows = {row["test"]: row for row in patterns.measure_patterns(30, patterns=pick("S11", "S14"))}
    assert {row["verdict"] for row in rows.values()} == {"holds"}
    assert json.loads(json.dumps(list(rows.values()), allow_nan=False))
    assert len({tuple(row) for row in rows.values()}) == 1  # the same keys in each row


def pick(*keys: str) -> tuple[Pattern, ...]:
    """Return patterns by key."""
    return tuple(pattern for pattern in patterns.PATTERNS if pattern.key in keys)


def test_structure_names_mechanisms_without_effect():
    messages: list[str] = []
    part = structure.run_part(True, messages.append, ["argentina-brazil-1985", "us-ussr-1985"])
    by_name = {row["change"]: row for row in part.rows}
    assert len(messages) == 2
    assert by_name["M1 reciprocity"]["verdict"] == "moves"
    assert by_name["M11 facilitation"]["verdict"] == "moves nothing"  # no facilitators in these two
    assert "M11 facilitation" in part.lead
    assert by_name["M16 ripeness"]["scenarios_moved"].endswith("of 1")  # off in one of the two as shipped
    assert by_name["120 rounds"]["progress"] > 0.0
    assert part.failed == sum(row["verdict"] == "moves nothing" for row in part.rows)
    assert len({tuple(row) for row in part.rows}) == 1
    assert json.dumps([part.rows, part.figure], allow_nan=False)


def test_figure_of_forgiveness_shows_every_combination():
    part = forgiveness.run_part(True, lambda _: None)
    assert len(part.rows) == len(forgiveness.DETECTION) * len(forgiveness.FORGIVENESS)
    assert len({tuple(row) for row in part.rows}) == 1
    assert part.figure is not None
    drawn = [(x, y) for line in part.figure["data"] for x, y in zip(line["x"], line["y"], strict=True)]
    assert drawn == [(row["detection"], row["share that ends"]) for row in part.rows]
    assert all(min(line["error_y"]["array"] + line["error_y"]["arrayminus"]) >= 0.0 for line in part.figure["data"])
    assert all(f"forgiveness {value:g}" in part.lead for value in forgiveness.FORGIVENESS)
    assert json.dumps(part._asdict(), allow_nan=False)


def test_differences_of_forgiveness_are_paired():
    rng = np.random.default_rng(8)
    table = np.ones((200, 2 * len(forgiveness.DETECTION) * len(forgiveness.FORGIVENESS)))
    table[:, 1::2] = (rng.random(200) < 0.4)[:, None]  # the same worlds end at every combination
    sums = bootstrap_sums([table])
    one, other = (forgiveness.share_at(detection, 0.5) for detection in (0.1, 0.9))
    assert estimate_statistic(sums, one).low < 0.38 < estimate_statistic(sums, one).high
    assert estimate_statistic(sums, difference_statistic(other, one)) == (0.0, 0.0, 0.0)
    assert forgiveness.effect_word(Estimate(0.1, 0.02, 0.2)) == "more end"
    assert forgiveness.effect_word(Estimate(-0.1, -0.2, -0.02)) == "fewer end"
    assert forgiveness.effect_word(Estimate(0.1, -0.1, 0.2)) == "not distinguishable"


def test_figure_shows_every_change_and_outcome():
    part = structure.run_part(True, lambda _: None, ["two-states"])
    assert part.figure is not None
    (heat,) = part.figure["data"]
    assert heat["y"] == [row["change"] for row in part.rows]
    assert len(heat["x"]) == len(structure.OUTCOMES) == len(heat["z"][0]) == len(heat["text"][0])


def test_breach_and_repair_do_not_end_a_deal():
    assert RungStatus.BREACHED not in ENDED_STATUSES
    assert RungStatus.IMPLEMENTING not in ENDED_STATUSES
