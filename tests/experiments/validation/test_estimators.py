"""The estimators of the patterns, on small arrays whose answer is known."""

import numpy as np
import pytest
from support.worlds import ALL_OFF, smallest_scenario

from experiments.counterfactuals.branch import world_after
from experiments.validation.estimate import Estimate, bootstrap_sums, estimate_statistic, interval_verdict
from experiments.validation.levers import compare_ends, lever_effects
from experiments.validation.pattern import Inequality, keep_scenarios_apart, largest, share_statistic, smallest
from experiments.validation.patterns import PATTERNS, key_order, threshold_text
from experiments.validation.patterns_of_bargaining import (
    ORDERED,
    explained_share,
    gap_between,
    regression_terms,
    some_deal,
)
from experiments.validation.patterns_of_deals import agreements_by_commission
from experiments.validation.patterns_of_events import (
    HOSTILE_PAIRS,
    QUANTITIES,
    autocorrelation,
    compare_tone,
    lagged_effects,
    pair_means,
    placebo_excess,
    shape_of_tails,
)
from experiments.validation.patterns_of_processes import (
    longest_refusals,
    longest_silences,
    median_of_counts,
    months_above_ended,
    refusals_by_author,
)
from experiments.validation.refusals import REFUSAL_COLUMNS, answer_conditions, classify_refusals
from experiments.validation.traces import WEIGHT_COLUMNS, Trace, first_parties, monthly_weights, record_trace
from model.enumerations import RungStatus
from model.loading import apply_changes, build_scenario, load_scenario, scenario_data
from model.rules.scrutiny import settle_answer
from model.signals import MAX_STRENGTH, round_signals
from model.world import World

IDLE, PROPOSED, AGREED, FORCE, VERIFIED = (
    RungStatus[name] for name in ("IDLE", "PROPOSED", "SCRUTINISED", "IMPLEMENTING", "VERIFIED")
)


def planted(**columns: object) -> Trace:
    """Return a trace of one world of the smallest scenario, with two rungs, whose columns are given."""
    scenario = build_scenario(smallest_scenario(rungs=2))
    return Trace(scenario, World(scenario, 1), {name: np.array([values]) for name, values in columns.items()})


def test_patterns_are_sorted_by_letter_and_number():
    keys = [pattern.key for pattern in PATTERNS]
    assert keys == sorted(keys, key=key_order)
    assert keys.index("F9") + 1 == keys.index("F10")
    assert len(set(keys)) == len(keys) == 31


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((0.1, -0.1, 0.3), "holds"),
        ((0.0, 0.0, 0.0), "holds"),
        ((-0.1, -0.2, 0.0), "holds"),
        ((-0.1, -0.2, -0.01), "fails"),
        ((float("nan"),) * 3, "not measurable"),
    ],
)
def test_a_tie_fails_only_if_the_order_is_reversed(interval, expected):
    assert interval_verdict(Estimate(*interval), 0.0, np.inf, may_tie=True) == expected


def test_threshold_names_the_bounds_that_exist():
    tests = [Inequality("", np.sum, 1.0), Inequality("", np.sum, upper=2.0), Inequality("", np.sum, 1.0, 2.0)]
    assert [threshold_text(each) for each in tests] == ["above 1", "below 2", "between 1 and 2"]
    assert threshold_text(Inequality("", np.sum, 0.0, may_tie=True)) == "not below 0"


def test_scenarios_kept_apart_have_a_smallest_and_a_largest():
    shares = {"one": 0.25, "other": 0.75}
    counted = keep_scenarios_apart(
        tuple(shares), lambda name, worlds: np.stack([np.ones(worlds), np.full(worlds, shares[str(name)])], axis=1)
    )
    tables = [counted(name, 8) for name in shares]
    least, most = (choose(tuple(shares), share_statistic(0, 1)) for choose in (smallest, largest))
    sums = bootstrap_sums(tables, 10)
    assert estimate_statistic(sums, least).value == 0.25
    assert estimate_statistic(sums, most) == (0.75, 0.75, 0.75)
    assert most(tables[0].sum(axis=0)) == 0.25  # a scenario that was not counted is left out


def test_monthly_weights_have_sign_size_and_silence():
    intended, miscarried, silent = np.ones((5, 2, 2), int), np.zeros((5, 2, 2), int), np.zeros((5, 2, 2), int)
    size = np.ones((5, 2, 2))
    intended[2, 0, 1], intended[3, 1, 0], miscarried[3, 1, 0], miscarried[4, 0, 1] = 0, 0, 1, 1
    silent[1, 1, 0], silent[4, 1, 0], size[2, 0, 1], size[3, 1, 0] = 1, 1, 5.0, 0.5
    weights = monthly_weights(planted(conduct=intended, miscarried=miscarried, silent=silent, act_size=size))
    expected = [[3.4, 0.0], [-22.0, 3.4], [3.4, 1.7], [-4.4, 0.0]]
    assert weights[0] == pytest.approx(np.array(expected))


def test_monthly_weights_equal_the_messages_of_a_round():
    scenario = load_scenario("us-iran-2018")
    trace, world = record_trace("us-iran-2018", 1, WEIGHT_COLUMNS), world_after(scenario, 1, 20)
    one, other = (list(scenario.states)[at] for at in first_parties(trace))
    sent = {(each.sender, each.receiver): each.strength for each in round_signals(world) if each.kind.endswith(" act")}
    weights = np.clip(monthly_weights(trace)[0, 19], -MAX_STRENGTH, MAX_STRENGTH)
    assert [sent.get(pair, 0.0) for pair in ((one, other), (other, one))] == pytest.approx(weights)


def planted_series(own: float, other: float, months: int = 4_000) -> np.ndarray:
    """Return two worlds of two series, each of which follows both with known coefficients."""
    noise, series = np.random.default_rng(2).normal(size=(2, months, 2)), np.zeros((2, months, 2))
    for now in range(1, months):
        series[:, now] = own * series[:, now - 1] + other * series[:, now - 1, ::-1] + noise[:, now]
    return series


def test_lagged_effects_find_the_coefficients_planted():
    own, other = lagged_effects(planted_series(0.5, 0.2))
    assert np.allclose(own, 0.5, atol=0.06)
    assert np.allclose(other, 0.2, atol=0.06)
    one_sided = planted_series(0.0, 0.0)
    one_sided[:, 1:, 1] += one_sided[:, :-1, 0]  # only the second side answers
    _, other = lagged_effects(one_sided)
    assert np.allclose(other, [[0.0, 1.0]] * 2, atol=0.06)


def test_constant_series_have_no_event_statistics():
    constant = np.ones((2, 50, 2))
    assert np.isnan(lagged_effects(constant)).all()
    assert np.isnan(autocorrelation(constant, 1)).all()
    assert np.isnan(shape_of_tails(constant)).all()


def test_autocorrelation_and_tails_of_known_series():
    alternating = np.tile([[1.0, -1.0], [-1.0, 1.0]], (1, 30, 1))
    assert np.allclose(autocorrelation(alternating, 1), -1.0)
    assert np.allclose(autocorrelation(alternating, 2), 1.0)
    rare = np.zeros((1, 100, 2))
    rare[0, :10] = -1.0  # p = .1: excess kurtosis (1 - 6 p q) / p q, skewness (p - q) / sqrt(p q)
    kurtosis, skewness = shape_of_tails(rare)
    assert np.allclose(kurtosis, (1.0 - 0.54) / 0.09)
    assert np.allclose(skewness, -0.8 / 0.3)


def test_means_of_pairs_leave_out_undefined_worlds():
    table = np.zeros((len(HOSTILE_PAIRS), 2, len(QUANTITIES), 2))
    table[:, 0, QUANTITIES.index("lag 1")] = [[2, 2], [2, 4], [0, 2]]
    table[:, 1, QUANTITIES.index("lag 1")] = [[1, 2], [1, 1], [0, 1]]
    means = pair_means("lag 1")(table.reshape(-1))
    assert np.allclose(means, [0.5, 1.0, 0.5, 0.25, np.nan, 0.5], equal_nan=True)


def test_tone_is_compared_before_deals_and_in_the_same_months():
    tone, complete = np.zeros((4, 120)), np.zeros((4, 121), bool)
    tone[0, 55:79], tone[1, 55:79], tone[3, 36:60] = 2.0, 0.5, 6.0  # months 56 to 79, and 37 to 60
    complete[0, 80:], complete[3, 60:] = True, True  # the last one is too early by one month
    table = compare_tone(tone, complete)
    assert table[:, 0].tolist() == [1, 0, 0, 0]
    assert table[0, 1] == pytest.approx(2.0)
    assert table[:, 2].tolist() == [0, 0.5, 0.5, 0]
    assert table[1, 3] == pytest.approx(0.25)
    assert placebo_excess(table.sum(axis=0)) == pytest.approx(0.25 - 1.0)
    complete[3] = np.arange(121) >= 61
    assert compare_tone(tone, complete)[3, :2] == pytest.approx([1, 6.0])


def talks(*status: int) -> np.ndarray:
    """Return the status of two rungs from that of the first: [round, negotiation, rung]."""
    return np.stack([status, np.zeros(len(status), int)], axis=1)[:, None, :]


def test_refusals_of_one_step_count_until_it_is_agreed():
    status = talks(IDLE, PROPOSED, IDLE, PROPOSED, IDLE, PROPOSED, AGREED, IDLE, PROPOSED, IDLE)
    answer = np.zeros((10, 1, 2), int)
    answer[[2, 4, 9], 0, 1], answer[6] = -1, 1
    assert longest_refusals(planted(status=status, answer=answer)).tolist() == [[2]]
    answer[4] = 0  # it lapsed without an answer
    assert longest_refusals(planted(status=status, answer=answer)).tolist() == [[1]]


def test_refusals_of_two_steps_are_not_in_a_row():
    status = np.stack([[IDLE, PROPOSED, IDLE, IDLE, IDLE], [IDLE, IDLE, IDLE, PROPOSED, IDLE]], axis=1)[:, None, :]
    answer = np.zeros((5, 1, 2), int)
    answer[[2, 4], 0, 0] = -1
    assert longest_refusals(planted(status=status, answer=answer)).tolist() == [[1]]


def test_a_text_belongs_to_its_author():
    status = talks(IDLE, PROPOSED, PROPOSED, IDLE, PROPOSED, IDLE, PROPOSED, IDLE)
    author = np.array([-1, 1, 1, 1, 0, 0, 2, 2])[:, None]  # by the second side, the first, a facilitator
    answer = np.zeros((8, 1, 2), int)
    answer[3, 0], answer[5, 0], answer[7, 0] = (1, -1), (1, -1), (-1, -1)
    assert refusals_by_author(planted(status=status, author=author, answer=answer)).tolist() == [[2, 1]]


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region", "us-dprk-1994"])
def test_conditions_of_answers_reproduce_the_answers(name):
    trace = record_trace(name, 40, (*REFUSAL_COLUMNS, "process"))
    in_play = np.maximum(trace["rung"][:, 1:, :, None], 0)
    pending = np.take_along_axis(trace["status"][:, :-1], in_play, axis=3) == PROPOSED
    others_text = trace["author"][:, 1:, :, None] != np.arange(2)
    pending &= trace["process"][:, :-1, :, None] == 1
    examined = pending & others_text & (trace["answer"][:, :-1] <= 0) & (trace["rung"][:, 1:, :, None] >= 0)
    answers, reasons = answer_conditions(trace, examined), classify_refusals(trace)
    assert len(answers) > 100
    for cell, conditions in answers:
        answer = trace["answer"][:, 1:][cell]
        assert answer == settle_answer(*conditions)
        assert reasons.condemned[cell] == (answer < 0 and conditions.is_condemned)
    assert reasons.all.sum() == sum(settle_answer(*conditions) < 0 for _, conditions in answers)
    assert reasons.by_share.any()
    assert not (reasons.by_share & reasons.condemned).any()


def test_silences_and_their_median():
    contact = np.array([[1, 0, 0, 1, 0, 0, 0, 1], [0, 1, 0, 1, 0, 1, 0, 1]], bool)[:, :, None]
    assert longest_silences(contact).tolist() == [[3], [1]]
    assert median_of_counts(np.array([0, 3, 0, 2, 2])) == 3
    assert np.isnan(median_of_counts(np.zeros(5)))


def test_rungs_in_force_above_ended_ones_are_counted_by_month():
    rungs = np.array([[FORCE, IDLE], [RungStatus.COLLAPSED, FORCE], [RungStatus.SNAPPED, VERIFIED], [FORCE, VERIFIED]])
    assert months_above_ended(rungs[None, :, None, :]).tolist() == [2]
    assert months_above_ended(rungs[None, :, None, ::-1]).tolist() == [0]
    apart = np.array([[[RungStatus.COLLAPSED, IDLE], [IDLE, VERIFIED]]])  # two negotiations
    assert months_above_ended(apart[None]).tolist() == [0]


def test_explained_share_is_that_of_a_regression():
    rng = np.random.default_rng(4)
    types = (rng.random((300, 2)) < [0.3, 0.7]).astype(float)
    progress = 0.5 * types[:, 0] - 0.2 * types[:, 1] + rng.normal(size=300)
    design = np.column_stack([np.ones(300), types])
    residuals = progress - design @ np.linalg.lstsq(design, progress)[0]
    found = explained_share(regression_terms(types, progress).sum(axis=0))
    assert found == pytest.approx(1.0 - residuals.var() / progress.var())
    assert np.isnan(explained_share(regression_terms(types, np.ones(300)).sum(axis=0)))


def test_a_deal_needs_a_verified_rung_in_every_negotiation():
    status = np.array([[[FORCE, VERIFIED], [IDLE, VERIFIED]], [[FORCE, FORCE], [IDLE, VERIFIED]]])[:, None]
    scenario = build_scenario(smallest_scenario())
    assert some_deal(Trace(scenario, World(scenario, 1), {"status": status})).tolist() == [True, False]


def test_gap_is_that_of_the_closest_scenarios():
    sums = np.array([[10, shares] for shares in (7, 9, 8, 5, 4, 1, 3)], float).reshape(-1)
    assert gap_between(ORDERED[:3], ORDERED[5:])(sums) == pytest.approx(0.7 - 0.3)
    assert gap_between(("us-iran-2018",), ("us-dprk-1994",))(sums) == pytest.approx(-0.2)


def test_levers_move_beyond_chance_or_not():
    rng = np.random.default_rng(6)
    low = rng.random((200, 8))
    assert compare_ends("a", low, low, 3.0)[1:] == (False, False)
    noisy = compare_ends("b", low, rng.permuted(low, axis=0), 3.0)
    assert noisy[1:] == (True, False)
    assert compare_ends("c", low, low + np.array([0.0] * 7 + [0.2]), 3.0)[1:] == (True, True)


def test_levers_of_absent_mechanisms_are_not_tried():
    data = apply_changes(smallest_scenario(rungs=2), {**ALL_OFF, "rounds": 12})
    effects = {each.path: each for each in lever_effects(data, 6)}
    assert "pressure.pressure_speed" not in effects
    assert effects["states.alba.dialogue"].changes


def test_only_verifiers_with_false_alarms_end_these_agreements():
    quiet = {f"mechanisms.{name}": False for name in ("friction", "turnover", "concealment")}
    eager = {"bodies.mission.false_alarm": 0.9, "verification.proof_standard": 0.05, "verification.forgiveness": 0.0}
    data = apply_changes(scenario_data("two-states"), {**quiet, **eager})
    begun, ended, begun_without, ended_without = agreements_by_commission(data, 10).sum(axis=0)
    assert begun_without > 0.0
    assert ended_without == 0.0
    assert 0.0 < ended <= begun
