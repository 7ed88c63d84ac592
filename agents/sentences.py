"""The sentences of a watched run: those of acts are made of their words (act_words.py), the others are here."""

from collections.abc import Mapping
from typing import Any

from agents.act_words import words_for

STATUS_SENTENCES = {
    "IDLE": "{rung} is off the table.",
    "PROPOSED": "{rung} is on the table.",
    "SCRUTINISED": "Both sides accept {rung}.",
    "RATIFIED": "Both sides ratify {rung}.",
    "IMPLEMENTING": "{rung} is being implemented.",
    "VERIFIED": "{rung} is verified.",
    "BREACHED": "{rung} is called breached.",
    "SUSPENDED": "{rung} is suspended.",
    "SNAPPED": "{rung} is taken back.",
    "COLLAPSED": "{rung} has collapsed.",
}
MESSAGE_SENTENCE = "{actor} to {counterpart}: {kind} ({channel})."
MISREAD_SENTENCE = "{actor} to {counterpart}: {kind} ({channel}), read as {reading}."
FORCED_SUFFIX = " (set from outside)"
FORCED_SENTENCE = "{act} is set to {value:g}."
CUSTOM_RULE_SENTENCE = "{actor} decides by a rule of its own: {act} = {value:g}."


def reason_clause(act: str, conditions: Mapping[str, bool]) -> str:
    """Name the conditions that made a refusal or a breach."""
    known = words_for(act).reasons
    reasons = [name for name in known if name in conditions and conditions[name] == (name == "condemned")]
    if "condemned" in reasons:
        reasons = ["condemned"]
    return ", because " + " and ".join(known[name] for name in reasons) if reasons else ""


def decision_sentence(act: str, value: float, conditions: Mapping[str, bool], **names: Any) -> str:
    """Write the sentence of one decision, or of a level."""
    words = words_for(act)
    if words.level_sentence:
        return words.level_sentence.format(value=value, **names)
    return words.sentences.get(int(value), "").format(because=reason_clause(act, conditions), **names)
