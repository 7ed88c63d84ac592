"""The points over which claims are tested: plausible ones, or the full declared ranges of all uncertainties."""

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import qmc

from experiments.ensembles.design import Plans
from experiments.ensembles.plausible import PlausibleSample
from experiments.ensembles.plausible_worlds import chosen_paths, free_columns, sample_digest
from model.errors import InputError, ScenarioError
from model.parameter_space import DeclaredParameter, list_parameters
from model.scenario import Scenario


class ClaimSpace(NamedTuple):
    """Weighted points of some parameters.

    columns: the values by path, [point]. weights: sum 1. draws: number of points drawn; a point that was drawn more
    than once is played once, with more weight. reach: 1 for the full ranges. sample: digest of the sample, if any.
    """

    kind: Literal["plausible", "full"]
    columns: dict[str, np.ndarray]
    weights: np.ndarray
    draws: int
    reach: float = 1.0
    sample: str | None = None

    @property
    def matrix(self) -> np.ndarray:
        """Return the values of the points: float64 [point, parameter]."""
        return np.array(list(self.columns.values()), float).T

    @property
    def words(self) -> str:
        """Return what the points are, in words."""
        if self.kind == "plausible":
            return f"{self.draws} plausible worlds: settings of {len(self.columns)} parameters that were not ruled out"
        near = "" if self.reach == 1.0 else f", within {self.reach:.0%} of the scenario's values".replace("%", " %")
        return f"{self.draws} points over the declared ranges of all {len(self.columns)} uncertainties{near}"


def plausible_space(plans: Plans, sample: PlausibleSample, draws: int, seed: int) -> ClaimSpace:
    """Return points drawn from a sample. Raises ScenarioError if the scenario sets all its parameters itself."""
    points, counts = np.unique(sample.draw_points(draws, seed), return_counts=True)
    columns = free_columns(sample, points, chosen_paths(plans.data))
    if not columns:
        raise ScenarioError([InputError("sample", "", "the scenario sets every parameter of the sample itself")])
    return ClaimSpace("plausible", columns, counts / draws, draws, sample=sample_digest(sample))


def full_space(scenario: Scenario, draws: int, seed: int, reach: float = 1.0) -> ClaimSpace:
    """Return points of a Latin hypercube over every uncertainty of a scenario. Raises ScenarioError for a reach of 0.

    reach: 1 is the full declared range. A smaller reach limits the distance from the scenario's own value to that
    share of the value and of the range. The limit by value is needed because ranges say what a file may hold: a
    tenth of the range of a task's cost, whose value is 1, would allow 100, which no facilitator can pay. A value of
    zero does not vary.
    """
    if not 0 < reach <= 1:
        raise ScenarioError([InputError("--reach", reach, "allowed is above 0, up to 1")])
    columns = sample_points(uncertainties(scenario, reach), draws, seed)
    return ClaimSpace("full", columns, np.full(draws, 1.0 / draws), draws, reach)


def uncertainties(scenario: Scenario, reach: float = 1.0) -> list[DeclaredParameter]:
    """Return every uncertainty of a scenario with its range."""
    return [_narrow(each, reach) if reach < 1.0 else each for each in list_parameters(scenario) if not each.lever]


def _narrow(parameter: DeclaredParameter, reach: float) -> DeclaredParameter:
    """Return a parameter with its range narrowed around its value."""
    distance = reach * min(abs(parameter.value), parameter.high - parameter.low)
    return parameter._replace(
        low=max(parameter.low, parameter.value - distance), high=min(parameter.high, parameter.value + distance)
    )


def sample_points(factors: list[DeclaredParameter], points: int, seed: int) -> dict[str, np.ndarray]:
    """Return points from a Latin hypercube over the ranges of the factors, as columns [point] by path."""
    shares = qmc.LatinHypercube(len(factors), rng=seed).random(points)
    return {each.path: _values_at(each, column) for each, column in zip(factors, shares.T, strict=True)}


def _values_at(factor: DeclaredParameter, shares: np.ndarray) -> np.ndarray:
    """Return the values at some shares (0 to 1) of a range; each integer has an equal part of it."""
    if factor.whole:
        low, high = math.ceil(factor.low), math.floor(factor.high)
        return np.minimum((low + shares * (high - low + 1)).astype(np.int64), high)
    return factor.low + shares * (factor.high - factor.low)
