"""Scrutiny of proposals: sequential evidence until confident, then gain against risk (M7, M5)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds, ln
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.facilitation import FORMULATION, combined_effect
from model.rules.lookups import (
    condemnation_bound,
    detection_in_step,
    is_under_negotiation_at,
    pressure_suffered,
    progress,
)
from model.terms import Term

FACILITATOR_TEXT = 2  # author of an offer
PRIOR_WEIGHT = 0.5  # weight of existing trust, in log odds, in the initial doubt
NO_DOUBT = -50.0  # log odds without a proposal


class Condemned(NamedTuple):
    """Scrutiny rejects the proposal as deceitful."""

    doubt: Annotated[float, Term(-60, 60, "log odds that the other side deceives")]
    threshold: float


class Cleared(NamedTuple):
    """Scrutiny accepts the proposal as honest."""

    confidence: Annotated[float, Term(-60, 60, "log odds that the other side is honest")]
    threshold: float


class WorthRisk(NamedTuple):
    """The step is worth its risk."""

    gain: Annotated[float, Term(0, 1, "stake, if the other side complies")]
    future: Annotated[float, Term(0, 2, "expected value of the remaining ladder")]
    pressure: Annotated[float, Term(0, 2, "cost of going on without the step, under pressure")]
    risk: Annotated[float, Term(-5, 0, "stake, if it betrays, less what can be reversed")]
    threshold: float


class Acceptable(NamedTuple):
    """The share offered reaches the reservation value."""

    share: Annotated[float, Term(0, 1, "share offered")]
    reservation: Annotated[float, Term(-1, 0, "least share it can accept")]
    threshold: float


class FreeToAccept(NamedTuple):
    """Audience costs still allow the state to accept."""

    audience: Annotated[float, Term(-100, 0, "audience cost of its public statements")]
    threshold: float


@rule
def clearance_bound(world):
    """Return Wald's bound for acceptance, ln(beta / (1 - alpha)) (B15)."""
    return ln(world.false_acceptance / (1.0 - world.false_rejection))


@rule
def is_under_examination(world, k, side):
    """Return whether a side examines a proposal: not its own text, and not one that it has accepted."""
    return (
        is_under_negotiation_at(world, k, RungStatus.PROPOSED)
        and world.author[k] != side
        and world.answer[k, side] <= 0
    )


@rule
def recoverable_share(world, k, r):
    """Return the share of a rung's stake that can be recovered from betrayal: detection times reversibility."""
    return detection_in_step(world, k, r) * world.reversibility[k, r]


@rule
def examine(world, k, side):
    """Return the log odds of deceit, updated by each finding until they leave Wald's bounds (B15).

    A large step begins with more doubt, less what inspectors would find and what can be reversed. A finding tells of
    the other side's acts: it is suspicious with probability p_h + (p_d - p_h)(1 - record).
    """
    if not is_under_examination(world, k, side):
        return NO_DOUBT
    me, other, r = world.party[k, side], world.party[k, 1 - side], world.rung[k]
    doubt = world.doubt[k, side]
    if world.status_age[k, r] == 0:
        doubt = -PRIOR_WEIGHT * ln(world.trust[me, other] / (1.0 - world.trust[me, other]))
        doubt += world.stake_caution * world.stake[k, r] * (1.0 - recoverable_share(world, k, r))
        if world.author[k] == FACILITATOR_TEXT:
            doubt -= world.endorsement * combined_effect(world, k, FORMULATION, me)
    honest, deceitful = world.suspicious_if_honest, world.suspicious_if_deceitful
    chance = honest + (deceitful - honest) * (1.0 - world.conduct_record[other, me])
    least, most = clearance_bound(world), condemnation_bound(world)
    against, in_favour = ln(deceitful / honest), ln((1.0 - deceitful) / (1.0 - honest))
    for finding in range(int(world.findings_per_round)):
        if doubt >= most or doubt <= least:
            break
        random_draw = draw(world, DecisionPoint.EVIDENCE, world.state_id[me], finding, world.negotiation_id[k])
        doubt += against if chance >= random_draw else in_favour
    return doubt


@rule
def condemnation_terms(world, k, side):
    """Return the terms of rejecting the proposal as deceitful."""
    return Condemned(world.doubt[k, side], condemnation_bound(world))


@rule
def clearance_terms(world, k, side):
    """Return the terms of accepting the proposal as honest."""
    return Cleared(-world.doubt[k, side], -clearance_bound(world))


@rule
def worth_terms(world, k, side):
    """Return the terms of the step's worth: tau s + future - (1 - tau) loss s (1 - d reversibility) (B05)."""
    me, other, r = world.party[k, side], world.party[k, 1 - side], world.rung[k]
    trust, stake = world.trust[me, other], world.stake[k, r]
    rest = max(1.0 - progress(world, k) - stake, 0.0)
    return WorthRisk(
        trust * stake,
        world.future_weight * trust * rest,
        world.price_of_pressure * pressure_suffered(world, me) * stake,
        -(1.0 - trust) * world.loss_weight * stake * (1.0 - recoverable_share(world, k, r)),
        world.outside_option,
    )


@rule
def share_terms(world, k, side):
    """Return the terms of the share offered against the reservation value."""
    share = world.offer[k] if side == 0 else 1.0 - world.offer[k]
    return Acceptable(share, -world.reservation_value[k, side], 0.0)


@rule
def freedom_terms(world, k, side):
    """Return the terms of the audience cost against lock-in: A <= w (Fearon 1994; B20)."""
    return FreeToAccept(-world.audience_cost[world.party[k, side]], -world.lock_in)


@rule
def settle_answer(is_doubted, is_cleared, is_worth, is_acceptable, is_free):
    """Return -1 to refuse, 0 to wait or 1 to accept.

    Refuse if condemned, wait until cleared; then accept if all other conditions hold.
    """
    if is_doubted:
        return -1
    if not is_cleared:
        return 0
    return 1 if is_worth and is_acceptable and is_free else -1


@rule
def answer_proposal(world, k, side):
    """Return the answer to the proposal: 1 accept, -1 refuse, 0 not yet."""
    if not is_under_negotiation_at(world, k, RungStatus.PROPOSED):
        return 0
    if not is_under_examination(world, k, side):
        return 1
    return settle_answer(
        holds(condemnation_terms(world, k, side)),
        holds(clearance_terms(world, k, side)),
        holds(worth_terms(world, k, side)),
        holds(share_terms(world, k, side)),
        holds(freedom_terms(world, k, side)),
    )
