"""The command `calibrate`. It does not import Mesa."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.options import AsJson, ensure_writable_file, ensure_writable_folder, parse_path, report_errors
from dashboards.cli.studies import write_analysis

app = typer.Typer()


@app.command()
def calibrate(
    targets: Annotated[
        Path | None,
        typer.Argument(parser=parse_path, metavar="TARGETS", help="A targets file; default: the built-in one."),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(parser=parse_path, metavar="DIR", help="Output folder; an unfinished calibration is resumed."),
    ] = Path("runs/calibration"),
    points: Annotated[int, typer.Option(help="Points tried in each wave.")] = 2048,
    waves: Annotated[int, typer.Option(help="Number of waves.")] = 6,
    worlds: Annotated[
        str, typer.Option(metavar="N,N,...", help="Worlds of each arm: in the waves, then for what they leave.")
    ] = "40,200,1000",
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Random seed.")] = 1,
    workers: Annotated[int | None, typer.Option(help="Processes; default: one per available core.")] = None,
    markdown: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write the results as Markdown.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the parameter values that the data do not rule out.

    Tries points in waves, rules out those that miss a target by more than three standard deviations, and writes a
    weighted sample of what is left (plausible, not probable), a page and a JSON file.
    """
    from dashboards.cli.progress import CalibrationProgress
    from dashboards.terminal.calibration import calibration_screen
    from dashboards.terminal.widgets import console
    from experiments.calibration.run import calibrate as run_calibration
    from experiments.calibration.targets import SHIPPED_TARGETS
    from experiments.calibration.waves import CalibrationSettings

    with report_errors():
        ensure_writable_folder(out)
        if markdown is not None:
            ensure_writable_file(markdown)
        settings = CalibrationSettings(points, waves, worlds=parse_worlds(worlds), seed=seed)
        try:
            with CalibrationProgress(as_json) as progress:
                result = run_calibration(targets or SHIPPED_TARGETS, out, settings, workers, progress)
        except KeyboardInterrupt:
            typer.echo("Stopped. Finished points are saved; run the same command to resume.", err=True)
            raise typer.Exit(130) from None
        if not as_json:
            console().print(calibration_screen(result))
        write_results(result, out, markdown, as_json)


def write_results(result: Any, out: Path, markdown: Path | None, as_json: bool) -> None:
    """Write the page, the JSON file and the document of a calibration. Raises OSError."""
    from dashboards.reports.calibration import calibration_document, calibration_page
    from model.atomic_files import write_atomically

    write_analysis(out, "calibration", result.as_data(), calibration_page(result), as_json)
    if markdown is not None:
        write_atomically(markdown, calibration_document(result).encode())
    if not as_json and result.sample is not None:
        typer.echo(f"Next: detente claims --sample {out / 'sample.json'}")


def parse_worlds(text: str) -> tuple[int, ...]:
    """Parse numbers of worlds that grow from stage to stage. Raises ScenarioError for others."""
    from model.errors import InputError, ScenarioError

    try:
        worlds = tuple(int(each) for each in text.split(","))
    except ValueError:
        worlds = ()
    if len(worlds) < 2 or sorted(set(worlds)) != list(worlds) or not 10 <= worlds[0] <= worlds[-1] <= 100_000:
        problem = "should be two or more growing whole numbers from 10 to 100,000, such as 40,200,1000"
        raise ScenarioError([InputError("--worlds", text, problem)])
    return worlds
