"""Detection against forgiveness: the share of agreements that end soon, at each combination, as the rules give it."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.validation.estimate import Estimate, Statistic, bootstrap_sums, estimate_statistic
from experiments.validation.part import ValidationPart
from experiments.validation.pattern import difference_statistic, share_statistic
from experiments.validation.patterns_of_deals import DURATION_ROUNDS, agreement_ends
from experiments.validation.traces import ScenarioSource
from model.loading import load_scenario

SCENARIO = "us-iran-2013"
DETECTION, FORGIVENESS = (0.1, 0.3, 0.5, 0.7, 0.9), (0.0, 0.25, 0.5, 0.75)
WORLDS, FEWER = 500, 60  # worlds at each combination, in full and with `quick`
COLORS = ("#c2571a", "#b08d1e", "#3f8f5b", "#2f6db3")  # one for each value of forgiveness
NOTES = (
    "No data: the figure shows what follows from the rules, and has no row that could fail.",
    "Detection and forgiveness also decide which agreements begin and how far they get, so the agreements compared are "
    "not quite the same; differences are between the same worlds, with common random numbers.",
    "Intervals are 95 % each, not corrected for the number of comparisons.",
)


def ends_by_combination(scenario: ScenarioSource, worlds: int, progress: Callable[[str], None]) -> np.ndarray:
    """Count agreements and those that end, at each combination: [world, 2 * detection * forgiveness].

    The same worlds at each combination, by common random numbers.
    """
    bodies, columns = load_scenario(scenario).bodies, []
    for detection in DETECTION:
        progress(f"detection {detection:g} against forgiveness")
        for forgiveness in FORGIVENESS:
            changes = {f"bodies.{body}.detection": detection for body in bodies}
            columns.append(agreement_ends(scenario, worlds, {**changes, "verification.forgiveness": forgiveness}))
    return np.concatenate(columns, axis=1)


def share_at(detection: float, forgiveness: float) -> Statistic:
    """Return the statistic: the share of agreements that end, at one combination."""
    at = 2 * (DETECTION.index(detection) * len(FORGIVENESS) + FORGIVENESS.index(forgiveness))
    return share_statistic(at, at + 1)


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Measure every combination; one row each, with its paired difference from the lowest detection."""
    worlds = FEWER if quick else WORLDS
    table = ends_by_combination(SCENARIO, worlds, progress)
    sums = bootstrap_sums([table])
    rows = []
    for forgiveness in FORGIVENESS:
        least = share_at(DETECTION[0], forgiveness)
        for detection in DETECTION:
            share = share_at(detection, forgiveness)
            difference = None
            if detection != DETECTION[0]:
                difference = estimate_statistic(sums, difference_statistic(share, least))
            begun = int(
                sums.total[2 * (DETECTION.index(detection) * len(FORGIVENESS) + FORGIVENESS.index(forgiveness))]
            )
            rows.append(combination_row(detection, forgiveness, begun, estimate_statistic(sums, share), difference))
    title = "Detection against forgiveness"
    return ValidationPart("forgiveness", title, summary_text(rows), rows, 0, ends_figure(rows), NOTES)


def combination_row(
    detection: float, forgiveness: float, begun: int, share: Estimate, difference: Estimate | None
) -> dict[str, Any]:
    """Return the row of one combination. difference: from the lowest detection, None there."""
    less = difference or Estimate(math.nan, math.nan, math.nan)
    return {
        "scenario": SCENARIO, "forgiveness": forgiveness, "detection": detection, "agreements": begun,
        **_numbers("share that ends", share), **_numbers("less lowest detection", less),
        "verdict": "" if difference is None else effect_word(difference),
    }  # fmt: skip


def _numbers(name: str, estimate: Estimate) -> dict[str, float | None]:
    names = (name, f"{name}, low", f"{name}, high")
    return {key: round(value, 4) if math.isfinite(value) else None for key, value in zip(names, estimate, strict=True)}


def effect_word(difference: Estimate) -> str:
    """Return whether more or fewer agreements end than at the lowest detection, or that nobody can tell."""
    return "more end" if difference.low > 0 else "fewer end" if difference.high < 0 else "not distinguishable"


def summary_text(rows: Sequence[dict[str, Any]]) -> str:
    """Summarize the effect of the highest detection at each value of forgiveness."""
    words = [
        f"{row['verdict']} at forgiveness {row['forgiveness']:g} ({row['less lowest detection']:+.2f})"
        for row in rows
        if row["detection"] == DETECTION[-1] and row["less lowest detection"] is not None
    ]
    return (
        f"Agreements that end within {DURATION_ROUNDS} months in {SCENARIO}, at detection {DETECTION[-1]:g} against "
        f"{DETECTION[0]:g}: {', '.join(words) or 'undefined'}."
    )


def ends_figure(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a figure: the share that ends over detection, with its interval, one line for each forgiveness."""
    lines = []
    for color, forgiveness in zip(COLORS, FORGIVENESS, strict=True):
        own = [row for row in rows if row["forgiveness"] == forgiveness and row["share that ends"] is not None]
        share = [row["share that ends"] for row in own]
        above = [row["share that ends, high"] - row["share that ends"] for row in own]
        below = [row["share that ends"] - row["share that ends, low"] for row in own]
        lines.append({
            "type": "scatter", "mode": "lines+markers", "name": f"forgiveness {forgiveness:g}",
            "x": [row["detection"] for row in own], "y": share, "line": {"color": color},
            "error_y": {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 1},
        })  # fmt: skip
    layout = {
        "xaxis": {"title": {"text": "probability of detection"}},
        "yaxis": {"title": {"text": f"share that ends within {DURATION_ROUNDS} months"}, "range": [0, 1]},
        "legend": {"orientation": "h", "y": -0.25},
        "meta": f"Share of agreements in {SCENARIO} that end within {DURATION_ROUNDS} months, by the probability of "
        "detection and of forgiveness; bars are 95 % intervals.",
    }
    return {"data": lines, "layout": layout}
