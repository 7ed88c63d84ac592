"""What can be wrong with a scenario, told all at once and in plain words."""

import difflib
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

MAX_ERRORS = 200  # told at once; nobody reads more, and a hostile file can hold a hundred thousand
NAME_RULE = "a name has up to 40 lower-case letters, digits and hyphens, and begins with a letter"


def format_value(value: Any) -> str:
    """Write a value shortly and on one line, whatever it is."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "a list"
    try:
        text = repr(value[:100] if isinstance(value, str) else value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def make_printable(text: str, max_length: int = 200) -> str:
    """Keep words out of a file from steering the terminal or filling the screen."""
    text = text if len(text) <= max_length else text[:max_length] + "..."
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


class InputError(NamedTuple):
    """One fault: where it is, what stands there, what is wrong with it."""

    path: str
    value: Any
    problem: str

    def __str__(self) -> str:
        nothing = isinstance(self.value, str) and self.value == ""
        found = "" if nothing else f" (found {format_value(self.value)})"
        return f"{make_printable(self.path)}: {make_printable(self.problem, 1000)}{found}"

    @classmethod
    def unknown_name(cls, path: str, value: Any, known: Iterable[str], kind: str) -> "InputError":
        """Say that a name is not known, and which known one is nearest."""
        known = sorted(map(str, known))
        searched = known if isinstance(value, str) and len(value) <= 200 and len(known) <= 1000 else []
        close = difflib.get_close_matches(str(value), searched, n=1) if searched else []
        listed = (
            ", ".join(make_printable(name, 60) for name in known[:12]) + (", ..." if len(known) > 12 else "")
            if known
            else "none"
        )
        hint = f"did you mean `{close[0]}`?" if close else f"there are: {listed}"
        return cls(path, value, f"no such {kind}; {hint}")


class ScenarioError(ValueError):
    """A scenario that cannot be used; ``faults`` lists everything found wrong with it."""

    def __init__(self, faults: list[InputError]):
        self.errors = faults
        super().__init__("\n".join(map(str, faults)))


def collect_errors(*sources: Iterable[InputError]) -> list[InputError]:
    """List faults from all sources, up to as many as anyone would read."""
    faults = list(islice(chain(*sources), MAX_ERRORS + 1))
    if len(faults) > MAX_ERRORS:
        faults[MAX_ERRORS:] = [InputError("and so on", "", f"more than {MAX_ERRORS} faults; mend these first")]
    return faults
