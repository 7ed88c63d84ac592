"""Small lookups that several rules share."""

from model.arithmetic import ln
from model.compiler import rule
from model.enumerations import RungStatus


@rule
def side_of(world, k, state):
    """Return a party's side in a negotiation: 0 or 1."""
    return 0 if world.party[k, 0] == state else 1


@rule
def mutual_tension(world, k):
    """Return the mean of the two parties' postures towards each other."""
    a, b = world.party[k, 0], world.party[k, 1]
    return 0.5 * (world.posture[a, b] + world.posture[b, a])


@rule
def progress(world, k):
    """Return the total stake of the verified rungs."""
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED:
            total += world.stake[k, r]
    return total


@rule
def highest_verified_rung(world, k):
    """Return the highest verified rung, or -1."""
    top = -1
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.VERIFIED:
            top = r
    return top


@rule
def is_rung_in_play_at(world, k, status):
    """Return whether there is a rung in play with this status."""
    return world.rung[k] >= 0 and world.status[k, world.rung[k]] == status


@rule
def is_under_negotiation_at(world, k, status):
    """Return whether the process is open and the rung in play has this status."""
    return world.process[k] > 0 and is_rung_in_play_at(world, k, status)


@rule
def has_agreement_in_force(world, k):
    """Return whether an agreement is in force: a rung is implementing or verified."""
    return is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING) or highest_verified_rung(world, k) >= 0


@rule
def stake_at_risk(world, k):
    """Return the stake a party could betray now: the implementing rung, or else all verified rungs."""
    if is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING):
        return world.stake[k, world.rung[k]]
    return progress(world, k)


@rule
def failed_stake(world, k):
    """Return the stake of the rungs in force that collapsed this round."""
    total = 0.0
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.COLLAPSED and world.previous_status[k, r] != RungStatus.COLLAPSED:
            total += world.stake[k, r]
    return total


@rule
def uses_force_between(world, k):
    """Return whether either party used force against the other in its last decision."""
    a, b = world.party[k, 0], world.party[k, 1]
    return world.uses_force[a, b] > 0 or world.uses_force[b, a] > 0


@rule
def lowest_trust(world, k):
    """Return the trust of the less trusting party."""
    a, b = world.party[k, 0], world.party[k, 1]
    return min(world.trust[a, b], world.trust[b, a])


@rule
def mutual_dialogue(world, k):
    """Return how open two sides are to hold talks: the product of their dialogue tracks."""
    return world.own_dialogue[world.party[k, 0]] * world.own_dialogue[world.party[k, 1]]


@rule
def openness(world, k):
    """Return how open two sides are to talks of their own accord: both dialogues, and the square of relative trust."""
    trust = min(lowest_trust(world, k) / max(world.direct_trust, 1e-9), 1.0)
    return mutual_dialogue(world, k) * trust * trust


@rule
def narrative_burden(world, k, side, r):
    """Return the burden of a rung on a side in its own narrative."""
    weight = world.own_security_weight[world.party[k, side]]
    return weight * world.security_burden[k, side, r] + (1.0 - weight) * world.sovereignty_burden[k, side, r]


@rule
def pressure_suffered(world, me):
    """Return the total pressure on a state, at most 1."""
    total = 0.0
    for other in range(world.n_state):
        total += world.pressure[other, me]
    return min(total, 1.0)


@rule
def pressure_exerted(world, me):
    """Return the total pressure that a state exerts, at most 1."""
    total = 0.0
    for other in range(world.n_state):
        total += world.pressure[me, other]
    return min(total, 1.0)


@rule
def inspected_rung(world, k):
    """Return the rung that inspections cover: the one in play or the next below with a verifier; or -1."""
    r = world.rung[k] if world.rung[k] >= 0 else world.rungs[k] - 1
    while r >= 0 and world.verifier[k, r] < 0:
        r -= 1
    return r


@rule
def inspecting_body(world, k):
    """Return the body that inspects the agreement in force, or -1."""
    r = inspected_rung(world, k)
    return world.verifier[k, r] if r >= 0 else -1


@rule
def detection_probability(world, k):
    """Return the probability of detecting a violation now: d access verifiability."""
    r = inspected_rung(world, k)
    if r < 0:
        return 0.0
    return world.detection[world.verifier[k, r]] * world.access[k] * world.verifiability[k, r]


@rule
def detection_in_step(world, k, r):
    """Return the probability of detecting a violation of a rung once it is implemented, with the access it grants."""
    body = world.verifier[k, r] if world.verifier[k, r] >= 0 else inspecting_body(world, k)
    if body < 0:
        return 0.0
    access = 0.0 if world.inspectors_barred[k] else min(world.access[k] + world.access_granted[k, r], 1.0)
    return world.detection[body] * access * world.verifiability[k, r]


@rule
def visible_share(world, k, side):
    """Return the share of a side's violation that inspectors can see: 1 - concealment (1 - size)."""
    return 1.0 - world.concealment * (1.0 - world.violation[k, side]) if world.with_concealment else 1.0


@rule
def attacks_blamed_on(world, k, side):
    """Return the number of this round's attacks on a negotiation that are blamed on a side."""
    count = 0.0
    for x in range(world.n_spoiler):
        if world.target[x] == k and world.blamed[x] == side:
            count += world.attack[x]
    return count


@rule
def condemnation_bound(world):
    """Return Wald's bound for rejection, ln((1 - beta) / alpha) (B15)."""
    return ln((1.0 - world.false_acceptance) / world.false_rejection)


@rule
def has_mediator(world, k, side):
    """Return whether a facilitator with any capacity is present who mediates in the negotiation."""
    for f in range(world.n_facilitator):
        if world.present[f] and world.mediates[f, k] and world.skill_capacity[f] > 0.0:
            return True
    return False
