"""Scrutiny as Wald's sequential test, ratification, audience costs, oil price and regional tension (B15, B19-B22)."""

import bisect
import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import (
    Check,
    SimulatedValue,
    Symbol,
    burn_in_rounds,
    find_threshold,
    mean_over_worlds,
    ratio_over_worlds,
    share_of_worlds,
)
from experiments.validation.degenerate import isolated_scenario
from experiments.validation.ladder_checks import ACCEPTS_ANY_SHARE
from model.enumerations import RungStatus
from model.overrides import Override
from model.scenario import Scenario

LONGEST = 1500  # findings after which an examination is cut off
WINDOW = 200  # rounds over which oil price and regional tension are averaged


def proposed_step(now: int = 1) -> Override:
    """Return a forced proposal."""
    return Override(now, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))


class SequentialTest(NamedTuple):
    """A sequential test: its mean length, and the probabilities that it rejects and that it stays undecided."""

    mean_length: float
    rejection_rate: float
    undecided: float


@lru_cache(maxsize=256)
def sequential_test(alpha: float, beta: float, p0: float, p1: float, chance: float) -> SequentialTest:
    """Compute a sequential test exactly (Wald 1945; forward recursion over findings).

    chance: probability of a suspicious finding. The state is the number of suspicious findings among n.
    """
    upper, lower = math.log((1.0 - beta) / alpha), math.log(beta / (1.0 - alpha))
    up, down = math.log(p1 / p0), math.log((1.0 - p1) / (1.0 - p0))
    alive, length, rejected = np.ones(1), 0.0, 0.0
    for n in range(1, LONGEST + 1):
        length += alive.sum()
        alive = np.append(alive, 0.0) * (1.0 - chance) + np.append(0.0, alive) * chance
        odds = np.arange(n + 1) * up + (n - np.arange(n + 1)) * down
        rejected += alive[odds >= upper].sum()
        alive[(odds >= upper) | (odds <= lower)] = 0.0
        if alive.sum() < 1e-13:
            break
    return SequentialTest(length, rejected, float(alive.sum()))


def expected_test(given: Any, record: float) -> SequentialTest:
    """Return the test of a side with a record from 0 (deceitful) to 1 (honest)."""
    chance = given.p0 + (given.p1 - given.p0) * (1.0 - record)
    return sequential_test(given.alpha, given.beta, given.p0, given.p1, chance)


def scrutiny_scenario(given: Any) -> Scenario:
    """Return a scenario in which a proposal is examined, one finding per round, and accepted once cleared."""
    return isolated_scenario(
        ("scrutiny",),
        {
            **ACCEPTS_ANY_SHARE, "scrutiny.false_rejection": given.alpha, "scrutiny.false_acceptance": given.beta,
            "scrutiny.suspicious_if_honest": given.p0, "scrutiny.suspicious_if_deceitful": given.p1,
            "scrutiny.findings_per_round": 1, "scrutiny.loss_weight": 0.0, "relations.alba.borea.trust": 0.5,
        },
    )  # fmt: skip


def withheld_answers(rounds: int) -> tuple[Override, ...]:
    """Return forced moves that keep the other side from answering."""
    return tuple(Override(now, "answer_proposal", "talks", "borea", None, 0) for now in range(1, rounds + 1))


class Answers(NamedTuple):
    """The findings until a side answered, and whether it refused, by world."""

    findings: np.ndarray
    refused: np.ndarray


def simulate_answers(given: Any, record: float, worlds: int, seed: int) -> Answers:
    """Simulate one side's examination of a proposal until it answers; the other side's record is forced."""
    held = (Override(now, "update_record", None, "borea", "alba", record) for now in range(1, LONGEST + 2))
    moves = (proposed_step(), *held, *withheld_answers(LONGEST + 1))
    simulation = Worlds(scrutiny_scenario(given), worlds, seed, moves)
    simulation.step()
    refused = np.zeros(worlds, bool)
    answered = np.zeros(worlds, bool)

    def answer(simulation: Worlds) -> np.ndarray:
        answers = simulation.column("answer")[:, 0, 0]
        refused[~answered & (answers < 0)] = True
        answered[answers != 0] = True
        return answered

    return Answers(simulation.first_round(answer, LONGEST), refused)


def decision_bound(given: Any, seed: int, sign: int) -> SimulatedValue:
    """Find the log odds of deceit at which a side refuses (sign 1) or accepts (sign -1)."""

    def decides(doubt: float) -> bool:
        forced = Override(2, "examine", "talks", "alba", None, sign * doubt)
        simulation = Worlds(scrutiny_scenario(given), 1, seed, (proposed_step(), forced, *withheld_answers(2)))
        simulation.step(2)
        return int(simulation.column("answer")[0, 0, 0]) == -sign

    bound = find_threshold(decides, 0.0, 49.0)
    return bound._replace(value=sign * bound.value)


def ratified_share(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the share of deals, each giving a share y, that kv veto players ratify."""
    changes = {
        "home.veto_spread": 1.0, "home.support_weight": 0.0, "states.alba.veto_players": int(given.kv),
        "states.borea.veto_players": 0,
    }  # fmt: skip
    ready = Override(1, "status", "talks", None, "step-1", float(RungStatus.SCRUTINISED))
    share = Override(1, "offer", "talks", None, None, given.y)
    simulation = Worlds(isolated_scenario(("ratification",), changes), worlds, seed, (ready, share))
    simulation.step(2)
    return share_of_worlds(simulation.column("ratified")[:, 0, 0] == 1)


def answered_proposal(given: Any, threats: int, seed: int) -> Worlds:
    """Return a world in which a proposal is answered after a number of rounds of threats."""
    changes = {
        **ACCEPTS_ANY_SHARE, "home.audience_growth": given.kappa, "home.audience_decay": 0.0, "home.lock_in": given.w,
        "scrutiny.loss_weight": 0.0, "states.alba.cooperates_first": False,
    }  # fmt: skip
    simulation = Worlds(isolated_scenario(("audience_costs",), changes), 1, seed, (proposed_step(threats),))
    simulation.step(threats + 1)
    return simulation


def lock_in_rounds(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the rounds of threats until a proposal is refused, interpolated by the costs of the last two."""

    def is_refused(threats: int) -> bool:
        return int(answered_proposal(given, threats, seed).column("answer")[0, 0, 0]) < 0

    threats = 1 + bisect.bisect_left(range(1, LONGEST), True, key=is_refused)
    after = float(answered_proposal(given, threats - 1, seed).column("audience_cost")[0, 0])  # of as many threats
    before = after * (threats - 1) / threats
    return SimulatedValue(float(np.interp(given.w, (before, after), (threats - 1, threats))), resolution=1e-6)


def drift_series(given: Any, worlds: int, seed: int, column: str) -> np.ndarray:
    """Return a column, ``oil`` or ``regional_tension``, after the burn-in: float64 [world, round]."""
    scenario = isolated_scenario(("environment",), {"environment.shock_size": given.sigma})
    simulation = Worlds(scenario, worlds, seed)
    simulation.step(burn_in_rounds(OIL_MEMORY))
    series = np.empty((worlds, WINDOW))
    for now in range(WINDOW):
        simulation.step()
        series[:, now] = simulation.column(column)[:, 0]
    return series


def standard_deviation(series: np.ndarray) -> SimulatedValue:
    """Return the standard deviation about the known mean of zero, with its error by the delta method."""
    square = mean_over_worlds((series**2).mean(axis=1))
    value = math.sqrt(square.value)
    return square._replace(value=value, error=square.error / (2.0 * value))


def half_life(series: np.ndarray) -> SimulatedValue:
    """Return the half-life from lagged covariance over variance, with its error by the delta method."""
    phi = ratio_over_worlds((series[:, 1:] * series[:, :-1]).mean(axis=1), (series[:, :-1] ** 2).mean(axis=1))
    value = math.log(0.5) / math.log(phi.value)
    return phi._replace(value=value, error=abs(value / (phi.value * math.log(phi.value))) * phi.error)


def test_problem(given: Any) -> str:
    """Return an error text if findings carry no information, or too little to end the test."""
    if given.p0 >= given.p1:
        return "p0 must be below p1"
    remaining = max(expected_test(given, record).undecided for record in {0.0, 1.0, getattr(given, "r", 0.0)})
    return (
        "" if remaining < 1e-9 else f"p0 and p1 must be further apart: the test would continue after {LONGEST} findings"
    )


WALD = {
    "alpha": Symbol(0.05, 0.001, 0.45, "target probability of rejecting an honest proposal"),
    "beta": Symbol(0.1, 0.001, 0.45, "target probability of clearing a deceitful proposal"),
    "p0": Symbol(0.1, 0.001, 0.999, "probability of a suspicious finding if honest"),
    "p1": Symbol(0.3, 0.001, 0.999, "probability of a suspicious finding if deceitful"),
}
ERRORS = {name: WALD[name] for name in ("alpha", "beta")}
EXAMINE = "One proposal, one finding per round, trust .5, forced record; only mechanism scrutiny on; one side examines."
NOISE = {"sigma": Symbol(0.1, 0.001, 0.5, "standard deviation of a shock")}
OIL_MEMORY, REGION_MEMORY = 0.92, 0.9  # that the rules should have
ENVIRONMENT_SETTING = "Only mechanism environment on; rounds after the burn-in."


def with_default_findings(given: Any) -> Any:
    """Add default finding probabilities, which do not affect the bounds."""
    given.p0, given.p1 = WALD["p0"].default, WALD["p1"].default
    return given


CHECKS = (
    Check(
        "B15a", "log odds of deceit at which a proposal is rejected", "ln((1-beta)/alpha)", "Wald 1945", ERRORS,
        lambda given: math.log((1.0 - given.beta) / given.alpha),
        lambda given, worlds, seed: decision_bound(with_default_findings(given), seed, 1),
        EXAMINE + " Doubt is forced; bisection.",
    ),
    Check(
        "B15b", "log odds of deceit at which a proposal is cleared", "ln(beta/(1-alpha))", "Wald 1945", ERRORS,
        lambda given: math.log(given.beta / (1.0 - given.alpha)),
        lambda given, worlds, seed: decision_bound(with_default_findings(given), seed, -1),
        EXAMINE + " Doubt is forced; bisection.",
    ),
    Check(
        "B15c", "mean findings, the other side's record clean", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, 1.0).mean_length,
        lambda given, worlds, seed: mean_over_worlds(simulate_answers(given, 1.0, worlds, seed).findings, 1.0),
        EXAMINE, test_problem,
    ),
    Check(
        "B15d", "mean findings, its record without an honest act", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, 0.0).mean_length,
        lambda given, worlds, seed: mean_over_worlds(simulate_answers(given, 0.0, worlds, seed).findings, 1.0),
        EXAMINE, test_problem,
    ),
    Check(
        "B15e", "share rejected, the other side's record clean", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, 1.0).rejection_rate,
        lambda given, worlds, seed: share_of_worlds(simulate_answers(given, 1.0, worlds, seed).refused), EXAMINE,
        test_problem,
    ),
    Check(
        "B15f", "share rejected, its record without an honest act", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, 0.0).rejection_rate,
        lambda given, worlds, seed: share_of_worlds(simulate_answers(given, 0.0, worlds, seed).refused), EXAMINE,
        test_problem,
    ),
    Check(
        "B15g", "share rejected at a mixed record", "forward recursion, chance p0+(p1-p0)(1-r)", "Wald 1945",
        WALD | {"r": Symbol(0.5, 0.0, 1.0, "the other side's record, 1: all its acts honest")},
        lambda given: expected_test(given, given.r).rejection_rate,
        lambda given, worlds, seed: share_of_worlds(simulate_answers(given, given.r, worlds, seed).refused), EXAMINE,
        test_problem,
    ),
    Check(
        "B19", "share of deals ratified", "y^kv", "Putnam 1988; independent uniform demands",
        {"y": Symbol(0.7, 0.0, 1.0, "share obtained"), "kv": Symbol(2, 0, 5, "veto players", whole=True)},
        lambda given: given.y**given.kv, ratified_share,
        "A deal awaits ratification; only mechanism ratification on; support has no weight.",
    ),
    Check(
        "B20", "rounds of public threats until a state is locked in", "w/kappa", "Fearon 1994",
        {
            "w": Symbol(0.6, 0.01, 5.0, "audience cost above which a state cannot back down"),
            "kappa": Symbol(0.08, 0.01, 1.0, "audience cost of one threat"),
        },
        lambda given: given.w / given.kappa, lock_in_rounds,
        "One threat per round, no decay, one proposal after some rounds; only mechanism audience_costs on; bisection.",
    ),
    Check(
        "B22a", "standard deviation of the oil price", "sigma/sqrt(1-phi^2), phi .92", "first-order autoregression",
        NOISE,
        lambda given: given.sigma / math.sqrt(1.0 - OIL_MEMORY**2),
        lambda given, worlds, seed: standard_deviation(drift_series(given, worlds, seed, "oil")), ENVIRONMENT_SETTING,
    ),
    Check(
        "B22b", "half-life of a shock to the oil price", "ln(1/2)/ln(phi), phi .92", "first-order autoregression",
        NOISE, lambda given: math.log(0.5) / math.log(OIL_MEMORY),
        lambda given, worlds, seed: half_life(drift_series(given, worlds, seed, "oil")), ENVIRONMENT_SETTING,
    ),
    Check(
        "B22c", "standard deviation of regional tension", "sigma/sqrt(1-phi^2), phi .9", "first-order autoregression",
        NOISE,
        lambda given: given.sigma / math.sqrt(1.0 - REGION_MEMORY**2),
        lambda given, worlds, seed: standard_deviation(drift_series(given, worlds, seed, "regional_tension")),
        ENVIRONMENT_SETTING + " Its shocks are correlated with those of the oil price.",
    ),
)  # fmt: skip
