"""Builders of scenarios and worlds, and Hypothesis strategies for random scenarios."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from experiments.engine.kernel import run_trajectory
from experiments.validation.degenerate import ALL_OFF, TIT_FOR_TAT, isolated_scenario, rung, smallest_scenario, text
from model.acts import Act
from model.loading import apply_changes, build_scenario
from model.mechanisms import Mechanisms
from model.overrides import Override, collect_overrides
from model.parameter_space import every_parameter
from model.parameters import SECTIONS
from model.scenario import Scenario
from model.world import World

__all__ = ["ALL_OFF", "TIT_FOR_TAT", "rung", "smallest_scenario", "text"]


def make_scenario(changes: dict[str, Any] | None = None, **more: Any) -> Scenario:
    """Return the smallest scenario with changes."""
    return build_scenario(apply_changes(smallest_scenario(**more), changes or {}))


def scenario_with_only(
    mechanism: str | tuple[str, ...], changes: dict[str, Any] | None = None, **more: Any
) -> Scenario:
    """Return the smallest scenario with only these mechanisms on."""
    names = (mechanism,) if isinstance(mechanism, str) else mechanism
    return isolated_scenario(names, changes or {}, smallest_scenario(**more))


def make_world(scenario: Scenario, seed: int = 1, overrides: tuple[Override, ...] = ()) -> World:
    """Return a world of a scenario."""
    return World(scenario, seed, collect_overrides(scenario, overrides))


def measure_run(scenario: Scenario, seed: int = 1, rounds: int = 0, overrides: tuple[Override, ...] = ()) -> np.ndarray:
    """Return the trajectory of a run."""
    return run_trajectory(make_world(scenario, seed, overrides), rounds or scenario.rounds)


@st.composite
def random_scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a valid scenario of any size, with any mechanisms, doctrines and parameters in their ranges."""
    states = draw(st.integers(2, 5))
    data = smallest_scenario(states, draw(st.integers(1, 4)))
    names = list(data["states"])
    data["rounds"] = draw(st.integers(1, 30))
    data["mechanisms"] = {name: draw(st.booleans()) for name in Mechanisms.model_fields}
    data["facilitators"] = {f"helper-{n}": {"name": text(f"Helper {n}")} for n in range(draw(st.integers(0, 2)))}
    data["bodies"] = {"watch": {"name": text("Watch")}} if draw(st.booleans()) else {}
    for one in names:
        for other in names:
            if one != other and draw(st.booleans()):
                data.setdefault("relations", {}).setdefault(one, {})[other] = {}
    talks = {"talks": data["negotiations"]["talks"]}
    if states > 3 and draw(st.booleans()):
        talks["other-talks"] = {**talks["talks"], "title": text("Other talks"), "parties": names[2:4]}
        share = {name: {"restraint": 0.3} for name in names[2:4]}
        talks["other-talks"]["rungs"] = {"first": {**rung(), "parties": share}}
    for ladder in talks.values():
        ladder["facilitators"] = list(data["facilitators"])
        ladder["talking"] = draw(st.booleans())
        for step in ladder["rungs"].values():
            step["verifier"] = "watch" if data["bodies"] and draw(st.booleans()) else None
        if draw(st.booleans()):
            first = next(iter(ladder["rungs"].values()))
            first["status"] = draw(st.sampled_from(["ratified", "implementing", "verified"]))
    data["negotiations"] = talks
    if draw(st.booleans()):
        data["spoilers"] = {"wreckers": {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea"}}
    for state in data["states"].values():
        state["doctrine"] = draw(st.sampled_from(["reciprocity", "contrition", "initiative", "assurance"]))
    return build_scenario(apply_changes(data, draw(random_values(build_scenario(data)))))


@st.composite
def random_values(draw: st.DrawFn, scenario: Scenario) -> dict[str, Any]:
    """Draw values for some parameters of a scenario, including the limits of their ranges."""
    known = [
        each
        for each in every_parameter(scenario)
        if each.path.split(".")[0] not in SECTIONS or draw(st.integers(0, 3)) == 0
    ]
    chosen = draw(st.lists(st.sampled_from(known), max_size=14, unique_by=lambda each: each.path))
    values = {}
    for each in chosen:
        if each.whole:
            values[each.path] = draw(st.integers(int(each.low), int(min(each.high, 60))))
        else:
            values[each.path] = draw(st.sampled_from([each.low, each.high]) | st.floats(each.low, each.high))
    return values


def step_protocol(world: World, protocol: tuple[Act, ...]) -> None:
    """Run one round of a protocol, act by act, without overrides."""
    world.clock[0] += 1
    for act in protocol:
        column = getattr(world, act.column)
        cells = list(np.ndindex(column.shape))
        column.flat = [act.rule(world.compiled, *cell) for cell in cells]
