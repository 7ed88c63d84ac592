"""Methods of sensitivity analysis by SALib, each of which returns a table of indices with one row per factor."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.studies.design import design_points, morris_levels, salib_problem, unit_points
from experiments.studies.factor import Factor
from experiments.studies.study import Study
from model.errors import InputError, ScenarioError

MIN_SOBOL, MIN_MORRIS = 256, 20  # below these sizes indices are rough (Saltelli 2008; Ruano 2012)
MIN_GIVEN, ENOUGH_GIVEN = 50, 500  # points for given-data methods: required, and recommended
MAX_DELTA, DELTA_RESAMPLES = 1000, 25  # points and resamples of delta, whose density estimates are slow
SLICES = 8, 4  # of a factor's range for PAWN, 20 points in each; SALib fails unless they are powers of two

Tables = tuple[pd.DataFrame, pd.DataFrame, list[str]]  # indices, pairs, remarks


class Method(NamedTuple):
    """A method: its index, the half-width of that index's interval ("" if it has none), and how it is computed."""

    title: str
    key: str
    spread: str
    compute: Callable[[Study, np.ndarray, int], Tables]


def _sobol(study: Study, values: np.ndarray, seed: int) -> Tables:
    from SALib.analyze import sobol

    _check_whole_design(study, values)
    second = bool(study.file.design.second_order)
    indices = sobol.analyze(salib_problem(study.factors), values, calc_second_order=second, seed=seed)
    names = [factor.path for factor in study.factors]
    single = {
        "first": indices["S1"],
        "first_interval": indices["S1_conf"],
        "total": indices["ST"],
        "total_interval": indices["ST_conf"],
    }
    remarks = _small_sample(study.file.design.points or 0, MIN_SOBOL)
    if not second:
        return _table(names, single), pd.DataFrame(), remarks
    rows, columns = np.triu_indices(len(names), 1)
    pairs = {
        "with": [names[column] for column in columns],
        "second": indices["S2"][rows, columns],
        "second_interval": indices["S2_conf"][rows, columns],
    }
    ranked = _table([names[row] for row in rows], pairs).sort_values("second", ascending=False, ignore_index=True)
    return _table(names, single), ranked, remarks


def _morris(study: Study, values: np.ndarray, seed: int) -> Tables:
    from SALib.analyze import morris

    _check_whole_design(study, values)
    problem, shares = salib_problem(study.factors), unit_points(study.file.design, study.factors)
    indices = morris.analyze(problem, shares, values, num_levels=morris_levels(study.factors), seed=seed)
    columns = {
        "strength": np.asarray(indices["mu_star"], float),
        "strength_interval": np.asarray(indices["mu_star_conf"], float),
        "direction": np.asarray(indices["mu"], float),
        "interplay": np.asarray(indices["sigma"], float),
    }
    remarks = _small_sample(study.file.design.points or 0, MIN_MORRIS)
    return _table([factor.path for factor in study.factors], columns), pd.DataFrame(), remarks


def _check_whole_design(study: Study, values: np.ndarray) -> None:
    """Raise ScenarioError unless each point of the design, as this version places it, has a value."""
    other = "; `--method rbd-fast`, `pawn` or `delta` takes any sample"
    if len(values) != study.size or not np.isfinite(values).all():
        message = f"all {study.size:,} points of the design are needed: a truncated design has no indices{other}"
        raise ScenarioError([InputError("points", int(np.isfinite(values).sum()), message)])
    if study.table is None:
        return
    placed = design_points(study.file.design, study.factors)
    for path in placed:
        stored, expected = study.table[path].to_numpy(), placed[path].to_numpy()
        is_float = expected.dtype.kind == "f"
        if not (np.allclose(stored, expected, rtol=1e-9, atol=0) if is_float else np.array_equal(stored, expected)):
            problem = f"an earlier version placed the points of this design differently{other}"
            raise ScenarioError([InputError("design.kind", study.file.design.kind, problem)])


class Sample(NamedTuple):
    """A sample for given-data methods: factors that vary, shares [point, factor], values of the outcome, remarks."""

    factors: Sequence[Factor]
    shares: np.ndarray
    values: np.ndarray
    remarks: list[str]


def _given_sample(study: Study, values: np.ndarray, seed: int) -> Sample:
    """Return the points that have a value, as ranks within each factor from 0 to 1; equal values in random order.

    Raises ScenarioError if they are too few.
    """
    known = np.isfinite(values)
    if known.sum() < MIN_GIVEN:
        problem = f"at least {MIN_GIVEN} points with a result are needed"
        raise ScenarioError([InputError("points", int(known.sum()), problem)])
    rng, points = np.random.default_rng(seed), study.points()[known]
    remarks, varied, shares = _small_sample(int(known.sum()), ENOUGH_GIVEN), [], []
    if failed := int((~known).sum()):
        remarks.append(f"{failed:,} of {len(values):,} points have no result and are left out.")
    for factor in study.factors:
        places = factor.positions(points[factor.path])
        if np.ptp(places) > 0:
            varied.append(factor)
            ranks = np.argsort(np.lexsort((rng.random(len(places)), places)))
            shares.append((ranks + 0.5) / len(places))
        else:
            remarks.append(f"{factor.path} has the same value at every point and is not ranked.")
    return Sample(varied, np.column_stack([np.empty((int(known.sum()), 0)), *shares]), values[known], remarks)


def _rbd_fast(study: Study, values: np.ndarray, seed: int) -> Tables:
    from SALib.analyze import rbd_fast

    sample = _given_sample(study, values, seed)
    indices = rbd_fast.analyze(salib_problem(sample.factors), sample.shares, sample.values, seed=seed)
    columns = {"first": np.asarray(indices["S1"], float), "first_interval": np.asarray(indices["S1_conf"], float)}
    remarks = [*sample.remarks, "First-order indices leave out interactions."]
    if study.file.design.kind == "table":
        remarks.append("RBD-FAST assumes independent factors; PAWN does not.")
    return _table([factor.path for factor in sample.factors], columns), pd.DataFrame(), remarks


def _pawn(study: Study, values: np.ndarray, seed: int) -> Tables:
    from SALib.analyze import pawn

    sample = _given_sample(study, values, seed)
    dummy = np.random.default_rng(seed).random((len(sample.values), 1))
    problem = {"num_vars": len(sample.factors) + 1, "names": [*map(str, range(len(sample.factors) + 1))]}
    slices = SLICES[len(sample.values) < 20 * SLICES[0]]
    indices = pawn.analyze(problem, np.hstack((sample.shares, dummy)), sample.values, S=slices)
    columns = {key: np.asarray(indices[key], float)[:-1] for key in ("median", "maximum")}
    limit = f"A factor without any effect has about {indices['median'][-1]:.2f} in a sample of this size."
    return _table([factor.path for factor in sample.factors], columns), pd.DataFrame(), [*sample.remarks, limit]


def _delta(study: Study, values: np.ndarray, seed: int) -> Tables:
    from SALib.analyze import delta

    sample = _given_sample(study, values, seed)
    shares, outcome, remarks = sample.shares, sample.values, sample.remarks
    if len(outcome) > MAX_DELTA:
        chosen = np.random.default_rng(seed).choice(len(outcome), MAX_DELTA, replace=False)
        shares, outcome = shares[chosen], outcome[chosen]
        remarks.append(f"Computed from {MAX_DELTA:,} of the points, chosen at random.")
    if len(np.unique(outcome)) < len(outcome) / 2:
        remarks.append("Many points have equal values, whose density delta estimates poorly; PAWN is more reliable.")
    problem = {"num_vars": len(sample.factors), "names": [*map(str, range(len(sample.factors)))]}
    state, formatter = np.random.get_state(), warnings.formatwarning
    try:
        indices = delta.analyze(problem, shares, outcome, num_resamples=DELTA_RESAMPLES, seed=seed)
    finally:  # SALib seeds NumPy's global generator and replaces the format of warnings
        np.random.set_state(state)
        warnings.formatwarning = formatter
    columns = {
        "delta": indices["delta_raw"],
        "delta_interval": indices["delta_raw_conf"],
        "first": indices["S1"],
        "first_interval": indices["S1_conf"],
    }
    return _table([factor.path for factor in sample.factors], columns), pd.DataFrame(), remarks


def _table(names: Sequence[str], columns: dict[str, Any]) -> pd.DataFrame:
    """Return indices with one row per name; zero where a variance of zero leaves them undefined."""
    return pd.DataFrame({"factor": names, **columns}).fillna(0.0)


def _small_sample(points: int, recommended: int) -> list[str]:
    small = f"The sample is small ({points} of {recommended} recommended): read the ranking, not the digits."
    return [small] if points < recommended else []


METHODS = {
    "sobol": Method("Sobol indices", "total", "total_interval", _sobol),
    "morris": Method("Morris's elementary effects", "strength", "strength_interval", _morris),
    "rbd-fast": Method("First-order indices by RBD-FAST", "first", "first_interval", _rbd_fast),
    "pawn": Method("PAWN indices", "median", "", _pawn),
    "delta": Method("Borgonovo's delta", "delta", "delta_interval", _delta),
}
DEFAULT_METHODS = {"sobol": "sobol", "morris": "morris", "latin": "rbd-fast", "grid": "pawn", "table": "pawn"}
