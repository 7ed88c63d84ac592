"""Watched runs, in separate processes: single runs, and the compiled kernel compared with `mesa.batch_run`."""

import statistics
import sys
from pathlib import Path

from benchmarks.compiled import SCENARIO, cpu_time_per_run, wall_time_per_run
from benchmarks.processes import run_program
from benchmarks.table import Measurement

ROUNDS = 120
DETENTE = Path(sys.executable).with_name("detente")


def single_runs() -> list[Measurement]:
    """Measure one watched run, and the command `detente run`."""
    command_times, memory = run_program("whole_command", DETENTE, "run", SCENARIO)
    times = run_program("single_runs", SCENARIO)
    return [
        Measurement(f"watched run of {SCENARIO}, ledger on", statistics.median(times[:3]), "s", 1.0),
        Measurement("  ledger off", statistics.median(times[3:]), "s"),
        Measurement(f"`detente run {SCENARIO}` as a command, warm cache", statistics.median(command_times), "s", 4.0),
        Measurement("  its peak memory", memory, "MB", 400.0),
    ]


def batch_run_comparison() -> list[Measurement]:
    """Measure the speed-up of the compiled kernel with one thread (CPU time) and two threads (wall time)."""
    batch_one, compiled_one, compiled_two, batch_two = [], [], [], []
    for _ in range(2):
        compiled_one.append(cpu_time_per_run(256, ROUNDS))
        batch_one.append(run_program("batch_run", SCENARIO, ROUNDS, 16, 1))
        compiled_two.append(wall_time_per_run(512, ROUNDS))
        batch_two.append(run_program("batch_run", SCENARIO, ROUNDS, 40, 2))
    compiled_one.append(cpu_time_per_run(256, ROUNDS))
    compiled_two.append(wall_time_per_run(512, ROUNDS))
    batch_1, compiled_1, batch_2, compiled_2 = map(
        statistics.median, (batch_one, compiled_one, batch_two, compiled_two)
    )
    one_thread = f"compiled, 1 thread, compared with batch_run, 1 process ({ROUNDS} rounds)"
    two_threads = "compiled, 2 threads, compared with batch_run, 2 processes"
    return [
        Measurement(one_thread, batch_1 / compiled_1, "x", 50, 130, higher_is_better=True),
        Measurement("  batch_run, CPU time of a run", batch_1 * 1e3, "ms"),
        Measurement("  compiled, CPU time of a run", compiled_1 * 1e3, "ms"),
        Measurement(two_threads, batch_2 / compiled_2, "x", 80, 170, higher_is_better=True),
        Measurement("  batch_run, wall time per run", batch_2 * 1e3, "ms"),
        Measurement("  compiled, wall time per run", compiled_2 * 1e3, "ms"),
    ]
