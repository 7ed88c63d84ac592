"""The command that explains a decision."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.options import AsJson, parse_path, report_errors

app = typer.Typer()


@app.command()
def why(
    run: Annotated[
        Path | None,
        typer.Argument(parser=parse_path, metavar="[RUN]", help="Folder of a saved run; the latest if left out."),
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
    from dashboards.cli.explanation import explain_decision, explanation_data, explanation_screen
    from dashboards.terminal.widgets import console

    with report_errors():
        answer = explain_decision(run, now, actor, act, counterpart, negotiation, levers, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(explanation_data(answer), ensure_ascii=False))
    else:
        console().print(explanation_screen(answer))
