"""Invalid names and values in a scenario are reported together, with their paths."""

import copy
import math
import re
from typing import Any

import pytest
from support.scenario_errors import load_errors, only_error, rich_scenario, with_event, with_move

from model.errors import ScenarioError
from model.loading import load_scenario, read_scenario
from model.parameter_space import declared_parameters, every_parameter


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states.alba.resolv": 0.5}, "states.alba.resolv: no such key; did you mean `resolve`?"),
        ({"roundz": 5}, "roundz: no such key; did you mean `rounds`?"),
        ({"belief.memmory": 0.9}, "belief.memmory: no such key; did you mean `memory`?"),
        ({"mechanisms.noize": True}, "mechanisms.noize: no such key; did you mean `noise`?"),
        ({"negotiations.talks.bundlng": 2}, "negotiations.talks.bundlng: no such key; did you mean `bundling`?"),
        ({"negotiations.talks.rungs.step-2.steak": 2.0}, "did you mean `stake`?"),
        ({"negotiations.talks.rungs.step-2.parties.alba.releif": 0.1}, "did you mean `relief`?"),
        ({"relations.alba.borea.trsut": 0.1}, "relations.alba.borea.trsut: no such key; did you mean `trust`?"),
        ({"states.alba.doctrine": "contriton"}, "no such choice; did you mean `contrition`?"),
        ({"negotiations.talks.rungs.step-2.status": "verifed"}, "no such choice; did you mean `verified`?"),
        ({"zzzz": 1}, "zzzz: no such key; available: attacks, bargaining,"),
    ],
)
def test_a_misspelt_name_gets_a_suggestion(changes, message):
    assert message in only_error(rich_scenario(), changes)


def test_a_suggestion_comes_from_the_enclosing_table():
    data = rich_scenario()
    data["negotiations"]["rungs"] = data["negotiations"].pop("talks") | {"bundlng": 2}
    data["spoilers"] = {}
    assert "did you mean `bundling`?" in only_error(data)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (math.nan, "should be a finite number; must be between 0 and 1 (found nan)"),
        (math.inf, "should be a finite number; must be between 0 and 1 (found inf)"),
        (-math.inf, "should be a finite number; must be between 0 and 1 (found -inf)"),
        (1.5, "must be between 0 and 1 (found 1.5)"),
        (-0.1, "must be between 0 and 1 (found -0.1)"),
        ("0.5", "should be a valid number; must be between 0 and 1 (found '0.5')"),
        (True, "should be a valid number; must be between 0 and 1 (found True)"),
        (None, "should be a valid number; must be between 0 and 1 (found None)"),
        ([0.5], "should be a valid number; must be between 0 and 1 (found a list)"),
        ({"a": 1}, "should be a valid number; must be between 0 and 1 (found a table)"),
        (10**400, "should be a valid number; must be between 0 and 1 (found 1000"),
        (1 << 20000, "must be between 0 and 1 (found a number of thousands of digits)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_invalid_number_is_reported_with_path_and_range(value, message):
    assert only_error(rich_scenario(), {"states.alba.resolve": value}).startswith("states.alba.resolve: ")
    assert message in only_error(rich_scenario(), {"states.alba.resolve": value})


@pytest.mark.parametrize("value", [2.0, 2.5, True, "2", math.nan, 10**30])
def test_an_integer_parameter_refuses_other_values(value):
    error = only_error(rich_scenario(), {"negotiations.talks.bundling": value})
    assert "negotiations.talks.bundling: " in error
    assert "must be between 1 and 40 (rungs)" in error


@pytest.mark.parametrize("value", [1, 0, "true", None, 1.0])
def test_a_switch_accepts_only_true_or_false(value):
    assert "mechanisms.noise: should be a valid boolean" in only_error(rich_scenario(), {"mechanisms.noise": value})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states.alba": 3}, "states.alba: should be a table (found 3)"),
        ({"belief": []}, "belief: should be a table (found a list)"),
        ({"states.alba.name": "Alba"}, "states.alba.name: should be a table (found 'Alba')"),
        ({"states.alba.name": {"fa": "Alba"}}, "states.alba.name: needs an English text, under `en`"),
        ({"title": {}}, "title: needs an English text"),
        ({"states.alba.name.en": 7}, "states.alba.name.en: should be a valid string (found 7)"),
        ({"cut_off": "x" * 4001}, "cut_off: is too long; at most 4000 characters"),
        ({"states.Alba": {"name": {"en": "Alba"}}}, "states.Alba: a name has up to 40 lower-case letters"),
        ({"negotiations.talks.attitudes.third-0": 3}, "attitudes.third-0: must be between -1 and 1 (found 3)"),
        ({"format": 3}, "format: should be 1 or 2 (found 3)"),
    ],
)
def test_a_wrong_type_is_reported_in_plain_words(changes, message):
    assert message in only_error(rich_scenario(), changes)


@pytest.mark.parametrize("key", ["name", "title", "summary", "cut_off"])
def test_a_missing_key_is_reported(key):
    data = rich_scenario()
    del data[key]
    assert only_error(data) == f"{key}: is missing"


def test_parameters_accept_exactly_their_declared_ranges():
    """All global parameters, and those of each kind of actor, relation and rung, in the largest scenarios."""
    checked = set()
    for name in ("us-iran-2026", "gulf-region"):
        data = read_scenario(name)
        for each in every_parameter(load_scenario(data)):
            kind = re.sub(r"(states|facilitators|bodies|spoilers|negotiations|rungs|parties)\.[^.]+", r"\1", each.path)
            kind = re.sub(r"^relations\.[^.]+\.[^.]+", "relations", kind)
            if kind in checked:
                continue
            checked.add(kind)
            for bound, direction in ((each.low, -1), (each.high, 1)):
                valid: Any = int(bound) if each.whole else bound
                invalid: Any = int(bound) + direction if each.whole else math.nextafter(bound, direction * math.inf)
                assert load_errors(data, {each.path: valid}) == [], each.path
                found = [
                    error for error in load_errors(data, {each.path: invalid}) if error.startswith(f"{each.path}: ")
                ]
                assert len(found) == 1
                low, high = (float(number) for number in re.findall(r"between (\S+) and (\S+)", found[0])[0])
                assert (low, high) == (each.low, each.high)
    assert len(checked) == len(declared_parameters())


def test_the_exception_message_has_one_error_per_line():
    with pytest.raises(ScenarioError) as raised:
        load_scenario(rich_scenario(), {"states.alba.resolve": 7.0, "surprise": 1})
    assert len(raised.value.errors) == 2
    assert str(raised.value).splitlines() == [str(error) for error in raised.value.errors]


def test_errors_from_all_checks_are_reported_together():
    errors = load_errors(
        rich_scenario(),
        {
            "states.alba.resolv": 1.0,
            "states.alba.resolve": 7.0,
            "rounds": "many",
            "negotiations.talks.facilitators": ["nobody"],
            "spoilers.wreckers.blamed_on": "nobody",
            **with_event("electoin"),
            **with_move("set_pressure", actor="nobody", counterpart="alba"),
        },
    )
    assert sorted(error.split(": ")[0] for error in errors) == sorted(
        ["states.alba.resolv", "states.alba.resolve", "rounds", "negotiations.talks.facilitators",
         "spoilers.wreckers.blamed_on", "events.0.kind", "moves.0.actor"]
    )  # fmt: skip


def test_an_error_in_a_list_has_its_index():
    rows = [5, {"round": 2, "kind": "oil_shock"}, {"round": 2, "kind": "electoin"}]
    assert [error.split(": ")[0] for error in load_errors(rich_scenario(), {"events": rows})] == [
        "events.0",
        "events.2.kind",
    ]


def test_an_error_contains_no_control_characters():
    assert "\x1b" not in only_error(rich_scenario(), {"a\x1b[2J": 1})


def test_a_change_through_a_non_table_is_reported():
    assert only_error(rich_scenario(), {"name.more": 1}) == "name.more: `name` is not a table (found 1)"


def test_a_change_does_not_modify_its_input():
    data = rich_scenario()
    before = copy.deepcopy(data)
    load_scenario(data, {"states.alba.resolve": 0.9, "relations.borea.alba.trust": 0.4})
    assert data == before
