"""Output of `cases --replay`: the months of a replay, and the scores of the model and its rivals."""

import re
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from dashboards.terminal.cases import CaseOutput, root_weights
from dashboards.terminal.widgets import plain_table
from experiments.cases.replay import (
    BENCHMARK,
    FORECASTERS,
    MODEL,
    ForecasterComparison,
    Replay,
    ReplayDirection,
    ReplayMonth,
    combined_verdict,
    compare_forecasters,
)
from experiments.cases.scoring import Interval
from model.errors import make_printable

SIGN_WORDS = {None: "none", 1: "cooperative", 0: "hostile"}
SIGN_SYMBOLS = {None: ".", 1: "+", 0: "-"}


def replay_output(replays: Sequence[Replay], alone: bool) -> CaseOutput:
    """Return the output for the replay of one case or of all."""
    rows = month_rows(replays)
    if alone:
        return CaseOutput(replay_screen(replays[0]), rows, replay_data(replays[0]))
    overall = ranking_data(compare_forecasters([each.scored_months for each in replays]))
    return CaseOutput(
        ranking_screen(replays), rows, {"standing": overall, "cases": [replay_data(each) for each in replays]}
    )


def month_rows(replays: Sequence[Replay]) -> list[dict[str, Any]]:
    """Return one row per month of each replay, scored or not."""
    return [
        {"case": each.case.name, "answering": direction.responder, "given": direction.input_side, **month_data(month)}
        for each in replays
        for direction in each.directions
        for month in direction.months
    ]


def month_data(month: ReplayMonth) -> dict[str, Any]:
    """Return one month of a replay."""
    forecast = month.forecasts["model"]
    score_names = [f"{score}_{column_name(name)}" for score in ("brier", "crps") for name in FORECASTERS]
    scores = month.scores or (None,) * len(score_names)
    return {
        "month": month.date,
        "input": None if month.input_sign is None else SIGN_WORDS[month.input_sign],
        "model_chance": forecast.chance,
        "model_mean": forecast.mean,
        "model_5": forecast.quantile(0.05),
        "model_95": forecast.quantile(0.95),
        "happened": month.observed,
        "together": month.joint_only,
        **dict(zip(score_names, scores, strict=True)),
    }


def column_name(forecaster: str) -> str:
    """Return the name of a forecaster in a column: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", forecaster.lower()).strip("_")


def ranking_data(comparison: dict[str, ForecasterComparison] | None) -> dict[str, Any] | None:
    """Return the comparison of the forecasters."""
    return comparison and {
        measure: {
            "scores": {name: interval._asdict() for name, interval in one.scores.items()},
            "nearest": one.best,
            "model_less": {name: interval._asdict() for name, interval in one.differences.items()},
            "verdicts": {name: one.verdict_against(name) for name in one.differences},
        }
        for measure, one in comparison.items()
    }


def replay_data(replay: Replay) -> dict[str, Any]:
    """Return what `cases --replay --json` prints for a case."""
    return {
        "case": replay.case.name,
        "scenario": replay.case.header.scenario,
        "scored": len(replay.scored_months),
        "standing": ranking_data(compare_forecasters([replay.scored_months])),
        "months": month_rows([replay]),
    }


def replay_screen(replay: Replay) -> RenderableType:
    """Return a replay by month in both directions, with the comparison of the forecasters."""
    head = Text.assemble((make_printable(replay.case.header.title), "bold"), f"  {replay.case.name}, replayed")
    parts: list[RenderableType] = [head, *(Text(f"Note: {text}.") for text in root_weights(replay.case))]
    for direction in replay.directions:
        parts += [
            Text(
                f"\nNext month of {direction.responder} simulated by the model, earlier months as in the record",
                style="bold",
            ),
            months_table(direction),
        ]
    comparison = compare_forecasters([replay.scored_months])
    if comparison is None:
        return Group(*parts, Text("\nNo month can be scored, because no month has earlier acts of both sides."))
    parts += [Text(f"\nOver {len(replay.scored_months)} scored months (lower is better):"), ranking_table(comparison)]
    note = (
        "Other: sign of the other side's previous act. Weights range from -10 to 10. The model forecasts a sign; its "
        "sizes are those of the other cases. Rivals are fitted to the other cases. Verdict `fails`: the rival is "
        "significantly closer to the record than the model; docs/cases.md explains the comparison."
    )
    return Group(*parts, Text(note, style="dim"))


def months_table(direction: ReplayDirection) -> RenderableType:
    """Return the months of one direction."""
    table = plain_table("month", "other", "model", "mean (5 % to 95 %)", "observed", "Brier", "CRPS")
    for month in direction.months:
        facts = month_data(month)
        band = f"{facts['model_mean']:+.1f} ({facts['model_5']:+.1f} to {facts['model_95']:+.1f})"
        scores = ["-", "-"] if month.scores is None else [f"{facts['brier_model']:.2f}", f"{facts['crps_model']:.1f}"]
        observed = f"{month.observed:+.1f}" + (" jointly" if month.joint_only else "")
        table.add_row(
            month.date, SIGN_SYMBOLS[month.input_sign], f"{facts['model_chance']:.0%}", band, observed, *scores
        )
    return table


def ranking_table(comparison: dict[str, ForecasterComparison]) -> RenderableType:
    """Return the scores of the forecasters for sign and size, with intervals, in the order of the Brier score."""
    table = plain_table("", "Brier score, sign", "CRPS, size", keep_names_whole=True)
    table.add_column("verdict")
    for name in comparison["sign"].scores:
        scores = (
            format_interval(one.scores[name], digits) for one, digits in zip(comparison.values(), (3, 2), strict=True)
        )
        table.add_row(name, *scores, combined_verdict(comparison, name))
    return table


def format_interval(each: Interval, digits: int) -> str:
    """Return a mean with its interval, with a number of decimals."""
    return f"{each.mean:.{digits}f} ({each.low:.{digits}f} to {each.high:.{digits}f})"


def ranking_screen(replays: Sequence[Replay]) -> RenderableType:
    """Return the scores of the model and the base rate for each case, and of all forecasters overall."""
    table = plain_table("case", "n", "Brier m/b", "CRPS m/b", "model against base rate", keep_names_whole=True)
    groups = {each.case.name: [each.scored_months] for each in replays}
    groups["all cases"] = [each.scored_months for each in replays]
    for label, group in groups.items():
        if comparison := compare_forecasters(group):
            means = [
                "/".join(f"{one.scores[name].mean:.2f}" for name in (MODEL, BENCHMARK)) for one in comparison.values()
            ]
            table.add_row(label, str(sum(map(len, group))), *means, combined_verdict(comparison, BENCHMARK))
    overall = compare_forecasters(groups["all cases"])
    note = (
        "m/b: model and base rate; lower is better. `fails`: the rival is significantly closer to the record than the "
        "model. `undecided`: the interval of the difference contains 0."
    )
    return Group(table, *([ranking_table(overall)] if overall else []), Text(note, style="dim"))
