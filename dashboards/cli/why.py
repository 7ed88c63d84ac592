"""The command `why`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.options import AsJson, note_other_model, parse_path, report_errors

app = typer.Typer()


@app.command()
def why(
    run: Annotated[
        Path | None,
        typer.Argument(parser=parse_path, metavar="RUN", help="Folder of a saved run; default: the latest run."),
    ] = None,
    now: Annotated[int, typer.Option("--round", min=1, help="Round of the decision.")] = ...,  # type: ignore[assignment]
    actor: Annotated[str, typer.Option(help="Name of the actor.")] = ...,  # type: ignore[assignment]
    act: Annotated[str | None, typer.Option(help="Name of the act; default: the most informative one.")] = None,
    counterpart: Annotated[str | None, typer.Option(help="Counterpart of the decision.")] = None,
    negotiation: Annotated[str | None, typer.Option(help="Negotiation of the decision.")] = None,
    levers: Annotated[bool, typer.Option(help="Search for lever values that change the decision.")] = True,
    as_json: AsJson = False,
) -> None:
    """Explain one decision of a saved run.

    Shows the conditions of the decision and the values at which it changes; each is verified by replaying the run.
    """
    from dashboards.cli.explanation import explain_decision, explanation_data, explanation_screen, read_run_ledger
    from dashboards.saved_runs import latest_run, read_run
    from dashboards.terminal.widgets import console

    with report_errors():
        saved = read_run(run or latest_run())
        note_other_model(saved.version)
        ledger = read_run_ledger(saved)
        answer = explain_decision(saved, ledger, now, actor, act, counterpart, negotiation, levers, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(explanation_data(answer), ensure_ascii=False))
    else:
        console().print(explanation_screen(answer))
