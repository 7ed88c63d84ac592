"""Screens of the commands `scenarios` and `parameters`."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dashboards.labels import format_number

if TYPE_CHECKING:
    from model.scenario import Scenario


def scenario_table(scenarios: Iterable["Scenario"]) -> Table:
    """Return a table of scenarios."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("name", "rounds", "title"):
        table.add_column(heading, no_wrap=heading == "name")
    for scenario in scenarios:
        table.add_row(scenario.name, str(scenario.rounds), scenario.title["en"])
    return table


MIN_TABLE_WIDTH = 170  # columns; below, each parameter takes a few lines instead of a table row


def parameter_table(settings: Sequence[Any], width: int, value_heading: str = "default") -> RenderableType:
    """Return parameters as a table, or as a few lines each if `width` is too small."""
    rows = [
        (
            each.path,
            format_number(each.value),
            f"{format_number(each.low)} to {format_number(each.high)}",
            each.unit,
            "lever" if each.lever else "uncertainty",
            each.layer,
            each.meaning,
            each.source,
        )
        for each in settings
    ]
    if width < MIN_TABLE_WIDTH:
        return Group(*(_parameter_lines(*row) for row in rows))
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("parameter", value_heading, "range", "unit", "role"):
        table.add_column(heading, no_wrap=True)
    table.add_column("layer", no_wrap=True)
    for heading in ("meaning", "source"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _parameter_lines(path: str, *words: str) -> Group:
    *facts, meaning, source = words
    description = Text(f"{', '.join(filter(None, facts))}: {meaning} [{source}]")
    return Group(Text(path, style="bold", overflow="fold"), Padding(description, (0, 0, 0, 4)))
