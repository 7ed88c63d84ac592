"""The command `claims`. It does not import Mesa."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from dashboards.cli.options import (
    AsJson,
    Sample,
    ensure_writable_file,
    ensure_writable_folder,
    parse_path,
    report_errors,
)

if TYPE_CHECKING:
    from dashboards.reports.claims import ClaimRun
    from experiments.ensembles.design import Plans
    from experiments.studies.claim_space import ClaimSpace

app = typer.Typer()


@app.command()
def claims(
    space: Annotated[
        Literal["plausible", "full"],
        typer.Option(help="Where to test: settings that were not ruled out, or the full ranges of all uncertainties."),
    ] = "plausible",
    sample: Sample = None,
    file: Annotated[
        Path | None,
        typer.Option(parser=parse_path, metavar="FILE.toml", help="Test the claims of this file, not the essay's."),
    ] = None,
    points: Annotated[int, typer.Option(min=8, max=100_000, help="Number of points drawn from the space.")] = 200,
    replications: Annotated[int, typer.Option(min=2, max=10_000, help="Number of simulations of each point.")] = 100,
    seed: Annotated[int, typer.Option(min=0, max=2**62, help="Random seed.")] = 1,
    reach: Annotated[
        float | None,
        typer.Option(help="With --space full: largest deviation from the scenario's values, as a share of each."),
    ] = None,
    out: Annotated[Path, typer.Option(parser=parse_path, metavar="DIR", help="Output folder.")] = Path("runs/claims"),
    markdown: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.md", help="Write the results as Markdown, too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Test claims about gradual diplomacy.

    Answers whether each claim holds, by how much, in which share of the plausible worlds, and on what it depends.
    """
    from dashboards.reports.claims import claims_data, write_claims_document, write_claims_page
    from model.atomic_files import write_atomically

    with report_errors():
        check_options(space, sample, reach)
        ensure_writable_folder(out)
        if markdown is not None:
            ensure_writable_file(markdown)
        run = run_claims(file, space, sample, points, replications, seed, 1.0 if reach is None else reach, as_json)
        facts = claims_data(run)
        write_atomically(out / "claims.json", json.dumps(facts, allow_nan=False).encode())
        write_claims_page(run, out / "claims.html")
        if markdown is not None:
            write_claims_document(run, markdown)
    if as_json:
        typer.echo(json.dumps(facts, allow_nan=False))
        return
    from dashboards.terminal.claims import claims_screen
    from dashboards.terminal.widgets import console

    console().print(claims_screen(run))
    for path in filter(None, (out / "claims.html", markdown)):
        typer.echo(f"Saved to {path}")


def run_claims(
    file: Path | None,
    space: str,
    sample: Path | None,
    points: int,
    replications: int,
    seed: int,
    reach: float,
    quiet: bool,
) -> "ClaimRun":
    """Test the claims of a file, or the essay's, with a progress bar."""
    from dashboards.cli.progress import progress_bar
    from dashboards.reports.claims import ClaimRun
    from experiments.ensembles.design import Plans
    from experiments.studies.claims import SCENARIO, count_arms, evaluate_claims
    from model.parameter_space import every_parameter

    tested, scenario = claims_to_test(file, SCENARIO)
    plans = Plans(scenario)
    where = claim_space(plans, space, sample, points, seed, reach)
    with progress_bar(count_arms(tested, plans), "settings", quiet) as progress:
        results = evaluate_claims(tested, plans, where, replications, seed, progress)
    meanings = {each.path: each.meaning for each in every_parameter(plans.scenario)}
    return ClaimRun(results, where, plans.scenario.name, replications, seed, meanings)


def check_options(space: str, sample: Path | None, reach: float | None) -> None:
    """Raise ScenarioError for options that the space does not use."""
    from model.errors import InputError, ScenarioError

    errors = []
    if space == "plausible" and reach is not None:
        errors.append(InputError("--reach", reach, "applies to --space full only"))
    if space == "full" and sample is not None:
        errors.append(InputError("--sample", str(sample), "applies to --space plausible only"))
    if errors:
        raise ScenarioError(errors)


def claims_to_test(file: Path | None, scenario: str) -> tuple[Any, str]:
    """Return the claims of a file with their scenario, or the essay's with theirs."""
    if file is None:
        from experiments.studies.essay_claims import CLAIMS

        return CLAIMS, scenario
    from experiments.studies.claim_file import load_claims

    loaded = load_claims(file)
    return loaded.claims, loaded.scenario


def claim_space(plans: "Plans", space: str, sample: Path | None, points: int, seed: int, reach: float) -> "ClaimSpace":
    """Return the points over which the claims are tested."""
    from experiments.ensembles.plausible_worlds import find_sample
    from experiments.studies.claim_space import full_space, plausible_space

    if space == "full":
        return full_space(plans.scenario, points, seed, reach)
    return plausible_space(plans, find_sample(sample), points, seed)
