"""The overhead of the kernel and the ensemble, compared with a compiled loop that only calls the rules.

The loop calls every rule of a round over all its cells, on worlds recorded after each round of runs. It commits no
buffer, applies no override and computes no indicators.
"""

import statistics
import time
from functools import cache
from typing import Any

import numpy as np

from benchmarks.compiled import SCENARIO, benchmark_world, cpu_time_per_run, seed_range
from benchmarks.table import Measurement
from experiments.engine.kernel import advance
from experiments.ensembles.ensemble import play_ensemble
from model.acts import Act
from model.compiler import import_generated
from model.loading import load_scenario
from model.protocol import PROTOCOL
from model.scenario import Scenario
from model.world import World

WORLDS, ROUNDS = 16, 60
SOURCE_HEADER = '''"""Written by benchmarks/rules_alone.py from the protocol. Do not edit."""
from model.protocol import PROTOCOL
from model.compiler import internal, rule


'''
LOOP_SOURCE = '''@rule
def call_all(world, clocks, floats, integers, recorded_floats, recorded_integers, times):
    """Restore one recorded world after the other, and call all rules ``times`` times in each."""
    total = 0.0
    for at in range(len(clocks)):
        world.clock[0] = clocks[at]
        floats[:], integers[:] = recorded_floats[at], recorded_integers[at]
        for _ in range(times):
'''


def call_source(place: int, act: Act) -> str:
    """Return the source of a function that calls the rule of an act for every cell and adds the results."""
    cell = [f"i{number}" for number in range(len(act.axes))]
    lines = [f"decide_{place} = PROTOCOL[{place}].rule", "", "", "@internal", f"def call_{place}(world):"]
    lines += [f'    """Call the rule of {act.name} for every cell."""', "    total = 0.0"]
    for depth, (index, axis) in enumerate(zip(cell, act.axes, strict=True)):
        lines.append("    " * (depth + 1) + f"for {index} in range(world.n_{axis}):")
    lines += ["    " * (len(cell) + 1) + f"total += decide_{place}(world, {', '.join(cell)})", "    return total"]
    return "\n".join([*lines, "", "", ""])


def loop_source() -> str:
    """Return the source of the loop over all rules whose mechanism is switched on."""
    calls = []
    for place, act in enumerate(PROTOCOL):
        switch = f"if world.with_{act.mechanism}: " if act.mechanism else ""
        calls.append(f"            {switch}total += call_{place}(world)\n")
    functions = "".join(call_source(place, act) for place, act in enumerate(PROTOCOL))
    return SOURCE_HEADER + functions + LOOP_SOURCE + "".join(calls) + "    return total\n"


@cache
def load_loop() -> Any:
    """Return the compiled loop."""
    return import_generated("rules_alone", loop_source()).call_all


def recorded_worlds() -> tuple[World, np.ndarray, np.ndarray, np.ndarray]:
    """Play some worlds and record their buffers after each round."""
    floats, integers = [], []
    for seed in seed_range(1, WORLDS):
        world = benchmark_world().copy_at_start(int(seed))
        for _ in range(ROUNDS):
            advance(world, 1)
            floats.append(world.floats.copy())
            integers.append(world.integers.copy())
    clocks = np.tile(np.arange(1, ROUNDS + 1), WORLDS)
    return benchmark_world().copy_at_start(1), clocks, np.array(floats), np.array(integers)


def loop_time(recorded: tuple[World, np.ndarray, np.ndarray, np.ndarray], times: int) -> float:
    """Return the CPU time of the loop over all recorded worlds, in seconds."""
    world, clocks, floats, integers = recorded
    used = time.thread_time()
    load_loop()(world.compiled, clocks, world.floats, world.integers, floats, integers, times)
    return time.thread_time() - used


def rules_time(recorded: tuple[World, np.ndarray, np.ndarray, np.ndarray]) -> float:
    """Return the CPU time of the rules of one run, in seconds, without the time that restores the worlds."""
    return statistics.median(loop_time(recorded, 1) - loop_time(recorded, 0) for _ in range(5)) / WORLDS


def ensemble_time(scenario: Scenario, worlds: int = 256) -> float:
    """Return the CPU time of one world of an ensemble in one thread, bands and summaries included, in seconds."""
    used = time.thread_time()
    play_ensemble(scenario, worlds, rounds=ROUNDS, threads=1)
    return (time.thread_time() - used) / worlds


def driver_overhead() -> list[Measurement]:
    """Measure the overhead of the ensemble and of its kernel, alternately."""
    scenario, recorded = load_scenario(SCENARIO), recorded_worlds()
    loop_time(recorded, 1)
    repeats = [(rules_time(recorded), cpu_time_per_run(64, ROUNDS), ensemble_time(scenario)) for _ in range(7)]
    rules, kernel, ensemble = (statistics.median(column) for column in zip(*repeats, strict=True))
    return [
        Measurement("time of an ensemble relative to its rules in a compiled loop", ensemble / rules, "x", 1.4, 1.1),
        Measurement("  time of its kernel relative to its rules", kernel / rules, "x"),
        Measurement(f"  rules of a run of {ROUNDS} rounds", rules * 1e6, "us"),
        Measurement("  kernel: rules, buffers, overrides and indicators", kernel * 1e6, "us"),
        Measurement("  ensemble: kernel, bands, shares and digests", ensemble * 1e6, "us"),
    ]
