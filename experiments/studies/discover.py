"""Scenario discovery: find the box of factor values in which an outcome occurs, by PRIM from ema-workbench."""

import logging
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.studies.results import outcome_by_point, stored_study, summary_by_point
from experiments.studies.study import Factor, Study
from model.errors import InputError, ScenarioError

MIN_POINTS = 30
RESAMPLES = 10


class BoxLimit(NamedTuple):
    """The limits of a box on one factor.

    listed: the values inside the box, for a factor with listed values. whole_low, whole_high: the range of the
    factor over all points. stability: the percentage of resamples in which the factor is limited as well. Resamples
    whose points are all or none of interest do not count; None if no others are left.
    """

    factor: str
    low: float
    high: float
    listed: tuple[Any, ...] | None
    whole_low: float
    whole_high: float
    stability: float | None


class Box(NamedTuple):
    """A box of factor values.

    coverage: share of the points of interest that lie inside. density: share of the points inside that are of
    interest. mass: share of all points that lie inside. trade_off: the peeling trajectory, one row per step.
    cases: number of points of interest.
    """

    edges: list[BoxLimit]
    coverage: float
    density: float
    mass: float
    trade_off: pd.DataFrame
    cases: int
    points: int


def find_box(inputs: pd.DataFrame, of_interest: np.ndarray, seed: int = 1) -> Box:
    """Find the PRIM box (Friedman and Fisher 1999) with the best geometric mean of coverage and density.

    inputs: one row per point, numbers or categories. of_interest: bool [point]. Raises
    ScenarioError if there are too few points, or if all or none are of interest.
    """
    if len(inputs) < MIN_POINTS:
        raise ScenarioError([InputError("points", len(inputs), f"at least {MIN_POINTS} are needed")])
    if of_interest.all() or not of_interest.any():
        every = "every" if of_interest.all() else "no"
        raise ScenarioError(
            [InputError("points", len(inputs), f"{every} point is of interest: choose another threshold")]
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about optional parts of the library that are not installed
        logging.getLogger("EMA").setLevel(logging.ERROR)
        frame: Any = inputs.reset_index(drop=True)
        box, at = _peel(frame, of_interest)
        steps: Any = box.peeling_trajectory
        stability = _stability(frame, of_interest, seed)
    limits = box.box_lims[at]
    edges = [_box_limit(name, limits[name], frame[name], stability[name]) for name in frame.columns]
    row = steps.iloc[at]
    trade_off = steps[["coverage", "density", "mass", "res_dim"]].rename(columns={"res_dim": "limits"})
    limited = [
        edge for edge in edges if edge.listed is not None or (edge.low, edge.high) != (edge.whole_low, edge.whole_high)
    ]
    return Box(
        limited,
        float(row["coverage"]),
        float(row["density"]),
        float(row["mass"]),
        trade_off,
        int(of_interest.sum()),
        len(frame),
    )


def _peel(frame: Any, of_interest: np.ndarray) -> tuple[Any, int]:
    """Peel a box and return it with the step that has the best geometric mean of coverage and density."""
    from ema_workbench.analysis import prim

    box: Any = prim.Prim(frame, of_interest.astype(bool), peel_alpha=0.05).find_box()
    steps: Any = box.peeling_trajectory
    return box, int((steps["coverage"] * steps["density"]).to_numpy().argmax())


def _stability(frame: Any, of_interest: np.ndarray, seed: int) -> dict[str, float | None]:
    """Return for each factor the percentage of boxes in random halves of the points that limit it, None if no box."""
    rng, counts, boxes = np.random.default_rng(seed), dict.fromkeys(frame.columns, 0), 0
    for _ in range(RESAMPLES):
        half = rng.choice(len(frame), len(frame) // 2, replace=False)
        if not of_interest[half].any() or of_interest[half].all():
            continue
        part: Any = frame.iloc[half].reset_index(drop=True)
        box, at = _peel(part, of_interest[half])
        boxes += 1
        for name in frame.columns:
            counts[name] += _is_limited(box.box_lims[at][name], part[name])
    return {name: 100.0 * count / boxes if boxes else None for name, count in counts.items()}


def _is_limited(limits: Any, values: Any) -> bool:
    """Return whether a limit excludes any value."""
    if isinstance(limits.iloc[0], (set, frozenset)):
        return len(limits.iloc[0]) < values.nunique()
    return bool(limits.iloc[0] > values.min() or limits.iloc[1] < values.max())


def _box_limit(name: str, limits: pd.Series, values: pd.Series, stability: float | None) -> BoxLimit:
    """Convert the limits that PRIM found for one factor."""
    if isinstance(limits.iloc[0], (set, frozenset)):
        inside = tuple(sorted(limits.iloc[0], key=str))
        everything = len(inside) == values.nunique()
        return BoxLimit(name, 0.0, 1.0, None if everything else inside, 0.0, 1.0, stability)
    low, high = float(limits.iloc[0]), float(limits.iloc[1])
    return BoxLimit(name, low, high, None, float(values.min()), float(values.max()), stability)


def discover(folder: str | Path, outcome: str, above: float = 0.5) -> Box:
    """Find the box of a sweep's factors in which a share, an indicator or a metric is at least ``above``."""
    study = stored_study(folder)
    points = summary_by_point(folder, study)
    reached = outcome_by_point(study, points, outcome)
    of_interest = reached >= above
    if of_interest.all() or not of_interest.any():
        which = "every" if of_interest.any() else "no"
        message = f"{which} point reaches it: {outcome} ranges from {reached.min():.4g} to {reached.max():.4g}"
        raise ScenarioError([InputError("--above", above, message)])
    return find_box(prim_inputs(study, points), of_interest)


def prim_inputs(study: Study, points: pd.DataFrame) -> pd.DataFrame:
    """Return the factors as PRIM expects them: switches and words as categories."""
    inputs: Any = points[[factor.path for factor in study.factors]].copy()
    for factor in study.factors:
        if factor.values is not None and not all(type(value) in (int, float) for value in factor.values):
            inputs[factor.path] = inputs[factor.path].astype(str).astype("category")
    return inputs


def limit_sentences(box: Box) -> list[str]:
    """Describe the box, one sentence per limit."""
    sentences = [] if box.edges else ["No box found: no limit on any factor separates the points of interest."]
    for edge in box.edges:
        stability = "" if edge.stability is None else f" (limited in {edge.stability:.0f} % of resamples)"
        if edge.listed is not None:
            sentences.append(f"{edge.factor} is {' or '.join(map(str, edge.listed))}{stability}")
        elif edge.low == edge.whole_low:
            sentences.append(f"{edge.factor} is at most {edge.high:.4g}{stability}")
        elif edge.high == edge.whole_high:
            sentences.append(f"{edge.factor} is at least {edge.low:.4g}{stability}")
        else:
            sentences.append(f"{edge.factor} is between {edge.low:.4g} and {edge.high:.4g}{stability}")
    return sentences


def box_midpoint(box: Box, study: Study) -> dict[str, Any]:
    """Return the middle of the box, with values that the factors can take."""
    factors = {factor.path: factor for factor in study.factors}
    return {edge.factor: _midpoint_value(edge, factors[edge.factor]) for edge in box.edges}


def _midpoint_value(edge: BoxLimit, factor: Factor) -> Any:
    """Return a value inside a limit: the listed value or the integer nearest to the middle."""
    if edge.listed is not None:
        return next(value for value in factor.values or () if str(value) == str(edge.listed[0]))
    centre = (edge.low + edge.high) / 2
    if factor.values is not None:
        return min(factor.values, key=lambda value: abs(value - centre))
    return round(centre) if factor.is_integer else float(f"{centre:.4g}")
