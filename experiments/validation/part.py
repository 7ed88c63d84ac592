"""One part of the validation: a table, a summary, and its limits."""

from typing import Any, NamedTuple


class ValidationPart(NamedTuple):
    """The results of one part of the validation.

    key, title: its name in files and on the page. lead: a summary in a sentence or two, the worst result first.
    rows: the table, plain JSON values with the same keys in each row; pages list rows whose ``verdict`` begins with
    "fail" first. failed: number of rows that disagree with the model. figure: a Plotly figure as a dict, with its
    description under ``layout.meta``, or None. notes: what was not tested or cannot be concluded, one sentence each.
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
        """Return the rows whose verdict begins with "fail"."""
        return [row for row in self.rows if str(row.get("verdict", "")).startswith("fail")]

    @property
    def ordered_rows(self) -> list[dict[str, Any]]:
        """Return all rows, those that fail first."""
        return sorted(self.rows, key=lambda row: not str(row.get("verdict", "")).startswith("fail"))
