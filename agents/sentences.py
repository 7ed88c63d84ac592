"""The sentences of a watched run. Those of acts are made from the texts in ``words``; the others are defined here."""

from collections.abc import Mapping
from typing import Any

from agents.act_words import words_for

STATUS_SENTENCES = {
    "IDLE": "“{rung}” can be proposed again.",
    "PROPOSED": "“{rung}” is proposed.",
    "SCRUTINISED": "Both sides accept “{rung}”.",
    "RATIFIED": "Both sides ratify “{rung}”.",
    "IMPLEMENTING": "Implementation of “{rung}” begins.",
    "VERIFIED": "“{rung}” is verified.",
    "BREACHED": "“{rung}” is declared breached.",
    "SUSPENDED": "“{rung}” is suspended.",
    "SNAPPED": "“{rung}” is snapped back.",
    "COLLAPSED": "“{rung}” collapses.",
}
MESSAGE_SENTENCE = "{actor} to {counterpart}: {kind} ({channel})."
MISREAD_SENTENCE = "{actor} to {counterpart}: {kind} ({channel}), read as {reading}."
FORCED_SUFFIX = " (set externally)"
FORCED_SENTENCE = "{act} is set to {value:g}."
CUSTOM_RULE_SENTENCE = "{actor} decides by a custom rule: {act} = {value:g}."


def reason_clause(act: str, conditions: Mapping[str, bool]) -> str:
    """Return the clause that gives the reason of a rejection or a breach; empty if there is none."""
    texts = words_for(act).reasons
    reasons = [name for name in texts if name in conditions and conditions[name] == (name == "condemned")]
    if "condemned" in reasons:
        reasons = ["condemned"]
    return ", because " + " and ".join(texts[name] for name in reasons) if reasons else ""


def decision_sentence(act: str, value: float, conditions: Mapping[str, bool], **names: Any) -> str:
    """Return the sentence of a decision or a level."""
    words = words_for(act)
    if words.level_sentence:
        return words.level_sentence.format(value=value, **names)
    return words.sentences.get(int(value), "").format(because=reason_clause(act, conditions), **names)
