"""The factors of a study ranked by what they matter."""

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

MIN_POINTS = 8  # points below which an association says nothing


def rank_factors(base: Path, opened: StudyResults, outcome: str) -> Ranking:
    """Rank the factors by indices of the design, or by simple associations where the design has none."""
    try:
        found = sweep_sensitivity(base / opened.folder, outcome)
    except ScenarioError as error:
        return rank_by_association(opened, outcome, "; ".join(error.problem for error in error.errors))
    sobol = found.method == "sobol"
    key, spread = ("total", "total_interval") if sobol else ("strength", "strength_interval")
    rows: list[RankedFactor] = [
        {"label": opened.factor_label(each["factor"]), "value": each[key], "low": each[key] - each[spread],
         "high": each[key] + each[spread], "also": each["first"] if sobol else each["interplay"]}
        for each in found.indices.to_dict("records")
    ]  # fmt: skip
    remarks = [_renamed(opened, remark) for remark in found.remarks]
    if found.noise is not None and not any(remark.startswith("Dice") for remark in remarks):
        remarks.append(f"Dice alone leave {value_text(found.noise, True)} of the variance between points.")
    return {
        "title": "Sobol indices: share of the variance that goes when a factor is fixed" if sobol else
        "Morris strength (mu*): mean size of the effect of a step in one factor",
        "value": "total" if sobol else "strength", "also": "alone" if sobol else "interplay",
        "rows": rows, "remarks": remarks, "instead": "", "signed": False,
    }  # fmt: skip


def _renamed(opened: StudyResults, text: str) -> str:
    for path in sorted(opened.paths, key=len, reverse=True):
        text = text.replace(path, opened.factor_label(path))
    return text


def rank_by_association(opened: StudyResults, outcome: str, why: str) -> Ranking:
    """Rank factors by Spearman's correlation with the outcome; the interval is that of Bonett and Wright (2000)."""
    values: Any = opened.points[outcome]
    count = len(values)
    rows: list[RankedFactor] = []
    remarks: list[str] = []
    if count >= MIN_POINTS and values.nunique() > 1:
        ranks: Any = values.rank()
        for factor in opened.study.factors:
            if factor.values is not None and any(isinstance(each, str) for each in factor.values):
                remarks.append(
                    f"{opened.factor_label(factor.path)} is a choice among words, which have no order: not ranked."
                )
                continue
            column: Any = opened.points[factor.path].astype(float)
            if column.nunique() > 1:
                rho, low, high = spearman(column.rank(), ranks)
                rows.append(
                    {"label": opened.factor_label(factor.path), "value": rho, "low": low, "high": high, "also": 0.0}
                )
    elif count < MIN_POINTS:
        remarks.append(f"{count} points are too few to rank anything; {MIN_POINTS} are needed.")
    else:
        remarks.append(f"{outcome_label(outcome)} is the same at every point: nothing moves it.")
    rows.sort(key=lambda row: -abs(row["value"]))
    unsure = [row["label"] for row in rows if row["low"] <= 0.0 <= row["high"]]
    if unsure:
        remarks.append(f"Not distinguishable from no association: {', '.join(unsure)}.")
    return {
        "title": "Simple associations: Spearman's rank correlation with the outcome, 95 % intervals",
        "value": "correlation", "also": "", "rows": rows, "remarks": remarks, "signed": True,
        "instead": f"No indices for this folder: {_renamed(opened, why)}. What stands here instead is an association: "
        "it sees only what rises or falls all along, and no interplay of factors.",
    }  # fmt: skip


def spearman(first: pd.Series, second: pd.Series) -> tuple[float, float, float]:
    """Compute the correlation of two columns of ranks, and the ends of its 95 % interval."""
    rho = float(np.corrcoef(first, second)[0, 1])
    reach = Z95 * math.sqrt((1 + rho * rho / 2) / (len(first) - 3))
    middle_of = math.atanh(min(max(rho, -0.999999), 0.999999))
    return rho, math.tanh(middle_of - reach), math.tanh(middle_of + reach)
