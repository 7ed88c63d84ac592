"""Every proposal is scrutinised: sequential evidence until confident, then gain against risk (M7, M5)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds, ln
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.lookups import detection_probability, is_rung_in_play_at, progress
from model.terms import Term

NO_DOUBT = -50.0  # the doubt of a side that is asked nothing


class Condemned(NamedTuple):
    """The examination condemns the proposal."""

    doubt: Annotated[float, Term(-60, 60, "log odds that the other side deceives")]
    threshold: float


class Cleared(NamedTuple):
    """The examination clears the proposal."""

    confidence: Annotated[float, Term(-60, 60, "log odds that the other side is honest")]
    threshold: float


class WorthRisk(NamedTuple):
    """The step is worth its risk."""

    gain: Annotated[float, Term(0, 1, "the stake, if the other side keeps its word")]
    future: Annotated[float, Term(0, 2, "what the rest of the ladder promises")]
    risk: Annotated[float, Term(-5, 0, "the stake, if it does not, less what can be undone in time")]
    threshold: float


class Acceptable(NamedTuple):
    """The share offered reaches the reservation value."""

    share: Annotated[float, Term(0, 1, "share offered")]
    reservation: Annotated[float, Term(-1, 0, "least share it can take")]
    threshold: float


class FreeToAccept(NamedTuple):
    """The state can still accept without losing face."""

    audience: Annotated[float, Term(-100, 0, "audience cost of what it has said in public")]
    threshold: float


@rule
def condemnation_bound(world):
    """Give Wald's bound for condemning, ln((1 - beta) / alpha) (B15)."""
    return ln((1.0 - world.false_acceptance) / world.false_rejection)


@rule
def clearance_bound(world):
    """Give Wald's bound for clearing, ln(beta / (1 - alpha)) (B15)."""
    return ln(world.false_acceptance / (1.0 - world.false_rejection))


@rule
def is_under_examination(world, k, side):
    """Say whether a proposal is under examination."""
    return is_rung_in_play_at(world, k, RungStatus.PROPOSED)


@rule
def examine(world, k, side):
    """Examine the proposal, finding by finding, until the log odds of deceit leave Wald's bounds (B15)."""
    if not is_under_examination(world, k, side):
        return NO_DOUBT
    me, other = world.party[k, side], world.party[k, 1 - side]
    doubt = world.doubt[k, side]
    if world.status_age[k, world.rung[k]] == 0:
        doubt = -world.prior_weight * ln(world.trust[me, other] / (1.0 - world.trust[me, other]))
    honest, deceitful = world.suspicious_if_honest, world.suspicious_if_deceitful
    chance = honest if world.trustworthy[other] else deceitful
    least, most = clearance_bound(world), condemnation_bound(world)
    against, in_favour = ln(deceitful / honest), ln((1.0 - deceitful) / (1.0 - honest))
    for finding in range(int(world.findings_per_round)):
        if doubt >= most or doubt <= least:
            break
        fate = draw(world, DecisionPoint.EVIDENCE, world.state_id[me], finding, world.negotiation_id[k])
        doubt += against if chance >= fate else in_favour
    return doubt


@rule
def condemnation_terms(world, k, side):
    """Weigh whether the examination condemns."""
    return Condemned(world.doubt[k, side], condemnation_bound(world))


@rule
def clearance_terms(world, k, side):
    """Weigh whether the examination clears."""
    return Cleared(-world.doubt[k, side], -clearance_bound(world))


@rule
def worth_terms(world, k, side):
    """Weigh tau stake + future against (1 - tau) loss stake (1 - d reversibility) (B05)."""
    me, other, r = world.party[k, side], world.party[k, 1 - side], world.rung[k]
    trust, stake = world.trust[me, other], world.stake[k, r]
    undone = detection_probability(world, k) * world.reversibility[k, r]
    rest = max(1.0 - progress(world, k) - stake, 0.0)
    return WorthRisk(
        trust * stake,
        world.future_weight * trust * rest,
        -(1.0 - trust) * world.loss_weight * stake * (1.0 - undone),
        world.outside_option,
    )


@rule
def share_terms(world, k, side):
    """Weigh the share offered against the reservation value."""
    share = world.offer[k] if side == 0 else 1.0 - world.offer[k]
    return Acceptable(share, -world.reservation_value[k, side], 0.0)


@rule
def freedom_terms(world, k, side):
    """Weigh whether public words have locked the state in: A <= w (Fearon 1994; B20)."""
    return FreeToAccept(-world.audience_cost[world.party[k, side]], -world.lock_in)


@rule
def settle_answer(is_doubted, is_cleared, is_worth, is_acceptable, is_free):
    """Refuse if condemned; wait until cleared; then accept only if worth it, acceptable and free to."""
    if is_doubted:
        return -1
    if not is_cleared:
        return 0
    return 1 if is_worth and is_acceptable and is_free else -1


@rule
def answer_proposal(world, k, side):
    """Answer the proposal on the table: accept, refuse, or not yet."""
    if not is_under_examination(world, k, side):
        return 0
    return settle_answer(
        holds(condemnation_terms(world, k, side)),
        holds(clearance_terms(world, k, side)),
        holds(worth_terms(world, k, side)),
        holds(share_terms(world, k, side)),
        holds(freedom_terms(world, k, side)),
    )
