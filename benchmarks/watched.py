"""The watched side, in processes of its own: single runs, and the compiled kernel against `mesa.batch_run`."""

import statistics
import sys
from pathlib import Path

from benchmarks.compiled import SCENARIO, one_thread, two_threads
from benchmarks.processes import measured_by
from benchmarks.table import Measured

ROUNDS = 120
DETENTE = Path(sys.executable).with_name("detente")


def single_runs() -> list[Measured]:
    """Measure one watched run and the command around it."""
    whole, memory = measured_by("whole_command", DETENTE, "run", SCENARIO)
    times = measured_by("single_runs", SCENARIO)
    return [
        Measured(f"watched run of {SCENARIO}, ledger on", statistics.median(times[:3]), "s", 1.0),
        Measured("  ledger off", statistics.median(times[3:]), "s"),
        Measured(f"`detente run {SCENARIO}` as a whole command, warm", statistics.median(whole), "s", 4.0),
        Measured("  its peak memory", memory, "MB", 400.0),
    ]


def against_batch_run() -> list[Measured]:
    """Measure how many times faster the compiled kernel is, with one thread (CPU time) and two (wall time)."""
    slow, quick, alone, both = [], [], [], []
    for _ in range(2):
        quick.append(one_thread(256, ROUNDS))
        slow.append(measured_by("batch_run", SCENARIO, ROUNDS, 16, 1))
        alone.append(two_threads(512, ROUNDS))
        both.append(measured_by("batch_run", SCENARIO, ROUNDS, 40, 2))
    quick.append(one_thread(256, ROUNDS))
    alone.append(two_threads(512, ROUNDS))
    slow_1, quick_1, slow_2, quick_2 = map(statistics.median, (slow, quick, both, alone))
    one = f"compiled, 1 thread, against batch_run, 1 process ({ROUNDS} rounds)"
    two = "compiled, 2 threads, against batch_run, 2 processes, both in full swing"
    return [
        Measured(one, slow_1 / quick_1, "x", 50, 130, more=True),
        Measured("  batch_run, CPU time of a run", slow_1 * 1e3, "ms"),
        Measured("  compiled, CPU time of a run", quick_1 * 1e3, "ms"),
        Measured(two, slow_2 / quick_2, "x", 80, 170, more=True),
        Measured("  batch_run, time from run to run", slow_2 * 1e3, "ms"),
        Measured("  compiled, time from run to run", quick_2 * 1e3, "ms"),
    ]
