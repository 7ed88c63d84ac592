"""Expressions over indicators: values equal a plain evaluation, and anything else is refused with one message."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.expressions import NAMES, NEGOTIATIONS, metrics, stopping_conditions, text_of, value_of

from experiments.ensembles.expression_functions import ROUND_FUNCTIONS
from experiments.ensembles.expressions import FUNCTIONS, WORDS
from experiments.ensembles.metrics import parse_measures, parse_metric, parse_stopping_condition
from model.errors import ScenarioError
from model.measures import BY_NEGOTIATION, OVERALL

TALKS = NEGOTIATIONS
VALUES = [0.0, -0.0, 0.25, 0.5, 1.0, -1.0, 0.1, 3.0, 1e308, -1e308, 1e-308]


def random_worlds(seed, worlds=3, rounds=7):
    """Return trajectories of few distinct values, so that equality and division by zero occur."""
    return np.random.default_rng(seed).choice(VALUES, (worlds, rounds + 1, len(NAMES)))


def column(trajectories, name):
    return trajectories[:, :, NAMES.index(name)]


@given(metrics, st.integers(0, 1000), st.lists(st.integers(1, 7), min_size=3, max_size=3))
@settings(deadline=None)
def test_a_metric_equals_its_plain_evaluation(tree, seed, ends):
    trajectories = random_worlds(seed)
    expected = [float(value_of(tree, rows, end)) for rows, end in zip(trajectories.tolist(), ends, strict=True)]
    for world, end in enumerate(ends):
        trajectories[world, end + 1 :] = 77.0  # after the last round
    found = parse_metric(text_of(tree), TALKS).values(trajectories, np.array(ends))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)


@given(stopping_conditions, st.integers(0, 1000))
@settings(deadline=None)
def test_a_condition_equals_its_plain_evaluation(tree, seed):
    trajectories = random_worlds(seed)
    condition = parse_stopping_condition(text_of(tree), TALKS)
    holds, last = condition.holds(trajectories), condition.last_rounds(trajectories)
    for world, rows in enumerate(trajectories.tolist()):
        expected = [value_of(tree, rows, now) for now in range(1, 8)]
        assert holds[world, 1:].tolist() == expected
        assert last[world] == (expected.index(True) + 1 if True in expected else 7)


@given(st.text(max_size=60) | st.text("()+-*/<>=!., \t0123456789eabdnortm'\"_[]{}:;%^&|", max_size=200))
@example("__import__('os').system('true')")
@example("(" * 400 + "1")
@example("not " * 240 + "1")
@example("-" * 900 + "tension")
@example("1" * 900)
@example("9" * 400 + "e999")
@example("1e" + "9" * 300)
@example("tension" + " + tension" * 90)
@example("mean(tension" + ",tension" * 100 + ")")
@example("tension.__class__.__mro__")
@example("tension[0]")
@example("lambda: 0")
@example("tensi\u043en > 0")  # a Cyrillic letter
@example("mean(tension) \uff1e 0")  # a full-width sign
@example("٣ < tension")
@example("\ud800\x00\u202e")
@example("x" * 2_000_000)
@settings(deadline=None)
def test_hostile_text_is_refused_with_one_message(text):
    for parse in (parse_metric, parse_stopping_condition):
        try:
            parse(text, TALKS)
        except ScenarioError as error:
            (only,) = error.errors
            assert len(str(only)) < 2000
            assert "\n" not in str(only)


REFUSED = {
    "": "character 1: expected a number, an indicator or a function, found the end",
    "mean(tenson)": "character 6: `tenson`: no such indicator; did you mean `tension`?",
    "mean(bordr.tension)": "did you mean `border.tension`?",
    "mean(trust_first)": "is an indicator of a negotiation: write `border.trust_first` or `us-iran.trust_first`",
    "last(trust-us-iran.tension)": "a minus sign in front of a negotiation needs a space",
    "mean": "`mean` is a function: write mean",
    "tension(1)": "`tension`: is an indicator, not a function",
    "median(tension)": "no such function; did you mean `mean`?",
    "std(tension)": "no such function; available: abs, count, first",
    "tension": "write mean(tension)",
    "tension - first(tension)": "write mean(tension - first(tension))",
    "tension > 0.5": "write share(tension > 0.5)",
    "1 + 2": "names no indicator",
    "tension > mean(tension)": "value for each round: write mean(tension) for `tension`",
    "(mean(tension) > 0) + 1": "`+` needs numbers, and `(mean(tension) > 0)` is a condition",
    "mean(us-iran.tenson)": "did you mean `us-iran.tension`?",
    "mean(3)": "`mean` needs an indicator, and `3` has none",
    "mean(tension > 0.5)": "`mean` needs numbers, and `tension > 0.5` is a condition: write share(tension > 0.5)",
    "count(tension)": "`count` needs a condition, and `tension` is a number",
    "tension and trust > 0": "character 9: `and` needs a condition, and `tension` is a number",
    "(tension > 0) + 1": "`+` needs numbers",
    "count(0 < tension < 1)": "character 19: comparisons cannot be chained",
    "count(tension > mean(tension))": "`mean` inside `count`, which reads its argument round by round; only `first`",
    "mean(tension, trust)": "`mean` takes one value",
    "max(tension, trust, oil)": "`max` takes one or two values",
    "count(tension = 1)": "character 15: unexpected '='; write == to compare",
    "count(tension > 0 && oil > 0)": "character 19: unexpected '&'; write `and`",
    "mean(tension) mean(trust)": "character 15: expected an operator or the end, found `mean`",
    "mean(tension": "character 13: expected `)`, found the end",
    "mean(tension) * 1e999": "character 17: the number is too large",
    "(" * 60 + "1": "is nested more than 50 levels deep",
    "x" * 1001: "has 1,001 characters; at most 1,000",
}  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), REFUSED.items(), ids=lambda value: value[:40])
def test_a_refusal_says_where_and_what_is_allowed(text, problem):
    with pytest.raises(ScenarioError) as caught:
        parse_metric(text, TALKS, "metrics.mine")
    (error,) = caught.value.errors
    assert error.path == "metrics.mine"
    assert problem in error.problem


def test_a_stopping_condition_must_be_a_condition():
    with pytest.raises(ScenarioError, match=r"^stop_when: must be a condition.*`tension > 0\.5`"):
        parse_stopping_condition("tension", TALKS)


def test_all_errors_of_metrics_come_at_once():
    wrong = {"a": "tenson", "B": "mean(tension)", "mean_x": "mean(tension)", "seed": "mean(oil)", "c": 5}
    with pytest.raises(ScenarioError) as caught:
        parse_measures(wrong, "mean(oil)", TALKS)
    paths = [error.path for error in caught.value.errors]
    assert paths == ["metrics.a", "metrics.B", "metrics.mean_x", "metrics.seed", "metrics.c", "stop_when"]


@pytest.mark.parametrize("wrong", [5, "mean(tension)", [("a", "mean(tension)")], None])
def test_metrics_other_than_a_table_are_refused(wrong):
    with pytest.raises(ScenarioError, match=r"^metrics: must be a table of names and expressions"):
        parse_measures(wrong, None, TALKS)


@pytest.mark.parametrize(
    "name",
    [
        "rounds",
        "some_deal",
        "breakdown",
        "tension",
        "end_x",
        "var_x",
        "missing_x",
        "Calm",
        "a-b",
        "",
        "é",
        "a" * 41,
        'a"b',
        5,
    ],
)
def test_a_name_of_another_column_is_refused(name):
    with pytest.raises(ScenarioError, match=r"is reserved for another column|a name has up to 40 lower-case letters"):
        parse_measures({name: "mean(tension)"}, None, TALKS)


def test_more_than_fifty_metrics_are_refused():
    with pytest.raises(ScenarioError, match="at most 50 metrics"):
        parse_measures({f"m{number}": "mean(tension)" for number in range(51)}, None, TALKS)


def test_no_indicator_has_the_name_of_a_function():
    indicators = {each.name for each in (*OVERALL, *BY_NEGOTIATION)}
    assert indicators & {*FUNCTIONS, *WORDS, "round"} == set()
    assert {*ROUND_FUNCTIONS, "abs"} == {*FUNCTIONS}


def test_a_hyphen_before_the_dot_belongs_to_the_name():
    trajectories = random_worlds(3)
    first, other = column(trajectories, "trust")[:, -1], column(trajectories, "us-iran.tension")[:, -1]
    for text in (
        "last(trust) - last(us-iran.tension)",
        "last(trust)-last(us-iran.tension)",
        "last(trust - us-iran.tension)",
    ):
        np.testing.assert_array_equal(parse_metric(text, TALKS).values(trajectories), np.where(np.isfinite(first - other), first - other, np.nan))  # fmt: skip


def test_functions_leave_out_the_start():
    trajectories = np.zeros((1, 5, len(NAMES)))
    trajectories[0, :, NAMES.index("tension")] = [9.0, 1.0, 2.0, 2.0, 0.0]
    expected = {
        "first(tension)": 9.0, "last(tension)": 0.0, "mean(tension)": 1.25, "sum(tension)": 5.0, "max(tension)": 2.0,
        "min(tension)": 0.0, "count(tension > 1)": 2.0, "share(tension > 1)": 0.5, "when(tension > 1)": 2.0,
        "longest(tension > 1)": 2.0, "when(tension > 8)": np.nan, "longest(tension > 8)": 0.0, "max(round)": 4.0,
        "last(round / tension)": np.nan, "max(tension) == 2": 1.0, "when(tension > 8) != 3": 0.0,
    }  # fmt: skip
    found = {text: parse_metric(text, TALKS).values(trajectories)[0] for text in expected}
    np.testing.assert_equal(found, expected)


@pytest.mark.parametrize("text", ["tension", "tension > 0.5", "(tension > 0) + 1", "mean(tension > 0.5)"])
def test_what_a_refusal_suggests_is_accepted(text):
    with pytest.raises(ScenarioError) as caught:
        parse_metric(text, TALKS)
    suggestion = caught.value.errors[0].problem.partition(": write ")[2]
    parse_metric(suggestion, TALKS)
