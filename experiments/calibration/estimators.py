"""What a target measures: a test of an empirical pattern, or the mean of a measure in a scenario."""

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np

from experiments.ensembles.compare import INDICATOR_INDEX, outcome_measures
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.validation.estimate import Statistic
from experiments.validation.pattern import CountFunction, share_statistic
from experiments.validation.patterns import PATTERNS
from experiments.validation.traces import ScenarioSample, ScenarioSource
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.loading import load_scenario, scenario_names

GROUPS = 10  # of worlds, for the variance of an estimate


class Estimator(NamedTuple):
    """How a target is estimated: cases counted in each world of some scenarios, and a statistic of their sums.

    key: estimators with the same key share their counts.
    """

    key: Hashable
    scenarios: tuple[str, ...]
    count_cases: CountFunction
    statistic: Statistic
    is_held_back: bool = False


class TargetLike(Protocol):
    """The fields of a target as written that name its estimator."""

    pattern: str | None
    test: str | None
    measure: str | None
    scenario: str | None
    changes: Any
    against: Any


Found = tuple[Estimator, tuple[float, float] | None, str]


def pattern_estimator(table: TargetLike) -> Found:
    """Return the estimator of a pattern's test, the bounds of the test, and the source of its figures.

    Raises ScenarioError for an unknown pattern or test, and for a key that only a measure has.
    """
    patterns = {each.key: each for each in PATTERNS}
    errors = [
        InputError(name, "", "belongs to a measure, not to a pattern")
        for name in ("scenario", "changes", "against")
        if getattr(table, name)
    ]
    pattern = patterns.get(table.pattern or "")
    if pattern is None:
        errors.append(InputError.unknown_name("pattern", table.pattern or "", patterns, "pattern"))
        raise ScenarioError(errors)
    tests = {each.description: each for each in pattern.inequalities}
    test = tests.get(table.test or "")
    if test is None:
        errors.append(InputError.unknown_name("test", table.test or "", tests, f"test of {pattern.key}"))
    if errors or test is None:
        raise ScenarioError(errors)
    estimator = Estimator(
        (id(pattern.count_cases), pattern.scenarios),
        pattern.scenarios,
        pattern.count_cases,
        test.statistic,
        pattern.held_back,
    )
    return estimator, (test.lower, test.upper), pattern.data


def ensemble_measures(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Return the measures that a target can name, each [world]: outcomes, mean_ and end_ of each indicator."""
    found = outcome_measures(ensemble.overall)
    for name, at in INDICATOR_INDEX.items():
        found[f"mean_{name}"] = ensemble.means[:, at].astype(float)
        found[f"end_{name}"] = ensemble.ends[:, at].astype(float)
    return found


MEASURES = (
    *(each.name for each in reversed(Outcome)),
    "some_deal",
    *(f"{kind}_{name}" for name in INDICATOR_INDEX for kind in ("mean", "end")),
)


def measure_estimator(table: TargetLike) -> Found:
    """Return the estimator of a measure's mean in a scenario, or of its difference between two arms.

    Raises ScenarioError for an unknown measure or scenario, for changes that the scenario refuses, and for a key that
    only a pattern has.
    """
    errors = [InputError("test", table.test, "belongs to a pattern, not to a measure")] if table.test else []
    name, scenario = table.measure or "", table.scenario or ""
    if name not in MEASURES:
        errors.append(InputError.unknown_name("measure", name, MEASURES, "measure"))
    if scenario not in scenario_names():
        errors.append(InputError.unknown_name("scenario", scenario, scenario_names(), "scenario"))
    else:
        for key, changes in (("changes", table.changes), ("against", table.against or {})):
            try:
                load_scenario(scenario, changes)
            except ScenarioError as error:
                errors += [each._replace(path=f"{key}.{each.path}") for each in error.errors]
    if errors:
        raise ScenarioError(errors)
    count_cases = partial(mean_in_arms, name, dict(table.changes), table.against)
    key = name, scenario, repr(table.changes), repr(table.against)
    return Estimator(key, (scenario,), count_cases, share_statistic(0, 1)), None, ""


def mean_in_arms(
    measure: str,
    changes: Mapping[str, Any],
    against: Mapping[str, Any] | None,
    scenario: ScenarioSource,
    worlds: int,
) -> np.ndarray:
    """Return one and a measure in each world, minus the measure in the other arm if there is one: [world, 2]."""

    def measured(arm: Mapping[str, Any]) -> np.ndarray:
        seed = scenario.first_seed if isinstance(scenario, ScenarioSample) else 1
        ensemble = play_ensemble(scenario, worlds, seed, changes=arm, band_worlds=1, threads=1)
        return ensemble_measures(ensemble)[measure]

    values = measured(changes) - (0.0 if against is None else measured(against))
    return np.stack([np.ones(worlds), values], axis=1)


def estimate_with_variance(tables: Sequence[np.ndarray], statistic: Statistic) -> tuple[float, float]:
    """Return a statistic of the sums of some tables, [world, quantity] each, and its variance.

    The variance is that of a jackknife over GROUPS groups of worlds (Efron 1982); it is infinite if the statistic is
    undefined without some group, so that too few cases rule nothing out.
    """
    grouped = np.sum([_group_sums(table) for table in tables], axis=0)
    total = grouped.sum(axis=0)
    value, without = float(statistic(total)), np.asarray(statistic(total - grouped), float)
    if not np.isfinite(without).all():
        return value, float("inf") if np.isfinite(value) else float("nan")
    return value, float((GROUPS - 1) / GROUPS * ((without - without.mean()) ** 2).sum())


def _group_sums(table: np.ndarray) -> np.ndarray:
    """Return the sums over groups of worlds, [group, quantity]."""
    return np.stack([part.sum(axis=0) for part in np.array_split(table, GROUPS)])
