"""How cost grows: with the number of states, with the number of rounds, and memory with the number of worlds."""

from typing import Any

from benchmarks.compiled import SCENARIO, cpu_time_per_run, first_world
from benchmarks.processes import run_program
from benchmarks.table import Measurement
from experiments.engine.kernel import BLOCK_SIZE
from model.loading import load_scenario, read_scenario
from model.world import World

BASE_SCENARIO = "two-states"
STATE_COUNTS = (2, 12, 50)
ROUND_COUNTS = (60, 600, 2400)
MAX_GROWTH = 1.05  # no growth, and a twentieth for chance
MIN_WORK = 4_000_000  # pairs x rounds x worlds to time at each size, at least
REPEATS = 3
MILLION, MILLION_ROUNDS = 1_000_000, 12


def scenario_with_states(states: int) -> dict[str, Any]:
    """Take the base scenario and add third states until there are so many."""
    data = read_scenario(BASE_SCENARIO)
    third = {f"third-{number}": {"name": {"en": f"Third {number}"}} for number in range(states - len(data["states"]))}
    return {**data, "states": {**data["states"], **third}}


def pair_costs(sizes: list[tuple[int, int]]) -> list[float]:
    """Take the CPU time of one ordered pair, one's own included, in one round of full blocks of worlds, in ns.

    sizes: numbers of states and rounds. They take turns, so that a slow moment of the machine is shared out.
    """
    starts = {states: first_world(load_scenario(scenario_with_states(states))) for states, _ in sizes}
    turns = [[_cost(starts[states], states, rounds) for states, rounds in sizes] for _ in range(REPEATS)]
    return [min(times) for times in zip(*turns, strict=True)]


def _cost(first: World, states: int, rounds: int) -> float:
    pairs = states * states * rounds
    return cpu_time_per_run(max(MIN_WORK // pairs, BLOCK_SIZE), rounds, first) / pairs * 1e9


def growth() -> list[Measurement]:
    """Measure the cost of a pair in a round as states and rounds grow: at most as pairs x rounds."""
    sizes = [
        *((states, ROUND_COUNTS[0]) for states in STATE_COUNTS),
        *((STATE_COUNTS[0], rounds) for rounds in ROUND_COUNTS[1:]),
    ]
    found = dict(zip(sizes, pair_costs(sizes), strict=True))
    many = found[STATE_COUNTS[-1], ROUND_COUNTS[0]] / found[STATE_COUNTS[1], ROUND_COUNTS[0]]
    long = found[STATE_COUNTS[0], ROUND_COUNTS[-1]] / found[STATE_COUNTS[0], ROUND_COUNTS[0]]
    what = "cost of a pair in a round"
    return [
        *(
            Measurement(f"{what}, {states} states, {rounds:,} rounds", ns, "ns")
            for (states, rounds), ns in found.items()
        ),
        Measurement(f"  growth from {STATE_COUNTS[1]} to {STATE_COUNTS[-1]} states", many, "x", MAX_GROWTH),
        Measurement(f"  growth from {ROUND_COUNTS[0]} to {ROUND_COUNTS[-1]:,} rounds", long, "x", MAX_GROWTH),
    ]


def million_worlds() -> list[Measurement]:
    """Measure the peak memory of a million worlds with their summaries kept, in a process of its own."""
    peak, took, kept = run_program("many_worlds", SCENARIO, MILLION, MILLION_ROUNDS)
    what = f"a million worlds of {SCENARIO}, {MILLION_ROUNDS} rounds, summaries kept"
    return [
        Measurement(f"{what}: peak memory", peak, "MB", 1000, 400),
        Measurement("  of which summaries", kept, "MB"),
        Measurement("  time", took, "s"),
    ]
