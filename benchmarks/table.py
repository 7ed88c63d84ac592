"""The table of what was measured: targets, what the last recorded table said, and whether a target was met."""

import json
import os
import platform
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from model.atomic_files import write_atomically

RECORDED = Path(__file__).with_name("recorded.json")
HEADINGS = ("what", "measured", "must", "stretch", "", "recorded", "now / then")


class Measurement(NamedTuple):
    """One line of the table: what, how much, and what must and might be reached."""

    what: str
    value: float
    unit: str
    must: float | None = None
    stretch: float | None = None
    more: bool = False  # whether more is better

    def reaches(self, target: float) -> bool:
        """Say whether the value is as good as a target."""
        return self.value >= target if self.more else self.value <= target

    @property
    def verdict(self) -> str:
        """Say which target is met."""
        if self.must is None:
            return ""
        if self.stretch is not None and self.reaches(self.stretch):
            return "stretch met"
        return "met" if self.reaches(self.must) else "MISSED"


def format_number(value: float | None) -> str:
    """Write a number with three digits that matter."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def core_share(seconds: float = 0.5) -> float:
    """Measure what share of a core a busy thread gets now: below 0.95 others are at work."""
    start, used = time.perf_counter(), time.thread_time()
    while time.perf_counter() - start < seconds:
        pass
    return (time.thread_time() - used) / (time.perf_counter() - start)


def read_recorded() -> dict[str, float]:
    """Read the last recorded table, value by line; none if there is none."""
    if not RECORDED.is_file():
        return {}
    return {row["what"]: row["value"] for row in json.loads(RECORDED.read_text("utf-8"))["rows"]}


def write_recorded(rows: list[Measurement]) -> None:
    """Write the table beside this file; lines not measured this time keep what was recorded."""
    old = json.loads(RECORDED.read_text("utf-8"))["rows"] if RECORDED.is_file() else []
    now = [{"what": row.what, "value": float(f"{row.value:.4g}"), "unit": row.unit} for row in rows]
    measured = {row.what for row in rows}
    kept = [row for row in old if row["what"] not in measured]
    facts = {"recorded": time.strftime("%Y-%m-%d"), "cores": os.cpu_count(), "machine": platform.machine()}
    text = json.dumps({**facts, "rows": now + kept}, indent=1)
    write_atomically(RECORDED, (text + "\n").encode())


def print_table(rows: list[Measurement]) -> None:
    """Print the table beside its targets and the last recorded one."""
    table, then = Table(box=None, padding=(0, 1), header_style="dim"), read_recorded()
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    for row in rows:
        before = then.get(row.what)
        change = format_number(row.value / before) if before else ""
        measured = f"{format_number(row.value)} {row.unit}"
        style = "red" if row.verdict == "MISSED" else None
        limits = format_number(row.must), format_number(row.stretch)
        table.add_row(row.what, measured, *limits, row.verdict, format_number(before), change, style=style)
    Console(highlight=False, width=None if os.isatty(1) else 170).print(table)
