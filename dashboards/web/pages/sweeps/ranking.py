"""The ranking of a study's factors by influence."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dashboards.web.pages.sweeps.messages import RankedFactor, Ranking
from dashboards.web.pages.sweeps.opened import StudyResults, outcome_label, value_text
from experiments.ensembles.statistics import Z95
from experiments.studies.sensitivity import sweep_sensitivity
from model.errors import ScenarioError

MIN_POINTS = 8  # points needed for an association


def rank_factors(base: Path, opened: StudyResults, outcome: str) -> Ranking:
    """Return the ranking by the indices of the design, or by associations if the design has none."""
    kind = opened.study.file.design.kind
    if kind not in ("sobol", "morris"):
        return rank_by_association(opened, outcome, f"a design of kind {kind} has none of its own")
    try:
        sensitivity = sweep_sensitivity(base / opened.folder, outcome)
    except ScenarioError as error:
        return rank_by_association(opened, outcome, "; ".join(each.problem for each in error.errors))
    sobol = sensitivity.method == "sobol"
    key, spread = sensitivity.key, sensitivity.spread
    rows: list[RankedFactor] = [
        {"label": opened.factor_label(each["factor"]), "value": each[key], "low": each[key] - each[spread],
         "high": each[key] + each[spread], "also": each["first"] if sobol else each["interplay"]}
        for each in sensitivity.indices.to_dict("records")
    ]  # fmt: skip
    remarks = [_renamed(opened, remark) for remark in sensitivity.remarks]
    if sensitivity.noise is not None and not any("variance between points" in remark for remark in remarks):
        remarks.append(f"{value_text(sensitivity.noise, True)} of the variance between points is random.")
    return {
        "title": "Sobol indices: share of the variance that disappears if a factor is fixed" if sobol else
        "Morris strength (mu*): mean size of the effect of a step in one factor",
        "value": "total" if sobol else "strength", "also": "first order" if sobol else "interaction",
        "rows": rows, "remarks": remarks, "instead": "", "signed": False,
    }  # fmt: skip


def _renamed(opened: StudyResults, text: str) -> str:
    for path in sorted(opened.paths, key=len, reverse=True):
        text = text.replace(path, opened.factor_label(path))
    return text


def rank_by_association(opened: StudyResults, outcome: str, why: str) -> Ranking:
    """Return the ranking by Spearman's correlation with the outcome, with intervals of Bonett and Wright (2000)."""
    points: Any = opened.points[opened.points[outcome].notna()]
    values: Any = points[outcome]
    count = len(values)
    rows: list[RankedFactor] = []
    remarks: list[str] = []
    if count >= MIN_POINTS and values.nunique() > 1:
        ranks: Any = values.rank()
        for factor in opened.study.factors:
            if factor.values is not None and any(isinstance(each, str) for each in factor.values):
                remarks.append(f"{opened.factor_label(factor.path)} has no numeric order and is not ranked.")
                continue
            column: Any = points[factor.path].astype(float)
            if column.nunique() > 1:
                rho, low, high = spearman(column.rank(), ranks)
                rows.append(
                    {"label": opened.factor_label(factor.path), "value": rho, "low": low, "high": high, "also": 0.0}
                )
    elif count < MIN_POINTS:
        remarks.append(f"{count} points are too few for a ranking; {MIN_POINTS} are needed.")
    else:
        remarks.append(f"{outcome_label(outcome)} is the same at every point, so there is no ranking.")
    rows.sort(key=lambda row: -abs(row["value"]))
    unsure = [row["label"] for row in rows if row["low"] <= 0.0 <= row["high"]]
    if unsure:
        remarks.append(f"Not statistically distinguishable from zero: {', '.join(unsure)}.")
    return {
        "title": "Spearman's rank correlation with the outcome, 95 % intervals",
        "value": "correlation", "also": "", "rows": rows, "remarks": remarks, "signed": True,
        "instead": f"No indices for this folder: {_renamed(opened, why)}. Spearman's correlation is shown instead: "
        "it detects monotonic effects only, and no interactions. `detente sensitivity` takes any sample.",
    }  # fmt: skip


def spearman(first: pd.Series, second: pd.Series) -> tuple[float, float, float]:
    """Return the correlation of two columns of ranks, and the ends of its 95 % interval."""
    rho = float(np.corrcoef(first, second)[0, 1])
    reach = Z95 * math.sqrt((1 + rho * rho / 2) / (len(first) - 3))
    middle_of = math.atanh(min(max(rho, -0.999999), 0.999999))
    return rho, math.tanh(middle_of - reach), math.tanh(middle_of + reach)
