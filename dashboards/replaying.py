"""The command of historical cases: list them, show one, replay it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.options import AsJson, Seed, plain_errors

replaying = typer.Typer()


@replaying.command()
def cases(
    case: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="A case of the library, or a file; all if left out.")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Let the model answer each side's record, and score it.")
    ] = False,
    worlds: Annotated[int, typer.Option(min=1, max=100_000, help="Worlds of a replay.")] = 400,
    seed: Seed = 1,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the table as CSV.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the historical cases; check and show one; replay one, or all, against two baselines."""
    from dashboards import case_screen
    from dashboards.screen import console
    from experiments.case import library, load_case
    from experiments.replay import replay as replayed

    with plain_errors():
        found = [load_case(name) for name in ([case] if case is not None else library())]
        if replay:
            played = [replayed(each, worlds, seed) for each in found]
            facts = [case_screen.replay_facts(each) for each in played]
            table = case_screen.month_rows(played)
            shown = case_screen.replay_screen(played[0]) if case is not None else case_screen.standing_screen(played)
        else:
            facts = [case_screen.case_facts(each) for each in found]
            table = (
                case_screen.event_rows(found[0]) if case is not None else [case_screen.case_row(each) for each in found]
            )
            shown = case_screen.case_screen(found[0]) if case is not None else case_screen.case_list(found)
        if csv is not None:
            write_table(csv, table)
    if as_json:
        typer.echo(json.dumps(facts[0] if case is not None else facts, ensure_ascii=False))
        return
    console().print(shown)
    if csv is not None:
        typer.echo(f"Saved in {csv}")


def write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all."""
    import pandas as pd

    from agents.ledger import replace

    replace(path, pd.DataFrame(rows).to_csv(index=False, lineterminator="\n").encode())
