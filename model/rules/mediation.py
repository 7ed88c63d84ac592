"""Whether parties accept facilitators, and how urgently a negotiation needs each service (M11)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.facilitation import CLARITY, CONTACT, FORMULATION, LEVERAGE
from model.rules.lookups import (
    has_mediator,
    highest_verified_rung,
    is_rung_in_play_at,
    lowest_trust,
    mutual_tension,
)
from model.terms import Term


class Mediation(NamedTuple):
    """Going on alone has become costly enough to accept facilitators (Beardsley 2008)."""

    tension: Annotated[float, Term(0, 100, "its posture towards the other side")]
    deadlock: Annotated[float, Term(0, 1, "failures since the last verified rung")]
    silence: Annotated[float, Term(0, 1, "no contact")]
    habit: Annotated[float, Term(0, 1, "facilitators accepted before")]
    threshold: float


@rule
def mediation_terms(world, k, side):
    """Return the terms of accepting facilitators."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    return Mediation(
        world.posture[me, other],
        min(0.2 * world.failures[k], 1.0),
        0.0 if world.contact[k] else 0.2,
        0.3 * world.accepts_mediation[k, side],
        world.mediation_threshold,
    )


@rule
def accept_mediation(world, k, side):
    """Return whether a side accepts facilitators: some are present, and going on alone has become costly."""
    return has_mediator(world, k, side) and holds(mediation_terms(world, k, side))


@rule
def assess_need(world, k, service):
    """Return how urgently a negotiation needs a service, 0 to 2: facilitators go where the need is greatest."""
    if service == CONTACT:
        return mutual_tension(world, k) if world.contact[k] else 1.0 + min(mutual_tension(world, k), 1.0)
    if service == CLARITY:
        return 0.5 + min(mutual_tension(world, k), 1.0)
    if service == FORMULATION:
        return 1.2 if world.contact[k] and is_rung_in_play_at(world, k, RungStatus.IDLE) else 0.1
    if service == LEVERAGE:
        return min(0.4 * world.failures[k], 1.6) if world.contact[k] else 0.0
    return 1.5 * (1.0 - lowest_trust(world, k)) if highest_verified_rung(world, k) < 0 else 0.3
