"""The deal ladder as a random walk: climbing, slipping, stalling and abandonment (B18)."""

from typing import Any, NamedTuple

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, SimulatedValue, Symbol, mean_over_worlds, share_of_worlds
from experiments.validation.degenerate import isolated_scenario, smallest_scenario
from model.enumerations import RungStatus
from model.scenario import Scenario

LONGEST = 50_000  # longest simulation of a ladder, in rounds
GOVERNMENTS_REMAIN = {  # and none abandons an agreement
    "states.alba.turnover": 0.0, "states.borea.turnover": 0.0, "ladder.abandonment": 0.0,
}  # fmt: skip


class LadderEnds(NamedTuple):
    """The end of each ladder, by world: the round, and whether all rungs were in force."""

    rounds: np.ndarray
    completed: np.ndarray


def climbing_scenario(rungs: int, verified: int = 0, climb: float = 0.0, slip: float = 0.0, **more: Any) -> Scenario:
    """Return a scenario in which each round is one step of the chain; ``verified`` rungs are in force at the start."""
    data = smallest_scenario(rungs=rungs)
    for place, step in enumerate(data["negotiations"]["talks"]["rungs"].values()):
        step.update(status="verified" if place < verified else "implementing", duration=1)
    chances = {"ladder.climb_chance": climb, "ladder.slip_chance": slip, "verification.compliance_noise": 0.0}
    return isolated_scenario(("friction", "turnover"), {**chances, **GOVERNMENTS_REMAIN, **more}, data)


def simulate_ladders(scenario: Scenario, worlds: int, seed: int, stop_at_zero: bool = False) -> LadderEnds:
    """Simulate until every ladder is complete or abandoned, or, with ``stop_at_zero``, has no rung in force."""
    simulation = Worlds(scenario, worlds, seed)

    def ended(simulation: Worlds) -> np.ndarray:
        status = simulation.column("status")[:, 0]
        in_force = (status == RungStatus.VERIFIED).sum(axis=1)
        abandoned = (simulation.column("rounds_withdrawn")[:, 0] > 0).any(axis=1)
        failed = abandoned | (stop_at_zero & (in_force == 0))
        completed[(completed < 0) & failed] = 0
        completed[(completed < 0) & (in_force == status.shape[1])] = 1
        return completed >= 0

    completed = np.full(worlds, -1)
    return LadderEnds(simulation.first_round(ended, LONGEST), completed == 1)


def gambler_success(given: Any) -> float:
    """Return the gambler's probability of reaching N before 0: (1 - (q/p)^i) / (1 - (q/p)^N) (Feller 1968)."""
    odds = (1.0 - given.p) / given.p
    return given.i / given.N if abs(odds - 1.0) < 1e-9 else (1.0 - odds**given.i) / (1.0 - odds**given.N)


def gambler_duration(given: Any) -> float:
    """Return the gambler's mean duration: (i - N P)/(q - p), P as above; i (N - i) at p = 1/2 (Feller 1968)."""
    drift = 1.0 - 2.0 * given.p
    return given.i * (given.N - given.i) if abs(drift) < 1e-9 else (given.i - given.N * gambler_success(given)) / drift


def simulate_gambler(given: Any, worlds: int, seed: int) -> LadderEnds:
    """Simulate ladders that climb with p and slip with 1 - p, from i rungs in force until all are or none is."""
    return simulate_ladders(
        climbing_scenario(int(given.N), int(given.i), given.p, 1.0 - given.p), worlds, seed, stop_at_zero=True
    )


def simulate_climb_or_abandon(given: Any, worlds: int, seed: int) -> LadderEnds:
    """Simulate ladders that climb with s and that the first party abandons with w_j; otherwise they stall."""
    mood = {
        "ladder.abandonment": given.a, "relations.alba.borea.trust": given.t, "relations.alba.borea.tension": given.x,
        "relations.borea.alba.trust": 0.9, "relations.borea.alba.tension": 0.0,
    }  # fmt: skip
    return simulate_ladders(climbing_scenario(int(given.N), 0, given.s, **mood), worlds, seed)


def abandonment_chance(given: Any, verified: int) -> float:
    """Return the monthly probability w_j of abandonment with j rungs verified: a (1/2 - t + x - j/N), 0 to 1."""
    return min(max(given.a * (0.5 - given.t + given.x - verified / given.N), 0.0), 1.0)


class CompetingRisks(NamedTuple):
    """A ladder of competing risks: its probability of completion, and its mean rounds, in all and if completed."""

    completed: float
    rounds: float
    rounds_if_completed: float


def competing_risks(given: Any) -> CompetingRisks:
    """Compute the absorbing chain: from j rungs it climbs with s (1 - w_j) and is abandoned with w_j."""
    reached, rounds, if_completed = 1.0, 0.0, 0.0
    for verified in range(int(given.N)):
        leaves = abandonment_chance(given, verified)
        climbs = given.s * (1.0 - leaves)
        rounds += reached / (climbs + leaves)
        if_completed += 1.0 / (climbs + leaves)
        reached *= climbs / (climbs + leaves)
    return CompetingRisks(reached, rounds, if_completed)


def rounds_losing_rungs(given: Any) -> float:
    """Return the mean rounds if a failure costs a rung: N/(p-q) - q/(p-q)^2 (1 - (q/p)^N), or N (N + 1) at p = 1/2."""
    p, q, count = given.p, 1.0 - given.p, given.N
    if abs(p - q) < 1e-9:
        return count * (count + 1.0)
    return count / (p - q) - q / (p - q) ** 2 * (1.0 - (q / p) ** count)


def rounds_if_completed(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the mean rounds of the completed ladders."""
    ends = simulate_climb_or_abandon(given, worlds, seed)
    return mean_over_worlds(ends.rounds[ends.completed], 1.0)


def start_problem(given: Any) -> str:
    """Return an error text if the start is not below the top."""
    return "" if given.i < given.N else "i must be below N"


def completion_problem(given: Any) -> str:
    """Return an error text if too few ladders would be completed to average them."""
    return "" if competing_risks(given).completed > 0.02 else "fewer than 2 in 100 ladders would be completed"


RUNGS = Symbol(5, 1, 10, "rungs", whole=True)
WALK_SYMBOLS = {
    "p": Symbol(0.55, 0.1, 0.9, "probability of climbing"),
    "i": Symbol(1, 1, 9, "rungs at the start", whole=True),
    "N": RUNGS,
}
ABANDONMENT_SYMBOLS = {
    "s": Symbol(0.3, 0.02, 1.0, "probability of climbing"),
    "a": Symbol(0.15, 0.0, 1.0, "probability of withdrawal added at full tension, and at no trust"),
    "t": Symbol(0.2, 0.02, 0.98, "trust of the first side"),
    "x": Symbol(0.4, 0.0, 1.0, "its posture"),
    "N": RUNGS,
}
CHAIN_SETTING = "Each rung takes one round of implementation; only mechanisms friction and turnover on."
STALL_SETTING = CHAIN_SETTING + " Otherwise it stalls."
ABANDON_SETTING = STALL_SETTING + " Governments, trust and tension are fixed; only the first side withdraws."
WITHDRAWAL = "w=a(1/2-t+x-j/N)"

CHECKS = (
    Check(
        "B18a", "ladder up and down: share completed", "(1-(q/p)^i)/(1-(q/p)^N), q=1-p", "Feller 1968", WALK_SYMBOLS,
        gambler_success, lambda given, worlds, seed: share_of_worlds(simulate_gambler(given, worlds, seed).completed),
        CHAIN_SETTING, start_problem,
    ),
    Check(
        "B18b", "ladder up and down: mean rounds", "(i-N P)/(q-p), P the share completed", "Feller 1968", WALK_SYMBOLS,
        gambler_duration,
        lambda given, worlds, seed: mean_over_worlds(simulate_gambler(given, worlds, seed).rounds, 1.0), CHAIN_SETTING,
        start_problem,
    ),
    Check(
        "B18c", "climb or abandon: share completed", f"prod s(1-w)/(s(1-w)+w), {WITHDRAWAL}", "competing risks",
        ABANDONMENT_SYMBOLS, lambda given: competing_risks(given).completed,
        lambda given, worlds, seed: share_of_worlds(simulate_climb_or_abandon(given, worlds, seed).completed),
        ABANDON_SETTING,
    ),
    Check(
        "B18d", "climb or abandon: mean rounds until it ends", f"sum P(j reached)/(s(1-w)+w), {WITHDRAWAL}",
        "competing risks", ABANDONMENT_SYMBOLS, lambda given: competing_risks(given).rounds,
        lambda given, worlds, seed: mean_over_worlds(simulate_climb_or_abandon(given, worlds, seed).rounds, 1.0),
        ABANDON_SETTING,
    ),
    Check(
        "B18e", "climb or abandon: mean rounds if completed", f"sum 1/(s(1-w)+w), {WITHDRAWAL}", "competing risks",
        ABANDONMENT_SYMBOLS, lambda given: competing_risks(given).rounds_if_completed, rounds_if_completed,
        ABANDON_SETTING, completion_problem,
    ),
    Check(
        "B18g", "failure costs a rung: mean rounds", "N/(p-q)-q/(p-q)^2 (1-(q/p)^N), q=1-p", "absorbing Markov chain",
        {"p": Symbol(0.8, 0.4, 1.0, "probability of climbing"), "N": RUNGS}, rounds_losing_rungs,
        lambda given, worlds, seed: mean_over_worlds(
            simulate_ladders(climbing_scenario(int(given.N), 0, given.p, 1.0 - given.p), worlds, seed).rounds, 1.0,
        ),
        CHAIN_SETTING + " With no rung in force, none is lost.",
    ),
    Check(
        "B18h", "rungs are kept: mean rounds", "N/p", "absorbing Markov chain",
        {"p": Symbol(0.8, 0.02, 1.0, "probability of climbing"), "N": RUNGS}, lambda given: given.N / given.p,
        lambda given, worlds, seed: mean_over_worlds(
            simulate_ladders(climbing_scenario(int(given.N), 0, given.p), worlds, seed).rounds, 1.0,
        ),
        STALL_SETTING,
    ),
)  # fmt: skip
