"""The statuses a rung can have. It moves at most one a round."""

from enum import IntEnum


class Status(IntEnum):
    """Where a rung of the deal ladder stands."""

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
