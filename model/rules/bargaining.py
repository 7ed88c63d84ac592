"""Reservation values, proposals and offers (M8, M10, M11, M14)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds, sum_terms
from model.chance import DecisionPoint, draw, draw_normal
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.facilitation import FORMULATION, LEVERAGE, combined_effect, joint_effect
from model.rules.lookups import is_rung_in_play_at, narrative_burden, pressure_suffered
from model.rules.scrutiny import FACILITATOR_TEXT, freedom_terms, worth_terms
from model.terms import Term

OIL_BLUNTS_PRESSURE = 0.5  # loss of pressure's effect when the log oil price is one above normal
ALLIANCE_PULL = 0.1  # additional share demanded when allies oppose the talks
AUDIENCE_WEIGHT = 0.4  # share of audience cost in the reservation value
IMPATIENCE_GROWTH = 0.2  # growth of impatience in a month, times one minus the discount factor


class Reservation(NamedTuple):
    """The least share a side can accept: the sum, clipped to 0 to 1."""

    resolve: Annotated[float, Term(0, 2, "resolve of the state")]
    stance: Annotated[float, Term(-5, 5, "what this government holds out for")]
    narrative: Annotated[float, Term(0, 2, "cost of the rung in its own narrative")]
    audience: Annotated[float, Term(0, 100, "audience cost of its public statements")]
    alliance: Annotated[float, Term(-1, 1, "position of its allies on the talks")]
    conflict: Annotated[float, Term(0, 100, "expectation of future conflict")]
    pressure: Annotated[float, Term(-1, 0, "pressure suffered, times its effectiveness")]
    relief: Annotated[float, Term(-40, 0, "relief promised, times its credibility")]
    impatience: Annotated[float, Term(-1, 0, "concession from waiting")]
    leverage: Annotated[float, Term(-1, 0, "leverage of facilitators")]
    threshold: float


class Prospect(NamedTuple):
    """A side sees a range of agreement, or nearly: the two demands leave something over."""

    whole: Annotated[float, Term(1, 1, "the whole of the rung's gains")]
    reservation: Annotated[float, Term(-1, 0, "least share it can accept itself")]
    estimate: Annotated[float, Term(-1, 0, "least share it thinks the other can accept")]
    threshold: float


class Readiness(NamedTuple):
    """A side proposes the rung in play."""

    eagerness: Annotated[float, Term(0, 1, "readiness to propose a step")]
    trust: Annotated[float, Term(0, 0.5, "trust in the other side")]
    tension: Annotated[float, Term(-50, 0, "posture towards it")]
    rebuffs: Annotated[float, Term(-100, 0, "failures since the process opened, or since the last verified rung")]
    threshold: float


@rule
def select_rung(world, k):
    """Return the lowest rung that is not verified, or -1."""
    for r in range(world.rungs[k]):
        if world.status[k, r] != RungStatus.VERIFIED:
            return r
    return -1


@rule
def remember_status(world, k, r):
    """Return the status of a rung at the start of the round."""
    return world.status[k, r]


@rule
def update_impatience(world, k, side):
    """Return a side's impatience: it grows by (1 - delta) growth a round to at most 0.3; a ratified rung resets it."""
    if is_rung_in_play_at(world, k, RungStatus.RATIFIED) or is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING):
        return 0.0
    growth = (1.0 - world.own_discount_factor[world.party[k, side]]) * IMPATIENCE_GROWTH
    return min(world.impatience[k, side] + growth, 0.3)


@rule
def alliance_support(world, me, k):
    """Return the alignment of a state's allies with the talks, weighted by alliance: -1 to 1."""
    total = 0.0
    for other in range(world.n_state):
        total += world.alliance[me, other] * world.alignment[other, k]
    return clip(total, -1.0, 1.0)


@rule
def reservation_terms(world, k, side):
    """Return the terms of a side's reservation value for the rung in play (win-set; Putnam 1988, Drezner 1999)."""
    me, other, r = world.party[k, side], world.party[k, 1 - side], max(world.rung[k], 0)
    effectiveness = max(1.0 - OIL_BLUNTS_PRESSURE * max(world.oil[0], 0.0), 0.0)
    credibility = 1.0 - world.doubt_of_successors
    return Reservation(
        world.share_scale * 2.0 * world.own_resolve[me],
        world.stance[me],
        world.narrative_weight * narrative_burden(world, k, side, r),
        AUDIENCE_WEIGHT * world.audience_cost[me],
        -ALLIANCE_PULL * alliance_support(world, me, k),
        world.expected_conflict * world.posture[me, other],
        -world.concession_to_pressure * pressure_suffered(world, me) * effectiveness,
        -world.concession_to_pressure * world.pressure_relief[k, 1 - side, r] * world.pressure[other, me] * credibility,
        -world.impatience[k, side],
        -combined_effect(world, k, LEVERAGE, me),
        0.0,
    )


@rule
def has_rung_in_play(world, k, side):
    """Return whether a rung is in play."""
    return world.rung[k] >= 0


@rule
def set_reservation_value(world, k, side):
    """Return the least share of the rung's gains that the side can accept: 0 to 1."""
    return clip(sum_terms(reservation_terms(world, k, side)), 0.0, 1.0)


@rule
def has_just_withdrawn(world, k, side):
    """Return whether a side withdrew from the agreements less than the cooling-off time ago."""
    return 0 < world.rounds_withdrawn[k, side] <= world.cool_down


@rule
def can_propose(world, k, side):
    """Return whether a rung can be proposed: contact, the rung in play idle, and no side that has just withdrawn."""
    if has_just_withdrawn(world, k, 0) or has_just_withdrawn(world, k, 1):
        return False
    return world.contact[k] > 0 and is_rung_in_play_at(world, k, RungStatus.IDLE)


@rule
def estimate_reservation(world, k, side):
    """Return a side's estimate of the other's reservation value: the truth, and an error that drafting help reduces.

    The error is normal with standard deviation e (1 - formulation), drawn for each side in each month in which it could
    propose.
    """
    if not can_propose(world, k, side):
        return world.estimate[k, side]
    me, other = world.party[k, side], world.party[k, 1 - side]
    error = draw_normal(
        world, DecisionPoint.ESTIMATE, world.state_id[me], world.state_id[other], world.negotiation_id[k]
    )
    help = combined_effect(world, k, FORMULATION, me)
    return clip(world.reservation_value[k, 1 - side] + world.estimate_error * (1.0 - help) * error, 0.0, 1.0)


@rule
def readiness_terms(world, k, side):
    """Return the terms of proposing the rung in play."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    random_draw = draw(world, DecisionPoint.PROPOSE, world.state_id[me], world.state_id[other], world.negotiation_id[k])
    return Readiness(
        world.eagerness,
        0.5 * world.trust[me, other],
        -0.5 * world.posture[me, other],
        -world.giving_up * world.failures[k],
        random_draw,
    )


@rule
def prospect_terms(world, k, side):
    """Return the terms of a range of agreement as the side sees it (Putnam 1988)."""
    return Prospect(1.0, -world.reservation_value[k, side], -world.estimate[k, side], -world.probing)


@rule
def propose(world, k, side):
    """Return whether a side proposes the rung in play: ready, worth its own risk, free at home, and with a prospect."""
    return (
        can_propose(world, k, side)
        and holds(readiness_terms(world, k, side))
        and holds(worth_terms(world, k, side))
        and holds(freedom_terms(world, k, side))
        and holds(prospect_terms(world, k, side))
    )


@rule
def has_proposal(world, k):
    """Return whether either side makes a proposal this round."""
    return world.proposed[k, 0] > 0 or world.proposed[k, 1] > 0


@rule
def choose_author(world, k):
    """Return the author of the text: 0 or 1 a side, 2 a facilitator, whose text both examine.

    Facilitators draft with the probability of their formulation; of two proposers, each with one half. Without a
    proposal the last author remains.
    """
    if not has_proposal(world, k):
        return world.author[k]
    negotiation = world.negotiation_id[k]
    skill = joint_effect(world, k, FORMULATION)
    if skill >= draw(world, DecisionPoint.FORMULATE, 0, 0, negotiation):
        return FACILITATOR_TEXT
    both = world.proposed[k, 0] > 0 and world.proposed[k, 1] > 0
    first = draw(world, DecisionPoint.PROPOSER, 0, 0, negotiation) <= 0.5 if both else world.proposed[k, 0] > 0
    return 0 if first else 1


@rule
def make_offer(world, k):
    """Return the first party's share in the offer; without a proposal the last offer remains.

    A facilitator's text takes the middle of the two demands. A proposer offers what it thinks the other can accept
    and half of what it thinks is left over, but never less to itself than its own reservation value.
    """
    if not has_proposal(world, k):
        return world.offer[k]
    author = world.author[k]
    if author == FACILITATOR_TEXT:
        return clip(0.5 * (world.reservation_value[k, 0] + 1.0 - world.reservation_value[k, 1]), 0.0, 1.0)
    least, guess = world.reservation_value[k, author], world.estimate[k, author]
    conceded = min(guess + 0.5 * max(1.0 - least - guess, 0.0), 1.0 - least)
    return 1.0 - conceded if author == 0 else conceded
