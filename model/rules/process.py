"""Processes of talks that end, and open again (M16)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.facilitation import CONTACT, joint_effect
from model.rules.ladder import count_reset_to_idle, is_newly_breached
from model.rules.lookups import (
    attacks_blamed_on,
    failed_stake,
    mutual_dialogue,
    mutual_tension,
    openness,
    progress,
    uses_force_between,
)
from model.terms import Term


class ProcessEnds(NamedTuple):
    """The process of talks ends after a failure."""

    failures: Annotated[float, Term(0, 100, "failures since the last verified rung, the last one by half")]
    tension: Annotated[float, Term(0, 100, "tension between the two")]
    force: Annotated[float, Term(0, 1, "force was used")]
    agreement: Annotated[float, Term(-1, 0, "agreements in force that keep it alive")]
    good_offices: Annotated[float, Term(-1, 0, "good offices that keep it alive")]
    threshold: float


class ProcessOpens(NamedTuple):
    """The process of talks opens again."""

    dialogue: Annotated[float, Term(0, 1, "openness of both sides")]
    good_offices: Annotated[float, Term(0, 1, "good offices of facilitators")]
    change: Annotated[float, Term(0, 1, "a new government, or a shock")]
    tension: Annotated[float, Term(-1, 0, "tension between the two")]
    threshold: float


@rule
def count_new_failures(world, k):
    """Return the failures of this round: refusals, rejections at home, breaches, withdrawals and collapses."""
    count = count_reset_to_idle(world, k, RungStatus.PROPOSED) + count_reset_to_idle(world, k, RungStatus.SCRUTINISED)
    count += world.withdraws[k, 0] + world.withdraws[k, 1]
    for r in range(world.rungs[k]):
        if is_newly_breached(world, k, r):
            count += 1
    return count + (1 if failed_stake(world, k) > 0.0 else 0)


@rule
def count_failures(world, k):
    """Return the failures since a rung was last verified; a new start forgets half of them."""
    if world.honoured_stake[k, 0] > 0.0:
        return 0
    failures = world.failures[k] // 2 if world.process_opens[k] else world.failures[k]
    return failures + count_new_failures(world, k)


@rule
def can_end(world, k):
    """Return whether the process can end: it is open, and something failed or force was used."""
    return world.process[k] > 0 and (count_new_failures(world, k) > 0 or uses_force_between(world, k))


@rule
def ending_terms(world, k):
    """Return the terms of the end of a process: a hazard by failures and tension."""
    return ProcessEnds(
        world.giving_up * max(world.failures[k] - 0.5, 0.0),
        world.giving_up * mutual_tension(world, k),
        1.0 if uses_force_between(world, k) else 0.0,
        -world.giving_up * progress(world, k),
        -world.giving_up * joint_effect(world, k, CONTACT),
        draw(world, DecisionPoint.END_PROCESS, 0, 0, world.negotiation_id[k]),
    )


@rule
def end_process(world, k):
    """Return whether the process of talks ends."""
    return can_end(world, k) and holds(ending_terms(world, k))


@rule
def can_reopen(world, k):
    """Return whether the process has ended."""
    return world.process[k] == 0


@rule
def reopening_terms(world, k):
    """Return the terms of a new start (Goertz & Diehl 1995)."""
    a, b = world.party[k, 0], world.party[k, 1]
    shocked = world.turnover[a] + world.turnover[b] + attacks_blamed_on(world, k, 0) + attacks_blamed_on(world, k, 1)
    return ProcessOpens(
        world.reopening * openness(world, k),
        world.offices_reopen * joint_effect(world, k, CONTACT) * mutual_dialogue(world, k),
        world.shock_reopens if shocked > 0.0 else 0.0,
        -world.reopening * openness(world, k) * min(mutual_tension(world, k), 1.0),
        draw(world, DecisionPoint.REOPEN_PROCESS, 0, 0, world.negotiation_id[k]),
    )


@rule
def reopen_process(world, k):
    """Return whether the process of talks opens again."""
    return can_reopen(world, k) and holds(reopening_terms(world, k))


@rule
def keep_process(world, k):
    """Return whether the process is open."""
    if world.process[k]:
        return world.process_ends[k] == 0
    return world.process_opens[k] > 0
