"""The turning points of one run: the probability of a deal from each round, and the decisions that changed it most."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.counterfactuals.pivot import DecisionEffect, OutcomeChances, outcome_chances, rank_decisions
from experiments.ensembles.text_table import text_table
from model.columns import SERVICES
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.protocol import ACT_INDEX, PROTOCOL
from model.scenario import Scenario
from model.world import axis_names

if TYPE_CHECKING:
    import pandas as pd


class PivotResult(NamedTuple):
    """The chances of each outcome from each round of a run on, and the open choices of the turning round."""

    scenario: Scenario
    seed: int
    chances: OutcomeChances
    actions: list[DecisionEffect]

    @property
    def turning_round(self) -> int:
        """Return the round that changed the probability of a deal most."""
        return self.chances.turning_round

    def frame(self) -> "pd.DataFrame":
        """Return one row for each round, round 0 is the start: the chance of each outcome, and of some deal."""
        import pandas as pd

        table = pd.DataFrame(self.chances.chances, columns=[each.name for each in Outcome])
        return table.assign(some_deal=self.chances.deal).rename_axis("round")

    def decisions(self) -> "pd.DataFrame":
        """Return one row for each open choice of the turning round, the one that changed the probability most first.

        deal, deal_otherwise: chance of some deal with the actual choice, and with the opposite one. low, high:
        95 % interval of the difference.
        """
        import pandas as pd

        rows = [{**each._asdict(), "cell": cell_names(self.scenario, each)} for each in self.actions]
        return pd.DataFrame(rows, columns=list(DecisionEffect._fields)).rename(columns={"cell": "who"})

    def __repr__(self) -> str:
        now, deal = self.turning_round, self.chances.deal
        rows = [
            (
                f"{each.act} {cell_names(self.scenario, each)}",
                f"{each.deal:.0%} -> {each.deal_otherwise:.0%}",
                f"{each.low * 100:+.0f} to {each.high * 100:+.0f} points",
            )
            for each in self.actions[:6]
        ]
        return (
            f"{self.scenario.name}, seed {self.seed}: round {now} changes the probability of a deal most, "
            f"from {deal[now - 1]:.0%} to {deal[now]:.0%}\n"
            f"{text_table((f'decision in round {now}', 'with the opposite choice', '95 % interval'), rows)}"
        )


def pivot(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    seed: int = 1,
    futures: int = 200,
    progress: Callable[[int], None] = lambda _: None,
) -> PivotResult:
    """Estimate the chance of each outcome from each round on, and reverse each open choice of the turning round.

    futures: continuations simulated from each round. Raises ScenarioError if the scenario is wrong.
    """
    if futures < 2:
        raise ScenarioError([InputError("futures", futures, "at least 2 are needed")])
    loaded = load_scenario(scenario)
    chances = outcome_chances(loaded, seed, futures, progress=progress)
    return PivotResult(loaded, seed, chances, rank_decisions(loaded, seed, chances.turning_round, futures))


def cell_names(scenario: Scenario, action: DecisionEffect) -> str:
    """Return the names of the cell of a decision: who decided, towards whom, in which negotiation."""
    lists, talks, named = axis_names(scenario), "", []
    for axis, place in zip(PROTOCOL[ACT_INDEX[action.act]].axes, action.cell, strict=True):
        if axis == "negotiation":
            talks = lists.negotiation[place]
        if axis == "side":
            named.append(scenario.negotiations[talks].parties[place])
        elif axis == "service":
            named.append(SERVICES[place])
        elif axis in lists._fields:
            named.append(getattr(lists, axis)[place])
    return " ".join(named)
