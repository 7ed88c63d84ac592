"""The spans of all levers of the shipped scenarios: by how many points each moves the chance of an outcome.

``python -m dashboards.web.pages.explore.spans`` measures them and writes ``spans.json``; ``make validate`` runs it.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from dashboards.page_link import Setting, scenario_of, shipped_names
from dashboards.web.jobs.lever_curves import CurveRange, play_curves
from dashboards.web.pages.shared.setting_edits import catalogue_of
from model.atomic_files import write_atomically
from model.enumerations import Outcome
from model.version import VERSION

SPANS_FILE = Path(__file__).with_name("spans.json")
DEALS = [Outcome.comprehensive_deal, Outcome.partial_arrangement]


@cache
def _measured() -> dict[str, dict[str, list[float]]]:
    return json.loads(SPANS_FILE.read_text("utf-8"))["scenarios"]


def shipped_spans(scenario: str) -> dict[str, list[float]]:
    """Return the spans by path, in points: of some deal, then of each outcome; empty for an unknown scenario."""
    return _measured().get(scenario, {})


def lever_ranges(setting: Setting) -> dict[str, CurveRange]:
    """Return the ends of every slider of a setting, by path."""
    catalogue = catalogue_of(setting)
    ranges = {
        name: CurveRange(field["low"], field["high"], field["whole"])
        for name, field in catalogue["fields"].items()
        if "low" in field and "high" in field and "whole" in field
    }
    rows = (row for group in catalogue["groups"] for row in group["rows"])
    return {row["path"]: ranges[row["field"]] for row in rows if row["field"] in ranges}


def curve_spans(shares: np.ndarray) -> list[float]:
    """Return the spans of a curve [value, outcome], in points: of some deal, then of each outcome."""
    columns = np.column_stack([shares[:, DEALS].sum(axis=1), shares])
    return (100 * np.ptp(columns, axis=0)).round(1).tolist()


def measure_spans(scenario: str) -> dict[str, list[float]]:
    """Return the spans of every slider of a scenario as shipped, for its first negotiation."""
    setting = Setting(scenario)
    talks = next(iter(scenario_of(setting).negotiations))
    return {path: curve_spans(each.shares) for path, each in play_curves(setting, talks, lever_ranges(setting)).items()}


def main() -> None:
    """Measure all shipped scenarios and write the file."""
    scenarios = {name: measure_spans(name) for name in shipped_names()}
    lines = [f"  {json.dumps(name)}: {json.dumps(spans)}" for name, spans in scenarios.items()]
    text = f'{{"version": {json.dumps(VERSION)}, "scenarios": {{\n' + ",\n".join(lines) + "\n}}\n"
    write_atomically(SPANS_FILE, text.encode())


if __name__ == "__main__":
    main()
