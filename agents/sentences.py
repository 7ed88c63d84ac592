"""The sentences of a watched run. Those of acts are made from the texts in ``words``; the others are defined here."""

from collections.abc import Sequence
from typing import Any

from agents.act_words import ActWords, words_for
from agents.recorded_condition import RecordedCondition
from model.enumerations import RungStatus

STATUS_SENTENCES = {
    RungStatus.IDLE: "“{rung}” can be proposed again.",
    RungStatus.PROPOSED: "{reader} examines “{rung}”.",
    RungStatus.SCRUTINISED: "“{rung}” is agreed.",
    RungStatus.RATIFIED: "Both sides ratify “{rung}”.",
    RungStatus.IMPLEMENTING: "Implementation of “{rung}” begins.",
    RungStatus.VERIFIED: "“{rung}” is verified.",
    RungStatus.BREACHED: "“{rung}” is declared breached.",
    RungStatus.SUSPENDED: "“{rung}” is suspended.",
    RungStatus.SNAPPED: "“{rung}” is snapped back.",
    RungStatus.COLLAPSED: "“{rung}” collapses.",
}
CHANGE_SENTENCES = {  # by status before and status now
    (RungStatus.PROPOSED, RungStatus.IDLE): "“{rung}” is set aside.",
    (RungStatus.SCRUTINISED, RungStatus.IDLE): "“{rung}” is set aside.",
    (RungStatus.VERIFIED, RungStatus.IMPLEMENTING): "“{rung}” must be implemented again.",
    (RungStatus.BREACHED, RungStatus.IMPLEMENTING): "Implementation of “{rung}” resumes.",
}
FACILITATOR_TEXT_SENTENCE = "A facilitator drafts “{rung}”, and both sides examine it."
MESSAGE_SENTENCE = "{actor} to {counterpart}: {kind} ({channel})."
MISREAD_SENTENCE = "{actor} to {counterpart}: {kind} ({channel}), read as {reading}."
FORCED_SUFFIX = " (set externally)"
FORCED_SENTENCE = "{act} is set to {value:g}."
CUSTOM_RULE_SENTENCE = "{actor} decides by a custom rule: {act} = {value:g}."


def rung_sentence(before: int, now: int, rung: str, reader: str) -> str:
    """Return the sentence of a change of a rung's status; ``reader`` examines the proposal, "" if both sides do."""
    if now == RungStatus.PROPOSED and not reader:
        return FACILITATOR_TEXT_SENTENCE.format(rung=rung)
    statuses = RungStatus(before), RungStatus(now)
    return CHANGE_SENTENCES.get(statuses, STATUS_SENTENCES[statuses[1]]).format(rung=rung, reader=reader)


def reason_clause(words: ActWords, conditions: Sequence[RecordedCondition]) -> str:
    """Return the clause that gives the reason of a decision; empty if there is none.

    A reason is a condition that did not hold, or the largest term of the condition that did.
    """
    reasons = [
        words.reasons[each.name]
        for each in conditions
        if each.name in words.reasons and each.holds == (each.name == "condemned")
    ]
    if any(each.name == "condemned" and each.holds for each in conditions):
        reasons = reasons[:1]
    for each in conditions:
        terms = {name: each.terms[name] for name in words.largest_terms if each.terms.get(name, 0.0) > 0.0}
        if each.holds and terms:
            reasons.append(words.largest_terms[max(terms, key=lambda name: terms[name])])
    return ", because " + " and ".join(reasons) if reasons else ""


def decision_sentence(
    act: str, value: float, conditions: Sequence[RecordedCondition] = (), changed: bool = False, /, **names: Any
) -> str:
    """Return the sentence of a decision or a level; ``changed``: whether it differs from the month before."""
    words = words_for(act)
    if words.level_sentence:
        return words.level_sentence.format(value=value, **names)
    sentence = words.sentences.get(int(value), "")
    if changed:
        sentence = words.change_sentences.get(int(value), sentence)
    return sentence.format(because=reason_clause(words, conditions), **names)
