"""Small questions that several rules ask of the world."""

from model.compiler import rule
from model.enumerations import RungStatus


@rule
def side_of(world, k, state):
    """Say on which side of a negotiation a party sits."""
    return 0 if world.party[k, 0] == state else 1


@rule
def mutual_tension(world, k):
    """Average the two parties' postures towards each other."""
    a, b = world.party[k, 0], world.party[k, 1]
    return 0.5 * (world.posture[a, b] + world.posture[b, a])


@rule
def progress(world, k):
    """Add up the stakes of the rungs that stand verified."""
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED:
            total += world.stake[k, r]
    return total


@rule
def highest_verified_rung(world, k):
    """Find the highest verified rung, or -1."""
    top = -1
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED:
            top = r
    return top


@rule
def is_rung_in_play_at(world, k, status):
    """Say whether the rung in play has this status."""
    return world.rung[k] >= 0 and world.status[k, world.rung[k]] == status


@rule
def has_agreement_in_force(world, k):
    """Say whether the parties owe each other anything: a rung is implementing or stands verified."""
    return is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING) or highest_verified_rung(world, k) >= 0


@rule
def stake_at_risk(world, k):
    """Give the stake a party could betray now: the rung being implemented, or else all that stands."""
    if is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING):
        return world.stake[k, world.rung[k]]
    return progress(world, k)


@rule
def narrative_burden(world, k, side, r):
    """Weigh what a rung costs a side in terms of its own narrative."""
    weight = world.own_security_weight[world.party[k, side]]
    return weight * world.security_burden[k, side, r] + (1.0 - weight) * world.sovereignty_burden[k, side, r]


@rule
def pressure_suffered(world, me):
    """Add up the pressure on a state, at most one."""
    total = 0.0
    for other in range(world.n_state):
        total += world.pressure[other, me]
    return min(total, 1.0)


@rule
def pressure_exerted(world, me):
    """Add up the pressure a state exerts, at most one."""
    total = 0.0
    for other in range(world.n_state):
        total += world.pressure[me, other]
    return min(total, 1.0)


@rule
def inspected_rung(world, k):
    """Find the rung under whose terms inspectors look: the one in play, or the next below with a verifier; or -1."""
    r = world.rung[k] if world.rung[k] >= 0 else world.rungs[k] - 1
    while r >= 0 and world.verifier[k, r] < 0:
        r -= 1
    return r


@rule
def inspecting_body(world, k):
    """Find the body that verifies what is in progress or stands, or -1."""
    r = inspected_rung(world, k)
    return world.verifier[k, r] if r >= 0 else -1


@rule
def detection_probability(world, k):
    """Give the chance that a violation would be detected now: d, times access, times verifiability."""
    r = inspected_rung(world, k)
    if r < 0:
        return 0.0
    return world.detection[world.verifier[k, r]] * world.access[k] * world.verifiability[k, r]


@rule
def attacks_blamed_on(world, k, side):
    """Count this round's attacks in a negotiation that are blamed on a side."""
    count = 0.0
    for x in range(world.n_spoiler):
        if world.target[x] == k and world.blamed[x] == side:
            count += world.attack[x]
    return count
