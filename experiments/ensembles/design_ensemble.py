"""The results of a design: one row for each point, summarised over its worlds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.ensembles.text_table import text_table
from model.enumerations import Outcome
from model.measures import indicator_names

if TYPE_CHECKING:
    import pandas as pd


@dataclass(eq=False)
class DesignEnsemble:
    """The results of a design, one row for each point; those of a point with an error are zero or NaN.

    design: values by dotted path, [point]. worlds: worlds of each point. outcomes: number of worlds by overall outcome,
    int32 [point, outcome]. deals: worlds with a verified rung, and deal_rounds: mean round of the first one, NaN for
    none: [point, negotiation]. means, variances: of each indicator's mean over the rounds, over the worlds; ends: mean
    of the indicator at the end: float32 [point, indicator]. metrics: expressions by name; metric_means, metric_counts:
    their means over the worlds that have them, and the number of these, [point, metric]. stop_when: the stopping
    condition, or None; last_rounds: mean of the worlds' last rounds, [point]. errors: by point. reread: paths for whose
    values the scenario was read again, because they change what the world consists of. trajectories: float64 [point,
    world, round, indicator], or None.
    """

    scenario: str
    rounds: int
    negotiations: list[str]
    design: dict[str, np.ndarray]
    worlds: int
    seed: int
    common_random_numbers: bool
    outcomes: np.ndarray
    deals: np.ndarray
    deal_rounds: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    ends: np.ndarray
    errors: dict[int, str]
    reread: tuple[str, ...]
    metrics: dict[str, str]
    metric_means: np.ndarray
    metric_counts: np.ndarray
    stop_when: str | None
    last_rounds: np.ndarray
    trajectories: np.ndarray | None = None

    @property
    def points(self) -> int:
        """Return the number of points."""
        return len(self.outcomes)

    @property
    def indicators(self) -> list[str]:
        """Return the names along the last axis of means, variances, ends and trajectories."""
        return indicator_names(self.negotiations)

    def share(self, *outcomes: str) -> np.ndarray:
        """Return the share of each point's worlds with one of some outcomes, NaN for an error: float64 [point]."""
        count = self.outcomes[:, [int(Outcome[name]) for name in outcomes]].sum(axis=1)
        return self._or_missing(count / self.worlds)

    def frame(self) -> "pd.DataFrame":
        """Return one row per point: its values, shares of outcomes, first deals, indicators, and its error if any.

        The results of a point with an error are missing (NaN).
        """
        import pandas as pd

        columns: dict[str, Any] = dict(self.design)
        columns |= {each.name: self.share(each.name) for each in reversed(Outcome)}
        columns["some_deal"] = self.share("partial_arrangement", "comprehensive_deal")
        for k, name in enumerate(self.negotiations):
            columns[f"{name}.deals"] = self._or_missing(self.deals[:, k] / self.worlds)
            columns[f"{name}.first_deal"] = self.deal_rounds[:, k]
        columns |= {} if self.stop_when is None else {"rounds": self.last_rounds}
        for at, name in enumerate(self.metrics):
            columns[name] = self.metric_means[:, at]
            columns[f"missing_{name}"] = self._or_missing(1.0 - self.metric_counts[:, at] / self.worlds)
        for kind, values in (("mean", self.means), ("end", self.ends), ("var", self.variances)):
            columns |= {f"{kind}_{name}": self._or_missing(values[:, at]) for at, name in enumerate(self.indicators)}
        errors = np.full(self.points, None, object)
        errors[list(self.errors)] = list(self.errors.values())
        return pd.DataFrame({**columns, "error": errors}).rename_axis("point")

    def _or_missing(self, values: np.ndarray) -> np.ndarray:
        if not self.errors:
            return values
        values = values.copy()
        values[list(self.errors)] = np.nan
        return values

    def __repr__(self) -> str:
        rows = [(path, f"{_count_different(values):,}") for path, values in self.design.items()]
        most = "up to " if self.stop_when else ""
        failed = f", {len(self.errors):,} of which failed" if self.errors else ""
        return (
            f"{self.scenario}: {self.points:,} points{failed}, "
            f"{self.worlds:,} worlds of {most}{self.rounds} rounds each\n"
            f"{text_table(('parameter', 'values'), rows[:20])}"
        )


def _count_different(values: np.ndarray) -> int:
    """Return the number of different values of a column."""
    return len(np.unique(values)) if values.dtype != object else len({*map(repr, values.tolist())})
