"""Conduct under fixed relations, moods that persist, and months of silence (B28, B29, B35)."""

import math
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import (
    Check,
    SimulatedValue,
    Symbol,
    binomial_share,
    burn_in_rounds,
    mean_over_worlds,
    ratio_over_worlds,
)
from experiments.validation.degenerate import NO_PROPOSALS, for_both_states, isolated_scenario, smallest_scenario
from model.rules.conduct import FIRMEST_HABIT, USUAL_TENSION, USUAL_TRUST

WINDOW = 200  # rounds over which conduct or a mood is averaged, after the burn-in
SILENT_ROUNDS = 25
RUNGS = 4
HABITS = ("after_cc", "after_cd", "after_dc", "after_dd")  # by own act, then the other's


def relation_shift(given: Any) -> float:
    """Return what relations add to the log odds: w_t (t - .4) - w_x (x - .3) + w_d d/4 - w_p 2 P."""
    return (
        given.wt * (given.t - USUAL_TRUST) - given.wx * (given.x - USUAL_TENSION)
        + given.wd * given.d / RUNGS - 2.0 * given.wp * given.P
    )  # fmt: skip


def stationary_cooperation(given: Any) -> float:
    """Return the cooperation of a memory-one pair whose log odds are shifted, from the stationary vector of its chain.

    The states of the chain are cc, cd, dc and dd, the first side's act first (Nowak & Sigmund 1990).
    """
    shift, chances = relation_shift(given), []
    for habit in (given.cc, given.cd, given.dc, given.dd):
        odds = math.inf if habit >= 1.0 else -math.inf if habit <= 0.0 else math.log(habit / (1.0 - habit))
        chances.append(1.0 / (1.0 + math.exp(-(min(max(odds, -FIRMEST_HABIT), FIRMEST_HABIT) + shift))))
    first, second = np.array(chances), np.array(chances)[[0, 2, 1, 3]]
    step = np.column_stack([first * second, first * (1 - second), (1 - first) * second, (1 - first) * (1 - second)])
    system = np.vstack([step.T - np.eye(4), np.ones(4)])
    share = np.linalg.lstsq(system, np.array([0.0, 0.0, 0.0, 0.0, 1.0]), rcond=None)[0]
    return float(share[0] + 0.5 * (share[1] + share[2]))


def simulate_cooperation(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Measure the share of cooperative acts of both sides; trust, posture, deals and pressure do not change."""
    data = smallest_scenario(rungs=RUNGS)
    for step in list(data["negotiations"]["talks"]["rungs"].values())[: int(given.d)]:
        step["status"] = "verified"
    both = {"trust": given.t, "tension": given.x, "pressure": given.P}
    changes = {
        **NO_PROPOSALS, **for_both_states(dict(zip(HABITS, (given.cc, given.cd, given.dc, given.dd), strict=True))),
        **{f"relations.{pair}.{name}": value for pair in ("alba.borea", "borea.alba") for name, value in both.items()},
        "conduct.trust_moves_conduct": given.wt, "conduct.tension_moves_conduct": given.wx,
        "conduct.deal_moves_conduct": given.wd, "conduct.pressure_moves_conduct": given.wp,
    }  # fmt: skip
    simulation = Worlds(isolated_scenario(("reciprocity", "relations"), changes, data), worlds, seed)
    simulation.step(WINDOW)
    total = np.zeros(worlds)
    for _ in range(WINDOW):
        simulation.step()
        total += simulation.pair_cooperation().mean(axis=1)
    return mean_over_worlds(total / WINDOW, 0.5 / WINDOW)


class MoodMoments(NamedTuple):
    """The stationary second moments of a pair of moods: variance, and covariance at lag one and across the pair."""

    variance: float
    lagged: float
    across: float


def mood_moments(given: Any) -> MoodMoments:
    """Return the moments of z' = a z + b y + sigma e by its modes, the sum and the difference of the two moods."""
    together, apart = given.a + given.b, given.a - given.b
    sums, differences = 1.0 / (1.0 - together**2), 1.0 / (1.0 - apart**2)
    half = given.sigma**2 / 2.0
    return MoodMoments(
        half * (sums + differences), half * (together * sums + apart * differences), half * (sums - differences)
    )


def mood_series(given: Any, worlds: int, seed: int) -> np.ndarray:
    """Return the moods of two parties after the burn-in: float64 [world, round, side]."""
    values = {"inertia": given.a, "reciprocity": given.b, "spread": given.sigma}
    changes = {f"conduct.mood_{name}": value for name, value in values.items()}
    simulation = Worlds(isolated_scenario(("intensity",), changes), worlds, seed)
    simulation.step(burn_in_rounds(given.a + given.b))
    series = np.empty((worlds, WINDOW, 2))
    for now in range(WINDOW):
        simulation.step()
        mood = simulation.column("mood")
        series[:, now] = np.stack([mood[:, 0, 1], mood[:, 1, 0]], axis=1)
    return series


def mood_deviation(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the standard deviation of moods about zero, with its error by the delta method."""
    square = mean_over_worlds((mood_series(given, worlds, seed) ** 2).mean(axis=(1, 2)))
    value = math.sqrt(square.value)
    return square._replace(value=value, error=square.error / (2.0 * value))


def mood_memory(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the correlation of a mood with itself one month later."""
    series = mood_series(given, worlds, seed)
    return ratio_over_worlds(
        (series[:, 1:] * series[:, :-1]).mean(axis=(1, 2)), (series[:, :-1] ** 2).mean(axis=(1, 2))
    )


def mood_correlation(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the correlation of the two moods of a pair in the same month."""
    series = mood_series(given, worlds, seed)
    return ratio_over_worlds((series[..., 0] * series[..., 1]).mean(axis=1), (series**2).mean(axis=(1, 2)))


def silent_share(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the share of months in which a state does nothing towards one with which it has no talks."""
    changes = {"conduct.silence": given.s, "relations.third-0.alba.tension": given.x}
    simulation = Worlds(isolated_scenario(("intensity",), changes, smallest_scenario(states=3)), worlds, seed)
    silent = 0
    for _ in range(SILENT_ROUNDS):
        simulation.step()
        silent += int(simulation.column("silent")[:, 2, 0].sum())
    return binomial_share(silent, worlds * SILENT_ROUNDS, worlds)


def mood_problem(given: Any) -> str:
    """Return an error text if moods are not stationary, or so strong that the model clips them."""
    if given.a + given.b > 0.98:
        return "a + b must be at most 0.98, or moods are not stationary"
    deviation = math.sqrt(mood_moments(given).variance)
    return "" if deviation <= 0.7 else f"the deviation of moods, {deviation:.2f}, must be at most 0.7: they end at 3"


def ratio_of_moments(given: Any, name: str) -> float:
    """Return a covariance of moods over their variance."""
    moments = mood_moments(given)
    return getattr(moments, name) / moments.variance


HABIT_SYMBOLS = {
    "cc": Symbol(0.95, 0.0, 1.0, "probability of cooperating after mutual cooperation"),
    "cd": Symbol(0.85, 0.0, 1.0, "after the other alone defected"),
    "dc": Symbol(0.55, 0.0, 1.0, "after it alone defected"),
    "dd": Symbol(0.35, 0.0, 1.0, "after mutual defection"),
}
RELATION_SYMBOLS = {
    "t": Symbol(0.3, 0.02, 0.98, "trust"),
    "x": Symbol(0.5, 0.0, 1.0, "posture"),
    "d": Symbol(1, 0, 4, "verified rungs, of four", whole=True),
    "P": Symbol(0.4, 0.0, 1.0, "pressure, each way"),
    "wt": Symbol(2.0, 0.0, 5.0, "weight of trust"),
    "wx": Symbol(1.5, 0.0, 5.0, "weight of posture"),
    "wd": Symbol(1.9, 0.0, 5.0, "weight of agreements in force"),
    "wp": Symbol(0.5, 0.0, 5.0, "weight of pressure"),
}
MOODS = {
    "a": Symbol(0.7, 0.0, 0.95, "share of a mood that remains after a month"),
    "b": Symbol(0.15, 0.0, 0.95, "share of the other's mood that is returned"),
    "sigma": Symbol(0.2, 0.01, 0.7, "standard deviation of a month's change"),
}
MOOD_SETTING = "Only mechanism intensity on; months after the burn-in."
MODES = "S=1/(1-(a+b)^2), D=1/(1-(a-b)^2)"

CHECKS = (
    Check(
        "B28", "cooperation of a memory-one pair under fixed relations",
        "stationary chain, log odds + wt(t-.4)-wx(x-.3)+wd d/4-2 wp P",
        "Nowak & Sigmund 1990; Goldstein & Freeman 1990",
        HABIT_SYMBOLS | RELATION_SYMBOLS, stationary_cooperation, simulate_cooperation,
        "Only mechanisms reciprocity and relations on; relations are fixed and nothing is proposed; habits end at 4.",
    ),
    Check(
        "B29a", "standard deviation of moods", f"sigma sqrt((S+D)/2), {MODES}", "first-order vector autoregression",
        MOODS, lambda given: math.sqrt(mood_moments(given).variance), mood_deviation, MOOD_SETTING, mood_problem,
    ),
    Check(
        "B29b", "correlation of a mood with the next month's", f"((a+b)S+(a-b)D)/(S+D), {MODES}",
        "first-order vector autoregression", MOODS, lambda given: ratio_of_moments(given, "lagged"), mood_memory,
        MOOD_SETTING, mood_problem,
    ),
    Check(
        "B29c", "correlation of the two moods of a pair", f"(S-D)/(S+D), {MODES}", "first-order vector autoregression",
        MOODS, lambda given: ratio_of_moments(given, "across"), mood_correlation, MOOD_SETTING, mood_problem,
    ),
    Check(
        "B35", "share of silent months without talks", "s(1-x)", "Bernoulli trials",
        {
            "s": Symbol(0.86, 0.0, 1.0, "probability of silence without hostility"),
            "x": Symbol(0.2, 0.0, 1.0, "posture"),
        },
        lambda given: given.s * (1.0 - given.x), silent_share, "Only mechanism intensity on; a state at no table.",
    ),
)  # fmt: skip
