"""The validation as a self-contained page and as the document in docs/: the same findings, failures first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dashboards.reports.study import write_chart_page
from experiments.validation.part import ValidationPart
from experiments.validation.parts import NOT_CLAIMED, NOT_TESTED
from experiments.validation.patterns import TRADE_OFF
from model.atomic_files import write_atomically

ABSENT = "not in the model"


class TableColumn(NamedTuple):
    """A column of a table: key, heading, and whether it contains numbers."""

    key: str
    heading: str
    number: bool


class TableRow(NamedTuple):
    """A row of a table: its cells as text, the class of its verdict, and a remark."""

    cells: list[str]
    mark: str
    remark: str


class ReportTable(NamedTuple):
    """A table of a part."""

    title: str
    columns: list[TableColumn]
    rows: list[TableRow]


def format_cell(value: Any) -> str:
    """Format a cell: numbers with four significant digits, mappings as NAME = VALUE."""
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
    """Return tables of the rows of a part that fail, that do not fail, and that are not in the model."""
    absent = [row for row in part.rows if row.get("verdict") == ABSENT]
    others = [row for row in part.ordered_rows if row.get("verdict") != ABSENT and row not in part.failing_rows]
    groups = (
        ("Failing", part.failing_rows),
        ("Not failing" if part.failing_rows else "Findings", others),
        ("Not in the model", absent),
    )
    return [findings_table(title, rows) for title, rows in groups if rows]


def findings_table(title: str, rows: Sequence[dict[str, Any]]) -> ReportTable:
    """Return a table of rows without empty columns; remarks are separate."""
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
    """Return the CSS class of a verdict: fails, holds or empty."""
    verdict = str(row.get("verdict", ""))
    return "fails" if verdict.startswith("fail") else "holds" if verdict.startswith("hold") else ""


class Counts(NamedTuple):
    """Numbers of rows of a part that fail, that hold, and that are undecided or not tested."""

    fail: int
    hold: int
    neither: int

    def __str__(self) -> str:
        """Return the counts, failures first."""
        if not self.fail + self.hold:
            return f"{self.neither} findings"
        labelled = ((self.fail, "fail"), (self.hold, "hold"), (self.neither, "undecided"))
        return ", ".join(f"{count} {word}" for count, word in labelled if count)


def count_verdicts(part: ValidationPart) -> Counts:
    """Return the numbers of evaluated rows of a part by verdict."""
    classes = [verdict_class(row) for row in part.rows if row.get("verdict") not in (None, "", ABSENT)]
    return Counts(classes.count("fails"), classes.count("holds"), classes.count(""))


def summary_sentence(parts: Sequence[ValidationPart]) -> str:
    """Return the result in one sentence, failures first, and the trade-off between patterns in another."""
    failing = [f"{count_verdicts(part).fail} in {part.title.lower()}" for part in parts if count_verdicts(part).fail]
    held = sum(count_verdicts(part).hold for part in parts)
    undecided = sum(
        count_verdicts(part).neither for part in parts if count_verdicts(part).fail + count_verdicts(part).hold
    )
    others = f"{held} findings agree with external evidence; {undecided} are undecided. {TRADE_OFF}"
    return f"Failing: {', '.join(failing)}. {others}" if failing else f"No finding fails. {others}"


def write_validation_report(parts: Sequence[ValidationPart], facts: Mapping[str, Any], path: Path) -> None:
    """Write the page atomically. Raises OSError if the file cannot be written."""
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
    texts = {"summary": summary_sentence(parts), "not_tested": NOT_TESTED, "not_claimed": NOT_CLAIMED}
    write_chart_page("validation.html", path, charts, parts=shown, facts=facts, **texts)


def figure_caption(part: ValidationPart) -> str:
    """Return the caption of a part's figure."""
    layout = (part.figure or {}).get("layout", {})
    return str(layout.get("meta") or part.title)


def write_document(parts: Sequence[ValidationPart], facts: Mapping[str, Any], path: Path) -> None:
    """Write the findings as Markdown atomically. Raises OSError if the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, render_document(parts, facts).encode())


def render_document(parts: Sequence[ValidationPart], facts: Mapping[str, Any]) -> str:
    """Return the findings as Markdown: results, failures, and what is not tested."""
    quick = ", quick: fewer worlds" if facts["quick"] else ""
    lines = [
        "# What the model reproduces, and where it does not",
        "",
        escape_cell(summary_sentence(parts)),
        "",
        f"Written by `detente validate --markdown` on {facts['date']} with the code `{facts['code_digest']}` of "
        f"Detente {facts['version']}{quick}; do not edit.",
        "",
        "| part | rows | result |",
        "| --- | --- | --- |",
    ]
    for part in parts:
        link = f"[{escape_cell(part.title)}](#{heading_anchor(part.title)})"
        lines.append(f"| {link} | {count_verdicts(part)} | {escape_cell(part.lead)} |")
    for part in parts:
        lines += ["", f"## {escape_cell(part.title)}", "", escape_cell(part.lead)]
        for each in part_tables(part):
            lines += ["", f"### {each.title}: {escape_cell(part.title.lower())}", "", *markdown_table(each)]
        lines += [""] * bool(part.notes) + [f"- {escape_cell(note)}" for note in part.notes]
    lines += ["", "## What is not tested", "", *(f"- {each}" for each in NOT_TESTED)]
    lines += ["", "## What cannot be claimed", "", *(f"- {each}" for each in NOT_CLAIMED), ""]
    return "\n".join(lines)


def heading_anchor(title: str) -> str:
    """Return the anchor of a heading on GitHub."""
    return "".join(
        character for character in title.lower().replace(" ", "-") if character.isalnum() or character in "-_"
    )


def escape_cell(text: str) -> str:
    """Return a text on one line, with the characters escaped that would end a Markdown cell."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def markdown_table(table: ReportTable) -> list[str]:
    """Return a table as lines of Markdown, with remarks in the last column."""
    remarks = any(row.remark for row in table.rows)
    headings = [column.heading for column in table.columns] + ["remark"] * remarks
    lines = [f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]
    lines += [f"| {' | '.join(map(escape_cell, row.cells + [row.remark] * remarks))} |" for row in table.rows]
    return lines
