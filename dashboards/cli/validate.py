"""The command `validate`."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.options import AsJson, ensure_writable_file, parse_changes, parse_path, report_errors
from model.version import VERSION

if TYPE_CHECKING:
    from experiments.validation.part import ValidationPart

app = typer.Typer()


@app.command()
def validate(
    quick: Annotated[bool, typer.Option("--quick", help="Use fewer worlds; takes about two minutes.")] = False,
    check: Annotated[
        str | None, typer.Option(metavar="ID", help="Run one closed form only, or all of a row, such as B18.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SYMBOL=VALUE", help="Value of a symbol of the check; repeatable."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the checks with their symbols; run none.")] = False,
    report: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.html", help="Write a self-contained HTML report.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.md", help="Write the results as Markdown.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Validate the model.

    Compares it with closed forms, other software, empirical patterns and historical cases. Lists failures first.
    Exit code 1 if a comparison with a closed form or with other software fails.
    """
    with report_errors():
        if listed:
            list_checks(as_json)
            return
        for path in filter(None, (report, markdown)):
            ensure_writable_file(path)
        parts = run_parts(check, parse_changes(values, "SYMBOL=VALUE"), quick, as_json)
        facts = validation_data(parts, quick)
        if report is not None:
            from dashboards.reports.validation import write_validation_report

            write_validation_report(parts, facts, report)
        if markdown is not None:
            from dashboards.reports.validation import write_document

            write_document(parts, facts, markdown)
    if as_json:
        typer.echo(json.dumps(facts, allow_nan=False))
    else:
        print_results(parts, facts, alone=check is not None)
        for path in filter(None, (report, markdown)):
            typer.echo(f"Saved to {path}")
    from experiments.validation.parts import MUST_HOLD

    if any(part.failed for part in parts if part.key in MUST_HOLD):
        raise typer.Exit(1)


def print_results(parts: "Sequence[ValidationPart]", facts: dict[str, Any], alone: bool) -> None:
    """Print the results of all parts, or of a single check, on one screen."""
    from dashboards.terminal.validation import check_screen, validation_screen
    from dashboards.terminal.widgets import console

    console().print(check_screen(parts[0]) if alone else validation_screen(parts, facts))


def run_parts(check: str | None, given: dict[str, Any], quick: bool, quiet: bool) -> "list[ValidationPart]":
    """Run one check, or all parts. Raises ScenarioError if the check or a value is invalid."""
    from experiments.validation.closed_forms import checks_part, run_selected
    from model.errors import InputError, ScenarioError

    if check is not None:
        return [checks_part(*run_selected(check, given, quick))]
    if given:
        raise ScenarioError(
            [InputError("--set", ", ".join(given), "needs --check, the closed form that it applies to")]
        )
    from experiments.validation.parts import PARTS

    with status_line(quiet) as progress:
        return [part.run_part(quick, progress) for part in PARTS]


@contextmanager
def status_line(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show a status line if standard error is a terminal. Yields a function that takes the text."""
    from rich.console import Console

    screen = Console(stderr=True)
    if quiet or not screen.is_terminal:
        yield lambda _: None
        return
    with screen.status("validating") as status:
        yield status.update


def validation_data(parts: "Sequence[ValidationPart]", quick: bool) -> dict[str, Any]:
    """Return what `validate --json` prints; `checks` are the closed forms that were run."""
    from model.compiler import source_digest

    rows = [row for part in parts if part.key == "closed-forms" for row in part.rows]
    return {
        "version": VERSION,
        "code_digest": source_digest(),
        "date": date.today().isoformat(),
        "quick": quick,
        "checks": [row for row in rows if row["expected"] is not None],
        "parts": [part._asdict() for part in parts],
    }


def list_checks(as_json: bool) -> None:
    """Print all checks with their symbols, ranges and defaults, and the quantities that are not in the model."""
    from experiments.validation.closed_forms import CHECKS, UNMODELLED

    if as_json:
        checks = [
            {"id": each.id, "quantity": each.quantity, "formula": each.formula, "source": each.source,
             "setting": each.setting, "parameters": {name: s._asdict() for name, s in each.symbols.items()}}
            for each in CHECKS.values()
        ]  # fmt: skip
        typer.echo(json.dumps({"checks": checks, "not_in_the_model": [each._asdict() for each in UNMODELLED]}))
        return
    from dashboards.terminal.validation import checks_screen
    from dashboards.terminal.widgets import console

    console().print(checks_screen(list(CHECKS.values()), UNMODELLED))
