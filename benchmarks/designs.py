"""Designs: the time of distinct points relative to as many worlds of one setting, and its growth with their numbers.

T is the time of 20,000 worlds of one setting. In one run T and the time of each case are measured alternately,
in wall time. Growth is in CPU time.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.columns import factor_columns
from benchmarks.compiled import SCENARIO
from benchmarks.processes import run_program
from benchmarks.studies import ROUNDS
from benchmarks.table import Measurement
from experiments.counterfactuals.flips import ReplayedDecision
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.play_design import play_design
from model.loading import load_scenario, scenario_data
from model.parameter_space import DeclaredParameter, list_levers
from model.protocol import ACT_INDEX

WORLDS = 20_000
VARYING = 10
LEVER_VALUES, LEVER_WORLDS = 9, 100
REPEATS = 5
EARLIER_AND_LATER = 3  # times of T before and after a program in a separate process
DECISION = 2, 60, ACT_INDEX["answer_proposal"], (0, 1)  # seed, round, act, cell; seven levers flip it
POINT_COUNTS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
PARAMETER_COUNTS = (1, 10, 100, 300)


def time_one_setting() -> float:
    """Return T, in seconds."""
    begun = time.perf_counter()
    play_ensemble(SCENARIO, WORLDS, rounds=ROUNDS)
    return time.perf_counter() - begun


def play_points(points: int, common: bool = False) -> None:
    """Play one world of each of some points, which differ in the first factors of the benchmark study.

    common: with common random numbers, which are drawn once for all points; else each point has its own.
    """
    play_design(Design(Plans(SCENARIO), factor_columns(points, VARYING)), Replications(1, 1, common, ROUNDS))


def lever_values(lever: DeclaredParameter) -> list[float]:
    """Return values of a lever from one end of its range to the other."""
    values = np.linspace(lever.low, lever.high, LEVER_VALUES)
    return [int(value) if lever.whole else float(value) for value in values]


def play_response_curves() -> None:
    """Play the worlds of each value of each lever, the others as they are."""
    plans = Plans(SCENARIO)
    points = [{lever.path: value} for lever in list_levers(plans.scenario) for value in lever_values(lever)]
    play_design(Design.of_changes(plans, points), Replications(LEVER_WORLDS, 1, True, ROUNDS))


def search_levers() -> None:
    """Search all levers for the values that flip a decision, as `detente why` does."""
    list(ReplayedDecision(scenario_data(SCENARIO), *DECISION).lever_flips())


def design_speed() -> list[Measurement]:
    """Measure distinct points, response curves and the search of levers, each relative to T."""
    levers = len(list_levers(load_scenario(SCENARIO)))
    curves = f"response curves, {levers} levers x {LEVER_VALUES} values x {LEVER_WORLDS} worlds"
    search = f"search of {levers} levers for a flip"
    cases: dict[str, tuple[Callable[[], None], float | None, float | None]] = {
        f"{WORLDS:,} distinct points, {VARYING} parameters vary": (lambda: play_points(WORLDS), 1.6, 1.2),
        "  with common random numbers": (lambda: play_points(WORLDS, common=True), 1.6, 1.2),
        f"{5 * WORLDS:,} distinct points, {VARYING} parameters vary": (lambda: play_points(5 * WORLDS), 8.0, 6.0),
        curves: (play_response_curves, 5.0, 4.0),
        search: (search_levers, None, None),
    }
    time_one_setting()
    one_setting: list[float] = []
    times: dict[str, list[float]] = {title: [] for title in cases}
    for _ in range(REPEATS):
        for title, (play, *_) in cases.items():
            one_setting.append(time_one_setting())
            begun = time.perf_counter()
            play()
            times[title].append(time.perf_counter() - begun)
    unit = statistics.median(one_setting)
    rows = [
        Measurement(f"T: {WORLDS:,} worlds of one setting, {ROUNDS} rounds, summaries, 2 threads", unit, "s"),
        Measurement("  T, fastest", min(one_setting), "s"),
        Measurement("  T, slowest", max(one_setting), "s"),
    ]
    for title, (_, must, stretch) in cases.items():
        rows.append(Measurement(f"  {title}", statistics.median(times[title]) / unit, "T", must, stretch))
    return [*rows, Measurement(f"  {search}: time", statistics.median(times[search]), "s")]


def relative_to_one_setting(program: str, *arguments: object) -> tuple[Any, float]:
    """Run a program in a separate process. Returns its output, and T, measured before and after it."""
    times = [time_one_setting() for _ in range(EARLIER_AND_LATER)]
    output = run_program(program, *arguments)
    return output, statistics.median([*times, *(time_one_setting() for _ in range(EARLIER_AND_LATER))])


def design_growth() -> list[Measurement]:
    """Measure the growth of time and memory with the numbers of points and of varying parameters."""
    sizes = [*((points, 1) for points in POINT_COUNTS), *((WORLDS, varying) for varying in PARAMETER_COUNTS)]
    rows = []
    for points, varying in sizes:
        memory, seconds = run_program("distinct_points", points, varying)
        noun = "parameter varies" if varying == 1 else "parameters vary"
        title = f"{points:,} distinct points, {varying} {noun}"
        rows.append(Measurement(f"{title}: CPU time of a world", seconds / points * 1e6, "us"))
        target = 1000 if points == POINT_COUNTS[-1] else None
        rows.append(Measurement(f"{title}: peak memory", memory, "MB", target))
    return rows
