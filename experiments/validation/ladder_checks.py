"""The deal ladder: screening stakes and deterrence (B05, B23)."""

from typing import Any

from experiments.engine.worlds import Worlds
from experiments.validation.belief_checks import MAX_TRUST, MIN_TRUST
from experiments.validation.check import (
    Check,
    SimulatedValue,
    Symbol,
    find_threshold,
)
from experiments.validation.degenerate import isolated_scenario, smallest_scenario
from experiments.validation.inspection_checks import inspection_scenario
from model.enumerations import RungStatus
from model.overrides import Override

ACCEPTS_ANY_SHARE = {  # any share is acceptable; only gain and risk matter; no proposal but a forced one
    "bargaining.share_scale": 0.0, "bargaining.narrative_weight": 0.0, "bargaining.expected_conflict": 0.0,
    "scrutiny.outside_option": 0.0, "states.alba.dialogue": 0.0,
}  # fmt: skip


def growing_ladder(growth: float, count: int, **more: Any) -> dict[str, Any]:
    """Return a scenario, as plain data, whose stakes grow by a factor from rung to rung."""
    data = smallest_scenario(rungs=count)
    for place, step in enumerate(data["negotiations"]["talks"]["rungs"].values()):
        step.update(stake=growth**place, **more)
    return data


def acceptance_threshold(data: dict[str, Any], loss: float, future: float, seed: int) -> SimulatedValue:
    """Find the lowest trust at which the first rung of a ladder is accepted."""
    proposed = Override(1, "status", "talks", None, "step-1", float(RungStatus.PROPOSED))
    weights = {"scrutiny.loss_weight": loss, "scrutiny.future_weight": future}

    def accepts(trust: float) -> bool:
        changes = {**ACCEPTS_ANY_SHARE, **weights, "relations.alba.borea.trust": trust}
        simulation = Worlds(isolated_scenario((), changes, data), 1, seed, (proposed,))
        simulation.step(2)
        return int(simulation.column("answer")[0, 0, 0]) == 1

    return find_threshold(accepts, MIN_TRUST, MAX_TRUST)


def max_stake_growth(given: Any) -> float:
    """Return the fastest growth of stakes at which an untrustworthy side betrays immediately: (b - c) / (delta b)."""
    return (given.b - given.c) / (given.delta * given.b)


def first_stake(given: Any) -> float:
    """Return the first stake of a ladder with that growth: (gam - 1) / (gam^N - 1)."""
    growth = max_stake_growth(given)
    return 1.0 / given.N if abs(growth - 1.0) < 1e-9 else (growth - 1.0) / (growth**given.N - 1.0)


def simulate_first_stake(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the share of the total stake that the model gives the first rung of that ladder."""
    simulation = Worlds(isolated_scenario((), {}, growing_ladder(max_stake_growth(given), int(given.N))), 1, seed)
    return SimulatedValue(float(simulation.column("stake")[0, 0, 0]))


def simulate_waiting_growth(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the lowest growth of stakes at which an untrustworthy side honours the first rung, awaiting the second."""

    def waits(growth: float) -> bool:
        changes = {
            "states.alba.trustworthiness": 0.0, "states.alba.discount_factor": given.delta,
            "verification.betrayal_gain": given.b, "verification.honour_gain": given.c,
            "verification.deterrence": 0.0, "verification.compliance_noise": 0.0,
        }  # fmt: skip
        data = growing_ladder(growth, 2, duration=9)
        data["negotiations"]["talks"]["rungs"]["step-1"]["status"] = "implementing"
        simulation = Worlds(isolated_scenario(("gradualism",), changes, data), 1, seed)
        simulation.step()
        return bool(simulation.column("complies")[0, 0, 0])

    return find_threshold(waits, 0.001, 100.0)


def simulate_deterrent_penalty(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the least penalty at which an untrustworthy side complies with the agreement in force."""

    def is_deterred(penalty: float) -> bool:
        gains = {"verification.betrayal_gain": given.G, "verification.honour_gain": 0.0}
        changes = {**gains, "verification.deterrence": penalty, "states.alba.trustworthiness": 0.0}
        simulation = Worlds(inspection_scenario(given.d, **changes), 1, seed)
        simulation.step()
        return bool(simulation.column("complies")[0, 0, 0])

    return find_threshold(is_deterred, 0.0, 5.0)


def bargain_problem(given: Any) -> str:
    """Return an error text if the model cannot represent these gains and losses."""
    return (
        ""
        if MIN_TRUST < given.l / (given.g + given.l) < MAX_TRUST and given.l <= 5 * given.g
        else "l/g must be at most 5"
    )


def growth_problem(given: Any) -> str:
    """Return an error text if no ladder has this growth."""
    if given.c >= given.b:
        return "c must be below b, or no side betrays"
    return "" if 0.01 <= max_stake_growth(given) <= 50 else "(b-c)/(delta b) must be between 0.01 and 50"


def stakes_problem(given: Any) -> str:
    """Return an error text if the stakes or the threshold are outside the model's ranges."""
    if problem := growth_problem(given):
        return problem
    if not 0.001 <= max_stake_growth(given) ** (given.N - 1) <= 100:
        return "the last stake must be between 0.001 and 100 times the first"
    if not hasattr(given, "l"):
        return ""
    if given.l > 5 * given.g:
        return "l/g must be at most 5"
    return "" if MIN_TRUST < ladder_threshold(given) < MAX_TRUST else "the threshold is outside 0.02 to 0.98"


def ladder_threshold(given: Any) -> float:
    """Return the trust needed for the first rung of a ladder: l s1 / (g + l s1)."""
    return given.l * first_stake(given) / (given.g + given.l * first_stake(given))


GAINS = {
    "b": Symbol(2.0, 0.1, 5.0, "gain of an untrustworthy side from betraying a unit stake"),
    "c": Symbol(0.5, 0.0, 5.0, "its gain from honouring a unit stake"),
    "delta": Symbol(0.6, 0.05, 1.0, "discount factor"),
}
RISK = {
    "g": Symbol(1.0, 0.1, 10.0, "gain if the other side keeps its word"),
    "l": Symbol(2.0, 0.05, 10.0, "loss if it does not"),
}
RUNGS = Symbol(5, 1, 10, "rungs", whole=True)
LADDER = GAINS | {"N": RUNGS._replace(default=4)}
ACCEPTANCE_SETTING = (
    "One proposal, every mechanism off; the lowest trust at which it is accepted is found by bisection."
)

CHECKS = (
    Check(
        "B05a", "trust needed for a single large step", "l/(g+l)", "expected utility", RISK,
        lambda given: given.l / (given.g + given.l),
        lambda given, _, seed: acceptance_threshold(smallest_scenario(rungs=1), given.l / given.g, 0, seed),
        ACCEPTANCE_SETTING, bargain_problem,
    ),
    Check(
        "B05b", "lowest growth of stakes at which a betrayer waits", "(b-c)/(delta b)", "after Sobel 1985, Watson 1999",
        GAINS, max_stake_growth, simulate_waiting_growth,
        "Two rungs, the first under implementation; only mechanism gradualism on; bisection.", growth_problem,
    ),
    Check(
        "B05c", "first stake of the steepest ladder that screens", "(gam-1)/(gam^N-1), gam=(b-c)/(delta b)",
        "geometric series", LADDER, first_stake, simulate_first_stake, "Share of the total stake in the first rung.",
        stakes_problem,
    ),
    Check(
        "B05d", "trust needed for the first rung of that ladder", "l s1/(g+l s1)", "expected utility", RISK | LADDER,
        ladder_threshold,
        lambda given, worlds, seed: acceptance_threshold(
            growing_ladder(max_stake_growth(given), int(given.N)), given.l / given.g, 1.0, seed,
        ),
        ACCEPTANCE_SETTING + " The rest of the ladder has the same weight as the rung.", stakes_problem,
    ),
    Check(
        "B23", "least penalty that deters, without lag", "G/d", "Avenhaus, von Stengel & Zamir 2002",
        {
            "G": Symbol(1.0, 0.05, 5.0, "gain from violating, per stake"),
            "d": Symbol(0.9, 0.05, 1.0, "probability of detection"),
        },
        lambda given: given.G / given.d, simulate_deterrent_penalty, "One rung in force, full access; bisection.",
        lambda given: "" if given.G / given.d < 5 else "G/d must be below 5, the maximum penalty",
    ),
)  # fmt: skip
