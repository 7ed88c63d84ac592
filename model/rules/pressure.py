"""The other track: pressure, programme, and those who attack from outside (M14, M15)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds, sum_terms
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.ladder import has_unrepaired_breach
from model.rules.lookups import pressure_suffered, progress, side_of
from model.terms import Term


class PressureTarget(NamedTuple):
    """Pressure is kept or raised: the level aimed at reaches the level now, the threshold."""

    campaign: Annotated[float, Term(0, 1, "level aimed at while nothing is agreed")]
    relief: Annotated[float, Term(-1, 0, "relief owed for verified rungs")]
    escalation: Annotated[float, Term(0, 1, "answer to a breach or a withdrawal that is not repaired")]
    threshold: float


class Programme(NamedTuple):
    """What a programme aims at; the sum, kept between 0 and 1."""

    ambition: Annotated[float, Term(0, 1, "level aimed at when unbound and unpressed")]
    bound: Annotated[float, Term(-1, 0, "restraint accepted in rungs")]
    hedging: Annotated[float, Term(0, 1, "answer to pressure")]
    unseen: Annotated[float, Term(0, 1, "growth out of inspectors' sight")]
    threshold: float


class Attack(NamedTuple):
    """Spoilers attack."""

    hazard: Annotated[float, Term(0, 1, "chance of an attack in any round")]
    nearness: Annotated[float, Term(0, 1, "a deal is close")]
    backing: Annotated[float, Term(0, 1, "a third state presses against the talks")]
    suppression: Annotated[float, Term(-3, 0, "attacks prevented by the side that would be blamed")]
    threshold: float


@rule
def relief_owed(world, k, side):
    """Add up the relief a side owes for verified rungs; one that has left owes none."""
    if world.rounds_withdrawn[k, side]:
        return 0.0
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED:
            total += world.pressure_relief[k, side, r]
    return min(total, 1.0)


@rule
def pressure_target_terms(world, me, other):
    """Weigh the pressure aimed at against the pressure exerted."""
    campaign, k = world.campaign[me, other], world.negotiation_between[me, other]
    relief, escalation = 0.0, 0.0
    if k >= 0 and campaign > 0.0:
        relief = -campaign * relief_owed(world, k, side_of(world, k, me))
        escalation = world.escalation if has_unrepaired_breach(world, k) else 0.0
    return PressureTarget(campaign, relief, escalation, world.pressure[me, other])


@rule
def remember_pressure(world, me, other):
    """Note the pressure before it is decided anew, so that a step or a relief can be told."""
    return world.pressure[me, other]


@rule
def set_pressure(world, me, other):
    """Raise or relieve pressure towards the level aimed at, as fast as policy allows."""
    if me == other:
        return 0.0
    now = world.pressure[me, other]
    change = clip(sum_terms(pressure_target_terms(world, me, other)) - now, -world.relief_speed, world.pressure_speed)
    return clip(now + change, 0.0, 1.0)


@rule
def is_pressing(world, me, other):
    """Say whether a state presses, or means to press, another."""
    return me != other and (world.campaign[me, other] > 0.0 or world.pressure[me, other] > 0.0)


@rule
def programme_terms(world, me):
    """Weigh what a programme aims at: ambition, restraint accepted, hedging, growth unseen."""
    ambition, restraint, unseen = world.own_ambition[me], 0.0, 0.0
    for k in range(world.n_negotiation):
        if world.party[k, 0] == me or world.party[k, 1] == me:
            side = side_of(world, k, me)
            unseen = max(unseen, 1.0 - world.access[k])
            for r in range(world.rungs[k]):
                if world.status[k, r] == RungStatus.IMPLEMENTING or world.status[k, r] == RungStatus.VERIFIED:
                    restraint += world.programme_cut[k, side, r]
    free = 1.0 - min(restraint, 1.0)
    return Programme(
        ambition,
        -ambition * (1.0 - free),
        world.hedging * pressure_suffered(world, me) * free,
        world.unseen_growth * unseen * free,
        0.0,
    )


@rule
def has_programme(world, me):
    """Say whether a state runs a programme at all."""
    return world.own_ambition[me] > 0.0


@rule
def set_programme(world, me):
    """Move the programme towards its aim."""
    if not has_programme(world, me):
        return world.programme[me]
    goal = clip(sum_terms(programme_terms(world, me)), 0.0, 1.0)
    return world.programme[me] + world.programme_speed * (goal - world.programme[me])


@rule
def deal_nearness(world, k):
    """Say how close a deal is: half what stands, half whether the rung in play is between table and completion."""
    r = world.rung[k]
    live = r >= 0 and RungStatus.PROPOSED <= world.status[k, r] <= RungStatus.IMPLEMENTING
    return 0.5 * progress(world, k) + (0.5 if live else 0.0)


@rule
def attack_terms(world, x):
    """Weigh an attack: base + slope nearness, backed by hostile third states, less what is prevented (B07)."""
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
    """Attack, the likelier the closer a deal is."""
    return holds(attack_terms(world, x))
