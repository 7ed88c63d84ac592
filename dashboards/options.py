"""What the commands share: their common options, and errors told plainly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name, or a path to a file.")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of all dice.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can get wrong into a clear message and exit code 2."""
    from model.faults import ScenarioError

    try:
        yield
    except ScenarioError as error:
        count = len(error.faults)
        typer.echo(f"{count} fault{'s' if count != 1 else ''} found:", err=True)
        for fault in error.faults:
            typer.echo(f"  {fault}", err=True)
        raise typer.Exit(2) from None
    except BrokenPipeError:
        raise  # whoever read our output has gone, which is no fault of theirs
    except OSError as error:
        typer.echo(f"{error.filename or 'file'}: {error.strerror or error}", err=True)
        raise typer.Exit(2) from None


def parse_changes(texts: list[str] | None) -> dict[str, Any]:
    """Read PATH=VALUE pairs; a value is written as in TOML, and a bare word is a text."""
    from model.faults import Fault, ScenarioError
    from model.scenario import parse

    changes: dict[str, Any] = {}
    for text in texts or []:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise ScenarioError([Fault("--set", text, "is written PATH=VALUE")])
        try:
            changes[path.strip()] = parse(f"value = {value}")["value"]
        except ValueError:
            changes[path.strip()] = value.strip()
    return changes
