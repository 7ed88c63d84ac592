"""What a seat can order in a turn, and which acts of the protocol each order forces.

A verb (``answer:nuclear``) has options (accept, examine, refuse); an option is a list of ``Force``: an act, the
value it takes, and when there is any occasion for it. A verb for which nothing is ordered stays with the agent.
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
    """One act that an option forces: its name, the value, and whether there is an occasion, asked as the act comes."""

    act: str
    value: float | Callable[[Any, Cell], float]
    applies: Condition | None = None


class Verb(NamedTuple):
    """One thing a seat can order: its act and where it applies, in names as an override has them."""

    act: str
    seat: str
    negotiation: str | None = None
    counterpart: str | None = None

    @property
    def id(self) -> str:
        """Name the verb as browsers know it."""
        return ":".join(filter(None, (self.act, self.negotiation, self.counterpart)))

    @property
    def options(self) -> tuple[str, ...]:
        """List what can be ordered."""
        return tuple(OPTIONS[self.act])


def _rule_applies(rule: Callable[..., Any]) -> Condition:
    """Ask a rule of the model whether there is an occasion."""
    return lambda world, cell: bool(rule(world.compiled, *cell))


def _pressure_after(direction: int) -> Callable[[Any, Cell], float]:
    """Move pressure up or down as far as policy moves in a month, or keep it."""

    def level(world: Any, cell: Cell) -> float:
        now, step = world.pressure[cell], (world.relief_speed, 0.0, world.pressure_speed)[direction + 1]
        return float(clip(now + direction * step, 0.0, 1.0))

    return level


def _exchange_level(world: Any, cell: Cell) -> float:
    """Hold a hosted exchange at the level that trust allows."""
    return float(facilitation.exchange_level(True, holds(facilitation.closeness_terms(world.compiled, *cell))))


def _facilitator_active(world: Any, cell: Cell) -> bool:
    """Say whether talks are held and a facilitator is at work in them."""
    return bool(world.contact[cell]) and bool(world.effort[:, cell[0]].any())


def _can_withdraw(world: Any, cell: Cell) -> bool:
    """Say whether something stands that a side could leave."""
    return bool(has_agreement_in_force(world.compiled, cell[0])) and world.rounds_withdrawn[cell] == 0


_talks, _hosted = _rule_applies(contact.in_contact), _rule_applies(facilitation.has_host)
_idle, _asked, _owes = (
    _rule_applies(bargaining.can_propose),
    _rule_applies(scrutiny.is_under_examination),
    _rule_applies(compliance.has_obligations),
)
_told, _looks = _rule_applies(verification.may_accuse), _rule_applies(verification.is_inspected)
_task, _open = _rule_applies(facilitation.is_task_open), _rule_applies(verification.can_inspect)

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
        "direct": (ForcedAct("choose_channel", Channel.PUBLIC, _talks),),
        "facilitator": (ForcedAct("choose_channel", Channel.INDIRECT, _facilitator_active),),
    },
    "experts": {
        "send": (ForcedAct("host_exchange", _exchange_level, _hosted),),
        "keep_home": (ForcedAct("host_exchange", ExchangeLevel.NONE, _hosted),),
    },
    "propose": {"propose": (ForcedAct("propose", 1, _idle),), "wait": (ForcedAct("propose", 0, _idle),)},
    "answer": {
        "accept": (ForcedAct("answer_proposal", 1, _asked),),
        "examine": (ForcedAct("answer_proposal", 0, _asked),),
        "refuse": (ForcedAct("answer_proposal", -1, _asked),),
    },
    "comply": {"implement": (ForcedAct("comply", 1, _owes),), "breach": (ForcedAct("comply", 0, _owes),)},
    "accuse": {"accuse": (ForcedAct("accuse", 1, _told),), "let_pass": (ForcedAct("accuse", 0, _told),)},
    "withdraw": {
        "leave": (ForcedAct("withdraw", 1, _can_withdraw),),
        "stay": (ForcedAct("withdraw", 0, _rule_applies(home.may_withdraw)),),
    },
    "task": {"take": (ForcedAct("take_task", 1, _task),), "leave": (ForcedAct("take_task", 0, _task),)},
    "inspect": {"inspect": (ForcedAct("inspect", 1, _open),), "leave": (ForcedAct("inspect", 0, _open),)},
    "report": {
        "as_found": (),
        "clean": (ForcedAct("report_findings", InspectionReport.CLEAN, _looks),),
        "violation": (ForcedAct("report_findings", InspectionReport.VIOLATION, _looks),),
    },
}
ACTS_OF_VERB = {
    act: tuple(dict.fromkeys(force.act for forces in options.values() for force in forces))
    for act, options in OPTIONS.items()
}
PREVAILING_OPTIONS = (
    "facilitator",
    "keep_home",
)  # where the two parties order differently about what they share, these win


def seat_kind(scenario: Scenario, seat: str) -> str | None:
    """Say whether a name is a state's, a facilitator's or a body's; None if no seat has it."""
    rows = {"state": scenario.states, "facilitator": scenario.facilitators, "body": scenario.bodies}
    return next((kind for kind, names in rows.items() if seat in names), None)


def playable_seats(scenario: Scenario) -> dict[str, str]:
    """List the seats that people can take, with their kinds: parties, facilitators and bodies that have work."""
    talks = scenario.negotiations.values()
    parties = dict.fromkeys(party for each in talks for party in each.parties)
    helpers = dict.fromkeys(name for each in talks for name in each.facilitators)
    bodies = dict.fromkeys(rung.verifier for each in talks for rung in each.rungs.values() if rung.verifier)
    return {name: str(seat_kind(scenario, name)) for name in (*parties, *helpers, *bodies)}


def seat_verbs(scenario: Scenario, seat: str) -> Iterator[Verb]:
    """List everything that a seat could ever order; acts whose mechanism is off are left out."""
    for verb in dict.fromkeys(_possible_verbs(scenario, seat)):
        switches = {PROTOCOL[ACT_INDEX[name]].mechanism for name in ACTS_OF_VERB[verb.act]}
        if all(getattr(scenario.mechanisms, switch) for switch in switches if switch):
            yield verb


def _possible_verbs(scenario: Scenario, seat: str) -> Iterator[Verb]:
    kind = seat_kind(scenario, seat)
    for talks, setting in scenario.negotiations.items():
        if seat in setting.parties:
            other = next(party for party in setting.parties if party != seat)
            yield from (Verb(act, seat, talks) for act in ("propose", "answer", "seek", "channel", "experts"))
            yield from (Verb(act, seat, talks) for act in ("comply", "accuse", "withdraw"))
            yield from (Verb(act, seat, None, other) for act in ("conduct", "press"))
        elif kind == "facilitator" and seat in setting.facilitators:
            yield from (Verb("task", seat, talks, service) for service in SERVICES)
        elif kind == "body" and seat in {rung.verifier for rung in setting.rungs.values()}:
            yield Verb("inspect", seat, talks)
            yield from (Verb("report", seat, talks, party) for party in setting.parties)


def override_for(verb: Verb, act: str, now: int, value: float = 0.0) -> Override:
    """Write what a verb forces at one act as an override."""
    axes = PROTOCOL[ACT_INDEX[act]].axes
    actor = verb.seat if axes != ("negotiation",) else None
    return Override(now, act, verb.negotiation, actor, verb.counterpart, value)


def option_from_values(verb: Verb, values: Mapping[str, float], before: float = 0.0) -> str | None:
    """Say which option some values of the acts come to; ``before`` is the pressure that was."""
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
    plain = {force.value: option for option, forces in OPTIONS[verb.act].items() for force in forces}
    return plain.get(value)
