"""The implausibility of a point: its targets, tested one after the other until one rules it out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from experiments.calibration.estimators import estimate_with_variance
from experiments.calibration.targets import Target
from experiments.ensembles.plausible_worlds import chosen_paths
from experiments.validation.traces import ScenarioSample


class Evaluation(NamedTuple):
    """What a point gave.

    values, variances, implausibilities: of each target, NaN if it was not tested any more, [target].
    """

    values: np.ndarray
    variances: np.ndarray
    implausibilities: np.ndarray

    @property
    def worst(self) -> float:
        """Return the largest implausibility of the targets tested."""
        return float(np.nanmax(self.implausibilities))


def point_changes(scenario: str, values: Mapping[str, float]) -> dict[str, float]:
    """Return the changes of a shipped scenario at a point; what the scenario's own file sets keeps its value."""
    chosen = chosen_paths(scenario)
    return {path: value for path, value in values.items() if path not in chosen}


def evaluate_point(
    values: Mapping[str, float], targets: Sequence[Target], worlds: int, cutoff: float, first_seed: int = 1
) -> Evaluation:
    """Test the targets at a point, with ``worlds`` worlds in each arm, until one is more implausible than the cutoff.

    The seeds are the same at all points, so that the result is a function of the point. Raises ScenarioError if a
    scenario refuses the values.
    """
    samples: dict[str, ScenarioSample] = {}
    counts: dict[object, list[np.ndarray]] = {}
    found = np.full((3, len(targets)), np.nan)
    for at, target in enumerate(targets):
        key, scenarios, count_cases, statistic, _ = target.estimator
        for name in scenarios:
            if name not in samples:
                samples[name] = ScenarioSample(name, point_changes(name, values), first_seed)
        if key not in counts:
            counts[key] = [count_cases(samples[name], worlds) for name in scenarios]
        value, variance = estimate_with_variance(counts[key], statistic)
        implausibility = target.implausibility(value, variance)
        found[:, at] = value, variance, implausibility
        if implausibility > cutoff:
            break
    return Evaluation(*found)
