"""Null interventions change nothing, bit for bit; a change at round k changes nothing before k."""

import numpy as np
import pytest
from support.worlds import text

from experiments.engine.kernel import run_trajectory
from model.loading import load_scenario, read_scenario, scenario_names
from model.overrides import Override, collect_overrides
from model.world import World


def run(data, seed=1, moves=()):
    setting = load_scenario(data)
    return run_trajectory(World(setting, seed, collect_overrides(setting, moves)), setting.rounds)


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region", "two-states"])
def test_an_event_that_forces_what_happens_anyway_changes_nothing(name):
    data, seed = read_scenario(name), 3
    plain = run(data, seed)
    setting = load_scenario(data)
    talks = next(iter(setting.negotiations))
    held = plain[1:, list_names(setting).index(f"{talks}.contact")]
    moves = tuple(Override(now + 1, "hold_talks", talks, value=value) for now, value in enumerate(held))
    assert plain.tobytes() == run(data, seed, moves).tobytes()


def list_names(setting):
    from model.measures import indicator_names

    return indicator_names(list(setting.negotiations))


@pytest.mark.parametrize("name", scenario_names())
def test_one_more_state_that_never_acts_changes_nothing(name):
    """It is of good will to all, so nothing it does is news; it takes no side."""
    data = read_scenario(name)
    silent = {
        "name": text("Onlooker"), "doctrine": "reciprocity", "turnover": 0.0,
        "after_cc": 1.0, "after_cd": 1.0, "after_dc": 1.0, "after_dd": 1.0,
    }  # fmt: skip
    more = {**data, "states": {"onlooker": silent, **data["states"]}}
    for seed in (1, 2):
        assert run(data, seed).tobytes() == run(more, seed).tobytes()


@pytest.mark.parametrize("name", scenario_names())
def test_a_facilitator_without_capacity_changes_nothing(name):
    data = read_scenario(name)
    idle = {"name": text("Idle"), "capacity": 0.0}
    talks = {
        key: {**ladder, "facilitators": ["idle", *ladder.get("facilitators", [])]}
        for key, ladder in data["negotiations"].items()
    }
    more = {**data, "facilitators": {"idle": idle, **data.get("facilitators", {})}}
    assert run(data).tobytes() == run({**more, "negotiations": talks}).tobytes()


@pytest.mark.parametrize("name", ["us-iran-2026", "us-dprk-1994"])
@pytest.mark.parametrize("when", [1, 17, 40])
def test_nothing_before_an_event_changes(name, when):
    data = read_scenario(name)
    plain = run(data)
    shocked = run({**data, "events": [*data.get("events", []), {"round": when, "kind": "oil_shock", "value": 2.0}]})
    assert plain[:when].tobytes() == shocked[:when].tobytes()
    assert not np.array_equal(plain[when:], shocked[when:])


def test_the_order_in_which_actors_are_listed_does_not_matter():
    data = read_scenario("us-iran-2026")
    turned = {
        **data,
        "states": dict(reversed(data["states"].items())),
        "facilitators": dict(reversed(data["facilitators"].items())),
    }
    one, other = run(data), run(turned)
    np.testing.assert_allclose(one, other, atol=1e-9)
