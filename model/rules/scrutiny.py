"""Every proposal is scrutinised: sequential evidence until confident, then gain against risk (M7, M5)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds, ln
from model.chance import Moment, draw
from model.compiler import rule
from model.enumerations import Status
from model.rules.lookups import detection_now, progress, standing_at
from model.terms import Term

UNASKED = -50.0  # the doubt of a side that is asked nothing


class Doubted(NamedTuple):
    """The examination condemns the proposal."""

    doubt: Annotated[float, Term(-60, 60, "log odds that the other side deceives")]
    threshold: float


class Cleared(NamedTuple):
    """The examination clears the proposal."""

    confidence: Annotated[float, Term(-60, 60, "log odds that the other side is honest")]
    threshold: float


class Worth(NamedTuple):
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


class Free(NamedTuple):
    """The state can still accept without losing face."""

    audience: Annotated[float, Term(-100, 0, "audience cost of what it has said in public")]
    threshold: float


@rule
def upper_bound(world):
    """Give Wald's bound for condemning, ln((1 - beta) / alpha) (B15)."""
    return ln((1.0 - world.false_acceptance) / world.false_rejection)


@rule
def lower_bound(world):
    """Give Wald's bound for clearing, ln(beta / (1 - alpha)) (B15)."""
    return ln(world.false_acceptance / (1.0 - world.false_rejection))


@rule
def on_table(world, k, side):
    """Say whether a proposal is under examination."""
    return standing_at(world, k, Status.PROPOSED)


@rule
def examine(world, k, side):
    """Examine the proposal, finding by finding, until the log odds of deceit leave Wald's bounds (B15)."""
    if not on_table(world, k, side):
        return UNASKED
    me, other = world.party[k, side], world.party[k, 1 - side]
    doubt = world.doubt[k, side]
    if world.age[k, world.rung[k]] == 0:
        doubt = -world.prior_weight * ln(world.trust[me, other] / (1.0 - world.trust[me, other]))
    honest, deceitful = world.suspicious_if_honest, world.suspicious_if_deceitful
    chance = honest if world.trustworthy[other] else deceitful
    least, most = lower_bound(world), upper_bound(world)
    against, in_favour = ln(deceitful / honest), ln((1.0 - deceitful) / (1.0 - honest))
    for finding in range(int(world.findings_per_round)):
        if doubt >= most or doubt <= least:
            break
        fate = draw(world, Moment.EVIDENCE, world.state_id[me], finding, world.negotiation_id[k])
        doubt += against if chance >= fate else in_favour
    return doubt


@rule
def doubted(world, k, side):
    """Weigh whether the examination condemns."""
    return Doubted(world.doubt[k, side], upper_bound(world))


@rule
def cleared(world, k, side):
    """Weigh whether the examination clears."""
    return Cleared(-world.doubt[k, side], -lower_bound(world))


@rule
def worth(world, k, side):
    """Weigh tau stake + future against (1 - tau) loss stake (1 - d reversibility) (B05)."""
    me, other, r = world.party[k, side], world.party[k, 1 - side], world.rung[k]
    trust, stake = world.trust[me, other], world.stake[k, r]
    undone = detection_now(world, k) * world.reversibility[k, r]
    rest = max(1.0 - progress(world, k) - stake, 0.0)
    return Worth(
        trust * stake,
        world.future_weight * trust * rest,
        -(1.0 - trust) * world.loss_weight * stake * (1.0 - undone),
        world.outside_option,
    )


@rule
def acceptable(world, k, side):
    """Weigh the share offered against the reservation value."""
    share = world.offer[k] if side == 0 else 1.0 - world.offer[k]
    return Acceptable(share, -world.reservation[k, side], 0.0)


@rule
def free(world, k, side):
    """Weigh whether public words have locked the state in: A <= w (Fearon 1994; B20)."""
    return Free(-world.audience[world.party[k, side]], -world.lock_in)


@rule
def settle_answer(is_doubted, is_cleared, is_worth, is_acceptable, is_free):
    """Refuse if condemned; wait until cleared; then accept only if worth it, acceptable and free to."""
    if is_doubted:
        return -1
    if not is_cleared:
        return 0
    return 1 if is_worth and is_acceptable and is_free else -1


@rule
def give_answer(world, k, side):
    """Answer the proposal on the table: accept, refuse, or not yet."""
    if not on_table(world, k, side):
        return 0
    return settle_answer(
        holds(doubted(world, k, side)),
        holds(cleared(world, k, side)),
        holds(worth(world, k, side)),
        holds(acceptable(world, k, side)),
        holds(free(world, k, side)),
    )
