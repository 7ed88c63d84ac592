"""The data of Explore's board: bands, the watched run, outcome shares, and text descriptions."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboards.labels import OUTCOME_MEANINGS
from dashboards.theme import CHARTS, EXTRA_CHARTS, INDICATOR_STYLES, OUTCOME_STYLES, Chart
from dashboards.web.jobs.ensemble_results import EnsembleResult
from dashboards.web.pages.explore.messages import ChartSpec, ExploreNumbers, FirstDeal, LineData
from dashboards.web.pages.shared.effect_words import effect_text
from dashboards.web.pages.shared.messages import Bands, OutcomeShare
from experiments.ensembles.statistics import PERCENTILES, Effect, paired_effect, wilson
from model.enumerations import Outcome
from model.scenario import Scenario

BAND_NAMES = (*PERCENTILES, "mean")
CHARTS_BY_KEY = {chart.key: chart for chart in (*CHARTS, *EXTRA_CHARTS)}


def label_values(scenario: Scenario, talks: str) -> dict[str, Any]:
    """Return the values for the labels' placeholders: the two parties and the ceiling of tension."""
    first, second = scenario.negotiations[talks].parties
    return {
        "first": scenario.display_name(first),
        "second": scenario.display_name(second),
        "ceiling": scenario.tension.tension_ceiling,
    }


def chart_rows(scenario: Scenario, talks: str) -> list[ChartSpec]:
    """Return the specification of each chart, main charts first."""
    words = label_values(scenario, talks)
    return [chart_row(chart, scenario, words) for chart in CHARTS_BY_KEY.values()]


def chart_row(chart: Chart, scenario: Scenario, words: Mapping[str, Any]) -> ChartSpec:
    """Return the specification of one chart."""
    styles = [INDICATOR_STYLES[name] for name in chart.indicators]
    return {
        "key": chart.key,
        "title": chart.title.format(**words),
        "meaning": chart.meaning,
        "unit": "share" if chart.mean else styles[0].unit.format(**words),
        "top": words["ceiling"] if chart.key == "tension" else chart.top,
        "rounds": scenario.rounds,
        "mean": chart.mean,
        "main": chart in CHARTS,
        "lines": [
            {
                "key": name,
                "label": style.label.format(**words),
                "light": style.light,
                "dark": style.dark,
                "dash": style.dash,
            }
            for name, style in zip(chart.indicators, styles, strict=True)
        ],
    }


def explore_numbers(
    result: EnsembleResult, base: EnsembleResult | None, scenario: Scenario, talks: str, charts: Sequence[str]
) -> ExploreNumbers:
    """Return the numbers of a result for the main charts and the additional charts that are open."""
    shown = [chart for chart in CHARTS_BY_KEY.values() if chart in CHARTS or chart.key in charts]
    words = label_values(scenario, talks)
    return {
        "worlds": result.worlds,
        "wanted": result.setting.worlds,
        "seed": result.setting.seed,
        "run": run_words(result),
        "lines": {name: line_data(result, talks, name, chart.mean) for chart in shown for name in chart.indicators},
        "base": base
        and {
            name: middle(indicator_bands(base, talks, name, chart.mean)) for chart in shown for name in chart.indicators
        },
        "texts": {chart.key: " ".join(chart_texts(chart, result, base, talks, words)) for chart in shown},
        "outcomes": outcome_rows(result, base, talks),
        "deal": first_deal(result, base, talks),
    }


def line_data(result: EnsembleResult, talks: str, indicator: str, mean: bool) -> LineData:
    """Return the data of one indicator: its bands or mean, and the watched run."""
    run = rounded(result.run[:, result.indicator_index(talks, indicator)])
    return {"bands": indicator_bands(result, talks, indicator, mean), "run": run}


def indicator_bands(result: EnsembleResult, talks: str, indicator: str, mean: bool) -> Bands:
    """Return the percentiles of one indicator, or its mean over the worlds."""
    p5, p25, p50, p75, p95, average = rounded(result.bands[:, :, result.indicator_index(talks, indicator)])
    return {"mean": average} if mean else {"p5": p5, "p25": p25, "p50": p50, "p75": p75, "p95": p95}


def middle(bands: Bands) -> Bands:
    """Return the median or the mean alone, all that is drawn of the baseline."""
    drawn: Bands = {}
    if "mean" in bands:
        drawn["mean"] = bands["mean"]
    if "p50" in bands:
        drawn["p50"] = bands["p50"]
    return drawn


def run_words(result: EnsembleResult) -> str:
    """Return what the single run shown is: that of a seed, or the first world with its draw of parameters."""
    return "the first world" if result.setting.plausible else f"seed {result.setting.seed}"


def rounded(values: np.ndarray) -> list[Any]:
    """Return values rounded to three digits, to keep messages small."""
    return np.round(values.astype(float), 3).tolist()


def chart_texts(
    chart: Chart, result: EnsembleResult, base: EnsembleResult | None, talks: str, words: Mapping[str, Any]
) -> list[str]:
    """Return a text for each line of a chart: final median, bands, watched run and baseline."""
    texts = []
    for name in chart.indicators:
        at = dict(zip(BAND_NAMES, result.bands[:, -1, result.indicator_index(talks, name)], strict=True))
        run = result.run[-1, result.indicator_index(talks, name)]
        label = INDICATOR_STYLES[name].label.format(**words) + ": " if len(chart.indicators) > 1 else ""
        if chart.mean:
            mean = result.bands[5, 1:, result.indicator_index(talks, name)].mean()
            texts.append(f"{label}{mean:.0%} over all rounds and worlds, {at['mean']:.0%} in the last round.")
        else:
            texts.append(
                f"{label}after {result.rounds} rounds median {at[50]:.2f}, 50 % of worlds {at[25]:.2f} to "
                f"{at[75]:.2f}, 90 % {at[5]:.2f} to {at[95]:.2f}; {run_words(result)} ends at {run:.2f}."
            )
        if base is not None:
            texts.append(baseline_text(chart, base.bands[:, :, base.indicator_index(talks, name)]))
    return texts


def baseline_text(chart: Chart, bands: np.ndarray) -> str:
    """Return the text for the same line of the baseline."""
    return (
        f"Baseline: {bands[5, 1:].mean():.0%} over all rounds."
        if chart.mean
        else f"Baseline median: {bands[2, -1]:.2f}."
    )


def outcome_rows(result: EnsembleResult, base: EnsembleResult | None, talks: str) -> list[OutcomeShare]:
    """Return each outcome's share with its interval and the baseline's share, in the order of OUTCOME_STYLES."""
    outcomes, rows = result.outcomes_in(talks), []
    base_outcomes = base.outcomes_in(talks)[: len(outcomes)] if base is not None else None
    for outcome, style in OUTCOME_STYLES.items():
        share, low, high = wilson(int((outcomes == outcome).sum()), len(outcomes))
        row: OutcomeShare = {
            "key": outcome.name,
            "label": style.label,
            "meaning": OUTCOME_MEANINGS[outcome],
            "light": style.light,
            "dark": style.dark,
            "share": share,
            "low": low,
            "high": high,
            "chosen": bool(outcomes[0] == outcome) and not result.setting.plausible,
        }
        if base_outcomes is not None and len(base_outcomes) == len(outcomes):
            row["base"] = float((base_outcomes == outcome).mean())
            row["effect"] = effect_text(outcome_effect(base_outcomes, outcomes, outcome))
        rows.append(row)
    return rows


def outcome_effect(base_outcomes: np.ndarray, outcomes: np.ndarray, outcome: Outcome) -> Effect:
    """Return the paired effect on the share of one outcome."""
    return paired_effect((base_outcomes == outcome).astype(float), (outcomes == outcome).astype(float))


def first_deal(result: EnsembleResult, base: EnsembleResult | None, talks: str) -> FirstDeal:
    """Return the median round of the first verified rung, and the share of worlds that reach one."""
    times = result.first_deals_in(talks)
    row: FirstDeal = {"median": times.median, "share": float((~times.censored).mean())}
    if base is not None:
        row["base"] = base.first_deals_in(talks).median
        row["has_base"] = True
    return row
