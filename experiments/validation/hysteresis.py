"""Hysteresis: sweep tension up and down, and compare trust at the same level."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.validation.traces import ScenarioSource, first_negotiation, record_trace
from model.loading import load_scenario
from model.overrides import Override

LEVELS, DWELL = 11, 24  # levels from 0 to 1, rounds at each
SLOW = 1 + 2 * LEVELS  # first column of the slower sweep


def trust_over_sweep(scenario: ScenarioSource, worlds: int, dwell: int = DWELL) -> np.ndarray:
    """Measure trust after tension rises to each level, and after it falls to it: [world, 1 + 2 levels], ones first.

    Posture is forced up the levels in one arm and down in the other, over the same rounds with common random numbers,
    so that a drift of trust over time cancels in the mean over levels. Trust is averaged over the last half of the
    rounds at a level.
    """
    loaded, columns = load_scenario(scenario), [np.ones((worlds, 1))]
    _, parties = first_negotiation(loaded)
    one, other = (list(loaded.states).index(party) for party in parties)
    levels = np.linspace(0.0, 1.0, LEVELS)
    for order in (levels, levels[::-1]):
        moves = _forced_postures(parties, np.repeat(order, dwell))
        trace = record_trace(scenario, worlds, ["trust"], overrides=moves, rounds=LEVELS * dwell)
        trust = trace["trust"][:, 1:, [one, other], [other, one]].mean(axis=2)
        at_level = trust.reshape(worlds, LEVELS, dwell)[:, :, dwell // 2 :].mean(axis=2)
        columns.append(at_level if order is levels else at_level[:, ::-1])
    return np.concatenate(columns, axis=1)


def _forced_postures(parties: Sequence[str], postures: np.ndarray) -> list[Override]:
    """Return forced moves that set both parties' postures towards each other, round by round."""
    one, other = parties
    return [
        Override(now + 1, "update_posture", actor=me, counterpart=you, value=float(level))
        for now, level in enumerate(postures)
        for me, you in ((one, other), (other, one))
    ]


def trust_over_two_sweeps(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Sweep at one pace, and four times slower: [world, 2 * (1 + 2 levels)]."""
    return np.concatenate([trust_over_sweep(scenario, worlds, pace) for pace in (DWELL, 4 * DWELL)], axis=1)


def loop_area(first: int) -> Any:
    """Return the statistic: mean over levels of trust after rising minus after falling tension, for one sweep."""
    rising, falling = slice(first + 1, first + 1 + LEVELS), slice(first + 1 + LEVELS, first + 1 + 2 * LEVELS)
    return lambda sums: (sums[..., rising].mean(axis=-1) - sums[..., falling].mean(axis=-1)) / sums[..., first]
