"""Violations that grow in secret until they are found (B33)."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, Symbol, mean_over_worlds
from experiments.validation.inspection_checks import inspection_scenario, withheld_accusations
from model.enumerations import InspectionReport
from model.overrides import Override

LONGEST = 3000  # longest evasion, in rounds


class Discoveries(NamedTuple):
    """The month in which a violation is found, counted from its first, and its size then."""

    months: Any
    sizes: Any


def violation_size(given: Any, month: int) -> float:
    """Return the size of a violation in its n-th month, 1 - (1 - g)^n."""
    return 1.0 - (1.0 - given.g) ** month


def reported_chance(given: Any, size: float) -> float:
    """Return the probability that inspectors find a violation of a size: d (1 - c (1 - v))."""
    return given.d * (1.0 - given.c * (1.0 - size))


def expected_discovery(given: Any, chance: Callable[[Any, float], float]) -> Discoveries:
    """Sum over months: found in the n-th with q_n prod (1 - q_j), j < n, q by the size v_n."""
    months, sizes, hidden, month = 0.0, 0.0, 1.0, 0
    while hidden > 1e-12:
        month += 1
        size = violation_size(given, month)
        found = chance(given, size)
        months += hidden
        sizes += hidden * found * size
        hidden *= 1.0 - found
    return Discoveries(months, sizes)


def simulate_discovery(given: Any, worlds: int, seed: int, found: Callable[[Worlds], np.ndarray]) -> Discoveries:
    """Simulate a side that evades its obligations every month, until ``found`` holds."""
    evades = tuple(Override(now, "comply", "talks", "borea", None, 0) for now in range(1, LONGEST + 1))
    more = {"verification.violation_growth": given.g, "verification.concealment": getattr(given, "c", 0.0)}
    scenario = inspection_scenario(
        getattr(given, "d", 0.0), mechanisms=("verification", "concealment"),
        **{**more, "verification.national_means": getattr(given, "m", 0.0)},
    )  # fmt: skip
    simulation = Worlds(scenario, worlds, seed, (*evades, *withheld_accusations(LONGEST)))
    sizes, is_found = np.zeros(worlds), np.zeros(worlds, bool)

    def discovered(simulation: Worlds) -> np.ndarray:
        newly = found(simulation) & ~is_found
        sizes[newly] = simulation.column("violation")[newly, 0, 1]
        is_found[newly] = True
        return is_found

    return Discoveries(simulation.first_round(discovered, LONGEST), sizes)


def is_reported(simulation: Worlds) -> np.ndarray:
    """Return whether inspectors report the second side's violation, by world."""
    return simulation.column("report")[:, 0, 0, 1] == InspectionReport.VIOLATION


def is_sighted(simulation: Worlds) -> np.ndarray:
    """Return whether the first side sees the violation by its own means, by world."""
    return simulation.column("sighted")[:, 0, 0] > 0


def sighted_chance(given: Any, size: float) -> float:
    """Return the probability that national means see a violation of a size: m v."""
    return given.m * size


GROWTH = Symbol(0.15, 0.01, 1.0, "share of the remaining obligations that a month of evasion adds")
INSPECTED = {
    "g": GROWTH,
    "d": Symbol(0.3, 0.02, 1.0, "probability that an inspection detects a full violation"),
    "c": Symbol(0.5, 0.0, 0.95, "share of detection that a violation just begun escapes"),
}
SEEN = {"g": GROWTH, "m": Symbol(0.08, 0.02, 1.0, "probability that the other side sees a full violation")}
BY_REPORT = "v=1-(1-g)^n, q=d(1-c(1-v))"
BY_SIGHT = "v=1-(1-g)^n, q=m v"
SETTING = "One rung in force, full access; one side evades in every month; mechanisms verification and concealment on."

CHECKS = (
    Check(
        "B33a", "mean months until a hidden violation is reported", f"sum of prod (1-q), {BY_REPORT}",
        "discrete hazard", INSPECTED, lambda given: expected_discovery(given, reported_chance).months,
        lambda given, worlds, seed: mean_over_worlds(simulate_discovery(given, worlds, seed, is_reported).months, 1.0),
        SETTING + " No national means.",
    ),
    Check(
        "B33b", "mean size of a violation when it is reported", f"sum of q v prod (1-q), {BY_REPORT}",
        "discrete hazard", INSPECTED, lambda given: expected_discovery(given, reported_chance).sizes,
        lambda given, worlds, seed: mean_over_worlds(simulate_discovery(given, worlds, seed, is_reported).sizes, 0.01),
        SETTING + " No national means.",
    ),
    Check(
        "B33c", "mean months until national means see a violation", f"sum of prod (1-q), {BY_SIGHT}",
        "discrete hazard", SEEN, lambda given: expected_discovery(given, sighted_chance).months,
        lambda given, worlds, seed: mean_over_worlds(simulate_discovery(given, worlds, seed, is_sighted).months, 1.0),
        SETTING + " Inspectors detect nothing.",
    ),
    Check(
        "B33d", "mean size of a violation when national means see it", f"sum of q v prod (1-q), {BY_SIGHT}",
        "discrete hazard", SEEN, lambda given: expected_discovery(given, sighted_chance).sizes,
        lambda given, worlds, seed: mean_over_worlds(simulate_discovery(given, worlds, seed, is_sighted).sizes, 0.01),
        SETTING + " Inspectors detect nothing.",
    ),
)  # fmt: skip
