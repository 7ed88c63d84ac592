"""The command that puts the model against results that it did not make: validate."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.options import AsJson, make_room, parse_changes, path_of, plain_errors

if TYPE_CHECKING:
    from experiments.validation.part import ValidationPart

app = typer.Typer()


@app.command()
def validate(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer worlds: under two minutes on two cores.")] = False,
    check: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this closed form, or all of a row (B18).")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SYMBOL=VALUE", help="A symbol of the check, as in theory; may be repeated."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List every check with its symbols, and run none.")] = False,
    report: Annotated[
        Path | None, typer.Option(parser=path_of, metavar="FILE.html", help="Write a page that opens offline.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(parser=path_of, metavar="FILE.md", help="Write the document.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put the model against closed forms, others' software, patterns from data and cases, failures first.

    Exit code 1 if a closed form or a docking fails; patterns and cases are about the world, and may.
    """
    with plain_errors():
        if listed:
            tell_checks(as_json)
            return
        for path in filter(None, (report, markdown)):
            make_room(path)
        found = measured(check, parse_changes(values, "SYMBOL=VALUE"), quick, as_json)
        facts = facts_of(found, quick)
        if report is not None:
            from dashboards.reports.validation import write_report

            write_report(found, facts, report)
        if markdown is not None:
            from dashboards.reports.validation import write_document

            write_document(found, facts, markdown)
    if as_json:
        typer.echo(json.dumps(facts, allow_nan=False))
    else:
        show(found, facts, alone=check is not None)
        for path in filter(None, (report, markdown)):
            typer.echo(f"Written to {path}")
    from experiments.validation.parts import MUST_HOLD

    if any(part.failed for part in found if part.key in MUST_HOLD):
        raise typer.Exit(1)


def show(found: "Sequence[ValidationPart]", facts: dict[str, Any], alone: bool) -> None:
    """Print the results of all parts, or of one check alone, on one screen."""
    from dashboards.terminal.validation import check_screen, validation_screen
    from dashboards.terminal.widgets import console

    console().print(check_screen(found[0]) if alone else validation_screen(found, facts))


def measured(check: str | None, given: dict[str, Any], quick: bool, quiet: bool) -> "list[ValidationPart]":
    """Run one check, or all parts. Raises ScenarioError if what is asked for cannot be run."""
    from experiments.validation.closed_forms import part_of, run_chosen
    from model.errors import Fault, ScenarioError

    if check is not None:
        return [part_of(*run_chosen(check, given, quick))]
    if given:
        raise ScenarioError([Fault("--set", ", ".join(given), "needs --check, which names the closed form it is for")])
    from experiments.validation.parts import PARTS

    with line(quiet) as progress:
        return [part.measure(quick, progress) for part in PARTS]


@contextmanager
def line(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show on one line what is being done, on a terminal; nothing elsewhere."""
    from rich.console import Console

    screen = Console(stderr=True)
    if quiet or not screen.is_terminal:
        yield lambda _: None
        return
    with screen.status("validating") as status:
        yield status.update


def facts_of(found: "Sequence[ValidationPart]", quick: bool) -> dict[str, Any]:
    """Write what ``validate --json`` prints; checks are the closed forms that were run."""
    from model.compiler import source_digest

    rows = [row for part in found if part.key == "closed-forms" for row in part.rows]
    return {
        "version": version("detente"),
        "code_digest": source_digest(),
        "date": date.today().isoformat(),
        "quick": quick,
        "checks": [row for row in rows if row["expected"] is not None],
        "parts": [part._asdict() for part in found],
    }


def tell_checks(as_json: bool) -> None:
    """List every check with its symbols, ranges and defaults, and the rows that are not in the model."""
    from experiments.validation.closed_forms import ABSENT, CHECKS

    if as_json:
        checks = [
            {"id": each.id, "quantity": each.quantity, "formula": each.formula, "source": each.source,
             "setting": each.setting, "parameters": {name: s._asdict() for name, s in each.symbols.items()}}
            for each in CHECKS.values()
        ]  # fmt: skip
        typer.echo(json.dumps({"checks": checks, "not_in_the_model": [each._asdict() for each in ABSENT]}))
        return
    from dashboards.terminal.validation import list_screen
    from dashboards.terminal.widgets import console

    console().print(list_screen(list(CHECKS.values()), ABSENT))
