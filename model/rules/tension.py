"""Hostile posture (M12) and how third states align (M18)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, sum_terms
from model.compiler import rule
from model.enumerations import ExchangeLevel
from model.rules.lookups import attacks_blamed_on, progress, side_of
from model.terms import Term


class Posture(NamedTuple):
    """What a state's posture towards another is made of; the sum, kept in bounds, is the new level."""

    now: Annotated[float, Term(0, 100, "posture so far")]
    answer: Annotated[float, Term(0, 400, "reaction to the other's posture")]
    restraint: Annotated[float, Term(-400, 0, "weariness of one's own posture")]
    grievance: Annotated[float, Term(-2, 2, "standing drive")]
    provocation: Annotated[float, Term(0, 2, "the other's last act was seen as hostile")]
    pressure: Annotated[float, Term(0, 2, "pressure exerted by the other")]
    programme: Annotated[float, Term(0, 2, "the other's programme, by the weight of security")]
    region: Annotated[float, Term(-1000, 1000, "regional tension")]
    attack: Annotated[float, Term(0, 200, "attacks blamed on the other")]
    calm: Annotated[float, Term(-6, 0, "contact, exchanges and what stands implemented")]
    threshold: float


class Alignment(NamedTuple):
    """What a third state does about the talks: the sum, kept between -1 and 1."""

    attitude: Annotated[float, Term(-1, 1, "what it thinks of them")]
    wariness: Annotated[float, Term(-200, 0, "its own hostility to a party")]
    threshold: float


@rule
def posture_terms(world, me, other):
    """Sum the Richardson round map x' = x + D (k y - a x + g) and the events of the round (B11)."""
    mine, theirs = world.posture[me, other], world.posture[other, me]
    k, step = world.negotiation_between[me, other], world.tension_step
    at_odds = k >= 0 or world.grievance[me, other] > 0.0
    attack, calm = 0.0, 0.0
    if k >= 0:
        attack = world.attack_provokes * attacks_blamed_on(world, k, side_of(world, k, other))
        calm = world.contact_calms * world.contact[k] + world.progress_calms * progress(world, k)
        calm += world.exchange_calms * (world.exchange[k] > ExchangeLevel.NONE)
    return Posture(
        mine,
        step * world.own_reaction[me] * theirs,
        -step * world.own_restraint[me] * mine,
        step * world.grievance[me, other],
        world.provocation * (1 - world.perceived[me, other]),
        world.pressure_provokes * world.pressure[other, me],
        world.programme_provokes * world.own_security_weight[me] * world.programme[other] if at_odds else 0.0,
        world.region_provokes * world.regional_tension[0] if at_odds else 0.0,
        attack,
        -calm,
        0.0,
    )


@rule
def update_posture(world, me, other):
    """Harden or soften my posture towards the other."""
    return 0.0 if me == other else clip(sum_terms(posture_terms(world, me, other)), 0.0, world.tension_ceiling)


@rule
def is_third_state(world, me, k):
    """Say whether a state stands outside a negotiation."""
    return world.party[k, 0] != me and world.party[k, 1] != me


@rule
def alignment_terms(world, me, k):
    """Weigh what a third state does about the talks."""
    hostility = max(world.posture[me, world.party[k, 0]], world.posture[me, world.party[k, 1]])
    return Alignment(world.attitude[me, k], -world.wariness * hostility, 0.0)


@rule
def align(world, me, k):
    """Back the talks or press against them, as a third state."""
    return clip(sum_terms(alignment_terms(world, me, k)), -1.0, 1.0) if is_third_state(world, me, k) else 0.0
