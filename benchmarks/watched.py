"""The watched side, in processes of its own: single runs, and the compiled kernel against `mesa.batch_run`."""

import statistics
import sys
from pathlib import Path

from benchmarks.compiled import SCENARIO, cpu_time_per_run, wall_time_per_run
from benchmarks.processes import run_program
from benchmarks.table import Measurement

ROUNDS = 120
DETENTE = Path(sys.executable).with_name("detente")


def single_runs() -> list[Measurement]:
    """Measure one watched run and the command around it."""
    whole, memory = run_program("whole_command", DETENTE, "run", SCENARIO)
    times = run_program("single_runs", SCENARIO)
    return [
        Measurement(f"watched run of {SCENARIO}, ledger on", statistics.median(times[:3]), "s", 1.0),
        Measurement("  ledger off", statistics.median(times[3:]), "s"),
        Measurement(f"`detente run {SCENARIO}` as a whole command, warm", statistics.median(whole), "s", 4.0),
        Measurement("  its peak memory", memory, "MB", 400.0),
    ]


def batch_run_comparison() -> list[Measurement]:
    """Measure how many times faster the compiled kernel is, with one thread (CPU time) and two (wall time)."""
    slow, quick, alone, both = [], [], [], []
    for _ in range(2):
        quick.append(cpu_time_per_run(256, ROUNDS))
        slow.append(run_program("batch_run", SCENARIO, ROUNDS, 16, 1))
        alone.append(wall_time_per_run(512, ROUNDS))
        both.append(run_program("batch_run", SCENARIO, ROUNDS, 40, 2))
    quick.append(cpu_time_per_run(256, ROUNDS))
    alone.append(wall_time_per_run(512, ROUNDS))
    slow_1, quick_1, slow_2, quick_2 = map(statistics.median, (slow, quick, both, alone))
    one = f"compiled, 1 thread, against batch_run, 1 process ({ROUNDS} rounds)"
    two = "compiled, 2 threads, against batch_run, 2 processes, both in full swing"
    return [
        Measurement(one, slow_1 / quick_1, "x", 50, 130, more=True),
        Measurement("  batch_run, CPU time of a run", slow_1 * 1e3, "ms"),
        Measurement("  compiled, CPU time of a run", quick_1 * 1e3, "ms"),
        Measurement(two, slow_2 / quick_2, "x", 80, 170, more=True),
        Measurement("  batch_run, time from run to run", slow_2 * 1e3, "ms"),
        Measurement("  compiled, time from run to run", quick_2 * 1e3, "ms"),
    ]
