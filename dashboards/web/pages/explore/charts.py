"""What the board of Explore shows of a result: bands, the watched run, shares of outcomes, and a text for each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboards.labels import OUTCOME_MEANING
from dashboards.theme import CHARTS, INDICATORS, MORE_CHARTS, OUTCOMES, Chart
from dashboards.web.jobs.ensemble_results import Result
from dashboards.web.pages.explore.messages import ChartLook, ExploreNumbers, FirstDeal, LineData
from dashboards.web.pages.shared.messages import Bands, OutcomeShare
from experiments.ensembles.statistics import PERCENTILES, Effect, effect, wilson
from model.enumerations import Outcome
from model.scenario import Scenario

EDGES = (*PERCENTILES, "mean")
KNOWN = {chart.key: chart for chart in (*CHARTS, *MORE_CHARTS)}


def filling(scenario: Scenario, talks: str) -> dict[str, Any]:
    """Give what the labels are filled in with: the two parties and the ceiling of tension."""
    first, second = scenario.negotiations[talks].parties
    return {
        "first": scenario.written(first),
        "second": scenario.written(second),
        "ceiling": scenario.tension.tension_ceiling,
    }


def chart_rows(scenario: Scenario, talks: str) -> list[ChartLook]:
    """Return how each chart looks, the main ones first."""
    words = filling(scenario, talks)
    return [chart_row(chart, scenario, words) for chart in KNOWN.values()]


def chart_row(chart: Chart, scenario: Scenario, words: Mapping[str, Any]) -> ChartLook:
    """Return how one chart looks."""
    looks = [INDICATORS[name] for name in chart.indicators]
    return {
        "key": chart.key,
        "title": chart.title.format(**words),
        "meaning": chart.meaning,
        "unit": "share" if chart.mean else looks[0].unit.format(**words),
        "top": words["ceiling"] if chart.key == "tension" else chart.top,
        "rounds": scenario.rounds,
        "mean": chart.mean,
        "main": chart in CHARTS,
        "lines": [
            {
                "key": name,
                "label": look.label.format(**words),
                "light": look.light,
                "dark": look.dark,
                "dash": look.dash,
            }
            for name, look in zip(chart.indicators, looks, strict=True)
        ],
    }


def numbers_of(
    result: Result, base: Result | None, scenario: Scenario, talks: str, charts: Sequence[str]
) -> ExploreNumbers:
    """Return the numbers of a result: of the main charts and those that are open besides."""
    shown = [chart for chart in KNOWN.values() if chart in CHARTS or chart.key in charts]
    words = filling(scenario, talks)
    return {
        "worlds": result.worlds,
        "wanted": result.setting.worlds,
        "seed": result.setting.seed,
        "lines": {name: line(result, talks, name, chart.mean) for chart in shown for name in chart.indicators},
        "base": base
        and {name: bands_of(base, talks, name, chart.mean) for chart in shown for name in chart.indicators},
        "texts": {chart.key: " ".join(texts(chart, result, base, talks, words)) for chart in shown},
        "outcomes": outcome_rows(result, base, talks),
        "deal": first_deal(result, base, talks),
    }


def line(result: Result, talks: str, indicator: str, mean: bool) -> LineData:
    """Give what is drawn of one indicator: its bands or its mean, and the watched run."""
    run = short(result.run[:, result.place(talks, indicator)])
    return {"bands": bands_of(result, talks, indicator, mean), "run": run}


def bands_of(result: Result, talks: str, indicator: str, mean: bool) -> Bands:
    """Return the mean of one indicator over the worlds, or its percentiles without the median."""
    p5, p25, _, p75, p95, average = short(result.bands[:, :, result.place(talks, indicator)])
    return {"mean": average} if mean else {"p5": p5, "p25": p25, "p75": p75, "p95": p95}


def short(values: np.ndarray) -> list[Any]:
    """Round to three digits, which no screen can tell apart, to keep messages small."""
    return np.round(values.astype(float), 3).tolist()


def texts(chart: Chart, result: Result, base: Result | None, talks: str, words: Mapping[str, Any]) -> list[str]:
    """Tell in words where each line of a chart ends: the middle, the two bands, the watched run, the baseline."""
    told = []
    for name in chart.indicators:
        at = dict(zip(EDGES, result.bands[:, -1, result.place(talks, name)], strict=True))
        run = result.run[-1, result.place(talks, name)]
        label = INDICATORS[name].label.format(**words) + ": " if len(chart.indicators) > 1 else ""
        if chart.mean:
            whole = result.bands[5, 1:, result.place(talks, name)].mean()
            told.append(f"{label}{whole:.0%} over all rounds and worlds, {at['mean']:.0%} in the last round.")
        else:
            told.append(
                f"{label}after {result.rounds} rounds median {at[50]:.2f}, half of the worlds {at[25]:.2f} to "
                f"{at[75]:.2f}, nine in ten {at[5]:.2f} to {at[95]:.2f}; seed {result.setting.seed} ends at {run:.2f}."
            )
        if base is not None:
            told.append(before(chart, base.bands[:, :, base.place(talks, name)]))
    return told


def before(chart: Chart, bands: np.ndarray) -> str:
    """Tell where the same line ends in the baseline."""
    return f"Baseline: {bands[5, 1:].mean():.0%} over all." if chart.mean else f"Baseline median: {bands[2, -1]:.2f}."


def outcome_rows(result: Result, base: Result | None, talks: str) -> list[OutcomeShare]:
    """Give each outcome's share with its interval and what the baseline had, from the most to the least."""
    found, rows = result.outcomes_in(talks), []
    known = base.outcomes_in(talks)[: len(found)] if base is not None else None
    for outcome, look in OUTCOMES.items():
        share, low, high = wilson(int((found == outcome).sum()), len(found))
        row: OutcomeShare = {
            "key": outcome.name,
            "label": look.label,
            "meaning": OUTCOME_MEANING[outcome],
            "light": look.light,
            "dark": look.dark,
            "share": share,
            "low": low,
            "high": high,
            "chosen": bool(found[0] == outcome),
        }
        if known is not None and len(known) == len(found):
            row["base"] = float((known == outcome).mean())
            row["effect"] = effect_words(effect_of(known, found, outcome))
        rows.append(row)
    return rows


def effect_of(known: np.ndarray, found: np.ndarray, outcome: Outcome) -> Effect:
    """Estimate the paired effect on the share of one outcome."""
    return effect((known == outcome).astype(float), (found == outcome).astype(float))


def effect_words(paired: Effect) -> str:
    """Write a paired effect on a share in points: `+12 points, 95 % 9 to 15, same dice`."""
    if paired.share_of_worlds_changed == 0.0:
        return "no world differs, same dice"
    digits = 0 if paired.high - paired.low >= 0.02 else 1
    points, low, high = (signed(100 * each, digits) for each in (paired.difference, paired.low, paired.high))
    plus = "+" if paired.difference > 0 and points.strip("0.") else ""
    return f"{plus}{points} points, 95 % {low} to {high}, same dice"


def signed(value: float, digits: int) -> str:
    """Write a number with a true minus sign, and never minus nought."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", "\N{MINUS SIGN}")


def first_deal(result: Result, base: Result | None, talks: str) -> FirstDeal:
    """Give the median round of the first verified rung, and in how many worlds there was one."""
    times = result.first_deals_in(talks)
    row: FirstDeal = {"median": times.median, "share": float((~times.censored).mean())}
    if base is not None:
        row["base"] = base.first_deals_in(talks).median
        row["has_base"] = True
    return row
