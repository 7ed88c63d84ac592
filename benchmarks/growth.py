"""Growth of the cost with the numbers of states and rounds, and of memory with the number of worlds."""

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
MAX_GROWTH = 1.05  # no growth, with 5 % tolerance
MIN_WORK = 4_000_000  # least pairs x rounds x worlds at each size
REPEATS = 3
MILLION, MILLION_ROUNDS = 1_000_000, 12


def scenario_with_states(states: int) -> dict[str, Any]:
    """Return the base scenario with third states added, up to a number of states."""
    data = read_scenario(BASE_SCENARIO)
    added = {f"third-{number}": {"name": {"en": f"Third {number}"}} for number in range(states - len(data["states"]))}
    return {**data, "states": {**data["states"], **added}}


def pair_costs(sizes: list[tuple[int, int]]) -> list[float]:
    """Return the CPU time of one ordered pair of states (a state with itself included) in one round, in ns, by size.

    sizes: numbers of states and rounds. The sizes are measured alternately, so that a slow phase affects all of them.
    """
    starts = {states: first_world(load_scenario(scenario_with_states(states))) for states, _ in sizes}
    repeats = [[_cost(starts[states], states, rounds) for states, rounds in sizes] for _ in range(REPEATS)]
    return [min(times) for times in zip(*repeats, strict=True)]


def _cost(first: World, states: int, rounds: int) -> float:
    pairs = states * states * rounds
    return cpu_time_per_run(max(MIN_WORK // pairs, BLOCK_SIZE), rounds, first) / pairs * 1e9


def growth() -> list[Measurement]:
    """Measure the growth of the cost of a pair in a round with the numbers of states and rounds."""
    sizes = [
        *((states, ROUND_COUNTS[0]) for states in STATE_COUNTS),
        *((STATE_COUNTS[0], rounds) for rounds in ROUND_COUNTS[1:]),
    ]
    costs = dict(zip(sizes, pair_costs(sizes), strict=True))
    state_growth = costs[STATE_COUNTS[-1], ROUND_COUNTS[0]] / costs[STATE_COUNTS[1], ROUND_COUNTS[0]]
    round_growth = costs[STATE_COUNTS[0], ROUND_COUNTS[-1]] / costs[STATE_COUNTS[0], ROUND_COUNTS[0]]
    title = "cost of a pair in a round"
    return [
        *(
            Measurement(f"{title}, {states} states, {rounds:,} rounds", ns, "ns")
            for (states, rounds), ns in costs.items()
        ),
        Measurement(f"  growth from {STATE_COUNTS[1]} to {STATE_COUNTS[-1]} states", state_growth, "x", MAX_GROWTH),
        Measurement(f"  growth from {ROUND_COUNTS[0]} to {ROUND_COUNTS[-1]:,} rounds", round_growth, "x", MAX_GROWTH),
    ]


def million_worlds() -> list[Measurement]:
    """Measure the peak memory of a million worlds and their summaries, in a separate process."""
    memory, seconds, summaries = run_program("many_worlds", SCENARIO, MILLION, MILLION_ROUNDS)
    title = f"a million worlds of {SCENARIO}, {MILLION_ROUNDS} rounds, with summaries"
    return [
        Measurement(f"{title}: peak memory", memory, "MB", 1000, 400),
        Measurement("  of which summaries", summaries, "MB"),
        Measurement("  time", seconds, "s"),
    ]
