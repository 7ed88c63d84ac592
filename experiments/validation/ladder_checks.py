"""The deal ladder: stakes that screen, what deters, and climbing, slipping and collapsing by chance (B05, B18, B23)."""

from typing import Any, NamedTuple

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.belief_checks import MAX_TRUST, MIN_TRUST
from experiments.validation.check import (
    Check,
    SimulatedValue,
    Symbol,
    find_threshold,
    mean_over_worlds,
    share_of_worlds,
)
from experiments.validation.degenerate import isolated_scenario, smallest_scenario
from experiments.validation.inspection_checks import inspection_scenario
from model.enumerations import RungStatus
from model.overrides import Override
from model.scenario import Scenario

LONGEST = 50_000  # rounds that a ladder is watched
ACCEPTS_ANY_SHARE = {  # any share will do, and nothing else than gain and risk is weighed
    "bargaining.share_scale": 0.0, "bargaining.narrative_weight": 0.0, "bargaining.expected_conflict": 0.0,
    "scrutiny.outside_option": 0.0,
}  # fmt: skip


class LadderEnds(NamedTuple):
    """How ladders ended, by world: the round, and whether all rungs stood."""

    rounds: np.ndarray
    completed: np.ndarray


def growing_ladder(growth: float, count: int, **more: Any) -> dict[str, Any]:
    """Write a ladder whose stakes grow by a factor from rung to rung."""
    data = smallest_scenario(rungs=count)
    for place, step in enumerate(data["negotiations"]["talks"]["rungs"].values()):
        step.update(stake=growth**place, **more)
    return data


def acceptance_threshold(data: dict[str, Any], loss: float, future: float, seed: int) -> SimulatedValue:
    """Find the trust from which on the first rung of a ladder is accepted."""
    tabled = Override(1, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))
    weights = {"scrutiny.loss_weight": loss, "scrutiny.future_weight": future}

    def accepts(trust: float) -> bool:
        changes = {**ACCEPTS_ANY_SHARE, **weights, "relations.alba.borea.trust": trust}
        played = Worlds(isolated_scenario((), changes, data), 1, seed, (tabled,))
        played.step(2)
        return int(played.column("answer")[0, 0, 0]) == 1

    return find_threshold(accepts, MIN_TRUST, MAX_TRUST)


def max_stake_growth(given: Any) -> float:
    """Give the fastest growth of stakes at which an untrustworthy side betrays at once: (b - c) / (delta b)."""
    return (given.b - given.c) / (given.delta * given.b)


def first_stake(given: Any) -> float:
    """Give the first stake of the ladder that grows so fast: (gam - 1) / (gam^N - 1)."""
    growth = max_stake_growth(given)
    return 1.0 / given.N if abs(growth - 1.0) < 1e-9 else (growth - 1.0) / (growth**given.N - 1.0)


def simulate_first_stake(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Read what share of the whole the model gives the first rung of that ladder."""
    played = Worlds(isolated_scenario((), {}, growing_ladder(max_stake_growth(given), int(given.N))), 1, seed)
    return SimulatedValue(float(played.column("stake")[0, 0, 0]))


def simulate_waiting_growth(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the growth of stakes from which on an untrustworthy side keeps the first rung and waits for the second."""

    def waits(growth: float) -> bool:
        changes = {
            "states.alba.trustworthiness": 0.0, "states.alba.discount_factor": given.delta,
            "verification.betrayal_gain": given.b, "verification.honour_gain": given.c,
            "verification.deterrence": 0.0, "verification.compliance_noise": 0.0,
        }  # fmt: skip
        data = growing_ladder(growth, 2, duration=9)
        data["negotiations"]["talks"]["rungs"]["step-1"]["status"] = "implementing"
        played = Worlds(isolated_scenario(("gradualism",), changes, data), 1, seed)
        played.step()
        return bool(played.column("complies")[0, 0, 0])

    return find_threshold(waits, 0.001, 100.0)


def simulate_deterrent_penalty(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the least penalty at which an untrustworthy side keeps what stands."""

    def keeps(penalty: float) -> bool:
        own = {"verification.betrayal_gain": given.G, "verification.honour_gain": 0.0}
        changes = {**own, "verification.deterrence": penalty, "states.alba.trustworthiness": 0.0}
        played = Worlds(inspection_scenario(given.d, **changes), 1, seed)
        played.step()
        return bool(played.column("complies")[0, 0, 0])

    return find_threshold(keeps, 0.0, 5.0)


def climbing_scenario(
    rungs: int, stand: int = 0, climb: float = 0.0, slip: float = 0.0, collapse: float = 0.0
) -> Scenario:
    """Set a ladder so that a round is a step of the chain; some rungs stand at the start."""
    data = smallest_scenario(rungs=rungs)
    for place, step in enumerate(data["negotiations"]["talks"]["rungs"].values()):
        step.update(status="verified" if place < stand else "implementing", duration=1)
    chances = {"ladder.climb_chance": climb, "ladder.slip_chance": slip, "ladder.collapse_chance": collapse}
    calm = {"ladder.tension_collapses": 0.0, "ladder.recovery": 0, "verification.compliance_noise": 0.0}
    return isolated_scenario(("friction",), {**chances, **calm}, data)


def simulate_ladders(setting: Scenario, worlds: int, seed: int, at_bottom: bool = False) -> LadderEnds:
    """Play until every ladder is complete or collapsed, or, if that ends it too, back where nothing stands."""
    played = Worlds(setting, worlds, seed)

    def ended(played: Worlds) -> np.ndarray:
        status = played.column("status")[:, 0]
        standing = (status == RungStatus.VERIFIED).sum(axis=1)
        gone = (status == RungStatus.COLLAPSED).any(axis=1) | (at_bottom & (standing == 0))
        completed[(completed < 0) & gone] = 0
        completed[(completed < 0) & (standing == status.shape[1])] = 1
        return completed >= 0

    completed = np.full(worlds, -1)
    return LadderEnds(played.first_round(ended, LONGEST), completed == 1)


def gambler_success(given: Any) -> float:
    """Give the gambler's chance to reach N before 0: (1 - (q/p)^i) / (1 - (q/p)^N) (Feller 1968)."""
    odds = (1.0 - given.p) / given.p
    return given.i / given.N if abs(odds - 1.0) < 1e-9 else (1.0 - odds**given.i) / (1.0 - odds**given.N)


def gambler_duration(given: Any) -> float:
    """Give the gambler's mean duration: i/(q-p) - N/(q-p) times that chance, or i (N - i) at p = 1/2 (Feller 1968)."""
    drift = 1.0 - 2.0 * given.p
    return given.i * (given.N - given.i) if abs(drift) < 1e-9 else (given.i - given.N * gambler_success(given)) / drift


def simulate_gambler(given: Any, worlds: int, seed: int) -> LadderEnds:
    """Climb with p, slip with 1 - p, from i rungs that stand until all do or none does."""
    return simulate_ladders(
        climbing_scenario(int(given.N), int(given.i), given.p, 1.0 - given.p), worlds, seed, at_bottom=True
    )


def simulate_climb_or_collapse(given: Any, worlds: int, seed: int) -> LadderEnds:
    """Climb with s, collapse with c, else stall."""
    return simulate_ladders(climbing_scenario(int(given.N), 0, given.s, 0.0, given.c), worlds, seed)


def completion_chance(given: Any) -> float:
    """Give the chance of completion, (s / (s + c))^N."""
    return (given.s / (given.s + given.c)) ** given.N


def rounds_losing_rungs(given: Any) -> float:
    """Give the mean rounds when failure costs a rung: N/(p-q) - q/(p-q)^2 (1 - (q/p)^N), or N (N + 1) at p = 1/2."""
    p, q, count = given.p, 1.0 - given.p, given.N
    if abs(p - q) < 1e-9:
        return count * (count + 1.0)
    return count / (p - q) - q / (p - q) ** 2 * (1.0 - (q / p) ** count)


def rounds_if_completed(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Average the rounds of those ladders that were completed."""
    found = simulate_climb_or_collapse(given, worlds, seed)
    return mean_over_worlds(found.rounds[found.completed], 1.0)


def bargain_problem(given: Any) -> str:
    """Say whether the model cannot hold these gains and losses."""
    return (
        ""
        if MIN_TRUST < given.l / (given.g + given.l) < MAX_TRUST and given.l <= 5 * given.g
        else "l/g must be at most 5"
    )


def growth_problem(given: Any) -> str:
    """Say whether no ladder grows so fast."""
    if given.c >= given.b:
        return "c must be below b, or nobody betrays"
    return "" if 0.01 <= max_stake_growth(given) <= 50 else "(b-c)/(delta b) must be between 0.01 and 50"


def stakes_problem(given: Any) -> str:
    """Say whether the ladder's stakes, or the threshold, leave the model's ranges."""
    if lack := growth_problem(given):
        return lack
    if not 0.001 <= max_stake_growth(given) ** (given.N - 1) <= 100:
        return "the last stake must be between 0.001 and 100 times the first"
    if not hasattr(given, "l"):
        return ""
    if given.l > 5 * given.g:
        return "l/g must be at most 5"
    return "" if MIN_TRUST < ladder_threshold(given) < MAX_TRUST else "the threshold lies outside 0.02 to 0.98"


def ladder_threshold(given: Any) -> float:
    """Give the trust needed for the first rung of a ladder: l s1 / (g + l s1)."""
    return given.l * first_stake(given) / (given.g + given.l * first_stake(given))


GAINS = {
    "b": Symbol(2.0, 0.1, 5.0, "gain of an untrustworthy side from betraying a unit stake"),
    "c": Symbol(0.5, 0.0, 5.0, "its gain from honouring a unit stake"),
    "delta": Symbol(0.6, 0.05, 1.0, "weight of the next round against this one"),
}
RISK = {
    "g": Symbol(1.0, 0.1, 10.0, "gain if the other side keeps its word"),
    "l": Symbol(2.0, 0.05, 10.0, "loss if it does not"),
}
RUNGS = Symbol(5, 1, 10, "rungs", whole=True)
LADDER = GAINS | {"N": RUNGS._replace(default=4)}
WALK = {
    "p": Symbol(0.55, 0.1, 0.9, "chance to climb"),
    "i": Symbol(1, 1, 9, "rungs at the start", whole=True),
    "N": RUNGS,
}
FALL = {"s": Symbol(0.3, 0.02, 1.0, "chance to climb"), "c": Symbol(0.05, 0.001, 0.9, "chance of collapse"), "N": RUNGS}
WEIGH = "A proposal on the table, every switch off; the trust from which on it is accepted, by halving."
CHAIN = "Every rung under implementation takes one round; mechanism friction alone."
CHAIN_UP = CHAIN + " The rest of the time it stalls."


def start_problem(given: Any) -> str:
    """Say whether the start is not between the ends."""
    return "" if given.i < given.N else "i must be below N"


def chances_problem(given: Any) -> str:
    """Say whether the chances add up to more than one."""
    return "" if given.s + given.c <= 1.0 else "s + c must be at most 1"


def completion_problem(given: Any) -> str:
    """Say whether too few ladders are completed to average them."""
    return chances_problem(given) or (
        "" if completion_chance(given) > 0.02 else "fewer than 2 in 100 ladders would be completed"
    )


CHECKS = (
    Check(
        "B05a", "trust needed for one big step", "l/(g+l)", "expected utility", RISK,
        lambda given: given.l / (given.g + given.l),
        lambda given, _, seed: acceptance_threshold(smallest_scenario(rungs=1), given.l / given.g, 0, seed), WEIGH, bargain_problem,
    ),
    Check(
        "B05b", "growth of stakes from which on a betrayer waits", "(b-c)/(delta b)", "after Sobel 1985, Watson 1999",
        GAINS, max_stake_growth, simulate_waiting_growth,
        "Two rungs, the first under implementation; mechanism gradualism alone; the growth by halving.", growth_problem,
    ),
    Check(
        "B05c", "first stake of the steepest ladder that screens", "(gam-1)/(gam^N-1), gam=(b-c)/(delta b)",
        "geometric series", LADDER, first_stake, simulate_first_stake, "Share of the whole that the model gives the first rung.",
        stakes_problem,
    ),
    Check(
        "B05d", "trust needed for the first rung of that ladder", "l s1/(g+l s1)", "expected utility", RISK | LADDER,
        ladder_threshold,
        lambda given, worlds, seed: acceptance_threshold(
            growing_ladder(max_stake_growth(given), int(given.N)), given.l / given.g, 1.0, seed
        ),
        WEIGH + " The rest of the ladder weighs as much as the rung.", stakes_problem,
    ),
    Check(
        "B18a", "ladder up and down: share completed", "(1-(q/p)^i)/(1-(q/p)^N), q=1-p", "Feller 1968", WALK, gambler_success,
        lambda given, worlds, seed: share_of_worlds(simulate_gambler(given, worlds, seed).completed), CHAIN, start_problem,
    ),
    Check(
        "B18b", "ladder up and down: mean rounds", "(i-N P)/(q-p), P the share completed", "Feller 1968", WALK,
        gambler_duration, lambda given, worlds, seed: mean_over_worlds(simulate_gambler(given, worlds, seed).rounds, 1.0), CHAIN, start_problem,
    ),
    Check(
        "B18c", "climb, collapse or stall: share completed", "(s/(s+c))^N", "absorbing Markov chain", FALL, completion_chance,
        lambda given, worlds, seed: share_of_worlds(simulate_climb_or_collapse(given, worlds, seed).completed), CHAIN_UP, chances_problem,
    ),
    Check(
        "B18d", "climb, collapse or stall: mean rounds until it ends", "(1-(s/(s+c))^N)/c", "absorbing Markov chain",
        FALL, lambda given: (1.0 - completion_chance(given)) / given.c,
        lambda given, worlds, seed: mean_over_worlds(simulate_climb_or_collapse(given, worlds, seed).rounds, 1.0), CHAIN_UP, chances_problem,
    ),
    Check(
        "B18e", "climb, collapse or stall: mean rounds if completed", "N/(s+c)", "absorbing Markov chain", FALL,
        lambda given: given.N / (given.s + given.c), rounds_if_completed, CHAIN_UP, completion_problem,
    ),
    Check(
        "B18g", "failure costs a rung: mean rounds", "N/(p-q)-q/(p-q)^2 (1-(q/p)^N), q=1-p", "absorbing Markov chain",
        {"p": Symbol(0.8, 0.4, 1.0, "chance to climb"), "N": RUNGS}, rounds_losing_rungs,
        lambda given, worlds, seed: mean_over_worlds(
            simulate_ladders(climbing_scenario(int(given.N), 0, given.p, 1.0 - given.p), worlds, seed).rounds, 1.0
        ),
        CHAIN + " Where nothing stands, nothing is lost.",
    ),
    Check(
        "B18h", "rungs are kept: mean rounds", "N/p", "absorbing Markov chain",
        {"p": Symbol(0.8, 0.02, 1.0, "chance to climb"), "N": RUNGS}, lambda given: given.N / given.p,
        lambda given, worlds, seed: mean_over_worlds(simulate_ladders(climbing_scenario(int(given.N), 0, given.p), worlds, seed).rounds, 1.0),
        CHAIN_UP,
    ),
    Check(
        "B23", "least penalty that deters, without lag", "G/d", "Avenhaus, von Stengel & Zamir 2002",
        {"G": Symbol(1.0, 0.05, 5.0, "gain from violating, per stake"),
         "d": Symbol(0.9, 0.05, 1.0, "chance of detection")},
        lambda given: given.G / given.d, simulate_deterrent_penalty, "One standing rung, full access; the penalty by halving.",
        lambda given: "" if given.G / given.d < 5 else "G/d must be below 5, where penalties end",
    ),
)  # fmt: skip
