"""The verbs open to a seat this turn, each with what it costs and risks, and the check of what was sent."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypedDict

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.actions import Verb
from dashboards.classroom.game.consequences import ChoiceContext, option_facts
from dashboards.classroom.game.facts import Fact
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import Observer
from model.enumerations import RungStatus
from model.rules import bargaining, facilitation, verification
from model.rules.lookups import has_agreement_in_force, inspecting_body


class Limit(NamedTuple):
    """Of these verbs only so many may take this option; if any does, the others are left undone."""

    key: str
    verbs: tuple[str, ...]
    option: str
    most: int


class OfferedOption(TypedDict):
    """An option, with what it costs and risks."""

    option: str
    facts: list[Fact]


class OfferedVerb(TypedDict):
    """A verb that is open, with its names and options."""

    verb: str
    act: str
    names: dict[str, str]
    options: list[OfferedOption]


def available_verbs(table: ClassSimulation, seat: str, months: int) -> list[Verb]:
    """List the verbs for which there is an occasion now, or may be one within the months of the turn."""
    return [verb for verb in table.verbs[seat].values() if _is_available(table, verb, months > 1)]


def _is_available(table: ClassSimulation, verb: Verb, later: bool) -> bool:
    world = table.world
    if verb.negotiation is None or verb.act == "seek":
        return True
    k = world.names.negotiation.index(verb.negotiation)
    if verb.act in ("channel", "experts"):
        helpers = world.mediates[:, k] > 0
        return bool((helpers & (world.skill_hosting > 0)).any() if verb.act == "experts" else helpers.any())
    if verb.act == "task":
        f = world.names.facilitator.index(verb.seat)
        here = world.present[f] or world.arrives[f] == table.round + 1
        return bool(here and facilitation.service_skill(world.compiled, f, table.cell(verb, "take_task")[2]) > 0.0)
    if verb.act in ("inspect", "report"):
        b = world.names.body.index(verb.seat)
        return bool(verification.can_inspect(world.compiled, b, k)) or (
            later and int(inspecting_body(world.compiled, k)) == b
        )
    return _is_available_to_party(table, verb, k, later)


def _is_available_to_party(table: ClassSimulation, verb: Verb, k: int, later: bool) -> bool:
    world, r = table.world, int(bargaining.select_rung(table.world.compiled, k))
    status = int(world.status[k, r]) if r >= 0 else -1
    if verb.act == "propose":
        return status == RungStatus.IDLE or (later and RungStatus.IDLE <= status <= RungStatus.SCRUTINISED)
    if verb.act == "answer":
        return status == RungStatus.PROPOSED or (later and status == RungStatus.IDLE)
    stands = status == RungStatus.IMPLEMENTING or bool(has_agreement_in_force(world.compiled, k))
    left = world.rounds_withdrawn[table.cell(verb, "comply")] > 0
    if verb.act == "withdraw":
        return stands and not left
    if verb.act == "accuse":
        return stands and int(inspecting_body(world.compiled, k)) >= 0
    return (stands and not left) or (later and status in (RungStatus.SCRUTINISED, RungStatus.RATIFIED))


def verb_names(table: ClassSimulation, verb: Verb) -> dict[str, str]:
    """Name what a verb is about: the other side, the talks, the rung in play, the service."""
    names = {}
    if verb.act == "task":
        return {"talks": str(verb.negotiation), "service": str(verb.counterpart)}
    if verb.negotiation:
        names["talks"] = verb.negotiation
        parties = table.loaded_scenario.negotiations[verb.negotiation].parties
        if verb.seat in parties:
            names["other"] = next(party for party in parties if party != verb.seat)
        k = table.world.names.negotiation.index(verb.negotiation)
        r = int(bargaining.select_rung(table.world.compiled, k))
        names["rung"] = f"{verb.negotiation}/{table.world.names.rung[k][r]}"
    if verb.counterpart:
        names["other"] = verb.counterpart
    return names


def offered_verbs(table: ClassSimulation, seat: str, eyes: Observer, months: int) -> Iterator[OfferedVerb]:
    """Write the open verbs as plain data: their names, and their options with cost and risk."""
    states = table.world.names.state
    for verb in available_verbs(table, seat, months):
        names = verb_names(table, verb)
        k = table.world.names.negotiation.index(verb.negotiation) if verb.negotiation else -1
        other = states.index(names["other"]) if names.get("other") in states else -1
        me = eyes.at if eyes.at is not None else -1
        side = int(k >= 0 and int(table.world.party[k, 1]) == me)
        seen = ChoiceContext(eyes, verb, me, other, k, side, names)
        options: list[OfferedOption] = [
            {"option": option, "facts": option_facts(seen, option)} for option in verb.options
        ]
        yield {"verb": verb.id, "act": verb.act, "names": names, "options": options}


def choice_limits(table: ClassSimulation, seat: str, months: int) -> list[Limit]:
    """List how many tasks or inspections a seat can take on in each month of the turn."""
    world, verbs = table.world, available_verbs(table, seat, months)
    tasks = tuple(verb.id for verb in verbs if verb.act == "task")
    places = tuple(verb.id for verb in verbs if verb.act == "inspect")
    found = []
    if tasks:
        f = world.names.facilitator.index(seat)
        time = float(world.skill_capacity[f]) * (1.0 - float(facilitation.update_fatigue(world.compiled, f)))
        most, cost = int(time + 0.5), float(world.skill_task_cost[f]) * months
        if cost > 0.0:
            most = min(most, int(max(float(world.skill_budget[f] - world.spent[f]), 0.0) / cost))
        found.append(Limit("limit.tasks", tasks, "take", max(most, 0)))
    if places:
        found.append(
            Limit("limit.inspections", places, "inspect", int(world.inspections[world.names.body.index(seat)]))
        )
    return found


def validate_choices(table: ClassSimulation, seat: str, months: int, sent: Mapping[str, str]) -> dict[str, str]:
    """Check choices against what is open. Raises RefusedError naming the verb or option that does not fit."""
    verbs = {verb.id: verb for verb in available_verbs(table, seat, months)}
    for name, option in sent.items():
        if name not in verbs or option not in verbs[name].options:
            raise RefusedError(400, "move.bad", f"{name}: {option} cannot be chosen now.", verb=name, option=option)
    for limit in choice_limits(table, seat, months):
        if sum(sent.get(verb) == limit.option for verb in limit.verbs) > limit.most:
            raise RefusedError(
                400, "limit.over", f"At most {limit.most} can be taken on.", key=limit.key, most=limit.most
            )
    return dict(sent)


def complete_choices(table: ClassSimulation, seat: str, months: int, choices: Mapping[str, str]) -> dict[str, str]:
    """Complete what a seat ordered: who chooses some of its tasks or inspections leaves the others undone."""
    whole = {verb: option for verb, option in choices.items() if verb in table.verbs[seat]}
    for limit in choice_limits(table, seat, months):
        if any(verb in choices for verb in limit.verbs):
            whole = {**dict.fromkeys(limit.verbs, "leave"), **whole}
    return whole
