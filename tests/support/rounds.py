"""Columns of a world noted round by round, and the places of indicators."""

import numpy as np

from experiments.engine.kernel import advance
from model.measures import INDICATOR_OFFSET, OVERALL_COUNT
from support.worlds import make_world


def indicator_index(name, negotiation=0):
    return OVERALL_COUNT + negotiation * 12 + INDICATOR_OFFSET[name]


def record_rounds(setting, count, *columns, seed=1, overrides=()):
    """Play round by round and note columns' cells after each."""
    world = make_world(setting, seed, overrides)
    seen = []
    for _ in range(count):
        advance(world, 1)
        seen.append([float(getattr(world, name)[cell]) for name, cell in columns])
    return np.array(seen)
