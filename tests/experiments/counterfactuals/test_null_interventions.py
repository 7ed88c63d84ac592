"""Null interventions leave runs bit-identical; a change in round k leaves the rounds before k identical."""

import numpy as np
import pytest
from support.worlds import text

from experiments.engine.kernel import run_trajectory
from model.loading import load_scenario, read_scenario, scenario_names
from model.overrides import Override, collect_overrides
from model.world import World


def run(data, seed=1, overrides=()):
    scenario = load_scenario(data)
    return run_trajectory(World(scenario, seed, collect_overrides(scenario, overrides)), scenario.rounds)


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region", "two-states"])
def test_event_that_forces_the_actual_value_changes_nothing(name):
    data, seed = read_scenario(name), 3
    unchanged = run(data, seed)
    scenario = load_scenario(data)
    talks = next(iter(scenario.negotiations))
    values = unchanged[1:, list_names(scenario).index(f"{talks}.contact")]
    overrides = tuple(Override(now + 1, "hold_talks", talks, value=value) for now, value in enumerate(values))
    assert unchanged.tobytes() == run(data, seed, overrides).tobytes()


def list_names(scenario):
    from model.measures import indicator_names

    return indicator_names(list(scenario.negotiations))


@pytest.mark.parametrize("name", scenario_names())
def test_additional_passive_state_changes_nothing(name):
    """It cooperates with all, so that none of its acts is a signal, and it is not a party."""
    data = read_scenario(name)
    silent = {
        "name": text("Onlooker"), "doctrine": "reciprocity", "turnover": 0.0,
        "after_cc": 1.0, "after_cd": 1.0, "after_dc": 1.0, "after_dd": 1.0,
    }  # fmt: skip
    more = {**data, "states": {"onlooker": silent, **data["states"]}}
    for seed in (1, 2):
        assert run(data, seed).tobytes() == run(more, seed).tobytes()


@pytest.mark.parametrize("name", scenario_names())
def test_facilitator_without_capacity_changes_nothing(name):
    data = read_scenario(name)
    idle = {"name": text("Idle"), "capacity": 0.0}
    talks = {
        key: {**ladder, "facilitators": ["idle", *ladder.get("facilitators", [])]}
        for key, ladder in data["negotiations"].items()
    }
    more = {**data, "facilitators": {"idle": idle, **data.get("facilitators", {})}}
    assert run(data).tobytes() == run({**more, "negotiations": talks}).tobytes()


@pytest.mark.parametrize("name", ["us-iran-2026", "us-dprk-1994"])
@pytest.mark.parametrize("round_number", [1, 17, 40])
def test_event_changes_nothing_before_its_round(name, round_number):
    data = read_scenario(name)
    unchanged = run(data)
    with_event = run(
        {**data, "events": [*data.get("events", []), {"round": round_number, "kind": "oil_shock", "value": 2.0}]}
    )
    assert unchanged[:round_number].tobytes() == with_event[:round_number].tobytes()
    assert not np.array_equal(unchanged[round_number:], with_event[round_number:])


def test_order_of_actors_does_not_matter():
    data = read_scenario("us-iran-2026")
    reversed_order = {
        **data,
        "states": dict(reversed(data["states"].items())),
        "facilitators": dict(reversed(data["facilitators"].items())),
    }
    one, other = run(data), run(reversed_order)
    np.testing.assert_allclose(one, other, atol=1e-9)
