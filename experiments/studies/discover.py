"""Scenario discovery: in which box of the factors does an outcome come about? PRIM, through ema-workbench."""

import logging
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.studies.results import outcome_names, stored_study, summary_by_point
from experiments.studies.study import Factor, Study
from model.errors import InputError, ScenarioError

MIN_POINTS = 30
RESAMPLES = 10


class BoxLimit(NamedTuple):
    """One limit of a box: a factor, from where to where, and in what percentage of resamples it stood again.

    A resample in which no box can be found, for all or none of its points are of interest, is not counted; None if
    there is no other.
    """

    factor: str
    low: float
    high: float
    listed: tuple[Any, ...] | None
    whole_low: float
    whole_high: float
    stability: float | None


class Box(NamedTuple):
    """A box of the factors, and what it holds.

    coverage: share of the cases of interest that lie inside. density: share of the points inside that are
    of interest. trade_off: the whole peeling, a row a step. cases: points of interest, of all.
    """

    edges: list[BoxLimit]
    coverage: float
    density: float
    mass: float
    trade_off: pd.DataFrame
    cases: int
    points: int


def find_box(inputs: pd.DataFrame, wanted: np.ndarray, seed: int = 1) -> Box:
    """Find the box of PRIM (Friedman and Fisher 1999) with the best geometric mean of coverage and density.

    inputs: a row a point, numbers or lists of categories. wanted: bool [point]. Raises ScenarioError if
    there are too few points, or if all or none are of interest.
    """
    if len(inputs) < MIN_POINTS:
        raise ScenarioError([InputError("points", len(inputs), f"at least {MIN_POINTS} are needed")])
    if wanted.all() or not wanted.any():
        every = "every" if wanted.all() else "no"
        raise ScenarioError(
            [InputError("points", len(inputs), f"{every} point is of interest; choose another threshold")]
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on optional parts of the library that are not installed
        logging.getLogger("EMA").setLevel(logging.ERROR)
        frame: Any = inputs.reset_index(drop=True)
        box, at = _search(frame, wanted)
        steps: Any = box.peeling_trajectory
        stability = _stability(frame, wanted, seed)
    limits = box.box_lims[at]
    edges = [_edge(name, limits[name], frame[name], stability[name]) for name in frame.columns]
    row = steps.iloc[at]
    trade_off = steps[["coverage", "density", "mass", "res_dim"]].rename(columns={"res_dim": "limits"})
    kept = [
        edge for edge in edges if edge.listed is not None or (edge.low, edge.high) != (edge.whole_low, edge.whole_high)
    ]
    return Box(
        kept,
        float(row["coverage"]),
        float(row["density"]),
        float(row["mass"]),
        trade_off,
        int(wanted.sum()),
        len(frame),
    )


def _search(frame: Any, wanted: np.ndarray) -> tuple[Any, int]:
    """Peel a box, and choose the step with the best geometric mean of coverage and density."""
    from ema_workbench.analysis import prim

    box: Any = prim.Prim(frame, wanted.astype(bool), peel_alpha=0.05).find_box()
    steps: Any = box.peeling_trajectory
    return box, int((steps["coverage"] * steps["density"]).to_numpy().argmax())


def _stability(frame: Any, wanted: np.ndarray, seed: int) -> dict[str, float | None]:
    """Say in what percentage of boxes found in halves of the points each factor is limited again; None if of none."""
    luck, counts, boxes = np.random.default_rng(seed), dict.fromkeys(frame.columns, 0), 0
    for _ in range(RESAMPLES):
        half = luck.choice(len(frame), len(frame) // 2, replace=False)
        if not wanted[half].any() or wanted[half].all():
            continue
        part: Any = frame.iloc[half].reset_index(drop=True)
        box, at = _search(part, wanted[half])
        boxes += 1
        for name in frame.columns:
            counts[name] += _is_limited(box.box_lims[at][name], part[name])
    return {name: 100.0 * count / boxes if boxes else None for name, count in counts.items()}


def _is_limited(limits: Any, values: Any) -> bool:
    """Say whether a limit leaves anything out."""
    if isinstance(limits.iloc[0], (set, frozenset)):
        return len(limits.iloc[0]) < values.nunique()
    return bool(limits.iloc[0] > values.min() or limits.iloc[1] < values.max())


def _edge(name: str, limits: pd.Series, values: pd.Series, stability: float | None) -> BoxLimit:
    """Read one limit; of a factor whose values are listed, which of them lie inside."""
    if isinstance(limits.iloc[0], (set, frozenset)):
        inside = tuple(sorted(limits.iloc[0], key=str))
        everything = len(inside) == values.nunique()
        return BoxLimit(name, 0.0, 1.0, None if everything else inside, 0.0, 1.0, stability)
    low, high = float(limits.iloc[0]), float(limits.iloc[1])
    return BoxLimit(name, low, high, None, float(values.min()), float(values.max()), stability)


def discover(folder: str | Path, outcome: str, above: float = 0.5) -> Box:
    """Find the box of a sweep's factors in which an outcome's share, or an indicator, lies at ``above`` or more."""
    study = stored_study(folder)
    points = summary_by_point(folder, study)
    if outcome not in (known := outcome_names(study, points)):
        raise ScenarioError(
            [InputError.unknown_name("--outcome", outcome, known, "outcome or indicator of this study")]
        )
    reached = points[outcome].to_numpy(float)
    wanted = reached >= above
    if wanted.all() or not wanted.any():
        which = "every" if wanted.any() else "no"
        told = f"{which} point reaches it; {outcome} goes from {reached.min():.4g} to {reached.max():.4g} here"
        raise ScenarioError([InputError("--above", above, told)])
    return find_box(prim_inputs(study, points), wanted)


def prim_inputs(study: Study, points: pd.DataFrame) -> pd.DataFrame:
    """Give the factors as PRIM wants them: switches and words as categories."""
    inputs: Any = points[[factor.path for factor in study.factors]].copy()
    for factor in study.factors:
        if factor.values is not None and not all(type(value) in (int, float) for value in factor.values):
            inputs[factor.path] = inputs[factor.path].astype(str).astype("category")
    return inputs


def limit_sentences(box: Box) -> list[str]:
    """Say what the box is, a sentence a limit."""
    told = [] if box.edges else ["No box was found: no limit on any factor sets the points of interest apart."]
    for edge in box.edges:
        sure = "" if edge.stability is None else f" (again in {edge.stability:.0f} % of resamples)"
        if edge.listed is not None:
            told.append(f"{edge.factor} is {' or '.join(map(str, edge.listed))}{sure}")
        elif edge.low == edge.whole_low:
            told.append(f"{edge.factor} is at most {edge.high:.4g}{sure}")
        elif edge.high == edge.whole_high:
            told.append(f"{edge.factor} is at least {edge.low:.4g}{sure}")
        else:
            told.append(f"{edge.factor} lies between {edge.low:.4g} and {edge.high:.4g}{sure}")
    return told


def box_midpoint(box: Box, study: Study) -> dict[str, Any]:
    """Give a point inside the box, of values that each factor can take."""
    factors = {factor.path: factor for factor in study.factors}
    return {edge.factor: _inside(edge, factors[edge.factor]) for edge in box.edges}


def _inside(edge: BoxLimit, factor: Factor) -> Any:
    """Choose a value inside a limit: of a list the nearest to the middle, of whole numbers a whole one."""
    if edge.listed is not None:
        return next(value for value in factor.values or () if str(value) == str(edge.listed[0]))
    centre = (edge.low + edge.high) / 2
    if factor.values is not None:
        return min(factor.values, key=lambda value: abs(value - centre))
    return round(centre) if factor.is_integer else float(f"{centre:.4g}")
