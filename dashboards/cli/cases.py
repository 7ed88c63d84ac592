"""The command of historical cases: list them, show one, replay it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.options import AsJson, Seed, ensure_writable_file, parse_path, report_errors

app = typer.Typer()


@app.command()
def cases(
    case: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="A case of the library, or a file; all if left out.")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Let the model answer each side's record, and score it.")
    ] = False,
    worlds: Annotated[int, typer.Option(min=1, max=10_000, help="Worlds of a replay.")] = 400,
    seed: Seed = 1,
    csv: Annotated[Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write the table as CSV.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the historical cases; check and show one; replay one, or all, against two baselines."""
    from dashboards.cli.progress import progress_bar
    from dashboards.terminal import cases as case_screen
    from dashboards.terminal.widgets import console
    from experiments.cases.case import case_names, load_case
    from experiments.cases.replay import replay_case as replay_case

    with report_errors():
        if csv is not None:
            ensure_writable_file(csv)
        found = [load_case(name) for name in ([case] if case is not None else case_names())]
        if replay:
            played = []
            with progress_bar(len(found), "cases", as_json) as progress:
                for each in found:
                    played.append(replay_case(each, worlds, seed))
                    progress(len(played))
            told = case_screen.replay_output(played, alone=case is not None)
        else:
            told = case_screen.cases_output(found, alone=case is not None)
        if csv is not None:
            write_table(csv, told.rows)
    if as_json:
        typer.echo(json.dumps(told.facts, ensure_ascii=False))
        return
    console().print(told.screen)
    if csv is not None:
        typer.echo(f"Saved in {csv}")


def write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all."""
    import pandas as pd

    from model.atomic_files import write_atomically

    write_atomically(path, pd.DataFrame(rows).to_csv(index=False, lineterminator="\n").encode())
