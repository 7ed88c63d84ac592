"""The command `advise`. It does not import Mesa."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.options import AsJson, Changes, ScenarioName, Seed, parse_changes, parse_path, report_errors
from dashboards.cli.progress import nan_to_none, progress_bar

if TYPE_CHECKING:
    from experiments.studies.advice import Advice, Answer, Compromise, Tradeoffs

app = typer.Typer()


Goals = Annotated[
    list[str],
    typer.Option(
        "--goal",
        metavar="'MEASURE >= NUMBER'",
        help="What is to be reached: an outcome and its share of worlds, such as 'comprehensive_deal >= 0.4', or a "
        "metric and its mean, such as 'mean(tension) <= 0.5'. Two or three goals: shows the trade-offs.",
    ),
]
Patterns = Annotated[
    list[str] | None,
    typer.Option("--may", metavar="PATTERN", help="Move only levers that match, such as 'facilitators.*'; repeatable."),
]
Most = Annotated[int, typer.Option(min=1, max=3, help="Largest number of levers to change.")]
InPlausibleWorlds = Annotated[
    bool, typer.Option("--plausible", help="Also play the answers in plausible worlds, not only in this one.")
]
SampleFile = Annotated[
    Path | None,
    typer.Option(parser=parse_path, metavar="FILE", help="Sample of plausible worlds; the shipped one by default."),
]
FreshWorlds = Annotated[int, typer.Option(min=1000, max=10_000_000, help="Number of fresh worlds for every answer.")]


@app.command()
def advise(
    scenario: ScenarioName,
    goals: Goals,
    patterns: Patterns = None,
    most: Most = 3,
    plausible: InPlausibleWorlds = False,
    sample: SampleFile = None,
    worlds: FreshWorlds = 1000,
    seed: Seed = 1,
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Find the smallest set of levers that reaches a goal.

    Tries each lever of the scenario alone, then pairs and triples of those that move the goal most, and plays what it
    finds again on fresh seeds.
    """
    from dashboards.terminal.advice import advice_screen, ensemble_command, tradeoffs_screen
    from dashboards.terminal.widgets import console
    from experiments.studies.advice import Advice
    from experiments.studies.choose_search import choose_search
    from model.errors import InputError, ScenarioError
    from model.loading import read_scenario

    with report_errors():
        if sample is not None and not plausible:
            raise ScenarioError([InputError("--sample", str(sample), "applies with --plausible only")])
        changed = parse_changes(changes)
        search = choose_search(
            read_scenario(scenario),
            goals,
            changed,
            may=patterns or (),
            most=most,
            worlds=worlds,
            seed=seed,
            plausible=sample or plausible,
        )
        with progress_bar(search.total_worlds, "worlds, at most", as_json) as progress:
            advice = search.run(progress)
    single = isinstance(advice, Advice)
    if as_json:
        typer.echo(json.dumps(advice_data(advice) if single else tradeoffs_data(advice)))
        return
    console().print(advice_screen(advice) if single else tradeoffs_screen(advice))
    if advice.rows[1:]:
        typer.echo(f"To see answer 1: {ensemble_command(advice, scenario, changed)}")


def advice_data(advice: "Advice") -> dict[str, Any]:
    """Return what `advise --json` prints."""
    return {
        "scenario": advice.scenario,
        "goal": advice.goal.text,
        "reached": advice.reached,
        "seed": advice.seed,
        "worlds": advice.worlds,
        "search_worlds": advice.search_worlds,
        "levers": advice.levers,
        "tried": {str(size): count for size, count in advice.tried.items()},
        "plausible_points": advice.plausible_points,
        "plausible_worlds": advice.plausible_worlds,
        "base": answer_data(advice.base),
        "answers": [answer_data(each) for each in advice.answers],
        "best": [answer_data(each) for each in advice.best],
    }


def answer_data(answer: "Answer") -> dict[str, Any]:
    """Return an answer as plain data."""
    robustness = answer.robustness
    return {
        "changes": [each._asdict() for each in answer.changes],
        "estimate": {key: nan_to_none(value) for key, value in answer.estimate._asdict().items()},
        "reached": answer.reached,
        "certain": answer.certain,
        "shortfall": answer.shortfall if math.isfinite(answer.shortfall) else None,
        "distance": answer.distance,
        "tension": [nan_to_none(value) for value in answer.tension[:3]],
        "perverse": answer.perverse,
    } | (
        {}
        if robustness is None
        else {
            "satisficing": robustness.satisficing._asdict(),
            "mean_shortfall": nan_to_none(robustness.shortfall),
            "regret": nan_to_none(robustness.regret),
        }
    )


def tradeoffs_data(tradeoffs: "Tradeoffs") -> dict[str, Any]:
    """Return what `advise --json` prints for several goals."""
    return {
        "scenario": tradeoffs.scenario,
        "goals": [goal.text for goal in tradeoffs.goals],
        "reached": tradeoffs.reached,
        "seed": tradeoffs.seed,
        "worlds": tradeoffs.worlds,
        "search_worlds": tradeoffs.search_worlds,
        "levers": tradeoffs.levers,
        "tried": tradeoffs.tried,
        "base": compromise_data(tradeoffs.base),
        "answers": [compromise_data(each) for each in tradeoffs.answers],
    }


def compromise_data(answer: "Compromise") -> dict[str, Any]:
    """Return an answer to several goals as plain data."""
    return {
        "changes": [each._asdict() for each in answer.changes],
        "estimates": [{key: nan_to_none(value) for key, value in each._asdict().items()} for each in answer.estimates],
        "shortfalls": [value if math.isfinite(value) else None for value in answer.shortfalls],
        "reached": answer.reached,
        "distance": answer.distance,
        "tension": [nan_to_none(value) for value in answer.tension[:3]],
        "perverse": answer.perverse,
    }
