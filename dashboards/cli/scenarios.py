"""The commands that list, show and check scenarios."""

import json
import sys
from typing import Any

import typer

from dashboards.cli.options import (
    AsJson,
    ScenarioName,
    report_errors,
)

app = typer.Typer()


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the shipped scenarios."""
    from dashboards.terminal.scenarios import scenario_table
    from dashboards.terminal.widgets import console
    from model.loading import load_scenario, scenario_names

    with report_errors():
        listed = [load_scenario(name) for name in scenario_names()]
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
    from model.loading import find_scenario

    with report_errors():
        content = find_scenario(scenario).read_bytes()
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@app.command()
def validate_scenario(file: ScenarioName) -> None:
    """Check a scenario file and tell everything that is wrong with it."""
    from model.loading import load_scenario

    with report_errors():
        scenario = load_scenario(file)
    counts = f"{len(scenario.states)} states, {len(scenario.negotiations)} negotiations, {scenario.rounds} rounds"
    typer.echo(f"{scenario.name}: valid ({counts}).")
    warn_silent_events(scenario)


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from model.scenario import Scenario

    typer.echo(json.dumps(Scenario.model_json_schema(), ensure_ascii=False, indent=1))


@app.command()
def parameters(as_json: AsJson = False) -> None:
    """List every parameter: path, default, range, unit, meaning, source, lever or uncertainty."""
    from dashboards.terminal.scenarios import parameter_table
    from dashboards.terminal.widgets import console
    from model.parameter_space import declared_parameters

    if as_json:
        typer.echo(json.dumps([setting._asdict() for setting in declared_parameters()], ensure_ascii=False))
    else:
        screen = console(unlimited_width=True)
        screen.print(parameter_table(declared_parameters(), screen.width))
        assumed = sum(setting.source == "assumed" for setting in declared_parameters())
        typer.echo(f"{len(declared_parameters())} parameters, of which {assumed} are assumed.")


def warn_silent_events(setting: Any) -> None:
    """Say which scheduled events cannot happen because their mechanism is off."""
    from model.overrides import ineffective_events

    for event in ineffective_events(setting):
        typer.echo(f"note: {event}", err=True)
