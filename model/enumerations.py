"""The numbers that columns hold for named things."""

from enum import IntEnum


class RungStatus(IntEnum):
    """The status of a rung of the deal ladder. It changes at most once a round."""

    IDLE = 0
    PROPOSED = 1
    SCRUTINISED = 2
    RATIFIED = 3
    IMPLEMENTING = 4
    VERIFIED = 5
    BREACHED = 6
    SUSPENDED = 7
    SNAPPED = 8  # snapped back: what it gave has been taken back
    COLLAPSED = 9


class Outcome(IntEnum):
    """How a negotiation stands at the end, from the least to the most."""

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
    """How a state chooses its monthly conduct; the names are those of scenario files."""

    reciprocity = 0
    contrition = 1
    initiative = 2
    assurance = 3


class Channel(IntEnum):
    """How a round of talks is held."""

    NONE = 0
    INDIRECT = 1
    PUBLIC = 2  # direct, and known to the public


class ExchangeLevel(IntEnum):
    """The level of a small exchange outside the ladder; the number weighs as evidence."""

    NONE = 0
    TECHNICAL = 1
    POLITICAL = 2


class InspectionReport(IntEnum):
    """What a verification body reports on a side."""

    NONE = 0
    CLEAN = 1
    VIOLATION = 2


class Friction(IntEnum):
    """What happens to a ladder in a round, apart from what its parties do."""

    CLIMB = 0
    STALL = 1
    SLIP = 2
    COLLAPSE = 3
