"""Screens for a decision: its conditions, the values that change it, and the outcomes after its opposite."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.labels import OUTCOME_LABELS, format_number
from dashboards.terminal.widgets import plain_table, signed_bar
from dashboards.verdict import describe_verdict

if TYPE_CHECKING:
    from experiments.counterfactuals.flips import LeverFlip, ReplayedDecision, TermFlip


def decision_screen(question: "ReplayedDecision", sentence: str, terms: Iterable["TermFlip"]) -> RenderableType:
    """Return the conditions of a decision, their terms as bars, and the value of each term that changes it."""
    flips = {(flip.condition, flip.term): flip for flip in terms}
    parts: list[RenderableType] = [Text(sentence, style="bold")]
    for condition in question.conditions:
        verdict = ("Holds", "green") if condition.holds else ("Does not hold", "yellow")
        parts.append(
            Text.assemble(
                f"\n{condition.meaning} ",
                verdict,
                f". {describe_verdict(question, condition)}",
            )
        )
        grid = Table(box=None, padding=(0, 2), header_style="dim")
        for heading in ("term", "value", "", "decision changes at"):
            grid.add_column(heading)
        largest = max((abs(value) for value in condition.terms.values()), default=1.0)
        for name, value in condition.terms.items():
            flip = flips[condition.name, name]
            at = f"{flip.to:.4g}" if flip.to is not None else "none in range"
            grid.add_row(f"  {name}", format_number(value), Text(signed_bar(value, largest), style="cyan"), at)
        parts.append(grid)
    return Group(*parts)


def lever_screen(flips: Iterable["LeverFlip"], describe: Any) -> RenderableType:
    """Return the nearest value of each lever that changes the decision."""
    grid = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("lever, from round 0", "value", "changes at", "decision"):
        grid.add_column(heading, overflow="fold")
    none = []
    nearest = sorted(
        flips, key=lambda flip: abs((flip.to or 0.0) - flip.lever.value) / (flip.lever.high - flip.lever.low)
    )
    for flip in nearest:
        if flip.to is None or flip.becomes is None:
            none.append(flip.lever.path)
        else:
            grid.add_row(
                flip.lever.path, format_number(flip.lever.value), format_number(flip.to), describe(flip.becomes)
            )
    note = f"Other levers, of which no value tried gives another decision: {len(none)}" + (
        " (listed by --json)." if none else "."
    )
    if not grid.rows:
        return Text(f"\nNo lever changes the decision at any value tried (levers: {len(none)}).")
    return Group(
        Text("\nLevers that change the decision (each verified by replay)", style="bold"), grid, Text(note, style="dim")
    )


def opposite_screen(cost: Mapping[str, float], opposite: str) -> RenderableType:
    """Return the outcome shares of 1,000 resampled continuations after a decision and after its opposite."""
    table = plain_table("outcome", "actual", "opposite", "difference")
    for name, label in OUTCOME_LABELS.items():
        actual, other = cost[f"went_{name}"], cost[f"turned_{name}"]
        table.add_row(label, f"{actual:.1%}", f"{other:.1%}", f"{(other - actual) * 100:+.1f} points")
    title = Text(
        "\nOutcomes of 1,000 simulated futures after it and after its opposite (common random numbers)", style="bold"
    )
    return Group(title, Text(f"Opposite: {opposite}"), table)
