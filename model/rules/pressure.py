"""The pressure track, programmes and spoilers (M14, M15)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds, sum_terms
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.ladder import has_unrepaired_breach
from model.rules.lookups import pressure_suffered, progress, side_of
from model.terms import Term

PROGRAMME_SPEED = 0.08  # speed at which a programme moves towards its target, a month
UNSEEN_GROWTH = 0.15  # programme added to the target without inspectors' access
HEDGING = 0.3  # programme added to the target in response to full pressure


class PressureTarget(NamedTuple):
    """Pressure is held or raised: the target reaches the current level, the threshold."""

    campaign: Annotated[float, Term(0, 1, "target without an agreement")]
    relief: Annotated[float, Term(-1, 0, "relief owed for verified rungs")]
    escalation: Annotated[float, Term(0, 1, "response to an unrepaired breach or withdrawal")]
    imposed: Annotated[float, Term(0, 10, "threats carried out")]
    threshold: float


class Programme(NamedTuple):
    """The target of a programme: the sum, clipped to 0 to 1."""

    ambition: Annotated[float, Term(0, 1, "target without restraint or pressure")]
    bound: Annotated[float, Term(-1, 0, "restraint accepted in rungs")]
    hedging: Annotated[float, Term(0, 1, "response to pressure")]
    unseen: Annotated[float, Term(0, 1, "growth without inspection")]
    threshold: float


class Attack(NamedTuple):
    """Spoilers attack."""

    hazard: Annotated[float, Term(0, 1, "probability of an attack in any round")]
    nearness: Annotated[float, Term(0, 1, "a deal is close")]
    backing: Annotated[float, Term(0, 1, "opposition of a third state to the talks")]
    suppression: Annotated[float, Term(-3, 0, "attacks prevented by the side that would be blamed")]
    threshold: float


@rule
def relief_owed(world, k, side):
    """Return the relief that a side owes for verified rungs; 0 after it has withdrawn."""
    if world.rounds_withdrawn[k, side]:
        return 0.0
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED:
            total += world.pressure_relief[k, side, r]
    return min(total, 1.0)


@rule
def pressure_target_terms(world, me, other):
    """Return the terms of the pressure target against the pressure exerted."""
    campaign, k = world.campaign[me, other], world.negotiation_between[me, other]
    relief, escalation = 0.0, 0.0
    if k >= 0 and campaign > 0.0:
        side = side_of(world, k, me)
        relief = -campaign * relief_owed(world, k, side) * (1.0 - world.violation[k, side])
        escalation = world.escalation if has_unrepaired_breach(world, k) else 0.0
    return PressureTarget(campaign, relief, escalation, world.imposed[me, other], world.pressure[me, other])


@rule
def remember_pressure(world, me, other):
    """Return the pressure before this round's decision, so that changes can be reported."""
    return world.pressure[me, other]


@rule
def set_pressure(world, me, other):
    """Return the pressure on the other: it moves to the target at the allowed speed."""
    if me == other:
        return 0.0
    now = world.pressure[me, other]
    change = clip(sum_terms(pressure_target_terms(world, me, other)) - now, -world.relief_speed, world.pressure_speed)
    return clip(now + change, 0.0, 1.0)


@rule
def is_pressing(world, me, other):
    """Return whether a state exerts or plans pressure on another."""
    return me != other and max(world.campaign[me, other], world.pressure[me, other], world.imposed[me, other]) > 0.0


@rule
def programme_terms(world, me):
    """Return the terms of a programme's target."""
    ambition, restraint, unseen = world.own_ambition[me], 0.0, 0.0
    for k in range(world.n_negotiation):
        if world.party[k, 0] == me or world.party[k, 1] == me:
            side = side_of(world, k, me)
            unseen = max(unseen, 1.0 - world.access[k])
            for r in range(world.rungs[k]):
                if world.status[k, r] == RungStatus.IMPLEMENTING or world.status[k, r] == RungStatus.VERIFIED:
                    restraint += world.programme_cut[k, side, r] * (1.0 - world.violation[k, side])
    free = 1.0 - min(restraint, 1.0)
    return Programme(
        ambition,
        -ambition * (1.0 - free),
        HEDGING * pressure_suffered(world, me) * free,
        UNSEEN_GROWTH * unseen * free,
        0.0,
    )


@rule
def has_programme(world, me):
    """Return whether a state runs a programme."""
    return world.own_ambition[me] > 0.0


@rule
def set_programme(world, me):
    """Return the programme level: it moves towards its target."""
    if not has_programme(world, me):
        return world.programme[me]
    goal = clip(sum_terms(programme_terms(world, me)), 0.0, 1.0)
    return world.programme[me] + PROGRAMME_SPEED * (goal - world.programme[me])


@rule
def deal_nearness(world, k):
    """Return how close a deal is, 0 to 1: half the verified stake, and a half if the rung in play is under way."""
    r = world.rung[k]
    live = r >= 0 and RungStatus.PROPOSED <= world.status[k, r] <= RungStatus.IMPLEMENTING
    return 0.5 * progress(world, k) + (0.5 if live else 0.0)


@rule
def attack_terms(world, x):
    """Return the terms of an attack: base + slope nearness + third-state opposition - suppression (B07)."""
    k = world.target[x]
    party = world.party[k, world.blamed[x]]
    near = world.attack_near_deal * deal_nearness(world, k)
    against = 0.0
    for state in range(world.n_state):
        against = max(against, -world.alignment[state, k])
    total = world.hazard[x] + near + near * against
    return Attack(
        world.hazard[x],
        near,
        near * against,
        -world.own_suppression[party] * total,
        draw(world, DecisionPoint.ATTACK, world.spoiler_id[x], 0, world.negotiation_id[k]),
    )


@rule
def attack_talks(world, x):
    """Return whether a spoiler attacks; a close deal makes it more likely."""
    return holds(attack_terms(world, x))
