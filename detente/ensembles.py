"""Ensembles of one setting or of a design, and comparisons."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from detente.arguments import MAX_WORLDS, changed_scenario, check_integer, plausible_sample, prepare_design

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from detente.arguments import ScenarioSource
    from experiments.ensembles.compare import Comparison
    from experiments.ensembles.design_ensemble import DesignEnsemble
    from experiments.ensembles.ensemble import Ensemble
    from experiments.ensembles.plausible import PlausibleSample
    from experiments.ensembles.play_design import DesignEstimate


@overload
def ensemble(
    scenario: "ScenarioSource",
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
    *,
    metrics: Mapping[str, str] = MappingProxyType({}),
    stop_when: str | None = None,
    plausible: "bool | str | Path | PlausibleSample" = False,
    progress: Callable[[int], None] = lambda done: None,
) -> "Ensemble": ...


@overload
def ensemble(
    scenario: "ScenarioSource",
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
    *,
    design: "Mapping[str, Any] | pd.DataFrame",
    common_random_numbers: bool = True,
    metrics: Mapping[str, str] = MappingProxyType({}),
    stop_when: str | None = None,
    plausible: "bool | str | Path | PlausibleSample" = False,
    progress: Callable[[int], None] = lambda done: None,
) -> "DesignEnsemble": ...


def ensemble(
    scenario: "ScenarioSource",
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
    *,
    design: "Mapping[str, Any] | pd.DataFrame | None" = None,
    common_random_numbers: bool = True,
    metrics: Mapping[str, str] = MappingProxyType({}),
    stop_when: str | None = None,
    plausible: "bool | str | Path | PlausibleSample" = False,
    progress: Callable[[int], None] = lambda done: None,
) -> "Ensemble | DesignEnsemble":
    """Play many worlds of a scenario; world k is the run with seed ``seed + k``.

    metrics: names and expressions, each one number per world, such as ``{"calm": "share(tension < 0.4)"}``. stop_when:
    a condition, such as ``"deal_progress > 0.5"``; a world ends in the first round in which it holds. docs/studies.md
    lists the functions. progress is called with the number of worlds played. The result has `shares()` of outcomes
    with 95 % intervals, `metric_means()`, `frame()` with one row for each world, `band()` with percentiles by round,
    `first_deals()` and `save()`.

    plausible: whether each world plays with a draw from the plausible sample, of the parameters that the scenario and
    ``set`` leave open; a path or a loaded sample for another than the one that comes with Detente. The columns of a
    design win over it, too, and world k of each point has the same draw.

    design: points that differ in some values: a dict of columns by dotted path (lists, NumPy arrays, pandas columns, or
    one value for all points), or a DataFrame. Each point has ``worlds`` worlds; the result has `frame()` with one row
    for each point, `errors` of points that were not played, and `reread`, the paths for whose values the scenario was
    read again. common_random_numbers: whether all points have the same seeds; if not, point p begins with
    ``seed + p * worlds``.
    """
    from experiments.ensembles.ensemble import play_ensemble
    from experiments.ensembles.metrics import parse_measures
    from experiments.ensembles.plausible_design import group_replications, with_draws
    from experiments.ensembles.play_design import play_design

    sample = plausible_sample(plausible)
    if design is not None:
        prepared, how = prepare_design(scenario, design, worlds, seed, rounds, set, common_random_numbers)
        measures = parse_measures(metrics, stop_when, prepared.plans.scenario.negotiations)
        how = how._replace(measures=measures)
        if sample is None:
            return play_design(prepared, how, progress=progress)
        drawn = with_draws(prepared, sample, how.worlds, how.seed)
        result = play_design(drawn, how._replace(worlds=1, cycle=how.worlds), progress=progress)
        return group_replications(result, prepared, how.worlds)
    check_integer("worlds", worlds, 1, MAX_WORLDS)
    changed = changed_scenario(scenario, set, rounds, seed)
    return play_ensemble(changed, worlds, seed, metrics=metrics, stop_when=stop_when, sample=sample, progress=progress)


def estimate(
    scenario: "ScenarioSource",
    design: "Mapping[str, Any] | pd.DataFrame",
    worlds: int = 1000,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
) -> "DesignEstimate":
    """Estimate what ``ensemble`` needs for a design: `seconds` in one thread, and `memory` of the results in bytes.

    Some worlds of the first points are played to measure the time.
    """
    from experiments.ensembles.play_design import estimate_design

    return estimate_design(*prepare_design(scenario, design, worlds, 1, rounds, set, True))


def compare(
    scenario: "ScenarioSource",
    change: Mapping[str, Any],
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
) -> "Comparison":
    """Play the same worlds with and without a change, with common random numbers, and estimate its effects.

    change: what differs, dotted path to value. set: changes of both sides. The result has `effects` and `frame()`.
    """
    from experiments.ensembles.compare import compare

    check_integer("worlds", worlds, 1, MAX_WORLDS)
    return compare(changed_scenario(scenario, set, rounds, seed), change, worlds, seed)
