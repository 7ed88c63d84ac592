"""The advisor: what a seat's agent would do this turn, and the terms it weighs, if all others are left to theirs."""

from typing import Any, TypedDict

from agents.assembly import Assembly
from agents.ledger import LedgerEntry
from dashboards.classroom.game.actions import ACTS_OF_VERB, Verb, option_from_values, override_for
from dashboards.classroom.game.available_actions import available_verbs
from dashboards.classroom.lesson.lesson import Lesson
from model.protocol import ACT_INDEX, PROTOCOL
from model.terms import declared_terms


class AdviceTerm(TypedDict):
    """A term that an agent weighs."""

    term: str
    value: float
    meaning: str


class AdviceCondition(TypedDict):
    """A condition that an agent weighs."""

    condition: str
    meaning: str
    holds: bool
    score: float
    threshold: float
    terms: list[AdviceTerm]


class AdvisedVerb(TypedDict):
    """What an agent would do, and the conditions that it weighs."""

    verb: str
    option: str | None
    terms: list[AdviceCondition]


def agent_advice(lesson: Lesson, seat: str) -> list[AdvisedVerb]:
    """Play the next month with agents alone, on a copy, and tell what this seat's agent decided there and why.

    No move that another seat has sent has a part in it, so it gives none of them away.
    """
    with lesson.lock:
        table = lesson.simulation
        verbs = [verb for verb in available_verbs(table, seat, lesson.months_per_turn) if _is_own_decision(verb)]
        ahead = Assembly(lesson.scenario, rng=lesson.seed)
        ahead.world.restore(table.world.snapshot())
        pressures = {
            verb.id: table.world.pressure[table.cell(verb, "set_pressure")] for verb in verbs if verb.act == "press"
        }
    ahead.step()
    rows = ahead.ledger.rows if ahead.ledger is not None else []
    found: list[AdvisedVerb] = []
    for verb in verbs:
        values = {act: _decided_value(ahead, lesson, verb, act) for act in ACTS_OF_VERB[verb.act]}
        option = option_from_values(verb, values, float(pressures.get(verb.id, 0.0)))
        found.append({"verb": verb.id, "option": option, "terms": _weighed_conditions(ahead, rows, verb)})
    return found


def _is_own_decision(verb: Verb) -> bool:
    """Say whether the agent decides this from what it knows: neither chance nor what an inspection will find."""
    acts = [PROTOCOL[ACT_INDEX[name]] for name in ACTS_OF_VERB[verb.act]]
    return bool(acts) and all(act.role != "nature" and act.knows == "own" for act in acts)


def _decided_value(ahead: Assembly, lesson: Lesson, verb: Verb, act: str) -> float:
    return float(getattr(ahead.world, PROTOCOL[ACT_INDEX[act]].column)[lesson.simulation.cell(verb, act)])


def _weighed_conditions(ahead: Assembly, rows: list[LedgerEntry], verb: Verb) -> list[AdviceCondition]:
    """Give the conditions that the agent weighed, with each term."""
    told: list[AdviceCondition] = []
    for name in ACTS_OF_VERB[verb.act]:
        act = PROTOCOL[ACT_INDEX[name]]
        override = override_for(verb, name, 1)
        names = (override.actor, override.counterpart, override.negotiation)
        for row in rows:
            if row.act == name and all(n is None or n == m for n, m in zip(names, _names(row), strict=True)):
                told += [
                    _condition_message(condition, held)
                    for condition, held in zip(act.conditions, row.conditions, strict=False)
                ]
    return told


def _names(row: LedgerEntry) -> tuple[str | None, str | None, str | None]:
    return row.actor, row.counterpart, row.negotiation


def _condition_message(condition: Any, held: Any) -> AdviceCondition:
    meanings = declared_terms(condition.terms)
    return {
        "condition": held.name,
        "meaning": (condition.terms.__doc__ or "").strip(),
        "holds": held.holds,
        "score": round(held.score, 3),
        "threshold": round(held.threshold, 3),
        "terms": [
            {"term": term, "value": round(value, 3), "meaning": meanings[term].meaning}
            for term, value in held.terms.items()
        ],
    }
