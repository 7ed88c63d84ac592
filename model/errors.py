"""Errors in input files, collected and reported together."""

import difflib
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

MAX_ERRORS = 200  # reported at once; a hostile file can have a hundred thousand
NAME_RULE = "a name has up to 40 lower-case letters, digits and hyphens, and begins with a letter"


def format_value(value: Any) -> str:
    """Return any value as short text on one line."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "a list"
    try:
        text = repr(value[:100] if isinstance(value, str) else value)
    except ValueError:  # Python refuses to format an integer of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def make_printable(text: str, max_length: int = 200) -> str:
    """Return text from a file, shortened and without control characters."""
    text = text if len(text) <= max_length else text[:max_length] + "..."
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


class InputError(NamedTuple):
    """An error in an input file: its path, the value found, the problem."""

    path: str
    value: Any
    problem: str

    def __str__(self) -> str:
        is_empty = isinstance(self.value, str) and self.value == ""
        value_text = "" if is_empty else f" (found {format_value(self.value)})"
        return f"{make_printable(self.path)}: {make_printable(self.problem, 1000)}{value_text}"

    @classmethod
    def unknown_name(cls, path: str, value: Any, known: Iterable[str], kind: str) -> "InputError":
        """Return an error for an unknown name, with the closest known name or the list of known names."""
        known = sorted(map(str, known))
        searched = known if isinstance(value, str) and len(value) <= 200 and len(known) <= 1000 else []
        close = difflib.get_close_matches(str(value), searched, n=1) if searched else []
        listed = (
            ", ".join(make_printable(name, 60) for name in known[:12]) + (", ..." if len(known) > 12 else "")
            if known
            else "none"
        )
        hint = f"did you mean `{close[0]}`?" if close else f"available: {listed}"
        return cls(path, value, f"no such {kind}; {hint}")


class ScenarioError(ValueError):
    """Raised for a scenario with errors; ``errors`` lists them."""

    def __init__(self, errors: list[InputError]):
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.errors,)


def collect_errors(*sources: Iterable[InputError]) -> list[InputError]:
    """Return the errors of all sources, at most MAX_ERRORS and one that says so."""
    errors = list(islice(chain(*sources), MAX_ERRORS + 1))
    if len(errors) > MAX_ERRORS:
        errors[MAX_ERRORS:] = [InputError("and so on", "", f"more than {MAX_ERRORS} errors; fix these first")]
    return errors
