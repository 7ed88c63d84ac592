"""Hostile posture (M12) and the alignment of third states (M18)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, sum_terms
from model.compiler import rule
from model.enumerations import ExchangeLevel
from model.rules.lookups import attacks_blamed_on, progress, side_of
from model.terms import Term

PROGRAMME_PROVOKES = 0.05  # rise in posture from the other's full programme, at a security weight of one
REGION_PROVOKES = 0.15  # rise in posture from regional tension of one
ATTACK_PROVOKES = 0.5  # rise in posture from a spoiler's attack
DEMAND_PROVOKES = 0.1  # rise in posture from a demand backed by a threat
FORCE_PROVOKES = 0.4  # rise in posture from force used against the state
EXCHANGE_CALMS = 0.05  # fall in posture from one hosted exchange
CONCESSION_CALMS = 0.2  # fall in posture when the other gives way to a demand
WARINESS = 0.4  # effect of a third state's hostility to a party on its opposition to the talks


class Posture(NamedTuple):
    """A state's posture towards another: the sum, clipped, is the new level."""

    now: Annotated[float, Term(0, 100, "current posture")]
    answer: Annotated[float, Term(0, 400, "reaction to the other's posture")]
    restraint: Annotated[float, Term(-400, 0, "restraint of one's own posture")]
    grievance: Annotated[float, Term(-2, 2, "constant drive")]
    provocation: Annotated[float, Term(0, 50, "the other's last act, perceived as hostile")]
    pressure: Annotated[float, Term(0, 2, "pressure exerted by the other")]
    threat: Annotated[float, Term(0, 10, "a demand, or force, from the other")]
    programme: Annotated[float, Term(0, 2, "the other's programme, times the weight of security")]
    region: Annotated[float, Term(-1000, 1000, "regional tension")]
    attack: Annotated[float, Term(0, 200, "attacks blamed on the other")]
    calm: Annotated[float, Term(-6, 0, "contact, exchanges, implemented rungs, and demands that the other gave way to")]
    threshold: float


class Alignment(NamedTuple):
    """A third state's position on the talks: the sum, clipped to -1 to 1."""

    attitude: Annotated[float, Term(-1, 1, "its attitude to them")]
    wariness: Annotated[float, Term(-200, 0, "its own hostility to a party")]
    threshold: float


@rule
def posture_terms(world, me, other):
    """Return the terms of posture: Richardson's x' = x + D (k y - a x + g), and the events of the round (B11)."""
    own, others = world.posture[me, other], world.posture[other, me]
    k, step = world.negotiation_between[me, other], world.tension_step
    at_odds = k >= 0 or world.grievance[me, other] > 0.0
    programme = PROGRAMME_PROVOKES * world.own_security_weight[me] * world.programme[other]
    region = REGION_PROVOKES * world.regional_tension[0]
    size = 0.0 if world.silent[other, me] else world.act_size[other, me]
    threat = DEMAND_PROVOKES * world.demands[other, me] + FORCE_PROVOKES * world.uses_force[other, me]
    attack, calm = 0.0, 0.0
    if k >= 0:
        attack = ATTACK_PROVOKES * attacks_blamed_on(world, k, side_of(world, k, other))
        calm = world.contact_calms * world.contact[k] + world.progress_calms * progress(world, k)
        calm += EXCHANGE_CALMS * (world.exchange[k] > ExchangeLevel.NONE)
        calm += CONCESSION_CALMS * world.concedes[other, me]
    return Posture(
        own,
        step * world.own_reaction[me] * others,
        -step * world.own_restraint[me] * own,
        step * world.grievance[me, other],
        world.provocation * (1 - world.perceived[me, other]) * size,
        world.pressure_provokes * world.pressure[other, me],
        threat,
        programme if at_odds else 0.0,
        region if at_odds else 0.0,
        attack,
        -calm,
        0.0,
    )


@rule
def update_posture(world, me, other):
    """Return a state's posture towards another: 0 to the ceiling."""
    return 0.0 if me == other else clip(sum_terms(posture_terms(world, me, other)), 0.0, world.tension_ceiling)


@rule
def are_distinct(world, me, other):
    """Return whether the two are different states."""
    return me != other


@rule
def is_third_state(world, me, k):
    """Return whether a state is no party to a negotiation."""
    return world.party[k, 0] != me and world.party[k, 1] != me


@rule
def alignment_terms(world, me, k):
    """Return the terms of a third state's alignment."""
    hostility = max(world.posture[me, world.party[k, 0]], world.posture[me, world.party[k, 1]])
    return Alignment(world.attitude[me, k], -WARINESS * hostility, 0.0)


@rule
def align(world, me, k):
    """Return a third state's alignment: -1 opposes the talks, 1 supports them."""
    return clip(sum_terms(alignment_terms(world, me, k)), -1.0, 1.0) if is_third_state(world, me, k) else 0.0
