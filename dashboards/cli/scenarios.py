"""The commands `scenarios`, `show`, `validate-scenario`, `schema` and `parameters`."""

import json
import sys
from typing import Any

import typer

from dashboards.cli.options import AsJson, ScenarioName, report_errors

app = typer.Typer()


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the built-in scenarios."""
    from dashboards.terminal.scenarios import scenario_table
    from dashboards.terminal.widgets import console
    from model.loading import load_scenario, scenario_names

    with report_errors():
        loaded = [load_scenario(name) for name in scenario_names()]
    if as_json:
        data = [
            {"name": s.name, "title": s.title["en"], "summary": s.summary["en"], "rounds": s.rounds} for s in loaded
        ]
        typer.echo(json.dumps(data, ensure_ascii=False))
    else:
        console().print(scenario_table(loaded))


@app.command()
def show(scenario: ScenarioName) -> None:
    """Print a scenario file."""
    from model.loading import find_scenario

    with report_errors():
        content = find_scenario(scenario).read_bytes()
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@app.command()
def validate_scenario(file: ScenarioName) -> None:
    """Check a scenario file and list its errors."""
    from model.loading import load_scenario

    with report_errors():
        scenario = load_scenario(file)
    counts = f"states: {len(scenario.states)}, negotiations: {len(scenario.negotiations)}, rounds: {scenario.rounds}"
    typer.echo(f"{scenario.name}: valid ({counts}).")
    warn_silent_events(scenario)


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from model.scenario import Scenario

    typer.echo(json.dumps(Scenario.model_json_schema(), ensure_ascii=False, indent=1))


@app.command()
def parameters(as_json: AsJson = False) -> None:
    """List all parameters.

    Shows the path, default, range, unit, role (lever or uncertainty), layer, meaning and source of each.
    """
    from dashboards.terminal.scenarios import parameter_table
    from dashboards.terminal.widgets import console
    from model.parameter_space import declared_parameters

    if as_json:
        typer.echo(json.dumps([parameter._asdict() for parameter in declared_parameters()], ensure_ascii=False))
    else:
        screen = console(unlimited_width=True)
        screen.print(parameter_table(declared_parameters(), screen.width))
        assumed = sum(parameter.source == "assumed" for parameter in declared_parameters())
        typer.echo(f"{len(declared_parameters())} parameters; the values of {assumed} are assumed.")


def warn_silent_events(scenario: Any) -> None:
    """Print a note for each scheduled event that has no effect because its mechanism is off."""
    from model.overrides import ineffective_events

    for event in ineffective_events(scenario):
        typer.echo(f"Note: {event}", err=True)
