"""Explain a decision of a watched run: its terms, and verified changes that flip it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from agents.act_words import words_for
from dashboards.decision_lookup import alternative_sentence, decision_cell
from dashboards.injected_events import check_integer
from dashboards.labels import format_number, percent_text
from dashboards.page_link import Setting, changes_with_lists, load_scenario_data
from dashboards.verdict import describe_verdict
from dashboards.web.jobs.background import ReportProgress
from dashboards.web.pages.shared.effect_words import effect_text
from dashboards.web.pages.shared.lever_catalogue import lever_location, sentence
from dashboards.web.pages.watch.messages import ExplainedCondition, Explanation, LeverFound
from experiments.counterfactuals.flips import EvaluatedCondition, ReplayedDecision
from experiments.counterfactuals.lever_search import HISTORIES, LeverFlip, RobustFlip
from experiments.counterfactuals.pivot import opposite_value
from experiments.engine.pool import CancelledError
from model.errors import InputError, ScenarioError
from model.loading import apply_changes
from model.overrides import Override
from model.parameter_space import list_levers
from model.protocol import ACT_INDEX, PROTOCOL, combine_conditions
from model.scenario import Scenario
from model.terms import declared_terms


class DecisionQuery(NamedTuple):
    """A decision: its run, round and act, and the names of its cell as in the ledger."""

    setting: Setting
    round: int
    act: str
    actor: str | None
    counterpart: str | None
    negotiation: str | None
    value: int | None = None  # its value in the ledger

    @property
    def names(self) -> dict[str, Any]:
        """Return the names as in a row of the ledger."""
        return {"act": self.act, **{part: getattr(self, part) for part in ("actor", "counterpart", "negotiation")}}


def read_decision_query(setting: Setting, scenario: Scenario, sent: Mapping[str, Any]) -> DecisionQuery:
    """Return the decision that the browser asks about. Raises ScenarioError if it does not exist."""
    act = sent.get("act")
    if act not in ACT_INDEX or not PROTOCOL[ACT_INDEX[act]].conditions:
        raise ScenarioError([InputError("act", str(act)[:40], "is not a decision that can be explained")])
    now = check_integer("round", sent.get("round"), 1, scenario.rounds)
    actor, counterpart, talks = (sent.get(part) or None for part in ("actor", "counterpart", "negotiation"))
    value = sent.get("value")
    value = None if value is None else check_integer("value", value, -1000, 1000)
    query = DecisionQuery(setting, now, act, actor, counterpart, talks, value)
    cell_of_query(scenario, query)
    return query


def cell_of_query(scenario: Scenario, decision: DecisionQuery) -> tuple[int, ...]:
    """Return the cell of a decision. Raises ScenarioError if its names match none."""
    try:
        return decision_cell(scenario, ACT_INDEX[decision.act], decision.names)
    except (ValueError, KeyError, IndexError, AttributeError):
        raise ScenarioError([InputError("decision", decision.act, "does not exist for these actors")]) from None


def decision_question(decision: DecisionQuery, scenario: Scenario) -> ReplayedDecision:
    """Return a decision with the model run up to it."""
    setting = decision.setting
    data = apply_changes(load_scenario_data(setting.scenario), changes_with_lists(setting.changes))
    cell = cell_of_query(scenario, decision)
    return ReplayedDecision(data, setting.seed, decision.round, ACT_INDEX[decision.act], cell, setting.events)


def explain(decision: DecisionQuery, scenario: Scenario) -> Explanation:
    """Return the conditions of a decision with their terms, and the values that flip each."""
    question = decision_question(decision, scenario)
    names, act = decision.names, question.act
    flips = {} if act.sums else {(flip.condition, flip.term): flip.to for flip in question.term_flips()}
    conditions: list[ExplainedCondition] = []
    for place, condition in enumerate(question.conditions):
        meanings = {name: term.meaning for name, term in declared_terms(act.conditions[place].terms).items()}
        reversed_value = combine_conditions(
            act, [each.holds != (at == place) for at, each in enumerate(question.conditions)]
        )
        decisive = not act.sums and reversed_value != question.value
        conditions.append(
            explained_condition(
                condition,
                describe_verdict(question, condition),
                meanings,
                flips,
                alternative_sentence(question, names, reversed_value) if decisive else "",
            )
        )
    return {
        "live": bool(question.is_open),
        "sums": bool(act.sums),
        "decided": describe_level(question, names)
        if act.sums
        else alternative_sentence(question, names, question.value),
        "conditions": conditions,
        "opposite": describe_opposite(decision, question),
    }


def explained_condition(
    condition: EvaluatedCondition,
    verdict: str,
    meanings: Mapping[str, str],
    flips: Mapping[tuple[str, str], float | None],
    otherwise: str,
) -> ExplainedCondition:
    """Return a condition with unrounded numbers; ``flips`` is by condition and term."""
    return {
        "name": condition.name,
        "meaning": condition.meaning.strip(),
        "verdict": verdict,
        "terms": [
            {
                "name": name.replace("_", " "),
                "meaning": meanings[name],
                "value": value,
                "flip": flips.get((condition.name, name)),
            }
            for name, value in condition.terms.items()
        ],
        "score": condition.score,
        "threshold": condition.threshold,
        "holds": bool(condition.holds),
        "otherwise": otherwise,
    }


def describe_level(question: ReplayedDecision, names: Mapping[str, Any]) -> str:
    """Return a level in words."""
    value = float(question.act.rule(question.world.compiled, *question.cell))
    shown = {part: question.scenario.display_name(names[part]) for part in ("actor", "counterpart")}
    return words_for(names["act"]).level_sentence.format(
        value=value, talks=question.scenario.display_name(names["negotiation"]), rung="the current step", **shown
    )


def opposite_of_query(decision: DecisionQuery, question: ReplayedDecision) -> int:
    """Return the opposite of a decision's recorded value, which may have been set externally."""
    value = question.value if decision.value is None else question.act.from_recorded(decision.value)
    return opposite_value(decision.act, value)


def describe_opposite(decision: DecisionQuery, question: ReplayedDecision) -> str:
    """Return the opposite of a decision in words, or "" if it cannot be forced."""
    choices = words_for(decision.act).sentences
    if question.act.sums or not choices:
        return ""
    reversed_value = opposite_of_query(decision, question)
    recorded = question.act.to_recorded(reversed_value)
    return (
        alternative_sentence(question, decision.names, reversed_value) if recorded in choices else "It does not happen."
    )


def opposite_event(decision: DecisionQuery, scenario: Scenario) -> Override:
    """Return the event that forces the opposite of a decision. Raises ScenarioError if it has none."""
    question = decision_question(decision, scenario)
    if not describe_opposite(decision, question):
        raise ScenarioError([InputError("decision", decision.act, "has no opposite")])
    talks = None if "spoiler" in question.act.axes else decision.negotiation  # a spoiler has only one
    reversed_value = float(opposite_of_query(decision, question))
    return Override(decision.round, decision.act, talks, decision.actor, decision.counterpart, reversed_value)


def search_levers(
    decision: DecisionQuery, scenario: Scenario, report: ReportProgress, stop: Callable[[], bool]
) -> list[LeverFound]:
    """Return the nearest value of each lever that flips a decision. Raises CancelledError when stopped."""
    question = decision_question(decision, scenario)
    levers: list[LeverFound] = []
    flips: list[LeverFlip] = []
    total = len(list_levers(scenario))

    def found(flip: LeverFlip, robust: RobustFlip | None = None) -> LeverFound:
        becomes = alternative_sentence(question, decision.names, flip.becomes or 0)
        return found_lever(flip, becomes, lever_name(flip.lever.path, scenario), robust)

    for done, flip in enumerate(stream_lever_flips(question, stop), start=1):
        if flip.to is not None and flip.becomes is not None:
            flips.append(flip)
            levers.append(found(flip))
            levers.sort(key=lambda each: each["far"])
        report(done, total, list(levers))
    if stop():
        raise CancelledError
    return [found(each.flip, each) for each in question.robust_flips(flips)]


def stream_lever_flips(question: ReplayedDecision, stop: Callable[[], bool]) -> Iterator[LeverFlip]:
    """Yield the result of each lever. Raises CancelledError when stopped."""

    def check_stop(_: str) -> None:
        if stop():
            raise CancelledError

    yield from question.lever_flips(report=check_stop)


def robust_words(robust: RobustFlip) -> str:
    """Return how often the decision is the same in other histories."""
    return (
        f"In {HISTORIES} other histories the decision is the same in {percent_text(robust.before)} as it is and in "
        f"{percent_text(robust.after)} with this value ({effect_text(robust.effect)})."
    )


def lever_name(path: str, scenario: Scenario) -> str:
    """Return the plain name of a lever: whose it is, and what."""
    _, title, label = lever_location(path, scenario)
    return f"{title}, {label}"


def found_lever(flip: LeverFlip, becomes: str, label: str, robust: RobustFlip | None) -> LeverFound:
    """Return the message of a lever that flips a decision."""
    lever, to = flip.lever, flip.to or 0.0
    return {
        "path": lever.path,
        "label": label,
        "meaning": sentence(lever.meaning),
        "effect": "" if robust is None else robust_words(robust),
        "robust": robust is not None and robust.is_robust,
        "before": format_number(lever.value),
        "to": format_number(to),
        "value": int(to) if lever.whole else to,
        "becomes": becomes,
        "far": abs(to - lever.value) / ((lever.high - lever.low) or 1.0),
    }
