"""Paired comparison: the same worlds under two settings, what differs, and what pairing saved."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.kernel import kernel, measure_many
from experiments.engine.pool import play_in_order
from experiments.ensembles.ensemble import Ensemble
from experiments.ensembles.statistics import Effect, effect, independent_effect, told
from experiments.ensembles.stream import CHUNK
from model.enumerations import Outcome
from model.loading import load
from model.measures import OVERALL, overall
from model.overrides import forced
from model.world import World

MEANS = ("trust", "tension", "deal_progress", "contact", "support")
PLACE = {indicator.name: at for at, indicator in enumerate(OVERALL)}


class Comparison(NamedTuple):
    """What two settings make of the same worlds."""

    worlds: int
    seed: int
    effects: dict[str, Effect]
    share_of_worlds_changed: float


def contrast(one: Ensemble, other: Ensemble) -> dict[str, Effect]:
    """Estimate what differs between two ensembles, other minus one: paired if all seeds are the same.

    Warns if some seeds are the same and others not: such worlds are neither pairs nor independent.
    """
    shared, worlds = one.overlap(other), (len(one.seeds), len(other.seeds))
    paired = worlds[0] == worlds[1] and bool((one.seeds == other.seeds).all())
    if shared and not paired:
        warnings.warn(
            f"{shared} worlds of the two ensembles have the same seed ({one.seed_range} and {other.seed_range}): "
            "choose seeds that are all the same, or all different",
            stacklevel=2,
        )
    return {
        name: told(effect(before, after) if paired else independent_effect(before, after), min(worlds))
        for (name, before), after in zip(of_worlds(one).items(), of_worlds(other).values(), strict=True)
    }


def of_worlds(found: Ensemble) -> dict[str, np.ndarray]:
    """Give the outcomes (0 or 1) and the mean indicators of each world of an ensemble."""
    means = {f"mean_{name}": found.means[:, PLACE[name]].astype(float) for name in MEANS}
    return outcome_measures(found.overall) | means


def outcome_measures(outcome: np.ndarray) -> dict[str, np.ndarray]:
    """Give each outcome, and whether some deal stands, as 0 or 1 of each world."""
    found = {each.name: (outcome == each).astype(float) for each in reversed(Outcome)}
    return found | {"some_deal": (outcome >= Outcome.partial_arrangement).astype(float)}


def measures(seen: np.ndarray, negotiations: int) -> dict[str, np.ndarray]:
    """Give the outcomes (0 or 1) and the mean indicators of each world."""
    found = outcome_measures(overall(seen, negotiations))
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

    def play(first: int) -> tuple[list[dict[str, np.ndarray]], int]:
        """Return the measures of a chunk's worlds in either arm, and in how many the courses differ."""
        seeds = np.arange(first, min(first + CHUNK, worlds), dtype=np.uint64) + np.uint64(seed)
        arms = list(zip(starts, settings, strict=True))
        pair = [measure_many(start, seeds, setting.rounds) for start, setting in arms]
        same_shape = pair[0].shape == pair[1].shape
        different = int((pair[0] != pair[1]).any(axis=(1, 2)).sum()) if same_shape else len(seeds)
        counts = [len(setting.negotiations) for setting in settings]
        return [measures(seen, count) for seen, count in zip(pair, counts, strict=True)], different

    kernel()
    parts: list[list[dict[str, np.ndarray]]] = []
    different = 0
    for part, changed_worlds in play_in_order(play, range(0, worlds, CHUNK)):
        parts.append(part)
        different += changed_worlds
        progress(min(len(parts) * CHUNK, worlds))
    base, changed = (
        {name: np.concatenate([part[arm][name] for part in parts]) for name in parts[0][arm]} for arm in (0, 1)
    )
    effects = {name: told(effect(base[name], changed[name]), worlds) for name in base}
    return Comparison(worlds, seed, effects, different / worlds)
