"""Events that a user can inject into a run: which are possible, in which rounds, and their descriptions."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from agents.act_words import words_for
from agents.sentences import FORCED_SENTENCE, decision_sentence
from dashboards.event_forms import EVENT_FORMS, FACILITATION_EVENTS, MISSING_ACTOR_REASONS, NO_EFFECT_REASONS
from model.enumerations import Channel
from model.errors import InputError, ScenarioError
from model.overrides import EVENT_KINDS, Override, act_index
from model.protocol import ACT_INDEX, PROTOCOL
from model.rules.lookups import has_agreement_in_force
from model.scenario import Scenario

if TYPE_CHECKING:
    from agents.assembly import Assembly


class EventTarget(NamedTuple):
    """The names that an event affects, as in an override."""

    negotiation: str | None = None
    actor: str | None = None
    counterpart: str | None = None


class RoundSpan(TypedDict):
    """The first and the last round of a span."""

    begin: int
    end: int


class EventScale(TypedDict):
    """The default value of an event, and its range."""

    usual: float
    low: float
    high: float


class EventChoice(TypedDict):
    """One possible target of an event, and the rounds in which the event has an effect (None: all rounds)."""

    negotiation: str | None
    actor: str | None
    counterpart: str | None
    label: str
    open: list[RoundSpan] | None


class EventOffer(TypedDict):
    """A kind of event and its possible targets.

    never: why it is impossible in the scenario, or empty. otherwise: why it has no effect in other rounds.
    """

    kind: str
    label: str
    meaning: str
    value: EventScale | None
    never: str
    otherwise: str
    choices: list[EventChoice]


class EffectiveRounds:
    """The rounds of a run in which each event would have an effect; recorded during the run."""

    def __init__(self) -> None:
        self.history: dict[tuple[str, EventTarget], list[bool]] = {}

    def record_before_round(self, model: "Assembly") -> None:
        """Record, before a round, the agreements in force, the access of inspectors and the open processes."""
        world = model.world
        for k, (talks, negotiation) in enumerate(model.loaded_scenario.negotiations.items()):
            in_force = bool(has_agreement_in_force(world.compiled, k))
            for side, party in enumerate(negotiation.parties):
                self._record("withdrawal", EventTarget(talks, party), in_force and not world.rounds_withdrawn[k, side])
            self._record("loss_of_access", EventTarget(talks), not world.inspectors_barred[k])
            self._record("access_restored", EventTarget(talks), bool(world.inspectors_barred[k]))
            self._record("process_ends", EventTarget(talks), bool(world.process[k]))
            self._record("process_opens", EventTarget(talks), not world.process[k])

    def record_after_round(self, model: "Assembly") -> None:
        """Record, after a round, talks and their channel, intended conduct and the facilitators present."""
        world = model.world
        for k, (talks, negotiation) in enumerate(model.loaded_scenario.negotiations.items()):
            self._record("leak", EventTarget(talks), bool(world.contact[k]) and world.channel[k] == Channel.INDIRECT)
            self._record("silence", EventTarget(talks), bool(world.contact[k]))
            for actor, other in (negotiation.parties, negotiation.parties[::-1]):
                i, j = world.names.state.index(actor), world.names.state.index(other)
                cooperates = bool(world.conduct[i, j])
                self._record("hostile_act", EventTarget(None, actor, other), cooperates)
                self._record("conciliatory_act", EventTarget(None, actor, other), not cooperates)
        for f, name in enumerate(world.names.facilitator):
            self._record("facilitator_arrives", EventTarget(None, name), not world.present[f])
            self._record("facilitator_leaves", EventTarget(None, name), bool(world.present[f]))

    def _record(self, kind: str, target: EventTarget, effective: bool) -> None:
        self.history.setdefault((kind, target), []).append(effective)

    def spans(self, kind: str, target: EventTarget) -> list[RoundSpan] | None:
        """Return the spans of rounds in which the event has an effect; None: all rounds."""
        recorded = self.history.get((kind, target))
        if recorded is None:
            return None
        changes = [
            at for at, (before, after) in enumerate(pairwise([False, *recorded, False]), start=1) if before != after
        ]
        return [{"begin": begin, "end": end - 1} for begin, end in zip(changes[::2], changes[1::2], strict=True)]


def event_targets(scenario: Scenario, kind: str) -> Iterator[EventTarget]:
    """Yield the possible targets of a kind of event."""
    needs = EVENT_KINDS[kind].needs
    pairs = [(name, talks.parties) for name, talks in scenario.negotiations.items()]
    if not needs:
        yield EventTarget()
    elif kind == "election":
        yield from (EventTarget(None, party) for party in dict.fromkeys(party for _, two in pairs for party in two))
    elif kind == "attack":
        yield from (EventTarget(None, name) for name in scenario.spoilers)
    elif kind.startswith("facilitator"):
        yield from (EventTarget(None, name) for name in scenario.facilitators)
    elif needs == ("negotiation",):
        yield from (EventTarget(name) for name, _ in pairs if scenario.bodies or "access" not in kind)
    elif needs == ("negotiation", "actor"):
        yield from (EventTarget(name, party) for name, two in pairs for party in two)
    else:
        yield from (EventTarget(None, one, other) for _, two in pairs for one, other in (two, two[::-1]))


def required_mechanism(kind: str) -> str:
    """Return the mechanism without which a kind of event has no effect."""
    return FACILITATION_EVENTS.get(kind) or PROTOCOL[ACT_INDEX[EVENT_KINDS[kind].act]].mechanism


def impossible_reason(scenario: Scenario, kind: str) -> str:
    """Return why a kind of event is impossible in a scenario; empty if it is possible."""
    mechanism = required_mechanism(kind)
    if mechanism and not getattr(scenario.mechanisms, mechanism):
        return f"It has no effect: the mechanism “{mechanism}” is switched off in this scenario."
    if kind in MISSING_ACTOR_REASONS and not [*event_targets(scenario, kind)]:
        return MISSING_ACTOR_REASONS[kind]
    return ""


def event_offers(scenario: Scenario, effective: EffectiveRounds) -> list[EventOffer]:
    """Return all kinds of events with their possible targets and effective rounds."""
    return [event_offer(scenario, kind, effective) for kind in EVENT_FORMS]


def event_offer(scenario: Scenario, kind: str, effective: EffectiveRounds) -> EventOffer:
    """Return one kind of event with its possible targets and effective rounds."""
    scale, reason = EVENT_FORMS[kind].scale, impossible_reason(scenario, kind)
    choices: list[EventChoice] = [
        {
            "negotiation": each.negotiation,
            "actor": each.actor,
            "counterpart": each.counterpart,
            "label": target_label(scenario, each),
            "open": effective.spans(kind, each),
        }
        for each in ([] if reason else event_targets(scenario, kind))
    ]
    return {
        "kind": kind,
        "label": EVENT_FORMS[kind].label,
        "meaning": EVENT_KINDS[kind].meaning,
        "value": {"usual": EVENT_KINDS[kind].value, "low": scale[0], "high": scale[1]} if scale else None,
        "never": reason,
        "otherwise": NO_EFFECT_REASONS.get(kind, ""),
        "choices": choices,
    }


def target_label(scenario: Scenario, target: EventTarget) -> str:
    """Return the label of a target, such as "A towards B in C"."""
    several = len(scenario.negotiations) > 1
    parts = [scenario.display_name(target.actor)] if target.actor else []
    parts += [f"towards {scenario.display_name(target.counterpart)}"] if target.counterpart else []
    if target.negotiation and (several or not parts):
        negotiation = scenario.display_name(target.negotiation)
        parts.append(f"in {negotiation}" if parts else negotiation)
    return " ".join(parts)


def parse_injected_event(scenario: Scenario, sent: dict[str, Any]) -> Override:
    """Parse an event from a browser. Raises ScenarioError if it is invalid."""
    kind = sent.get("kind")
    if kind not in EVENT_FORMS:
        raise ScenarioError([InputError.unknown_name("event", str(kind)[:40], EVENT_FORMS, "kind of event")])
    round_number = check_integer("round", sent.get("round"), 1, scenario.rounds)
    if reason := impossible_reason(scenario, kind):
        raise ScenarioError([InputError("event", EVENT_FORMS[kind].label, reason)])
    target = EventTarget(*(sent.get(part) for part in EventTarget._fields))
    if target not in [*event_targets(scenario, kind)]:
        raise ScenarioError([InputError("event", EVENT_FORMS[kind].label, "is not possible for this target")])
    return Override(round_number, EVENT_KINDS[kind].act, *target, _event_value(kind, sent.get("value")))


def check_integer(name: str, sent: Any, low: int, high: int) -> int:
    """Return an integer from a browser. Raises ScenarioError if it is not an integer or out of range."""
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not low <= sent <= high or sent != int(sent):
        raise ScenarioError([InputError(name, str(sent)[:30], f"must be an integer from {low} to {high}")])
    return int(sent)


def _event_value(kind: str, sent: Any) -> float:
    """Return the value of an event, or the default."""
    scale = EVENT_FORMS[kind].scale
    if scale is None or sent is None:
        return float(EVENT_KINDS[kind].value)
    low, high = scale
    if isinstance(sent, bool) or not isinstance(sent, (int, float)) or not low <= sent <= high:
        raise ScenarioError([InputError("value", str(sent)[:20], f"must be a number from {low:g} to {high:g}")])
    return float(sent)


def event_kind(move: Override) -> str | None:
    """Return the kind of event of an override, or None if it is not an event."""
    number = act_index(move.act)
    same_act = [kind for kind in EVENT_FORMS if ACT_INDEX[EVENT_KINDS[kind].act] == number]
    exact = [kind for kind in same_act if EVENT_KINDS[kind].value == move.value]
    matching = exact or [kind for kind in same_act if EVENT_FORMS[kind].scale]
    return matching[0] if matching else None


def describe_event(scenario: Scenario, move: Override) -> str:
    """Return a short description of an injected event."""
    names = {
        "actor": scenario.display_name(move.actor),
        "counterpart": scenario.display_name(move.counterpart),
        "talks": scenario.display_name(move.negotiation),
    }
    kind = event_kind(move)
    if kind is not None:
        return EVENT_FORMS[kind].template.format(value=move.value, **names)
    act = PROTOCOL[act_index(move.act) or 0]
    recorded, sentences = act.to_recorded(move.value), words_for(act.name).sentences
    if recorded in sentences or 1 in sentences:
        value = recorded if recorded in sentences else 1
        description = decision_sentence(act.name, value, rung="the current step", **names).rstrip(".")
        return description if recorded in sentences else f"Does not happen: {description}"
    return FORCED_SENTENCE.format(act=act.name.replace("_", " "), value=move.value).rstrip(".")


def matches_row(move: Override, act: str, names: Sequence[str | None]) -> bool:
    """Return whether a ledger row of this act and these names is the effect of an injected event."""
    given = (move.actor, move.counterpart, move.negotiation)
    same = all(name is None or name == other for name, other in zip(given, names, strict=True))
    return same and act_index(move.act) == ACT_INDEX.get(act)
