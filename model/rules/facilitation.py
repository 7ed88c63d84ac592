"""Regional facilitators: four separable services, hosting, fatigue and a reputation (M11)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import ExchangeLevel
from model.rules.lookups import mutual_tension, side_of
from model.terms import Term

CONTACT, CLARITY, FORMULATION, LEVERAGE, HOSTING = range(5)  # columns.SERVICES


class Task(NamedTuple):
    """A facilitator has time for a task."""

    capacity: Annotated[float, Term(0, 20, "tasks it can do in a round")]
    fatigue: Annotated[float, Term(-20, 0, "capacity lost to fatigue")]
    queue: Annotated[float, Term(-60, 0, "tasks that come before this one")]
    threshold: float


class Funds(NamedTuple):
    """A facilitator can still pay for a task."""

    budget: Annotated[float, Term(0, 1e6, "what it can spend in all")]
    spent: Annotated[float, Term(-2e6, 0, "what its tasks have cost so far")]
    queue: Annotated[float, Term(-1e5, 0, "what the tasks before this one will cost")]
    threshold: float


class Closeness(NamedTuple):
    """The two sides trust each other enough for an exchange at political level."""

    trust: Annotated[float, Term(0, 1, "trust of the less trusting side")]
    threshold: float


class Hosting(NamedTuple):
    """A small exchange is hosted."""

    hosting: Annotated[float, Term(0, 1, "chance that some facilitator brings it about")]
    threshold: float


@rule
def update_presence(world, f):
    """Arrive in the round the scenario names, and stay unless sent away."""
    return 1 if world.clock[0] == world.arrives[f] else world.present[f]


@rule
def update_fatigue(world, f):
    """Wear out by tasks done and recover by rest: F' = rest F + rate tasks."""
    tasks = 0.0
    for k in range(world.n_negotiation):
        for service in range(world.n_service):
            tasks += world.effort[f, k, service]
    return clip(world.fatigue_persistence * world.fatigue[f] + world.fatigue_rate * tasks, 0.0, 1.0)


@rule
def service_skill(world, f, service):
    """Give a facilitator's skill in a service."""
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
    """Say whether a task is open to a facilitator at all."""
    return world.present[f] > 0 and world.mediates[f, k] > 0 and service_skill(world, f, service) > 0.0


@rule
def precedes(world, f, j, other, k, service):
    """Say whether task (j, other) comes before (k, service): by service, then by tension, then by id."""
    if other != service:
        return other < service
    here, there = mutual_tension(world, k), mutual_tension(world, j)
    if here != there:
        return there > here
    return world.negotiation_id[j] < world.negotiation_id[k]


@rule
def tasks_ahead(world, f, k, service):
    """Count the tasks that a facilitator does first."""
    count = 0.0
    for j in range(world.n_negotiation):
        for other in range(service + 1):
            if is_task_open(world, f, j, other) and precedes(world, f, j, other, k, service):
                count += 1.0
    return count


@rule
def capacity_terms_after(world, f, first):
    """Weigh a facilitator's capacity after so many tasks."""
    capacity = world.skill_capacity[f]
    return Task(capacity, -capacity * world.fatigue[f], -first, 0.5)


@rule
def funds_terms_after(world, f, first):
    """Weigh a facilitator's budget after so many tasks: what was spent, and what they will cost."""
    cost = world.skill_task_cost[f]
    return Funds(world.skill_budget[f], -world.spent[f], -first * cost, cost)


@rule
def capacity_terms(world, f, k, service):
    """Weigh a facilitator's capacity against what it must do first."""
    return capacity_terms_after(world, f, tasks_ahead(world, f, k, service))


@rule
def funds_terms(world, f, k, service):
    """Weigh the budget against what was spent and what comes first; it must cover the task."""
    return funds_terms_after(world, f, tasks_ahead(world, f, k, service))


@rule
def take_task(world, f, k, service):
    """Take a task if it is open to me, I have time for it and can pay for it."""
    if not is_task_open(world, f, k, service):
        return False
    first = tasks_ahead(world, f, k, service)
    return holds(capacity_terms_after(world, f, first)) and holds(funds_terms_after(world, f, first))


@rule
def pay_for_tasks(world, f):
    """Add up what the tasks of the round cost."""
    total = world.spent[f]
    for k in range(world.n_negotiation):
        for service in range(world.n_service):
            if world.effort[f, k, service]:
                total += world.skill_task_cost[f]
    return total


@rule
def effective_credibility(world, f, k, state):
    """Believe a facilitator by its record, and more when it leans to one's own side (Kydd 2003)."""
    leaning = world.skill_bias[f] if side_of(world, k, state) == 0 else -world.skill_bias[f]
    return clip(world.credibility[f, state] * (1.0 + world.affinity * leaning), 0.0, 1.0)


@rule
def combined_effect(world, k, service, state):
    """Combine what all facilitators do in a service, as far as the state believes them: 1 - prod(1 - ...)."""
    left = 1.0
    for f in range(world.n_facilitator):
        if world.effort[f, k, service]:
            left *= 1.0 - service_skill(world, f, service) * effective_credibility(world, f, k, state)
    return 1.0 - left


@rule
def clear_channel(world, me, other):
    """Remove misreadings as far as believed facilitators carry and explain the messages."""
    k = world.negotiation_between[me, other]
    return combined_effect(world, k, CLARITY, me) if k >= 0 else 0.0


@rule
def distort_messages(world, me, other):
    """Shade what is told about a favoured side: kinder than true above 0, harsher below (Kydd 2003)."""
    k = world.negotiation_between[me, other]
    if k < 0:
        return 0.0
    favoured = 1.0 if side_of(world, k, other) == 0 else -1.0
    total = 0.0
    for f in range(world.n_facilitator):
        if world.effort[f, k, CLARITY]:
            told = world.skill_clarity[f] * world.distortion * effective_credibility(world, f, k, me)
            total += world.skill_bias[f] * favoured * told
    return clip(total, -1.0, 1.0)


@rule
def update_credibility(world, f, me):
    """Believe a facilitator more when its account proved right, less when it proved wrong."""
    credit = world.credibility[f, me]
    for k in range(world.n_negotiation):
        if world.effort[f, k, CLARITY] and (world.party[k, 0] == me or world.party[k, 1] == me):
            other = world.party[k, 1 - side_of(world, k, me)]
            right = 1.0 - world.misread[me, other]
            credit += world.credibility_rate * (right - credit)
    return credit


@rule
def hosting_terms(world, k):
    """Weigh the chance of an exchange: the more doubtful of the two parties decides."""
    chance = min(
        combined_effect(world, k, HOSTING, world.party[k, 0]), combined_effect(world, k, HOSTING, world.party[k, 1])
    )
    return Hosting(chance, draw(world, DecisionPoint.HOST, 0, 0, world.negotiation_id[k]))


@rule
def closeness_terms(world, k):
    """Weigh whether an exchange can be political and not only technical."""
    a, b = world.party[k, 0], world.party[k, 1]
    return Closeness(min(world.trust[a, b], world.trust[b, a]), world.direct_trust)


@rule
def exchange_level(is_hosted, is_close):
    """Settle the level of an exchange."""
    if not is_hosted:
        return ExchangeLevel.NONE
    return ExchangeLevel.POLITICAL if is_close else ExchangeLevel.TECHNICAL


@rule
def host_exchange(world, k):
    """Host a small confidence-building exchange outside the ladder, at technical or political level."""
    if not has_host(world, k):
        return ExchangeLevel.NONE
    return exchange_level(holds(hosting_terms(world, k)), holds(closeness_terms(world, k)))


@rule
def has_host(world, k):
    """Say whether any facilitator has taken the task of hosting."""
    for f in range(world.n_facilitator):
        if world.effort[f, k, HOSTING]:
            return True
    return False
