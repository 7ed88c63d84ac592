"""The commands of studies: studies, sweep, results, sensitivity, discover, claims. They need no Mesa."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from dashboards.cli.options import AsJson, ensure_writable_file, ensure_writable_folder, parse_path, report_errors
from dashboards.cli.progress import SweepProgress, format_bytes

app = typer.Typer()
SweepFolder = Annotated[Path, typer.Argument(parser=parse_path, metavar="DIR", help="Folder of a sweep.")]
OutcomeName = Annotated[str, typer.Option(help="Outcome or indicator of the study.")]


@app.command()
def studies(as_json: AsJson = False) -> None:
    """List the shipped studies with their questions."""
    from dashboards.terminal.widgets import console, plain_table
    from experiments.studies.study import load_study, shipped_studies

    with report_errors():
        found = [load_study(name) for name in shipped_studies()]
    if as_json:
        plain = [
            {"name": s.name, "question": s.file.question, "scenario": s.file.scenario, "design": s.file.design.kind,
             "factors": [factor.path for factor in s.factors], "points": s.size, "replications": s.file.replications}
            for s in found
        ]  # fmt: skip
        typer.echo(json.dumps(plain))
        return
    table = plain_table("study", "points x runs", "design", keep_names_whole=True)
    table.add_column("question", overflow="fold")
    for each in found:
        size = f"{each.size:,} x {each.file.replications}"
        table.add_row(each.name, size, each.file.design.kind, each.file.question)
    console().print(table)


@app.command()
def sweep(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A shipped study, or a path to a file.")],
    out: Annotated[
        Path, typer.Option(parser=parse_path, metavar="DIR", help="Folder for the results; the same folder goes on.")
    ],
    points: Annotated[int | None, typer.Option(min=1, help="The first so many points only.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads, or Dask workers.")] = None,
    executor: Annotated[Literal["local", "dask"], typer.Option(help="What plays the chunks.")] = "local",
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler to use.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan, and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play every point of a study; what is in the folder already is not played again."""
    from experiments.studies.study import load_study
    from experiments.studies.sweep import plan_sweep
    from experiments.studies.sweep import sweep as play_sweep

    with report_errors():
        asked = load_study(study)
        wanted = plan_sweep(asked, out, points)
        if not as_json:
            typer.echo(asked.file.question)
            typer.echo(
                f"{wanted.points:,} of {asked.size:,} points ({asked.file.design.kind}), {wanted.to_play:,} to play, "
                f"{asked.file.replications} runs of {asked.rounds} rounds each: {wanted.runs:,} runs, "
                f"about {format_bytes(wanted.size)} in {out}"
            )
        for name in wanted.damaged:
            typer.echo(f"note: {out / name} is damaged; its points are played again", err=True)
        if dry_run:
            if as_json:
                typer.echo(json.dumps(wanted._asdict()))
            return
        try:
            with SweepProgress(wanted.points, asked.file.replications, as_json) as progress:
                done = play_sweep(asked, out, points, workers, executor, scheduler, progress)
        except KeyboardInterrupt:
            typer.echo("Stopped; what was finished is kept, and the same command goes on from there.", err=True)
            raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps({"study": asked.name, **done._asdict(), "folder": str(out)}))
        return
    runs = done.played * asked.file.replications
    rate = f", {runs / done.seconds:,.0f} runs a second" if runs and done.seconds > 0 else ""
    typer.echo(f"{done.points:,} points in {out}; {done.played:,} played now in {done.seconds:.1f} s{rate}.")
    if done.failed:
        typer.echo(f"{done.failed} points failed: `detente results {out}` tells why.", err=True)
    typer.echo(f"Next: detente results {out}")


@app.command()
def results(
    folder: SweepFolder,
    csv: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write the table of runs as CSV.")
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Write it as Parquet.")
    ] = None,
    sql: Annotated[str | None, typer.Option(help="Ask about the views runs, points and results.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what a sweep left: what is there, what failed, the table, or the answer to a question in SQL."""
    from dashboards.labels import OUTCOME_LABELS
    from dashboards.terminal.widgets import console, plain_table
    from experiments.studies.results import query_results, runs_table, sweep_summary
    from model.atomic_files import write_atomically

    with report_errors():
        if sql is not None:
            answer = query_results(folder, sql)
            typer.echo(answer.to_json(orient="records") if as_json else answer.to_string(index=False))
            return
        for path in filter(None, (csv, parquet)):
            ensure_writable_file(path)
        found = sweep_summary(folder)
        if csv is not None or parquet is not None:
            frame = runs_table(folder)
            if csv is not None:
                write_atomically(csv, frame.to_csv(index=False).encode())
            if parquet is not None:
                write_atomically(parquet, frame.to_parquet(index=False))
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(found["question"])
    typer.echo(
        f"{found['points']:,} of {found['of']:,} points, {found['runs']:,} runs of {found['scenario']}, "
        f"{format_bytes(found['bytes'])} ({found['bytes'] / max(found['runs'], 1):.0f} bytes a run)"
    )
    shares = plain_table("outcome", "share of runs")
    for name, share in found["outcomes"].items():
        shares.add_row(OUTCOME_LABELS[name], f"{share:.1%}")
    console().print(shares)
    for error in found["errors"]:
        typer.echo(f"failed ({error['stage']}): {error['points']} points from point {error['first']}: {error['error']}")
    for path in filter(None, (csv, parquet)):
        typer.echo(f"Written to {path}")


def write_analysis(folder: Path, name: str, facts: Any, page: Any, as_json: bool) -> None:
    """Write an analysis as JSON and as a page beside its results, and say where."""
    from dashboards.reports.study import write_study_page
    from model.atomic_files import write_atomically

    text = json.dumps(facts)
    write_atomically(folder / f"{name}.json", text.encode())
    write_study_page(page, folder / f"{name}.html")
    if as_json:
        typer.echo(text)
    else:
        typer.echo(f"Written to {folder / name}.html and .json")


@app.command()
def sensitivity(folder: SweepFolder, outcome: OutcomeName = "some_deal", as_json: AsJson = False) -> None:
    """Give Sobol or Morris indices of a sweep through SALib, and how far they can be trusted."""
    from dashboards.reports.study import INDEX_LABELS, describe_sensitivity, sensitivity_page
    from dashboards.terminal.widgets import console, plain_table
    from experiments.studies.results import stored_study
    from experiments.studies.sensitivity import sensitivity_data
    from experiments.studies.sensitivity import sweep_sensitivity as indices_of

    with report_errors():
        found = indices_of(folder, outcome)
        question = stored_study(folder).file.question
        if not as_json:
            table = plain_table(*(INDEX_LABELS[name].strip() for name in found.indices.columns))
            for row in found.indices.itertuples(index=False):
                table.add_row(str(row[0]), *(f"{value:.3f}" for value in row[1:]))
            console().print(question)
            console().print(table)
            for sentence in (*describe_sensitivity(found), *found.remarks):
                typer.echo(sentence)
        write_analysis(
            folder, f"sensitivity-{outcome}", sensitivity_data(found), sensitivity_page(question, found), as_json
        )


@app.command()
def discover(
    folder: SweepFolder,
    outcome: OutcomeName = "comprehensive_deal",
    above: Annotated[float, typer.Option(help="Share or value from which a point is of interest.")] = 0.5,
    as_json: AsJson = False,
) -> None:
    """Find the box of the factors in which an outcome comes about, by PRIM through ema-workbench."""
    from dashboards.reports.study import box_page, describe_box
    from experiments.studies.discover import discover as find
    from experiments.studies.discover import limit_sentences
    from experiments.studies.results import stored_study

    with report_errors():
        box, study = find(folder, outcome, above), stored_study(folder)
        link, told = box_link(box, study)
        if not as_json:
            typer.echo(study.file.question)
            for sentence in (*describe_box(outcome, above, box), *limit_sentences(box)):
                typer.echo(sentence)
            if box.edges:
                typer.echo(told)
        facts = {
            **box._asdict(),
            "edges": [edge._asdict() for edge in box.edges],
            "words": limit_sentences(box),
            "link": link,
        }
        facts["trade_off"] = box.trade_off.to_dict("records")
        page = box_page(study.file.question, outcome, above, box, told)
        write_analysis(folder, f"discover-{outcome}", facts, page, as_json)


def box_link(box: Any, study: Any) -> tuple[str | None, str]:
    """Write a point inside a box as a link into the dashboard, None if no link can hold it; and say so."""
    from dashboards.page_link import Link, format_link
    from dashboards.study_link import is_portable, setting_in_box, study_setting

    setting = setting_in_box(study_setting(study), box, study)
    if not is_portable(setting):
        return None, "The scenario is a file, which no link holds: the dashboard's page Sweeps opens the box itself."
    link = f"http://127.0.0.1:8765/?{format_link(Link(setting))}"
    told = f"A point inside the box (while `detente dashboard` runs): {link}"
    if setting.seed != study.file.seed:
        told += f" (with seed {setting.seed}: a link holds no seed as large as {study.file.seed})"
    return link, told


@app.command()
def claims(
    points: Annotated[int, typer.Option(min=8, max=100_000, help="Points over the uncertainties' full ranges.")] = 128,
    replications: Annotated[int, typer.Option(min=2, max=10_000, help="Worlds at each point, same dice.")] = 20,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of points and dice.")] = 1,
    reach: Annotated[
        float, typer.Option(help="Share of each value to go from the scenario's own; 1 is every full range.")
    ] = 1.0,
    out: Annotated[Path, typer.Option(parser=parse_path, metavar="DIR", help="Folder for page and JSON.")] = Path(
        "runs/claims"
    ),
    as_json: AsJson = False,
) -> None:
    """Judge the essay's claims: where each holds, its effect, and where it fails."""
    from dashboards.cli.progress import progress_bar
    from dashboards.reports.study import claims_page
    from dashboards.reports.study import format_percent as share_of
    from dashboards.terminal.widgets import console, plain_table
    from experiments.studies.claims import evaluate_claims
    from experiments.studies.essay_claims import CLAIMS

    with report_errors():
        ensure_writable_folder(out)
        total = sum(len(claim.comparisons) for claim in CLAIMS)
        with progress_bar(total, "comparisons", as_json) as progress:
            judged = evaluate_claims(points, replications, seed, reach=reach, progress=progress)
        if not as_json:
            table = plain_table("verdict", "holds in", "fails in", "differs in")
            table.add_column("claim, and what it says (effect: above nought as claimed)", overflow="fold")
            for each in judged:
                table.add_row(each.verdict, share_of(each.holds.share), share_of(each.fails.share), "", each.words)
                for one in each.comparisons:
                    where = f"; fails mostly where {one.where[0]}" if one.where else ""
                    told = f"  {one.says}: {one.effect:+.3f} ({one.low:+.3f} to {one.high:+.3f}){where}"
                    table.add_row("", *(share_of(x.share) for x in (one.holds, one.fails, one.touched)), told)
            console().print(table)
            if reach == 1.0:
                typer.echo(
                    "Over the full ranges most points are extreme, and little happens there; "
                    "--reach 0.25 stays within a quarter of the scenario's own values."
                )
        facts = {
            "points": points,
            "replications": replications,
            "reach": reach,
            "claims": [claim_data(each) for each in judged],
        }
        write_analysis(out, "claims", facts, claims_page(judged, points, replications, reach), as_json)


def claim_data(judged: Any) -> dict[str, Any]:
    """Write what became of a claim as plain data."""

    def shares(found: Any) -> dict[str, Any]:
        plain = {name: getattr(found, name)._asdict() for name in ("holds", "fails", "touched") if hasattr(found, name)}
        return {**found._asdict(), **plain}

    return {**shares(judged), "comparisons": [shares(one) for one in judged.comparisons]}
