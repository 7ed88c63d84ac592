"""Events that can be injected into a watched run: which make sense in a scenario, when, and how they are told."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from agents.act_words import words_for
from agents.sentences import FORCED_SENTENCE, decision_sentence
from model.enumerations import Channel
from model.errors import InputError, ScenarioError
from model.overrides import EVENT_KINDS, Override, act_index
from model.protocol import ACT_INDEX, PROTOCOL
from model.rules.lookups import has_agreement_in_force
from model.scenario import Scenario

if TYPE_CHECKING:
    from agents.assembly import Assembly


class EventForm(NamedTuple):
    """How a kind of event is offered and told."""

    label: str
    template: str
    scale: tuple[float, float] | None = None  # what its value may be, if it has one to choose


EVENT_FORMS = {
    "oil_shock": EventForm("Oil shock", "The oil price jumps (log deviation {value:g})", (-1.0, 1.0)),
    "attack": EventForm("Spoiler attack", "Attack by {actor}"),
    "election": EventForm("Election", "The government of {actor} changes"),
    "leak": EventForm("Leak", "The talks in {talks} leak and become public"),
    "withdrawal": EventForm("Withdrawal", "{actor} leaves what stands in {talks}"),
    "loss_of_access": EventForm("Loss of access", "Inspectors are shut out in {talks}"),
    "facilitator_arrives": EventForm("New facilitator", "{actor} comes as a facilitator"),
    "facilitator_leaves": EventForm("Facilitator leaves", "{actor} leaves as a facilitator"),
    "access_restored": EventForm("Access restored", "Inspectors are let in again in {talks}"),
    "silence": EventForm("Talks called off", "The talks in {talks} are called off"),
    "regional_incident": EventForm(
        "Regional incident", "An incident raises regional tension to {value:g}", (-1.0, 2.0)
    ),
    "incident": EventForm(
        "Incident between two", "An incident raises {actor}'s posture towards {counterpart} to {value:g}", (0.0, 1.0)
    ),
    "pressure_step": EventForm(
        "Step in pressure", "{actor}'s pressure on {counterpart} jumps to {value:g}", (0.0, 1.0)
    ),
    "conciliatory_act": EventForm("Conciliatory act", "{actor} acts with good will towards {counterpart}"),
    "hostile_act": EventForm("Hostile act", "{actor} acts with hostility towards {counterpart}"),
}  # fmt: skip
MISSING_ACTOR_REASONS = {
    "attack": "This scenario has no spoilers who could attack.",
    "facilitator_arrives": "This scenario has no facilitators.",
    "facilitator_leaves": "This scenario has no facilitators.",
    "loss_of_access": "This scenario has no verification body.",
    "access_restored": "This scenario has no verification body.",
}
NO_EFFECT_REASONS = {
    "withdrawal": "nothing stands that it could leave",
    "leak": "no talks are held through a channel that is not public",
    "silence": "no talks are held anyway",
    "loss_of_access": "inspectors are shut out already",
    "access_restored": "inspectors are not shut out",
    "facilitator_arrives": "every facilitator of this scenario is there already",
    "facilitator_leaves": "no facilitator is there",
    "conciliatory_act": "it means to act with good will anyway",
    "hostile_act": "it means to act with hostility anyway",
}
FACILITATION_EVENTS = {"facilitator_arrives": "facilitation", "facilitator_leaves": "facilitation"}


class EventTarget(NamedTuple):
    """Whom an event can befall: its names, as an override has them."""

    negotiation: str | None = None
    actor: str | None = None
    counterpart: str | None = None


class RoundSpan(TypedDict):
    """The rounds from the first to the last of a span."""

    begin: int
    end: int


class EventScale(TypedDict):
    """The usual value of an event, and its bounds."""

    usual: float
    low: float
    high: float


class EventChoice(TypedDict):
    """The actors that an event can affect, and the rounds in which it would change something (None: all)."""

    negotiation: str | None
    actor: str | None
    counterpart: str | None
    label: str
    open: list[RoundSpan] | None


class EventOffer(TypedDict):
    """A kind of event that can be injected, or why it never can."""

    kind: str
    label: str
    meaning: str
    value: EventScale | None
    never: str
    otherwise: str
    choices: list[EventChoice]


class EffectiveRounds:
    """In which rounds of a run each event would change anything; filled while the run is played."""

    def __init__(self) -> None:
        self.history: dict[tuple[str, EventTarget], list[bool]] = {}

    def record_before_round(self, model: "Assembly") -> None:
        """Note, before a round is played, what it finds standing and who is barred."""
        world = model.world
        for k, (talks, setting) in enumerate(model.loaded_scenario.negotiations.items()):
            stands = bool(has_agreement_in_force(world.compiled, k))
            for side, party in enumerate(setting.parties):
                self._record("withdrawal", EventTarget(talks, party), stands and not world.rounds_withdrawn[k, side])
            self._record("loss_of_access", EventTarget(talks), not world.inspectors_barred[k])
            self._record("access_restored", EventTarget(talks), bool(world.inspectors_barred[k]))

    def record_after_round(self, model: "Assembly") -> None:
        """Note, after it, who was there, what was said through which channel, and how each meant to act."""
        world = model.world
        for k, (talks, setting) in enumerate(model.loaded_scenario.negotiations.items()):
            self._record("leak", EventTarget(talks), bool(world.contact[k]) and world.channel[k] == Channel.INDIRECT)
            self._record("silence", EventTarget(talks), bool(world.contact[k]))
            for actor, other in (setting.parties, setting.parties[::-1]):
                seat, seen = model.world.names.state.index(actor), model.world.names.state.index(other)
                kind = bool(world.conduct[seat, seen])
                self._record("hostile_act", EventTarget(None, actor, other), kind)
                self._record("conciliatory_act", EventTarget(None, actor, other), not kind)
        for seat, name in enumerate(world.names.facilitator):
            self._record("facilitator_arrives", EventTarget(None, name), not world.present[seat])
            self._record("facilitator_leaves", EventTarget(None, name), bool(world.present[seat]))

    def _record(self, kind: str, choice: EventTarget, possible: bool) -> None:
        self.history.setdefault((kind, choice), []).append(possible)

    def spans(self, kind: str, choice: EventTarget) -> list[RoundSpan] | None:
        """Return the spans of rounds in which the event would change something; None if it always could."""
        noted = self.history.get((kind, choice))
        if noted is None:
            return None
        edges = [at for at, (one, other) in enumerate(pairwise([False, *noted, False]), start=1) if one != other]
        return [{"begin": begin, "end": end - 1} for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def event_targets(scenario: Scenario, kind: str) -> Iterator[EventTarget]:
    """List whom an event of this kind can befall."""
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
    """Name the mechanism without which an event of this kind changes nothing."""
    return FACILITATION_EVENTS.get(kind) or PROTOCOL[ACT_INDEX[EVENT_KINDS[kind].act]].mechanism


def impossible_reason(scenario: Scenario, kind: str) -> str:
    """Say why an event of this kind cannot happen in a scenario at all; nothing if it can."""
    mechanism = required_mechanism(kind)
    if mechanism and not getattr(scenario.mechanisms, mechanism):
        return f"The mechanism “{mechanism}” is switched off in this scenario, so it would change nothing."
    if kind in MISSING_ACTOR_REASONS and not [*event_targets(scenario, kind)]:
        return MISSING_ACTOR_REASONS[kind]
    return ""


def event_offers(scenario: Scenario, effective: EffectiveRounds) -> list[EventOffer]:
    """Return all kinds of events: the actors that each can affect, in which rounds, and why not otherwise."""
    return [event_offer(scenario, kind, effective) for kind in EVENT_FORMS]


def event_offer(scenario: Scenario, kind: str, effective: EffectiveRounds) -> EventOffer:
    """Return what can be chosen of one kind of event."""
    scale, reason = EVENT_FORMS[kind].scale, impossible_reason(scenario, kind)
    found: list[EventChoice] = [
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
        "choices": found,
    }


def target_label(scenario: Scenario, choice: EventTarget) -> str:
    """Say whom an event befalls."""
    several = len(scenario.negotiations) > 1
    parts = [scenario.display_name(choice.actor)] if choice.actor else []
    parts += [f"towards {scenario.display_name(choice.counterpart)}"] if choice.counterpart else []
    if choice.negotiation and (several or not parts):
        parts.append(
            f"in {scenario.display_name(choice.negotiation)}" if parts else scenario.display_name(choice.negotiation)
        )
    return " ".join(parts)


def parse_injected_event(scenario: Scenario, sent: dict[str, Any]) -> Override:
    """Read an event that a browser sent. Raises ScenarioError if it makes no sense."""
    kind, now = sent.get("kind"), sent.get("round")
    if kind not in EVENT_FORMS:
        raise ScenarioError([InputError.unknown_name("event", str(kind)[:40], EVENT_FORMS, "kind of event")])
    now = check_integer("round", now, 1, scenario.rounds)
    if reason := impossible_reason(scenario, kind):
        raise ScenarioError([InputError("event", EVENT_FORMS[kind].label, reason)])
    choice = EventTarget(*(sent.get(part) for part in EventTarget._fields))
    if choice not in [*event_targets(scenario, kind)]:
        raise ScenarioError([InputError("event", EVENT_FORMS[kind].label, "cannot befall whom it was sent for")])
    return Override(now, EVENT_KINDS[kind].act, *choice, _event_value(kind, sent.get("value")))


def check_integer(name: str, sent: Any, low: int, high: int) -> int:
    """Check a whole number that a browser sent. Raises ScenarioError if it is none, or out of range."""
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not low <= sent <= high or sent != int(sent):
        raise ScenarioError([InputError(name, str(sent)[:30], f"must be a whole number from {low} to {high}")])
    return int(sent)


def _event_value(kind: str, sent: Any) -> float:
    """Read the value of an event, or take the usual one."""
    scale = EVENT_FORMS[kind].scale
    if scale is None or sent is None:
        return float(EVENT_KINDS[kind].value)
    low, high = scale
    if isinstance(sent, bool) or not isinstance(sent, (int, float)) or not low <= sent <= high:
        raise ScenarioError([InputError("value", str(sent)[:20], f"must be a number from {low:g} to {high:g}")])
    return float(sent)


def event_kind(move: Override) -> str | None:
    """Find the kind of event that an override is, if it is one."""
    number = act_index(move.act)
    alike = [kind for kind in EVENT_FORMS if ACT_INDEX[EVENT_KINDS[kind].act] == number]
    exact = [kind for kind in alike if EVENT_KINDS[kind].value == move.value]
    found = exact or [kind for kind in alike if EVENT_FORMS[kind].scale]
    return found[0] if found else None


def describe_event(scenario: Scenario, move: Override) -> str:
    """Tell an injected event in a few words."""
    shown = {
        "actor": scenario.display_name(move.actor),
        "counterpart": scenario.display_name(move.counterpart),
        "talks": scenario.display_name(move.negotiation),
    }
    kind = event_kind(move)
    if kind is not None:
        return EVENT_FORMS[kind].template.format(value=move.value, **shown)
    act = PROTOCOL[act_index(move.act) or 0]
    told, choices = act.to_recorded(move.value), words_for(act.name).sentences
    if told in choices or 1 in choices:
        words = decision_sentence(
            act.name, told if told in choices else 1, {}, rung="the step in play", **shown
        ).rstrip(".")
        return words if told in choices else f"Does not happen: {words}"
    return FORCED_SENTENCE.format(act=act.name.replace("_", " "), value=move.value).rstrip(".")


def matches_row(move: Override, act: str, names: Sequence[str | None]) -> bool:
    """Say whether a row of the ledger, of this act and these names, is what an injected event did."""
    known = (move.actor, move.counterpart, move.negotiation)
    same = all(mine is None or mine == theirs for mine, theirs in zip(known, names, strict=True))
    return same and act_index(move.act) == ACT_INDEX.get(act)
