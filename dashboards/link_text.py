"""Values and events as the text of links, and events as scenario files hold them."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from model.errors import InputError, ScenarioError
from model.overrides import Override

NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,30})?(e[+-]?\d{1,3})?")
WORD = re.compile(r"[a-z][a-z0-9_-]{0,60}")


def format_value(value: Any) -> str:
    """Write a value so that it is read back as what it was: 0.6, 3, true, reciprocity, "some words", ["a"]."""
    if isinstance(value, str) and WORD.fullmatch(value) and value not in ("true", "false"):
        return value
    return json.dumps(value, ensure_ascii=False)


def format_event(event: Override) -> str:
    """Write an event as its parts with commas between; a missing name leaves its place empty."""
    return ",".join("" if part is None else str(part) for part in event)


def parse_value(text: str) -> Any:
    """Read a value as it is written in a link. Raises ValueError if it is none."""
    if text in ("true", "false"):
        return text == "true"
    if number := NUMBER.fullmatch(text):
        value = float(text) if number[1] or number[2] else int(text)
        if not math.isfinite(value):
            raise ValueError("is too large a number")
        return value
    if not text.startswith(('"', "[")):
        return text
    value = json.loads(text)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if isinstance(value, str):
        return value
    raise ValueError("is neither a number, nor a word, nor a list of words")


def parse_event(text: str) -> Override:
    """Read an event as it is written in a link. Raises ScenarioError if it is none."""
    parts = text.split(",")
    try:
        now, act, negotiation, actor, counterpart, value = parts
        return Override(int(now), act, negotiation or None, actor or None, counterpart or None, float(value))
    except (ValueError, OverflowError):
        raise ScenarioError(
            [InputError("event", "", "is written ROUND,ACT,NEGOTIATION,ACTOR,COUNTERPART,VALUE")]
        ) from None


def forced_moves(events: Iterable[Override]) -> list[dict[str, Any]]:
    """Return events as a scenario file holds forced moves."""
    return [{name: part for name, part in event._asdict().items() if part is not None} for event in events]
