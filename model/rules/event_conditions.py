"""Conditions of scheduled events: an event occurs only if its condition holds when its act is decided."""

from model.compiler import rule
from model.enumerations import STEP_CONDITION, EventCondition, RungStatus
from model.rules.lookups import has_agreement_in_force


@rule
def has_full_deal(world, k):
    """Return whether every rung is verified."""
    for r in range(world.rungs[k]):
        if world.status[k, r] != RungStatus.VERIFIED:
            return False
    return True


@rule
def condition_holds(world, condition, k):
    """Return whether a condition, a number of EventCondition with that of a step, holds now in a negotiation."""
    if condition >= STEP_CONDITION:
        step = world.status[k, condition // STEP_CONDITION - 1]
        if step == RungStatus.IMPLEMENTING or step == RungStatus.VERIFIED:
            return False
        condition = condition % STEP_CONDITION
    if condition == EventCondition.agreement or condition == EventCondition.no_agreement:
        return has_agreement_in_force(world, k) == (condition == EventCondition.agreement)
    if condition == EventCondition.full_deal or condition == EventCondition.no_full_deal:
        return has_full_deal(world, k) == (condition == EventCondition.full_deal)
    if condition == EventCondition.contact or condition == EventCondition.no_contact:
        return (world.contact[k] != 0) == (condition == EventCondition.contact)
    return True
