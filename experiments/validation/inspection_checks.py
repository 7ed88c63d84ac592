"""Verification: predictive value of reports, belief after a report, and time to detection (B14, B16)."""

import math
from typing import Any

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import (
    Check,
    SimulatedValue,
    Symbol,
    binomial_share,
    mean_over_worlds,
    share_of_worlds,
)
from experiments.validation.degenerate import isolated_scenario, rung, smallest_scenario, text
from model.enumerations import InspectionReport
from model.overrides import Override
from model.scenario import Scenario

ROUNDS = 20  # rounds in which reports are counted
LONGEST = 2000  # longest time to detection, in rounds
DETECTION = Symbol(0.9, 0.01, 1.0, "probability that an inspection detects a violation")
ALARM = Symbol(0.05, 0.0, 1.0, "probability of a false alarm")
PRIOR = Symbol(0.1, 0.001, 0.5, "probability of a violation")


def inspection_scenario(
    d: float, f: float = 0.0, status: str = "verified", mechanisms: tuple[str, ...] = ("verification",), **more: Any
) -> Scenario:
    """Return a scenario with one rung, full access for the inspector, and immediate reports."""
    data = smallest_scenario(rungs=1)
    data["bodies"] = {"watch": {"name": text("Watch"), "detection": d, "false_alarm": f, "delay": 0}}
    step = rung(verifier="watch", status=status, verifiability=1.0, duration=60)
    data["negotiations"]["talks"]["rungs"]["step-1"] = step
    data["negotiations"]["talks"]["access"] = 1.0
    honest = {f"states.{name}.trustworthiness": 1.0 for name in ("alba", "borea")}
    return isolated_scenario(mechanisms, {"verification.compliance_noise": 0.0, **honest, **more}, data)


def withheld_accusations(rounds: int) -> tuple[Override, ...]:
    """Return forced moves that keep both sides from declaring a breach, so that the agreement stays in force."""
    parties = ("alba", "borea")
    return tuple(Override(now, "accuse", "talks", party, None, 0) for now in range(1, rounds + 1) for party in parties)


def correct_report_share(given: Any, worlds: int, seed: int, report: int) -> SimulatedValue:
    """Return the share of correct reports of a kind, if honest sides violate by accident with probability pi."""
    scenario = inspection_scenario(given.d, given.f, **{"verification.compliance_noise": given.pi})
    simulation = Worlds(scenario, worlds, seed, withheld_accusations(ROUNDS))
    true = reports = 0
    for _ in range(ROUNDS):
        simulation.step()
        reported = simulation.column("report")[:, 0, 0, :] == report
        violated = simulation.column("complies")[:, 0, :] == 0
        reports += int(reported.sum())
        true += int((reported & (violated == (report == InspectionReport.VIOLATION))).sum())
    return binomial_share(true, reports, worlds)


def ppv(given: Any) -> float:
    """Return the probability that a report of violation is correct: pi d / (pi d + (1 - pi) f)."""
    return given.pi * given.d / (given.pi * given.d + (1.0 - given.pi) * given.f)


def npv(given: Any) -> float:
    """Return the probability that a clean report is correct: (1 - pi)(1 - f) / ((1 - pi)(1 - f) + pi (1 - d))."""
    clean = (1.0 - given.pi) * (1.0 - given.f)
    return clean / (clean + given.pi * (1.0 - given.d))


def reported_worlds(given: Any, report: int, rounds: int, seed: int) -> Worlds:
    """Return a world in which one side receives a report of a kind in each round; implementation begins in round 1."""
    scenario = inspection_scenario(given.d, given.f, "ratified")
    prior = Override(1, "update_suspicion", "talks", "alba", None, given.pi)
    reports = tuple(Override(now, "report_findings", "talks", "watch", "borea", report) for now in range(2, rounds + 2))
    simulation = Worlds(scenario, 1, seed, (prior, *reports, *withheld_accusations(rounds + 1)))
    simulation.step()
    return simulation


def current_suspicion(simulation: Worlds) -> float:
    """Return the first side's belief that the second violates."""
    return float(simulation.column("suspicion")[0, 0, 0])


def belief_after_report(given: Any, report: int, seed: int) -> float:
    """Return the belief in a violation after one report."""
    simulation = reported_worlds(given, report, 1, seed)
    simulation.step()
    return current_suspicion(simulation)


def reports_needed(given: Any) -> float:
    """Return the least n with pi (1-d)^n / (pi (1-d)^n + (1-pi)(1-f)^n) < goal."""
    odds = given.goal / (1.0 - given.goal) * (1.0 - given.pi) / given.pi
    return max(math.floor(math.log(odds) / math.log((1.0 - given.d) / (1.0 - given.f)) + 1e-9) + 1, 0)


def simulate_reports_needed(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Count the clean reports until suspicion is below the goal."""
    simulation, count = reported_worlds(given, InspectionReport.CLEAN, 200, seed), 0
    while current_suspicion(simulation) >= given.goal and count < 200:
        simulation.step()
        count += 1
    return SimulatedValue(float(count))


def rounds_unreported(given: Any, worlds: int, seed: int) -> np.ndarray:
    """Return the round of the first report of a violation, by world, if one side violates in every round."""
    violates = tuple(Override(now, "comply", "talks", "borea", None, 0) for now in range(1, LONGEST + 1))
    simulation = Worlds(inspection_scenario(given.d), worlds, seed, (*violates, *withheld_accusations(LONGEST)))
    return simulation.first_round(
        lambda simulation: simulation.column("report")[:, 0, 0, 1] == InspectionReport.VIOLATION, LONGEST
    )


def clean_report_problem(given: Any) -> str:
    """Return an error text if clean reports cannot lower suspicion to the goal in time."""
    if given.d <= given.f:
        return "d must be greater than f, or clean reports do not lower suspicion"
    return "" if given.d < 1 and reports_needed(given) <= 50 else "needs more than 50 clean reports, or d is 1"


def report_rate_problem(given: Any) -> str:
    """Return an error text if reports of violation are too rare to estimate a share."""
    rate = given.pi * given.d + (1.0 - given.pi) * given.f
    return "" if rate >= 0.001 else "pi d + (1 - pi) f must be at least 0.001, or reports of violation are too rare"


NATURE = "One rung in force, full access; honest sides violate by accident with probability pi; no accusations."
STATE = "One rung under implementation, full access; reports are forced, the belief is the model's."
RATES = {"pi": PRIOR, "d": DETECTION, "f": ALARM}
WAITS = "One rung in force, full access; one side violates in every round; no accusations."

CHECKS = (
    Check(
        "B14a", "share of reports of violation that are correct", "pi d/(pi d+(1-pi)f)", "Bayes", RATES, ppv,
        lambda given, worlds, seed: correct_report_share(given, worlds, seed, InspectionReport.VIOLATION), NATURE,
        report_rate_problem,
    ),
    Check(
        "B14b", "share of clean reports that are correct", "(1-pi)(1-f)/((1-pi)(1-f)+pi(1-d))", "Bayes",
        RATES | {"f": ALARM._replace(high=0.95)}, npv,
        lambda given, worlds, seed: correct_report_share(given, worlds, seed, InspectionReport.CLEAN), NATURE,
    ),
    Check(
        "B14c", "belief in a violation after a report of violation", "pi d/(pi d+(1-pi)f)", "Bayes",
        RATES | {"f": ALARM._replace(low=0.0001)}, ppv,
        lambda given, worlds, seed: SimulatedValue(belief_after_report(given, InspectionReport.VIOLATION, seed)), STATE,
    ),
    Check(
        "B14d", "belief in compliance after a clean report", "(1-pi)(1-f)/((1-pi)(1-f)+pi(1-d))", "Bayes",
        RATES | {"d": DETECTION._replace(high=0.999), "f": ALARM._replace(high=0.999)}, npv,
        lambda given, worlds, seed: SimulatedValue(1.0 - belief_after_report(given, InspectionReport.CLEAN, seed)),
        STATE,
    ),
    Check(
        "B14e", "clean reports until suspicion is below a goal", "least n: pi(1-d)^n/(pi(1-d)^n+(1-pi)(1-f)^n) < goal",
        "Bayes",
        {
            **RATES, "pi": PRIOR._replace(default=0.3), "d": DETECTION._replace(default=0.5),
            "goal": Symbol(0.01, 0.0001, 0.4, "target level of suspicion"),
        },
        reports_needed, simulate_reports_needed, STATE, clean_report_problem,
    ),
    Check(
        "B16a", "mean rounds until a continuing violation is reported", "1/d", "geometric distribution",
        {"d": DETECTION._replace(default=0.2, low=0.02)}, lambda given: 1.0 / given.d,
        lambda given, worlds, seed: mean_over_worlds(rounds_unreported(given, worlds, seed), 1.0), WAITS,
    ),
    Check(
        "B16b", "share of violations reported within n rounds", "1-(1-d)^n", "geometric distribution",
        {"d": DETECTION._replace(default=0.2, low=0.02), "n": Symbol(12, 1, 200, "rounds", whole=True)},
        lambda given: 1.0 - (1.0 - given.d) ** given.n,
        lambda given, worlds, seed: share_of_worlds(rounds_unreported(given, worlds, seed) <= given.n), WAITS,
    ),
)  # fmt: skip
