"""Trust as belief: costly signals, violence, evidence that accumulates and decays (M3, M4, M7, M15, M17)."""

from math import sqrt

from model.arithmetic import exp
from model.compiler import rule
from model.rules.lookups import attacks_blamed_on, condemnation_bound, failed_stake, side_of

MAX_EVIDENCE = 1e6


@rule
def reassure(world, me, other):
    """Return the factor on the odds of trust for the other's step of cost c: 1 / m(c), m(c) = exp(-kappa c) (B06)."""
    cost = world.own_initiative_cost[other] * world.initiative[other, me] * world.perceived[me, other]
    k = world.negotiation_between[me, other]
    if k >= 0:
        cost += world.honoured_stake[k, side_of(world, k, other)]
    return exp(world.signal_cost_weight * cost) if cost > 0.0 else 1.0


@rule
def weigh_violence(world, me, other):
    """Return the divisor of the odds of trust: (1 - s_U) / (1 - s_T) for each attack blamed on the other (B07)."""
    k = world.negotiation_between[me, other]
    if k < 0:
        return 1.0
    factor = 1.0
    for _ in range(int(attacks_blamed_on(world, k, side_of(world, k, other)))):
        factor *= (1.0 - world.stopped_if_untrustworthy) / (1.0 - world.stopped_if_trustworthy)
    return factor


@rule
def retained_share(world, me, other):
    """Return the share of evidence that survives a change of government on either side (psi)."""
    share = world.own_continuity[me] if world.turnover[me] else 1.0
    return share * (world.own_continuity[other] if world.turnover[other] else 1.0)


@rule
def has_signal(world, me, other):
    """Return whether signals shift the odds of trust this round; if not, callers skip the arithmetic."""
    return world.reassurance[me, other] != world.violence_factor[me, other]


@rule
def total_preserving_factor(world, me, other):
    """Return the factor that preserves the sum of evidence: signals move a belief without making it firmer."""
    shift = world.reassurance[me, other] / world.violence_factor[me, other]
    return 1.0 / (1.0 + world.trust[me, other] * (shift - 1.0))


@rule
def act_evidence(world, me, other):
    """Return the weight of the other's act this month as evidence: its size, 0 for silence."""
    return 0.0 if world.silent[other, me] else world.act_size[other, me]


@rule
def was_condemned(world, k, side):
    """Return whether a side's examination condemned the other's proposal in the previous round."""
    return world.answer[k, side] < 0 and world.doubt[k, side] >= condemnation_bound(world)


@rule
def update_good_evidence(world, me, other):
    """Return good evidence: a' = a0 + lambda (a - a0) + cooperation seen + stakes honoured + exchanges, then signals.

    Forgetting returns to the inherited evidence a0 (B13). While trust is below one half, a share of new evidence is
    dismissed (confirmation bias).
    """
    k = world.negotiation_between[me, other]
    good = world.conduct_evidence * world.perceived[me, other] * act_evidence(world, me, other)
    if k >= 0:
        good += world.rung_evidence * world.honoured_stake[k, side_of(world, k, other)]
        good += world.exchange_evidence * world.exchange[k]
    if world.trust[me, other] < 0.5:
        good *= 1.0 - world.confirmation_bias
    prior = world.prior_good_evidence[me, other]
    now = prior + world.memory * (world.good_evidence[me, other] - prior) + good
    if has_signal(world, me, other):
        now *= (
            world.reassurance[me, other] / world.violence_factor[me, other] * total_preserving_factor(world, me, other)
        )
    share = retained_share(world, me, other)
    return min(share * now + (1.0 - share) * prior, MAX_EVIDENCE)


@rule
def update_bad_evidence(world, me, other):
    """Return bad evidence: b' = b0 + lambda (b - b0) + w (hostility, stakes betrayed, condemnation), signals (B13)."""
    k = world.negotiation_between[me, other]
    bad = world.conduct_evidence * (1 - world.perceived[me, other]) * act_evidence(world, me, other)
    if k >= 0:
        bad += world.rung_evidence * (world.betrayed_stake[k, side_of(world, k, other)] + failed_stake(world, k))
        bad += world.examination_evidence * was_condemned(world, k, side_of(world, k, me))
    prior = world.prior_bad_evidence[me, other]
    now = prior + world.memory * (world.bad_evidence[me, other] - prior) + world.betrayal_weight * bad
    if has_signal(world, me, other):
        now *= total_preserving_factor(world, me, other)
    share = retained_share(world, me, other)
    return min(share * now + (1.0 - share) * prior, MAX_EVIDENCE)


@rule
def update_trust(world, me, other):
    """Return trust, the mean of the Beta belief: tau = (a + 1) / (a + b + 2) (Josang & Ismail 2002; B13)."""
    if me == other:
        return 1.0
    return world.good_evidence[me, other] / (world.good_evidence[me, other] + world.bad_evidence[me, other])


@rule
def uncertainty(world, me, other):
    """Return the standard deviation of the Beta belief, the square root of ab / ((a+b)^2 (a+b+1))."""
    a, b = world.good_evidence[me, other], world.bad_evidence[me, other]
    total = a + b
    return sqrt(a * b / (total * total * (total + 1.0)))
