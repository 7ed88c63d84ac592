"""Sweeps of tension up and down: does trust depend on where tension came from?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.validation.traces import ScenarioSource, first_negotiation, record_trace
from model.loading import load_scenario
from model.overrides import Override

LEVELS, DWELL = 11, 24  # levels from 0 to 1, rounds at each
SLOW = 1 + 2 * LEVELS  # where the slower sweep begins


def trust_over_sweep(scenario: ScenarioSource, worlds: int, dwell: int = DWELL) -> np.ndarray:
    """Measure trust where tension has risen to a level and where it has fallen to it: [world, 1 + 2 levels].

    Posture is forced up the levels in one arm and down in the other, over the same rounds with the same dice; so
    a drift of trust with time cancels in the mean over levels. Trust is the mean over the last half at a level.
    """
    setting, found = load_scenario(scenario), [np.ones((worlds, 1))]
    _, parties = first_negotiation(setting)
    one, other = (list(setting.states).index(party) for party in parties)
    levels = np.linspace(0.0, 1.0, LEVELS)
    for order in (levels, levels[::-1]):
        moves = _held(parties, np.repeat(order, dwell))
        trace = record_trace(scenario, worlds, ["trust"], overrides=moves, rounds=LEVELS * dwell)
        trust = trace["trust"][:, 1:, [one, other], [other, one]].mean(axis=2)
        at_level = trust.reshape(worlds, LEVELS, dwell)[:, :, dwell // 2 :].mean(axis=2)
        found.append(at_level if order is levels else at_level[:, ::-1])
    return np.concatenate(found, axis=1)


def _held(parties: Sequence[str], postures: np.ndarray) -> list[Override]:
    """Force both parties' postures towards each other, round by round."""
    one, other = parties
    return [
        Override(now + 1, "update_posture", actor=me, counterpart=you, value=float(level))
        for now, level in enumerate(postures)
        for me, you in ((one, other), (other, one))
    ]


def trust_over_two_sweeps(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Sweep at one pace, and four times as slowly."""
    return np.concatenate([trust_over_sweep(scenario, worlds, pace) for pace in (DWELL, 4 * DWELL)], axis=1)


def loop_area(first: int) -> Any:
    """Give the mean over levels of trust where tension rose to a level minus where it fell to it, from one sweep."""
    rising, falling = slice(first + 1, first + 1 + LEVELS), slice(first + 1 + LEVELS, first + 1 + 2 * LEVELS)
    return lambda sums: (sums[..., rising].mean(axis=-1) - sums[..., falling].mean(axis=-1)) / sums[..., first]
