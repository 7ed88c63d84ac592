"""Errors that the API returns: a code that the pages translate, its parameters, and an English sentence."""

from typing import Any


class RefusedError(Exception):
    """A request that is refused, with the HTTP status of the response."""

    def __init__(self, status: int, code: str, text: str, extra: dict[str, Any] | None = None, /, **params: Any):
        super().__init__(text)
        self.status, self.code, self.text, self.params, self.extra = status, code, text, params, extra or {}

    def body(self) -> dict[str, Any]:
        """Return the body of the response."""
        return {"error": {"code": self.code, "params": self.params, "text": self.text}, **self.extra}


def invalid_field(field: str, allowed: str) -> RefusedError:
    """Return the error for an invalid field, naming the allowed values."""
    return RefusedError(400, "bad.field", f"{field} must be {allowed}.", field=field, allowed=allowed)
