"""The table of measurements: values, targets, and the last recorded values."""

import json
import os
import platform
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from experiments.engine.processes import processor_count
from model.atomic_files import write_atomically

RECORDED = Path(__file__).with_name("recorded.json")
HEADINGS = ("benchmark", "measured", "target", "stretch target", "", "recorded", "ratio")


class Measurement(NamedTuple):
    """One line of the table: a value with its unit, and its targets."""

    what: str
    value: float
    unit: str
    target: float | None = None
    stretch: float | None = None
    higher_is_better: bool = False

    def reaches(self, target: float) -> bool:
        """Return whether the value meets a target."""
        return self.value >= target if self.higher_is_better else self.value <= target

    @property
    def verdict(self) -> str:
        """Return which target is met, as text."""
        if self.target is None:
            return ""
        if self.stretch is not None and self.reaches(self.stretch):
            return "stretch met"
        return "met" if self.reaches(self.target) else "MISSED"


def format_number(value: float | None) -> str:
    """Return a number with three significant digits, as text."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def core_share(seconds: float = 0.5) -> float:
    """Return the share of a core that a busy thread gets; below 0.95, other programs are running."""
    start, used = time.perf_counter(), time.thread_time()
    while time.perf_counter() - start < seconds:
        pass
    return (time.thread_time() - used) / (time.perf_counter() - start)


def read_recorded() -> dict[str, float]:
    """Return the values of the last recorded table by line; empty if there is none."""
    if not RECORDED.is_file():
        return {}
    return {row["what"]: row["value"] for row in json.loads(RECORDED.read_text("utf-8"))["rows"]}


def write_recorded(rows: list[Measurement]) -> None:
    """Write the table to ``recorded.json``; lines that were not measured keep their recorded values."""
    old = json.loads(RECORDED.read_text("utf-8"))["rows"] if RECORDED.is_file() else []
    now = [{"what": row.what, "value": float(f"{row.value:.4g}"), "unit": row.unit} for row in rows]
    measured = {row.what for row in rows}
    others = [row for row in old if row["what"] not in measured]
    machine = {"recorded": time.strftime("%Y-%m-%d"), "cores": processor_count(), "machine": platform.machine()}
    text = json.dumps({**machine, "rows": now + others}, indent=1)
    write_atomically(RECORDED, (text + "\n").encode())


def print_table(rows: list[Measurement]) -> None:
    """Print measurements, targets and recorded values."""
    table, recorded = Table(box=None, padding=(0, 1), header_style="dim"), read_recorded()
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in ("benchmark", "") else "right")
    for row in rows:
        before = recorded.get(row.what)
        change = format_number(row.value / before) if before else ""
        measured = f"{format_number(row.value)} {row.unit}"
        style = "red" if row.verdict == "MISSED" else None
        limits = format_number(row.target), format_number(row.stretch)
        table.add_row(row.what, measured, *limits, row.verdict, format_number(before), change, style=style)
    Console(highlight=False, width=None if os.isatty(1) else 170).print(table)
