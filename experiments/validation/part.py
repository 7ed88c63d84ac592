"""One part of the validation: a table, what it comes to, and what it cannot say."""

from typing import Any, NamedTuple


class ValidationPart(NamedTuple):
    """What one part of the validation found.

    key, title: its name in files and on the page. lead: what was found in a sentence or two, the worst first.
    rows: the table, as plain values that JSON can hold, the same keys in each row; where a row has a
    ``verdict`` that begins with "fail", pages tell it first. failed: how many rows disagree with the
    model. figure: a Plotly figure as a dict, its words under ``layout.meta``, or None. notes: what was
    not tested, and what cannot be concluded, one sentence each.
    """

    key: str
    title: str
    lead: str
    rows: list[dict[str, Any]]
    failed: int
    figure: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()

    @property
    def failing_rows(self) -> list[dict[str, Any]]:
        """List the rows whose verdict is that they fail."""
        return [row for row in self.rows if str(row.get("verdict", "")).startswith("fail")]

    @property
    def ordered_rows(self) -> list[dict[str, Any]]:
        """List all rows, those that fail first."""
        return sorted(self.rows, key=lambda row: not str(row.get("verdict", "")).startswith("fail"))
