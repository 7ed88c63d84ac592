"""User-defined metrics and stopping conditions: expressions over the indicators of each world.

A metric is one number per world. With a stopping condition, a world ends in the first round in which it holds:
outcomes, first deals, means, ends and metrics are those of a run of that many rounds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.expression_functions import Step, evaluate
from experiments.ensembles.expressions import Extent, ParsedExpression, parse_expression
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.measures import OVERALL

MAX_METRICS = 50
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
COLUMNS = ("point", "replication", "seed", "outcome", "stage", "error", "runs", "rounds", "round", "percentile")
# Names of other columns in tables of worlds, runs, points and kept series.
RESERVED = {*COLUMNS, "some_deal", *Outcome.__members__, *(indicator.name for indicator in OVERALL)}
RESERVED_PREFIXES = ("mean_", "end_", "var_", "missing_")


class Metric(NamedTuple):
    """An expression whose value is one number per world."""

    text: str
    steps: tuple[Step, ...]

    def values(self, trajectories: np.ndarray, last_rounds: np.ndarray | None = None) -> np.ndarray:
        """Return the values for trajectories [world, round, indicator]: float64 [world], NaN if missing.

        last_rounds: int [world], the last round of each world; later rounds have no influence. A condition counts as
        1 where it holds, else 0.
        """
        series = evaluate(self.steps, trajectories)
        ends = np.full(len(series), series.shape[1] - 1) if last_rounds is None else last_rounds
        return series[np.arange(len(series)), ends].astype(np.float64)


class StoppingCondition(NamedTuple):
    """An expression that holds or does not hold in each round of a world."""

    text: str
    steps: tuple[Step, ...]

    def holds(self, trajectories: np.ndarray) -> np.ndarray:
        """Return whether the condition holds in each round of trajectories [world, round, indicator]: [world, round].

        Functions look at the rounds so far.
        """
        return evaluate(self.steps, trajectories)

    def last_rounds(self, trajectories: np.ndarray) -> np.ndarray:
        """Return the last round of each world, from 1 on: the first in which the condition holds, int16 [world]."""
        holds = self.holds(trajectories).copy()
        holds[:, 0], holds[:, -1] = False, True
        return holds.argmax(axis=1).astype(np.int16)


class WorldMeasures(NamedTuple):
    """The metrics of an ensemble by name, and its stopping condition; both are optional."""

    metrics: Mapping[str, Metric] = {}
    stop_when: StoppingCondition | None = None

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns that they add to a table: `rounds` with a stopping condition, metrics."""
        return [*(["rounds"] if self.stop_when else []), *self.metrics]


@lru_cache(maxsize=256)
def parse_metric(text: str, negotiations: Sequence[str], path: str = "metrics") -> Metric:
    """Parse a metric; negotiations is a tuple. Raises ScenarioError if it is not one number per world."""
    parsed = parse_expression(text, negotiations, path)
    if parsed.value.extent == Extent.SERIES:
        function = "mean" if parsed.value.kind == "number" else "share"
        example = f"{function}({text.strip()})" if parsed.value.is_by_round else "mean(tension) for `tension`"
        problem = f"a metric is one number per world, and this is a value for each round: write {example}"
        raise ScenarioError([InputError(path, text, problem)])
    return Metric(text, _steps(parsed, text, path))


@lru_cache(maxsize=256)
def parse_stopping_condition(text: str, negotiations: Sequence[str]) -> StoppingCondition:
    """Parse a stopping condition; negotiations is a tuple. Raises ScenarioError if it is not a condition."""
    path = "stop_when"
    parsed = parse_expression(text, negotiations, path)
    if parsed.value.kind == "number":
        problem = f"must be a condition, and this is a number: compare it, as in `{text.strip()} > 0.5`"
        raise ScenarioError([InputError(path, text, problem)])
    return StoppingCondition(text, _steps(parsed, text, path))


def _steps(parsed: ParsedExpression, text: str, path: str) -> tuple[Step, ...]:
    if parsed.value.extent == Extent.CONSTANT:
        raise ScenarioError([InputError(path, text, "names no indicator")])
    return parsed.steps


def parse_measures(metrics: Any, stop_when: Any, negotiations: Iterable[str]) -> WorldMeasures:
    """Parse metrics by name and a stopping condition. Raises ScenarioError with all errors found."""
    if not isinstance(metrics, Mapping):
        raise ScenarioError([InputError("metrics", metrics, "must be a table of names and expressions")])
    if len(metrics) > MAX_METRICS:
        raise ScenarioError([InputError("metrics", len(metrics), f"at most {MAX_METRICS} metrics are allowed")])
    errors: list[InputError] = []
    parsed: dict[str, Metric] = {}
    condition, names = None, tuple(negotiations)
    for name, text in metrics.items():
        path = f"metrics.{name}"
        errors += _name_errors(name, path)
        try:
            parsed[name] = parse_metric(_expression_text(text, path), names, path)
        except ScenarioError as error:
            errors += error.errors
    try:
        if stop_when is not None:
            condition = parse_stopping_condition(_expression_text(stop_when, "stop_when"), names)
    except ScenarioError as error:
        errors += error.errors
    if errors:
        raise ScenarioError(errors)
    return WorldMeasures(parsed, condition)


def _expression_text(text: Any, path: str) -> str:
    if not isinstance(text, str):
        raise ScenarioError([InputError(path, text, "must be an expression in quotes, such as 'mean(tension)'")])
    return text


def _name_errors(name: Any, path: str) -> list[InputError]:
    """Return the error in the name of a metric, if there is one."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        problem = "a name has up to 40 lower-case letters, digits and underscores, and begins with a letter"
    elif name in RESERVED or name.startswith(RESERVED_PREFIXES):
        problem = "is reserved for another column, as are names that begin with mean_, end_, var_ or missing_"
    else:
        return []
    return [InputError(path, "", problem)]


def metric_values(metrics: Mapping[str, Metric], trajectories: np.ndarray, last_rounds: np.ndarray) -> np.ndarray:
    """Return the values of metrics for the runs up to the last round of each world: float64 [world, metric]."""
    values = np.empty((len(trajectories), len(metrics)))
    for at, metric in enumerate(metrics.values()):
        values[:, at] = metric.values(trajectories, last_rounds)
    return values


def runs_by_length(trajectories: np.ndarray, last_rounds: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield for each length of a run the positions of its worlds, and their trajectories up to the last round."""
    for end in np.unique(last_rounds):
        places = np.flatnonzero(last_rounds == end)
        yield places, trajectories[places, : end + 1]


def freeze(trajectories: np.ndarray, last_rounds: np.ndarray) -> np.ndarray:
    """Return trajectories [world, round, indicator] in which the values of the last round stay until the end."""
    rounds = np.minimum(np.arange(trajectories.shape[1]), last_rounds[:, None])
    return trajectories[np.arange(len(trajectories))[:, None], rounds]
