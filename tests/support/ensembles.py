"""Single runs to compare with ensembles, and equality of ensembles."""

from dataclasses import fields

import numpy as np

from experiments.engine.kernel import run_trajectory
from experiments.ensembles.ensemble import Ensemble
from model.loading import load_scenario
from model.overrides import collect_overrides
from model.world import World


def single_run(name, seed, changes=None, rounds=None, overrides=()):
    """Return the trajectory of a single run."""
    scenario = load_scenario(name, changes)
    world = World(scenario, seed, collect_overrides(scenario, overrides))
    return run_trajectory(world, rounds or scenario.rounds)


def assert_ensembles_equal(one: Ensemble, other: Ensemble) -> None:
    """Assert that all fields of two ensembles are equal: arrays by type, shape and bytes."""
    for each in fields(Ensemble):
        left, right = getattr(one, each.name), getattr(other, each.name)
        if isinstance(left, np.ndarray):
            assert (left.dtype, left.shape) == (right.dtype, right.shape), each.name
            assert left.tobytes() == right.tobytes(), each.name
        else:
            assert left == right, each.name
