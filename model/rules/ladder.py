"""The deal ladder: how its rungs move, and which stakes each side honours or betrays (M5, M6)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import Friction, InspectionReport, RungStatus
from model.rules.lookups import has_agreement_in_force, highest_verified_rung, uses_force_between
from model.terms import Term

RECOVERY_ROUNDS = 18  # before a new attempt at a collapsed ladder
LEAST_BREACH = 0.33  # share of the stake that a breach counts at least


class Climb(NamedTuple):
    """The rung in progress advances."""

    climb: Annotated[float, Term(0, 1, "probability of advancing")]
    threshold: float


class Setback(NamedTuple):
    """Otherwise the last completed rung must be repeated."""

    climb: Annotated[float, Term(0, 1, "probability of advancing")]
    slip: Annotated[float, Term(0, 1, "probability of slipping back")]
    threshold: float


class Forgiveness(NamedTuple):
    """A declared breach is forgiven and repaired."""

    forgiveness: Annotated[float, Term(0, 1, "readiness to forgive")]
    threshold: float


@rule
def has_friction(world, k):
    """Return whether friction applies: an agreement is in force."""
    return has_agreement_in_force(world, k)


@rule
def climb_terms(world, k):
    """Return the terms of advancing."""
    return Climb(world.climb_chance, draw(world, DecisionPoint.FRICTION, 0, 0, world.negotiation_id[k]))


@rule
def setback_terms(world, k):
    """Return the terms of slipping back, with the same draw."""
    random_draw = draw(world, DecisionPoint.FRICTION, 0, 0, world.negotiation_id[k])
    return Setback(world.climb_chance, world.slip_chance, random_draw)


@rule
def settle_friction(climbs, slips):
    """Return the first that holds: climb or slip; otherwise stall."""
    if climbs:
        return Friction.CLIMB
    return Friction.SLIP if slips else Friction.STALL


@rule
def resolve_friction(world, k):
    """Return whether the rung in progress climbs, stalls or slips (B18)."""
    if not has_friction(world, k):
        return Friction.CLIMB
    return settle_friction(holds(climb_terms(world, k)), holds(setback_terms(world, k)))


@rule
def has_breached_rung(world, k):
    """Return whether a rung is breached."""
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.BREACHED:
            return True
    return False


@rule
def has_unrepaired_breach(world, k):
    """Return whether a rung is breached, suspended or snapped back."""
    for r in range(world.rungs[k]):
        if RungStatus.BREACHED <= world.status[k, r] <= RungStatus.SNAPPED:
            return True
    return False


@rule
def forgiveness_terms(world, k):
    """Return the terms of forgiving a breach."""
    return Forgiveness(world.forgiveness, draw(world, DecisionPoint.FORGIVE, 0, 0, world.negotiation_id[k]))


@rule
def forgive(world, k):
    """Return whether a declared breach is forgiven: the rung is then repaired, not suspended."""
    return has_breached_rung(world, k) and holds(forgiveness_terms(world, k))


@rule
def either_side(world, column, k):
    """Return whether a column [negotiation, side] is positive for either side."""
    return column[k, 0] > 0 or column[k, 1] > 0


@rule
def passes_verification(world, k, r):
    """Return whether the rung's verifier, if any, reports both sides as clean this round."""
    body = world.verifier[k, r]
    clean = InspectionReport.CLEAN
    return body < 0 or (world.report[body, k, 0] == clean and world.report[body, k, 1] == clean)


@rule
def next_talks_status(world, k, r, status):
    """Return the next status of a rung under negotiation."""
    if not world.process[k] and status < RungStatus.RATIFIED:
        return RungStatus.IDLE
    if status == RungStatus.IDLE:
        return RungStatus.PROPOSED if r == world.rung[k] and either_side(world, world.proposed, k) else RungStatus.IDLE
    if status != RungStatus.RATIFIED and (r != world.rung[k] or either_side(world, world.withdraws, k)):
        return RungStatus.IDLE
    if status == RungStatus.PROPOSED:
        if world.answer[k, 0] < 0 or world.answer[k, 1] < 0:
            return RungStatus.IDLE
        agreed = world.answer[k, 0] > 0 and world.answer[k, 1] > 0
        return RungStatus.SCRUTINISED if agreed else RungStatus.PROPOSED
    if status == RungStatus.SCRUTINISED:
        return RungStatus.RATIFIED if world.ratified[k, 0] and world.ratified[k, 1] else RungStatus.IDLE
    return RungStatus.IMPLEMENTING if r == world.rung[k] else RungStatus.RATIFIED


@rule
def has_failed_rung_below(world, k, r):
    """Return whether a lower rung is breached, suspended, snapped back or collapsed."""
    for lower in range(r):
        if world.status[k, lower] > RungStatus.VERIFIED:
            return True
    return False


@rule
def next_deal_status(world, k, r, status):
    """Return the next status of a rung that is implementing or verified."""
    if uses_force_between(world, k):
        return RungStatus.COLLAPSED
    if status == RungStatus.IMPLEMENTING:
        if either_side(world, world.accuses, k):
            return RungStatus.BREACHED
        if either_side(world, world.rounds_withdrawn, k) or has_failed_rung_below(world, k, r):
            return RungStatus.SUSPENDED
        if r != world.rung[k]:
            return status
        due = world.status_age[k, r] + 1 >= world.duration[k, r] and world.friction[k] == Friction.CLIMB
        return RungStatus.VERIFIED if due and passes_verification(world, k, r) else status
    if r != highest_verified_rung(world, k):
        return status
    if either_side(world, world.rounds_withdrawn, k):
        absence = max(world.rounds_withdrawn[k, 0], world.rounds_withdrawn[k, 1])
        return RungStatus.SNAPPED if absence % int(world.answer_delay) == 0 else status
    in_progress = world.rung[k] >= 0 and world.status[k, world.rung[k]] == RungStatus.IMPLEMENTING
    if either_side(world, world.accuses, k) and not in_progress:
        return RungStatus.BREACHED
    return RungStatus.IMPLEMENTING if world.friction[k] == Friction.SLIP else status


@rule
def advance_ladder(world, k, r):
    """Return the next status of a rung; it changes at most once a round."""
    status = world.status[k, r]
    if r >= world.rungs[k]:
        return status
    if status <= RungStatus.RATIFIED:
        return next_talks_status(world, k, r, status)
    if status <= RungStatus.VERIFIED:
        return next_deal_status(world, k, r, status)
    if status == RungStatus.BREACHED:
        is_kept = world.forgiven[k] and not either_side(world, world.rounds_withdrawn, k)
        return RungStatus.IMPLEMENTING if is_kept else RungStatus.SUSPENDED
    wait = RECOVERY_ROUNDS if status == RungStatus.COLLAPSED else world.cool_down
    return RungStatus.IDLE if world.status_age[k, r] + 1 >= wait else status


@rule
def age_rungs(world, k, r):
    """Return the rounds since a rung's status last changed."""
    return 0 if world.status[k, r] != world.previous_status[k, r] else world.status_age[k, r] + 1


@rule
def record_compliance(world, k, side):
    """Return the stake that a side honoured this round: rungs newly verified."""
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED and world.previous_status[k, r] == RungStatus.IMPLEMENTING:
            total += world.stake[k, r]
    return total


@rule
def is_newly_breached(world, k, r):
    """Return whether a rung was declared breached this round."""
    return world.status[k, r] == RungStatus.BREACHED and world.previous_status[k, r] != RungStatus.BREACHED


@rule
def was_in_force(world, k, r):
    """Return whether a rung was implementing or verified at the start of the round."""
    return world.previous_status[k, r] == RungStatus.VERIFIED or (
        r == world.rung[k] and world.previous_status[k, r] == RungStatus.IMPLEMENTING
    )


@rule
def record_betrayal(world, k, side):
    """Return the stake that a side betrayed this round: declared in breach, or withdrawn from while in force.

    Of a breach that grew in secret, the stake times its size counts, at least a third.
    """
    total, size = 0.0, 1.0
    if world.with_concealment:
        size = max(world.violation[k, side], LEAST_BREACH)
    for r in range(world.rungs[k]):
        if world.withdraws[k, side] and was_in_force(world, k, r):
            total += world.stake[k, r]
        if is_newly_breached(world, k, r) and world.accuses[k, 1 - side]:
            total += world.stake[k, r] * size
    return total


@rule
def count_breaches(world, k):
    """Return the breaches so far: rungs declared breached, and withdrawals from an agreement in force."""
    count = world.breaches[k]
    withdrawals = world.withdraws[k, 0] + world.withdraws[k, 1]
    for r in range(world.rungs[k]):
        if withdrawals > 0 and was_in_force(world, k, r):
            count += withdrawals
            break
    for r in range(world.rungs[k]):
        if is_newly_breached(world, k, r):
            count += 1
    return count


@rule
def count_reset_to_idle(world, k, status):
    """Return the number of rungs that went from a status to idle this round, while the process was open.

    What a withdrawal sets aside is no failure of its own.
    """
    count = 0
    if not world.process[k] or either_side(world, world.withdraws, k):
        return count
    for r in range(world.rungs[k]):
        if world.previous_status[k, r] == status and world.status[k, r] == RungStatus.IDLE:
            count += 1
    return count


@rule
def count_refusals(world, k):
    """Return the proposals refused so far."""
    return world.refusals[k] + count_reset_to_idle(world, k, RungStatus.PROPOSED)


@rule
def count_unratified(world, k):
    """Return the deals rejected at home so far."""
    return world.unratified[k] + count_reset_to_idle(world, k, RungStatus.SCRUTINISED)
