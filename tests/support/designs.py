"""Random designs."""

from typing import Any

import numpy as np

from model.design_columns import path_domain
from model.enumerations import Doctrine
from model.parameter_space import list_parameters
from model.parameters import Mechanisms
from model.scenario import Scenario


def settable_paths(scenario: Scenario) -> list[str]:
    """Return the paths of numbers, switches and doctrines whose values only set cells, and of some that are new."""
    states = list(scenario.states)
    paths = [each.path for each in list_parameters(scenario)]
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
