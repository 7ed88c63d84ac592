"""What is answered when something cannot be done: a code that pages translate, its numbers, and a plain sentence."""

from typing import Any


class RefusedError(Exception):
    """A request that is refused, with the status of the answer."""

    def __init__(self, status: int, code: str, text: str, also: dict[str, Any] | None = None, /, **params: Any):
        super().__init__(text)
        self.status, self.code, self.text, self.params, self.extra = status, code, text, params, also or {}

    def body(self) -> dict[str, Any]:
        """Write the answer's body."""
        return {"error": {"code": self.code, "params": self.params, "text": self.text}, **self.extra}


def invalid_field(field: str, allowed: str) -> RefusedError:
    """Refuse a field: say which, and what it may be."""
    return RefusedError(400, "bad.field", f"{field} must be {allowed}.", field=field, allowed=allowed)
