"""Columns of a world by round, and indices of indicators."""

import numpy as np

from experiments.engine.kernel import advance
from model.measures import INDICATOR_OFFSET, OVERALL_COUNT
from support.worlds import make_world


def indicator_index(name, negotiation=0):
    return OVERALL_COUNT + negotiation * 12 + INDICATOR_OFFSET[name]


def record_rounds(scenario, count, *columns, seed=1, overrides=()):
    """Return the cells of columns after each round; shape (rounds, columns)."""
    world = make_world(scenario, seed, overrides)
    values = []
    for _ in range(count):
        advance(world, 1)
        values.append([float(getattr(world, name)[cell]) for name, cell in columns])
    return np.array(values)
