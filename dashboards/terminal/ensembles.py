"""Screens of the commands `ensemble`, `compare` and `pivot`."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.labels import OUTCOME_LABELS, format_number
from dashboards.terminal.widgets import line_plot, plain_table, signed_bar
from experiments.counterfactuals.turning_points import PivotResult, cell_names
from experiments.ensembles.compare import Comparison
from experiments.ensembles.ensemble import Ensemble
from experiments.ensembles.statistics import Effect

SCREEN_INDICATORS = ("trust", "tension", "deal_progress", "contact")


def ensemble_screen(ensemble: Ensemble, width: int = 80) -> RenderableType:
    """Return outcome shares, times to the first deal and percentile bands, `width` columns wide."""
    head = Text.assemble((ensemble.scenario, "bold"), f"  {len(ensemble.seeds):,} worlds, {ensemble.seed_range}")
    shares, longest = plain_table("outcome", "share", "95 % interval", ""), max(min(30, width - 50), 0)
    for name, share in ensemble.shares().items():
        interval = f"{share.low:.1%} to {share.high:.1%}"
        shares.add_row(
            OUTCOME_LABELS[name], f"{share.share:.1%}", interval, Text("█" * round(share.share * longest), style="cyan")
        )
    deals = [f"{talks}: {describe_median(ensemble, talks)}" for talks in ensemble.negotiations]
    bands = plain_table("indicator", "5 %", "median", "95 %")
    for name in SCREEN_INDICATORS:
        top = max(1.0, float(ensemble.band(name, 95).max()))
        lines = [
            line_plot(ensemble.band(name, p)[1:].tolist(), top, max(min(17, (width - 20) // 3), 3)) for p in (5, 50, 95)
        ]
        bands.add_row(name.replace("_", " "), *lines)
    note = Text(
        f"Shares follow from the assumptions; they are not a forecast. Bands of {ensemble.band_worlds:,} worlds.",
        style="dim",
    )
    if ensemble.sample is not None:
        note = Text(
            "Each world plays with a draw from the plausible sample: shares and bands show chance, and not knowing the "
            f"parameters. Plausible, not probable; not a forecast. Bands of {ensemble.band_worlds:,} worlds.",
            style="dim",
        )
    parts = [head, shares, Text("Median round of the first deal: " + "; ".join(deals))]
    if ensemble.last_rounds is not None:
        stopped = float((ensemble.last_rounds < ensemble.rounds).mean())
        text = (
            f"Rounds played: {ensemble.last_rounds.mean():.1f} on average; {stopped:.1%} of worlds end early and keep "
        )
        text += "their last values in the bands."
        parts.append(Text(text))
    if ensemble.metrics:
        parts.append(metric_table(ensemble))
    return Group(*parts, bands, note)


def metric_table(ensemble: Ensemble) -> Table:
    """Return a table of the metrics: mean over the worlds that have a value, interval, worlds without a value."""
    table = plain_table("metric", "mean", "95 % interval", "missing")
    for name, each in ensemble.metric_means().items():
        mean = f"{each.mean:.4g}" if each.mean == each.mean else "-"
        interval = f"{each.low:.4g} to {each.high:.4g}" if each.low == each.low else "-"
        table.add_row(name, mean, interval, f"{each.missing:,}")
    return table


def describe_median(ensemble: Ensemble, talks: str) -> str:
    """Return the median round of the first deal, with the share of worlds without one."""
    times = ensemble.first_deals(talks)
    without = f"{times.censored.mean():.0%} of worlds have none"
    return f"{times.median:g} ({without})" if times.median is not None else f"no median ({without})"


def format_effect(name: str, effect: Effect) -> tuple[str, str, str]:
    """Return measure, difference and interval of an effect; outcomes in percentage points, no interval: "-"."""
    points = name in OUTCOME_LABELS or name == "some_deal"
    difference, low, high = (f"{value * 100:+.1f}" if points else f"{value:+.3f}" for value in effect[:3])
    interval = f"{low} to {high}" if effect.low == effect.low else "-"
    return OUTCOME_LABELS.get(name, name.replace("_", " ")), difference, interval


def contrast_screen(one: Ensemble, other: Ensemble, effects: Mapping[str, Effect]) -> RenderableType:
    """Return the differences between a saved ensemble and a new one."""
    table = plain_table("measure", "difference", "95 % interval")
    for name, effect in effects.items():
        table.add_row(*format_effect(name, effect))
    relation = "common random numbers" if list(one.seeds) == list(other.seeds) else "independent random numbers"
    relation += "" if one.scenario == other.scenario else "; another scenario"
    return Group(
        Text.assemble(("against ", "bold"), f"{one.scenario}, {len(one.seeds):,} worlds, {one.seed_range}: {relation}"),
        table,
    )


def format_set_value(value: Any) -> str:
    """Return a value in the syntax of --set."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def comparison_screen(comparison: Comparison, changes: Mapping[str, Any]) -> RenderableType:
    """Return the paired effects of changes."""
    changed = " ".join(f"--set {shlex.quote(f'{path}={format_set_value(value)}')}" for path, value in changes.items())
    head = Text.assemble(
        (changed, "bold"),
        f"\n{comparison.worlds:,} worlds with and without, from seed {comparison.seed}; outcomes in percentage points",
    )
    table = plain_table("measure", "effect", "95 % interval", "changed", "independent runs")
    for name, effect in comparison.effects.items():
        needed = "-" if effect.independent_runs is None else f"{effect.independent_runs:,}"
        table.add_row(*format_effect(name, effect), f"{effect.share_of_worlds_changed:.1%}", needed)
    tail = Text(
        f"{comparison.share_of_worlds_changed:.1%} of worlds differ in any round. Independent runs: the number of runs "
        "per setting that would give the same precision without common random numbers.",
        style="dim",
    )
    return Group(head, table, tail)


def pivot_screen(result: PivotResult, width: int = 80) -> RenderableType:
    """Return the probability of a deal by round and the decisions that change it most, `width` columns wide."""
    turning, deal, decisions = result.turning_round, result.chances.deal, result.actions
    head = Text.assemble(
        (result.scenario.title["en"], "bold"),
        f"\nseed {result.seed}, {result.chances.futures} simulated futures from every round",
    )
    line = Text.assemble("deal probability  ", (line_plot(deal.tolist(), 1.0, max(min(56, width - 19), 8)), "cyan"))
    turning_point = Text(
        f"Turning point: round {turning}, from {deal[turning - 1]:.0%} to {deal[turning]:.0%}.", style="bold"
    )
    table = plain_table("decision in that round", "was", "opposite", "deal probability", "95 % interval", "")
    largest = max((abs(each.deal - each.deal_otherwise) for each in decisions), default=0.0)
    for each in decisions[:6]:
        difference = each.deal_otherwise - each.deal
        label = f"{each.act} {cell_names(result.scenario, each)}"
        chance = f"{each.deal:.0%} -> {each.deal_otherwise:.0%}"
        interval = f"{each.low * 100:+.0f} to {each.high * 100:+.0f}"
        plot = signed_bar(difference, largest, 8) if width >= 72 else ""
        table.add_row(label, format_number(each.value), format_number(each.otherwise), chance, interval, plot)
    note = Text(
        "Interval: of the difference in percentage points, with common random numbers. Probabilities follow from the "
        "assumptions; they are not a forecast.",
        style="dim",
    )
    return Group(head, line, turning_point, table, note)
