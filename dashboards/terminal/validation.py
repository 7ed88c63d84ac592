"""Screens of the command `validate`, with failures first."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.reports.validation import count_verdicts, format_cell
from dashboards.terminal.widgets import plain_table
from experiments.validation.check import Check
from experiments.validation.closed_forms import UnmodelledResult
from experiments.validation.part import ValidationPart

MAX_FAILING_ROWS = 12  # failing rows per part
MAX_COLUMNS, MAX_CELL_LENGTH = (
    7,
    60,
)  # columns, and characters per cell; the report is complete


def validation_screen(parts: Sequence[ValidationPart], facts: dict[str, Any]) -> RenderableType:
    """Return the failing rows, then each part with its counts and its conclusion."""
    head = f"Validation of {facts['date']}, code {facts['code_digest']}" + (", quick" if facts["quick"] else "")
    table = plain_table("part", "rows")
    table.add_column("result", overflow="fold")
    for part in parts:
        counts = count_verdicts(part)
        style = "bold red" if counts.fail else "green" if counts.hold else ""
        table.add_row(Text(part.title), Text(str(counts), style=style), Text(part.lead))
    shown = [failing_rows(part) for part in parts if part.failing_rows]
    return Group(Text(head, style="bold"), *shown, table)


def failing_rows(part: ValidationPart) -> RenderableType:
    """Return the failing rows of a part, without their remarks."""
    keys = [key for key in part.failing_rows[0] if key not in ("remark", "formula", "verdict")]
    keys = [key for key in keys if all(len(format_cell(row[key])) <= MAX_CELL_LENGTH for row in part.failing_rows)][
        :MAX_COLUMNS
    ]
    table = Table(box=None, padding=(0, 1), header_style="dim", title=f"failing: {part.title}", title_justify="left")
    for key in keys:
        table.add_column(key.replace("_", " "), overflow="fold")
    for row in part.failing_rows[:MAX_FAILING_ROWS]:
        table.add_row(*(Text(format_cell(row[key])) for key in keys))
    more = len(part.failing_rows) - MAX_FAILING_ROWS
    return Group(table, Text(f"and {more} more")) if more > 0 else table


def check_screen(part: ValidationPart) -> RenderableType:
    """Return the results of single checks: closed form, simulated value, standard error and verdict."""
    parts: list[RenderableType] = []
    for row in part.rows:
        head = Text.assemble((f"{row['id']}  ", "bold"), row["quantity"], (f"  {row['formula']}", "dim"))
        table = Table(box=None, padding=(0, 1), show_header=False)
        for key in ("parameters", "expected", "simulated", "standard_error", "verdict", "remark"):
            value = f"{row[key]:.6g}" if isinstance(row[key], float) else format_cell(row[key])
            style = {"holds": "green", "fails": "bold red"}.get(value, "")
            table.add_row(Text(key.replace("_", " "), style="dim"), Text(value, style=style))
        parts += [head, table]
    return Group(*parts, *(Text(note, style="dim") for note in part.notes if " was skipped: " in note))


def checks_screen(checks: Iterable[Check], absent: Iterable[UnmodelledResult]) -> RenderableType:
    """Return the checks with their symbols, and the quantities that are not in the model."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("check", "quantity and closed form", "symbol = default, range, meaning"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        symbols = "\n".join(
            f"{name} = {each.default:g}, {each.low:g} to {each.high:g}{', whole' if each.whole else ''}: {each.meaning}"
            for name, each in check.symbols.items()
        )
        table.add_row(Text(check.id), Text(f"{check.quantity}\n{check.formula}"), Text(symbols or "none"))
    missing = Table(box=None, padding=(0, 1), header_style="dim", title="Not in the model", title_justify="left")
    for heading in ("row", "quantity", "why"):
        missing.add_column(heading, overflow="fold")
    for each in absent:
        missing.add_row(Text(each.id), Text(each.quantity), Text(each.reason))
    return Group(table, Text(""), missing)
