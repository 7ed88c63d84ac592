"""Paired comparison: the same worlds under two settings, what differs, and what pairing saved."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.branch import overall
from experiments.ensemble import CHUNK, Z95
from experiments.kernel import measure_many
from model.measures import OVERALL
from model.overrides import forced
from model.scenario import load
from model.statuses import Outcome
from model.world import World

MEANS = ("trust", "tension", "deal_progress", "contact", "support")
PLACE = {indicator.name: at for at, indicator in enumerate(OVERALL)}


class Effect(NamedTuple):
    """A paired effect, changed minus base, with its 95 % interval.

    share_of_worlds_changed: in how many worlds this measure differs at all. independent_runs: how many
    runs of each setting with dice of their own would give an interval as narrow; None if the effect is
    the same in every world, which no number of independent runs shows exactly.
    """

    difference: float
    low: float
    high: float
    share_of_worlds_changed: float
    independent_runs: int | None


class Comparison(NamedTuple):
    """What two settings make of the same worlds."""

    worlds: int
    seed: int
    effects: dict[str, Effect]
    share_of_worlds_changed: float


def effect(base: np.ndarray, changed: np.ndarray) -> Effect:
    """Estimate the paired effect on one measure, [world]."""
    difference, count = changed - base, len(base)
    mean = float(difference.mean())
    spread = float(difference.var(ddof=1)) if count > 1 else 0.0
    half = Z95 * (spread / count) ** 0.5
    alone = float(base.var(ddof=1) + changed.var(ddof=1)) if count > 1 else 0.0
    needed = round(count * alone / spread) if spread > 0.0 else None
    return Effect(mean, mean - half, mean + half, float((difference != 0.0).mean()), needed)


def measures(seen: np.ndarray, negotiations: int) -> dict[str, np.ndarray]:
    """Give the outcomes (0 or 1) and the mean indicators of each world."""
    outcome = overall(seen, negotiations)
    found = {each.name: (outcome == each).astype(float) for each in reversed(Outcome)}
    found["some_deal"] = (outcome >= Outcome.partial_arrangement).astype(float)
    return found | {f"mean_{name}": seen[:, 1:, PLACE[name]].mean(axis=1) for name in MEANS}


def compare(
    scenario: str | Path | Mapping[str, Any],
    changes: Mapping[str, Any],
    worlds: int = 1000,
    seed: int = 1,
    *,
    base_changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Play the same worlds under a scenario and under its changed version.

    Raises ScenarioError if the scenario or a value is at fault.
    """
    settings = load(scenario, base_changes), load(scenario, {**(base_changes or {}), **changes})
    starts = [World(setting, seed, forced(setting)) for setting in settings]
    gathered: list[list[dict[str, np.ndarray]]] = [[], []]
    different = 0
    for first in range(0, worlds, CHUNK):
        seeds = np.arange(first, min(first + CHUNK, worlds), dtype=np.uint64) + np.uint64(seed)
        pair = [
            measure_many(start.like(seed), seeds, setting.rounds)
            for start, setting in zip(starts, settings, strict=True)
        ]
        for arm, (seen, setting) in enumerate(zip(pair, settings, strict=True)):
            gathered[arm].append(measures(seen, len(setting.negotiations)))
        same_shape = pair[0].shape == pair[1].shape
        different += int((pair[0] != pair[1]).any(axis=(1, 2)).sum()) if same_shape else len(seeds)
        progress(first + len(seeds))
    base, changed = ({name: np.concatenate([part[name] for part in parts]) for name in parts[0]} for parts in gathered)
    return Comparison(worlds, seed, {name: effect(base[name], changed[name]) for name in base}, different / worlds)
