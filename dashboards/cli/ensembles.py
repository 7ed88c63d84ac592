"""The commands `ensemble`, `compare` and `pivot`. They do not import Mesa."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.options import (
    AsJson,
    Changes,
    Metrics,
    Plausible,
    Sample,
    ScenarioName,
    Seed,
    StopWhen,
    check_overwrite,
    ensure_writable_folder,
    parse_changes,
    parse_metrics,
    parse_path,
    report_errors,
)
from dashboards.cli.progress import nan_to_none, print_warnings, progress_bar

if TYPE_CHECKING:
    from experiments.ensembles.ensemble import Ensemble
    from experiments.ensembles.plausible import PlausibleSample
    from experiments.ensembles.statistics import Effect

app = typer.Typer()
Worlds = Annotated[
    int, typer.Option(min=1, max=10_000_000, help="Number of simulated worlds. World k = 0, 1, ... has seed SEED + k.")
]
SavedEnsemble = Annotated[
    Path | None, typer.Option(parser=parse_path, metavar="DIR", help="Compare with the ensemble saved in this folder.")
]
Futures = Annotated[int, typer.Option(min=2, max=100_000, help="Number of simulated futures from each round.")]


ENSEMBLE_FILES = ("worlds.parquet", "bands.parquet", "trajectories.parquet", "ensemble.json")


@app.command()
def ensemble(
    scenario: ScenarioName,
    worlds: Worlds = 1000,
    seed: Seed = 1,
    changes: Changes = None,
    metric: Metrics = None,
    stop_when: StopWhen = None,
    plausible: Plausible = False,
    sample: Sample = None,
    out: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="DIR", help="Save the ensemble to this folder.")
    ] = None,
    against: SavedEnsemble = None,
    as_json: AsJson = False,
) -> None:
    """Run many simulations of one scenario.

    Shows the share of each outcome with its 95 % interval, percentiles of the main indicators, and metrics.
    """
    from dashboards.terminal.ensembles import contrast_screen, ensemble_screen
    from dashboards.terminal.widgets import console
    from experiments.ensembles.compare import compare_ensembles
    from experiments.ensembles.ensemble import Ensemble, play_ensemble
    from model.loading import read_scenario

    with report_errors():
        drawn = plausible_sample(plausible, sample)
        if out is not None:
            check_overwrite(out, "ensemble.json", ("scenario", "band_worlds", "digests"), ENSEMBLE_FILES)
            ensure_writable_folder(out)
        saved = None if against is None else Ensemble.load(against)
        data = read_scenario(scenario)
        options = {"changes": parse_changes(changes), "metrics": parse_metrics(metric), "stop_when": stop_when}
        with progress_bar(worlds, "worlds", as_json) as progress:
            result = play_ensemble(data, worlds, seed, **options, sample=drawn, progress=progress)
        if out is not None:
            result.save(out)
    note_differences(saved, result, against)
    with print_warnings():
        effects = {} if saved is None else compare_ensembles(saved, result)
    if as_json:
        typer.echo(json.dumps(ensemble_data(result, seed, effects)))
        return
    console().print(ensemble_screen(result, console().width))
    if saved is not None:
        console().print(contrast_screen(saved, result, effects))
    if out is not None:
        typer.echo(f"Saved to {out}")


def note_differences(saved: "Ensemble | None", result: "Ensemble", folder: Path | None) -> None:
    """Print a note if a saved ensemble has another scenario or drew its parameters from another sample."""
    if saved is not None and saved.scenario != result.scenario:
        typer.echo(f"Note: {folder} contains worlds of another scenario, {saved.scenario}.", err=True)
    if saved is not None and saved.sample != result.sample:
        drawn = "no plausible sample" if saved.sample is None else f"the plausible sample {saved.sample}"
        typer.echo(f"Note: the worlds in {folder} drew their parameters from {drawn}.", err=True)


def plausible_sample(plausible: bool, path: Path | None) -> "PlausibleSample | None":
    """Return the plausible sample, None if it is not asked for."""
    from experiments.ensembles.plausible_worlds import find_sample
    from model.errors import InputError, ScenarioError

    if path is not None and not plausible:
        raise ScenarioError([InputError("--sample", str(path), "applies with --plausible only")])
    return find_sample(path) if plausible else None


def ensemble_data(result: "Ensemble", seed: int, effects: Mapping[str, "Effect"]) -> dict[str, Any]:
    """Return what `ensemble --json` prints. effects: differences from a saved ensemble, empty without one."""
    from experiments.ensembles.statistics import PERCENTILES
    from model.measures import OVERALL

    against = {name: [nan_to_none(value) for value in effect[:3]] for name, effect in effects.items()}
    bands = {each.name: {str(p): result.band(each.name, p).tolist() for p in PERCENTILES} for each in OVERALL}
    return {
        "scenario": result.scenario,
        "seed": seed,
        "worlds": len(result.seeds),
        "rounds": result.rounds,
        "outcomes": {name: share._asdict() for name, share in result.shares().items()},
        "metrics": {
            name: {key: nan_to_none(value) for key, value in each._asdict().items()}
            for name, each in result.metric_means().items()
        },
        "stop_when": result.stop_when,
        "plausible_sample": result.sample,
        "rounds_played": None if result.last_rounds is None else float(result.last_rounds.mean()),
        "bands": bands,
        "band_worlds": result.band_worlds,
        "trajectory_digests": result.digests,
    } | ({"against": against} if against else {})


@app.command()
def compare(
    scenario: ScenarioName,
    changes: Changes = None,
    worlds: Worlds = 1000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Compare a scenario with and without changes.

    Simulates each world with and without the changes of --set, with common random numbers, and shows the paired
    effects on outcomes and indicators.
    """
    from dashboards.terminal.ensembles import comparison_screen
    from dashboards.terminal.widgets import console
    from experiments.ensembles.compare import compare as compare_worlds
    from model.errors import InputError, ScenarioError
    from model.loading import read_scenario

    with report_errors(), progress_bar(worlds, "pairs of worlds", as_json) as progress:
        data = read_scenario(scenario)
        changed = parse_changes(changes)
        if not changed:
            raise ScenarioError([InputError("--set", "", "is missing; give at least one change as PATH=VALUE")])
        comparison = compare_worlds(data, changed, worlds, seed, progress=progress)
    if not as_json:
        console().print(comparison_screen(comparison, changed))
        return
    facts: dict[str, Any] = {
        "scenario": scenario,
        "changes": changed,
        "seed": seed,
        "worlds": worlds,
        "share_of_worlds_changed": comparison.share_of_worlds_changed,
        "effects": {
            name: {key: nan_to_none(value) for key, value in effect._asdict().items()}
            for name, effect in comparison.effects.items()
        },
    }
    typer.echo(json.dumps(facts))


@app.command()
def pivot(
    scenario: ScenarioName,
    seed: Seed = 1,
    futures: Futures = 200,
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Find the turning point of one run.

    Simulates many futures from every round. Shows how the probability of a deal changes, and which decisions at the
    turning point matter most.
    """
    from dashboards.terminal.ensembles import pivot_screen
    from dashboards.terminal.widgets import console
    from experiments.counterfactuals.turning_points import pivot as find_pivot
    from model.enumerations import Outcome
    from model.loading import load_scenario

    with report_errors():
        loaded = load_scenario(scenario, parse_changes(changes))
        with progress_bar(loaded.rounds, "rounds", as_json) as progress:
            result = find_pivot(loaded, seed, futures, progress)
    if not as_json:
        console().print(pivot_screen(result, console().width))
        return
    facts = {
        "scenario": loaded.name,
        "seed": seed,
        "futures": futures,
        "chances": {each.name: result.chances.chances[:, each].tolist() for each in Outcome},
        "turning_round": result.turning_round,
        "actions": [each._asdict() for each in result.actions[:10]],
    }
    typer.echo(json.dumps(facts))
