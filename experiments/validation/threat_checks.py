"""Threats and the use of force (B31, B32)."""

from typing import Any

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, SimulatedValue, Symbol, mean_over_worlds, share_of_worlds
from experiments.validation.degenerate import for_both_states, isolated_scenario
from model.overrides import Override
from model.scenario import Scenario

LONGEST = 20_000  # longest wait for a demand or an act of force, in rounds
SPEED = 0.25  # speed at which the credibility of threats follows the last one


def threat_scenario(**changes: Any) -> Scenario:
    """Return a scenario of two states that do not talk; demands come only by force of an override."""
    return isolated_scenario(
        ("threats",), {"threats.threat_hazard": 0.0, **for_both_states({"dialogue": 0.0}), **changes}
    )


def demand_on(target: str, sender: str, now: int) -> Override:
    """Return a forced demand."""
    return Override(now, "make_demand", None, sender, target, 1.0)


def conceding_share(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the share of worlds in which the target of a demand gives way."""
    changes = {
        "threats.threat_harm": given.h, "states.alba.resolve": given.R, "relations.borea.alba.pressure": given.P,
    }  # fmt: skip
    believed = Override(1, "update_threat_credibility", None, "borea", None, given.c)
    simulation = Worlds(threat_scenario(**changes), worlds, seed, (believed, demand_on("alba", "borea", 2)))
    simulation.step(2)
    return share_of_worlds(simulation.column("concedes")[:, 0, 1] > 0)


def carried_out_share(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the share of threats that are carried out when the target stands firm."""
    changes = {"contact.cost_of_pressure": given.q, "relations.borea.alba.tension": given.x}
    firm = Override(1, "concede", None, "alba", "borea", 0.0)
    simulation = Worlds(threat_scenario(**changes), worlds, seed, (demand_on("alba", "borea", 1), firm))
    simulation.step()
    carried_out, backed_down = (simulation.column(name)[:, 1, 0] > 0 for name in ("carries_out", "backs_down"))
    assert (carried_out != backed_down).all()
    return share_of_worlds(carried_out)


def credibility_after(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the credibility of threats after k threats carried out and then m that were not."""
    kept, rounds = int(given.k), int(given.k + given.m)
    moves = [demand_on("alba", "borea", now) for now in range(1, rounds + 1)]
    moves += [Override(now, "concede", None, "alba", "borea", 0.0) for now in range(1, rounds + 1)]
    moves += [
        Override(now, "carry_out_threat", None, "borea", "alba", float(now <= kept)) for now in range(1, rounds + 1)
    ]
    simulation = Worlds(threat_scenario(), 1, seed, moves)
    simulation.step(rounds)
    return SimulatedValue(float(simulation.column("threat_credibility")[0, 1]))


def months_until_demand(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the mean months until the first demand."""
    changes = {"threats.threat_hazard": given.f, "relations.alba.borea.tension": given.x}
    simulation = Worlds(threat_scenario(**changes), worlds, seed)
    return mean_over_worlds(
        simulation.first_round(lambda simulation: simulation.column("demands")[:, 0, 1] > 0, LONGEST), 1.0
    )


def months_until_force(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the mean months until the first use of force."""
    changes = {
        **for_both_states({"dialogue": 0.0}), "threats.force_hazard": given.f, "threats.force_threshold": given.z,
        "relations.alba.borea.tension": given.x, "relations.borea.alba.tension": 0.0,
    }  # fmt: skip
    simulation = Worlds(isolated_scenario(("force",), changes), worlds, seed)
    return mean_over_worlds(
        simulation.first_round(lambda simulation: simulation.column("uses_force")[:, 0, 1] > 0, LONGEST), 1.0
    )


def share(value: float) -> float:
    """Return a probability: a sum of terms, clipped to 0 to 1."""
    return min(max(value, 0.0), 1.0)


CHECKS = (
    Check(
        "B31a", "share of targets that give way to a demand", "h c + h P/2 - R/2, 0 to 1", "after Fearon 1994",
        {
            "h": Symbol(0.9, 0.0, 2.0, "harm threatened"),
            "c": Symbol(0.6, 0.0, 1.0, "credibility of the threat"),
            "P": Symbol(0.5, 0.0, 1.0, "pressure on the target"),
            "R": Symbol(0.4, 0.0, 1.0, "its resolve"),
        },
        lambda given: share(given.h * given.c + 0.5 * given.h * given.P - 0.5 * given.R), conceding_share,
        "A demand is forced; only mechanism threats on.",
    ),
    Check(
        "B31b", "share of threats carried out", "0.3 + 0.4 x - q, 0 to 1", "after Fearon 1994",
        {
            "x": Symbol(0.6, 0.0, 1.0, "posture of the sender"),
            "q": Symbol(0.1, 0.0, 1.0, "cost of exerting pressure"),
        },
        lambda given: share(0.3 + 0.4 * given.x - given.q), carried_out_share,
        "A demand is forced and the target stands firm; only mechanism threats on; oil price normal.",
    ),
    Check(
        "B31c", "credibility after k threats carried out, then m not", "(1-(3/4)^k/2)(3/4)^m", "exponential smoothing",
        {
            "k": Symbol(3, 0, 40, "threats carried out", whole=True),
            "m": Symbol(2, 0, 40, "threats not carried out", whole=True),
        },
        lambda given: (1.0 - 0.5 * (1.0 - SPEED) ** given.k) * (1.0 - SPEED) ** given.m, credibility_after,
        "One demand a month, which the target resists; only mechanism threats on.",
    ),
    Check(
        "B31d", "mean months until the first demand", "1/(f x)", "geometric distribution",
        {
            "f": Symbol(0.06, 0.01, 1.0, "probability of a demand at full tension"),
            "x": Symbol(0.8, 0.1, 1.0, "posture of the sender"),
        },
        lambda given: 1.0 / (given.f * given.x), months_until_demand, "No contact; only mechanism threats on.",
    ),
    Check(
        "B32", "mean months until force is used", "1/(f(x-z))", "geometric distribution",
        {
            "f": Symbol(0.5, 0.0, 1.0, "hazard of force, per posture beyond the threshold"),
            "x": Symbol(0.9, 0.0, 1.0, "posture"),
            "z": Symbol(0.7, 0.0, 1.0, "threshold of posture"),
        },
        lambda given: 1.0 / (given.f * (given.x - given.z)), months_until_force, "Only mechanism force on.",
        lambda given: "" if given.f * (given.x - given.z) >= 0.002 else "f (x - z) must be at least 0.002",
    ),
)  # fmt: skip
