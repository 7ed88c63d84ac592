"""The advisor: what a seat's agent would decide in the first month of the turn, and the terms of its conditions."""

from typing import Any, TypedDict

from agents.assembly import Assembly
from agents.ledger import LedgerEntry
from dashboards.classroom.game.actions import ACTS_OF_VERB, Verb, option_from_values, override_for
from dashboards.classroom.game.available_actions import available_verbs
from dashboards.classroom.lesson.lesson import Lesson
from model.protocol import ACT_INDEX, PROTOCOL
from model.terms import declared_terms


class AdviceTerm(TypedDict):
    """A term of a condition."""

    term: str
    value: float
    meaning: str


class AdviceCondition(TypedDict):
    """A condition of an agent's decision."""

    condition: str
    meaning: str
    holds: bool
    score: float
    threshold: float
    terms: list[AdviceTerm]


class AdvisedVerb(TypedDict):
    """An agent's decision on a verb, and its conditions."""

    verb: str
    option: str | None
    terms: list[AdviceCondition]


def agent_advice(lesson: Lesson, seat: str) -> list[AdvisedVerb]:
    """Simulate the next month on a copy with agents in all seats; return what this seat's agent decides, and why.

    Moves of the open turn are not used, so none is revealed.
    """
    with lesson.lock:
        simulation = lesson.simulation
        verbs = [verb for verb in available_verbs(simulation, seat, lesson.months_per_turn) if _is_own_decision(verb)]
        simulated = Assembly(lesson.scenario, rng=lesson.seed)
        simulated.world.restore(simulation.world.snapshot())
        pressures = {
            verb.id: simulation.world.pressure[simulation.cell(verb, "set_pressure")]
            for verb in verbs
            if verb.act == "press"
        }
    simulated.step()
    rows = simulated.ledger.rows if simulated.ledger is not None else []
    advice: list[AdvisedVerb] = []
    for verb in verbs:
        values = {act: _decided_value(simulated, lesson, verb, act) for act in ACTS_OF_VERB[verb.act]}
        option = option_from_values(verb, values, float(pressures.get(verb.id, 0.0)))
        advice.append({"verb": verb.id, "option": option, "terms": _conditions(rows, verb)})
    return advice


def _is_own_decision(verb: Verb) -> bool:
    """Return whether the agent decides this from its own information, without chance or the result of an inspection."""
    acts = [PROTOCOL[ACT_INDEX[name]] for name in ACTS_OF_VERB[verb.act]]
    return bool(acts) and all(act.role != "nature" and act.knows == "own" for act in acts)


def _decided_value(simulated: Assembly, lesson: Lesson, verb: Verb, act: str) -> float:
    return float(getattr(simulated.world, PROTOCOL[ACT_INDEX[act]].column)[lesson.simulation.cell(verb, act)])


def _conditions(rows: list[LedgerEntry], verb: Verb) -> list[AdviceCondition]:
    """Return the conditions of the agent's decision with their terms."""
    conditions: list[AdviceCondition] = []
    for name in ACTS_OF_VERB[verb.act]:
        act = PROTOCOL[ACT_INDEX[name]]
        override = override_for(verb, name, 1)
        names = (override.actor, override.counterpart, override.negotiation)
        for row in rows:
            if row.act == name and all(n is None or n == m for n, m in zip(names, _names(row), strict=True)):
                conditions += [
                    _condition_message(condition, evaluated)
                    for condition, evaluated in zip(act.conditions, row.conditions, strict=False)
                ]
    return conditions


def _names(row: LedgerEntry) -> tuple[str | None, str | None, str | None]:
    return row.actor, row.counterpart, row.negotiation


def _condition_message(condition: Any, evaluated: Any) -> AdviceCondition:
    meanings = declared_terms(condition.terms)
    return {
        "condition": evaluated.name,
        "meaning": (condition.terms.__doc__ or "").strip(),
        "holds": evaluated.holds,
        "score": round(evaluated.score, 3),
        "threshold": round(evaluated.threshold, 3),
        "terms": [
            {"term": term, "value": round(value, 3), "meaning": meanings[term].meaning}
            for term, value in evaluated.terms.items()
        ],
    }
