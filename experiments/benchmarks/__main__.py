"""Measure how long a watched run takes, a whole command, and how many times faster the compiled kernel is.

`python -m experiments.benchmarks`. Everything is measured in one go on one machine; the ratios
travel better than the seconds. The watched model is run as a command, since this wing knows no Mesa.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from experiments.kernel import measure
from model.overrides import forced
from model.scenario import load
from model.world import World

SCENARIO = "us-iran-2026"
WATCH = """
import json, sys, time
from agents.assembly import Assembly
Assembly({name!r}, rng=1).run(2)
times = []
for ledger in (True, True, True, False, False, False):
    start = time.perf_counter()
    Assembly({name!r}, rng=2, ledger=ledger).run()
    times.append(time.perf_counter() - start)
print(json.dumps(times))
"""


class Measured(NamedTuple):
    """One line of the table: what, how much, what was aimed at."""

    what: str
    value: float
    unit: str
    target: str


def watched() -> tuple[float, float]:
    """Time a watched run of all rounds with the ledger and without, in seconds after start-up."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH.format(name=SCENARIO)], capture_output=True, text=True, check=True
    )
    times = json.loads(done.stdout)
    return statistics.median(times[:3]), statistics.median(times[3:])


def command() -> tuple[float, float]:
    """Time `detente run` as a whole command, warm, in seconds; and its peak memory in MB."""
    detente = Path(sys.executable).with_name("detente")
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run([detente, "run", SCENARIO], cwd=folder, check=True, capture_output=True, env=os.environ)
            times.append(time.perf_counter() - start)
    return statistics.median(times), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def compiled(worlds: int = 300) -> float:
    """Time one compiled run of all rounds, in seconds, over many seeds."""
    setting = load(SCENARIO)
    first = World(setting, 1, forced(setting))
    measure(first.like(1), setting.rounds)
    start = time.perf_counter()
    for seed in range(worlds):
        measure(first.like(seed), setting.rounds)
    return (time.perf_counter() - start) / worlds


def benchmarks() -> list[Measured]:
    """Measure everything."""
    told, silent = watched()
    whole, memory = command()
    quick = compiled()
    return [
        Measured(f"watched run of {SCENARIO}, ledger on", told, "s", "under 1.0"),
        Measured("the same, ledger off", silent, "s", ""),
        Measured(f"`detente run {SCENARIO}` as a whole command, warm", whole, "s", "under 4"),
        Measured("peak memory of that command", memory, "MB", "under 400"),
        Measured("one compiled run", quick * 1000, "ms", ""),
        Measured("watched run, ledger off, over a compiled one", silent / quick, "times", ""),
    ]


def main() -> None:
    """Print the table."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("what", "measured", "target"):
        table.add_column(heading)
    for row in benchmarks():
        table.add_row(row.what, f"{row.value:.3g} {row.unit}", row.target)
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
