"""The commands `studies`, `sweep`, `results`, `sensitivity` and `discover`. They do not import Mesa."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from dashboards.cli.options import AsJson, ensure_writable_file, note_other_model, parse_path, report_errors
from dashboards.cli.progress import SweepProgress, format_bytes, format_duration

app = typer.Typer()
SweepFolder = Annotated[Path, typer.Argument(parser=parse_path, metavar="DIR", help="Output folder of a sweep.")]
OutcomeName = Annotated[str, typer.Option(help="Outcome, indicator or metric to analyse.")]


@app.command()
def studies(as_json: AsJson = False) -> None:
    """List the built-in studies."""
    from dashboards.terminal.widgets import console, plain_table
    from experiments.studies.study import load_study, shipped_studies

    with report_errors():
        loaded = [load_study(name) for name in shipped_studies()]
    if as_json:
        data = [
            {"name": s.name, "question": s.file.question, "scenario": s.file.scenario, "design": s.file.design.kind,
             "factors": [factor.path for factor in s.factors], "points": s.size, "replications": s.file.replications}
            for s in loaded
        ]  # fmt: skip
        typer.echo(json.dumps(data))
        return
    table = plain_table("study", "points x runs", "design", keep_names_whole=True)
    table.add_column("question", overflow="fold")
    for each in loaded:
        size = f"{each.size:,} x {each.file.replications}"
        table.add_row(each.name, size, each.file.design.kind, each.file.question)
    console().print(table)


@app.command()
def sweep(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="Name of a built-in study, or path of a study file.")],
    out: Annotated[
        Path,
        typer.Option(parser=parse_path, metavar="DIR", help="Output folder; an unfinished sweep in it is resumed."),
    ],
    points: Annotated[int | None, typer.Option(min=1, help="Run only the first N points.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Threads or Dask workers; default: one per available core.")
    ] = None,
    executor: Annotated[
        Literal["local", "dask"], typer.Option(help="Where to run: in this process or on Dask.")
    ] = "local",
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler; default: a new local one.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan and the estimated time.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a study.

    Runs the simulations of every design point. Points that are already in the output folder are not run again.
    """
    from experiments.studies.study import load_study
    from experiments.studies.sweep import plan_sweep
    from experiments.studies.sweep import sweep as play_sweep

    with report_errors():
        loaded = load_study(study)
        plan = plan_sweep(loaded, out, points)
        print_plan(loaded, plan, out, as_json)
        if dry_run:
            print_estimate(loaded, plan, workers, as_json)
            return
        try:
            with SweepProgress(plan.points, loaded.file.replications, as_json) as progress:
                done = play_sweep(loaded, out, points, workers, executor, scheduler, progress)
        except KeyboardInterrupt:
            typer.echo("Stopped. Finished points are saved; run the same command to resume.", err=True)
            raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps({"study": loaded.name, **done._asdict(), "folder": str(out)}))
        return
    runs = done.played * loaded.file.replications
    rate = f", {runs / done.seconds:,.0f} runs per second" if runs and done.seconds > 0 else ""
    typer.echo(f"{done.points:,} points in {out}; {done.played:,} run in {done.seconds:.1f} s{rate}.")
    if done.failed:
        typer.echo(f"{done.failed} points failed. `detente results {out}` lists the errors.", err=True)
    typer.echo(f"Next: detente results {out}")


def print_plan(study: Any, plan: Any, out: Path, as_json: bool) -> None:
    """Print the plan of a sweep, and a note for each damaged file."""
    if not as_json:
        typer.echo(study.file.question)
        most = "up to " if study.file.stop_when else ""
        typer.echo(
            f"{plan.points:,} of {study.size:,} points ({study.file.design.kind}), {plan.to_play:,} to run, "
            f"{study.file.replications} runs of {most}{study.rounds} rounds each: {plan.runs:,} runs, "
            f"about {format_bytes(plan.size)} in {out}"
        )
        drawn = "" if study.sample is None else " Each run plays with a draw from the plausible sample."
        typer.echo(f"Order of the points: {plan.order}.{drawn}")
    for name in plan.damaged:
        typer.echo(f"Note: {out / name} is damaged; its points are run again.", err=True)


def print_estimate(study: Any, plan: Any, workers: int | None, as_json: bool) -> None:
    """Print the estimated time of a sweep."""
    from experiments.studies.sweep import estimate_seconds

    seconds = estimate_seconds(study, plan, workers)
    if as_json:
        typer.echo(json.dumps({**plan._asdict(), "seconds": seconds}))
    elif plan.to_play:
        typer.echo(f"Estimated time on this machine: {format_duration(seconds)}.")


def note_model_of(folder: Path) -> None:
    """Print a note if the results in a folder come from another model."""
    from experiments.studies.store import stored_version

    note_other_model(stored_version(folder))


@app.command()
def results(
    folder: SweepFolder,
    csv: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write the table of runs to a CSV file.")
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write the table of runs to a Parquet file.")
    ] = None,
    sql: Annotated[str | None, typer.Option(help="Run an SQL query on the views runs, points and results.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the results of a sweep.

    Shows finished and failed points, the outcome shares and the means of metrics; with --sql, the result of a query.
    """
    from experiments.studies.results import query_results, runs_table, sweep_summary
    from model.atomic_files import write_atomically

    with report_errors():
        note_model_of(folder)
        if sql is not None:
            answer = query_results(folder, sql)
            typer.echo(answer.to_json(orient="records") if as_json else answer.to_string(index=False))
            return
        for path in filter(None, (csv, parquet)):
            ensure_writable_file(path)
        summary = sweep_summary(folder)
        if csv is not None or parquet is not None:
            frame = runs_table(folder)
            if csv is not None:
                write_atomically(csv, frame.to_csv(index=False).encode())
            if parquet is not None:
                write_atomically(parquet, frame.to_parquet(index=False))
    if as_json:
        typer.echo(json.dumps(summary))
        return
    print_summary(summary)
    for path in filter(None, (csv, parquet)):
        typer.echo(f"Saved to {path}")


def print_summary(summary: dict[str, Any]) -> None:
    """Print the counts of a sweep, the shares of outcomes, the means of metrics and the errors."""
    from dashboards.labels import OUTCOME_LABELS
    from dashboards.terminal.widgets import console, plain_table

    typer.echo(summary["question"])
    typer.echo(
        f"{summary['points']:,} of {summary['of']:,} points, {summary['runs']:,} runs of {summary['scenario']}, "
        f"{format_bytes(summary['bytes'])} ({summary['bytes'] / max(summary['runs'], 1):.0f} bytes per run)"
    )
    shares = plain_table("outcome", "share of runs")
    for name, share in summary["outcomes"].items():
        shares.add_row(OUTCOME_LABELS[name], f"{share:.1%}")
    console().print(shares)
    if summary["metrics"]:
        metrics = plain_table("metric", "mean", "missing")
        for name, each in summary["metrics"].items():
            mean = "-" if each["mean"] is None else f"{each['mean']:.4g}"
            metrics.add_row(name, mean, f"{each['missing']:,}")
        console().print(metrics)
    for error in summary["errors"]:
        typer.echo(f"failed ({error['stage']}): {error['points']} points from point {error['first']}: {error['error']}")


def write_analysis(folder: Path, name: str, facts: Any, page: Any, as_json: bool) -> None:
    """Write an analysis as JSON and as an HTML page into a folder, and print the JSON or the paths."""
    from dashboards.reports.study import write_study_page
    from model.atomic_files import write_atomically

    text = json.dumps(facts)
    write_atomically(folder / f"{name}.json", text.encode())
    write_study_page(page, folder / f"{name}.html")
    if as_json:
        typer.echo(text)
    else:
        typer.echo(f"Saved to {folder / name}.html and .json")


@app.command()
def sensitivity(
    folder: SweepFolder,
    outcome: OutcomeName = "some_deal",
    method: Annotated[
        Literal["sobol", "morris", "rbd-fast", "pawn", "delta"] | None,
        typer.Option(
            help="Method; default: that of a Sobol or Morris design, rbd-fast for a Latin hypercube, pawn for a grid "
            "or a table. rbd-fast, pawn and delta take any sample."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute sensitivity indices of a sweep.

    Computes indices that suit the design, with confidence intervals if the method has them (SALib).
    """
    from dashboards.reports.study import INDEX_LABELS, describe_sensitivity, sensitivity_page
    from dashboards.terminal.widgets import console, plain_table
    from experiments.studies.results import stored_study
    from experiments.studies.sensitivity import sensitivity_data, sweep_sensitivity

    with report_errors():
        note_model_of(folder)
        indices = sweep_sensitivity(folder, outcome, method)
        question = stored_study(folder).file.question
        if not as_json:
            table = plain_table(*(INDEX_LABELS[name].strip() for name in indices.indices.columns))
            for row in indices.indices.itertuples(index=False):
                table.add_row(str(row[0]), *(f"{value:.3f}" for value in row[1:]))
            console().print(question)
            console().print(table)
            for sentence in (*describe_sensitivity(indices), *indices.remarks):
                typer.echo(sentence)
        write_analysis(
            folder, f"sensitivity-{outcome}", sensitivity_data(indices), sensitivity_page(question, indices), as_json
        )


@app.command()
def discover(
    folder: SweepFolder,
    outcome: OutcomeName = "comprehensive_deal",
    above: Annotated[
        float, typer.Option(help="Threshold: points at or above this share or value are of interest.")
    ] = 0.5,
    as_json: AsJson = False,
) -> None:
    """Run scenario discovery (PRIM) on a sweep.

    Finds the ranges of the factors in which an outcome is frequent. Uses EMA Workbench.
    """
    from dashboards.reports.study import box_page, describe_box
    from experiments.studies.discover import discover as discover_box
    from experiments.studies.discover import limit_sentences
    from experiments.studies.results import stored_study

    with report_errors():
        note_model_of(folder)
        box, study = discover_box(folder, outcome, above), stored_study(folder)
        link, sentence = box_link(box, study)
        if not as_json:
            typer.echo(study.file.question)
            for line in (*describe_box(outcome, above, box), *limit_sentences(box)):
                typer.echo(line)
            if box.edges:
                typer.echo(sentence)
        facts = {
            **box._asdict(),
            "edges": [edge._asdict() for edge in box.edges],
            "words": limit_sentences(box),
            "link": link,
        }
        facts["trade_off"] = box.trade_off.to_dict("records")
        page = box_page(study.file.question, outcome, above, box, sentence)
        write_analysis(folder, f"discover-{outcome}", facts, page, as_json)


def box_link(box: Any, study: Any) -> tuple[str | None, str]:
    """Return a link to a point inside a box, None if a link cannot contain the scenario, and a sentence about it."""
    from dashboards.page_link import Link, format_link
    from dashboards.study_link import is_portable, setting_in_box, study_setting

    setting = setting_in_box(study_setting(study), box, study)
    if not is_portable(setting):
        return (
            None,
            "The scenario is a file, which a link cannot contain. Open the box on the Sweeps page of the dashboard.",
        )
    link = f"http://127.0.0.1:8765/?{format_link(Link(setting))}"
    sentence = f"A point inside the box (needs a running `detente dashboard`): {link}"
    if setting.seed != study.file.seed:
        sentence += f" (with seed {setting.seed}, because {study.file.seed} is too large for a link)"
    return link, sentence
