"""A decision on a terminal: its conditions, its flips, what it cost."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.labels import OUTCOME_LABELS, format_number
from dashboards.terminal.widgets import plain_table, signed_bar

if TYPE_CHECKING:
    from experiments.counterfactuals.flips import LeverFlip, ReplayedDecision, TermFlip


def decision_screen(question: "ReplayedDecision", sentence: str, terms: Iterable["TermFlip"]) -> RenderableType:
    """Show a decision: its conditions, their terms as bars, and what would have flipped each."""
    flips = {(flip.condition, flip.term): flip for flip in terms}
    parts: list[RenderableType] = [Text(sentence, style="bold")]
    for condition in question.conditions:
        mark = ("holds", "green") if condition.holds else ("does not hold", "yellow")
        parts.append(
            Text.assemble(
                f"\n{condition.meaning} ",
                mark,
                f": {format_number(condition.score)} against {format_number(condition.threshold)}",
            )
        )
        grid = Table(box=None, padding=(0, 2), header_style="dim")
        for heading in ("term", "value", "", "the decision flips at"):
            grid.add_column(heading)
        largest = max((abs(value) for value in condition.terms.values()), default=1.0)
        for name, value in condition.terms.items():
            flip = flips[condition.name, name]
            at = f"{flip.to:.4g}" if flip.to is not None else "none in range"
            grid.add_row(f"  {name}", format_number(value), Text(signed_bar(value, largest), style="cyan"), at)
        parts.append(grid)
    return Group(*parts)


def lever_screen(flips: Iterable["LeverFlip"], describe: Any) -> RenderableType:
    """Show the nearest value of each lever that flips the decision."""
    grid = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("lever, set from round 0", "now", "flips at", "then"):
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
    words = f"No value in range does so for {len(none)} other levers" + (" (--json lists them)." if none else ".")
    quiet = Text(words, style="dim")
    if not grid.rows:
        return Text(f"\nNo lever, set from round 0, would have changed it: none of {len(none)} does in its range.")
    return Group(
        Text("\nLevers that would have changed it (each verified by playing again)", style="bold"), grid, quiet
    )


def opposite_screen(cost: Mapping[str, float], opposite: str) -> RenderableType:
    """Show what became of a thousand redrawn futures after a decision and after its opposite, told in a sentence."""
    table = plain_table("outcome", "as it was", "otherwise", "difference")
    for name, label in OUTCOME_LABELS.items():
        went, turned = cost[f"went_{name}"], cost[f"turned_{name}"]
        table.add_row(label, f"{went:.1%}", f"{turned:.1%}", f"{(turned - went) * 100:+.1f} points")
    title = Text(
        "\nWhat it cost: 1,000 redrawn futures after it, and after its opposite, with the same dice", style="bold"
    )
    return Group(title, Text(f"The opposite: {opposite}"), table)
