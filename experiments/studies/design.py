"""The points of a design: how many, at which values, and in which order."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.studies.factor import Factor
from experiments.studies.study_file import StudyDesign
from model.errors import InputError

MAX_LEVELS = 10_000  # of a Morris design
FEW_INTEGERS = 20  # a Morris design samples a longer range of integers like a continuous one
ORDERED_CELLS = 2**20  # of a grid are ordered by a Sobol sequence; the rest follow in random order
ORDERS = {
    "grid": "spread over the whole grid, so that the first points already cover it",
    "latin": "random, so that the first points already cover the space",
    "sobol": "that of the Sobol sequence, which covers the space early",
    "morris": "one random trajectory through the space after another",
    "table": "that of the table",
}


def design_size(design: StudyDesign, factors: Sequence[Factor]) -> int:
    """Return the number of points of a design, except of a table."""
    count, points = len(factors), design.points or 0
    if design.kind == "grid":
        return math.prod(len(factor.grid_values()) for factor in factors)
    if design.kind == "sobol":
        return points * (2 * count + 2 if design.second_order else count + 2)
    return points * (count + 1) if design.kind == "morris" else points


def design_points(design: StudyDesign, factors: Sequence[Factor]) -> pd.DataFrame:
    """Return the factor values of each point, [point, factor], in the order of the design; not for tables."""
    if design.kind == "grid":
        levels = [len(factor.grid_values()) for factor in factors]
        places = np.unravel_index(grid_order(levels, design.seed or 0), levels)
        columns = [_level_values(factor)[at] for factor, at in zip(factors, places, strict=True)]
    else:
        shares = unit_points(design, factors)
        if design.kind == "morris":
            shares = _morris_shares(shares, factors)
        columns = [factor.values_at(shares[:, at]) for at, factor in enumerate(factors)]
    return pd.DataFrame({factor.path: column for factor, column in zip(factors, columns, strict=True)})


def unit_points(design: StudyDesign, factors: Sequence[Factor]) -> np.ndarray:
    """Return the points as shares of the factors' ranges, float64 [point, factor]; not for grids or tables."""
    if design.kind == "latin":
        from scipy.stats import qmc

        return qmc.LatinHypercube(len(factors), rng=design.seed).random(design.points or 0)
    problem, points = salib_problem(factors), design.points or 0
    if design.kind == "sobol":
        from SALib.sample import sobol

        return sobol.sample(problem, points, calc_second_order=bool(design.second_order), seed=design.seed)
    from SALib.sample import morris

    return morris.sample(problem, points, num_levels=morris_levels(factors), seed=design.seed)


def salib_problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the factors as a SALib problem, each from 0 to 1."""
    paths = [factor.path for factor in factors]
    return {"num_vars": len(paths), "names": paths, "bounds": [[0.0, 1.0]] * len(paths)}


def morris_levels(factors: Sequence[Factor]) -> int:
    """Return the even number of levels at which a Morris design samples every listed value equally often."""
    return max(math.lcm(2, *_level_counts(factors)), 4)


def _level_counts(factors: Sequence[Factor]) -> list[int]:
    counts = [(factor.value_count, factor.values is not None) for factor in factors]
    return [count for count, listed in counts if count is not None and (listed or count <= FEW_INTEGERS)]


def _morris_shares(shares: np.ndarray, factors: Sequence[Factor]) -> np.ndarray:
    """Return a Morris sample with the levels of lists and integers in the middles of equal parts of 0 to 1."""
    levels = morris_levels(factors)
    discrete = [factor.value_count is not None for factor in factors]
    return np.where(discrete, (np.rint(shares * (levels - 1)) + 0.5) / levels, shares)


def grid_order(levels: Sequence[int], seed: int) -> np.ndarray:
    """Return the cells of a grid, int64 flat indices, in an order whose beginning covers the whole grid.

    Cells come in the order in which a scrambled Sobol sequence (Owen 1998) first visits them; cells that it does not
    visit follow in random order.
    """
    from scipy.stats import qmc

    size, rng = math.prod(levels), np.random.default_rng(seed)
    draws = 2 ** math.ceil(math.log2(min(size, ORDERED_CELLS)))
    visits = (qmc.Sobol(len(levels), rng=rng).random(draws) * levels).astype(np.int64)
    cells: Any = np.ravel_multi_index(tuple(visits.T), tuple(levels))
    _, first_visits = np.unique(cells, return_index=True)
    visited = cells[np.sort(first_visits)]
    return np.concatenate((visited, rng.permutation(np.setdiff1d(np.arange(size), visited, assume_unique=True))))


def _level_values(factor: Factor) -> np.ndarray:
    return factor.listed_values() if factor.values is not None else np.array(factor.grid_values())


def design_errors(design: StudyDesign, factors: Sequence[Factor]) -> list[InputError]:
    """Return the errors of a design that cannot be placed over its factors."""
    errors, points = [], design.points or 0
    if design.kind == "sobol" and points & (points - 1):
        errors.append(InputError("design.points", points, "a Sobol design needs a power of two"))
    if design.kind == "morris" and len(factors) < 2:
        errors.append(InputError("design.kind", "morris", "a Morris design needs at least two factors"))
    if design.kind == "morris" and morris_levels(factors) > MAX_LEVELS:
        sizes = ", ".join(map(str, sorted(set(_level_counts(factors)))))
        problem = f"a Morris design cannot sample lists and ranges of {sizes} values evenly; use `latin` or `sobol`"
        errors.append(InputError("design.kind", "morris", problem))
    return errors
