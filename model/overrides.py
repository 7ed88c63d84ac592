"""Overrides: in one round, one cell of an act's column takes a value in place of the rule's decision.

Scheduled and injected events, searches for flips, branches, scripted opponents, case replays and
participants' moves are all lists of ``Override``; both drivers apply them after the act has decided
and before the buffer is committed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from model.columns import SERVICES
from model.enumerations import STEP_CONDITION, Channel, EventCondition
from model.errors import InputError, ScenarioError
from model.former_names import current_act
from model.protocol import ACT_INDEX, ACT_INDEX_BY_COLUMN, PROTOCOL
from model.scenario import Event, Move, Scenario
from model.world import AxisNames, ResolvedOverride, axis_names, axis_sizes


class Override(NamedTuple):
    """An override by names."""

    round: int
    act: str
    negotiation: str | None = None
    actor: str | None = None
    counterpart: str | None = None
    value: float = 0.0


class EventKind(NamedTuple):
    """A kind of event: the act it overrides, the default value and the names it needs."""

    act: str
    value: float
    needs: tuple[str, ...]
    meaning: str


EVENT_KINDS = {
    "oil_shock": EventKind("drift_oil", 0.6, (), "the oil price deviation jumps to the value"),
    "regional_incident": EventKind("drift_region", 0.8, (), "regional tension jumps to the value"),
    "election": EventKind("change_government", 1, ("actor",), "the actor's government changes"),
    "attack": EventKind("attack_talks", 1, ("actor",), "the spoiler attacks"),
    "withdrawal": EventKind("withdraw", 1, ("negotiation", "actor"), "the actor withdraws from the agreement in force"),
    "leak": EventKind("choose_channel", Channel.PUBLIC, ("negotiation",), "the talks become public"),
    "silence": EventKind("hold_talks", 0, ("negotiation",), "the two sides do not meet"),
    "loss_of_access": EventKind("bar_inspectors", 1, ("negotiation",), "inspectors are barred until access is restored"),
    "access_restored": EventKind("bar_inspectors", 0, ("negotiation",), "inspectors are admitted again"),
    "facilitator_arrives": EventKind("update_presence", 1, ("actor",), "the facilitator arrives"),
    "facilitator_leaves": EventKind("update_presence", 0, ("actor",), "the facilitator leaves"),
    "pressure_step": EventKind("set_pressure", 0.8, ("actor", "counterpart"), "the actor's pressure on the counterpart jumps to the value"),
    "hostile_act": EventKind("choose_conduct", 0, ("actor", "counterpart"), "the actor intends a hostile act"),
    "conciliatory_act": EventKind("choose_conduct", 1, ("actor", "counterpart"), "the actor intends a cooperative act"),
    "initiative": EventKind("take_initiative", 1, ("actor", "counterpart"), "the actor announces a unilateral conciliatory step, at a cost"),
    "incident": EventKind("update_posture", 0.8, ("actor", "counterpart"), "the actor's posture towards the counterpart jumps to the value"),
    "ultimatum": EventKind("make_demand", 1, ("actor", "counterpart"), "the actor makes a demand backed by a threat"),
    "force": EventKind("use_force", 1, ("actor", "counterpart"), "the actor uses force against the counterpart"),
    "process_ends": EventKind("end_process", 1, ("negotiation",), "the process of talks ends"),
    "process_opens": EventKind("reopen_process", 1, ("negotiation",), "the process of talks opens again"),
}  # fmt: skip

EVENT_CONDITIONS = {  # meaning by name
    "agreement": "an agreement is in force: a rung is implementing or verified",
    "no_agreement": "no agreement is in force",
    "full_deal": "every rung is verified",
    "no_full_deal": "some rung is not verified",
    "contact": "the two sides met: this month if the act comes after `hold_talks` in the round, else last month",
    "no_contact": "the two sides did not meet: this month if the act comes after `hold_talks`, else last month",
}


def stored_override(parts: Sequence[Any]) -> Override:
    """Return an override from its stored parts, in the order of its fields; a former act gets its current name."""
    override = Override(*parts)
    return override._replace(act=current_act(override.act))


def act_index(name: str) -> int | None:
    """Return the index of an act in the protocol, by its name or by its column; None if unknown."""
    name = current_act(name)
    return ACT_INDEX.get(name, ACT_INDEX_BY_COLUMN.get(name))


def resolve_override(scenario: Scenario, override: Override) -> ResolvedOverride:
    """Return an override with names replaced by indices. Raises ScenarioError for an unknown name."""
    lists, counts = axis_names(scenario), axis_sizes(scenario)
    number = act_index(override.act)
    if number is None:
        raise ScenarioError([InputError.unknown_name("moves.act", override.act, ACT_INDEX, "act")])
    cell = 0
    axes = PROTOCOL[number].axes
    for at, axis in enumerate(axes):
        cell = cell * counts[axis] + _index_along(axis, at, axes, override, lists, scenario)
    return ResolvedOverride(override.round, number, cell, override.value)


def _index_along(
    axis: str, at: int, axes: tuple[str, ...], override: Override, lists: AxisNames, scenario: Scenario
) -> int:
    """Return the index along one axis that an override names."""
    if axis == "world":
        return 0
    if axis == "negotiation":
        return _index_of(lists.negotiation, override.negotiation, "negotiation", override)
    if axis == "side":
        talks = scenario.negotiations.get(str(override.negotiation))
        party = override.counterpart if "body" in axes else override.actor
        return _index_of(list(talks.parties) if talks else [], party, "party to it", override)
    if axis == "rung":
        talks = _index_of(lists.negotiation, override.negotiation, "negotiation", override)
        return _index_of(lists.rung[talks], override.counterpart, "rung", override)
    if axis == "service":
        return _index_of(list(SERVICES), override.counterpart, "service", override)
    if axis in UNADDRESSABLE_AXES:
        raise ScenarioError([InputError(override.act, "", "cannot be overridden")])
    named = override.counterpart if {*axes[:at]} & {*ROLE_TABLES} else override.actor
    return _index_of(getattr(lists, axis), named, axis, override)


def _index_of(known: list[str], name: str | None, kind: str, override: Override) -> int:
    if name in known:
        return known.index(str(name))
    where = f"round {override.round}, {override.act}"
    raise ScenarioError([InputError.unknown_name(where, name, known, kind)])


def resolve_event(scenario: Scenario, event: Event) -> Iterator[ResolvedOverride]:
    """Yield a scheduled event as overrides, one for each of its rounds. Raises ScenarioError for an unknown name."""
    kind = EVENT_KINDS[event.kind]
    value = kind.value if event.value is None else event.value
    override = Override(event.round, kind.act, event.negotiation, event.actor, event.counterpart, value)
    resolved = resolve_override(scenario, override)
    if event.only_if is not None or event.before is not None:
        known = list(scenario.negotiations)
        k = known.index(event.negotiation) if event.negotiation else 0
        condition = int(EventCondition[event.only_if or "always"])
        if event.before is not None:
            talks = scenario.negotiations[known[k]]
            condition += STEP_CONDITION * (1 + list(talks.rungs).index(event.before) // talks.bundling)
        resolved = resolved._replace(condition=condition, negotiation=k)
    for now in range(event.round, (event.until or event.round) + 1):
        yield resolved._replace(round=now)


def describe_condition(scenario: Scenario, event: Event) -> str:
    """Return the condition of a scheduled event as text, such as "only if no agreement is in force"; else empty."""
    parts = [EVENT_CONDITIONS[event.only_if].split(":")[0]] if event.only_if else []
    if event.before is not None:
        name = event.negotiation or next(iter(scenario.negotiations))
        parts.append(f"“{scenario.rung_title(name, event.before)}” is not in force")
    if not parts:
        return ""
    text = f"only if {' and '.join(parts)}"
    return f"{text} ({scenario.display_name(event.negotiation)})" if len(scenario.negotiations) > 1 else text


def move_override(move: Move) -> Override:
    """Return a scenario's forced move as an override."""
    return Override(move.round, move.act, move.negotiation, move.actor, move.counterpart, move.value)


def ineffective_events(scenario: Scenario) -> list[str]:
    """Return messages on scheduled events without effect, because their act's mechanism is off."""
    messages = []
    for number, event in enumerate(scenario.events):
        mechanism = PROTOCOL[ACT_INDEX[EVENT_KINDS[event.kind].act]].mechanism
        if mechanism and not getattr(scenario.mechanisms, mechanism):
            messages.append(f"events.{number} ({event.kind}, round {event.round}) has no effect: {mechanism} is off")
    return messages


def collect_overrides(scenario: Scenario, more: Iterable[Override] = ()) -> list[ResolvedOverride]:
    """Return all overrides of a run: scheduled events, the scenario's moves and any others."""
    events = (override for event in scenario.events for override in resolve_event(scenario, event))
    return [*events, *(resolve_override(scenario, each) for each in (*map(move_override, scenario.moves), *more))]


UNADDRESSABLE_AXES = ("slot", "die")  # axes on which no event or move can name an index
ROLE_TABLES = {"state": "states", "facilitator": "facilitators", "body": "bodies", "spoiler": "spoilers"}
