"""Scenario files: what ships is whole, and whatever is wrong with a file is told plainly and all at once."""

import copy
import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.names import LEADERS
from support.worlds import plain, rung, text

from model.enumerations import Status
from model.errors import MOST_FAULTS, ScenarioError
from model.loading import LARGEST_FILE, SHIPPED, build, change, load, locate, read, shipped
from model.overrides import EVENTS, Override, forced, resolve
from model.parameter_space import DECLARED, bounds, declared, settings
from model.protocol import ACT, ACT_ON, PROTOCOL
from model.scenario import Scenario
from model.world import World, names

REQUIRED = {
    "us-iran-2026", "us-iran-2013", "us-iran-2018", "egypt-israel-1973", "us-ussr-1985", "us-dprk-1994",
    "argentina-brazil-1985", "grand-bargain", "two-states", "gulf-region",
}  # fmt: skip
NAME = re.compile(rf"\b(?:{LEADERS})\b")


def faults(data: Any, changes: dict[str, Any] | None = None) -> list[str]:
    """List what is wrong with plain data, in words; an empty list if nothing is."""
    try:
        load(data, changes)
    except ScenarioError as error:
        return [str(fault) for fault in error.faults]
    return []


def only(data: Any, changes: dict[str, Any] | None = None) -> str:
    """Give the one fault that there is."""
    found = faults(data, changes)
    assert len(found) == 1, found
    return found[0]


def rich() -> dict[str, Any]:
    """Write a small scenario with an actor of each role, a third state, and a verified first rung."""
    data = plain(3)
    data["facilitators"] = {"helper": {"name": text("Helper")}}
    data["bodies"] = {"watch": {"name": text("Watch")}}
    data["outsiders"] = {"wreckers": {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea"}}
    data["relations"] = {"alba": {"borea": {}}}
    data["negotiations"]["talks"] |= {"facilitators": ["helper"], "attitudes": {"third-0": 0.5}}
    data["negotiations"]["talks"]["rungs"]["step-1"] |= {"verifier": "watch", "needs_verification": True}
    return data


def event(kind: str, **more: Any) -> dict[str, Any]:
    """Write a scenario with one event."""
    return {"events": [{"round": 2, "kind": kind, **more}]}


def move(act: str, value: float = 1.0, **more: Any) -> dict[str, Any]:
    """Write a scenario with one forced move."""
    return {"moves": [{"round": 2, "act": act, "value": value, **more}]}


# What ships


def test_the_ten_required_scenarios_are_shipped():
    assert set(shipped()) >= REQUIRED


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_loads_under_its_own_name_with_all_its_texts(name):
    scenario = load(name)
    assert scenario.name == name
    assert all(scenario.title["en"].strip() and words.strip() for words in (scenario.summary["en"], scenario.cut_off))
    assert scenario.notice["en"]
    assert scenario.things_to_try
    assert scenario.sources
    assert re.search(r"\b(19|20)\d\d\b|invented", scenario.cut_off), "the cut-off gives no date"
    assert "assumed" in json.dumps(read(name)).lower(), "it does not say what is assumed"
    for talks in scenario.negotiations.values():
        for party in talks.parties:
            assert len(scenario.states[party].narrative["en"]) > 40
        for step in talks.rungs.values():
            assert all(share.gives["en"].strip() for share in step.parties.values())


@pytest.mark.parametrize("name", shipped())
def test_each_thing_to_try_changes_the_scenario_and_still_loads(name):
    before = load(name)
    for thing in before.things_to_try:
        assert thing.text["en"].strip()
        assert thing.set, f"nothing to set: {thing.text['en']}"
        assert load(name, thing.set) != before, f"changes nothing: {thing.set}"


@pytest.mark.parametrize("name", shipped())
def test_no_leader_is_named(name):
    words = re.sub(r"https?://\S+", "", locate(name).read_text("utf-8"))
    assert not NAME.findall(words)


def test_the_deny_list_would_find_a_name():
    assert NAME.findall("as Rouhani said") == ["Rouhani"]
    assert not NAME.findall("Trumpet, Kerryman, sisili")


@pytest.mark.parametrize("name", shipped())
def test_every_event_and_move_of_a_shipped_scenario_falls_within_its_rounds(name):
    scenario = load(name)
    for each in (*scenario.events, *scenario.moves):
        assert each.round <= scenario.rounds
    assert all((each.until or 1) <= scenario.rounds for each in scenario.events)


# Keys, types and ranges


@pytest.mark.parametrize(
    ("changes", "told"),
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
        ({"zzzz": 1}, "zzzz: no such key; there are: bargaining, belief,"),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest_right_one(changes, told):
    assert told in only(rich(), changes)


def test_a_suggestion_comes_from_the_right_table_even_if_a_name_is_also_a_key():
    data = rich()
    data["negotiations"]["rungs"] = data["negotiations"].pop("talks") | {"bundlng": 2}
    data["outsiders"] = {}
    assert "did you mean `bundling`?" in only(data)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (math.nan, "should be a finite number; allowed is between 0 and 1 (found nan)"),
        (math.inf, "should be a finite number; allowed is between 0 and 1 (found inf)"),
        (-math.inf, "should be a finite number; allowed is between 0 and 1 (found -inf)"),
        (1.5, "allowed is between 0 and 1 (found 1.5)"),
        (-0.1, "allowed is between 0 and 1 (found -0.1)"),
        ("0.5", "should be a valid number; allowed is between 0 and 1 (found '0.5')"),
        (True, "should be a valid number; allowed is between 0 and 1 (found True)"),
        (None, "should be a valid number; allowed is between 0 and 1 (found None)"),
        ([0.5], "should be a valid number; allowed is between 0 and 1 (found a list)"),
        ({"a": 1}, "should be a valid number; allowed is between 0 and 1 (found a table)"),
        (10**400, "should be a valid number; allowed is between 0 and 1 (found 1000"),
        (1 << 20000, "allowed is between 0 and 1 (found a number of thousands of digits)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_number_that_is_none_is_told_with_path_value_and_range(value, told):
    assert only(rich(), {"states.alba.resolve": value}).startswith("states.alba.resolve: ")
    assert told in only(rich(), {"states.alba.resolve": value})


@pytest.mark.parametrize("value", [2.0, 2.5, True, "2", math.nan, 10**30])
def test_a_whole_number_takes_nothing_else(value):
    found = only(rich(), {"negotiations.talks.bundling": value})
    assert "negotiations.talks.bundling: " in found
    assert "allowed is between 1 and 40 (rungs)" in found


@pytest.mark.parametrize("value", [1, 0, "true", None, 1.0])
def test_a_switch_takes_nothing_but_true_or_false(value):
    assert "mechanisms.noise: should be a valid boolean" in only(rich(), {"mechanisms.noise": value})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"states.alba": 3}, "states.alba: should be a table (found 3)"),
        ({"belief": []}, "belief: should be a table (found a list)"),
        ({"states.alba.name": "Alba"}, "states.alba.name: should be a table (found 'Alba')"),
        ({"states.alba.name": {"fa": "Alba"}}, "states.alba.name: needs its words in English, under `en`"),
        ({"title": {}}, "title: needs its words in English"),
        ({"states.alba.name.en": 7}, "states.alba.name.en: should be a valid string (found 7)"),
        ({"cut_off": "x" * 4001}, "cut_off: is too long; at most 4000 characters"),
        ({"states.Alba": {"name": {"en": "Alba"}}}, "states.Alba: a name has up to 40 lower-case letters"),
        ({"negotiations.talks.attitudes.third-0": 3}, "attitudes.third-0: allowed is between -1 and 1 (found 3)"),
        ({"format": 2}, "format: should be 1 (found 2)"),
    ],
)
def test_a_wrong_kind_of_thing_is_told_in_plain_words(changes, told):
    assert told in only(rich(), changes)


@pytest.mark.parametrize("key", ["name", "title", "summary", "cut_off"])
def test_a_missing_key_is_told(key):
    data = rich()
    del data[key]
    assert only(data) == f"{key}: is missing"


def test_every_parameter_takes_both_ends_of_its_range_and_nothing_beyond():
    """Over the richest scenarios: every global parameter, and those of every kind of actor, relation and rung."""
    tried = set()
    for name in ("us-iran-2026", "gulf-region"):
        data = read(name)
        for each in settings(load(data)):
            kind = re.sub(r"(states|facilitators|bodies|outsiders|negotiations|rungs|parties)\.[^.]+", r"\1", each.path)
            kind = re.sub(r"^relations\.[^.]+\.[^.]+", "relations", kind)
            if kind in tried:
                continue
            tried.add(kind)
            for end, way in ((each.low, -1), (each.high, 1)):
                good: Any = int(end) if each.whole else end
                bad: Any = int(end) + way if each.whole else math.nextafter(end, way * math.inf)
                assert faults(data, {each.path: good}) == [], each.path
                found = [fault for fault in faults(data, {each.path: bad}) if fault.startswith(f"{each.path}: ")]
                assert len(found) == 1
                low, high = (float(number) for number in re.findall(r"between (\S+) and (\S+)", found[0])[0])
                assert (low, high) == (each.low, each.high)
    assert len(tried) == len(declared())


# Names that lead nowhere


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"negotiations.talks.parties": ["alba", "boreas"]},
            "negotiations.talks.parties: no such state; did you mean `borea`?",
        ),
        (
            {"negotiations.talks.facilitators": ["helpr"]},
            "negotiations.talks.facilitators: no such facilitator; did you mean `helper`?",
        ),
        (
            {"negotiations.talks.attitudes.alba": 0.5},
            "negotiations.talks.attitudes.alba: no such third state; there are: third-0",
        ),
        (
            {"negotiations.talks.rungs.step-1.verifier": "wach"},
            "rungs.step-1.verifier: no such verification body; did you mean `watch`?",
        ),
        (
            {"negotiations.talks.rungs.step-1.parties.third-0": {}},
            "parties.third-0: no such party to it; there are: alba, borea",
        ),
        (
            {"outsiders.wreckers.negotiation": "talk"},
            "outsiders.wreckers.negotiation: no such negotiation; did you mean `talks`?",
        ),
        (
            {"outsiders.wreckers.blamed_on": "third-0"},
            "outsiders.wreckers.blamed_on: no such party to `talks`; there are: alba, borea",
        ),
        ({"relations.albo.borea": {}}, "relations.albo: no such state; did you mean `alba`?"),
        ({"relations.alba.bore": {}}, "relations.alba.bore: no such state; did you mean `borea`?"),
        ({"relations.alba.alba": {}}, "relations.alba.alba: a state has no relation to itself"),
        (event("election", actor="albi"), "events.0.actor: no such state; did you mean `alba`?"),
        (event("attack", actor="alba"), "events.0.actor: no such spoiler; there are: wreckers"),
        (event("facilitator_leaves", actor="watch"), "events.0.actor: no such facilitator; there are: helper"),
        (event("withdrawal", actor="third-0", negotiation="talks"), "events.0.actor: no such party to its negotiation"),
        (event("leak", negotiation="tolks"), "events.0.negotiation: no such negotiation; did you mean `talks`?"),
        (event("incident", actor="alba", counterpart="helper"), "events.0.counterpart: no such state"),
        (move("seek_talks", actor="third-0", negotiation="talks"), "moves.0.actor: no such party to its negotiation"),
        (
            move("ratify", actor="alba", negotiation="tolks"),
            "moves.0.negotiation: no such negotiation; did you mean `talks`?",
        ),
        (
            move("advance", negotiation="talks", counterpart="step-9"),
            "moves.0.counterpart: no such rung of its negotiation",
        ),
        (
            move("take_task", actor="helper", negotiation="talks", counterpart="tea"),
            "moves.0.counterpart: no such service",
        ),
        (move("inspect", actor="helper", negotiation="talks"), "moves.0.actor: no such body; there are: watch"),
        (move("strike", actor="borea"), "moves.0.actor: no such spoiler; there are: wreckers"),
        (move("press", actor="alba", counterpart="borei"), "moves.0.counterpart: no such state; did you mean `borea`?"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_its_place(changes, told):
    assert any(told in fault for fault in faults(rich(), changes)), faults(rich(), changes)


def test_a_rung_needs_a_verifier_unless_it_says_that_it_needs_none():
    changes = {"negotiations.talks.rungs.step-2.needs_verification": True}
    place = "negotiations.talks.rungs.step-2.verifier"
    assert only(rich(), changes) == f"{place}: is missing; name a body, or set needs_verification = false"
    data = rich()
    del data["negotiations"]["talks"]["rungs"]["step-2"]["needs_verification"]
    assert only(data).startswith(f"{place}: is missing")
    assert faults(rich(), {"negotiations.talks.rungs.step-2.needs_verification": False}) == []


def test_each_party_has_its_share_in_each_rung():
    changes = {"negotiations.talks.rungs.step-1.parties": {"alba": {}}}
    assert only(rich(), changes) == "negotiations.talks.rungs.step-1.parties.borea: is missing"


def test_no_rung_starts_verified_above_one_that_is_not():
    changes = {"negotiations.talks.rungs.step-2.status": "verified"}
    assert "rungs.step-2.status: a rung below it is not verified yet" in only(rich(), changes)


@pytest.mark.parametrize(
    ("role", "other"), [("facilitators", "states"), ("outsiders", "facilitators"), ("bodies", "states")]
)
def test_two_actors_of_one_name_are_told_whatever_their_roles(role, other):
    data = rich()
    name = next(iter(data[other]))
    data[role][name] = copy.deepcopy(next(iter(data[role].values())))
    assert any(f"{role}.{name}: two actors have this name" in fault or
               f"{other}.{name}: two actors have this name" in fault for fault in faults(data))  # fmt: skip


def test_two_states_negotiate_once():
    data = rich()
    data["negotiations"]["more-talks"] = {**data["negotiations"]["talks"], "parties": ["borea", "alba"]}
    assert "negotiations.more-talks.parties: the same two states negotiate in `talks`" in only(data)


def test_a_state_does_not_negotiate_with_itself():
    changes = {"negotiations.talks.parties": ["alba", "alba"], "outsiders": {}}
    assert any("a state cannot negotiate with itself (found 'alba')" in fault for fault in faults(rich(), changes))


@pytest.mark.parametrize("parties", [[], ["alba"], ["alba", "borea", "third-0"]])
def test_a_negotiation_has_two_parties(parties):
    found = faults(rich(), {"negotiations.talks.parties": parties})
    assert any(fault.startswith("negotiations.talks.parties: has too") for fault in found)


# Sizes


def test_64_actors_are_allowed_and_65_are_not():
    assert faults(plain(64)) == []
    assert "at most 64 actors in all, whatever their role (found 65)" in only(plain(65))
    mixed = plain(60)
    mixed["facilitators"] = {f"helper-{n}": {"name": text("Helper")} for n in range(5)}
    assert "found 65" in only(mixed)


def test_12_negotiations_are_allowed_and_13_are_not():
    def crowded(count: int) -> dict[str, Any]:
        data = plain(14)
        share = data["negotiations"]["talks"]
        for other in list(data["states"])[2 : count + 1]:
            step = {**rung(), "parties": {"alba": {}, other: {}}}
            data["negotiations"][f"with-{other}"] = {**share, "parties": ["alba", other], "rungs": {"one": step}}
        return data

    assert faults(crowded(12)) == []
    assert "negotiations: has too many entries; at most 12 allowed" in only(crowded(13))


def test_40_rungs_are_allowed_and_41_are_not():
    assert faults(plain(rungs=40)) == []
    assert "negotiations.talks.rungs: has too many entries; at most 40 allowed" in only(plain(rungs=41))
    assert "negotiations.talks.rungs: has too few entries" in only(plain(rungs=0))


def test_1200_rounds_are_allowed_and_1201_are_not():
    assert faults(plain(), {"rounds": 1200}) == []
    assert only(plain(), {"rounds": 1201}) == "rounds: allowed is between 1 and 1200 (found 1201)"
    assert only(plain(), {"rounds": 0}) == "rounds: allowed is between 1 and 1200 (found 0)"


def test_one_state_is_too_few():
    assert "states: has too few entries; at least 2 needed" in faults(
        plain(), {"states": {"alba": {"name": text("A")}}}
    )


def test_faults_beyond_counting_are_told_in_bounded_number_and_time():
    found = faults({f"key-{n}": n for n in range(100_000)})
    assert len(found) == MOST_FAULTS + 1
    assert "more than 200 faults" in found[-1]


@pytest.mark.parametrize("tied", [3, 4, 40])
def test_a_bundle_larger_than_the_ladder_is_the_whole_ladder(tied):
    scenario = build(change(plain(rungs=3), {"negotiations.talks.bundling": tied}))
    assert names(scenario).rung == [["step-1+step-2+step-3"]]
    world = World(scenario, 1)
    assert world.rungs.tolist() == [1]
    assert world.stake[0].tolist() == pytest.approx([1.0])


# Events and moves


def test_an_event_of_unknown_kind_is_told():
    assert only(rich(), event("electoin", actor="alba")).startswith(
        "events.0.kind: no such kind of event; did you mean `election`?"
    )


def test_a_move_of_unknown_act_is_told():
    assert only(rich(), move("step_forwards")).startswith("moves.0.act: no such act; did you mean `step_forward`?")


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_without_a_name_it_needs_is_told(kind):
    found = faults(rich(), event(kind))
    for need in EVENTS[kind].needs:
        assert any(fault.startswith(f"events.0.{need}: is missing; `{kind}` needs a") for fault in found)
    assert len(found) == len(EVENTS[kind].needs)


def test_a_name_that_an_event_would_ignore_is_told():
    assert "events.0.negotiation: is not used by `election`" in only(
        rich(), event("election", actor="alba", negotiation="talks")
    )
    assert "moves.0.counterpart: is not used by `change_government`" in only(
        rich(), move("change_government", actor="alba", counterpart="borea")
    )


def test_an_event_does_not_end_before_it_begins():
    good = event("silence", negotiation="talks", until=2)
    assert faults(rich(), good) == []
    assert "events.0.until: is before the event begins (found 1)" in only(
        rich(), event("silence", negotiation="talks", until=1)
    )


def test_no_state_acts_upon_itself():
    assert "events.0.counterpart: is the actor itself" in only(
        rich(), event("hostile_act", actor="alba", counterpart="alba")
    )


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        (event("leak", negotiation="talks"), 0, 2),
        (event("pressure_step", actor="alba", counterpart="borea"), 0, 1),
        (move("advance", negotiation="talks", counterpart="step-1"), 0, max(Status)),
        (move("give_answer", negotiation="talks", actor="alba"), -1, 1),
        (move("pick_rung", negotiation="talks"), -1, 2),
        (move("rub", negotiation="talks"), 0, 3),
        (move("remember_kept", actor="alba", counterpart="borea"), 1, 1e6),
    ],
)
def test_an_event_or_move_sets_only_what_its_column_can_hold(changes, low, high):
    ((key, (row,)),) = changes.items()
    for value in (low, high):
        assert faults(rich(), {key: [{**row, "value": float(value)}]}) == []
    for value in (low - 1, high + 1):
        assert f"allowed is between {low} and {high}" in "".join(
            faults(rich(), {key: [{**row, "value": float(value)}]})
        )


def test_a_choice_is_not_set_to_a_fraction():
    assert "moves.0.value: should be a whole number" in only(
        rich(), move("seek_talks", 0.5, actor="alba", negotiation="talks")
    )


def test_whatever_act_and_names_a_move_has_it_is_told_at_load_or_can_be_played():
    """Every act by its name and by its column, with every actor, counterpart and negotiation, right and wrong."""
    data, accepted = rich(), set()
    actors = (None, "alba", "third-0", "helper", "watch", "wreckers", "nobody")
    for act in {*ACT, *ACT_ON}:
        number = ACT.get(act, ACT_ON.get(act, -1))
        for actor in actors:
            for counterpart in (*actors[:4], "step-2", "clarity"):
                for talks in (None, "talks", "nothing"):
                    given = {"actor": actor, "counterpart": counterpart, "negotiation": talks}
                    row = {key: name for key, name in given.items() if name is not None}
                    try:
                        scenario = build({**data, **move(act, 1.0, **row)})
                    except ScenarioError:
                        continue
                    (place,) = forced(scenario)
                    column = getattr(World(scenario, 1), PROTOCOL[number].column)
                    assert place.act == number
                    assert 0 <= place.cell < column.size
                    accepted.add(number)
    hidden = {"record", "roll_dice"}  # a past round and a die have no name
    assert {PROTOCOL[number].name for number in accepted} == {*ACT} - hidden


def test_what_resolve_refuses_a_file_cannot_hold():
    with pytest.raises(ScenarioError, match="no such state"):
        resolve(build(rich()), Override(2, "press", None, "alba", "nobody", 1.0))
    assert "no such state" in only(rich(), move("press", actor="alba", counterpart="nobody"))


def test_a_move_can_name_a_bundle_of_rungs():
    changes = {"negotiations.talks.bundling": 2, **move("advance", negotiation="talks", counterpart="step-1+step-2")}
    assert len(forced(load(rich(), changes))) == 1
    assert "no such rung" in only(rich(), {**changes, **move("advance", negotiation="talks", counterpart="step-1")})


# All at once


def test_the_error_reads_as_its_faults_one_a_line():
    with pytest.raises(ScenarioError) as raised:
        load(rich(), {"states.alba.resolve": 7.0, "surprise": 1})
    assert len(raised.value.faults) == 2
    assert str(raised.value).splitlines() == [str(fault) for fault in raised.value.faults]


def test_all_faults_are_told_at_once_whoever_finds_them():
    found = faults(
        rich(),
        {
            "states.alba.resolv": 1.0,
            "states.alba.resolve": 7.0,
            "rounds": "many",
            "negotiations.talks.facilitators": ["nobody"],
            "outsiders.wreckers.blamed_on": "nobody",
            **event("electoin"),
            **move("press", actor="nobody", counterpart="alba"),
        },
    )
    assert sorted(fault.split(": ")[0] for fault in found) == sorted(
        ["states.alba.resolv", "states.alba.resolve", "rounds", "negotiations.talks.facilitators",
         "outsiders.wreckers.blamed_on", "events.0.kind", "moves.0.actor"]
    )  # fmt: skip


def test_a_fault_is_told_at_its_own_place_in_a_list():
    rows = [5, {"round": 2, "kind": "oil_shock"}, {"round": 2, "kind": "electoin"}]
    assert [fault.split(": ")[0] for fault in faults(rich(), {"events": rows})] == ["events.0", "events.2.kind"]


def test_a_fault_cannot_steer_the_terminal():
    assert "\x1b" not in only(rich(), {"a\x1b[2J": 1})


def test_a_change_through_something_that_is_no_table_is_told():
    assert only(rich(), {"name.more": 1}) == "name.more: `name` is not a table (found 1)"


def test_a_change_leaves_the_data_it_was_made_from_alone():
    data = rich()
    before = copy.deepcopy(data)
    load(data, {"states.alba.resolve": 0.9, "relations.borea.alba.trust": 0.4})
    assert data == before


# Files


def test_a_file_of_more_than_1_mib_is_refused(tmp_path):
    content = locate("two-states").read_bytes()
    file = tmp_path / "big.toml"
    file.write_bytes(content + b"#" * (LARGEST_FILE - len(content)))
    assert load(file).name == "two-states"
    file.write_bytes(content + b"#" * (LARGEST_FILE + 1 - len(content)))
    assert "a scenario file has at most 1 MiB" in only(str(file))


@pytest.mark.parametrize(
    ("content", "told"),
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
def test_a_file_that_is_no_scenario_is_told_with_its_path_and_reason(tmp_path, content, told):
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    found = faults(str(file))
    assert told in found[0]
    assert found[0].startswith(str(file)) or not content


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf" + locate("two-states").read_bytes().replace(b"\n", b"\r\n"))
    assert load(file).states == load("two-states").states


def test_a_folder_is_no_scenario(tmp_path):
    assert only(str(tmp_path)).startswith("scenario: is a folder, not a file")


@pytest.mark.parametrize("name", ["us-iran-2062", "nowhere/us-iran.toml", "", "\0", "x" * 5000], ids=range(5))
def test_a_scenario_that_is_nowhere_is_told_with_what_there_is(name):
    found = only(name)
    assert found.startswith("scenario: ")
    assert "did you mean `us-iran-2026`?" in found or "there are: " in found or "is a folder" in found


def test_a_misspelt_scenario_is_told_with_the_nearest_one():
    assert "did you mean `gulf-region`?" in only("golf-region")


# The schema


def schema_of(model: Any) -> dict[str, Any]:
    whole = Scenario.model_json_schema()
    return whole["$defs"][model.__name__]


@pytest.mark.parametrize("path", DECLARED)
def test_the_schema_has_default_range_unit_meaning_and_role_of_every_parameter(path):
    model, listed = DECLARED[path], schema_of(DECLARED[path])["properties"]
    of_this = [each for each in declared() if each.path.rpartition(".")[0] == path]
    for each in of_this:
        name = each.path.rpartition(".")[2]
        told = listed[name]
        assert (told["minimum"], told["maximum"]) == bounds(model.model_fields[name])
        assert told["default"] == each.value
        assert each.low <= each.value <= each.high
        assert told["type"] == ("integer" if each.whole else "number")
        assert (told["description"], told["unit"], told["source"]) == (each.meaning, each.unit, each.source)
        assert told["role"] == ("lever" if each.lever else "uncertainty")
        assert each.meaning
        assert each.source


@pytest.mark.parametrize("name", shipped())
def test_the_schema_accepts_what_ships(name):
    jsonschema.validate(read(name), Scenario.model_json_schema())


@pytest.mark.parametrize(
    "changes",
    [{"rounds": 0}, {"states.alba.resolve": 2.0}, {"states.alba.name": {"fa": "x"}}, {"surprise": 1}],
)
def test_the_schema_refuses_what_the_loader_refuses(changes):
    data = change(rich(), changes)
    assert faults(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, Scenario.model_json_schema())


def test_every_shipped_file_is_found_by_its_name_and_nothing_else_lies_there():
    assert {path.name for path in Path(SHIPPED).iterdir() if path.suffix} == {f"{name}.toml" for name in shipped()}
    assert all(tomllib.loads(locate(name).read_text("utf-8"))["name"] == name for name in shipped())
