"""Hostile postures as Richardson's pair of equations (B11)."""

from typing import Any

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, SimulatedValue, Symbol, find_threshold
from experiments.validation.degenerate import isolated_scenario
from model.overrides import Override
from model.scenario import Scenario

SMALL = 0.25  # step at which eigenvalues are measured; far below any at which postures oscillate
START_OFFSET = (0.01, -0.004)  # start relative to the fixed point, along neither eigenvector
EVENTS = (
    "tension.provocation", "tension.pressure_provokes", "tension.contact_calms", "tension.progress_calms",
)  # fmt: skip
PAIR = {
    "k": Symbol(0.5, 0.0, 2.0, "reaction of the first to the second's posture"),
    "l": Symbol(0.4, 0.0, 2.0, "reaction of the second to the first's posture"),
    "a": Symbol(0.8, 0.0, 2.0, "restraint of the first"),
    "b": Symbol(0.7, 0.0, 2.0, "restraint of the second"),
    "g": Symbol(0.3, 0.0, 1.0, "grievance of the first"),
    "h": Symbol(0.2, 0.0, 1.0, "grievance of the second"),
}


def richardson_scenario(given: Any, step: float) -> Scenario:
    """Return a scenario with only x' = x + D (k y - a x + g) and y' = y + D (l x - b y + h), D the step."""
    return isolated_scenario(
        ("tension",),
        {
            **dict.fromkeys(EVENTS, 0.0), "tension.tension_step": step, "tension.tension_ceiling": 100.0,
            "states.alba.reaction": given.k, "states.borea.reaction": given.l,
            "states.alba.restraint": given.a, "states.borea.restraint": given.b,
            "relations.alba.borea.grievance": given.g, "relations.borea.alba.grievance": given.h,
        },
    )  # fmt: skip


def fixed_point(given: Any) -> tuple[float, float]:
    """Solve k y - a x + g = 0 and l x - b y + h = 0."""
    determinant = given.a * given.b - given.k * given.l
    x, y = given.b * given.g + given.k * given.h, given.a * given.h + given.l * given.g
    return x / determinant, y / determinant


def eigenvalues(given: Any) -> tuple[float, float]:
    """Return the eigenvalues of the pair of equations, the leading one last."""
    half, root = -(given.a + given.b) / 2.0, np.sqrt((given.a - given.b) ** 2 / 4.0 + given.k * given.l)
    return half - root, half + root


def current_postures(simulation: Worlds) -> np.ndarray:
    """Return both postures in the first world."""
    posture = simulation.column("posture")[0]
    return np.array([posture[0, 1], posture[1, 0]])


def simulate_fixed_point(given: Any, worlds: int, seed: int, side: int) -> SimulatedValue:
    """Return the posture of a side once postures are constant."""
    simulation = Worlds(richardson_scenario(given, SMALL), 1, seed)
    simulation.step(int(40.0 / (SMALL * -eigenvalues(given)[1])) + 1)
    return SimulatedValue(float(current_postures(simulation)[side]), resolution=1e-6)


def round_map(given: Any, step: float, start: tuple[float, float], seed: int) -> np.ndarray:
    """Estimate the linear map of one round from three successive changes of the postures."""
    moves = tuple(
        Override(1, "update_posture", None, one, other, value)
        for (one, other), value in zip((("alba", "borea"), ("borea", "alba")), start, strict=True)
    )
    simulation = Worlds(richardson_scenario(given, step), 1, seed, moves)
    history = []
    for _ in range(4):
        simulation.step()
        history.append(current_postures(simulation))
    first, second, third = np.diff(np.array(history), axis=0)
    before, after = np.column_stack([first, second]), np.column_stack([second, third])
    return np.linalg.solve(before.T, after.T).T


def simulate_eigenvalue(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return the leading eigenvalue, from the round map."""
    eigenvalue = np.real(np.linalg.eigvals(round_map(given, SMALL, (20.0, 9.0), seed))).max()
    return SimulatedValue(float((eigenvalue - 1.0) / SMALL), resolution=1e-6)


def simulate_largest_step(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the step of the round map above which postures no longer converge."""
    x, y = fixed_point(given)
    start = x + START_OFFSET[0] * x, y + START_OFFSET[1] * y

    def is_unstable(step: float) -> bool:
        return bool(np.abs(np.linalg.eigvals(round_map(given, step, start, seed))).max() > 1.0)

    return find_threshold(is_unstable, 0.01, 2.0, resolution=1e-5)


def stability_problem(given: Any) -> str:
    """Return an error text if there is no stable fixed point, or only above the ceiling."""
    if given.a * given.b - given.k * given.l < 0.001 or eigenvalues(given)[1] > -0.005:
        return "a b must clearly exceed k l, or postures diverge"
    x, y = fixed_point(given)
    return "" if max(x, y) < 99 else "the fixed point must be below 100, the ceiling of postures"


def eigenvalue_problem(given: Any) -> str:
    """Return an error text if the two eigenvalues are too close to estimate the map."""
    low, high = eigenvalues(given)
    return "" if high - low > 0.05 else "the two eigenvalues must differ by more than 0.05"


def step_problem(given: Any) -> str:
    """Return an error text if the step is outside the model's range, or there is no fixed point."""
    if problem := stability_problem(given) or eigenvalue_problem(given):
        return problem
    if min(fixed_point(given)) < 0.05:
        return "both postures of the fixed point must be above 0.05"
    return "" if 2.0 / -eigenvalues(given)[0] < 1.99 else "2/|least eigenvalue| must be below 2, the maximum step"


ALONE = "Only mechanism tension on; events have no effect; ceiling 100."
CHECKS = (
    Check(
        "B11a", "posture of the first at the fixed point", "(b g+k h)/(a b-k l)", "Richardson 1960", PAIR,
        lambda given: fixed_point(given)[0], lambda given, worlds, seed: simulate_fixed_point(given, worlds, seed, 0),
        ALONE, stability_problem,
    ),
    Check(
        "B11b", "posture of the second at the fixed point", "(a h+l g)/(a b-k l)", "Richardson 1960", PAIR,
        lambda given: fixed_point(given)[1], lambda given, worlds, seed: simulate_fixed_point(given, worlds, seed, 1),
        ALONE, stability_problem,
    ),
    Check(
        "B11c", "leading eigenvalue; above zero postures diverge", "-(a+b)/2+sqrt((a-b)^2/4+k l)", "Richardson 1960",
        PAIR, lambda given: eigenvalues(given)[1], simulate_eigenvalue,
        ALONE + " Estimated from three successive changes.", eigenvalue_problem,
    ),
    Check(
        "B11d", "largest step at which postures converge", "2/|least eigenvalue|", "Richardson 1960", PAIR,
        lambda given: 2.0 / -eigenvalues(given)[0], simulate_largest_step, ALONE + " The step is found by bisection.",
        step_problem,
    ),
)  # fmt: skip
