"""What browsers send, read with care: a body of bounded size, and fields of the right kind."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from dashboards.classroom.errors import RefusedError, bad_field

LARGEST_BODY = 16 * 1024  # bytes


async def body(request: Request) -> dict[str, Any]:
    """Read a JSON object. Raises RefusedError if it is none, or too large."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise RefusedError(400, "bad.json", "The body must be JSON, and say so.")
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_BODY:
            raise RefusedError(413, "too.large", f"The body must have at most {LARGEST_BODY} bytes.")
    try:
        sent = json.loads(content or b"{}")
        written(sent).encode()  # half a surrogate pair is no text: it could be neither stored nor sent
    except (ValueError, RecursionError):
        raise RefusedError(400, "bad.json", "The body is not JSON.") from None
    if not isinstance(sent, dict):
        raise RefusedError(400, "bad.json", "The body must be an object.")
    return sent


def number(sent: Mapping[str, Any], field: str, low: float, high: float, default: float | None = None) -> float:
    """Read a number within bounds."""
    value = sent.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise bad_field(field, f"a number from {low:g} to {high:g}")
    return float(value)


def word(sent: Mapping[str, Any], field: str, most: int = 80) -> str:
    """Read a short text that names something."""
    value = sent.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise bad_field(field, f"a text of 1 to {most} characters")
    return value


def words(sent: Mapping[str, Any], field: str, most: int) -> str:
    """Read a text for people: printable, without blanks at its ends."""
    value = sent.get(field)
    if not isinstance(value, str) or len(value) > 4 * most:
        raise bad_field(field, f"a text of 1 to {most} characters")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    if not 0 < len(text) <= most:
        raise bad_field(field, f"a text of 1 to {most} characters")
    return text


def written(plain: Any) -> str:
    """Write plain data for a column."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
