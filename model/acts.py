"""What an act of the protocol is: who decides which column, by which rule, under which conditions."""

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from model.columns import COLUMN_BY_NAME
from model.enumerations import InspectionReport

Rule = Callable[..., Any]
Role = Literal["state", "party", "facilitator", "body", "nature"]


class Condition(NamedTuple):
    """A named condition of a decision: the rule that evaluates it and the class of its terms."""

    rule: Rule
    terms: type

    @property
    def name(self) -> str:
        """Return the name of the condition: its class name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.terms.__name__).lower()


class Act(NamedTuple):
    """An act of the round: who decides which column, by which rule, for which mechanism.

    ``id`` identifies the act in the digest of a ledger, independent of its name. Never reuse an id (1 to 90 are taken).
    ``conditions`` are the named conditions that the rule evaluates. All must hold, unless ``combine`` computes the
    value from them, or ``sums`` makes the sum of the only condition the value. ``when`` returns whether a cell has a
    decision to make. A ``rare`` act is reported only where it happens. A ``parameter_free`` act depends on seed,
    round and ids alone, so worlds with other parameters share its result.
    ``knows`` is "own" if the rule may read only what its actor may know, "all" for nature.
    """

    id: int
    rule: Rule
    column: str
    role: Role
    mechanism: str = ""
    conditions: tuple[Condition, ...] = ()
    when: Rule | None = None
    combine: Rule | None = None
    sums: bool = False
    rare: bool = False
    parameter_free: bool = False
    knows: Literal["own", "all"] = "own"

    @property
    def name(self) -> str:
        """Return the name of the act: that of its rule, a verb."""
        return self.rule.__name__

    @property
    def description(self) -> str:
        """Return what the act decides, from the docstring of its rule: "Whether the two sides meet this month."."""
        text = " ".join((self.rule.__doc__ or "").split("\n\n")[0].split()).removeprefix("Return ")
        return text[:1].upper() + text[1:]

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the axes of the act's column."""
        return COLUMN_BY_NAME[self.column].axes

    @property
    def _recorded_zero(self) -> int:
        """Return the value that the ledger records as 0; for a report a clean one, so that 1 is a violation."""
        return int(InspectionReport.CLEAN) if self.column == "report" else 0

    def to_recorded[V: (int, float)](self, value: V) -> V:
        """Return a value of the column as the ledger records it."""
        return value - self._recorded_zero

    def from_recorded[V: (int, float)](self, recorded: V) -> V:
        """Return the value of the column for a value in the ledger."""
        return recorded + self._recorded_zero


def nature_act(id: int, rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that no actor performs."""
    return Act(id, rule, column, "nature", mechanism, knows="all", **more)


def state_act(id: int, rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that each state performs with what it may know."""
    return Act(id, rule, column, "state", mechanism, **more)


def party_act(id: int, rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that each party to a negotiation performs with what it may know."""
    return Act(id, rule, column, "party", mechanism, **more)


def named_conditions(*conditions: tuple[Rule, type]) -> tuple[Condition, ...]:
    """Return conditions from pairs of rule and class of terms."""
    return tuple(Condition(*condition) for condition in conditions)
