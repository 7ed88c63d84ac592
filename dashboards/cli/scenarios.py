"""The commands `scenarios`, `show`, `validate-scenario`, `schema` and `parameters`."""

import json
import sys
from collections.abc import Container
from typing import Annotated, Any

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
    warn_without_effect(scenario)


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from model.scenario import Scenario

    typer.echo(json.dumps(Scenario.model_json_schema(), ensure_ascii=False, indent=1))


@app.command()
def parameters(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help="List the parameters that something reads in this scenario."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List all parameters, or those of a scenario.

    Shows the path, default (in a scenario: value), range, unit, role (lever or uncertainty), layer, meaning and source
    of each. A parameter that nothing in the scenario reads is not listed.
    """
    from dashboards.terminal.scenarios import parameter_table
    from dashboards.terminal.widgets import console
    from model.loading import load_scenario
    from model.parameter_space import declared_parameters, every_parameter, list_parameters

    with report_errors():
        loaded = None if scenario is None else load_scenario(scenario)
    listed = declared_parameters() if loaded is None else list_parameters(loaded)
    if as_json:
        typer.echo(json.dumps([parameter._asdict() for parameter in listed], ensure_ascii=False))
        return
    screen = console(unlimited_width=True)
    screen.print(parameter_table(listed, screen.width, "default" if loaded is None else "value"))
    if loaded is not None:
        typer.echo(f"{len(listed)} of {len(every_parameter(loaded))} parameters; nothing here reads the others.")
    else:
        assumed = sum(parameter.source == "assumed" for parameter in listed)
        typer.echo(f"{len(listed)} parameters; the values of {assumed} are assumed.")


def warn_without_effect(scenario: Any, changes: Container[str] = ()) -> None:
    """Print a note for each scheduled event whose mechanism is off, and each change that nothing reads."""
    from model.overrides import ineffective_events
    from model.parameter_space import unread_changes

    for note in (*ineffective_events(scenario), *unread_changes(scenario, changes)):
        typer.echo(f"Note: {note}", err=True)
