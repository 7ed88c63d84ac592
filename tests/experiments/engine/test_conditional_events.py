"""Scheduled events with conditions: watched runs and parallel worlds agree, and a failed condition changes nothing."""

import numpy as np
import pytest

from agents.assembly import Assembly
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.views.serialize import public_story
from dashboards.run_history import events_in_run
from dashboards.web.pages.explore.state import scheduled_text
from experiments.engine.kernel import run_trajectories
from model.loading import load_scenario
from model.overrides import EVENT_CONDITIONS, collect_overrides
from model.world import World

SEEDS = np.arange(1, 13, dtype=np.uint64)


def with_events(*events):
    """Return the main scenario with other events."""
    return load_scenario("us-iran-2026", {"events": list(events)})


def parallel_runs(scenario):
    """Return the trajectories of parallel worlds, one per seed."""
    return run_trajectories(World(scenario, 0, collect_overrides(scenario)), SEEDS, scenario.rounds)


@pytest.mark.parametrize("condition", EVENT_CONDITIONS)
def test_watched_and_parallel_worlds_agree_on_a_condition(condition):
    """The column of `hold_talks` is one that conditions read."""
    scenario = with_events(
        {"round": 8, "until": 30, "kind": "silence", "negotiation": "nuclear", "only_if": condition},
        {"round": 8, "until": 60, "kind": "hostile_act", "actor": "us", "counterpart": "iran", "only_if": condition},
        {"round": 40, "until": 50, "kind": "withdrawal", "negotiation": "nuclear", "actor": "us", "only_if": condition},
    )
    failed = []
    for seed, measured in zip(SEEDS, parallel_runs(scenario), strict=True):
        watched = Assembly(scenario, rng=int(seed), ledger=False).run()
        assert watched.trajectory.tobytes() == measured.tobytes()
        failed.append(len(watched.failed_moves))
    assert len({*failed}) > 1 or condition in ("full_deal", "no_full_deal")
    assert {*failed} != {0} or condition == "no_full_deal"


def test_a_failed_condition_leaves_the_run_unchanged():
    event = {"round": 20, "kind": "election", "actor": "us", "only_if": "full_deal"}
    plain, failing = parallel_runs(with_events()), parallel_runs(with_events(event))
    assert plain.tobytes() == failing.tobytes()
    holding = parallel_runs(with_events({**event, "only_if": "no_full_deal"}))
    always = parallel_runs(with_events({key: event[key] for key in ("round", "kind", "actor")}))
    assert holding.tobytes() == always.tobytes() != plain.tobytes()


def test_the_last_override_whose_condition_holds_applies():
    shocks = [
        {"round": 5, "kind": "oil_shock", "value": 0.5, "only_if": "no_agreement", "text": {"en": "First."}},
        {"round": 5, "kind": "oil_shock", "value": 0.9, "only_if": "agreement", "text": {"en": "Second."}},
    ]
    scenario = with_events(*shocks)
    model = Assembly(scenario, rng=1).run(6)
    assert [event.text["en"] for event in events_in_run(model)] == ["First."]
    assert model.frame().oil[5] == 0.5
    assert parallel_runs(scenario)[0, 5, model.indicator_index["oil"]] == 0.5
    assert "First." in model.chronicle()
    assert "Second." not in model.chronicle()


def test_an_event_is_listed_from_the_month_it_occurs():
    scenario = with_events(
        {
            "round": 2,
            "until": 60,
            "kind": "leak",
            "negotiation": "nuclear",
            "only_if": "agreement",
            "text": {"en": "Leak."},
        }
    )
    model = Assembly(scenario, rng=3)
    start = model.take_checkpoint()
    model.run()
    (event,) = events_in_run(model)
    (first, *_) = [row.round for row in model.ledger.rows if row.sentence.startswith("Leak.")]
    assert event.round == first > 2
    model.rewind(start)
    assert events_in_run(model.run(first - 1)) == []
    assert model.step() is None
    assert events_in_run(model) == [event]


def test_a_class_does_not_hear_of_an_event_that_failed():
    event = {"round": 2, "kind": "election", "actor": "us", "text": {"en": "Votes.", "fa": "..."}}
    stories = []
    for condition in ("no_full_deal", "full_deal"):
        simulation = ClassSimulation(with_events({**event, "only_if": condition}), 1)
        simulation.play_turn({}, 3)
        stories.append([row["sentence"] for row in public_story(simulation) if row["act"] == "event"])
    assert stories == [["Votes."], []]


def test_a_list_of_scheduled_events_states_the_condition():
    event = {"round": 2, "kind": "leak", "negotiation": "nuclear", "only_if": "no_agreement", "text": {"en": "Leak"}}
    scenario = with_events(event, {key: event[key] for key in ("round", "kind", "negotiation")})
    texts = [scheduled_text(scenario, each) for each in scenario.events]
    assert texts == ["Leak (only if no agreement is in force)", "leak"]
