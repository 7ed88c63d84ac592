"""Scrutiny as Wald's sequential test, ratification at home, lock-in by public words, oil and region (B15, B19-B22)."""

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

LONGEST = 1500  # findings after which an examination is no longer watched
WINDOW = 200  # rounds of oil and region that are averaged
PROPOSED_STEP = Override(1, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))


class SequentialTest(NamedTuple):
    """A sequential test: its mean length, the chance that it condemns, and how much is left undecided at the end."""

    mean_length: float
    rejection_rate: float
    undecided: float


@lru_cache(maxsize=256)
def sequential_test(alpha: float, beta: float, p0: float, p1: float, chance: float) -> SequentialTest:
    """Follow a sequential test exactly, finding by finding (Wald 1945; forward recursion).

    ``chance`` is that of a suspicious finding; the state is how many of n findings were.
    """
    upper, lower = math.log((1.0 - beta) / alpha), math.log(beta / (1.0 - alpha))
    up, down = math.log(p1 / p0), math.log((1.0 - p1) / (1.0 - p0))
    alive, length, condemned = np.ones(1), 0.0, 0.0
    for n in range(1, LONGEST + 1):
        length += alive.sum()
        alive = np.append(alive, 0.0) * (1.0 - chance) + np.append(0.0, alive) * chance
        odds = np.arange(n + 1) * up + (n - np.arange(n + 1)) * down
        condemned += alive[odds >= upper].sum()
        alive[(odds >= upper) | (odds <= lower)] = 0.0
        if alive.sum() < 1e-13:
            break
    return SequentialTest(length, condemned, float(alive.sum()))


def expected_test(given: Any, deceitful: bool) -> SequentialTest:
    """Give the test of a side that is honest or not."""
    return sequential_test(given.alpha, given.beta, given.p0, given.p1, given.p1 if deceitful else given.p0)


def scrutiny_scenario(given: Any, deceitful: bool = False) -> Scenario:
    """Put a proposal under examination, one finding a round; once cleared it is accepted."""
    return isolated_scenario(
        ("scrutiny",),
        {
            **ACCEPTS_ANY_SHARE, "scrutiny.false_rejection": given.alpha, "scrutiny.false_acceptance": given.beta,
            "scrutiny.suspicious_if_honest": given.p0, "scrutiny.suspicious_if_deceitful": given.p1,
            "scrutiny.findings_per_round": 1, "scrutiny.prior_weight": 0.0, "scrutiny.loss_weight": 0.0,
            "states.borea.trustworthiness": 0.0 if deceitful else 1.0,
        },
    )  # fmt: skip


def withheld_answers(rounds: int) -> tuple[Override, ...]:
    """Keep the other side from answering, so that this one's answer is all there is."""
    return tuple(Override(now, "answer_proposal", "talks", "borea", None, 0) for now in range(1, rounds + 1))


class Answers(NamedTuple):
    """When a side answered, counting findings, and whether it refused, by world."""

    findings: np.ndarray
    refused: np.ndarray


def simulate_answers(given: Any, deceitful: bool, worlds: int, seed: int) -> Answers:
    """Let one side examine a proposal until it answers."""
    played = Worlds(scrutiny_scenario(given, deceitful), worlds, seed, (PROPOSED_STEP, *withheld_answers(LONGEST + 1)))
    played.step()
    refused = np.zeros(worlds, bool)
    answered = np.zeros(worlds, bool)

    def answer(played: Worlds) -> np.ndarray:
        said = played.column("answer")[:, 0, 0]
        refused[~answered & (said < 0)] = True
        answered[said != 0] = True
        return answered

    return Answers(played.first_round(answer, LONGEST), refused)


def decision_bound(given: Any, seed: int, sign: int) -> SimulatedValue:
    """Find the log odds of deceit from which on a side no longer waits, but refuses (1) or accepts (-1)."""

    def decides(doubt: float) -> bool:
        forced = Override(2, "examine", "talks", "alba", None, sign * doubt)
        played = Worlds(scrutiny_scenario(given), 1, seed, (PROPOSED_STEP, forced, *withheld_answers(2)))
        played.step(2)
        return int(played.column("answer")[0, 0, 0]) == -sign

    found = find_threshold(decides, 0.0, 49.0)
    return found._replace(value=sign * found.value)


def ratified_share(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Put a deal with a share y to kv veto players."""
    changes = {
        "home.veto_spread": 1.0, "home.support_weight": 0.0, "states.alba.veto_players": int(given.kv),
        "states.borea.veto_players": 0,
    }  # fmt: skip
    ready = Override(1, "status", "talks", None, "step-1", float(RungStatus.SCRUTINISED))
    share = Override(1, "offer", "talks", None, None, given.y)
    played = Worlds(isolated_scenario(("ratification",), changes), worlds, seed, (ready, share))
    played.step(2)
    return share_of_worlds(played.column("ratified")[:, 0, 0] == 1)


def lock_in_rounds(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Threaten in every round until the proposal on the table can no longer be accepted.

    The cost of a round's words comes at its end, and the answer of the next is the first to feel it. Where
    between two rounds the cost crosses the threshold is read off the line between them.
    """
    changes = {
        **ACCEPTS_ANY_SHARE, "home.audience_growth": given.kappa, "home.audience_decay": 0.0, "home.lock_in": given.w,
        "scrutiny.loss_weight": 0.0, "states.alba.cooperates_first": False, "states.alba.dialogue": 0.0,
    }  # fmt: skip
    played = Worlds(
        isolated_scenario(("audience_costs",), changes), 1, seed, (PROPOSED_STEP, *withheld_answers(LONGEST))
    )
    costs = [0.0]
    for now in range(1, LONGEST + 1):
        played.step()
        if now > 1 and int(played.column("answer")[0, 0, 0]) < 0:
            before, after = costs[-2], costs[-1]
            return SimulatedValue(now - 2 + (given.w - before) / (after - before), resolution=1e-6)
        costs.append(float(played.column("audience_cost")[0, 0]))
    return SimulatedValue(math.nan)


def drift_series(given: Any, worlds: int, seed: int, column: str) -> np.ndarray:
    """Play oil and region, once their start is forgotten: float64 [world, round]."""
    noise = {f"environment.{name}_noise": given.sigma for name in ("oil", "region")}
    memory = {f"environment.{name}_memory": given.phi for name in ("oil", "region")}
    played = Worlds(isolated_scenario(("environment",), {**noise, **memory}), worlds, seed)
    played.step(burn_in_rounds(given.phi))
    seen = np.empty((worlds, WINDOW))
    for now in range(WINDOW):
        played.step()
        seen[:, now] = played.column(column)[:, 0]
    return seen


def standard_deviation(seen: np.ndarray) -> SimulatedValue:
    """Give the standard deviation about the known mean of nought, its error by the delta method."""
    square = mean_over_worlds((seen**2).mean(axis=1))
    value = math.sqrt(square.value)
    return square._replace(value=value, error=square.error / (2.0 * value))


def half_life(seen: np.ndarray) -> SimulatedValue:
    """Give the half-life from the lagged covariance over the variance, its error by the delta method."""
    phi = ratio_over_worlds((seen[:, 1:] * seen[:, :-1]).mean(axis=1), (seen[:, :-1] ** 2).mean(axis=1))
    value = math.log(0.5) / math.log(phi.value)
    return phi._replace(value=value, error=abs(value / (phi.value * math.log(phi.value))) * phi.error)


def test_problem(given: Any) -> str:
    """Say whether the findings tell nothing, or too little to end the test."""
    if given.p0 >= given.p1:
        return "p0 must be below p1"
    left = max(expected_test(given, deceitful).undecided for deceitful in (False, True))
    return "" if left < 1e-9 else f"p0 and p1 must be further apart: the test would go on after {LONGEST} findings"


WALD = {
    "alpha": Symbol(0.05, 0.001, 0.45, "chance of condemning an honest proposal that is aimed at"),
    "beta": Symbol(0.1, 0.001, 0.45, "chance of clearing a deceitful proposal that is aimed at"),
    "p0": Symbol(0.1, 0.001, 0.999, "chance of a suspicious finding if honest"),
    "p1": Symbol(0.3, 0.001, 0.999, "chance of a suspicious finding if deceitful"),
}
ERRORS = {name: WALD[name] for name in ("alpha", "beta")}
EXAMINE = (
    "A proposal on the table, one finding a round, no prior; mechanism scrutiny alone; the side's own answer counts."
)
NOISE = {"phi": Symbol(0.9, 0.0, 0.99, "memory"), "sigma": Symbol(0.1, 0.001, 0.5, "size of a shock")}
DRIFT = "Mechanism environment alone; rounds after the start is forgotten."
SPREAD = "sigma/sqrt(1-phi^2)"


def with_default_findings(given: Any) -> Any:
    """Complete the error rates with findings that do not matter to the bounds."""
    given.p0, given.p1 = WALD["p0"].default, WALD["p1"].default
    return given


CHECKS = (
    Check(
        "B15a", "log odds of deceit at which it is condemned", "ln((1-beta)/alpha)", "Wald 1945", ERRORS,
        lambda given: math.log((1.0 - given.beta) / given.alpha),
        lambda given, worlds, seed: decision_bound(with_default_findings(given), seed, 1), EXAMINE + " Doubt forced, by halving.",
    ),
    Check(
        "B15b", "log odds of deceit at which it is cleared", "ln(beta/(1-alpha))", "Wald 1945", ERRORS,
        lambda given: math.log(given.beta / (1.0 - given.alpha)),
        lambda given, worlds, seed: decision_bound(with_default_findings(given), seed, -1), EXAMINE + " Doubt forced, by halving.",
    ),
    Check(
        "B15c", "mean findings, the other side honest", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, False).mean_length,
        lambda given, worlds, seed: mean_over_worlds(simulate_answers(given, False, worlds, seed).findings, 1.0), EXAMINE, test_problem,
    ),
    Check(
        "B15d", "mean findings, the other side deceitful", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, True).mean_length,
        lambda given, worlds, seed: mean_over_worlds(simulate_answers(given, True, worlds, seed).findings, 1.0), EXAMINE, test_problem,
    ),
    Check(
        "B15e", "share of honest proposals condemned", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, False).rejection_rate,
        lambda given, worlds, seed: share_of_worlds(simulate_answers(given, False, worlds, seed).refused), EXAMINE, test_problem,
    ),
    Check(
        "B15f", "share of deceitful proposals condemned", "forward recursion", "Wald 1945", WALD,
        lambda given: expected_test(given, True).rejection_rate,
        lambda given, worlds, seed: share_of_worlds(simulate_answers(given, True, worlds, seed).refused), EXAMINE, test_problem,
    ),
    Check(
        "B19", "share of deals ratified", "y^kv", "Putnam 1988; independent uniform demands",
        {"y": Symbol(0.7, 0.0, 1.0, "share won"), "kv": Symbol(2, 0, 5, "veto players", whole=True)},
        lambda given: given.y**given.kv, ratified_share,
        "A deal that waits for ratification; mechanism ratification alone, support weighs nothing.",
    ),
    Check(
        "B20", "rounds of public threats until a state is locked in", "w/kappa", "Fearon 1994",
        {"w": Symbol(0.6, 0.01, 5.0, "audience cost beyond which it cannot back down"),
         "kappa": Symbol(0.08, 0.01, 1.0, "audience cost of one threat")},
        lambda given: given.w / given.kappa, lock_in_rounds,
        "One threat a round, nothing forgotten, a proposal on the table; mechanism audience alone. The refusal comes "
        "in the first whole round after the crossing.",
    ),
    Check(
        "B22a", "standard deviation of the oil price", SPREAD, "first-order autoregression", NOISE,
        lambda given: given.sigma / math.sqrt(1.0 - given.phi**2),
        lambda given, worlds, seed: standard_deviation(drift_series(given, worlds, seed, "oil")), DRIFT,
    ),
    Check(
        "B22b", "half-life of a shock to the oil price", "ln(1/2)/ln(phi)", "first-order autoregression",
        NOISE | {"phi": NOISE["phi"]._replace(low=0.05)}, lambda given: math.log(0.5) / math.log(given.phi),
        lambda given, worlds, seed: half_life(drift_series(given, worlds, seed, "oil")), DRIFT,
    ),
    Check(
        "B22c", "standard deviation of regional tension", SPREAD, "first-order autoregression", NOISE,
        lambda given: given.sigma / math.sqrt(1.0 - given.phi**2),
        lambda given, worlds, seed: standard_deviation(drift_series(given, worlds, seed, "region")),
        DRIFT + " Its shocks are partly those of oil.",
    ),
)  # fmt: skip
