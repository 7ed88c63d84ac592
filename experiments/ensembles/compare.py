"""Paired comparison of two arms of a scenario, with common random numbers."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.ensembles.statistics import Effect, drop_unreliable_interval, independent_effect, paired_effect
from experiments.ensembles.text_table import text_table
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.measures import OVERALL
from model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

COMPARED_INDICATORS = ("trust", "tension", "deal_progress", "contact", "support")
INDICATOR_INDEX = {indicator.name: at for at, indicator in enumerate(OVERALL)}


class Comparison(NamedTuple):
    """The effects of a change on the same worlds."""

    worlds: int
    seed: int
    effects: dict[str, Effect]
    share_of_worlds_changed: float

    def frame(self) -> "pd.DataFrame":
        """Return one row for each measure: the paired difference, its 95 % interval, the share of worlds changed."""
        import pandas as pd

        table = pd.DataFrame.from_dict(self.effects, orient="index", columns=list(Effect._fields))
        return table.astype({"independent_runs": "Int64"}).rename_axis("measure")

    def __repr__(self) -> str:
        rows = [
            (
                name,
                f"{each.difference:+.3f}",
                f"{each.low:+.3f} to {each.high:+.3f}",
                f"{each.share_of_worlds_changed:.1%}",
            )
            for name, each in self.effects.items()
        ]
        return (
            f"{self.worlds:,} worlds, each with and without the change, from seed {self.seed}; "
            f"{self.share_of_worlds_changed:.1%} of them differ\n"
            f"{text_table(('measure', 'difference', '95 % interval', 'worlds changed'), rows)}"
        )


def world_measures(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Return the outcomes (0 or 1) and the mean indicators of the worlds of an ensemble, each [world], by name."""
    means = {f"mean_{name}": ensemble.means[:, INDICATOR_INDEX[name]].astype(float) for name in COMPARED_INDICATORS}
    return outcome_measures(ensemble.overall) | means


def compare_ensembles(
    one: Ensemble, other: Ensemble, measures: Callable[[Ensemble], dict[str, np.ndarray]] = world_measures
) -> dict[str, Effect]:
    """Estimate the differences between two ensembles, other minus one; paired if all seeds are the same.

    measures: returns the measures of each world by name. Warns if only some seeds are the same:
    such ensembles are neither paired nor independent.
    """
    shared, worlds = one.overlap(other), (len(one.seeds), len(other.seeds))
    paired = worlds[0] == worlds[1] and bool((one.seeds == other.seeds).all())
    if shared and not paired:
        warnings.warn(
            f"{shared} worlds of the two ensembles have the same seed ({one.seed_range} and {other.seed_range}). "
            "Choose seeds that are all the same or all different.",
            stacklevel=2,
        )
    return {
        name: drop_unreliable_interval(
            paired_effect(first, second) if paired else independent_effect(first, second), min(worlds)
        )
        for (name, first), second in zip(measures(one).items(), measures(other).values(), strict=True)
    }


def outcome_measures(outcome: np.ndarray) -> dict[str, np.ndarray]:
    """Return each outcome, and whether there is some deal, as 0 or 1 [world], by name."""
    measures = {each.name: (outcome == each).astype(float) for each in reversed(Outcome)}
    return measures | {"some_deal": (outcome >= Outcome.partial_arrangement).astype(float)}


def changed_share(one: Ensemble, other: Ensemble) -> float:
    """Return the share of worlds whose trajectories differ; both ensembles must be played with ``paired=True``."""
    if one.fingerprints is None or other.fingerprints is None:
        raise TypeError("changed_share needs two ensembles played with paired=True")
    return float((one.fingerprints != other.fingerprints).mean())


def compare(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    changes: Mapping[str, Any],
    worlds: int = 1000,
    seed: int = 1,
    *,
    base_changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Play the same worlds with and without changes of a scenario, and estimate the effects.

    progress: receives the number of worlds played. Raises ScenarioError if the scenario or a value is invalid.
    """
    if not isinstance(changes, Mapping):
        raise ScenarioError([InputError("change", changes, "must be a dict of dotted paths and values")])
    arms = load_scenario(scenario, base_changes), load_scenario(scenario, {**(base_changes or {}), **changes})

    def play(arm: Scenario, before: int) -> Ensemble:
        """Play the worlds of one arm, after ``before`` worlds of the other."""
        return play_ensemble(
            arm, worlds, seed, paired=True, band_worlds=1, progress=lambda done: progress((before + done) // 2)
        )

    base, changed = play(arms[0], 0), play(arms[1], worlds)
    return Comparison(worlds, seed, compare_ensembles(base, changed), changed_share(base, changed))
