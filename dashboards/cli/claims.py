"""The command `claims`. It does not import Mesa."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.options import AsJson, ensure_writable_folder, parse_path, report_errors
from dashboards.cli.studies import write_analysis

app = typer.Typer()


@app.command()
def claims(
    points: Annotated[
        int, typer.Option(min=8, max=100_000, help="Number of sampled points of the uncertainties.")
    ] = 128,
    replications: Annotated[int, typer.Option(min=2, max=10_000, help="Number of simulated worlds per point.")] = 20,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Random seed.")] = 1,
    reach: Annotated[
        float,
        typer.Option(help="Largest deviation from the scenario's values, as a share of each value; 1: full ranges."),
    ] = 1.0,
    out: Annotated[Path, typer.Option(parser=parse_path, metavar="DIR", help="Output folder.")] = Path("runs/claims"),
    as_json: AsJson = False,
) -> None:
    """Test fourteen claims about gradual diplomacy.

    Shows for each claim where it holds, where it fails, and the size of its effect.
    """
    from dashboards.cli.progress import progress_bar
    from dashboards.reports.study import claims_page
    from experiments.studies.claims import evaluate_claims
    from experiments.studies.essay_claims import CLAIMS

    with report_errors():
        ensure_writable_folder(out)
        total = sum(len(claim.comparisons) for claim in CLAIMS)
        with progress_bar(total, "comparisons", as_json) as progress:
            evaluated = evaluate_claims(points, replications, seed, reach=reach, progress=progress)
        if not as_json:
            print_claims(evaluated, reach)
        facts = {
            "points": points,
            "replications": replications,
            "reach": reach,
            "claims": [claim_data(each) for each in evaluated],
        }
        write_analysis(out, "claims", facts, claims_page(evaluated, points, replications, reach), as_json)


def print_claims(evaluated: Any, reach: float) -> None:
    """Print the evaluated claims with their comparisons."""
    from dashboards.reports.study import format_percent
    from dashboards.terminal.widgets import console, plain_table

    table = plain_table("verdict", "holds in", "fails in", "differs in")
    table.add_column("claim and its comparisons (an effect above 0 supports the claim)", overflow="fold")
    for each in evaluated:
        table.add_row(each.verdict, format_percent(each.holds.share), format_percent(each.fails.share), "", each.words)
        for one in each.comparisons:
            where = f"; fails mainly where {one.where[0]}" if one.where else ""
            comparison = f"  {one.says}: {one.effect:+.3f} ({one.low:+.3f} to {one.high:+.3f}){where}"
            table.add_row("", *(format_percent(x.share) for x in (one.holds, one.fails, one.touched)), comparison)
    console().print(table)
    if reach == 1.0:
        typer.echo(
            "Over the full ranges most points are extreme and have little effect. "
            "Use --reach 0.25 to stay within a quarter of the scenario's values."
        )


def claim_data(evaluated: Any) -> dict[str, Any]:
    """Return an evaluated claim as plain data."""

    def with_shares(result: Any) -> dict[str, Any]:
        named = {
            name: getattr(result, name)._asdict() for name in ("holds", "fails", "touched") if hasattr(result, name)
        }
        return {**result._asdict(), **named}

    return {**with_shares(evaluated), "comparisons": [with_shares(one) for one in evaluated.comparisons]}
