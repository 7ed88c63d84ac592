"""The board of charts: bands over the worlds, the chosen run, shares of outcomes, and a text for each."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Mapping
from typing import Any

import numpy as np
import solara

from dashboards.ensemble import PERCENTILES, Ensemble, wilson
from dashboards.theme import CHARTS, INDICATORS, OUTCOME_MEANING, OUTCOMES, Chart
from model.scenario import Scenario


@solara.component_vue("charts.vue")
def Board(charts: list[dict[str, Any]], picture: dict[str, Any] | None, busy: str, fault: str) -> None:  # noqa: N802
    """Show charts and outcomes; ``charts`` is how they look, ``picture`` the numbers, in one message."""


def names(scenario: Scenario) -> dict[str, Any]:
    """Give what the labels are filled in with: the two parties and the ceiling of tension."""
    first, second = next(iter(scenario.negotiations.values())).parties
    return {
        "first": scenario.written(first),
        "second": scenario.written(second),
        "ceiling": scenario.tension.tension_ceiling,
    }


def chart_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Say how each chart looks, as plain data for the browser."""
    filling = names(scenario)
    rows = []
    for chart in CHARTS:
        looks = [INDICATORS[name] for name in chart.indicators]
        lines = [
            {**look._asdict(), "key": name, "label": look.label.format(**filling)}
            for name, look in zip(chart.indicators, looks, strict=True)
        ]
        top = filling["ceiling"] if chart.key == "tension" else 1.0
        axes = {"unit": looks[0].unit.format(**filling), "top": top, "rounds": scenario.rounds}
        rows.append({"key": chart.key, "title": chart.title, "meaning": chart.meaning, **axes, "lines": lines})
    return rows


def picture_of(ensemble: Ensemble, scenario: Scenario) -> dict[str, Any]:
    """Write an ensemble as plain data for the browser."""
    return {
        "worlds": ensemble.worlds,
        "seed": ensemble.request.seed,
        "bands": {name: short(band) for name, band in ensemble.bands.items()},
        "run": {name: short(line) for name, line in ensemble.run.items()},
        "texts": {chart.key: texts(chart, ensemble, names(scenario)) for chart in CHARTS},
        "outcomes": outcome_rows(ensemble),
    }


def short(values: np.ndarray) -> list[Any]:
    """Round to four digits, which no screen can tell apart, to keep messages small."""
    return np.round(values, 4).tolist()


def texts(chart: Chart, ensemble: Ensemble, filling: Mapping[str, Any]) -> list[str]:
    """Tell in words where each line of a chart ends: the middle, the two bands, the chosen run."""
    rounds, told = len(next(iter(ensemble.run.values()))) - 1, []
    for name in chart.indicators:
        at = {percent: ensemble.bands[name][place, -1] for place, percent in enumerate(PERCENTILES)}
        told.append(
            f"{INDICATORS[name].label.format(**filling)} after {rounds} rounds: median {at[50]:.2f}, "
            f"half of the worlds {at[25]:.2f} to {at[75]:.2f}, nine in ten {at[5]:.2f} to {at[95]:.2f}; "
            f"seed {ensemble.request.seed} ends at {ensemble.run[name][-1]:.2f}."
        )
    return told


def outcome_rows(ensemble: Ensemble) -> list[dict[str, Any]]:
    """Give each outcome's share with its interval, from the most to the least."""
    rows = []
    for outcome, look in OUTCOMES.items():
        count = ensemble.outcomes[outcome]
        low, high = wilson(count, ensemble.worlds)
        rows.append(
            {
                "key": outcome.name,
                "label": look.label,
                "meaning": OUTCOME_MEANING[outcome],
                "light": look.light,
                "dark": look.dark,
                "share": count / ensemble.worlds,
                "low": low,
                "high": high,
                "chosen": ensemble.run_outcome == outcome,
            }
        )
    return rows
