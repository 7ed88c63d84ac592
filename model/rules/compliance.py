"""Whether a party to a negotiation complies with the agreement in force (M5, M6)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import RungStatus
from model.rules.lookups import detection_probability, has_agreement_in_force, stake_at_risk
from model.terms import Term

REPUTATION_COST = 2.0  # cost of betraying a unit stake to a trustworthy side; only ratios matter, so it sets the unit


class Incentive(NamedTuple):
    """Compliance pays."""

    reputation: Annotated[float, Term(0, 5, "cost of betrayal to a trustworthy side")]
    honour: Annotated[float, Term(0, 5, "gain from honouring the stake")]
    future: Annotated[float, Term(0, 5, "gain from betraying a later, larger stake instead")]
    deterrence: Annotated[float, Term(0, 5, "penalty if it were detected, or while it is asked to clarify")]
    temptation: Annotated[float, Term(-5, 0, "gain from betraying the stake now")]
    threshold: float


class NoAccident(NamedTuple):
    """No rule is broken by accident."""

    care: Annotated[float, Term(0.5, 1, "probability of no accidental violation")]
    threshold: float


@rule
def find_next_stake(world, k):
    """Return the next stake that could be betrayed: of the rung in play, or of the next one if it is implementing."""
    r = world.rung[k]
    if r < 0:
        return 0.0
    if world.status[k, r] == RungStatus.IMPLEMENTING:
        r += 1
    return world.stake[k, r] if r < world.rungs[k] else 0.0


@rule
def has_obligations(world, k, side):
    """Return whether an agreement in force binds a side."""
    return has_agreement_in_force(world, k) and world.rounds_withdrawn[k, side] == 0


@rule
def incentive_terms(world, k, side):
    """Return the terms of compliance: reputation + c s + delta b s' + deterrence, less the temptation b s (B05)."""
    me, stake = world.party[k, side], stake_at_risk(world, k)
    return Incentive(
        REPUTATION_COST * stake if world.trustworthy[me] else 0.0,
        world.honour_gain * stake,
        world.own_discount_factor[me] * world.betrayal_gain * world.prospect[k],
        world.deterrence * stake * (1.0 if world.clarification[k, 1 - side] else detection_probability(world, k)),
        -world.betrayal_gain * stake,
        0.0,
    )


@rule
def accident_terms(world, k, side):
    """Return the terms of avoiding an accidental violation."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    random_draw = draw(world, DecisionPoint.COMPLY, world.state_id[me], world.state_id[other], world.negotiation_id[k])
    return NoAccident(1.0 - world.compliance_noise, random_draw)


@rule
def comply(world, k, side):
    """Return whether a side complies: compliance pays and no accident happens."""
    if not has_obligations(world, k, side):
        return True
    return holds(incentive_terms(world, k, side)) and holds(accident_terms(world, k, side))


@rule
def grow_violation(world, k, side):
    """Return the share of its obligations that a side secretly evades: it grows while it does, and is undone after.

    v' = v + growth (1 - v) in a month of evasion. A side that complies again undoes half of it each month; a breach
    that is declared ends it. The expected size at discovery follows from growth and detection (M13).
    """
    if not has_obligations(world, k, side) or world.accuses[k, 1 - side]:
        return 0.0
    now = world.violation[k, side]
    return 0.5 * now if world.complies[k, side] else now + world.violation_growth * (1.0 - now)
