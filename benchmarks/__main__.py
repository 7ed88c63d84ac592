"""Measure speed on two cores of this machine, and print it beside its targets and the last recorded table.

`python -m benchmarks [--cold] [--long] [--browser] [--classroom] [--record]`. All in one go; the
ratios travel better than the seconds. Ratios for one thread are of CPU time, those for two of wall time.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable

from benchmarks.answers import changed_parameter, first_answer, first_answer_cold
from benchmarks.browser import browser_times
from benchmarks.classroom import classroom_times
from benchmarks.growth import growth, million_worlds
from benchmarks.rules_alone import driver_overhead
from benchmarks.sweeps import sobol_study, sweep_benchmarks
from benchmarks.table import Measurement, core_share, print_table, write_recorded
from benchmarks.watched import batch_run_comparison, single_runs

BenchmarkGroup = Callable[[], list[Measurement]]
DEFAULT_GROUPS: tuple[BenchmarkGroup, ...] = (
    batch_run_comparison,
    driver_overhead,
    changed_parameter,
    first_answer,
    growth,
    single_runs,
    sweep_benchmarks,
)


def parse_options() -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the speed.")
    parser.add_argument("--cold", action="store_true", help="also the first answer with nothing cached (minutes)")
    parser.add_argument("--long", action="store_true", help="also a million worlds and a whole Sobol study (minutes)")
    parser.add_argument("--browser", action="store_true", help="the dashboard in a real browser, and nothing else")
    parser.add_argument("--classroom", action="store_true", help="forty students at one lesson, and nothing else")
    parser.add_argument("--record", action="store_true", help="record the table, to compare with later")
    return parser.parse_args()


def limit_to_two_cores() -> int:
    """Keep to two cores, this process and all it starts; give the number of cores there are."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:2])
    return len(cores)


def run_groups(groups: list[BenchmarkGroup]) -> list[Measurement]:
    """Measure one group after the other."""
    rows: list[Measurement] = []
    for group in groups:
        begun = time.perf_counter()
        print(f"measuring: {group.__name__.replace('_', ' ')}", end="", file=sys.stderr, flush=True)
        rows += group()
        print(f" ({time.perf_counter() - begun:.0f} s)", file=sys.stderr)
    return rows


def main() -> None:
    """Measure, print, and record if asked to."""
    options, cores = parse_options(), limit_to_two_cores()
    groups = [*DEFAULT_GROUPS, *[first_answer_cold] * options.cold, *[million_worlds, sobol_study] * options.long]
    if options.browser:
        groups = [browser_times]
    if options.classroom:
        groups = [classroom_times]
    before = core_share()
    rows = run_groups(groups)
    least = min(before, core_share())
    print_table(rows)
    print(f"Measured on 2 of {cores} cores. A busy thread got {least:.0%} of its core", end="")
    print(": others were at work, read times with care." if least < 0.95 else ".")
    if options.record:
        write_recorded(rows)


if __name__ == "__main__":
    main()
