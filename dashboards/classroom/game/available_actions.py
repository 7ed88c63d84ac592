"""The verbs available to a seat this turn, the facts of their options, and the validation of choices."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypedDict

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.actions import Verb
from dashboards.classroom.game.choice_context import ChoiceContext
from dashboards.classroom.game.consequences import option_facts
from dashboards.classroom.game.facts import Fact
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import Observer
from model.enumerations import RungStatus
from model.rules import bargaining, facilitation, verification
from model.rules.lookups import has_agreement_in_force, inspecting_body


class Limit(NamedTuple):
    """A limit on how many of these verbs can take an option; if any does, the others are not done."""

    key: str
    verbs: tuple[str, ...]
    option: str
    most: int


class OfferedOption(TypedDict):
    """An option with its costs and risks."""

    option: str
    facts: list[Fact]


class OfferedVerb(TypedDict):
    """An available verb with its names and options."""

    verb: str
    act: str
    names: dict[str, str]
    options: list[OfferedOption]


def available_verbs(simulation: ClassSimulation, seat: str, months: int) -> list[Verb]:
    """Return the verbs that can have an effect now, or may have one within the months of the turn."""
    return [verb for verb in simulation.verbs[seat].values() if _is_available(simulation, verb, months > 1)]


def _is_available(simulation: ClassSimulation, verb: Verb, later: bool) -> bool:
    world = simulation.world
    if verb.negotiation is None or verb.act == "seek":
        return True
    k = world.names.negotiation.index(verb.negotiation)
    if verb.act in ("channel", "experts"):
        facilitators = world.mediates[:, k] > 0
        return bool((facilitators & (world.skill_hosting > 0)).any() if verb.act == "experts" else facilitators.any())
    if verb.act == "task":
        f = world.names.facilitator.index(verb.seat)
        present = world.present[f] or world.arrives[f] == simulation.round + 1
        return bool(
            present and facilitation.service_skill(world.compiled, f, simulation.cell(verb, "take_task")[2]) > 0.0
        )
    if verb.act in ("inspect", "report"):
        b = world.names.body.index(verb.seat)
        return bool(verification.can_inspect(world.compiled, b, k)) or (
            later and int(inspecting_body(world.compiled, k)) == b
        )
    return _is_available_to_party(simulation, verb, k, later)


def _is_available_to_party(simulation: ClassSimulation, verb: Verb, k: int, later: bool) -> bool:
    world, r = simulation.world, int(bargaining.select_rung(simulation.world.compiled, k))
    status = int(world.status[k, r]) if r >= 0 else -1
    if verb.act == "propose":
        return status == RungStatus.IDLE or (later and RungStatus.IDLE <= status <= RungStatus.SCRUTINISED)
    if verb.act == "answer":
        return status == RungStatus.PROPOSED or (later and status == RungStatus.IDLE)
    in_force = status == RungStatus.IMPLEMENTING or bool(has_agreement_in_force(world.compiled, k))
    withdrawn = world.rounds_withdrawn[simulation.cell(verb, "comply")] > 0
    if verb.act == "withdraw":
        return in_force and not withdrawn
    if verb.act == "accuse":
        return in_force and int(inspecting_body(world.compiled, k)) >= 0
    return (in_force and not withdrawn) or (later and status in (RungStatus.SCRUTINISED, RungStatus.RATIFIED))


def verb_names(simulation: ClassSimulation, verb: Verb) -> dict[str, str]:
    """Return the ids that a verb refers to: the other side, the talks, the rung in play, the service."""
    names = {}
    if verb.act == "task":
        return {"talks": str(verb.negotiation), "service": str(verb.counterpart)}
    if verb.negotiation:
        names["talks"] = verb.negotiation
        parties = simulation.loaded_scenario.negotiations[verb.negotiation].parties
        if verb.seat in parties:
            names["other"] = next(party for party in parties if party != verb.seat)
        k = simulation.world.names.negotiation.index(verb.negotiation)
        r = int(bargaining.select_rung(simulation.world.compiled, k))
        names["rung"] = f"{verb.negotiation}/{simulation.world.names.rung[k][r]}"
    if verb.counterpart:
        names["other"] = verb.counterpart
    return names


def offered_verbs(simulation: ClassSimulation, seat: str, observer: Observer, months: int) -> Iterator[OfferedVerb]:
    """Yield the available verbs with their names, and their options with costs and risks."""
    states = simulation.world.names.state
    for verb in available_verbs(simulation, seat, months):
        names = verb_names(simulation, verb)
        k = simulation.world.names.negotiation.index(verb.negotiation) if verb.negotiation else -1
        other = states.index(names["other"]) if names.get("other") in states else -1
        me = observer.at if observer.at is not None else -1
        side = int(k >= 0 and int(simulation.world.party[k, 1]) == me)
        context = ChoiceContext(observer, verb, me, other, k, side, names)
        options: list[OfferedOption] = [
            {"option": option, "facts": option_facts(context, option)} for option in verb.options
        ]
        yield {"verb": verb.id, "act": verb.act, "names": names, "options": options}


def choice_limits(simulation: ClassSimulation, seat: str, months: int) -> list[Limit]:
    """Return the limits on the tasks or inspections of a seat in each month of the turn."""
    world, verbs = simulation.world, available_verbs(simulation, seat, months)
    tasks = tuple(verb.id for verb in verbs if verb.act == "task")
    inspections = tuple(verb.id for verb in verbs if verb.act == "inspect")
    limits = []
    if tasks:
        f = world.names.facilitator.index(seat)
        time = float(world.skill_capacity[f]) * (1.0 - float(facilitation.update_fatigue(world.compiled, f)))
        most, cost = int(time + 0.5), float(world.skill_task_cost[f]) * months
        if cost > 0.0:
            most = min(most, int(max(float(world.skill_budget[f] - world.spent[f]), 0.0) / cost))
        limits.append(Limit("limit.tasks", tasks, "take", max(most, 0)))
    if inspections:
        limits.append(
            Limit("limit.inspections", inspections, "inspect", int(world.inspections[world.names.body.index(seat)]))
        )
    return limits


def validate_choices(simulation: ClassSimulation, seat: str, months: int, choices: Mapping[str, str]) -> dict[str, str]:
    """Validate choices against the available verbs. Raises RefusedError naming the invalid verb or limit."""
    verbs = {verb.id: verb for verb in available_verbs(simulation, seat, months)}
    for name, option in choices.items():
        if name not in verbs or option not in verbs[name].options:
            raise RefusedError(400, "move.bad", f"{name}: {option} cannot be chosen now.", verb=name, option=option)
    for limit in choice_limits(simulation, seat, months):
        if sum(choices.get(verb) == limit.option for verb in limit.verbs) > limit.most:
            raise RefusedError(
                400, "limit.over", f"At most {limit.most} can be taken on.", key=limit.key, most=limit.most
            )
    return dict(choices)


def complete_choices(simulation: ClassSimulation, seat: str, months: int, choices: Mapping[str, str]) -> dict[str, str]:
    """Return the choices of a seat with the tasks or inspections added that it leaves undone by choosing others."""
    completed = {verb: option for verb, option in choices.items() if verb in simulation.verbs[seat]}
    for limit in choice_limits(simulation, seat, months):
        if any(verb in choices for verb in limit.verbs):
            completed = {**dict.fromkeys(limit.verbs, "leave"), **completed}
    return completed
