"""Enumerations whose numbers columns hold."""

from enum import IntEnum


class RungStatus(IntEnum):
    """The status of a rung of the deal ladder; it changes at most once a round."""

    IDLE = 0
    PROPOSED = 1
    SCRUTINISED = 2
    RATIFIED = 3
    IMPLEMENTING = 4
    VERIFIED = 5
    BREACHED = 6
    SUSPENDED = 7
    SNAPPED = 8  # snapped back: its concessions are revoked
    COLLAPSED = 9


class Outcome(IntEnum):
    """The outcome of a negotiation, in ascending order."""

    breakdown = 0
    managed_contact = 1
    partial_arrangement = 2
    comprehensive_deal = 3

    def __repr__(self) -> str:
        return f"Outcome.{self.name}"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return int.__format__(self, spec) if spec else str(self)


class Doctrine(IntEnum):
    """How a state chooses its monthly conduct; scenario files use these names."""

    reciprocity = 0
    contrition = 1
    initiative = 2
    assurance = 3


class EventCondition(IntEnum):
    """The condition of a scheduled event, about one negotiation; scenario files use these names but ``always``."""

    always = 0
    agreement = 1
    no_agreement = 2
    full_deal = 3
    no_full_deal = 4
    contact = 5
    no_contact = 6


STEP_CONDITION = 16  # a condition plus n times this, n from 1, also requires that the nth step is not in force


class Channel(IntEnum):
    """The channel of a meeting."""

    NONE = 0
    INDIRECT = 1
    PUBLIC = 2  # direct and publicly known


class ExchangeLevel(IntEnum):
    """The level of a small exchange outside the ladder; the number is its weight as evidence."""

    NONE = 0
    TECHNICAL = 1
    POLITICAL = 2


class InspectionReport(IntEnum):
    """A verification body's report on a side."""

    NONE = 0
    CLEAN = 1
    VIOLATION = 2


class Friction(IntEnum):
    """What friction does to a ladder in a round."""

    CLIMB = 0
    STALL = 1
    SLIP = 2
