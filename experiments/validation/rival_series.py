"""Event statistics of simple rivals: which patterns of monthly conduct a forecaster fitted to the cases reproduces."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from experiments.cases.forecasters import Rival, rivals_without
from experiments.validation.estimate import (
    Verdict,
    WorldSums,
    bootstrap_sums,
    combine_verdicts,
    estimate_statistic,
    interval_verdict,
)
from experiments.validation.part import ValidationPart
from experiments.validation.pattern import UNBOUNDED, Inequality
from experiments.validation.patterns_of_events import (
    COUNT_EVENTS,
    EVENT_PATTERNS,
    EVENT_ROUNDS,
    HOSTILE_PAIRS,
    pair_means,
    series_statistics,
)

WORLDS, FEWER = 500, 60  # simulated pairs of each forecaster, in full and with `quick`
WARM_UP = 24  # months that are not measured
COMPARED = tuple(pattern for pattern in EVENT_PATTERNS if pattern.key in ("E1", "E2", "E4"))
IN_WORDS = {"holds": "in", "fails": "out", "not measurable": "out", "undecided": "undecided"}
NOTES = (
    "Rivals are fitted to all ten cases and simulated as pairs of sides that both act in every month, each side drawn "
    "on its own; the model plays the three hostile pairs of E1, E2 and E4, with its months of silence.",
    "The table shows what each can do at its fit, and is no test of prediction. E4 asks for more than the rivals have: "
    "what they leave unexplained is independent between the sides.",
    "E1: own and other, the effects of a side's own and of the other's conduct a month before. E2: the autocorrelation "
    "at one and three months. E4: the correlation of both sides in the same month. A range must hold for every pair "
    "and side; the figure is their mean.",
)


def simulate_pairs(rival: Rival, start: np.ndarray, months: int, rng: np.random.Generator) -> np.ndarray:
    """Simulate pairs of sides that act in every month: [pair, month, side], after a warm-up.

    start: both sides' weights before the first month, [pair, side].
    """
    series, state = np.empty((len(start), WARM_UP + months, 2)), start
    for month in range(WARM_UP + months):
        state = rival.draw(state, state[:, ::-1], rng)
        series[:, month] = state
    return series[:, WARM_UP:]


def rival_sums(rival: Rival, worlds: int) -> WorldSums:
    """Return the sums of a rival's event statistics, in the place of the first hostile pair; the others are empty."""
    rng = np.random.default_rng(1)
    start = rivals_without("")["base rate"].draw(np.zeros((worlds, 2)), np.zeros((worlds, 2)), rng)
    statistics = series_statistics(simulate_pairs(rival, start, EVENT_ROUNDS, rng))
    table = np.zeros((worlds, len(HOSTILE_PAIRS), statistics.shape[1]))
    table[:, 0] = statistics
    return bootstrap_sums([table.reshape(worlds, -1)])


def statistics_row(name: str, sums: WorldSums) -> dict[str, Any]:
    """Return a forecaster's statistics, each in or out of its range, and the patterns that it reproduces."""
    row: dict[str, Any] = {"forecaster": name}
    reproduced = []
    for pattern in COMPARED:
        verdicts: dict[str, list[Verdict]] = defaultdict(list)
        bounds: dict[str, list[Inequality]] = defaultdict(list)
        for each in pattern.inequalities:
            quantity = each.description.partition(",")[0]
            bounds[quantity].append(each)
            estimate = estimate_statistic(sums, each.statistic)
            verdicts[quantity].append(interval_verdict(estimate, each.lower, each.upper))
        for quantity, found in verdicts.items():
            value = f"{round(mean_of(quantity, sums), 2) + 0.0:.2f}".replace("nan", "undefined")
            heading = f"{pattern.key}: {quantity}, {range_text(bounds[quantity])}"
            row[heading] = f"{value}, {IN_WORDS[combine_verdicts(found)]}"
        if combine_verdicts([*chain.from_iterable(verdicts.values())]) == "holds":
            reproduced.append(pattern.key)
    return {**row, "verdict": f"reproduces {', '.join(reproduced) or 'none'}"}


def mean_of(quantity: str, sums: WorldSums) -> float:
    """Return the mean over pairs and sides of a quantity, or of one `minus` another; NaN if undefined."""
    one, _, other = quantity.partition(" minus ")
    values = pair_means(one)(sums.total) - (pair_means(other)(sums.total) if other else 0.0)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def range_text(inequalities: Sequence[Inequality]) -> str:
    """Return the range within all bounds, such as `0.4 to 0.8`."""
    lower, upper = max(each.lower for each in inequalities), min(each.upper for each in inequalities)
    return f"above {lower:g}" if upper == UNBOUNDED else f"{lower:g} to {upper:g}"


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Measure the event statistics of the model and of each rival; one row each."""
    worlds = FEWER if quick else WORLDS
    progress("event statistics of the model")
    sums = {"model": bootstrap_sums([COUNT_EVENTS(name, worlds) for name in HOSTILE_PAIRS])}
    for name, rival in rivals_without("").items():
        progress(f"event statistics of {name}")
        sums[name] = rival_sums(rival, worlds)
    rows = [statistics_row(name, each) for name, each in sums.items()]
    reproduced = "; ".join(f"{row['forecaster']} {row['verdict'].removeprefix('reproduces ')}" for row in rows)
    lead = (
        f"Of E1, E2 and E4, forecasters reproduce at their fits: {reproduced}. The model was fitted to these patterns, "
        "the rivals to coded acts alone."
    )
    return ValidationPart("rival-series", "Event statistics of rivals", lead, rows, 0, None, NOTES)
