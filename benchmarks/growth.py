"""How cost grows: with the number of states, with the number of rounds, and memory with the number of worlds."""

from typing import Any

from benchmarks.compiled import SCENARIO, one_thread, start
from benchmarks.processes import measured_by
from benchmarks.table import Measured
from experiments.engine.kernel import TOGETHER
from model.loading import load, read
from model.world import World

BASE = "two-states"
STATES = (2, 12, 50)
ROUNDS = (60, 600, 2400)
FLAT = 1.05  # no growth, and a twentieth for chance
WORK = 4_000_000  # pairs x rounds x worlds to time at each size, at least
TURNS = 3
MILLION, MILLION_ROUNDS = 1_000_000, 12


def peopled(states: int) -> dict[str, Any]:
    """Take the base scenario and add third states until there are so many."""
    data = read(BASE)
    third = {f"third-{number}": {"name": {"en": f"Third {number}"}} for number in range(states - len(data["states"]))}
    return {**data, "states": {**data["states"], **third}}


def costs(sizes: list[tuple[int, int]]) -> list[float]:
    """Take the CPU time of one ordered pair, one's own included, in one round of full blocks of worlds, in ns.

    sizes: numbers of states and rounds. They take turns, so that a slow moment of the machine is shared out.
    """
    starts = {states: start(load(peopled(states))) for states, _ in sizes}
    turns = [[_cost(starts[states], states, rounds) for states, rounds in sizes] for _ in range(TURNS)]
    return [min(times) for times in zip(*turns, strict=True)]


def _cost(first: World, states: int, rounds: int) -> float:
    pairs = states * states * rounds
    return one_thread(max(WORK // pairs, TOGETHER), rounds, first) / pairs * 1e9


def growth() -> list[Measured]:
    """Measure the cost of a pair in a round as states and rounds grow: at most as pairs x rounds."""
    sizes = [*((states, ROUNDS[0]) for states in STATES), *((STATES[0], rounds) for rounds in ROUNDS[1:])]
    found = dict(zip(sizes, costs(sizes), strict=True))
    many = found[STATES[-1], ROUNDS[0]] / found[STATES[1], ROUNDS[0]]
    long = found[STATES[0], ROUNDS[-1]] / found[STATES[0], ROUNDS[0]]
    what = "cost of a pair in a round"
    return [
        *(Measured(f"{what}, {states} states, {rounds:,} rounds", ns, "ns") for (states, rounds), ns in found.items()),
        Measured(f"  growth from {STATES[1]} to {STATES[-1]} states", many, "x", FLAT),
        Measured(f"  growth from {ROUNDS[0]} to {ROUNDS[-1]:,} rounds", long, "x", FLAT),
    ]


def million() -> list[Measured]:
    """Measure the peak memory of a million worlds with their summaries kept, in a process of its own."""
    peak, took, kept = measured_by("many_worlds", SCENARIO, MILLION, MILLION_ROUNDS)
    what = f"a million worlds of {SCENARIO}, {MILLION_ROUNDS} rounds, summaries kept"
    return [
        Measured(f"{what}: peak memory", peak, "MB", 1000, 400),
        Measured("  of which summaries", kept, "MB"),
        Measured("  time", took, "s"),
    ]
