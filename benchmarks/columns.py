"""Columns of designs with random values."""

import numpy as np

from benchmarks.compiled import SCENARIO
from benchmarks.studies import FACTORS, factor_range
from model.design_columns import path_domain
from model.loading import load_scenario
from model.parameter_space import DeclaredParameter, every_parameter

NEIGHBOURHOOD = 0.1  # of the range of a parameter, around its own value


def factor_columns(points: int, varying: int) -> dict[str, np.ndarray]:
    """Return random values of the first factors of the benchmark study, from their whole ranges."""
    rng = np.random.default_rng(1)
    ranges = {path: factor_range(path) for path in FACTORS[:varying]}
    return {path: rng.uniform(low, high, points) for path, (low, high) in ranges.items()}


def varying_columns(points: int, varying: int) -> dict[str, np.ndarray]:
    """Return random values near those of the scenario, for parameters at equal distances in their list."""
    scenario = load_scenario(SCENARIO)
    known = [each for each in every_parameter(scenario) if path_domain(scenario, each.path) is not None]
    chosen = [known[place] for place in np.linspace(0, len(known) - 1, varying, dtype=int)]
    return {each.path: near_values(each, points, np.random.default_rng(place)) for place, each in enumerate(chosen)}


def near_values(parameter: DeclaredParameter, points: int, rng: np.random.Generator) -> np.ndarray:
    """Return random values near that of a parameter: [point]."""
    reach = NEIGHBOURHOOD * (parameter.high - parameter.low)
    values = np.clip(parameter.value + rng.uniform(-reach, reach, points), parameter.low, parameter.high)
    return np.round(values).astype(int) if parameter.whole else values
