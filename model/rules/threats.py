"""Demands backed by threats, what follows them, and the use of force (M9, M14; Fearon 1994, Schultz 2001)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.rules.lookups import has_agreement_in_force, pressure_suffered, progress
from model.terms import Term

IMPOSED_REMAINS = 0.92  # share of an imposed measure that remains after a month
CREDIBILITY_SPEED = 0.25  # speed at which the credibility of threats follows the last one


class Demand(NamedTuple):
    """A state makes a demand backed by a threat."""

    tension: Annotated[float, Term(0, 100, "its posture towards the other")]
    stance: Annotated[float, Term(-5, 5, "what its government holds out for")]
    contact: Annotated[float, Term(-50, 0, "contact between the two")]
    agreement: Annotated[float, Term(-100, 0, "an agreement in force between them")]
    threshold: float


class Concession(NamedTuple):
    """The other gives way to the demand."""

    harm: Annotated[float, Term(0, 2, "harm threatened, times the credibility of the threat")]
    pressure: Annotated[float, Term(0, 2, "pressure suffered")]
    resolve: Annotated[float, Term(-7, 5, "its resolve and its government's stance")]
    audience: Annotated[float, Term(-100, 0, "audience cost of giving way")]
    threshold: float


class CarryingOut(NamedTuple):
    """The state carries out its threat."""

    audience: Annotated[float, Term(0, 100, "audience cost of backing down")]
    tension: Annotated[float, Term(0, 100, "its posture towards the other")]
    cost: Annotated[float, Term(-10, 0, "cost of exerting pressure, higher at a high oil price")]
    agreement: Annotated[float, Term(-1, 0, "agreements in force that it would lose")]
    threshold: float


class Force(NamedTuple):
    """A state uses force."""

    tension: Annotated[float, Term(0, 100, "posture beyond the threshold of force")]
    defiance: Annotated[float, Term(0, 1, "the other stood firm this month")]
    stance: Annotated[float, Term(-5, 5, "what its government holds out for")]
    agreement: Annotated[float, Term(-1, 0, "agreements in force that it would lose")]
    threshold: float


@rule
def may_demand(world, me, other):
    """Return whether a state is in dispute with another: they negotiate, or should."""
    return world.negotiation_between[me, other] >= 0


@rule
def demand_terms(world, me, other):
    """Return the terms of a demand backed by a threat."""
    k = world.negotiation_between[me, other]
    posture = world.posture[me, other]
    return Demand(
        world.threat_hazard * posture,
        world.threat_hazard * world.stance[me],
        -0.5 * world.threat_hazard * posture * world.contact[k],
        -world.threat_hazard * posture if has_agreement_in_force(world, k) else 0.0,
        draw(world, DecisionPoint.DEMAND, world.state_id[me], world.state_id[other]),
    )


@rule
def make_demand(world, me, other):
    """Return whether a state makes a demand backed by a threat."""
    return may_demand(world, me, other) and holds(demand_terms(world, me, other))


@rule
def is_threatened(world, me, other):
    """Return whether the other makes a demand on a state this month."""
    return world.demands[other, me] > 0


@rule
def concession_terms(world, me, other):
    """Return the terms of giving way: expected harm against resolve; the draw is what the issue is worth this time."""
    return Concession(
        world.threat_harm * world.threat_credibility[other],
        0.5 * world.threat_harm * pressure_suffered(world, me),
        -0.5 * (world.own_resolve[me] + world.stance[me]),
        -world.audience_cost[me],
        draw(world, DecisionPoint.CONCEDE, world.state_id[me], world.state_id[other]),
    )


@rule
def concede(world, me, other):
    """Return whether a state gives way to the other's demand."""
    return is_threatened(world, me, other) and holds(concession_terms(world, me, other))


@rule
def is_defied(world, me, other):
    """Return whether the other stands firm against a state's demand."""
    return world.demands[me, other] > 0 and world.concedes[other, me] == 0


@rule
def carrying_out_terms(world, me, other):
    """Return the terms of carrying out a threat: audience costs and tension against its cost (Fearon 1994)."""
    return CarryingOut(
        0.3 + world.audience_cost[me],
        0.4 * world.posture[me, other],
        -world.cost_of_pressure * (1.0 + max(world.oil[0], 0.0)),
        -progress(world, world.negotiation_between[me, other]),
        draw(world, DecisionPoint.CARRY_OUT, world.state_id[me], world.state_id[other]),
    )


@rule
def carry_out_threat(world, me, other):
    """Return whether a state carries out its threat against one that stands firm."""
    return is_defied(world, me, other) and holds(carrying_out_terms(world, me, other))


@rule
def back_down(world, me, other):
    """Return whether a state backs down: the other stood firm, and the threat is not carried out."""
    return is_defied(world, me, other) and world.carries_out[me, other] == 0


@rule
def update_threat_credibility(world, me):
    """Return the credibility of a state's threats: it follows whether the last ones were carried out."""
    credibility = world.threat_credibility[me]
    for other in range(world.n_state):
        if world.carries_out[me, other] or world.backs_down[me, other]:
            credibility += CREDIBILITY_SPEED * (world.carries_out[me, other] - credibility)
    return credibility


@rule
def impose(world, me, other):
    """Return the pressure that a state adds by carrying out threats: it fades."""
    added = world.escalation if world.carries_out[me, other] else 0.0
    return clip(IMPOSED_REMAINS * world.imposed[me, other] + added, 0.0, 1.0)


@rule
def may_use_force(world, me, other):
    """Return whether posture is beyond the threshold of force."""
    return world.negotiation_between[me, other] >= 0 and world.posture[me, other] >= world.force_threshold


@rule
def force_terms(world, me, other):
    """Return the terms of the use of force: a hazard above a threshold of posture."""
    hazard = world.force_hazard
    return Force(
        hazard * (world.posture[me, other] - world.force_threshold),
        hazard if is_defied(world, me, other) else 0.0,
        hazard * world.stance[me],
        -hazard * progress(world, world.negotiation_between[me, other]),
        draw(world, DecisionPoint.FORCE, world.state_id[me], world.state_id[other]),
    )


@rule
def use_force(world, me, other):
    """Return whether a state uses force against another."""
    return may_use_force(world, me, other) and holds(force_terms(world, me, other))
