"""One part of the validation: a table, what it comes to, and what it cannot say."""

from typing import Any, NamedTuple


class Part(NamedTuple):
    """What one part of the validation found.

    key, title: its name in files and on the page. lead: what was found in a sentence or two, the worst first.
    rows: the table, as plain values that JSON can hold, the same keys in each row. failed: how many rows
    disagree with the model. figure: a Plotly figure as a dict, or None. notes: what was not tested, and
    what cannot be concluded, one sentence each.
    """

    key: str
    title: str
    lead: str
    rows: list[dict[str, Any]]
    failed: int
    figure: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
