"""Which parameters of a scenario something reads; the others are not offered as sliders, levers or factors.

A parameter is read by the acts whose rules name it; that follows from their source. If the mechanisms of all these
acts are off, nothing reads it. ``NEEDS`` declares what the source does not show, such as a doctrine that no state
has. A parameter that neither covers counts as read. Setting one that nothing reads is allowed, and has no effect.
"""

import ast
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from model.columns import COLUMN_BY_NAME
from model.in_place import body_nodes, is_member, is_rule, resolve_name
from model.measures import write_indicators
from model.overrides import EVENT_KINDS, act_index
from model.parameters import SECTIONS
from model.protocol import PROTOCOL
from model.scenario import Scenario

Names = tuple[str, ...]  # the names in a path: of a state, of two states, of a negotiation, rung and party


class Need(NamedTuple):
    """What must hold in a scenario so that parameters are read.

    parameters: patterns of generic paths, such as "states.NAME.reward". reason: why nothing reads them otherwise.
    columns: if an event or forced move of the scenario decides one of these columns, the need counts as met.
    """

    parameters: str
    reason: str
    holds: Callable[[Scenario, Names], bool]
    columns: str = ""


def _has_doctrine(*doctrines: str) -> Callable[[Scenario, Names], bool]:
    return lambda scenario, names: scenario.states[names[0]].doctrine in doctrines


def _announces(scenario: Scenario, names: Names) -> bool:
    """Return whether a state announces unilateral steps: by its doctrine, by an event or by a forced move."""
    doctrine = scenario.mechanisms.reciprocity and scenario.states[names[0]].doctrine == "initiative"
    events = ((EVENT_KINDS[event.kind].act, event.actor) for event in scenario.events)
    moves = ((move.act, move.actor) for move in scenario.moves)
    return doctrine or any(act == "take_initiative" and actor == names[0] for act, actor in (*events, *moves))


def _is_on(*mechanisms: str) -> Callable[[Scenario, Names], bool]:
    return lambda scenario, _: all(getattr(scenario.mechanisms, name) for name in mechanisms)


def _is_party(scenario: Scenario, names: Names) -> bool:
    return any(names[0] in talks.parties for talks in scenario.negotiations.values())


def _verifies(scenario: Scenario, names: Names) -> bool:
    return any(rung.verifier == names[0] for talks in scenario.negotiations.values() for rung in talks.rungs.values())


def _has_verifier(scenario: Scenario, names: Names) -> bool:
    """Return whether some rung of a negotiation, by default of any, names a verifier."""
    ladders = [scenario.negotiations[names[0]]] if names else scenario.negotiations.values()
    return any(rung.verifier is not None for talks in ladders for rung in talks.rungs.values())


def _can_be_accused(scenario: Scenario, _: Names) -> bool:
    """Return whether a violation can be found: by inspectors, or by national means."""
    return scenario.mechanisms.concealment or (scenario.mechanisms.verification and _has_verifier(scenario, ()))


def _is_betrayal_seen(scenario: Scenario, names: Names) -> bool:
    """Return whether a violation can be found, or counts in the record that scrutiny examines."""
    return scenario.mechanisms.scrutiny or _can_be_accused(scenario, names)


def _mediates(scenario: Scenario, names: Names) -> bool:
    """Return whether facilitation is on and a facilitator, by default any, mediates somewhere."""
    helpers = {helper for talks in scenario.negotiations.values() for helper in talks.facilitators}
    return scenario.mechanisms.facilitation and bool(helpers & {*names} if names else helpers)


def _has_spoilers(scenario: Scenario, _: Names) -> bool:
    return scenario.mechanisms.spoilers and bool(scenario.spoilers)


def _presses(scenario: Scenario, one: str, other: str) -> bool:
    """Return whether a state exerts pressure on another at any time: now, by its campaign, or by an event."""
    relation, steps = scenario.relation(one, other), [each for each in scenario.events if each.kind == "pressure_step"]
    planned = relation.campaign > 0 or any((each.actor, each.counterpart) == (one, other) for each in steps)
    return relation.pressure > 0 or (scenario.mechanisms.pressure and planned)


def _can_impose(scenario: Scenario) -> bool:
    """Return whether a threat that is carried out adds pressure."""
    return scenario.mechanisms.pressure and scenario.mechanisms.threats


def _has_pressure(scenario: Scenario, _: Names) -> bool:
    """Return whether any state exerts pressure at any time."""
    pairs = ((one, other) for one in scenario.states for other in scenario.states if one != other)
    return _can_impose(scenario) or any(_presses(scenario, *pair) for pair in pairs)


def _is_relieved(scenario: Scenario, names: Names) -> bool:
    """Return whether the party of a share presses the other party, so that it can lift pressure."""
    talks, party = scenario.negotiations[names[0]], names[2]
    return _can_impose(scenario) or all(_presses(scenario, party, other) for other in talks.parties if other != party)


def _runs_programme(scenario: Scenario, names: Names) -> bool:
    """Return whether the named state, or without a name any state, moves a programme."""
    states = [scenario.states[names[-1]]] if names else scenario.states.values()
    return scenario.mechanisms.pressure and any(state.ambition > 0 for state in states)


def _needs_access(scenario: Scenario, names: Names) -> bool:
    parties = scenario.negotiations[names[0]].parties
    return _has_verifier(scenario, names) or any(_runs_programme(scenario, (party,)) for party in parties)


def _is_alliance_with_third(scenario: Scenario, names: Names) -> bool:
    """Return whether one of the two states is party to a negotiation of which the other is a third state."""
    return any((names[0] in talks.parties) != (names[1] in talks.parties) for talks in scenario.negotiations.values())


def _values_future(scenario: Scenario, names: Names) -> bool:
    on = scenario.mechanisms
    return on.impatience or (on.gradualism and _is_betrayal_seen(scenario, names))


def _is_blamed(scenario: Scenario, names: Names) -> bool:
    return any(spoiler.blamed_on == names[0] for spoiler in scenario.spoilers.values())


STEP = "negotiations.NAME.rungs.RUNG"
NEEDS = (
    Need("states.NAME.temptation states.NAME.reward states.NAME.punishment states.NAME.sucker", "the state does not have the doctrine `assurance`", _has_doctrine("assurance")),
    Need("states.NAME.after_* states.NAME.generosity", "the state does not have the doctrine `reciprocity` or `initiative`", _has_doctrine("reciprocity", "initiative")),
    Need("states.NAME.after_* states.NAME.generosity", "`reciprocity` is off", _is_on("reciprocity")),
    Need("states.NAME.initiative", "the state does not have the doctrine `initiative`", _has_doctrine("initiative")),
    Need("states.NAME.initiative_cost", "the state announces no step: it has not the doctrine `initiative`, or `reciprocity` is off", _announces),
    Need("states.NAME.dialogue states.NAME.veto_players states.NAME.resolve states.NAME.discount_factor states.NAME.withdrawal states.NAME.trustworthiness", "the state is party to no negotiation", _is_party),
    Need("states.NAME.discount_factor", "`impatience` is off, and no betrayal can be found", _values_future),
    Need("states.NAME.trustworthiness", "no betrayal can be found, and `scrutiny` is off", _is_betrayal_seen),
    Need("states.NAME.continuity ladder.answer_delay", "`turnover` is off", _is_on("turnover"), "rounds_withdrawn"),
    Need("states.NAME.suppression", "no attack is blamed on the state", _is_blamed),
    Need("scrutiny.false_*", "`scrutiny` is off", _is_on("scrutiny")),
    Need("home.lock_in", "`audience_costs` is off", _is_on("audience_costs")),
    Need("conduct.*_moves_conduct", "`relations` is off", _is_on("relations")),
    Need("conduct.mood_moves_conduct", "`intensity` is off", _is_on("intensity"), "mood"),
    Need("verification.concealment", "`concealment` is off", _is_on("concealment")),
    Need("ladder.cool_down", "no rung is ever suspended: `turnover` and `force` are off, and no betrayal can be found", lambda s, n: s.mechanisms.turnover or s.mechanisms.force or _can_be_accused(s, n), "status accuses rounds_withdrawn"),
    Need("verification.*_gain verification.compliance_noise verification.deterrence", "no betrayal can be found, and `scrutiny` is off", _is_betrayal_seen, "status accuses report suspicion"),
    Need("verification.forgiveness verification.proof_standard verification.national_means", "no betrayal can be found", _can_be_accused, "status accuses report suspicion"),
    Need("bodies.NAME.*", "the body verifies no rung", _verifies),
    Need(f"{STEP}.verifiability {STEP}.reversibility", "no rung of the ladder has a verifier", _has_verifier),
    Need(f"negotiations.NAME.access {STEP}.access", "no rung of the ladder has a verifier, and no party moves a programme", _needs_access),
    Need("negotiations.NAME.bundling", "the ladder has only one rung", lambda scenario, names: len(scenario.negotiations[names[0]].rungs) > 1),
    Need("attacks.*", "there are no spoilers, or `spoilers` is off", _has_spoilers),
    Need("facilitation.* belief.exchange_evidence scrutiny.endorsement contact.offices_start_contact process.offices_reopen", "no facilitator mediates, or `facilitation` is off", _mediates, "effort exchange"),
    Need("facilitators.NAME.*", "the facilitator mediates nowhere, or `facilitation` is off", _mediates, "effort"),
    Need("facilitation.distortion", "`noise` is off", _is_on("noise")),
    Need("relations.ONE.OTHER.alliance", "neither state is a third state to a negotiation of the other", _is_alliance_with_third, "alignment"),
    Need("pressure.pressure_speed pressure.relief_speed pressure.escalation tension.pressure_provokes bargaining.concession_to_pressure conduct.pressure_moves_conduct scrutiny.price_of_pressure home.doubt_of_successors", "no state exerts pressure", _has_pressure, "pressure"),
    Need("contact.cost_of_pressure", "no state exerts pressure, and `threats` is off", lambda s, n: s.mechanisms.threats or _has_pressure(s, n), "pressure"),
    Need(f"{STEP}.parties.PARTY.restraint", "the party moves no programme", _runs_programme),
    Need(f"{STEP}.parties.PARTY.relief", "the party exerts no pressure on the other", _is_relieved, "pressure"),
)  # fmt: skip
GIVEN_COLUMNS = {  # columns with another name than the parameter that fills them
    f"{STEP}.access": "access_granted",
    f"{STEP}.parties.PARTY.security": "security_burden",
    f"{STEP}.parties.PARTY.sovereignty": "sovereignty_burden",
    f"{STEP}.parties.PARTY.restraint": "programme_cut",
    f"{STEP}.parties.PARTY.relief": "pressure_relief",
}
PATH_NAMES = {  # of the tables in a scenario, by role: what stands in the places of a path
    "relations": ("ONE", "OTHER"),
    "negotiations": ("NAME", "rungs", "RUNG", "parties", "PARTY"),
}


def split_path(path: str) -> tuple[str, Names]:
    """Return the generic path of a parameter, and the names in the path."""
    role, *places, field = path.split(".")
    generic = PATH_NAMES.get(role, ("NAME",))[: len(places)]
    names = tuple(name for name, place in zip(places, generic, strict=True) if place.isupper())
    return ".".join((role, *generic, field)), names


@cache
def needs_of(generic: str) -> tuple[Need, ...]:
    """Return what a parameter needs to be read, by its generic path."""
    return tuple(need for need in NEEDS if any(fnmatchcase(generic, each) for each in need.parameters.split()))


@cache
def attributes_read(rule: Any) -> frozenset[str]:
    """Return the names that a rule and the rules it calls read from the world; "*" if the source is unknown."""
    names, seen, waiting = {""}, set(), [rule]
    while waiting:
        function = getattr(waiting[-1], "py_func", waiting.pop())
        if function in seen:
            continue
        seen.add(function)
        nodes = body_nodes(function)
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and not is_member(node, function)}
        names |= set() if nodes else {"*"}
        waiting += [called for node in nodes if is_rule(called := resolve_name(node, function))]
    return frozenset(names)


@cache
def reading_mechanisms(generic: str) -> frozenset[str]:
    """Return the mechanisms whose acts read a parameter; with "" if something does that no mechanism switches off."""
    role, field = generic.partition(".")[0], generic.rpartition(".")[2]
    column = GIVEN_COLUMNS.get(generic)
    known = [f"own_{field}", f"skill_{field}", field] if column is None else [column]
    given = [name for name in known if name in COLUMN_BY_NAME and COLUMN_BY_NAME[name].given]
    attributes = {field} if role in SECTIONS else {*given[:1]}
    readers = [act.mechanism for act in PROTOCOL if attributes_read(act.rule) & (attributes | {"*"})]
    readers += [""] if attributes_read(write_indicators) & (attributes | {"*"}) else []
    return frozenset(readers or [""])


def reason_unread(scenario: Scenario, path: str) -> str:
    """Return why nothing in a scenario reads a parameter; empty if something does."""
    generic, names = split_path(path)
    off = sorted(name for name in reading_mechanisms(generic) if name and not getattr(scenario.mechanisms, name))
    if len(off) == len(reading_mechanisms(generic)):
        return f"{' and '.join(f'`{name}`' for name in off)} {'is' if len(off) == 1 else 'are'} off"
    acts = [*(EVENT_KINDS[event.kind].act for event in scenario.events), *(move.act for move in scenario.moves)]
    forced = {PROTOCOL[act_index(act) or 0].column for act in acts}
    needs = (need for need in needs_of(generic) if not forced & {*need.columns.split()})
    return next((need.reason for need in needs if not need.holds(scenario, names)), "")
