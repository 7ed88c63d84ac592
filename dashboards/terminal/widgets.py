"""What the command line shows: its console, its lists, and a screen for a decision; nothing here needs the rules."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from experiments.counterfactuals.flips import LeverFlip, Question, TermFlip
    from model.scenario import Scenario

BLOCKS = "▁▂▃▄▅▆▇█"
OUTCOMES = {
    "comprehensive_deal": "comprehensive deal",
    "partial_arrangement": "partial arrangement",
    "managed_contact": "managed contact",
    "breakdown": "breakdown",
}


def line_plot(values: Sequence[float], top: float = 1.0, width: int = 60) -> str:
    """Draw a series as a row of blocks, one per value or per group of values, on a scale from 0 to top."""
    count = min(width, len(values))
    groups = [values[at * len(values) // count : (at + 1) * len(values) // count] for at in range(count)]
    levels = [sum(group) / len(group) / top if top > 0 else 0.0 for group in groups]
    return "".join(BLOCKS[min(int(max(level, 0.0) * 8), 7)] for level in levels)


def bar(value: float, largest: float, width: int = 14) -> str:
    """Draw a signed bar."""
    length = round(abs(value) / largest * width) if largest > 0 else 0
    return ("+" if value >= 0 else "-") + "█" * length


def number(value: float) -> str:
    """Write a number shortly."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e4 else f"{value:.3g}"


def decision_screen(question: "Question", sentence: str, terms: Iterable["TermFlip"]) -> RenderableType:
    """Show a decision: its conditions, their terms as bars, and what would have flipped each."""
    flips = {(flip.condition, flip.term): flip for flip in terms}
    parts: list[RenderableType] = [Text(sentence, style="bold")]
    for condition in question.conditions:
        mark = ("holds", "green") if condition.holds else ("does not hold", "yellow")
        parts.append(
            Text.assemble(
                f"\n{condition.meaning} ",
                mark,
                f": {number(condition.score)} against {number(condition.threshold)}",
            )
        )
        grid = Table(box=None, padding=(0, 2), header_style="dim")
        for heading in ("term", "value", "", "the decision flips at"):
            grid.add_column(heading)
        largest = max((abs(value) for value in condition.terms.values()), default=1.0)
        for name, value in condition.terms.items():
            flip = flips[condition.name, name]
            at = f"{flip.to:.4g}" if flip.to is not None else "none in range"
            grid.add_row(f"  {name}", number(value), Text(bar(value, largest), style="cyan"), at)
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
            grid.add_row(flip.lever.path, number(flip.lever.value), number(flip.to), describe(flip.becomes))
    words = f"No value in range does so for {len(none)} other levers" + (" (--json lists them)." if none else ".")
    quiet = Text(words, style="dim")
    if not grid.rows:
        return Text(f"\nNo lever, set from round 0, would have changed it: none of {len(none)} does in its range.")
    return Group(
        Text("\nLevers that would have changed it (each verified by playing again)", style="bold"), grid, quiet
    )


def scenario_table(scenarios: Iterable["Scenario"]) -> Table:
    """List scenarios with what they are about."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("name", "rounds", "what it is"):
        table.add_column(heading, no_wrap=heading == "name")
    for scenario in scenarios:
        table.add_row(scenario.name, str(scenario.rounds), scenario.title["en"])
    return table


def console(lines: bool = False) -> Console:
    """Open a console; rich leaves colour out where output is no terminal, and where NO_COLOR is set.

    lines: what no terminal shows is as wide as it is, a line a row, for who searches in it.
    """
    screen = Console(highlight=False)
    if lines and not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = ENDLESS
    return screen


ENDLESS = 10_000  # columns
WIDE = 170  # columns from which on a parameter has a row of a table


def parameter_table(settings: Sequence[Any], width: int) -> RenderableType:
    """List parameters as declared: a row each, or a few lines where there is no room for that."""
    rows = [
        (
            each.path,
            number(each.value),
            f"{number(each.low)} to {number(each.high)}",
            each.unit,
            "lever" if each.lever else "uncertainty",
            each.meaning,
            each.source,
        )
        for each in settings
    ]
    if width < WIDE:
        return Group(*(_parameter_lines(*row) for row in rows))
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("parameter", "default", "range", "unit", "role"):
        table.add_column(heading, no_wrap=True)
    for heading in ("meaning", "source"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _parameter_lines(path: str, value: str, limits: str, unit: str, role: str, meaning: str, source: str) -> Group:
    told = Text(f"{', '.join(filter(None, (value, limits, unit, role)))}: {meaning} [{source}]")
    return Group(Text(path, style="bold", overflow="fold"), Padding(told, (0, 0, 0, 4)))
