"""What the driver costs by itself: an ensemble against its rules called in a compiled loop.

The loop calls every rule of a round over all its cells, on worlds as they stood after each round of
real runs. It turns no page, applies no override and measures nothing.
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
from model.compiler import import_generated
from model.loading import load_scenario
from model.protocol import PROTOCOL, Act
from model.scenario import Scenario
from model.world import World

WORLDS, ROUNDS = 16, 60
SOURCE_HEADER = '''"""Written by benchmarks/rules_alone.py from the protocol. Do not edit."""
from model.protocol import PROTOCOL
from model.compiler import internal, rule


'''
LOOP_SOURCE = '''@rule
def ask_all(world, clocks, reals, wholes, kept_reals, kept_wholes, times):
    """Put back one kept world after the other, and ask all rules so many times in each."""
    total = 0.0
    for at in range(len(clocks)):
        world.clock[0] = clocks[at]
        reals[:], wholes[:] = kept_reals[at], kept_wholes[at]
        for _ in range(times):
'''


def ask_source(place: int, act: Act) -> str:
    """Write the function that asks one act's rule about every cell and adds the answers up."""
    cell = [f"i{number}" for number in range(len(act.axes))]
    lines = [f"decide_{place} = PROTOCOL[{place}].rule", "", "", "@internal", f"def ask_{place}(world):"]
    lines += [f'    """Ask {act.name}."""', "    total = 0.0"]
    for depth, (index, axis) in enumerate(zip(cell, act.axes, strict=True)):
        lines.append("    " * (depth + 1) + f"for {index} in range(world.n_{axis}):")
    lines += ["    " * (len(cell) + 1) + f"total += decide_{place}(world, {', '.join(cell)})", "    return total"]
    return "\n".join([*lines, "", "", ""])


def loop_source() -> str:
    """Write the loop over all rules whose mechanism is on."""
    calls = []
    for place, act in enumerate(PROTOCOL):
        switch = f"if world.with_{act.mechanism}: " if act.mechanism else ""
        calls.append(f"            {switch}total += ask_{place}(world)\n")
    asks = "".join(ask_source(place, act) for place, act in enumerate(PROTOCOL))
    return SOURCE_HEADER + asks + LOOP_SOURCE + "".join(calls) + "    return total\n"


@cache
def load_loop() -> Any:
    """Import the compiled loop."""
    return import_generated("rules_alone", loop_source()).ask_all


def recorded_worlds() -> tuple[World, np.ndarray, np.ndarray, np.ndarray]:
    """Play some worlds and keep the buffers after each round."""
    reals, wholes = [], []
    for seed in seed_range(1, WORLDS):
        world = benchmark_world().copy_at_start(int(seed))
        for _ in range(ROUNDS):
            advance(world, 1)
            reals.append(world.floats.copy())
            wholes.append(world.integers.copy())
    clocks = np.tile(np.arange(1, ROUNDS + 1), WORLDS)
    return benchmark_world().copy_at_start(1), clocks, np.array(reals), np.array(wholes)


def loop_time(kept: tuple[World, np.ndarray, np.ndarray, np.ndarray], times: int) -> float:
    """Take the CPU time of the loop over all kept worlds, in seconds."""
    world, clocks, reals, wholes = kept
    used = time.thread_time()
    load_loop()(world.compiled, clocks, world.floats, world.integers, reals, wholes, times)
    return time.thread_time() - used


def rules_time(kept: tuple[World, np.ndarray, np.ndarray, np.ndarray]) -> float:
    """Take the CPU time of the rules of one run, in seconds: putting the worlds back is taken off."""
    return statistics.median(loop_time(kept, 1) - loop_time(kept, 0) for _ in range(5)) / WORLDS


def ensemble_time(setting: Scenario, worlds: int = 256) -> float:
    """Take the CPU time of one world of an ensemble in one thread, bands and summaries included."""
    used = time.thread_time()
    play_ensemble(setting, worlds, rounds=ROUNDS, threads=1)
    return (time.thread_time() - used) / worlds


def driver_overhead() -> list[Measurement]:
    """Measure the driver's own cost, of the ensemble as a whole and of its kernel, in turns."""
    setting, kept = load_scenario(SCENARIO), recorded_worlds()
    loop_time(kept, 1)
    turns = [(rules_time(kept), cpu_time_per_run(64, ROUNDS), ensemble_time(setting)) for _ in range(7)]
    rules, played, whole = (statistics.median(column) for column in zip(*turns, strict=True))
    return [
        Measurement("time of an ensemble over that of its rules in a compiled loop", whole / rules, "x", 1.4, 1.1),
        Measurement("  of its kernel alone", played / rules, "x"),
        Measurement(f"  rules of a run of {ROUNDS} rounds", rules * 1e6, "us"),
        Measurement("  kernel: the same with pages turned, overrides and indicators", played * 1e6, "us"),
        Measurement("  ensemble: the same with bands, shares and digests", whole * 1e6, "us"),
    ]
