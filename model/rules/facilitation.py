"""Regional facilitators: four separable services, hosting, fatigue and a reputation (M11)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds
from model.chance import Moment, draw
from model.compiler import rule
from model.enumerations import ExchangeLevel
from model.rules.lookups import side_of, tension_of
from model.terms import Term

CONTACT, CLARITY, FORMULATION, LEVERAGE, HOSTING = range(5)  # columns.SERVICES


class Task(NamedTuple):
    """A facilitator has time for a task."""

    capacity: Annotated[float, Term(0, 20, "tasks it can do in a round")]
    weariness: Annotated[float, Term(-20, 0, "capacity lost to fatigue")]
    queue: Annotated[float, Term(-60, 0, "tasks that come before this one")]
    threshold: float


class Purse(NamedTuple):
    """A facilitator can still pay for a task."""

    budget: Annotated[float, Term(0, 1e6, "what it can spend in all")]
    spent: Annotated[float, Term(-2e6, 0, "what its tasks have cost so far")]
    queue: Annotated[float, Term(-1e5, 0, "what the tasks before this one will cost")]
    threshold: float


class Close(NamedTuple):
    """The two sides trust each other enough for an exchange at political level."""

    trust: Annotated[float, Term(0, 1, "trust of the less trusting side")]
    threshold: float


class Hosted(NamedTuple):
    """A small exchange is hosted."""

    hosting: Annotated[float, Term(0, 1, "chance that some facilitator brings it about")]
    threshold: float


@rule
def be_present(world, f):
    """Arrive in the round the scenario names, and stay unless sent away."""
    return 1 if world.clock[0] == world.arrives[f] else world.present[f]


@rule
def tire(world, f):
    """Wear out by tasks done and recover by rest: F' = rest F + rate tasks."""
    tasks = 0.0
    for k in range(world.n_negotiation):
        for service in range(world.n_service):
            tasks += world.effort[f, k, service]
    return clip(world.rest * world.fatigue[f] + world.fatigue_rate * tasks, 0.0, 1.0)


@rule
def skill(world, f, service):
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
def can_take(world, f, k, service):
    """Say whether a task is open to a facilitator at all."""
    return world.present[f] > 0 and world.mediates[f, k] > 0 and skill(world, f, service) > 0.0


@rule
def before(world, f, j, other, k, service):
    """Say whether task (j, other) comes before (k, service): by service, then by tension, then by id."""
    if other != service:
        return other < service
    here, there = tension_of(world, k), tension_of(world, j)
    if here != there:
        return there > here
    return world.negotiation_id[j] < world.negotiation_id[k]


@rule
def queue(world, f, k, service):
    """Count the tasks that a facilitator does first."""
    count = 0.0
    for j in range(world.n_negotiation):
        for other in range(service + 1):
            if can_take(world, f, j, other) and before(world, f, j, other, k, service):
                count += 1.0
    return count


@rule
def time_after(world, f, first):
    """Weigh a facilitator's capacity after so many tasks."""
    capacity = world.skill_capacity[f]
    return Task(capacity, -capacity * world.fatigue[f], -first, 0.5)


@rule
def purse_after(world, f, first):
    """Weigh a facilitator's budget after so many tasks: what was spent, and what they will cost."""
    cost = world.skill_task_cost[f]
    return Purse(world.skill_budget[f], -world.spent[f], -first * cost, cost)


@rule
def has_time(world, f, k, service):
    """Weigh a facilitator's capacity against what it must do first."""
    return time_after(world, f, queue(world, f, k, service))


@rule
def affords(world, f, k, service):
    """Weigh the budget against what was spent and what comes first; it must cover the task."""
    return purse_after(world, f, queue(world, f, k, service))


@rule
def take_task(world, f, k, service):
    """Take a task if it is open to me, I have time for it and can pay for it."""
    if not can_take(world, f, k, service):
        return False
    first = queue(world, f, k, service)
    return holds(time_after(world, f, first)) and holds(purse_after(world, f, first))


@rule
def spend(world, f):
    """Add up what the tasks of the round cost."""
    total = world.spent[f]
    for k in range(world.n_negotiation):
        for service in range(world.n_service):
            if world.effort[f, k, service]:
                total += world.skill_task_cost[f]
    return total


@rule
def believed(world, f, k, state):
    """Believe a facilitator by its record, and more when it leans to one's own side (Kydd 2003)."""
    leaning = world.skill_bias[f] if side_of(world, k, state) == 0 else -world.skill_bias[f]
    return clip(world.credit[f, state] * (1.0 + world.kinship * leaning), 0.0, 1.0)


@rule
def helped(world, k, service, state):
    """Combine what all facilitators do in a service, as far as the state believes them: 1 - prod(1 - ...)."""
    left = 1.0
    for f in range(world.n_facilitator):
        if world.effort[f, k, service]:
            left *= 1.0 - skill(world, f, service) * believed(world, f, k, state)
    return 1.0 - left


@rule
def clear_channel(world, me, other):
    """Remove misreadings as far as believed facilitators carry and explain the messages."""
    k = world.between[me, other]
    return helped(world, k, CLARITY, me) if k >= 0 else 0.0


@rule
def shade(world, me, other):
    """Shade what is told about a favoured side: kinder than true above 0, harsher below (Kydd 2003)."""
    k = world.between[me, other]
    if k < 0:
        return 0.0
    favoured = 1.0 if side_of(world, k, other) == 0 else -1.0
    total = 0.0
    for f in range(world.n_facilitator):
        if world.effort[f, k, CLARITY]:
            told = world.skill_clarity[f] * world.shading * believed(world, f, k, me)
            total += world.skill_bias[f] * favoured * told
    return clip(total, -1.0, 1.0)


@rule
def judge(world, f, me):
    """Believe a facilitator more when its account proved right, less when it proved wrong."""
    credit = world.credit[f, me]
    for k in range(world.n_negotiation):
        if world.effort[f, k, CLARITY] and (world.party[k, 0] == me or world.party[k, 1] == me):
            other = world.party[k, 1 - side_of(world, k, me)]
            right = 1.0 - world.misread[me, other]
            credit += world.credibility_rate * (right - credit)
    return credit


@rule
def hosting_chance(world, k):
    """Weigh the chance of an exchange: the more doubtful of the two parties decides."""
    chance = min(helped(world, k, HOSTING, world.party[k, 0]), helped(world, k, HOSTING, world.party[k, 1]))
    return Hosted(chance, draw(world, Moment.HOST, 0, 0, world.negotiation_id[k]))


@rule
def closeness(world, k):
    """Weigh whether an exchange can be political and not only technical."""
    a, b = world.party[k, 0], world.party[k, 1]
    return Close(min(world.trust[a, b], world.trust[b, a]), world.direct_trust)


@rule
def settle_level(is_hosted, is_close):
    """Settle the level of an exchange."""
    if not is_hosted:
        return ExchangeLevel.NONE
    return ExchangeLevel.POLITICAL if is_close else ExchangeLevel.TECHNICAL


@rule
def host(world, k):
    """Host a small confidence-building exchange outside the ladder, at technical or political level."""
    if not someone_hosts(world, k):
        return ExchangeLevel.NONE
    return settle_level(holds(hosting_chance(world, k)), holds(closeness(world, k)))


@rule
def someone_hosts(world, k):
    """Say whether any facilitator has taken the task of hosting."""
    for f in range(world.n_facilitator):
        if world.effort[f, k, HOSTING]:
            return True
    return False
