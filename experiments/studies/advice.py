"""Advice: the changes of levers that reach a goal, with what each costs and how robust it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.ensembles.statistics import Effect, MeanInterval, Share, wilson
from experiments.ensembles.text_table import text_table
from experiments.studies.goals import MeasureGoal
from experiments.studies.lever_moves import ChangedLevers

if TYPE_CHECKING:
    import pandas as pd


class Robustness(NamedTuple):
    """How an answer does over the plausible worlds: plausible, not probable.

    satisficing: share of plausible worlds in which the measure reaches the goal (Simon 1956). shortfall: mean over the
    plausible worlds of how much the measure misses the goal, 0 where it is reached. regret: mean over the plausible
    worlds of how much more the best of all answers attains there, no change included (Savage 1951).
    """

    satisficing: Share
    shortfall: float
    regret: float


@dataclass(frozen=True)
class Answer(ChangedLevers):
    """Changes of levers, played on fresh seeds.

    estimate: mean of the measure, with its 95 % interval. reached: whether
    the estimate reaches the goal. certain: whether its whole interval does. shortfall: how much the estimate misses
    the goal, negative if it does better. tension: paired effect of the changes on mean tension, the price of the
    answer. robustness: None unless plausible worlds were played.
    """

    estimate: MeanInterval
    reached: bool
    certain: bool
    shortfall: float
    tension: Effect
    robustness: Robustness | None = None


class Advice(NamedTuple):
    """The answers to a goal.

    base: the scenario as it is. answers: those that reach the goal, fewest levers first, then nearest first; empty if
    none does, or if the base does. best: if no answer reaches the goal, those that come nearest to it. tried: number
    of combinations of values searched, by number of levers. levers: number of levers that were allowed to move.
    worlds, seed: of every estimate. search_worlds: of the search. plausible_points, plausible_worlds: number of
    plausible worlds played, and replications of each; 0 if none were played.
    """

    scenario: str
    goal: MeasureGoal
    base: Answer
    answers: tuple[Answer, ...]
    best: tuple[Answer, ...]
    tried: dict[int, int]
    levers: int
    worlds: int
    seed: int
    search_worlds: int
    plausible_points: int = 0
    plausible_worlds: int = 0

    @property
    def reached(self) -> bool:
        """Return whether the goal is reached, by the scenario as it is or by an answer."""
        return self.base.reached or bool(self.answers)

    @property
    def rows(self) -> tuple[Answer, ...]:
        """Return the scenario as it is, then the answers, or the best ones if no answer reaches the goal."""
        return (self.base, *(self.answers or self.best))

    def frame(self) -> "pd.DataFrame":
        """Return one row for the scenario as it is and one for each answer, or for the best ones."""
        import pandas as pd

        return pd.DataFrame([answer_columns(each) for each in self.rows]).rename_axis("answer")

    def __repr__(self) -> str:
        rows = [
            (
                answer.words,
                f"{answer.estimate.mean:.3f}",
                f"{answer.estimate.low:.3f} to {answer.estimate.high:.3f}",
                "yes" if answer.reached else "no",
                f"{answer.distance:.0%}",
                f"{answer.tension.difference:+.3f}",
                "yes" if answer.perverse else "no",
            )
            for answer in self.rows
        ]
        return (
            f"{self.scenario}: {self.goal.text} {'reached' if self.reached else 'not reached'}; "
            f"{self.worlds:,} worlds from seed {self.seed}\n"
            + text_table(("changes", "mean", "95 % interval", "reached", "distance", "tension", "perverse"), rows)
        )


def answer_columns(answer: Answer) -> dict[str, Any]:
    """Return an answer as a row of a table."""
    robustness = answer.robustness
    return {
        "changes": answer.settings,
        "mean": answer.estimate.mean,
        "low": answer.estimate.low,
        "high": answer.estimate.high,
        "reached": answer.reached,
        "certain": answer.certain,
        "shortfall": answer.shortfall,
        "distance": answer.distance,
        "tension": answer.tension.difference,
        "tension_low": answer.tension.low,
        "tension_high": answer.tension.high,
        "perverse": "; ".join(answer.perverse),
    } | (
        {}
        if robustness is None
        else {
            "satisficing": robustness.satisficing.share,
            "satisficing_low": robustness.satisficing.low,
            "satisficing_high": robustness.satisficing.high,
            "mean_shortfall": robustness.shortfall,
            "regret": robustness.regret,
        }
    )


def measure_robustness(goal: MeasureGoal, means: np.ndarray) -> list[Robustness]:
    """Return the robustness of each answer. means: of the measure, [answer, plausible world], without NaN."""
    shortfalls = (goal.target - means) * (1.0 if goal.at_least else -1.0)
    regrets = shortfalls - shortfalls.min(axis=0)
    return [
        Robustness(wilson(int((own <= 0.0).sum()), len(own)), float(np.maximum(own, 0.0).mean()), float(lost.mean()))
        for own, lost in zip(shortfalls, regrets, strict=True)
    ]


@dataclass(frozen=True)
class Compromise(ChangedLevers):
    """Changes of levers under several goals, played on fresh seeds.

    estimates: mean of each goal's measure, with its 95 % interval. shortfalls: by how much each goal is missed,
    negative if it is exceeded. tension: paired effect of the changes on mean tension.
    """

    estimates: tuple[MeanInterval, ...]
    shortfalls: tuple[float, ...]
    tension: Effect

    @property
    def reached(self) -> bool:
        """Return whether the estimates reach all goals."""
        return max(self.shortfalls) <= 0.0


class Tradeoffs(NamedTuple):
    """The answers to several goals: none misses every goal by more than another, or than the scenario as it is.

    To exceed a goal counts for nothing; of answers that come equally near, the one with the shortest distance stays.
    Answers that are not perverse are compared only with each other.

    base: the scenario as it is. answers: those that come nearest to all goals first. tried: number of combinations of
    values searched. levers: number of levers that were allowed to move. worlds, seed: of every estimate.
    search_worlds: of the search.
    """

    scenario: str
    goals: tuple[MeasureGoal, ...]
    base: Compromise
    answers: tuple[Compromise, ...]
    tried: int
    levers: int
    worlds: int
    seed: int
    search_worlds: int

    @property
    def reached(self) -> bool:
        """Return whether all goals are reached together, by the scenario as it is or by an answer."""
        return any(each.reached for each in self.rows)

    @property
    def rows(self) -> tuple[Compromise, ...]:
        """Return the scenario as it is, then the answers."""
        return (self.base, *self.answers)

    def frame(self) -> "pd.DataFrame":
        """Return one row for the scenario as it is and one for each answer; one column for each goal's measure."""
        import pandas as pd

        rows = [
            {"changes": each.settings}
            | {goal.measure: own.mean for goal, own in zip(self.goals, each.estimates, strict=True)}
            | {"reached": each.reached, "distance": each.distance, "tension": each.tension.difference}
            | {"perverse": "; ".join(each.perverse)}
            for each in self.rows
        ]
        return pd.DataFrame(rows).rename_axis("answer")

    def __repr__(self) -> str:
        rows = [
            (
                each.words,
                *(f"{own.mean:.3f}" for own in each.estimates),
                "yes" if each.reached else "no",
                f"{each.distance:.0%}",
                f"{each.tension.difference:+.3f}",
                "yes" if each.perverse else "no",
            )
            for each in self.rows
        ]
        headings = ("changes", *(goal.text for goal in self.goals), "all reached", "distance", "tension", "perverse")
        return f"{self.scenario}: {self.worlds:,} worlds from seed {self.seed}\n{text_table(headings, rows)}"
