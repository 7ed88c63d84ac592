"""The validation as a page that opens offline and as the document in docs/: the same findings, failures first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dashboards.reports.study import write_chart_page
from experiments.validation.part import ValidationPart
from experiments.validation.parts import NOT_CLAIMED, NOT_TESTED
from model.atomic_files import write_atomically

ABSENT = "not in the model"


class TableColumn(NamedTuple):
    """A column of a table: the key of its cells, its heading, whether it holds numbers."""

    key: str
    heading: str
    number: bool


class TableRow(NamedTuple):
    """A row as it is shown: its cells in words, the mark of its verdict, a remark below it."""

    cells: list[str]
    mark: str
    remark: str


class ReportTable(NamedTuple):
    """A table of a part."""

    title: str
    columns: list[TableColumn]
    rows: list[TableRow]


def format_cell(value: Any) -> str:
    """Write a cell: a number in few digits, symbols with their values, anything else as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {format_cell(each)}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(format_cell, value))
    return str(value)


def part_tables(part: ValidationPart) -> list[ReportTable]:
    """Cut the rows of a part into what fails, what does not, and what is not in the model."""
    absent = [row for row in part.rows if row.get("verdict") == ABSENT]
    others = [row for row in part.ordered_rows if row.get("verdict") != ABSENT and row not in part.failing_rows]
    groups = (
        ("Failing", part.failing_rows),
        ("Not failing" if part.failing_rows else "Findings", others),
        ("Not in the model", absent),
    )
    return [findings_table(title, rows) for title, rows in groups if rows]


def findings_table(title: str, rows: Sequence[dict[str, Any]]) -> ReportTable:
    """Lay out rows: columns that hold nothing are left out, remarks stand below."""
    keys = [
        key
        for key in rows[0]
        if key not in ("remark", "verdict") and any(row[key] not in (None, "", {}) for row in rows)
    ]
    keys += ["verdict"] if "verdict" in rows[0] and rows[0]["verdict"] != ABSENT else []
    columns = [
        TableColumn(key, key.replace("_", " "), any(isinstance(row[key], float) for row in rows)) for key in keys
    ]
    return ReportTable(
        title,
        columns,
        [TableRow([format_cell(row[key]) for key in keys], verdict_class(row), row.get("remark", "")) for row in rows],
    )


def verdict_class(row: Mapping[str, Any]) -> str:
    """Give the look of a verdict."""
    verdict = str(row.get("verdict", ""))
    return "fails" if verdict.startswith("fail") else "holds" if verdict.startswith("hold") else ""


class Counts(NamedTuple):
    """How many rows of a part fail, hold, and are neither: undecided, or no test at all."""

    fail: int
    hold: int
    neither: int

    def __str__(self) -> str:
        """Write the counts, what fails first."""
        if not self.fail + self.hold:
            return f"{self.neither} findings"
        told = ((self.fail, "fail"), (self.hold, "hold"), (self.neither, "undecided"))
        return ", ".join(f"{count} {word}" for count, word in told if count)


def count_verdicts(part: ValidationPart) -> Counts:
    """Count the rows of a part that were judged, by verdict."""
    marks = [verdict_class(row) for row in part.rows if row.get("verdict") not in (None, "", ABSENT)]
    return Counts(marks.count("fails"), marks.count("holds"), marks.count(""))


def summary_sentence(parts: Sequence[ValidationPart]) -> str:
    """Say in one sentence what came of it, what fails first."""
    failing = [f"{count_verdicts(part).fail} in {part.title.lower()}" for part in parts if count_verdicts(part).fail]
    held = sum(count_verdicts(part).hold for part in parts)
    open_still = sum(
        count_verdicts(part).neither for part in parts if count_verdicts(part).fail + count_verdicts(part).hold
    )
    told = f"{held} findings agree with what the model did not make, {open_still} are undecided"
    return f"Failing: {', '.join(failing)}; {told}." if failing else f"Nothing fails; {told}."


def write_validation_report(parts: Sequence[ValidationPart], facts: Mapping[str, Any], path: Path) -> None:
    """Write the page, whole or not at all. Raises OSError if the file cannot be written."""
    shown = [
        {
            **part._asdict(),
            "place": place,
            "counts": count_verdicts(part),
            "tables": part_tables(part),
            "figure_words": figure_caption(part),
        }
        for place, part in enumerate(parts, 1)
    ]
    charts = {place: part.figure for place, part in enumerate(parts, 1) if part.figure}
    words = {"summary": summary_sentence(parts), "never": NOT_TESTED, "unclaimed": NOT_CLAIMED}
    write_chart_page("validation.html", path, charts, parts=shown, facts=facts, **words)


def figure_caption(part: ValidationPart) -> str:
    """Give the words of a part's figure."""
    layout = (part.figure or {}).get("layout", {})
    return str(layout.get("meta") or part.title)


def write_document(parts: Sequence[ValidationPart], facts: Mapping[str, Any], path: Path) -> None:
    """Write the findings as Markdown, whole or not at all. Raises OSError if the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, render_document(parts, facts).encode())


def render_document(parts: Sequence[ValidationPart], facts: Mapping[str, Any]) -> str:
    """Write the findings as Markdown: what was checked, the numbers, what failed, what was never tested."""
    quick = ", quick: fewer worlds" if facts["quick"] else ""
    lines = [
        "# What the model reproduces, and where it does not",
        "",
        escape_cell(summary_sentence(parts)),
        "",
        f"Written by `detente validate --markdown` on {facts['date']} with the code `{facts['code_digest']}` of "
        f"Detente {facts['version']}{quick}; not to be edited by hand.",
        "",
        "| part | rows | what was found |",
        "| --- | --- | --- |",
    ]
    for part in parts:
        lines.append(
            f"| [{escape_cell(part.title)}](#{heading_anchor(part.title)}) | {count_verdicts(part)} | {escape_cell(part.lead)} |"
        )
    for part in parts:
        lines += ["", f"## {escape_cell(part.title)}", "", escape_cell(part.lead)]
        for each in part_tables(part):
            lines += ["", f"### {each.title}: {escape_cell(part.title.lower())}", "", *markdown_table(each)]
        lines += [""] * bool(part.notes) + [f"- {escape_cell(note)}" for note in part.notes]
    lines += ["", "## What was never tested", "", *(f"- {each}" for each in NOT_TESTED)]
    lines += ["", "## What cannot be claimed", "", *(f"- {each}" for each in NOT_CLAIMED), ""]
    return "\n".join(lines)


def heading_anchor(title: str) -> str:
    """Give the anchor that a heading has on the usual pages."""
    return "".join(sign for sign in title.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")


def escape_cell(text: str) -> str:
    """Keep a text from ending its cell, its line or its paragraph."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def markdown_table(found: ReportTable) -> list[str]:
    """Write a table in Markdown, remarks in a last column."""
    remarks = any(row.remark for row in found.rows)
    headings = [column.heading for column in found.columns] + ["remark"] * remarks
    lines = [f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]
    lines += [f"| {' | '.join(map(escape_cell, row.cells + [row.remark] * remarks))} |" for row in found.rows]
    return lines
