"""Measure speed on two cores of this machine, and compare it with targets and the last recorded table.

`python -m benchmarks [--cold] [--long] [--designs] [--browser] [--classroom] [--record]`. Between machines, compare
ratios rather than seconds. Ratios for one thread are of CPU time, those for two threads of wall time.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable

from benchmarks.answers import changed_parameter, first_answer, first_answer_cold
from benchmarks.browser import browser_times
from benchmarks.classroom import classroom_times
from benchmarks.designs import design_growth, design_speed
from benchmarks.growth import growth, million_worlds
from benchmarks.rules_alone import driver_overhead
from benchmarks.sweeps import sobol_study, sweep_benchmarks
from benchmarks.table import Measurement, core_share, print_table, write_recorded
from benchmarks.watched import batch_run_comparison, single_runs
from experiments.engine.processes import processor_count

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
    """Parse the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed.")
    parser.add_argument("--cold", action="store_true", help="also measure a cold start (minutes)")
    parser.add_argument("--long", action="store_true", help="also measure a million worlds and a Sobol study (minutes)")
    parser.add_argument("--designs", action="store_true", help="measure only designs and a Sobol study (minutes)")
    parser.add_argument("--browser", action="store_true", help="measure only the dashboard in a browser")
    parser.add_argument("--classroom", action="store_true", help="measure only a lesson with forty students")
    parser.add_argument("--record", action="store_true", help="record the table for later comparison")
    return parser.parse_args()


def limit_to_two_cores() -> int:
    """Limit this process and its children to two cores. Returns the number of cores of the machine."""
    if not hasattr(os, "sched_setaffinity"):
        return processor_count()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:2])
    return len(cores)


def run_groups(groups: list[BenchmarkGroup]) -> list[Measurement]:
    """Run groups of benchmarks one after the other."""
    rows: list[Measurement] = []
    for group in groups:
        begun = time.perf_counter()
        print(f"measuring: {group.__name__.replace('_', ' ')}", end="", file=sys.stderr, flush=True)
        rows += group()
        print(f" ({time.perf_counter() - begun:.0f} s)", file=sys.stderr)
    return rows


def main() -> None:
    """Run the benchmarks, print the table, and record it if requested."""
    options, cores = parse_options(), limit_to_two_cores()
    groups = [*DEFAULT_GROUPS, *[first_answer_cold] * options.cold, *[million_worlds, sobol_study] * options.long]
    if options.designs:
        groups = [design_speed, sobol_study, design_growth]
    if options.browser:
        groups = [browser_times]
    if options.classroom:
        groups = [classroom_times]
    before = core_share()
    rows = run_groups(groups)
    least = min(before, core_share())
    print_table(rows)
    print(f"Measured on 2 of {cores} cores. A busy thread got {least:.0%} of its core", end="")
    print(": other programs were running, so the times are unreliable." if least < 0.95 else ".")
    if options.record:
        write_recorded(rows)


if __name__ == "__main__":
    main()
