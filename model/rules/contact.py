"""Talks: ripeness, meeting, and the channel (M16, M11)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import Channel, RungStatus
from model.rules.facilitation import CONTACT, combined_effect, joint_effect
from model.rules.lookups import (
    has_agreement_in_force,
    highest_verified_rung,
    mutual_dialogue,
    mutual_tension,
    openness,
    pressure_exerted,
    pressure_suffered,
    progress,
)
from model.terms import Term

AGREEMENT_CONTACT = 0.3  # probability of contact that an agreement in force adds


class Pain(NamedTuple):
    """The stalemate hurts a side, or an agreement entices it (Zartman's hurting stalemate, enticing opportunity)."""

    pressure: Annotated[float, Term(0, 1, "pressure suffered")]
    cost: Annotated[float, Term(0, 100, "cost of exerting pressure, higher at a high oil price")]
    tension: Annotated[float, Term(0, 100, "tension between the two")]
    opportunity: Annotated[float, Term(0, 0.5, "what remains to be gained, times trust in the other side")]
    inertia: Annotated[float, Term(0, 2, "talks continue more easily than they start")]
    threshold: float


class WayOut(NamedTuple):
    """A side sees a way out."""

    trust: Annotated[float, Term(0, 1, "trust in the other side")]
    facilitation: Annotated[float, Term(0, 1, "good offices of facilitators, times their credibility")]
    inertia: Annotated[float, Term(0, 2, "talks continue more easily than they start")]
    threshold: float


class Meeting(NamedTuple):
    """The two sides meet this month: a spell of contact starts or continues."""

    start: Annotated[float, Term(0, 1, "openness of both sides, between spells")]
    habit: Annotated[float, Term(0, 1, "contact in the previous month, within a spell")]
    tension: Annotated[float, Term(-200, 0, "contact lost to tension")]
    good_offices: Annotated[float, Term(0, 100, "contact that facilitators bring about or keep")]
    agreement: Annotated[float, Term(0, 1, "an agreement in force to carry out")]
    threshold: float


class Openness(NamedTuple):
    """The two sides trust each other enough to meet in public."""

    trust: Annotated[float, Term(0, 1, "trust of the less trusting side")]
    threshold: float


@rule
def has_process(world, k):
    """Return 1 if there is a process to continue (recent contact, a rung in progress or verified), else 0."""
    r = world.rung[k]
    live = r >= 0 and RungStatus.PROPOSED <= world.status[k, r] <= RungStatus.IMPLEMENTING
    return 1.0 if live or world.contact[k] > 0 or highest_verified_rung(world, k) >= 0 else 0.0


@rule
def pain_terms(world, k, side):
    """Return the terms of pain: how much the stalemate hurts a side."""
    me = world.party[k, side]
    inertia = world.talks_inertia * has_process(world, k)
    oil_factor = 1.0 + max(world.oil[0], 0.0)
    return Pain(
        pressure_suffered(world, me),
        world.cost_of_pressure * pressure_exerted(world, me) * oil_factor,
        mutual_tension(world, k),
        0.5 * world.trust[me, world.party[k, 1 - side]] * (1.0 - progress(world, k)),
        inertia,
        world.pain_threshold,
    )


@rule
def way_out_terms(world, k, side):
    """Return the terms of a way out."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    inertia = world.talks_inertia * has_process(world, k)
    return WayOut(world.trust[me, other], combined_effect(world, k, CONTACT, me), inertia, world.way_out_threshold)


@rule
def seek_talks(world, k, side):
    """Return whether a side seeks talks: the stalemate hurts and it sees a way out (Zartman 1989)."""
    return holds(pain_terms(world, k, side)) and holds(way_out_terms(world, k, side))


@rule
def can_meet(world, k):
    """Return whether both sides seek talks and the process is open."""
    return world.process[k] > 0 and world.seeks_talks[k, 0] > 0 and world.seeks_talks[k, 1] > 0


@rule
def meeting_terms(world, k):
    """Return the terms of a meeting.

    Between spells, contact starts by the two sides' own openness or by good offices; within a spell it ends with
    probability stop + tension, which good offices reduce. At fixed relations a spell lasts 1 / stop months on average.
    """
    tension = min(mutual_tension(world, k), 1.0)
    offices = joint_effect(world, k, CONTACT)
    agreement = AGREEMENT_CONTACT if has_agreement_in_force(world, k) else 0.0
    random_draw = draw(world, DecisionPoint.CONTACT, 0, 0, world.negotiation_id[k])
    if world.contact[k] > 0:
        lost = world.tension_ends_contact * tension
        return Meeting(0.0, 1.0 - world.contact_stop, -lost, lost * offices, agreement, random_draw)
    start = world.contact_start * openness(world, k)
    started = world.offices_start_contact * offices * mutual_dialogue(world, k)
    return Meeting(start, 0.0, -start * tension, started, agreement, random_draw)


@rule
def hold_talks(world, k):
    """Return whether the two sides meet this month."""
    return can_meet(world, k) and holds(meeting_terms(world, k))


@rule
def openness_terms(world, k):
    """Return the terms of meeting in public."""
    a, b = world.party[k, 0], world.party[k, 1]
    return Openness(min(world.trust[a, b], world.trust[b, a]), world.direct_trust)


@rule
def in_contact(world, k):
    """Return whether the two sides meet this month."""
    return world.contact[k] > 0


@rule
def choose_channel(world, k):
    """Return the channel: public if trust allows it or no facilitator is active, else through a facilitator."""
    if not world.contact[k]:
        return Channel.NONE
    if holds(openness_terms(world, k)):
        return Channel.PUBLIC
    for f in range(world.n_facilitator):
        for service in range(world.n_service):
            if world.effort[f, k, service]:
                return Channel.INDIRECT
    return Channel.PUBLIC
