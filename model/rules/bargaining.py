"""Reservation values, proposals and offers (M8, M10, M11, M14)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds, sum_terms
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.facilitation import FORMULATION, LEVERAGE, combined_effect
from model.rules.lookups import is_rung_in_play_at, narrative_burden, pressure_suffered
from model.terms import Term


class Reservation(NamedTuple):
    """The least share a side can take: the sum, kept between 0 and 1."""

    resolve: Annotated[float, Term(0, 2, "what it holds out for")]
    narrative: Annotated[float, Term(0, 2, "what the rung costs in its own narrative")]
    audience: Annotated[float, Term(0, 100, "what it has said in public")]
    alliance: Annotated[float, Term(-1, 1, "what its allies think of the talks")]
    conflict: Annotated[float, Term(0, 100, "expectation of future conflict")]
    pressure: Annotated[float, Term(-1, 0, "pressure suffered, as far as it bites")]
    relief: Annotated[float, Term(-40, 0, "relief promised, as far as it is believed")]
    impatience: Annotated[float, Term(-1, 0, "waiting")]
    leverage: Annotated[float, Term(-1, 0, "what facilitators put in")]
    threshold: float


class Readiness(NamedTuple):
    """A side tables the rung in play."""

    eagerness: Annotated[float, Term(0, 1, "readiness to table a step")]
    trust: Annotated[float, Term(0, 0.5, "trust in the other side")]
    tension: Annotated[float, Term(-50, 0, "posture towards it")]
    threshold: float


@rule
def select_rung(world, k):
    """Find the lowest rung that is not verified, or -1."""
    for r in range(world.rungs[k]):
        if world.status[k, r] != RungStatus.VERIFIED:
            return r
    return -1


@rule
def remember_status(world, k, r):
    """Note where each rung stands as the round begins."""
    return world.status[k, r]


@rule
def update_impatience(world, k, side):
    """Soften while waiting, the faster the less patient: (1 - delta) haste a round, at most .3; anew at a deal."""
    if is_rung_in_play_at(world, k, RungStatus.RATIFIED) or is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING):
        return 0.0
    hurry = (1.0 - world.own_discount_factor[world.party[k, side]]) * world.impatience_growth
    return min(world.impatience[k, side] + hurry, 0.3)


@rule
def alliance_support(world, me, k):
    """Add up what allies do about the talks, weighted by the alliance, between -1 and 1."""
    total = 0.0
    for other in range(world.n_state):
        total += world.alliance[me, other] * world.alignment[other, k]
    return clip(total, -1.0, 1.0)


@rule
def reservation_terms(world, k, side):
    """Sum what a side must have from the rung in play (win-set; Putnam 1988, Drezner 1999)."""
    me, other, r = world.party[k, side], world.party[k, 1 - side], max(world.rung[k], 0)
    bite = max(1.0 - world.oil_blunts_pressure * max(world.oil[0], 0.0), 0.0)
    believed = 1.0 - world.doubt_of_successors
    return Reservation(
        world.share_scale * 2.0 * world.own_resolve[me],
        world.narrative_weight * narrative_burden(world, k, side, r),
        world.audience_weight * world.audience_cost[me],
        -world.alliance_pull * alliance_support(world, me, k),
        world.expected_conflict * world.posture[me, other],
        -world.concession_to_pressure * pressure_suffered(world, me) * bite,
        -world.concession_to_pressure * world.pressure_relief[k, 1 - side, r] * world.pressure[other, me] * believed,
        -world.impatience[k, side],
        -combined_effect(world, k, LEVERAGE, me),
        0.0,
    )


@rule
def has_rung_in_play(world, k, side):
    """Say whether a rung is in play."""
    return world.rung[k] >= 0


@rule
def set_reservation_value(world, k, side):
    """Weigh the least share of the rung's gains that I can take."""
    return clip(sum_terms(reservation_terms(world, k, side)), 0.0, 1.0)


@rule
def can_propose(world, k, side):
    """Say whether a rung can be tabled: there is contact, and the rung in play is idle."""
    return world.contact[k] > 0 and is_rung_in_play_at(world, k, RungStatus.IDLE)


@rule
def readiness_terms(world, k, side):
    """Weigh whether to table the rung in play."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    fate = draw(world, DecisionPoint.PROPOSE, world.state_id[me], world.state_id[other], world.negotiation_id[k])
    return Readiness(world.eagerness, 0.5 * world.trust[me, other], -0.5 * world.posture[me, other], fate)


@rule
def propose(world, k, side):
    """Table the rung in play."""
    return can_propose(world, k, side) and holds(readiness_terms(world, k, side))


@rule
def has_proposal(world, k):
    """Say whether a proposal is tabled this round."""
    return world.proposed[k, 0] > 0 or world.proposed[k, 1] > 0


@rule
def make_offer(world, k):
    """Place the offer halfway between the two demands if a facilitator formulates it, else as the proposer likes."""
    if not has_proposal(world, k):
        return world.offer[k]
    here = world.negotiation_id[k]
    least, most = world.reservation_value[k, 0], 1.0 - world.reservation_value[k, 1]
    skill = min(
        combined_effect(world, k, FORMULATION, world.party[k, 0]),
        combined_effect(world, k, FORMULATION, world.party[k, 1]),
    )
    if skill >= draw(world, DecisionPoint.FORMULATE, 0, 0, here):
        return clip(0.5 * (least + most), 0.0, 1.0)
    mine = draw(world, DecisionPoint.OFFER, 0, 0, here)
    both = world.proposed[k, 0] > 0 and world.proposed[k, 1] > 0
    first = draw(world, DecisionPoint.PROPOSER, 0, 0, here) <= 0.5 if both else world.proposed[k, 0] > 0
    return 1.0 - mine * (1.0 - least) if first else mine * most
