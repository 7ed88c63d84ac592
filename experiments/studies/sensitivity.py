"""Sensitivity indices, computed by SALib, and the share of the variance that is random."""

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.studies.results import outcome_by_point, stored_study, summary_by_point, sweep_summary, values_by_run
from experiments.studies.study import Study
from model.errors import InputError, ScenarioError

MIN_SOBOL, MIN_MORRIS = 256, 20  # below these sizes indices are rough (Saltelli 2008; Ruano 2012)


class Sensitivity(NamedTuple):
    """Indices of one outcome, one row per factor with 95 % intervals, and their limitations.

    noise: share of the variance between points that is random at this number of replications; None if unknown.
    remarks: sentences about the limitations, empty if there are none.
    pairs: second-order indices, one row per pair of factors, the largest first; empty unless the design includes them.
    """

    outcome: str
    method: str
    indices: pd.DataFrame
    noise: float | None
    remarks: list[str]
    pairs: pd.DataFrame = pd.DataFrame()


def sensitivity_indices(study: Study, values: np.ndarray, outcome: str = "", seed: int = 1) -> Sensitivity:
    """Compute the indices of a study's whole design from one value per point, in the order of the design.

    Raises ScenarioError if the design is neither Sobol's nor Morris's, or if values are missing.
    """
    design = study.file.design
    if design.kind not in ("sobol", "morris"):
        raise ScenarioError([InputError("design.kind", design.kind, "sensitivity needs a sobol or a morris design")])
    if len(values) != study.size or not np.isfinite(values).all():
        available = int(np.isfinite(values).sum())
        message = f"all {study.size:,} points of the design are needed: a truncated design has no indices"
        raise ScenarioError([InputError("points", available, message)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib divides by a variance that may be zero; a remark says so
        indices, pairs = _sobol(study, values, seed) if design.kind == "sobol" else _morris(study, values, seed)
    remarks = [] if np.ptp(values) > 0 else ["The outcome is the same at every point: no factor affects it."]
    recommended = MIN_SOBOL if design.kind == "sobol" else MIN_MORRIS
    if design.points < recommended:
        remarks.append(
            f"The sample is small ({design.points} of {recommended} recommended): read the ranking, not the digits."
        )
    key, spread = ("total", "total_interval") if design.kind == "sobol" else ("strength", "strength_interval")
    wide = indices[indices[spread] > indices[key].abs().max() * 0.5] if len(indices) else indices
    if len(wide):
        remarks.append("Intervals are wide for " + ", ".join(wide["factor"]) + ": ranking them needs more points.")
    ranked = indices.sort_values(key, ascending=False, ignore_index=True)
    return Sensitivity(outcome, design.kind, ranked, 0.0, remarks, pairs)


def _sobol(study: Study, values: np.ndarray, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    from SALib.analyze import sobol

    second = study.file.design.second_order
    indices = sobol.analyze(study.salib_problem(), values, calc_second_order=second, seed=seed)
    names = [factor.path for factor in study.factors]
    single = pd.DataFrame(
        {
            "factor": names,
            "first": indices["S1"],
            "first_interval": indices["S1_conf"],
            "total": indices["ST"],
            "total_interval": indices["ST_conf"],
        }
    ).fillna(0.0)
    if not second:
        return single, pd.DataFrame()
    rows, columns = np.triu_indices(len(names), 1)
    pairs = pd.DataFrame(
        {
            "factor": [names[row] for row in rows],
            "with": [names[column] for column in columns],
            "second": indices["S2"][rows, columns],
            "second_interval": indices["S2_conf"][rows, columns],
        }
    ).fillna(0.0)
    return single, pairs.sort_values("second", ascending=False, ignore_index=True)


def _morris(study: Study, values: np.ndarray, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    from SALib.analyze import morris

    indices = morris.analyze(study.salib_problem(), study.unit_points(), values, seed=seed)
    table = pd.DataFrame(
        {
            "factor": [factor.path for factor in study.factors],
            "strength": np.asarray(indices["mu_star"], float),
            "strength_interval": np.asarray(indices["mu_star_conf"], float),
            "direction": np.asarray(indices["mu"], float),
            "interplay": np.asarray(indices["sigma"], float),
        }
    ).fillna(0.0)
    return table, pd.DataFrame()


def sweep_sensitivity(folder: str | Path, outcome: str) -> Sensitivity:
    """Compute the indices of an outcome, indicator or metric. Raises ScenarioError if they cannot be computed."""
    study = stored_study(folder)
    points = summary_by_point(folder, study)
    found = outcome_by_point(study, points, outcome)
    if missing := len(set(range(study.size)) - set(points["point"])) * (sweep_summary(folder)["failed"] > 0):
        raise ScenarioError([InputError("points", missing, "failed or are missing: indices need all points")])
    values = np.full(study.size, np.nan)
    values[points["point"]] = found
    sensitivity = sensitivity_indices(study, values, outcome)
    runs = values_by_run(folder, outcome)
    missing_share = float(np.isnan(runs).mean())
    noise = None if missing_share else _noise(study, runs, float(np.var(values, ddof=1)))
    if missing_share:
        sensitivity.remarks.append(
            f"{missing_share:.1%} of runs have no value and are left out: the random share of the variance is unknown."
        )
    elif noise is None:
        sensitivity.remarks.append("With one replication the random share of the variance is unknown.")
    elif noise > 0.2:
        sensitivity.remarks.append(
            f"{noise:.0%} of the variance between points is random at {study.file.replications} replications: "
            "indices of weak factors are mostly noise."
        )
    return sensitivity._replace(noise=noise)


def _noise(study: Study, runs: np.ndarray, between: float) -> float | None:
    """Return the share of the variance between points that is random; runs: [point, replication].

    With common random numbers an effect that a seed has equally at all points does not change the differences between
    points, so it is excluded.
    """
    points, count = runs.shape
    if count < 2 or points < 2:
        return None
    if not between > 0:
        return 0.0
    rest = runs - runs.mean(axis=1, keepdims=True)
    if study.file.common_random_numbers:
        rest = rest - rest.mean(axis=0, keepdims=True)
    free = (points - study.file.common_random_numbers) * (count - 1)
    return min(float((rest * rest).sum()) / free / count / between, 1.0)


def sensitivity_data(sensitivity: Sensitivity) -> dict[str, Any]:
    """Return indices as plain data."""
    tables = {"indices": sensitivity.indices.to_dict("records"), "pairs": sensitivity.pairs.to_dict("records")}
    return {**sensitivity._asdict(), **tables}
