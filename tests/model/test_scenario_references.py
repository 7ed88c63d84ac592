"""References between the parts of a scenario, and limits on their numbers."""

import copy
from typing import Any

import pytest
from support.scenario_errors import load_errors, only_error, rich_scenario, with_event, with_move
from support.worlds import rung, smallest_scenario, text

from model.errors import MAX_ERRORS
from model.loading import apply_changes, build_scenario
from model.world import World, axis_names


@pytest.mark.parametrize(
    ("changes", "message"),
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
            "negotiations.talks.attitudes.alba: no such third state; available: third-0",
        ),
        (
            {"negotiations.talks.rungs.step-1.verifier": "wach"},
            "rungs.step-1.verifier: no such verification body; did you mean `watch`?",
        ),
        (
            {"negotiations.talks.rungs.step-1.parties.third-0": {}},
            "parties.third-0: no such party to it; available: alba, borea",
        ),
        (
            {"spoilers.wreckers.negotiation": "talk"},
            "spoilers.wreckers.negotiation: no such negotiation; did you mean `talks`?",
        ),
        (
            {"spoilers.wreckers.blamed_on": "third-0"},
            "spoilers.wreckers.blamed_on: no such party to `talks`; available: alba, borea",
        ),
        ({"relations.albo.borea": {}}, "relations.albo: no such state; did you mean `alba`?"),
        ({"relations.alba.bore": {}}, "relations.alba.bore: no such state; did you mean `borea`?"),
        ({"relations.alba.alba": {}}, "relations.alba.alba: a state has no relation to itself"),
        (with_event("election", actor="albi"), "events.0.actor: no such state; did you mean `alba`?"),
        (with_event("attack", actor="alba"), "events.0.actor: no such spoiler; available: wreckers"),
        (with_event("facilitator_leaves", actor="watch"), "events.0.actor: no such facilitator; available: helper"),
        (
            with_event("withdrawal", actor="third-0", negotiation="talks"),
            "events.0.actor: no such party to its negotiation",
        ),
        (with_event("leak", negotiation="tolks"), "events.0.negotiation: no such negotiation; did you mean `talks`?"),
        (with_event("incident", actor="alba", counterpart="helper"), "events.0.counterpart: no such state"),
        (
            with_move("seek_talks", actor="third-0", negotiation="talks"),
            "moves.0.actor: no such party to its negotiation",
        ),
        (
            with_move("ratify", actor="alba", negotiation="tolks"),
            "moves.0.negotiation: no such negotiation; did you mean `talks`?",
        ),
        (
            with_move("advance_ladder", negotiation="talks", counterpart="step-9"),
            "moves.0.counterpart: no such rung of its negotiation",
        ),
        (
            with_move("take_task", actor="helper", negotiation="talks", counterpart="tea"),
            "moves.0.counterpart: no such service",
        ),
        (with_move("inspect", actor="helper", negotiation="talks"), "moves.0.actor: no such body; available: watch"),
        (with_move("attack_talks", actor="borea"), "moves.0.actor: no such spoiler; available: wreckers"),
        (
            with_move("set_pressure", actor="alba", counterpart="borei"),
            "moves.0.counterpart: no such state; did you mean `borea`?",
        ),
    ],
)
def test_an_unknown_reference_is_reported_with_its_path(changes, message):
    assert any(message in error for error in load_errors(rich_scenario(), changes)), load_errors(
        rich_scenario(), changes
    )


def test_a_rung_needs_a_verifier_unless_it_opts_out():
    changes = {"negotiations.talks.rungs.step-2.needs_verification": True}
    place = "negotiations.talks.rungs.step-2.verifier"
    assert (
        only_error(rich_scenario(), changes) == f"{place}: is missing; name a body, or set needs_verification = false"
    )
    data = rich_scenario()
    del data["negotiations"]["talks"]["rungs"]["step-2"]["needs_verification"]
    assert only_error(data).startswith(f"{place}: is missing")
    assert load_errors(rich_scenario(), {"negotiations.talks.rungs.step-2.needs_verification": False}) == []


def test_each_rung_has_a_share_for_each_party():
    changes = {"negotiations.talks.rungs.step-1.parties": {"alba": {}}}
    assert only_error(rich_scenario(), changes) == "negotiations.talks.rungs.step-1.parties.borea: is missing"


def test_no_rung_starts_verified_above_an_unverified_one():
    changes = {"negotiations.talks.rungs.step-2.status": "verified"}
    assert "rungs.step-2.status: a rung below it is not verified yet" in only_error(rich_scenario(), changes)


@pytest.mark.parametrize(
    ("role", "other"), [("facilitators", "states"), ("spoilers", "facilitators"), ("bodies", "states")]
)
def test_two_actors_with_one_name_are_reported(role, other):
    data = rich_scenario()
    name = next(iter(data[other]))
    data[role][name] = copy.deepcopy(next(iter(data[role].values())))
    assert any(f"{role}.{name}: two actors have this name" in error or
               f"{other}.{name}: two actors have this name" in error for error in load_errors(data))  # fmt: skip


def test_two_states_have_at_most_one_negotiation():
    data = rich_scenario()
    data["negotiations"]["more-talks"] = {**data["negotiations"]["talks"], "parties": ["borea", "alba"]}
    assert "negotiations.more-talks.parties: the same two states negotiate in `talks`" in only_error(data)


def test_a_state_cannot_negotiate_with_itself():
    changes = {"negotiations.talks.parties": ["alba", "alba"], "spoilers": {}}
    assert any(
        "a state cannot negotiate with itself (found 'alba')" in error
        for error in load_errors(rich_scenario(), changes)
    )


@pytest.mark.parametrize("parties", [[], ["alba"], ["alba", "borea", "third-0"]])
def test_a_negotiation_has_two_parties(parties):
    errors = load_errors(rich_scenario(), {"negotiations.talks.parties": parties})
    assert any(error.startswith("negotiations.talks.parties: has too") for error in errors)


def test_64_actors_are_allowed_and_65_are_not():
    assert load_errors(smallest_scenario(64)) == []
    assert "at most 64 actors in total, in all roles (found 65)" in only_error(smallest_scenario(65))
    mixed = smallest_scenario(60)
    mixed["facilitators"] = {f"helper-{n}": {"name": text("Helper")} for n in range(5)}
    assert "found 65" in only_error(mixed)


def test_12_negotiations_are_allowed_and_13_are_not():
    def with_negotiations(count: int) -> dict[str, Any]:
        data = smallest_scenario(14)
        share = data["negotiations"]["talks"]
        for other in list(data["states"])[2 : count + 1]:
            step = {**rung(), "parties": {"alba": {}, other: {}}}
            data["negotiations"][f"with-{other}"] = {**share, "parties": ["alba", other], "rungs": {"one": step}}
        return data

    assert load_errors(with_negotiations(12)) == []
    assert "negotiations: has too many entries; at most 12 allowed" in only_error(with_negotiations(13))


def test_40_rungs_are_allowed_and_41_are_not():
    assert load_errors(smallest_scenario(rungs=40)) == []
    assert "negotiations.talks.rungs: has too many entries; at most 40 allowed" in only_error(
        smallest_scenario(rungs=41)
    )
    assert "negotiations.talks.rungs: has too few entries" in only_error(smallest_scenario(rungs=0))


def test_1200_rounds_are_allowed_and_1201_are_not():
    assert load_errors(smallest_scenario(), {"rounds": 1200}) == []
    assert only_error(smallest_scenario(), {"rounds": 1201}) == "rounds: must be between 1 and 1200 (found 1201)"
    assert only_error(smallest_scenario(), {"rounds": 0}) == "rounds: must be between 1 and 1200 (found 0)"


def test_one_state_is_too_few():
    assert "states: has too few entries; at least 2 needed" in load_errors(
        smallest_scenario(), {"states": {"alba": {"name": text("A")}}}
    )


def test_the_number_of_reported_errors_is_bounded():
    errors = load_errors({f"key-{n}": n for n in range(100_000)})
    assert len(errors) == MAX_ERRORS + 1
    assert "more than 200 errors" in errors[-1]


@pytest.mark.parametrize("size", [3, 4, 40])
def test_a_bundle_is_at_most_the_whole_ladder(size):
    scenario = build_scenario(apply_changes(smallest_scenario(rungs=3), {"negotiations.talks.bundling": size}))
    assert axis_names(scenario).rung == [["step-1+step-2+step-3"]]
    world = World(scenario, 1)
    assert world.rungs.tolist() == [1]
    assert world.stake[0].tolist() == pytest.approx([1.0])
