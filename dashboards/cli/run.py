"""The command that plays one run and saves it."""

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.options import (
    AsJson,
    Changes,
    ScenarioName,
    Seed,
    check_overwrite,
    ensure_writable_file,
    ensure_writable_folder,
    parse_changes,
    parse_path,
    report_errors,
)
from dashboards.cli.scenarios import warn_silent_events

if TYPE_CHECKING:
    from agents.assembly import Assembly
    from model.world import World

app = typer.Typer()


@app.command()
def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    rounds: Annotated[
        int | None, typer.Option(help="Rounds to play, 1 to 1200; the scenario's own if left out.")
    ] = None,
    changes: Changes = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=parse_path, metavar="DIR", help="Folder to save the run in; a new one under runs/ if left out."
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.html", help="Write a self-contained HTML report.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play one run, save it, and show it on one screen."""
    from dashboards import saved_runs as runs
    from model.loading import apply_changes, load_scenario, read_scenario

    with report_errors():
        plain = read_scenario(scenario)
        data = apply_changes(plain, {**parse_changes(changes), **({} if rounds is None else {"rounds": rounds})})
        setting = load_scenario(data)
        warn_silent_events(setting)
        if report is not None:
            ensure_writable_file(report)
        folder = out or runs.new_run_folder(setting.name, seed)
        check_overwrite(folder, runs.METADATA_FILE, ("detente", "model", "scenario"), runs.RUN_FILES)
        ensure_writable_folder(folder)
        model, finished = play_run(setting, seed, quiet=as_json)
        if model is None:
            with suppress(OSError):
                folder.rmdir()  # unless there is something in it, which is then not ours
            typer.echo("Stopped before the first round; nothing was saved.", err=True)
            raise typer.Exit(130)
        runs.save_run(folder, model, data)
        if report is not None:
            from dashboards.reports.run import write_run_report

            write_run_report(model, report)
    if as_json:
        typer.echo(json.dumps(run_summary(model, folder), ensure_ascii=False))
    else:
        print_run(model, folder, report)
    if not finished:
        typer.echo(f"Stopped after round {model.round}; what was played is saved.", err=True)
        raise typer.Exit(130)


def play_run(setting: Any, seed: int, quiet: bool) -> tuple[Any, bool]:
    """Play a watched run with a live progress line; Ctrl-C stops it after a whole round.

    Gives the model, or None if not one round was played, and whether all rounds were.
    """
    model = mark = None
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from agents.assembly import Assembly

        screen = Console(stderr=True)
        columns = TextColumn("round"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}")
        with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as progress:
            line = progress.add_task("", total=setting.rounds)
            model = Assembly(setting, rng=seed)
            for _ in range(setting.rounds):
                mark = model.take_checkpoint()
                model.step()
                trust, tension, deal = (
                    model.current_indicators[model.indicator_index[name]]
                    for name in ("trust", "tension", "deal_progress")
                )
                seen = f"trust {trust:.2f}  tension {tension:.2f}  deal {deal:.0%}"
                progress.update(line, advance=1, description=seen)
    except KeyboardInterrupt:
        if model is None or mark is None or mark.rounds < 2:
            return None, False
        model.rewind(mark)
        return model, False
    return model, True


def print_run(model: Any, folder: Path, report: Path | None) -> None:
    """Print a run on one screen, with the command that asks about its most telling decision."""
    from rich.text import Text

    from dashboards.terminal.run import run_screen
    from dashboards.terminal.widgets import console

    console().print(run_screen(model, console().width))
    if question := suggested_why_command(model, folder):
        console().print(Text.assemble("\nAsk why: ", (question, "bold")), soft_wrap=True)
    typer.echo(f"Saved in {folder}" + (f"; report in {report}" if report else ""))


def run_summary(model: Any, folder: Path) -> dict[str, Any]:
    """Write what ``run --json`` prints."""
    from model.measures import trajectory_digest

    seen = model.trajectory
    return {
        "scenario": model.setting.name,
        "seed": model.seed,
        "rounds": model.round,
        "outcome": model.outcome.name,
        "trajectory_digest": trajectory_digest(seen),
        "ledger_digest": model.ledger.digest(),
        "contact_share": float(seen[1:, model.places["contact"]].mean()),
        "breaches": int(seen[-1, model.places["breaches"]]),
        "folder": str(folder),
        **negotiation_results(model, model.world),
    }


def suggested_why_command(model: Any, folder: Path) -> str:
    """Write the exact command that asks about the most telling decision of a run; nothing if there is none."""
    import shlex

    from agents.ledger import DECISION_PRIORITY

    decided = [row for row in model.ledger.rows if row.kind == "decision" and row.actor and row.conditions]
    telling = [
        row
        for act, does in DECISION_PRIORITY.items()
        for row in reversed(decided)
        if row.act == act and (row.value >= 1) == does
    ]
    if not decided:
        return ""
    row = (telling or decided[::-1])[0]
    words = ["detente", "why", str(folder), "--round", str(row.round), "--actor", row.actor, "--act", row.act]
    same = [each for each in decided if (each.round, each.actor, each.act) == (row.round, row.actor, row.act)]
    for key in ("counterpart", "negotiation"):
        if len({getattr(each, key) for each in same}) > 1:
            words += [f"--{key}", getattr(row, key)]
    return shlex.join(words)


def negotiation_results(model: "Assembly", world: "World") -> dict[str, Any]:
    """Write a run as plain data for ``--json``."""
    from dashboards.run_history import rung_dates
    from model.measures import BY_NEGOTIATION, negotiation_series

    seen = model.trajectory
    found: dict[str, Any] = {}
    for k, (talks, setting) in enumerate(model.loaded_scenario.negotiations.items()):
        own, (first, second) = negotiation_series(seen, k), setting.parties
        found[talks] = {
            "name": setting.title["en"],
            "parties": [first, second],
            "outcome": model.outcome_of(talks).name,
            "trust": {
                f"{first}->{second}": own["trust_first"].tolist(),
                f"{second}->{first}": own["trust_second"].tolist(),
            },
            **{
                indicator.name: own[indicator.name].tolist()
                for indicator in BY_NEGOTIATION
                if not indicator.name.startswith("trust")
            },
            "rungs": [
                {
                    "id": name,
                    "title": title,
                    "status": now,
                    "dates": [{"round": when, "status": to} for when, to in dates],
                }
                for name, (title, now, dates) in zip(world.names.rung[k], rung_dates(model, talks), strict=True)
            ],
        }
    return {"negotiations": found}
