"""Text formats of values and events in links and scenario files."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from model.errors import InputError, ScenarioError, make_printable
from model.former_names import describe_former_names
from model.overrides import Override

NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,30})?(e[+-]?\d{1,3})?")
WORD = re.compile(r"[a-z][a-z0-9_-]{0,60}")


def format_value(value: Any) -> str:
    """Format a value for a link so that its type is kept: 0.6, 3, true, reciprocity, "some words", ["a"]."""
    if isinstance(value, str) and WORD.fullmatch(value) and value not in ("true", "false"):
        return value
    return json.dumps(value, ensure_ascii=False)


def format_event(event: Override) -> str:
    """Format an event as comma-separated fields; a missing name is an empty field."""
    return ",".join("" if part is None else str(part) for part in event)


def parse_value(text: str) -> Any:
    """Parse a value from a link. Raises ValueError if it is invalid."""
    if text in ("true", "false"):
        return text == "true"
    if number := NUMBER.fullmatch(text):
        value = float(text) if number[1] or number[2] else int(text)
        if not math.isfinite(value):
            raise ValueError("is too large")
        return value
    if not text.startswith(('"', "[")):
        return text
    value = json.loads(text)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if isinstance(value, str):
        return value
    raise ValueError("must be a number, a word or a list of words")


def parse_event(text: str) -> Override:
    """Parse an event from a link. Raises ScenarioError if it is invalid."""
    parts = text.split(",")
    try:
        round_number, act, negotiation, actor, counterpart, value = parts
        return Override(int(round_number), act, negotiation or None, actor or None, counterpart or None, float(value))
    except (ValueError, OverflowError):
        raise ScenarioError(
            [InputError("event", "", "must have the form ROUND,ACT,NEGOTIATION,ACTOR,COUNTERPART,VALUE")]
        ) from None


def forced_moves(events: Iterable[Override]) -> list[dict[str, Any]]:
    """Return events as the forced moves of a scenario file."""
    return [{name: part for name, part in event._asdict().items() if part is not None} for event in events]


def read_number(name: str, fields: Mapping[str, list[str]], default: int, low: int, high: int, notes: list[str]) -> int:
    """Return an integer field of a link; if it is invalid, add a note and return the default."""
    text = fields.get(name, [str(default)])[0]
    if re.fullmatch(r"\d{1,17}", text, re.ASCII) and low <= int(text) <= high:
        return int(text)
    notes.append(
        f"`{name}` must be an integer from {low} to {high}, not “{make_printable(text, 30)}”. {default} is used."
    )
    return default


def note_former_names(renamed: list[tuple[str, str]], notes: list[str]) -> None:
    """Add a note about the former names that a link contains, if there are any."""
    if line := describe_former_names(renamed):
        notes.append(f"The link contains {line}.")


def short_hash(value: Any) -> str:
    """Return a short hash; equal values have equal hashes."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
