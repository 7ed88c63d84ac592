"""A claim: comparisons of two settings of the same worlds, each with a measure and a direction."""

from typing import Literal, NamedTuple

from experiments.studies.claim_measures import MEASURES, Measure, Values
from experiments.studies.claim_settings import Changes, Fixed, no_change, nothing_fixed

Standing = Literal["tested", "built in", "fitted"]


class Arm(NamedTuple):
    """One side of a comparison: what it is in words, changes of the scenario, and decisions fixed in every month."""

    words: str
    changes: Changes = no_change
    fixed: Fixed = nothing_fixed


class ClaimComparison(NamedTuple):
    """One comparison of a claim: the measure is larger (or smaller) under ``claimed`` than under ``reference``.

    standing: "built in" if the rules give its direction by construction, "fitted" if a target of the calibration
    states it already; only the others are tests. note: why, or what to keep in mind. among: compare only the worlds
    where this is positive under both. relevant: smallest relevant difference; None for that of the measure.
    """

    says: str
    claimed: Arm
    reference: Arm
    measure: str
    more: bool = True
    standing: Standing = "tested"
    note: str = ""
    among: Values | None = None
    relevant: float | None = None

    @property
    def measured(self) -> Measure:
        """Return the measure."""
        return MEASURES[self.measure]

    @property
    def smallest(self) -> float:
        """Return the smallest relevant difference, in the model's numbers."""
        return self.measured.unit.relevant if self.relevant is None else self.relevant


class Claim(NamedTuple):
    """A claim: its words, the question that its tested comparisons answer, and all its comparisons."""

    key: str
    words: str
    question: str
    comparisons: tuple[ClaimComparison, ...]

    @property
    def tested(self) -> list[ClaimComparison]:
        """Return the comparisons that are tests."""
        return [each for each in self.comparisons if each.standing == "tested"]
