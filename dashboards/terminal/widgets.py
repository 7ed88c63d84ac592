"""Console, tables and text plots of the command line."""

import os
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

BLOCKS = "▁▂▃▄▅▆▇█"


def line_plot(values: Sequence[float], top: float = 1.0, width: int = 60) -> str:
    """Return a series as a row of blocks from 0 to `top`, at most `width` blocks; averages groups of values."""
    count = min(width, len(values))
    groups = [values[at * len(values) // count : (at + 1) * len(values) // count] for at in range(count)]
    levels = [sum(group) / len(group) / top if top > 0 else 0.0 for group in groups]
    return "".join(BLOCKS[min(int(max(level, 0.0) * 8), 7)] for level in levels)


def signed_bar(value: float, largest: float, width: int = 14) -> str:
    """Return a bar of length proportional to the value, with its sign."""
    length = round(abs(value) / largest * width) if largest > 0 else 0
    return ("+" if value >= 0 else "-") + "█" * length


def console(unlimited_width: bool = False) -> Console:
    """Return a console. Rich omits colour if the output is not a terminal or NO_COLOR is set.

    unlimited_width: outside a terminal, print each row of a table on one line, for searching.
    """
    screen = Console(highlight=False)
    if unlimited_width and not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = UNLIMITED_WIDTH
    return screen


UNLIMITED_WIDTH = 10_000  # columns


def plain_table(*headings: str, keep_names_whole: bool = False) -> Table:
    """Return a table without borders. If space is short, only the first column folds.

    keep_names_whole: the first column does not fold either, because users type these names.
    """
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for place, heading in enumerate(headings):
        table.add_column(heading, no_wrap=keep_names_whole or place > 0, overflow="fold")
    return table
