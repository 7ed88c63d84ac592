"""The verdict on a condition in words: its sum against its threshold, in the unit of the condition."""

from typing import TYPE_CHECKING

from dashboards.labels import format_number
from model.arithmetic import exp
from model.enumerations import Doctrine

if TYPE_CHECKING:
    from experiments.counterfactuals.flips import EvaluatedCondition, ReplayedDecision

LOG_ODDS = ("cooperation", "condemned", "cleared")
SHARES = ("acceptable", "prospect", "ratification")
PROBABILITIES = (  # against a random draw
    "initiative", "miscarriage", "misreading", "hosting", "demand", "concession", "carrying_out", "force", "meeting",
    "readiness", "no_accident", "finding", "sighting", "forgiveness", "climb", "setback", "government_change",
    "withdrawal", "process_ends", "process_opens", "attack",
)  # fmt: skip


def describe_verdict(question: "ReplayedDecision", condition: "EvaluatedCondition") -> str:
    """Return whether the sum of a condition reaches its threshold, in words."""
    score, threshold = format_number(condition.score), format_number(condition.threshold)
    reaches, reach = ("reaches", "reach") if condition.holds else ("is below", "are below")
    if condition.name in PROBABILITIES:
        return f"The probability {score} {reaches} the random draw {threshold}."
    if condition.name in SHARES:
        return f"The sum {score} (share of the gains) {reaches} the threshold {threshold}."
    if condition.name in LOG_ODDS and not _is_assurance(question):
        bound = "those of the random draw," if condition.name == "cooperation" else "the bound"
        chances = _percent(condition.score), _percent(condition.threshold)
        return f"The log odds {score} (a probability of {chances[0]}) {reach} {bound} {threshold} ({chances[1]})."
    return f"The sum {score} {reaches} the threshold {threshold}."


def _is_assurance(question: "ReplayedDecision") -> bool:
    """Return whether the decision is conduct by the doctrine of assurance, which compares trust, not log odds."""
    return question.act.column == "conduct" and question.world.doctrine[question.cell[0]] == Doctrine.assurance


def _percent(log_odds: float) -> str:
    """Return log odds as a probability."""
    return f"{100.0 / (1.0 + exp(-log_odds)):.1f} %"
