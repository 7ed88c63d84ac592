"""Outcomes of the negotiations of many worlds, and bands of their indicators."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from experiments.ensembles.statistics import EventTimes, Share, first_positive_round, wilson
from model.enumerations import Outcome
from model.measures import classify_outcomes, negotiation_series


class NegotiationOutcomes(NamedTuple):
    """How negotiations ended, and when they first had a verified rung.

    outcomes: int8 [world, negotiation], values of Outcome. first_deal: round, int16 [world, negotiation], -1 for none.
    """

    outcomes: np.ndarray
    first_deal: np.ndarray


def negotiation_outcomes(trajectories: np.ndarray, negotiations: int) -> NegotiationOutcomes:
    """Return the outcomes of trajectories [world, round, indicator]."""
    talks = range(negotiations)
    deals = [first_positive_round(negotiation_series(trajectories, k)["deal_progress"]) for k in talks]
    return NegotiationOutcomes(
        np.stack([classify_outcomes(trajectories, k) for k in talks], axis=1).astype(np.int8), np.stack(deals, axis=1)
    )


@dataclass(eq=False)
class WorldOutcomes:
    """The outcomes of many worlds of one scenario.

    outcomes, first_deal: as in NegotiationOutcomes. bands: [edge, round, indicator]; the first edges are PERCENTILES.
    """

    rounds: int
    negotiations: list[str]
    outcomes: np.ndarray
    first_deal: np.ndarray
    bands: np.ndarray

    @property
    def worlds(self) -> int:
        """Return the number of worlds played."""
        return len(self.outcomes)

    @property
    def censored_at(self) -> np.ndarray | int:
        """Return the last round of the worlds: one number, or int [world]."""
        return self.rounds

    @property
    def overall(self) -> np.ndarray:
        """Return the overall outcome of each world, that of its least advanced negotiation: int8 [world]."""
        return self.outcomes.min(axis=1)

    def shares(self, negotiation: str | None = None) -> dict[str, Share]:
        """Return the share of each outcome, best outcome first, overall or of one negotiation."""
        outcomes = self.overall if negotiation is None else self.outcomes[:, self.negotiations.index(negotiation)]
        return {each.name: wilson(int((outcomes == each).sum()), len(outcomes)) for each in reversed(Outcome)}

    def first_deals(self, negotiation: str) -> EventTimes:
        """Return the rounds until the first verified rung of a negotiation, censored at the end of the run."""
        rounds = self.first_deal[:, self.negotiations.index(negotiation)]
        return EventTimes(np.where(rounds < 0, self.censored_at, rounds), rounds < 0)
