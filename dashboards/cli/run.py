"""The command `run`."""

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
from dashboards.cli.scenarios import warn_without_effect

if TYPE_CHECKING:
    from agents.assembly import Assembly
    from model.world import World

app = typer.Typer()


@app.command()
def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    rounds: Annotated[int | None, typer.Option(help="Rounds to run, 1 to 1200; default: as in the scenario.")] = None,
    changes: Changes = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=parse_path, metavar="DIR", help="Output folder; default: a new one under runs/."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.html", help="Write a self-contained HTML report.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run one simulation and save it.

    Shows the outcome, the main indicators, the rungs of the ladder and the key moments.
    """
    from dashboards import saved_runs as runs
    from model.loading import apply_changes, load_scenario, read_scenario

    with report_errors():
        original = read_scenario(scenario)
        changed = parse_changes(changes) | ({} if rounds is None else {"rounds": rounds})
        data = apply_changes(original, changed)
        loaded = load_scenario(data)
        warn_without_effect(loaded, changed)
        if report is not None:
            ensure_writable_file(report)
        folder = out or runs.new_run_folder(loaded.name, seed)
        check_overwrite(folder, runs.METADATA_FILE, ("detente", "model", "scenario"), runs.RUN_FILES)
        ensure_writable_folder(folder)
        model, finished = play_run(loaded, seed, quiet=as_json)
        if model is None:
            with suppress(OSError):
                folder.rmdir()  # fails if the folder is not empty
            typer.echo("Stopped before the first round. Nothing was saved.", err=True)
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
        typer.echo(f"Stopped after round {model.round}. The rounds up to it are saved.", err=True)
        raise typer.Exit(130)


def play_run(scenario: Any, seed: int, quiet: bool) -> tuple[Any, bool]:
    """Run a simulation with a progress line. Ctrl-C stops it; an incomplete round is undone.

    Returns the model, or None if no round was completed, and whether all rounds were completed.
    """
    model = checkpoint = None
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from agents.assembly import Assembly

        screen = Console(stderr=True)
        columns = TextColumn("round"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}")
        with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as progress:
            task = progress.add_task("", total=scenario.rounds)
            model = Assembly(scenario, rng=seed)
            for _ in range(scenario.rounds):
                checkpoint = model.take_checkpoint()
                model.step()
                trust, tension, deal = (
                    model.current_indicators[model.indicator_index[name]]
                    for name in ("trust", "tension", "deal_progress")
                )
                indicators = f"trust {trust:.2f}  tension {tension:.2f}  deal {deal:.0%}"
                progress.update(task, advance=1, description=indicators)
    except KeyboardInterrupt:
        if model is None or checkpoint is None or checkpoint.rounds < 2:
            return None, False
        model.rewind(checkpoint)
        return model, False
    return model, True


def print_run(model: Any, folder: Path, report: Path | None) -> None:
    """Print a run on one screen, with a `why` command for its most informative decision."""
    from rich.text import Text

    from dashboards.terminal.run import run_screen
    from dashboards.terminal.widgets import console

    console().print(run_screen(model, console().width))
    if command := suggested_why_command(model, folder):
        console().print(Text.assemble("\nExplain a decision: ", (command, "bold")), soft_wrap=True)
    typer.echo(f"Saved to {folder}" + (f"; report: {report}" if report else ""))


def run_summary(model: "Assembly", folder: Path) -> dict[str, Any]:
    """Return what `run --json` prints."""
    from model.measures import trajectory_digest

    trajectory = model.trajectory
    return {
        "scenario": model.loaded_scenario.name,
        "seed": model.seed,
        "rounds": model.round,
        "outcome": model.outcome.name,
        "trajectory_digest": trajectory_digest(trajectory),
        "ledger_digest": model.ledger.digest() if model.ledger is not None else None,
        "contact_share": float(trajectory[1:, model.indicator_index["contact"]].mean()),
        "breaches": int(trajectory[-1, model.indicator_index["breaches"]]),
        "folder": str(folder),
        **negotiation_results(model, model.world),
    }


def suggested_why_command(model: Any, folder: Path) -> str:
    """Return a `why` command for the most informative decision of a run; empty if no decision has conditions."""
    import shlex

    from agents.ledger import DECISION_PRIORITY

    decided = [row for row in model.ledger.rows if row.kind == "decision" and row.actor and row.conditions]
    informative = [
        row
        for act, is_positive in DECISION_PRIORITY.items()
        for row in reversed(decided)
        if row.act == act and (row.value >= 1) == is_positive
    ]
    if not decided:
        return ""
    row = (informative or decided[::-1])[0]
    words = ["detente", "why", str(folder), "--round", str(row.round), "--actor", row.actor, "--act", row.act]
    same = [each for each in decided if (each.round, each.actor, each.act) == (row.round, row.actor, row.act)]
    for option in ("counterpart", "negotiation"):
        if len({getattr(each, option) for each in same}) > 1:
            words += [f"--{option}", getattr(row, option)]
    return shlex.join(words)


def negotiation_results(model: "Assembly", world: "World") -> dict[str, Any]:
    """Return the results of a run by negotiation, for `run --json`."""
    from dashboards.run_history import rung_dates
    from model.measures import BY_NEGOTIATION, negotiation_series

    results: dict[str, Any] = {}
    for k, (talks, negotiation) in enumerate(model.loaded_scenario.negotiations.items()):
        series, (first, second) = negotiation_series(model.trajectory, k), negotiation.parties
        results[talks] = {
            "name": negotiation.title["en"],
            "parties": [first, second],
            "outcome": model.outcome_of(talks).name,
            "trust": {
                f"{first}->{second}": series["trust_first"].tolist(),
                f"{second}->{first}": series["trust_second"].tolist(),
            },
            **{
                indicator.name: series[indicator.name].tolist()
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
    return {"negotiations": results}
