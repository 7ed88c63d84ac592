"""The sentences of a watched run: those of acts are made of their words (act_words.py), the others are here."""

from collections.abc import Mapping
from typing import Any

from agents.act_words import words_for

STATUS = {
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
SIGNALS = "{actor} to {counterpart}: {kind} ({channel})."
READ_AS = "{actor} to {counterpart}: {kind} ({channel}), read as {reading}."
FORCED = " (set from outside)"
SET = "{act} is set to {value:g}."
OWN_RULE = "{actor} decides by a rule of its own: {act} = {value:g}."


def because(act: str, conditions: Mapping[str, bool]) -> str:
    """Name the conditions that made a refusal or a breach."""
    known = words_for(act).because
    reasons = [name for name in known if name in conditions and conditions[name] == (name == "doubted")]
    if "doubted" in reasons:
        reasons = ["doubted"]
    return ", because " + " and ".join(known[name] for name in reasons) if reasons else ""


def sentence(act: str, value: float, conditions: Mapping[str, bool], **names: Any) -> str:
    """Write the sentence of one decision, or of a level."""
    words = words_for(act)
    if words.level:
        return words.level.format(value=value, **names)
    return words.sentences.get(int(value), "").format(because=because(act, conditions), **names)
