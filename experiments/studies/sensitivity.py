"""Sensitivity indices, computed by SALib, and the share of the variance that is random."""

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.studies.results import outcome_by_point, stored_study, summary_by_point, values_by_run
from experiments.studies.sensitivity_methods import DEFAULT_METHODS, METHODS
from experiments.studies.study import Study
from model.errors import InputError, ScenarioError


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

    @property
    def key(self) -> str:
        """Return the column of the index by which factors are ranked."""
        return METHODS[self.method].key

    @property
    def spread(self) -> str:
        """Return the column with the half-width of the index's interval; "" if the method has none."""
        return METHODS[self.method].spread


def sensitivity_indices(
    study: Study, values: np.ndarray, outcome: str = "", seed: int = 1, method: str | None = None
) -> Sensitivity:
    """Compute the indices of a study from one value per point, in the order of the design; NaN for a missing value.

    method: `sobol` or `morris` for a whole design of that kind; `rbd-fast`, `pawn` or `delta` for any sample; the
    default depends on the kind of design. Raises ScenarioError if the points do not suffice for the method.
    """
    kind = study.file.design.kind
    method = method or DEFAULT_METHODS[kind]
    if method not in METHODS:
        raise ScenarioError([InputError.unknown_name("--method", method, METHODS, "method")])
    if method in ("sobol", "morris") and method != kind:
        problem = f"needs a design of kind `{method}`, this one is `{kind}`; use `rbd-fast`, `pawn` or `delta`"
        raise ScenarioError([InputError("--method", method, problem)])
    values = np.asarray(values, float)
    with warnings.catch_warnings(record=True):  # SALib divides by a variance that may be zero; a remark says so
        warnings.simplefilter("always")
        indices, pairs, remarks = METHODS[method].compute(study, values, seed)
    if np.ptp(values[np.isfinite(values)]) == 0:
        remarks.insert(0, "The outcome is the same at every point: no factor affects it.")
    key, spread = METHODS[method].key, METHODS[method].spread
    wide: Any = indices.query(f"{spread} > 0.5 * {key}.abs().max()") if spread else indices.head(0)
    if len(wide):
        names = ", ".join(wide["factor"])
        remarks.append(f"Intervals are wide for {names}: ranking them needs more points.")
    ranked = indices.sort_values(key, ascending=False, ignore_index=True)
    return Sensitivity(outcome, method, ranked, 0.0, remarks, pairs)


def sweep_sensitivity(folder: str | Path, outcome: str, method: str | None = None) -> Sensitivity:
    """Compute the indices of an outcome, indicator or metric of a sweep. Raises ScenarioError if that is impossible.

    method: as in sensitivity_indices. Points that failed or are missing are left out if the method permits it.
    """
    study = stored_study(folder)
    points = summary_by_point(folder, study)
    is_whole = (method or DEFAULT_METHODS[study.file.design.kind]) in ("sobol", "morris")
    values = np.full(study.size, np.nan)
    values[points["point"]] = outcome_by_point(study, points, outcome, complete=is_whole)
    sensitivity = sensitivity_indices(study, values, outcome, method=method)
    runs = values_by_run(folder, outcome)
    missing_share = float(np.isnan(runs).mean())
    noise = None if missing_share else _noise(study, runs, float(np.nanvar(values, ddof=1)))
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
