"""The command `cases`: list, show and replay historical cases."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.options import AsJson, Seed, ensure_writable_file, parse_path, report_errors

app = typer.Typer()


@app.command()
def cases(
    case: Annotated[
        str | None,
        typer.Argument(metavar="NAME|FILE", help="Name of a case, or path of a case file; default: all cases."),
    ] = None,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Forecast each month from the record of those before, and score the forecasts."),
    ] = False,
    worlds: Annotated[int, typer.Option(min=1, max=10_000, help="Number of simulated worlds per replay.")] = 400,
    seed: Seed = 1,
    csv: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write the table to a CSV file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List, check, show or replay historical cases.

    Without NAME, lists all cases. With NAME or FILE, checks a case: lists all its errors, or shows it with what it
    lacks. With --replay, compares the model's forecasts of the next month with those of six simple rivals.
    """
    from dashboards.cli.progress import progress_bar
    from dashboards.terminal.cases import cases_output
    from dashboards.terminal.replays import replay_output
    from dashboards.terminal.widgets import console
    from experiments.cases.case_file import case_names, load_case
    from experiments.cases.replay import replay_case

    with report_errors():
        if csv is not None:
            ensure_writable_file(csv)
        loaded = [load_case(name) for name in ([case] if case is not None else case_names())]
        if replay:
            replays = []
            with progress_bar(len(loaded), "cases", as_json) as progress:
                for each in loaded:
                    replays.append(replay_case(each, worlds, seed))
                    progress(len(replays))
            output = replay_output(replays, alone=case is not None)
        else:
            output = cases_output(loaded, alone=case is not None)
        if csv is not None:
            write_table(csv, output.rows)
    if as_json:
        typer.echo(json.dumps(output.facts, ensure_ascii=False))
        return
    console().print(output.screen)
    if csv is not None:
        typer.echo(f"Saved to {csv}")


def write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows to a CSV file atomically."""
    import pandas as pd

    from model.atomic_files import write_atomically

    write_atomically(path, pd.DataFrame(rows).to_csv(index=False, lineterminator="\n").encode())
