"""Whether there are talks: ripeness, meeting, and the channel they take (M16, M11)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import Channel, RungStatus
from model.rules.facilitation import CONTACT, combined_effect
from model.rules.lookups import highest_verified_rung, mutual_tension, pressure_exerted, pressure_suffered
from model.terms import Term


class Pain(NamedTuple):
    """The present hurts (Zartman's mutually hurting stalemate)."""

    pressure: Annotated[float, Term(0, 1, "pressure suffered")]
    cost: Annotated[float, Term(0, 100, "cost of pressing others, the dearer the oil")]
    tension: Annotated[float, Term(0, 100, "tension between the two")]
    inertia: Annotated[float, Term(0, 2, "talks under way go on more easily than they start")]
    threshold: float


class WayOut(NamedTuple):
    """A way out is seen."""

    trust: Annotated[float, Term(0, 1, "trust in the other side")]
    facilitation: Annotated[float, Term(0, 1, "good offices offered by facilitators it believes")]
    inertia: Annotated[float, Term(0, 2, "talks under way go on more easily than they start")]
    threshold: float


class Meeting(NamedTuple):
    """A round of talks takes place."""

    openness: Annotated[float, Term(0, 1, "openness of the less open side")]
    habit: Annotated[float, Term(0, 1, "there was contact in the round before")]
    tension: Annotated[float, Term(-200, 0, "contact lost to tension")]
    good_offices: Annotated[float, Term(0, 1, "contact kept by facilitators under tension")]
    threshold: float


class Openness(NamedTuple):
    """The two sides trust each other enough to meet in public."""

    trust: Annotated[float, Term(0, 1, "trust of the less trusting side")]
    threshold: float


@rule
def has_process(world, k):
    """Say whether there is a process to go on with: contact last round, a rung in progress, or one that stands."""
    r = world.rung[k]
    live = r >= 0 and RungStatus.PROPOSED <= world.status[k, r] <= RungStatus.IMPLEMENTING
    return 1.0 if live or world.contact[k] > 0 or highest_verified_rung(world, k) >= 0 else 0.0


@rule
def pain_terms(world, k, side):
    """Weigh how much the present hurts a side."""
    me = world.party[k, side]
    inertia = world.talks_inertia * has_process(world, k)
    dear = 1.0 + max(world.oil[0], 0.0)
    return Pain(
        pressure_suffered(world, me),
        world.cost_of_pressure * pressure_exerted(world, me) * dear,
        mutual_tension(world, k),
        inertia,
        world.pain_threshold,
    )


@rule
def way_out_terms(world, k, side):
    """Weigh whether a side sees a way out."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    inertia = world.talks_inertia * has_process(world, k)
    return WayOut(world.trust[me, other], combined_effect(world, k, CONTACT, me), inertia, world.way_out_threshold)


@rule
def seek_talks(world, k, side):
    """Seek talks when the present hurts and a way out is seen: both, not either (Zartman)."""
    return holds(pain_terms(world, k, side)) and holds(way_out_terms(world, k, side))


@rule
def both_seek_talks(world, k):
    """Say whether both sides seek talks."""
    return world.seeks_talks[k, 0] > 0 and world.seeks_talks[k, 1] > 0


@rule
def meeting_terms(world, k):
    """Weigh the chance that a round of talks takes place."""
    a, b = world.party[k, 0], world.party[k, 1]
    tension = mutual_tension(world, k)
    offices = min(combined_effect(world, k, CONTACT, a), combined_effect(world, k, CONTACT, b))
    return Meeting(
        world.contact_probability * min(world.own_dialogue[a], world.own_dialogue[b]),
        world.contact_persistence * world.contact[k],
        -world.tension_blocks_contact * tension,
        offices * min(tension, 1.0),
        draw(world, DecisionPoint.CONTACT, 0, 0, world.negotiation_id[k]),
    )


@rule
def hold_talks(world, k):
    """Hold a round of talks if both sides seek them and it comes about."""
    return both_seek_talks(world, k) and holds(meeting_terms(world, k))


@rule
def openness_terms(world, k):
    """Weigh whether the two can be seen together."""
    a, b = world.party[k, 0], world.party[k, 1]
    return Openness(min(world.trust[a, b], world.trust[b, a]), world.direct_trust)


@rule
def in_contact(world, k):
    """Say whether a round of talks is held."""
    return world.contact[k] > 0


@rule
def choose_channel(world, k):
    """Meet in public when trust allows it or no facilitator is at work; else go through one."""
    if not world.contact[k]:
        return Channel.NONE
    if holds(openness_terms(world, k)):
        return Channel.PUBLIC
    for f in range(world.n_facilitator):
        for service in range(world.n_service):
            if world.effort[f, k, service]:
                return Channel.INDIRECT
    return Channel.PUBLIC
