"""The box of values within which an outcome is common."""

from pathlib import Path
from typing import Any

from dashboards.link import Link, Setting, scenario_of, written
from dashboards.study_link import point_inside
from dashboards.web.pages.sweeps.messages import FoundBox, SweepFault
from dashboards.web.pages.sweeps.opened import SHARES, Opened, label, number
from experiments.studies.discover import LEAST_POINTS, Edge, discover, words
from model.errors import ScenarioError


def usual_threshold(opened: Opened, outcome: str) -> float:
    """Choose from where a point is of interest: half of the worlds, or what a quarter of the points reach."""
    values: Any = opened.points[outcome]
    if values.empty or (outcome in SHARES and values.min() < 0.5 <= values.max()):
        return 0.5
    return float(f"{values.quantile(0.75):.3g}")


def box_of(base: Path, opened: Opened, outcome: str, above: float, worlds: int) -> FoundBox | SweepFault:
    """Find the box in which an outcome reaches a threshold, or return why there is none."""
    values: Any = opened.points[outcome]
    if len(values) < LEAST_POINTS:
        return {"fault": f"No box: at least {LEAST_POINTS} points are needed, and {len(values)} are there."}
    try:
        box = discover(base / opened.folder, outcome, above)
    except ScenarioError as error:
        return {"fault": f"No box: {'; '.join(fault.problem for fault in error.faults)}."}
    named = box._replace(edges=[_in_words(opened, edge) for edge in box.edges])
    setting = point_inside(opened.setting._replace(worlds=worlds), box, opened.study)
    steps = box.trade_off
    return {
        "fault": "",
        "words": words(named) or ["No limit at all: the whole space is the box."],
        "holds": f"{box.cases:,} of {box.points:,} points reach {above:g} in {label(outcome).lower()}. The box holds "
        f"{number(box.coverage, True)} of them (coverage), and {number(box.density, True)} of the points in it are "
        "such a point (density).",
        "coverage": box.coverage, "density": box.density,
        "steps": [
            {"coverage": round(float(covered), 4), "density": round(float(dense), 4), "limits": int(limits)}
            for covered, dense, limits in zip(steps["coverage"], steps["density"], steps["limits"], strict=True)
        ],
        "link": written(Link(setting)) if openable(setting) else "",
    }  # fmt: skip


def _in_words(opened: Opened, edge: Edge) -> Edge:
    switch = {"True": "on", "False": "off"}
    listed = None if edge.listed is None else tuple(switch.get(str(each), each) for each in edge.listed)
    return edge._replace(factor=opened.named(edge.factor), listed=listed)


def openable(setting: Setting) -> bool:
    """Say whether Explore can open a setting."""
    try:
        scenario_of(setting)
    except ScenarioError:
        return False
    return True
