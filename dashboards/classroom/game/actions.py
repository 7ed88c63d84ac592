"""The actions of a seat: what it can order in a turn, and which acts of the protocol each order forces.

A verb (``answer:nuclear``) has options (accept, examine, refuse). An option is a list of ``ForcedAct``: an act, its
value, and the condition under which it applies. The agent decides a verb without an order.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from model.arithmetic import clip, holds
from model.columns import SERVICES
from model.enumerations import Channel, ExchangeLevel, InspectionReport
from model.overrides import Override
from model.protocol import ACT_INDEX, PROTOCOL
from model.rules import bargaining, compliance, contact, facilitation, home, scrutiny, verification
from model.rules.lookups import has_agreement_in_force
from model.scenario import Scenario

Cell = tuple[int, ...]
Condition = Callable[[Any, Cell], bool]


class ForcedAct(NamedTuple):
    """An act that an option forces: name, value, and the condition under which it applies, checked at the act."""

    act: str
    value: float | Callable[[Any, Cell], float]
    applies: Condition | None = None


class Verb(NamedTuple):
    """One thing that a seat can order: its act and its target, named as in an override."""

    act: str
    seat: str
    negotiation: str | None = None
    counterpart: str | None = None

    @property
    def id(self) -> str:
        """Return the id of the verb in the API."""
        return ":".join(filter(None, (self.act, self.negotiation, self.counterpart)))

    @property
    def options(self) -> tuple[str, ...]:
        """Return the options that can be ordered."""
        return tuple(OPTIONS[self.act])


def _rule_applies(rule: Callable[..., Any]) -> Condition:
    """Return a condition that calls a rule of the model."""
    return lambda world, cell: bool(rule(world.compiled, *cell))


def _pressure_after(direction: int) -> Callable[[Any, Cell], float]:
    """Return the pressure after a month of raising (1), holding (0) or easing (-1) it, from 0 to 1."""

    def level(world: Any, cell: Cell) -> float:
        month, step = world.pressure[cell], (world.relief_speed, 0.0, world.pressure_speed)[direction + 1]
        return float(clip(month + direction * step, 0.0, 1.0))

    return level


def _exchange_level(world: Any, cell: Cell) -> float:
    """Return the level that trust allows for a hosted exchange."""
    return float(facilitation.exchange_level(True, holds(facilitation.closeness_terms(world.compiled, *cell))))


def _facilitator_active(world: Any, cell: Cell) -> bool:
    """Return whether talks are held and a facilitator is active in them."""
    return bool(world.contact[cell]) and bool(world.effort[:, cell[0]].any())


def _can_withdraw(world: Any, cell: Cell) -> bool:
    """Return whether an agreement is in force from which a side can withdraw."""
    return bool(has_agreement_in_force(world.compiled, cell[0])) and world.rounds_withdrawn[cell] == 0


_in_talks = _rule_applies(contact.in_contact)
_is_hosted = _rule_applies(facilitation.has_host)
_can_propose = _rule_applies(bargaining.can_propose)
_has_proposal = _rule_applies(scrutiny.is_under_examination)
_has_obligations = _rule_applies(compliance.has_obligations)
_has_report = _rule_applies(verification.has_finding)
_is_inspected = _rule_applies(verification.is_inspected)
_task_open = _rule_applies(facilitation.is_task_open)
_can_inspect = _rule_applies(verification.can_inspect)

OPTIONS: Mapping[str, Mapping[str, tuple[ForcedAct, ...]]] = {
    "conduct": {
        "friendly": (ForcedAct("choose_conduct", 1),),
        "hostile": (ForcedAct("choose_conduct", 0),),
        "step": (ForcedAct("take_initiative", 1), ForcedAct("choose_conduct", 1)),
    },
    "press": {
        "raise": (ForcedAct("set_pressure", _pressure_after(1)),),
        "hold": (ForcedAct("set_pressure", _pressure_after(0)),),
        "relieve": (ForcedAct("set_pressure", _pressure_after(-1)),),
    },
    "seek": {"seek": (ForcedAct("seek_talks", 1),), "stay_away": (ForcedAct("seek_talks", 0),)},
    "channel": {
        "direct": (ForcedAct("choose_channel", Channel.PUBLIC, _in_talks),),
        "facilitator": (ForcedAct("choose_channel", Channel.INDIRECT, _facilitator_active),),
    },
    "experts": {
        "send": (ForcedAct("host_exchange", _exchange_level, _is_hosted),),
        "keep_home": (ForcedAct("host_exchange", ExchangeLevel.NONE, _is_hosted),),
    },
    "propose": {"propose": (ForcedAct("propose", 1, _can_propose),), "wait": (ForcedAct("propose", 0, _can_propose),)},
    "answer": {
        "accept": (ForcedAct("answer_proposal", 1, _has_proposal),),
        "examine": (ForcedAct("answer_proposal", 0, _has_proposal),),
        "refuse": (ForcedAct("answer_proposal", -1, _has_proposal),),
    },
    "comply": {
        "implement": (ForcedAct("comply", 1, _has_obligations),),
        "breach": (ForcedAct("comply", 0, _has_obligations),),
    },
    "accuse": {"accuse": (ForcedAct("accuse", 1, _has_report),), "let_pass": (ForcedAct("accuse", 0, _has_report),)},
    "withdraw": {
        "leave": (ForcedAct("withdraw", 1, _can_withdraw),),
        "stay": (ForcedAct("withdraw", 0, _rule_applies(home.may_withdraw)),),
    },
    "task": {"take": (ForcedAct("take_task", 1, _task_open),), "leave": (ForcedAct("take_task", 0, _task_open),)},
    "inspect": {"inspect": (ForcedAct("inspect", 1, _can_inspect),), "leave": (ForcedAct("inspect", 0, _can_inspect),)},
    "report": {
        "as_found": (),
        "clean": (ForcedAct("report_findings", InspectionReport.CLEAN, _is_inspected),),
        "violation": (ForcedAct("report_findings", InspectionReport.VIOLATION, _is_inspected),),
    },
}
ACTS_OF_VERB = {
    act: tuple(dict.fromkeys(forced.act for forces in options.values() for forced in forces))
    for act, options in OPTIONS.items()
}
# They prevail where the two parties order differently about a shared act.
PREVAILING_OPTIONS = ("facilitator", "keep_home")


def seat_kind(scenario: Scenario, seat: str) -> str | None:
    """Return the kind of a seat (state, facilitator or body); None if there is no such seat."""
    rows = {"state": scenario.states, "facilitator": scenario.facilitators, "body": scenario.bodies}
    return next((kind for kind, names in rows.items() if seat in names), None)


def playable_seats(scenario: Scenario) -> dict[str, str]:
    """Return the seats that people can take with their kinds: parties, and facilitators and bodies with a role."""
    talks = scenario.negotiations.values()
    parties = dict.fromkeys(party for each in talks for party in each.parties)
    facilitators = dict.fromkeys(name for each in talks for name in each.facilitators)
    bodies = dict.fromkeys(rung.verifier for each in talks for rung in each.rungs.values() if rung.verifier)
    return {name: str(seat_kind(scenario, name)) for name in (*parties, *facilitators, *bodies)}


def seat_verbs(scenario: Scenario, seat: str) -> Iterator[Verb]:
    """Yield every verb of a seat, except those whose mechanism is switched off."""
    for verb in dict.fromkeys(_possible_verbs(scenario, seat)):
        switches = {PROTOCOL[ACT_INDEX[name]].mechanism for name in ACTS_OF_VERB[verb.act]}
        if all(getattr(scenario.mechanisms, switch) for switch in switches if switch):
            yield verb


def _possible_verbs(scenario: Scenario, seat: str) -> Iterator[Verb]:
    kind = seat_kind(scenario, seat)
    for talks, negotiation in scenario.negotiations.items():
        if seat in negotiation.parties:
            other = next(party for party in negotiation.parties if party != seat)
            yield from (Verb(act, seat, talks) for act in ("propose", "answer", "seek", "channel", "experts"))
            yield from (Verb(act, seat, talks) for act in ("comply", "accuse", "withdraw"))
            yield from (Verb(act, seat, None, other) for act in ("conduct", "press"))
        elif kind == "facilitator" and seat in negotiation.facilitators:
            yield from (Verb("task", seat, talks, service) for service in SERVICES)
        elif kind == "body" and seat in {rung.verifier for rung in negotiation.rungs.values()}:
            yield Verb("inspect", seat, talks)
            yield from (Verb("report", seat, talks, party) for party in negotiation.parties)


def override_for(verb: Verb, act: str, month: int, value: float = 0.0) -> Override:
    """Return the override by which a verb forces one act."""
    axes = PROTOCOL[ACT_INDEX[act]].axes
    actor = verb.seat if axes != ("negotiation",) else None
    return Override(month, act, verb.negotiation, actor, verb.counterpart, value)


def option_from_values(verb: Verb, values: Mapping[str, float], before: float = 0.0) -> str | None:
    """Return the option that corresponds to values of the acts. ``before``: the pressure before the act."""
    if verb.act == "conduct":
        if values.get("choose_conduct", 1) == 0:
            return "hostile"
        return "step" if values.get("take_initiative") else "friendly"
    if verb.act == "press":
        change = values["set_pressure"] - before
        return "hold" if abs(change) < 1e-9 else "raise" if change > 0 else "relieve"
    value = next(iter(values.values()))
    if verb.act == "experts":
        return "send" if value else "keep_home"
    options = {forced.value: option for option, forces in OPTIONS[verb.act].items() for forced in forces}
    return options.get(value)
