"""Levers that move nothing: each lever at the low against the high end of its range, in paired worlds."""

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm

from experiments.ensembles.compare import INDICATOR_INDEX
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.play_design import measure_points
from experiments.validation.traces import ScenarioSource
from model.parameter_space import DeclaredParameter, list_levers

MOVED = ("deal_progress", "contact", "trust", "tension")
MOVED_AT = [INDICATOR_INDEX[name] for name in MOVED]


class LeverEffect(NamedTuple):
    """Whether a lever changes any world at all, and whether it moves an outcome beyond chance."""

    path: str
    changes: bool
    moves: bool


def lever_outcomes(trajectories: np.ndarray) -> np.ndarray:
    """Return the indicators of MOVED at the end, and their means over the rounds: [world, 2 * indicator]."""
    chosen = trajectories[:, :, MOVED_AT]
    return np.concatenate([chosen[:, -1], chosen[:, 1:].mean(axis=1)], axis=1)


def lever_effects(scenario: ScenarioSource, worlds: int) -> list[LeverEffect]:
    """Compare the two ends of every lever of a scenario, with common random numbers.

    A lever whose ends are not both valid in this scenario is left out.
    """
    plans = Plans(scenario)
    levers = list_levers(plans.scenario)
    ends: list[dict[str, Any]] = [
        {lever.path: _value(lever, end)} for lever in levers for end in (lever.low, lever.high)
    ]
    how = Replications(worlds, 1, True, plans.scenario.rounds)
    measured = measure_points(Design.of_changes(plans, ends), how, lever_outcomes)
    pairs = zip(levers, measured[::2], measured[1::2], strict=True)
    bound = float(norm.ppf(1.0 - 0.025 / (len(levers) * 2 * len(MOVED))))
    return [compare_ends(lever.path, low, high, bound) for lever, low, high in pairs if low is not None is not high]


def compare_ends(path: str, low: np.ndarray, high: np.ndarray, bound: float) -> LeverEffect:
    """Return the effect of a lever: outcomes at its two ends, each [world, outcome].

    It moves an outcome if the mean difference is more than ``bound`` standard errors from zero.
    """
    difference = high - low
    mean, error = difference.mean(axis=0), difference.std(axis=0, ddof=1) / np.sqrt(len(difference))
    return LeverEffect(path, bool((difference != 0.0).any()), bool((np.abs(mean) > bound * error).any()))


def _value(lever: DeclaredParameter, end: float) -> float:
    return int(end) if lever.whole else end


def dead_levers(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count levers, those that change nothing, and those that move nothing beyond chance: [world, 3].

    Each count is divided by the worlds, so that the sum over worlds is the count.
    """
    effects = lever_effects(scenario, worlds)
    counts = [len(effects), sum(not each.changes for each in effects), sum(not each.moves for each in effects)]
    return np.tile(np.array(counts) / worlds, (worlds, 1))
