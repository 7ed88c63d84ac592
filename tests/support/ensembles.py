"""Ensembles compared with runs of their own, and with each other."""

from dataclasses import fields

import numpy as np

from experiments.engine.kernel import run_trajectory
from experiments.ensembles.ensemble import Ensemble
from model.loading import load_scenario
from model.overrides import collect_overrides
from model.world import World


def single_run(name, seed, changes=None, rounds=None, overrides=()):
    """Measure one world as a run of its own."""
    setting = load_scenario(name, changes)
    return run_trajectory(World(setting, seed, collect_overrides(setting, overrides)), rounds or setting.rounds)


def assert_ensembles_equal(one: Ensemble, other: Ensemble) -> None:
    """Compare two ensembles field by field: arrays by type, shape and bytes."""
    for each in fields(Ensemble):
        mine, yours = getattr(one, each.name), getattr(other, each.name)
        if isinstance(mine, np.ndarray):
            assert (mine.dtype, mine.shape) == (yours.dtype, yours.shape), each.name
            assert mine.tobytes() == yours.tobytes(), each.name
        else:
            assert mine == yours, each.name
