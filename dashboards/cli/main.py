"""The command line: `detente`. Each command imports what it needs when it is called."""

import dashboards.cli.startup  # noqa: F401  (before all that takes time)

# isort: split
import os
import sys
import warnings
from contextlib import suppress
from io import TextIOWrapper

import typer

from dashboards.cli import cases, classroom, dashboard, ensembles, run, scenarios, studies, validate, why

app = typer.Typer(
    name="detente",
    help="An agent-based laboratory for step-by-step diplomacy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


for part in (scenarios, run, why, dashboard, ensembles, studies, cases, validate, classroom):
    app.add_typer(part.app)


def main() -> None:
    """Run the command line. Signs that the output cannot write become others; what it has no room for is told."""
    warnings.formatwarning = lambda message, *_: f"Note: {message}\n"
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
        discard_output()  # whoever read it has gone
    except OSError as error:
        discard_output()
        typer.echo(f"{error.filename or 'standard output'}: {error.strerror or error}", err=True)
        raise SystemExit(1) from None


def discard_output() -> None:
    """Write what is still to be written nowhere, so that it is not tried again at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
