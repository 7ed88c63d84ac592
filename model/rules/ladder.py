"""The deal ladder: how its rungs move, and what each side proves or breaks by it (M5, M6)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import Moment, draw
from model.compiler import rule
from model.enumerations import Friction, InspectionReport, Status
from model.rules.lookups import bound, tension_of, top_standing
from model.terms import Term


class Climb(NamedTuple):
    """The rung in progress goes on."""

    climb: Annotated[float, Term(0, 1, "chance to go on")]
    threshold: float


class Slipping(NamedTuple):
    """If not: the last completed rung must be done again."""

    climb: Annotated[float, Term(0, 1, "chance to go on")]
    slip: Annotated[float, Term(0, 1, "chance to slip back")]
    threshold: float


class Collapse(NamedTuple):
    """If not that either: the ladder collapses."""

    climb: Annotated[float, Term(0, 1, "chance to go on")]
    slip: Annotated[float, Term(0, 1, "chance to slip back")]
    collapse: Annotated[float, Term(0, 1, "chance of collapse at no tension")]
    tension: Annotated[float, Term(0, 100, "chance of collapse added by tension")]
    threshold: float


class Forgiveness(NamedTuple):
    """A called breach is forgiven and repaired."""

    forgiveness: Annotated[float, Term(0, 1, "readiness to forgive")]
    threshold: float


@rule
def moving(world, k):
    """Say whether something is in progress or stands."""
    return bound(world, k)


@rule
def climbing(world, k):
    """Weigh going on."""
    return Climb(world.climb_chance, draw(world, Moment.FRICTION, 0, 0, world.negotiation_id[k]))


@rule
def slipping(world, k):
    """Weigh slipping back, by the same draw."""
    fate = draw(world, Moment.FRICTION, 0, 0, world.negotiation_id[k])
    return Slipping(world.climb_chance, world.slip_chance, fate)


@rule
def collapsing(world, k):
    """Weigh collapse, by the same draw."""
    fate = draw(world, Moment.FRICTION, 0, 0, world.negotiation_id[k])
    danger = world.tension_collapses * tension_of(world, k)
    return Collapse(world.climb_chance, world.slip_chance, world.collapse_chance, danger, fate)


@rule
def settle_friction(climbs, slips, collapses):
    """Go on if that comes first, else slip, else collapse, else stall."""
    if climbs:
        return Friction.CLIMB
    if slips:
        return Friction.SLIP
    return Friction.COLLAPSE if collapses else Friction.STALL


@rule
def rub(world, k):
    """Let the rung in progress climb, stall or slip, or the ladder collapse (B18)."""
    if not moving(world, k):
        return Friction.CLIMB
    return settle_friction(holds(climbing(world, k)), holds(slipping(world, k)), holds(collapsing(world, k)))


@rule
def is_breached(world, k):
    """Say whether a rung stands breached."""
    for r in range(world.rungs[k]):
        if world.status[k, r] == Status.BREACHED:
            return True
    return False


@rule
def unrepaired(world, k):
    """Say whether a breach stands, or a rung is suspended or taken back for one."""
    for r in range(world.rungs[k]):
        if Status.BREACHED <= world.status[k, r] <= Status.SNAPPED:
            return True
    return False


@rule
def forgiveness_of(world, k):
    """Weigh forgiving."""
    return Forgiveness(world.forgiveness, draw(world, Moment.FORGIVE, 0, 0, world.negotiation_id[k]))


@rule
def forgive(world, k):
    """Forgive a called breach, so that the rung is repaired and not suspended."""
    return is_breached(world, k) and holds(forgiveness_of(world, k))


@rule
def someone(world, column, k):
    """Say whether either side does it."""
    return column[k, 0] > 0 or column[k, 1] > 0


@rule
def proved(world, k, r):
    """Say whether the rung's verifier, if it has one, found both sides clean this round."""
    body = world.verifier[k, r]
    clean = InspectionReport.CLEAN
    return body < 0 or (world.report[body, k, 0] == clean and world.report[body, k, 1] == clean)


@rule
def advance_talks(world, k, r, status):
    """Move a rung that is still being talked about."""
    if status == Status.IDLE:
        return Status.PROPOSED if r == world.rung[k] and someone(world, world.tabled, k) else Status.IDLE
    if r != world.rung[k] and status != Status.RATIFIED:
        return Status.IDLE
    if status == Status.PROPOSED:
        if world.answer[k, 0] < 0 or world.answer[k, 1] < 0:
            return Status.IDLE
        agreed = world.answer[k, 0] > 0 and world.answer[k, 1] > 0
        return Status.SCRUTINISED if agreed else Status.PROPOSED
    if status == Status.SCRUTINISED:
        return Status.RATIFIED if world.ratified[k, 0] and world.ratified[k, 1] else Status.IDLE
    return Status.IMPLEMENTING if r == world.rung[k] else Status.RATIFIED


@rule
def advance_deal(world, k, r, status):
    """Move a rung that is being implemented or stands verified."""
    if world.friction[k] == Friction.COLLAPSE:
        return Status.COLLAPSED
    if status == Status.IMPLEMENTING:
        if r != world.rung[k]:
            return status
        if someone(world, world.accuses, k):
            return Status.BREACHED
        if someone(world, world.left, k):
            return Status.SUSPENDED
        due = world.age[k, r] + 1 >= world.duration[k, r] and world.friction[k] == Friction.CLIMB
        return Status.VERIFIED if due and proved(world, k, r) else status
    if r != top_standing(world, k):
        return status
    if someone(world, world.left, k):
        absence = max(world.left[k, 0], world.left[k, 1])
        return Status.SNAPPED if absence % int(world.answer_delay) == 0 else status
    in_progress = world.rung[k] >= 0 and world.status[k, world.rung[k]] == Status.IMPLEMENTING
    if someone(world, world.accuses, k) and not in_progress:
        return Status.BREACHED
    return Status.IMPLEMENTING if world.friction[k] == Friction.SLIP else status


@rule
def advance(world, k, r):
    """Move a rung by at most one status."""
    status = world.status[k, r]
    if r >= world.rungs[k]:
        return status
    if status <= Status.RATIFIED:
        return advance_talks(world, k, r, status)
    if status <= Status.VERIFIED:
        return advance_deal(world, k, r, status)
    if status == Status.BREACHED:
        return Status.IMPLEMENTING if world.forgiven[k] else Status.SUSPENDED
    rest = world.recovery if status == Status.COLLAPSED else world.cool_down
    rested = world.age[k, r] + 1 >= rest and not (status == Status.COLLAPSED and rest == 0.0)
    return Status.IDLE if rested else status


@rule
def grow_old(world, k, r):
    """Count the rounds since a rung's status last changed."""
    return 0 if world.status[k, r] != world.stood[k, r] else world.age[k, r] + 1


@rule
def earn(world, k, side):
    """Note the stake a side has just proved to keep."""
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == Status.VERIFIED and world.stood[k, r] == Status.IMPLEMENTING:
            total += world.stake[k, r]
    return total


@rule
def newly_breached(world, k, r):
    """Say whether a rung has just been called breached."""
    return world.status[k, r] == Status.BREACHED and world.stood[k, r] != Status.BREACHED


@rule
def owed(world, k, r):
    """Say whether a rung was being implemented or stood verified when the round began."""
    return world.stood[k, r] == Status.VERIFIED or (r == world.rung[k] and world.stood[k, r] == Status.IMPLEMENTING)


@rule
def betray(world, k, side):
    """Note the stake a side has just broken: called in breach, or left while it was owed."""
    total = 0.0
    for r in range(world.rungs[k]):
        if world.withdraws[k, side] and owed(world, k, r):
            total += world.stake[k, r]
        if newly_breached(world, k, r) and world.accuses[k, 1 - side]:
            total += world.stake[k, r]
    return total


@rule
def count_breaches(world, k):
    """Count rungs called breached, and withdrawals from something that was owed."""
    count = world.breaches[k]
    left = world.withdraws[k, 0] + world.withdraws[k, 1]
    for r in range(world.rungs[k]):
        if left > 0 and owed(world, k, r):
            count += left
            break
    for r in range(world.rungs[k]):
        if newly_breached(world, k, r):
            count += 1
    return count


@rule
def fallen_from(world, k, status):
    """Count rungs that have just gone from this status back to idle."""
    count = 0
    for r in range(world.rungs[k]):
        if world.stood[k, r] == status and world.status[k, r] == Status.IDLE:
            count += 1
    return count


@rule
def count_refusals(world, k):
    """Count proposals that were refused."""
    return world.refusals[k] + fallen_from(world, k, Status.PROPOSED)


@rule
def count_unratified(world, k):
    """Count deals that failed at home."""
    return world.unratified[k] + fallen_from(world, k, Status.SCRUTINISED)
