"""The sentences in which a run is told. All words of the chronicle are here, to be translated in one place."""

from collections.abc import Mapping
from typing import Any

CHOICES: dict[str, dict[int, str]] = {
    "take_task": {1: "{actor} takes on {counterpart} in {talks}.", 0: "{actor} has no time for {counterpart} in {talks}."},
    "host": {1: "A technical exchange is hosted beside {talks}.", 2: "A political exchange is hosted beside {talks}.", 0: "No exchange comes about in {talks}."},
    "step_forward": {1: "{actor} announces a conciliatory step towards {counterpart}."},
    "choose_conduct": {
        1: "{actor} means to act with good will towards {counterpart}.",
        0: "{actor} means to act with hostility towards {counterpart}.",
    },
    "miscarry": {1: "An act of {actor} towards {counterpart} comes out as its opposite."},
    "misread_act": {1: "{actor} misreads what {counterpart} did."},
    "seek_talks": {1: "{actor} seeks talks in {talks}.", 0: "{actor} does not seek talks in {talks}."},
    "hold_talks": {1: "A round of talks is held in {talks}.", 0: "No round of talks comes about in {talks}."},
    "table": {1: "{actor} tables {rung} in {talks}.", 0: "{actor} does not table {rung} yet."},
    "give_answer": {
        1: "{actor} accepts {rung}.",
        0: "{actor} still examines {rung}.",
        -1: "{actor} refuses {rung}{because}.",
    },
    "ratify": {1: "{actor} ratifies {rung} at home.", 0: "{rung} fails at home in {actor}."},
    "comply": {1: "{actor} keeps what stands in {talks}.", 0: "{actor} breaks what stands in {talks}{because}."},
    "inspect": {1: "{actor} inspects in {talks}.", 0: "{actor} has no inspection to spare for {talks}."},
    "report_on": {1: "{actor} reports a violation by {counterpart}.", 0: "{actor} reports that {counterpart} complies."},
    "accuse": {1: "{actor} calls the other side in breach of {rung}.", 0: "{actor} lets a report of violation pass."},
    "forgive": {1: "The breach in {talks} is forgiven and repaired.", 0: "The breach in {talks} is not forgiven."},
    "rub": {
        0: "{rung} goes on.",
        1: "{rung} stalls.",
        2: "The last completed rung of {talks} must be done again.",
        3: "The ladder of {talks} collapses.",
    },
    "change_government": {1: "The government of {actor} changes."},
    "withdraw": {1: "{actor} leaves what stands in {talks}.", 0: "The new government of {actor} stays with what stands."},
    "strike": {1: "{actor}: an attack, while the talks go on ({talks})."},
}  # fmt: skip
LEVELS: dict[str, str] = {
    "harden": "{actor}'s posture towards {counterpart} is {value:.2f}.",
    "align": "{actor} weighs on {talks} with {value:+.2f}.",
    "weigh_reservation": "{actor} could take no less than {value:.0%} of what {rung} brings.",
    "press": "{actor} presses {counterpart} at {value:.2f}.",
    "run_programme": "{actor}'s programme stands at {value:.2f}.",
    "sway": "Support for talks in {actor} is {value:.0%}.",
}
BECAUSE: dict[str, dict[str, str]] = {
    "give_answer": {
        "doubted": "the examination condemned it",
        "worth": "it is not worth its risk",
        "acceptable": "the share offered is less than it can take",
        "free": "its own public words have locked it in",
    },
    "comply": {"honest": "keeping its word does not pay", "careful": "something went wrong"},
}
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
    known = BECAUSE.get(act, {})
    told = [words for name, words in known.items() if name in conditions and conditions[name] == (name == "doubted")]
    if "the examination condemned it" in told:
        told = told[:1]
    return ", because " + " and ".join(told) if told else ""


def sentence(act: str, value: float, conditions: Mapping[str, bool], **names: Any) -> str:
    """Tell one decision."""
    if act in LEVELS:
        return LEVELS[act].format(value=value, **names)
    words = CHOICES[act].get(int(value), "")
    return words.format(because=because(act, conditions), **names)
