"""Reciprocal pairs with noise: tit for tat, generous, contrite, win-stay lose-shift, via a verifier (B02-B04b)."""

from typing import Any

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import (
    Check,
    SimulatedValue,
    Symbol,
    burn_in_rounds,
    mean_over_worlds,
    ratio_over_worlds,
)
from experiments.validation.degenerate import TIT_FOR_TAT, for_both_states, isolated_scenario
from model.scenario import Scenario

WINDOW = 200  # rounds over which a world's conduct is averaged, after the burn-in
LONG = 3  # observation time of spells, in mean lengths
NOISE = Symbol(0.01, 0.005, 0.5, "probability that an act turns into its opposite")
GENEROSITY = Symbol(1 / 3, 0.0, 1.0, "probability of answering a hostile act with cooperation")


def noisy_pair(
    doctrine: str, execution: float = 0.0, friendly: float = 0.0, hostile: float = 0.0, **own: Any
) -> Scenario:
    """Return a scenario of two states with one doctrine and noise, and no other mechanism."""
    noise = {"execution_noise": execution, "misread_friendly": friendly, "misread_hostile": hostile}
    return isolated_scenario(
        ("reciprocity", "noise"),
        {
            **for_both_states({"doctrine": doctrine, "generosity": 0.0, **TIT_FOR_TAT, **own}),
            **{f"perception.{name}": value for name, value in noise.items()},
        },
    )


def cooperation_rate(scenario: Scenario, memory: float, worlds: int, seed: int) -> SimulatedValue:
    """Measure the share of cooperative acts of both sides after the burn-in."""
    simulation = Worlds(scenario, worlds, seed)
    simulation.step(burn_in_rounds(memory))
    total = np.zeros(worlds)
    for _ in range(WINDOW):
        simulation.step()
        total += simulation.pair_cooperation().mean(axis=1)
    return mean_over_worlds(total / WINDOW)


def mean_spell(at_peace: bool, e: float, worlds: int, seed: int) -> SimulatedValue:
    """Measure the mean length of spells: rounds of peace (or conflict) divided by the number of spells that end."""
    simulation = Worlds(noisy_pair("reciprocity", execution=e), worlds, seed)
    simulation.step(burn_in_rounds(1 - 2 * e))
    inside, ends = np.zeros(worlds), np.zeros(worlds)
    before = simulation.pair_cooperation().all(axis=1) == at_peace
    for _ in range(int(LONG * (4.0 / (1.0 - (1.0 - e) ** 2)))):
        simulation.step()
        now = simulation.pair_cooperation().all(axis=1) == at_peace
        inside += before
        ends += before & ~now
        before = now
    return ratio_over_worlds(inside, ends)


def reactive_cooperation(p: float, q: float) -> float:
    """Return the cooperation of reactive strategies with p after cooperation, q after hostility (Nowak & Sigmund)."""
    return q / (1.0 - p + q)


def b03b_expected(given: Any) -> float:
    """Return B03b: with p' = 1 - e and q' = g + e - 2 e g."""
    return reactive_cooperation(1.0 - given.e, given.g + given.e - 2.0 * given.e * given.g)


def b04b_expected(given: Any) -> float:
    """Return B04b: with p = 1 - f (1 - g) and q = 1 - d (1 - g)."""
    return reactive_cooperation(1.0 - given.f * (1.0 - given.g), 1.0 - given.d * (1.0 - given.g))


def b04b_simulated(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Simulate two states that observe each other via a verifier, which misses a hostile act with probability 1 - d."""
    scenario = noisy_pair("reciprocity", friendly=given.f, hostile=1.0 - given.d, generosity=given.g)
    return cooperation_rate(scenario, (1.0 - given.g) * (given.d - given.f), worlds, seed)


PAVLOV = {"after_cc": 1.0, "after_cd": 0.0, "after_dc": 0.0, "after_dd": 1.0}
PAIR_SETTING = "Doctrine reciprocity on both sides; only mechanisms reciprocity and noise on; no misreading."

CHECKS = (
    Check(
        "B02", "cooperation of a tit-for-tat pair", "1/2", "Molander 1985; Nowak & Sigmund 1992", {"e": NOISE},
        lambda given: 0.5,
        lambda given, worlds, seed: cooperation_rate(
            noisy_pair("reciprocity", execution=given.e), 1 - 2 * given.e, worlds, seed,
        ),
        PAIR_SETTING,
    ),
    Check(
        "B02s", "mean spell of peace of that pair, in rounds", "1/(1-(1-e)^2)", "Markov chain of four states",
        {"e": NOISE}, lambda given: 1.0 / (1.0 - (1.0 - given.e) ** 2),
        lambda given, worlds, seed: mean_spell(True, given.e, worlds, seed),
        PAIR_SETTING + " Peace: both acts cooperative.",
    ),
    Check(
        "B02t", "mean spell of conflict of that pair, in rounds", "3/(1-(1-e)^2)", "Markov chain of four states",
        {"e": NOISE}, lambda given: 3.0 / (1.0 - (1.0 - given.e) ** 2),
        lambda given, worlds, seed: mean_spell(False, given.e, worlds, seed),
        PAIR_SETTING + " Conflict: not both acts cooperative.",
    ),
    Check(
        "B03b", "cooperation of a generous pair", "q'/(1-p'+q'), p'=1-e, q'=g+e-2eg", "Nowak & Sigmund 1992",
        {"e": NOISE._replace(default=0.05), "g": GENEROSITY}, b03b_expected,
        lambda given, worlds, seed: cooperation_rate(
            noisy_pair("reciprocity", execution=given.e, generosity=given.g), (1 - 2 * given.e) * (1 - given.g), worlds,
            seed,
        ),
        PAIR_SETTING,
    ),
    Check(
        "B03c", "cooperation of a win-stay, lose-shift pair", "(1-e)(1-2e+4e^2)", "Nowak & Sigmund 1993", {"e": NOISE},
        lambda given: (1.0 - given.e) * (1.0 - 2.0 * given.e + 4.0 * given.e**2),
        lambda given, worlds, seed: cooperation_rate(
            noisy_pair("reciprocity", execution=given.e, **PAVLOV), 0.5, worlds, seed,
        ),
        PAIR_SETTING + " Each side cooperates after equal acts, otherwise not.",
    ),
    Check(
        "B04", "cooperation of a contrite pair", "1/(1+2e)", "Wu & Axelrod 1995", {"e": NOISE},
        lambda given: 1.0 / (1.0 + 2.0 * given.e),
        lambda given, worlds, seed: cooperation_rate(noisy_pair("contrition", execution=given.e), 0.5, worlds, seed),
        "Doctrine contrition on both sides; only mechanisms reciprocity and noise on; no misreading.",
    ),
    Check(
        "B04b", "cooperation of a pair that observes via a verifier", "q/(1-p+q), p=1-f(1-g), q=1-d(1-g)",
        "reactive strategies, Nowak & Sigmund 1992",
        {
            "d": Symbol(0.9, 0.0, 0.999, "probability that a hostile act is seen as hostile"),
            "f": Symbol(0.05, 0.001, 1.0, "probability that a cooperative act is seen as hostile"),
            "g": GENEROSITY._replace(default=0.0),
        },
        b04b_expected, b04b_simulated,
        "Doctrine reciprocity on both sides; no miscarried acts; misreading of friendly acts f, of hostile acts 1-d.",
    ),
)  # fmt: skip
