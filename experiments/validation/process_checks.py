"""Spells of contact, and processes of talks that end and open again (B30, B34)."""

import itertools
from typing import Any

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, SimulatedValue, Symbol, mean_over_worlds, ratio_over_worlds
from experiments.validation.degenerate import NO_PROPOSALS, for_both_states, isolated_scenario
from model.enumerations import RungStatus
from model.overrides import Override

LONG = 8  # observation time of spells, in mean lengths of both
LONGEST = 1000  # longest wait for an end or a new start, in rounds


def openness(given: Any) -> float:
    """Return how open two sides with the same dialogue and trust are to talks: o^2 min(t / d, 1)^2."""
    return (given.o * min(given.t / given.d, 1.0)) ** 2


def start_chance(given: Any) -> float:
    """Return the monthly probability that contact starts: s O (1 - x), O the openness."""
    return given.s * openness(given) * (1.0 - given.x)


def stop_chance(given: Any) -> float:
    """Return the monthly probability that contact ends: e + c x."""
    return given.e + given.c * given.x


def relations(given: Any) -> dict[str, float]:
    """Return the changes that give both sides the same trust and posture, and the trust that suffices to meet."""
    both = {"trust": given.t, "tension": given.x}
    pairs = ("alba.borea", "borea.alba")
    changes = {f"relations.{pair}.{name}": value for pair in pairs for name, value in both.items()}
    return {**changes, "contact.direct_trust": given.d}


def mean_spell(given: Any, in_contact: bool, worlds: int, seed: int) -> SimulatedValue:
    """Measure the mean length of spells of contact, or of the silence between them."""
    changes = {
        **NO_PROPOSALS, **for_both_states({"dialogue": given.o}), "contact.contact_start": given.s,
        "contact.contact_stop": given.e, "contact.tension_ends_contact": given.c, **relations(given),
    }  # fmt: skip
    simulation = Worlds(isolated_scenario((), changes), worlds, seed)
    rounds = int(LONG * (1.0 / start_chance(given) + 1.0 / stop_chance(given)))
    simulation.step(rounds // 2)
    inside, ends = np.zeros(worlds), np.zeros(worlds)
    before = (simulation.column("contact")[:, 0] > 0) == in_contact
    for _ in range(rounds):
        simulation.step()
        now = (simulation.column("contact")[:, 0] > 0) == in_contact
        inside += before
        ends += before & ~now
        before = now
    return ratio_over_worlds(inside, ends)


def failures_before_the_end(given: Any) -> float:
    """Return the expected failures until a process ends, if the n-th ends it with probability g (n - 1/2 + x)."""
    expected, alive, failures = 0.0, 1.0, 0
    while alive > 1e-12:
        failures += 1
        expected += alive
        alive *= 1.0 - min(given.g * (failures - 0.5 + given.x), 1.0)
    return expected


def simulate_failures(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Count the refusals until the process ends; every second month a proposal is made, and refused in the next."""
    moves = itertools.chain.from_iterable(
        (
            Override(now, "status", "talks", None, "step-1", float(RungStatus.PROPOSED)),
            Override(now + 1, "answer_proposal", "talks", "alba", None, -1.0),
        )
        for now in range(1, LONGEST, 2)
    )
    changes = {
        "process.giving_up": given.g, **for_both_states({"dialogue": 0.0}),
        "relations.alba.borea.tension": given.x, "relations.borea.alba.tension": given.x,
    }  # fmt: skip
    simulation = Worlds(isolated_scenario(("processes",), changes), worlds, seed, moves)
    rounds = simulation.first_round(lambda simulation: simulation.column("process_ends")[:, 0] > 0, LONGEST)
    return mean_over_worlds(rounds / 2.0, 1.0)


def reopening_chance(given: Any) -> float:
    """Return the monthly probability of a new start: r O (1 - x), O the openness."""
    return given.r * openness(given) * (1.0 - given.x)


def simulate_reopening(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Measure the months from the end of a process to its new start."""
    changes = {
        "process.reopening": given.r, **for_both_states({"dialogue": given.o, "turnover": 0.0}), **relations(given),
    }  # fmt: skip
    ended = Override(1, "process", "talks", None, None, 0.0)
    simulation = Worlds(isolated_scenario(("processes",), changes), worlds, seed, (ended,))
    simulation.step()
    rounds = simulation.first_round(lambda simulation: simulation.column("process_opens")[:, 0] > 0, 20 * LONGEST)
    return mean_over_worlds(rounds, 1.0)


def spell_problem(given: Any) -> str:
    """Return an error text if spells are too long to be observed, or have no length."""
    if start_chance(given) < 0.005 or stop_chance(given) < 0.005:
        return "contact must start and end with a probability of at least 0.005 a month"
    return "" if max(start_chance(given), stop_chance(given)) <= 1.0 else "e + c x must be at most 1"


def reopening_problem(given: Any) -> str:
    """Return an error text if a process hardly ever opens again."""
    return "" if reopening_chance(given) >= 0.002 else "r O (1 - x) must be at least 0.002"


OPEN = {
    "o": Symbol(0.8, 0.0, 1.0, "dialogue of both"),
    "t": Symbol(0.4, 0.02, 0.98, "trust on both sides"),
    "d": Symbol(0.55, 0.02, 1.0, "trust that suffices to meet in public"),
    "x": Symbol(0.3, 0.0, 1.0, "tension"),
}
SPELLS = OPEN | {
    "s": Symbol(0.2, 0.0, 1.0, "probability that contact starts between fully open sides"),
    "e": Symbol(0.05, 0.0, 1.0, "probability that contact ends at zero tension"),
    "c": Symbol(0.12, 0.0, 1.0, "added at full tension"),
}
OPENNESS = "O=(o min(t/d,1))^2"
SPELL_SETTING = "Every mechanism off; nothing is proposed and no agreement is in force."

CHECKS = (
    Check(
        "B30a", "mean months between spells of contact", f"1/(s O (1-x)), {OPENNESS}", "two-state Markov chain", SPELLS,
        lambda given: 1.0 / start_chance(given),
        lambda given, worlds, seed: mean_spell(given, False, worlds, seed), SPELL_SETTING, spell_problem,
    ),
    Check(
        "B30b", "mean months of a spell of contact", "1/(e+c x)", "two-state Markov chain", SPELLS,
        lambda given: 1.0 / stop_chance(given),
        lambda given, worlds, seed: mean_spell(given, True, worlds, seed), SPELL_SETTING, spell_problem,
    ),
    Check(
        "B34a", "mean failures until a process ends", "sum over n of prod (1-g(j-1/2+x)), j=1..n-1", "discrete hazard",
        {
            "g": Symbol(0.15, 0.01, 1.0, "probability of the end added by each failure"),
            "x": Symbol(0.2, 0.0, 1.0, "tension"),
        },
        failures_before_the_end, simulate_failures, "Every proposal is refused; only mechanism processes on.",
    ),
    Check(
        "B34b", "mean months until a process opens again", f"1/(r O (1-x)), {OPENNESS}", "geometric distribution",
        OPEN | {"r": Symbol(0.2, 0.0, 1.0, "probability that fully open sides start again")},
        lambda given: 1.0 / reopening_chance(given), simulate_reopening,
        "The end is forced; no facilitator, no change of government; only mechanism processes on.", reopening_problem,
    ),
)  # fmt: skip
