"""The command line: `detente`. Each command imports what it needs when it is called."""

import dashboards.cli.startup  # noqa: F401  (before all that takes time)

# isort: split
import json
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.cases import replaying
from dashboards.cli.classroom import teaching
from dashboards.cli.ensembles import measuring
from dashboards.cli.options import (
    AsJson,
    Changes,
    ScenarioName,
    Seed,
    changes_to,
    keep_others,
    make_folder,
    make_room,
    path_of,
    plain_errors,
)
from dashboards.cli.studies import studying
from dashboards.cli.validate import validating

app = typer.Typer(
    name="detente",
    help="An agent-based laboratory for step-by-step diplomacy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the shipped scenarios."""
    from dashboards.terminal.widgets import console, scenario_table
    from model.scenario import load, shipped

    with plain_errors():
        listed = [load(name) for name in shipped()]
    if as_json:
        plain = [
            {"name": s.name, "title": s.title["en"], "summary": s.summary["en"], "rounds": s.rounds} for s in listed
        ]
        typer.echo(json.dumps(plain, ensure_ascii=False))
    else:
        console().print(scenario_table(listed))


@app.command()
def show(scenario: ScenarioName) -> None:
    """Print a scenario file verbatim."""
    from model.scenario import locate

    with plain_errors():
        content = locate(scenario).read_bytes()
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@app.command()
def validate_scenario(file: ScenarioName) -> None:
    """Check a scenario file and tell everything that is wrong with it."""
    from model.scenario import load

    with plain_errors():
        scenario = load(file)
    counts = f"{len(scenario.states)} states, {len(scenario.negotiations)} negotiations, {scenario.rounds} rounds"
    typer.echo(f"{scenario.name}: valid ({counts}).")
    tell_silent_events(scenario)


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from model.scenario import Scenario

    typer.echo(json.dumps(Scenario.model_json_schema(), ensure_ascii=False, indent=1))


@app.command()
def parameters(as_json: AsJson = False) -> None:
    """List every parameter: path, default, range, unit, meaning, source, lever or uncertainty."""
    from dashboards.terminal.widgets import console, parameter_table
    from model.parameter_space import declared

    if as_json:
        typer.echo(json.dumps([setting._asdict() for setting in declared()], ensure_ascii=False))
    else:
        screen = console(lines=True)
        screen.print(parameter_table(declared(), screen.width))
        assumed = sum(setting.source == "assumed" for setting in declared())
        typer.echo(f"{len(declared())} parameters, of which {assumed} are assumed.")


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
            parser=path_of, metavar="DIR", help="Folder to save the run in; a new one under runs/ if left out."
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(parser=path_of, metavar="FILE.html", help="Write a self-contained HTML report.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play one run, save it, and show it on one screen."""
    from rich.text import Text

    from dashboards import saved_runs as runs
    from dashboards.terminal.run import run_screen
    from dashboards.terminal.widgets import console
    from model.scenario import change, load, read

    with plain_errors():
        plain = read(scenario)
        data = change(plain, {**changes_to(plain, changes), **({} if rounds is None else {"rounds": rounds})})
        setting = load(data)
        tell_silent_events(setting)
        if report is not None:
            make_room(report)
        folder = out or runs.new_folder(setting.name, seed)
        keep_others(folder, runs.MARK, ("detente", "model", "scenario"), runs.FILES)
        make_folder(folder)
        model, finished = play(setting, seed, quiet=as_json)
        if model is None:
            with suppress(OSError):
                folder.rmdir()  # unless there is something in it, which is then not ours
            typer.echo("Stopped before the first round; nothing was saved.", err=True)
            raise typer.Exit(130)
        runs.save(folder, model, data)
        if report is not None:
            from dashboards.reports.run import write_report

            write_report(model, report)
    if as_json:
        typer.echo(json.dumps(run_facts(model, folder), ensure_ascii=False))
    else:
        console().print(run_screen(model, console().width))
        if question := suggest_question(model, folder):
            console().print(Text.assemble("\nAsk why: ", (question, "bold")), soft_wrap=True)
        typer.echo(f"Saved in {folder}" + (f"; report in {report}" if report else ""))
    if not finished:
        typer.echo(f"Stopped after round {model.round}; what was played is saved.", err=True)
        raise typer.Exit(130)


def tell_silent_events(setting: Any) -> None:
    """Say which scheduled events cannot happen because their mechanism is off."""
    from model.overrides import silent_events

    for event in silent_events(setting):
        typer.echo(f"note: {event}", err=True)


def play(setting: Any, seed: int, quiet: bool) -> tuple[Any, bool]:
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
                mark = model.mark()
                model.step()
                seen = f"trust {model.seen[0]:.2f}  tension {model.seen[2]:.2f}  deal {model.seen[3]:.0%}"
                progress.update(line, advance=1, description=seen)
    except KeyboardInterrupt:
        if model is None or mark is None or mark.rounds < 2:
            return None, False
        model.rewind(mark)
        return model, False
    return model, True


def run_facts(model: Any, folder: Path) -> dict[str, Any]:
    """Write what ``run --json`` prints."""
    from dashboards.terminal.run import plain_json
    from model.measures import digest

    seen = model.trajectory
    return {
        "scenario": model.setting.name,
        "seed": model.seed,
        "rounds": model.round,
        "outcome": model.outcome.name,
        "trajectory_digest": digest(seen),
        "ledger_digest": model.ledger.digest(),
        "contact_share": float(seen[1:, model.places["contact"]].mean()),
        "breaches": int(seen[-1, model.places["breaches"]]),
        "folder": str(folder),
        **plain_json(model, model.world),
    }


def suggest_question(model: Any, folder: Path) -> str:
    """Write the exact command that asks about the most telling decision of a run; nothing if there is none."""
    import shlex

    from agents.ledger import TELLING

    decided = [row for row in model.ledger.rows if row.kind == "decision" and row.actor and row.conditions]
    telling = [
        row for act, does in TELLING.items() for row in reversed(decided) if row.act == act and (row.value >= 1) == does
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
    from dashboards.cli.why import ask, facts, show_answer

    with plain_errors():
        answer = ask(run, now, actor, act, counterpart, negotiation, levers, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(facts(answer), ensure_ascii=False))
    else:
        show_answer(answer)


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="Address to serve on; loopback by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8765,
) -> None:
    """Open the dashboard in a browser."""
    from dashboards.web.server import serve

    serve(host, port)


app.add_typer(measuring)
app.add_typer(studying)
app.add_typer(replaying)
app.add_typer(validating)
app.add_typer(teaching)


def main() -> None:
    """Run the command line. Signs that the output cannot write become others; what it has no room for is told."""
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
        leave_output()  # whoever read it has gone
    except OSError as error:
        leave_output()
        typer.echo(f"{error.filename or 'standard output'}: {error.strerror or error}", err=True)
        raise SystemExit(1) from None


def leave_output() -> None:
    """Write what is still to be written nowhere, so that it is not tried again at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
