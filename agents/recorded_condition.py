"""The conditions of a decision as they were evaluated."""

from typing import Any, NamedTuple


class RecordedCondition(NamedTuple):
    """A condition as it was evaluated: its terms, their sum (the score), the threshold, and whether it held."""

    name: str
    terms: dict[str, float]
    score: float
    threshold: float
    holds: bool


def record_condition(name: str, terms: Any) -> RecordedCondition:
    """Return a condition's tuple of terms as a RecordedCondition; the terms are added in the order of the rule."""
    *values, threshold = map(float, terms)
    score = 0.0
    for value in values:
        score += value
    named = dict(zip(terms._fields[:-1], values, strict=True))
    return RecordedCondition(name, named, score, threshold, score >= threshold)
