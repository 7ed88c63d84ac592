"""The box of values in which an outcome is common."""

from pathlib import Path
from typing import Any

from dashboards.page_link import Link, Setting, format_link, scenario_of
from dashboards.study_link import setting_in_box
from dashboards.web.pages.sweeps.messages import FoundBox, SweepFailure
from dashboards.web.pages.sweeps.opened import SHARES, StudyResults, outcome_label, value_text
from experiments.studies.discover import MIN_POINTS, BoxLimit, discover, limit_sentences
from model.errors import ScenarioError


def default_threshold(opened: StudyResults, outcome: str) -> float:
    """Return the default threshold: half of the worlds, or the value that a quarter of the points reach."""
    values: Any = opened.points[outcome]
    if values.isna().all() or (outcome in SHARES and values.min() < 0.5 <= values.max()):
        return 0.5
    return float(f"{values.quantile(0.75):.3g}")


def find_box(base: Path, opened: StudyResults, outcome: str, above: float, worlds: int) -> FoundBox | SweepFailure:
    """Return the box in which an outcome reaches a threshold, or the reason why there is none."""
    values: Any = opened.points[outcome]
    if len(values) < MIN_POINTS:
        return {"error": f"No box: {len(values)} points are too few; {MIN_POINTS} are needed."}
    try:
        box = discover(base / opened.folder, outcome, above)
    except ScenarioError as error:
        return {"error": f"No box: {'; '.join(each.problem for each in error.errors)}."}
    named = box._replace(edges=[_in_words(opened, edge) for edge in box.edges])
    setting = setting_in_box(opened.setting._replace(worlds=worlds), box, opened.study)
    steps = box.trade_off
    return {
        "error": "",
        "words": limit_sentences(named) or ["No limits: the box is the whole space."],
        "holds": f"{box.cases:,} of {box.points:,} points reach {above:g} in {outcome_label(outcome).lower()}. The box "
        f"contains {value_text(box.coverage, True)} of them (coverage). Of the points in the box, "
        f"{value_text(box.density, True)} reach it (density).",
        "coverage": box.coverage, "density": box.density,
        "steps": [
            {"coverage": round(float(covered), 4), "density": round(float(dense), 4), "limits": int(limits)}
            for covered, dense, limits in zip(steps["coverage"], steps["density"], steps["limits"], strict=True)
        ],
        "link": format_link(Link(setting)) if can_open(setting) else "",
    }  # fmt: skip


def _in_words(opened: StudyResults, edge: BoxLimit) -> BoxLimit:
    switch = {"True": "on", "False": "off"}
    listed = None if edge.listed is None else tuple(switch.get(str(each), each) for each in edge.listed)
    return edge._replace(factor=opened.factor_label(edge.factor), listed=listed)


def can_open(setting: Setting) -> bool:
    """Return whether Explore can open a setting."""
    try:
        scenario_of(setting)
    except ScenarioError:
        return False
    return True
