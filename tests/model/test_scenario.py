"""Scenario files: shipped ones are complete, invalid ones are refused, and the schema agrees."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.names import LEADERS
from support.scenario_errors import load_errors, only_error, rich_scenario

from model.loading import (
    MAX_FILE_BYTES,
    SCENARIO_FOLDER,
    apply_changes,
    find_scenario,
    load_scenario,
    read_scenario,
    scenario_names,
)
from model.parameter_space import PARAMETER_MODELS, declared_parameters, parameter_bounds
from model.scenario import Scenario

REQUIRED = {
    "us-iran-2026", "us-iran-2013", "us-iran-2018", "egypt-israel-1973", "us-ussr-1985", "us-dprk-1994",
    "argentina-brazil-1985", "grand-bargain", "two-states", "gulf-region",
}  # fmt: skip


NAME = re.compile(rf"\b(?:{LEADERS})\b")


def test_the_ten_required_scenarios_are_shipped():
    assert set(scenario_names()) >= REQUIRED


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_loads_with_all_its_texts(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert all(scenario.title["en"].strip() and words.strip() for words in (scenario.summary["en"], scenario.cut_off))
    assert scenario.notice["en"]
    assert scenario.things_to_try
    assert scenario.sources
    assert re.search(r"\b(19|20)\d\d\b|invented", scenario.cut_off), "the cut-off gives no date"
    assert "assumed" in json.dumps(read_scenario(name)).lower(), "it states no assumptions"
    for talks in scenario.negotiations.values():
        for party in talks.parties:
            assert len(scenario.states[party].narrative["en"]) > 40
        for step in talks.rungs.values():
            assert all(share.gives["en"].strip() for share in step.parties.values())


@pytest.mark.parametrize("name", scenario_names())
def test_each_suggestion_changes_the_scenario_and_loads(name):
    before = load_scenario(name)
    for suggestion in before.things_to_try:
        assert suggestion.text["en"].strip()
        assert suggestion.set, f"nothing to set: {suggestion.text['en']}"
        assert load_scenario(name, suggestion.set) != before, f"changes nothing: {suggestion.set}"


@pytest.mark.parametrize("name", scenario_names())
def test_no_leader_is_named(name):
    words = re.sub(r"https?://\S+", "", find_scenario(name).read_text("utf-8"))
    assert not NAME.findall(words)


def test_the_deny_list_finds_a_name():
    assert NAME.findall("as Rouhani said") == ["Rouhani"]
    assert not NAME.findall("Trumpet, Kerryman, sisili")


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_events_and_moves_fall_within_the_rounds(name):
    scenario = load_scenario(name)
    for each in (*scenario.events, *scenario.moves):
        assert each.round <= scenario.rounds
    assert all((each.until or 1) <= scenario.rounds for each in scenario.events)


def test_a_file_of_more_than_1_mib_is_refused(tmp_path):
    content = find_scenario("two-states").read_bytes()
    file = tmp_path / "big.toml"
    file.write_bytes(content + b"#" * (MAX_FILE_BYTES - len(content)))
    assert load_scenario(file).name == "two-states"
    file.write_bytes(content + b"#" * (MAX_FILE_BYTES + 1 - len(content)))
    assert "a scenario file has at most 1 MiB" in only_error(str(file))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"this is = = no TOML", "cannot be read as TOML"),
        (b"name = \"\xff\xfe\"", "is not text in UTF-8"),
        (b"rounds = " + b"9" * 5000, "cannot be read as TOML"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a" + b".a" * 500_000 + b" = 1", "more than 100 parts"),
        (b"\"a\"" + b" . 'a'" * 100_000 + b" = 1", "more than 100 parts"),
        (b"a = 1\na = 2", "cannot be read as TOML"),
        (b"\x00", "cannot be read as TOML"),
        (b"", "name: is missing"),
    ],
    ids=range(9),
)  # fmt: skip
def test_an_unreadable_file_is_reported_with_path_and_reason(tmp_path, content, message):
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    errors = load_errors(str(file))
    assert message in errors[0]
    assert errors[0].startswith(str(file)) or not content


def test_a_byte_order_mark_and_crlf_are_accepted(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf" + find_scenario("two-states").read_bytes().replace(b"\n", b"\r\n"))
    assert load_scenario(file).states == load_scenario("two-states").states


def test_a_folder_is_refused(tmp_path):
    assert only_error(str(tmp_path)).startswith("scenario: is a folder, not a file")


@pytest.mark.parametrize("name", ["us-iran-2062", "nowhere/us-iran.toml", "", "\0", "x" * 5000], ids=range(5))
def test_an_unknown_scenario_is_reported_with_alternatives(name):
    error = only_error(name)
    assert error.startswith("scenario: ")
    assert "did you mean `us-iran-2026`?" in error or "available: " in error or "is a folder" in error


def test_a_misspelt_scenario_gets_a_suggestion():
    assert "did you mean `gulf-region`?" in only_error("golf-region")


def schema_of(model: Any) -> dict[str, Any]:
    return Scenario.model_json_schema()["$defs"][model.__name__]


@pytest.mark.parametrize("path", PARAMETER_MODELS)
def test_the_schema_describes_every_parameter(path):
    model, properties = PARAMETER_MODELS[path], schema_of(PARAMETER_MODELS[path])["properties"]
    for each in [each for each in declared_parameters() if each.path.rpartition(".")[0] == path]:
        name = each.path.rpartition(".")[2]
        schema = properties[name]
        assert (schema["minimum"], schema["maximum"]) == parameter_bounds(model.model_fields[name])
        assert schema["default"] == each.value
        assert each.low <= each.value <= each.high
        assert schema["type"] == ("integer" if each.whole else "number")
        assert (schema["description"], schema["unit"], schema["source"]) == (each.meaning, each.unit, each.source)
        assert schema["role"] == ("lever" if each.lever else "uncertainty")
        assert each.meaning
        assert each.source


@pytest.mark.parametrize("name", scenario_names())
def test_the_schema_accepts_shipped_scenarios(name):
    jsonschema.validate(read_scenario(name), Scenario.model_json_schema())


@pytest.mark.parametrize(
    "changes",
    [{"rounds": 0}, {"states.alba.resolve": 2.0}, {"states.alba.name": {"fa": "x"}}, {"surprise": 1}],
)
def test_the_schema_refuses_what_the_loader_refuses(changes):
    data = apply_changes(rich_scenario(), changes)
    assert load_errors(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, Scenario.model_json_schema())


def test_the_scenario_folder_holds_only_shipped_scenarios():
    assert {path.name for path in Path(SCENARIO_FOLDER).iterdir() if path.suffix} == {
        f"{name}.toml" for name in scenario_names()
    }
    assert all(tomllib.loads(find_scenario(name).read_text("utf-8"))["name"] == name for name in scenario_names())


def test_the_grand_bargain_differs_by_bundling_and_texts_only():
    one, other = (load_scenario(name).model_dump() for name in ("us-iran-2026", "grand-bargain"))
    assert other["negotiations"]["nuclear"].pop("bundling") == 6
    assert one["negotiations"]["nuclear"].pop("bundling") == 1
    assert {key for key in one if one[key] != other[key]} == {
        "name", "title", "summary", "cut_off", "notice", "things_to_try", "sources",
    }  # fmt: skip
