"""How cost grows: with the number of states, with the number of rounds, and memory with the number of worlds."""

import json
import os
import subprocess
import sys
from typing import Any

from experiments.benchmarks.compiled import one_thread, start
from experiments.benchmarks.table import Measured
from experiments.kernel import TOGETHER
from model.scenario import load, read

BASE = "two-states"
STATES = (2, 12, 50)
ROUNDS = (60, 600, 2400)
FLAT = 1.05  # no growth, and a twentieth for chance
WORK = 400_000  # pairs x rounds to time at each size
MILLION, MILLION_ROUNDS = 1_000_000, 12
PLAY_MILLION = """
import json, time
from experiments.benchmarks.memory import peak
from experiments.ensemble import play_ensemble
begun = time.perf_counter()
found = play_ensemble("us-iran-2026", {worlds}, rounds={rounds})
kept = sum(part.nbytes for part in (found.seeds, found.outcomes, found.means, found.ends, found.first_deal))
print(json.dumps([peak(), time.perf_counter() - begun, kept / 1e6]))
"""


def peopled(states: int) -> dict[str, Any]:
    """Take the base scenario and add third states until there are so many."""
    data = read(BASE)
    third = {f"third-{number}": {"name": {"en": f"Third {number}"}} for number in range(states - len(data["states"]))}
    return {**data, "states": {**data["states"], **third}}


def cost(states: int, rounds: int) -> float:
    """Take the CPU time of one ordered pair, one's own included, in one round of full blocks of worlds, in ns."""
    world = start(load(peopled(states)))
    worlds = max(WORK // (states * states * rounds), TOGETHER)
    one_thread(1, 2, world)
    return min(one_thread(worlds, rounds, world) for _ in range(3)) / (states * states * rounds) * 1e9


def growth() -> list[Measured]:
    """Measure the cost of a pair in a round as states and rounds grow: at most as pairs x rounds."""
    by_states = {states: cost(states, ROUNDS[0]) for states in STATES}
    by_rounds = {ROUNDS[0]: by_states[STATES[0]], **{rounds: cost(STATES[0], rounds) for rounds in ROUNDS[1:]}}
    many, long = by_states[STATES[-1]] / by_states[STATES[1]], by_rounds[ROUNDS[-1]] / by_rounds[ROUNDS[0]]
    what = "cost of a pair in a round"
    return [
        *(Measured(f"{what}, {n} states, {ROUNDS[0]} rounds", ns, "ns") for n, ns in by_states.items()),
        *(Measured(f"{what}, {STATES[0]} states, {n:,} rounds", ns, "ns") for n, ns in list(by_rounds.items())[1:]),
        Measured(f"  growth from {STATES[1]} to {STATES[-1]} states", many, "x", FLAT),
        Measured(f"  growth from {ROUNDS[0]} to {ROUNDS[-1]:,} rounds", long, "x", FLAT),
    ]


def million() -> list[Measured]:
    """Measure the peak memory of a million worlds with their summaries kept, in a process of its own."""
    text = PLAY_MILLION.format(worlds=MILLION, rounds=MILLION_ROUNDS)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, env=os.environ)
    peak, took, kept = json.loads(done.stdout)
    what = f"a million worlds of us-iran-2026, {MILLION_ROUNDS} rounds, summaries kept"
    return [
        Measured(f"{what}: peak memory", peak, "MB", 1000, 400),
        Measured("  of which summaries", kept, "MB"),
        Measured("  time", took, "s"),
    ]
