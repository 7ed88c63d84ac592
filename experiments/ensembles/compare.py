"""Paired comparison: the same worlds under two settings, what differs, and what pairing saved."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.counterfactuals.branch import overall
from experiments.engine.kernel import measure_many
from experiments.ensembles.ensemble import CHUNK, Z95, Ensemble
from model.measures import OVERALL
from model.overrides import forced
from model.scenario import load
from model.statuses import Outcome
from model.world import World

FEW = 30  # worlds; that so many all differ alike is no accident
MEANS = ("trust", "tension", "deal_progress", "contact", "support")
PLACE = {indicator.name: at for at, indicator in enumerate(OVERALL)}


class Effect(NamedTuple):
    """A paired effect, changed minus base, with its 95 % interval.

    share_of_worlds_changed: in how many worlds this measure differs at all (NaN without pairs).
    low, high: NaN where there is no interval to give.
    independent_runs: how many runs of each setting with dice of their own would give an interval as narrow;
    None if the effect is the same in every world, which no number of independent runs shows exactly.
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
    own, alone = spread(difference), spread(base) + spread(changed)
    half = Z95 * (own / count) ** 0.5
    needed = round(count * alone / own) if own > 0.0 else None
    return Effect(mean, *interval(mean, half, base, changed), float((difference != 0.0).mean()), needed)


def interval(mean: float, half: float, base: np.ndarray, changed: np.ndarray) -> tuple[float, float]:
    """Give the interval of a difference; that of two shares stays between -1 and 1."""
    if all(bool(((values == 0.0) | (values == 1.0)).all()) for values in (base, changed)):
        return max(mean - half, -1.0), min(mean + half, 1.0)
    return mean - half, mean + half


def told(found: Effect, worlds: int) -> Effect:
    """Take back the interval where there is none to give: of one world, or of a few that all differ alike."""
    alike = found.low == found.high != 0.0 and worlds < FEW
    return found._replace(low=float("nan"), high=float("nan")) if worlds < 2 or alike else found


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


def independent_effect(base: np.ndarray, changed: np.ndarray) -> Effect:
    """Estimate the effect on one measure from worlds with dice of their own."""
    mean = float(changed.mean() - base.mean())
    half = Z95 * float(spread(base) / len(base) + spread(changed) / len(changed)) ** 0.5
    return Effect(mean, *interval(mean, half, base, changed), float("nan"), min(len(base), len(changed)))


def spread(values: np.ndarray) -> float:
    """Give the variance, 0 for a single world."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


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
    effects = {name: told(effect(base[name], changed[name]), worlds) for name in base}
    return Comparison(worlds, seed, effects, different / worlds)
