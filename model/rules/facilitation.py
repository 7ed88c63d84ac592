"""Regional facilitators: four separable services, hosting, fatigue and credibility (M11)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import ExchangeLevel
from model.rules.lookups import side_of
from model.terms import Term

CREDIBILITY_SPEED = 0.08  # speed at which a facilitator's credibility follows its record, a month
TASK_FATIGUE = 0.012  # fatigue from one task
FATIGUE_REMAINS = 0.92  # share of fatigue that remains after a month
CONTACT, CLARITY, FORMULATION, LEVERAGE, HOSTING = range(5)  # columns.SERVICES


class Task(NamedTuple):
    """A facilitator has capacity for a task."""

    capacity: Annotated[float, Term(0, 20, "tasks it can do in a round")]
    fatigue: Annotated[float, Term(-20, 0, "capacity lost to fatigue")]
    queue: Annotated[float, Term(-60, 0, "tasks ahead of this one")]
    threshold: float


class Funds(NamedTuple):
    """A facilitator can pay for a task."""

    budget: Annotated[float, Term(0, 1e6, "budget for the run")]
    spent: Annotated[float, Term(-2e6, 0, "spending so far")]
    queue: Annotated[float, Term(-1e5, 0, "cost of the tasks ahead of this one")]
    threshold: float


class Closeness(NamedTuple):
    """The two sides trust each other enough for a political exchange."""

    trust: Annotated[float, Term(0, 1, "trust of the less trusting side")]
    threshold: float


class Hosting(NamedTuple):
    """A facilitator hosts a small exchange."""

    hosting: Annotated[float, Term(0, 1, "probability that a facilitator hosts it")]
    threshold: float


@rule
def update_presence(world, f):
    """Return whether a facilitator is present: from its round of arrival on, unless an event removes it."""
    return 1 if world.clock[0] == world.arrives[f] else world.present[f]


@rule
def update_fatigue(world, f):
    """Return a facilitator's fatigue: F' = persistence F + rate tasks, clipped to 0 to 1."""
    tasks = 0.0
    for k in range(world.n_negotiation):
        for service in range(world.n_service):
            tasks += world.effort[f, k, service]
    return clip(FATIGUE_REMAINS * world.fatigue[f] + TASK_FATIGUE * tasks, 0.0, 1.0)


@rule
def service_skill(world, f, service):
    """Return a facilitator's skill in a service."""
    if service == CONTACT:
        return world.skill_good_offices[f]
    if service == CLARITY:
        return world.skill_clarity[f]
    if service == FORMULATION:
        return world.skill_formulation[f]
    if service == LEVERAGE:
        return world.skill_leverage[f]
    return world.skill_hosting[f]


@rule
def is_task_open(world, f, k, service):
    """Return whether a facilitator can take a task: it is present, accepted here and has the skill."""
    return (
        world.present[f] > 0
        and world.mediates[f, k] > 0
        and world.accepts_mediation[k, 0] > 0
        and world.accepts_mediation[k, 1] > 0
        and service_skill(world, f, service) > 0.0
    )


@rule
def precedes(world, f, j, other, k, service):
    """Return whether task (j, other) precedes task (k, service): by need, then service, then id."""
    here, there = world.need[k, service], world.need[j, other]
    if here != there:
        return there > here
    if other != service:
        return other < service
    return world.negotiation_id[j] < world.negotiation_id[k]


@rule
def tasks_ahead(world, f, k, service):
    """Return the number of a facilitator's tasks that precede this one."""
    count = 0.0
    for j in range(world.n_negotiation):
        for other in range(world.n_service):
            if is_task_open(world, f, j, other) and precedes(world, f, j, other, k, service):
                count += 1.0
    return count


@rule
def capacity_terms_after(world, f, ahead):
    """Return the terms of capacity after a number of tasks."""
    capacity = world.skill_capacity[f]
    return Task(capacity, -capacity * world.fatigue[f], -ahead, 0.5)


@rule
def funds_terms_after(world, f, ahead):
    """Return the terms of the budget after a number of tasks."""
    cost = world.skill_task_cost[f]
    return Funds(world.skill_budget[f], -world.spent[f], -ahead * cost, cost)


@rule
def capacity_terms(world, f, k, service):
    """Return the terms of a facilitator's capacity for a task."""
    return capacity_terms_after(world, f, tasks_ahead(world, f, k, service))


@rule
def funds_terms(world, f, k, service):
    """Return the terms of a facilitator's budget for a task."""
    return funds_terms_after(world, f, tasks_ahead(world, f, k, service))


@rule
def take_task(world, f, k, service):
    """Return whether a facilitator takes a task: it can, and has the capacity and the budget."""
    if not is_task_open(world, f, k, service):
        return False
    ahead = tasks_ahead(world, f, k, service)
    return holds(capacity_terms_after(world, f, ahead)) and holds(funds_terms_after(world, f, ahead))


@rule
def pay_for_tasks(world, f):
    """Return a facilitator's spending so far, this round's tasks included."""
    total = world.spent[f]
    for k in range(world.n_negotiation):
        for service in range(world.n_service):
            if world.effort[f, k, service]:
                total += world.skill_task_cost[f]
    return total


@rule
def effective_credibility(world, f, k, state):
    """Return how far a state believes a facilitator: more if it is biased to the state's side (Kydd 2003)."""
    bias = world.skill_bias[f] if side_of(world, k, state) == 0 else -world.skill_bias[f]
    return clip(world.credibility[f, state] * (1.0 + world.affinity * bias), 0.0, 1.0)


@rule
def combined_effect(world, k, service, state):
    """Return the effect of all facilitators in a service on a state: 1 - prod(1 - skill credibility)."""
    shortfall = 1.0
    for f in range(world.n_facilitator):
        if world.effort[f, k, service]:
            shortfall *= 1.0 - service_skill(world, f, service) * effective_credibility(world, f, k, state)
    return 1.0 - shortfall


@rule
def joint_effect(world, k, service):
    """Return the effect of all facilitators in a service on the party that believes them less."""
    return min(
        combined_effect(world, k, service, world.party[k, 0]), combined_effect(world, k, service, world.party[k, 1])
    )


@rule
def clear_channel(world, me, other):
    """Return the share of misreadings that facilitators remove."""
    k = world.negotiation_between[me, other]
    return combined_effect(world, k, CLARITY, me) if k >= 0 else 0.0


@rule
def distort_messages(world, me, other):
    """Return the bias of messages about the other, -1 to 1: above 0 in its favour, below 0 against (Kydd 2003)."""
    k = world.negotiation_between[me, other]
    if k < 0:
        return 0.0
    favoured = 1.0 if side_of(world, k, other) == 0 else -1.0
    total = 0.0
    for f in range(world.n_facilitator):
        if world.effort[f, k, CLARITY]:
            weight = world.skill_clarity[f] * world.distortion * effective_credibility(world, f, k, me)
            total += world.skill_bias[f] * favoured * weight
    return clip(total, -1.0, 1.0)


@rule
def update_credibility(world, f, me):
    """Return a facilitator's credibility: it rises when its account was right and falls when it was wrong."""
    credibility = world.credibility[f, me]
    for k in range(world.n_negotiation):
        if world.effort[f, k, CLARITY] and (world.party[k, 0] == me or world.party[k, 1] == me):
            other = world.party[k, 1 - side_of(world, k, me)]
            right = 1.0 - world.misread[me, other]
            credibility += CREDIBILITY_SPEED * (right - credibility)
    return credibility


@rule
def hosting_terms(world, k):
    """Return the terms of hosting: the party that believes the facilitators less decides."""
    return Hosting(joint_effect(world, k, HOSTING), draw(world, DecisionPoint.HOST, 0, 0, world.negotiation_id[k]))


@rule
def closeness_terms(world, k):
    """Return the terms of an exchange at political level."""
    a, b = world.party[k, 0], world.party[k, 1]
    return Closeness(min(world.trust[a, b], world.trust[b, a]), world.direct_trust)


@rule
def exchange_level(is_hosted, is_close):
    """Return the level of an exchange."""
    if not is_hosted:
        return ExchangeLevel.NONE
    return ExchangeLevel.POLITICAL if is_close else ExchangeLevel.TECHNICAL


@rule
def host_exchange(world, k):
    """Return the level of a hosted confidence-building exchange outside the ladder."""
    if not has_host(world, k):
        return ExchangeLevel.NONE
    return exchange_level(holds(hosting_terms(world, k)), holds(closeness_terms(world, k)))


@rule
def has_host(world, k):
    """Return whether a facilitator has taken the task of hosting."""
    for f in range(world.n_facilitator):
        if world.effort[f, k, HOSTING]:
            return True
    return False
