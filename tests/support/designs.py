"""Random designs, and comparison of their worlds with watched runs."""

from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from agents.assembly import Assembly
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.play_design import play_design
from model.design_columns import path_domain
from model.enumerations import Doctrine
from model.loading import load_scenario, plain_value, scenario_data
from model.mechanisms import Mechanisms
from model.parameter_space import every_parameter
from model.scenario import Scenario
from support.worlds import random_scenarios

FULL = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def settable_paths(scenario: Scenario) -> list[str]:
    """Return the paths of numbers, switches and doctrines whose values only set cells, and of some that are new."""
    states = list(scenario.states)
    paths = [each.path for each in every_parameter(scenario)]
    paths += [f"mechanisms.{each}" for each in Mechanisms.model_fields]
    paths += [f"states.{each}.{name}" for each in states for name in ("doctrine", "cooperates_first")]
    paths += [f"relations.{one}.{two}.trust" for one in states for two in states if one != two]
    for name, talks in scenario.negotiations.items():
        paths += [f"negotiations.{name}.talking"]
        paths += [f"negotiations.{name}.attitudes.{each}" for each in states if each not in talks.parties]
    return [path for path in dict.fromkeys(paths) if path_domain(scenario, path) is not None]


def random_columns(scenario: Scenario, paths: list[str], points: int, seed: int) -> dict[str, Any]:
    """Return a random column of allowed values for each path."""
    rng, columns = np.random.default_rng(seed), {}
    for path in paths:
        domain = path_domain(scenario, path)
        assert domain is not None
        if domain.kind is str:
            columns[path] = rng.choice([each.name for each in Doctrine], points)
        elif domain.kind is bool:
            columns[path] = rng.random(points) < 0.5
        elif domain.kind is int:
            columns[path] = rng.integers(int(domain.low), int(domain.high) + 1, points)
        else:
            columns[path] = rng.uniform(domain.low, domain.high, points)
    return columns


@st.composite
def random_designs(draw: st.DrawFn, most_points: int) -> tuple:
    """Draw a scenario, and for some points a column for one, several or all of its paths."""
    scenario = draw(random_scenarios())
    known = settable_paths(scenario)
    everything = draw(st.integers(0, 9)) == 0
    paths = known if everything else draw(st.lists(st.sampled_from(known), min_size=1, max_size=12, unique=True))
    columns = random_columns(scenario, paths, draw(st.integers(1, most_points)), draw(st.integers(0, 2**32)))
    return scenario, columns


def changes_at(design: Design, point: int) -> dict:
    """Return the changes of a point as plain values."""
    return {path: plain_value(values[point]) for path, values in design.columns.items()}


def assert_a_world_equals_its_watched_run(scenario, columns, worlds: int, common: bool, chosen: int) -> None:
    """Play a design and compare one of its worlds with a watched run."""
    design, how = Design(Plans(scenario), columns), Replications(worlds, 9, common, scenario.rounds)
    played = play_design(design, how, keep=True).trajectories
    point, number = chosen % design.points, chosen % worlds
    seed = int(how.seeds(np.array([point]), np.array([number]))[0])
    watched = Assembly(load_scenario(scenario_data(scenario), changes_at(design, point)), rng=seed, ledger=False)
    assert played[point, number].tobytes() == watched.run().trajectory.tobytes()
