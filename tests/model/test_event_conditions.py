"""Conditions of scheduled events: names, the negotiation they are about, and when they hold."""

import copy
import tomllib

import pytest
import tomli_w
from support.scenario_errors import load_errors, only_error, rich_scenario, with_event
from support.worlds import make_world

from dashboards.web.downloads import without_missing_values
from model.enumerations import EventCondition, RungStatus
from model.in_place import writes_in_place
from model.loading import build_scenario, load_scenario
from model.overrides import EVENT_CONDITIONS, collect_overrides, describe_condition
from model.protocol import ACT_INDEX
from model.rules.event_conditions import condition_holds


def two_ladders():
    """Return the rich scenario with a second negotiation between other states."""
    data = rich_scenario()
    data["states"]["third-1"] = {**data["states"]["third-0"]}
    other = copy.deepcopy(data["negotiations"]["talks"])
    for step in other["rungs"].values():
        step["parties"] = {name: {} for name in ("third-0", "third-1")}
    data["negotiations"]["other"] = {**other, "parties": ["third-0", "third-1"], "attitudes": {}}
    return data


def test_every_condition_has_a_meaning():
    assert {*EVENT_CONDITIONS} == {each.name for each in EventCondition if each}


def test_an_unknown_condition_is_one_error_with_a_suggestion():
    assert only_error(rich_scenario(), with_event("election", actor="alba", only_if="no_agrement")).startswith(
        "events.0.only_if: no such choice; did you mean `no_agreement`?"
    )
    assert load_errors(rich_scenario(), with_event("election", actor="alba", only_if="always"))


def test_a_condition_must_name_one_of_several_negotiations():
    event = {"actor": "alba", "only_if": "contact"}
    assert load_errors(rich_scenario(), with_event("election", **event)) == []
    assert only_error(two_ladders(), with_event("election", **event)) == (
        "events.0.negotiation: is missing; the condition is about one negotiation: `talks` or `other`"
    )
    assert "no such negotiation; did you mean `other`" in only_error(
        two_ladders(), with_event("election", **event, negotiation="othr")
    )
    scenario = load_scenario(two_ladders(), with_event("election", **event, negotiation="other"))
    (move,) = collect_overrides(scenario)
    assert (move.condition, move.negotiation) == (EventCondition.contact, 1)
    assert "is not used by `election`" in only_error(
        two_ladders(), with_event("election", actor="alba", negotiation="other")
    )


def test_a_condition_survives_a_scenario_file():
    scenario = load_scenario(rich_scenario(), with_event("silence", negotiation="talks", until=4, only_if="agreement"))
    saved = tomli_w.dumps(without_missing_values(scenario.model_dump(by_alias=True, exclude_unset=True)))
    assert build_scenario(tomllib.loads(saved)) == scenario
    assert [move[-2:] for move in collect_overrides(scenario)] == [(EventCondition.agreement, 0)] * 3


def test_a_condition_is_described_in_plain_words():
    scenario = load_scenario(two_ladders(), with_event("leak", negotiation="other", only_if="no_full_deal"))
    (event,) = scenario.events
    assert (
        describe_condition(scenario, event) == f"only if some rung is not verified ({scenario.display_name('other')})"
    )


@pytest.mark.parametrize(
    ("statuses", "contact", "holding"),
    [
        ((0, 0), 0, {"no_agreement", "no_full_deal", "no_contact"}),
        ((RungStatus.IMPLEMENTING, 0), 1, {"agreement", "no_full_deal", "contact"}),
        ((RungStatus.VERIFIED, RungStatus.IMPLEMENTING), 1, {"agreement", "no_full_deal", "contact"}),
        ((RungStatus.VERIFIED, RungStatus.VERIFIED), 0, {"agreement", "full_deal", "no_contact"}),
        ((RungStatus.SNAPPED, RungStatus.COLLAPSED), 1, {"no_agreement", "no_full_deal", "contact"}),
    ],
)
def test_conditions_follow_the_ladder_and_contact(statuses, contact, holding):
    world = make_world(build_scenario(rich_scenario()))
    world.status[0, :2], world.rungs[0], world.contact[0] = statuses, 2, contact
    unfinished = [place for place, status in enumerate(statuses) if status != RungStatus.VERIFIED]
    world.rung[0] = unfinished[0] if unfinished else -1
    held = {name for name in EVENT_CONDITIONS if condition_holds(world.compiled, int(EventCondition[name]), 0)}
    assert held == holding


def test_columns_of_conditions_are_not_decided_in_place():
    """Else the kernel would evaluate a condition after the act, and a watched run before it."""
    assert not any(writes_in_place(ACT_INDEX[act]) for act in ("hold_talks", "select_rung", "advance_ladder"))


@pytest.mark.parametrize(
    ("status", "holds"), [(0, True), (RungStatus.RATIFIED, True), (RungStatus.IMPLEMENTING, False)]
)
@pytest.mark.parametrize("bundling", [1, 2])
def test_an_event_before_a_rung_needs_it_out_of_force(status, holds, bundling):
    changes = with_event("election", actor="alba", before="step-2", only_if="no_contact")
    scenario = load_scenario(rich_scenario(), {**changes, "negotiations.talks.bundling": bundling})
    (move,) = collect_overrides(scenario)
    world = make_world(scenario)
    world.status[0, 2 // bundling - 1] = status
    assert bool(condition_holds(world.compiled, move.condition, move.negotiation)) is holds
    world.contact[0] = 1
    assert not condition_holds(world.compiled, move.condition, move.negotiation)


def test_an_event_before_an_unknown_rung_is_reported():
    assert only_error(rich_scenario(), with_event("election", actor="alba", before="step-22")).startswith(
        "events.0.before: no such rung of its negotiation; did you mean `step-2`?"
    )
    scenario = load_scenario(rich_scenario(), with_event("election", actor="alba", before="step-2"))
    assert describe_condition(scenario, scenario.events[0]) == "only if “a step” is not in force"
