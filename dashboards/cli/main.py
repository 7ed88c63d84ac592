"""The command line `detente`. Each command imports its dependencies when it is called."""

import dashboards.cli.startup  # noqa: F401  (before all slow imports)

# isort: split
import os
import sys
import warnings
from contextlib import suppress
from functools import cache
from io import TextIOWrapper

import typer

from dashboards.cli import (
    calibrate,
    cases,
    claims,
    classroom,
    dashboard,
    ensembles,
    run,
    scenarios,
    studies,
    validate,
    why,
)

app = typer.Typer(
    name="detente",
    help="An agent-based model of step-by-step diplomacy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


for module in (scenarios, run, why, dashboard, ensembles, studies, calibrate, claims, cases, validate, classroom):
    app.add_typer(module.app)


@cache
def _print_note(text: str) -> None:
    """Print a warning as one line, the first time it occurs."""
    typer.echo(f"Note: {text}", err=True)


def main() -> None:
    """Run the command line. Replaces characters that the output cannot encode; reports a full disk in one line."""
    warnings.showwarning = lambda message, *_, **__: _print_note(str(message))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        try:
            app()
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        discard_output()  # the reader closed the pipe
    except OSError as error:
        discard_output()
        typer.echo(f"{error.filename or 'standard output'}: {error.strerror or error}", err=True)
        raise SystemExit(1) from None


def discard_output() -> None:
    """Discard buffered output, so that Python does not try to write it at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
