"""The command that explains a decision."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.options import AsJson, path_of, plain_errors

app = typer.Typer()


@app.command()
def why(
    run: Annotated[
        Path | None,
        typer.Argument(parser=path_of, metavar="[RUN]", help="Folder of a saved run; the latest if left out."),
    ] = None,
    now: Annotated[int, typer.Option("--round", min=1, help="Round of the decision.")] = ...,  # type: ignore[assignment]
    actor: Annotated[str, typer.Option(help="Who decided.")] = ...,  # type: ignore[assignment]
    act: Annotated[str | None, typer.Option(help="Which decision; the most telling one if left out.")] = None,
    counterpart: Annotated[str | None, typer.Option(help="Towards whom.")] = None,
    negotiation: Annotated[str | None, typer.Option(help="In which negotiation.")] = None,
    levers: Annotated[bool, typer.Option(help="Search the levers as well.")] = True,
    as_json: AsJson = False,
) -> None:
    """Show why a decision was taken, and what would have changed it; each flip is verified by a rerun."""
    from dashboards.cli.answers import answer_screen, ask, facts
    from dashboards.terminal.widgets import console

    with plain_errors():
        answer = ask(run, now, actor, act, counterpart, negotiation, levers, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(facts(answer), ensure_ascii=False))
    else:
        console().print(answer_screen(answer))
