"""Goals: the share of worlds with an outcome, or the mean of a metric, at least or at most a number."""

import difflib
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from experiments.ensembles.metrics import Metric, parse_metric
from experiments.ensembles.statistics import MeanInterval
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.measures import OVERALL, overall_outcomes

OUTCOME_SETS: dict[str, tuple[Outcome, ...]] = {
    **{each.name: (each,) for each in reversed(Outcome)},
    "some_deal": (Outcome.comprehensive_deal, Outcome.partial_arrangement),
}
FORM = "must have the form MEASURE >= NUMBER or MEASURE <= NUMBER, such as `comprehensive_deal >= 0.4`"
COMPARISON = re.compile(r"(?P<measure>.*\S)\s*(?P<sign>>=|<=)\s*(?P<number>[^<>=]*)", re.DOTALL)
COLUMN = re.compile(r"(?P<kind>mean|end)_(?P<indicator>\w+)")


class MeasureGoal(NamedTuple):
    """A measure of a world whose mean over worlds is to be at least, or at most, a target.

    measure: a name of OUTCOME_SETS, whose mean is a share of worlds, or the text of a metric. at_least: whether the
    sign is >=, otherwise it is <=. metric: None for an outcome. negotiations: of the scenario.
    """

    measure: str
    at_least: bool
    target: float
    metric: Metric | None
    negotiations: int

    @property
    def text(self) -> str:
        """Return the goal as it is written."""
        return f"{self.measure} {'>=' if self.at_least else '<='} {self.target:g}"

    @property
    def is_share(self) -> bool:
        """Return whether the measure is a share of worlds."""
        return self.metric is None

    def values(self, trajectories: np.ndarray) -> np.ndarray:
        """Return the measure of trajectories [world, round, indicator]: float64 [world], NaN if it is missing."""
        if self.metric is not None:
            return self.metric.values(trajectories)
        outcomes = overall_outcomes(trajectories, self.negotiations)
        return np.isin(outcomes, OUTCOME_SETS[self.measure]).astype(np.float64)

    def shortfall(self, mean: float) -> float:
        """Return how much a mean misses the target, negative if it does better; infinite for NaN."""
        if math.isnan(mean):
            return math.inf
        return self.target - mean if self.at_least else mean - self.target

    def is_reached(self, mean: float) -> bool:
        """Return whether a mean reaches the target."""
        return self.shortfall(mean) <= 0.0

    def is_certain(self, estimate: MeanInterval) -> bool:
        """Return whether the whole 95 % interval of a mean reaches the target."""
        return self.is_reached(estimate.low if self.at_least else estimate.high)

    def is_possible(self, estimate: MeanInterval) -> bool:
        """Return whether any part of the 95 % interval of a mean reaches the target."""
        return self.is_reached(estimate.high if self.at_least else estimate.low)


def parse_goal(text: str, negotiations: Sequence[str]) -> MeasureGoal:
    """Parse a goal; the names of the negotiations may appear in a metric. Raises ScenarioError."""
    match = COMPARISON.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ScenarioError([InputError("goal", text, FORM)])
    measure, at_least = match["measure"], match["sign"] == ">="
    try:
        target = float(match["number"])
    except ValueError:
        raise ScenarioError([InputError("goal", text, FORM)]) from None
    if measure not in OUTCOME_SETS:
        metric = _metric(measure, tuple(negotiations))
    elif 0.0 <= target <= 1.0:
        metric = None
    else:
        raise ScenarioError([InputError("goal", target, "a share of worlds is a number from 0 to 1, such as 0.4")])
    if not math.isfinite(target):
        raise ScenarioError([InputError("goal", text, "the number must be finite")])
    return MeasureGoal(measure, at_least, target, metric, len(negotiations))


def _metric(measure: str, negotiations: tuple[str, ...]) -> Metric:
    """Return the metric of a goal. Raises ScenarioError; the message for a single unknown name lists the outcomes."""
    indicators = [each.name for each in OVERALL]
    if measure.isidentifier() and measure not in (*indicators, "round"):
        column = COLUMN.fullmatch(measure)
        if column and column["indicator"] in indicators:
            function = "mean" if column["kind"] == "mean" else "last"
            raise ScenarioError([InputError("goal", measure, f"write {function}({column['indicator']})")])
        close = difflib.get_close_matches(measure, OUTCOME_SETS, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"available: {', '.join(OUTCOME_SETS)}, and metrics"
        problem = f"no such outcome; {hint}"
        raise ScenarioError([InputError("goal", measure, problem)])
    return parse_metric(measure, negotiations, "goal")
