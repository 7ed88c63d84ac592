"""What the command line shows: its console, its lists, and a screen for a decision; nothing here needs the rules."""

import os
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

BLOCKS = "▁▂▃▄▅▆▇█"


def line_plot(values: Sequence[float], top: float = 1.0, width: int = 60) -> str:
    """Draw a series as a row of blocks, one per value or per group of values, on a scale from 0 to top."""
    count = min(width, len(values))
    groups = [values[at * len(values) // count : (at + 1) * len(values) // count] for at in range(count)]
    levels = [sum(group) / len(group) / top if top > 0 else 0.0 for group in groups]
    return "".join(BLOCKS[min(int(max(level, 0.0) * 8), 7)] for level in levels)


def signed_bar(value: float, largest: float, width: int = 14) -> str:
    """Draw a signed bar."""
    length = round(abs(value) / largest * width) if largest > 0 else 0
    return ("+" if value >= 0 else "-") + "█" * length


def console(unlimited_width: bool = False) -> Console:
    """Open a console; rich leaves colour out where output is no terminal, and where NO_COLOR is set.

    lines: what no terminal shows is as wide as it is, a line a row, for who searches in it.
    """
    screen = Console(highlight=False)
    if unlimited_width and not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = UNLIMITED_WIDTH
    return screen


UNLIMITED_WIDTH = 10_000  # columns


def plain_table(*headings: str, keep_names_whole: bool = False) -> Table:
    """Make a plain table; where there is no room it is the names that fold, which come first, and never a number.

    kept: the names are kept whole, too, as one has to type them.
    """
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for place, heading in enumerate(headings):
        table.add_column(heading, no_wrap=keep_names_whole or place > 0, overflow="fold")
    return table
