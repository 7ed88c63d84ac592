"""Output of the command `cases`: the list of cases, one case, or a replay."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from rich.console import Group, RenderableType
from rich.text import Text

from dashboards.terminal.widgets import plain_table
from experiments.cases.case import CASE_COLUMNS, Case, Evidence
from experiments.cases.replay import (
    FORECASTERS,
    ForecasterComparison,
    Replay,
    ReplayDirection,
    ReplayMonth,
    compare_forecasters,
)
from model.errors import make_printable

EVIDENCE_LEVELS = get_args(Evidence)
SIGN_WORDS = {None: "none", 1: "cooperative", 0: "hostile"}
SIGN_SYMBOLS = {None: ".", 1: "+", 0: "-"}


class CaseOutput(NamedTuple):
    """The output in three forms: a screen, the rows of a table, and data for JSON."""

    screen: RenderableType
    rows: list[dict[str, Any]]
    facts: Any


def cases_output(cases: Sequence[Case], alone: bool) -> CaseOutput:
    """Return the output for one case or for all."""
    if alone:
        return CaseOutput(case_screen(cases[0]), event_rows(cases[0]), case_data(cases[0]))
    return CaseOutput(library_screen(cases), [case_row(each) for each in cases], [case_data(each) for each in cases])


def replay_output(replays: Sequence[Replay], alone: bool) -> CaseOutput:
    """Return the output for the replay of one case or of all."""
    rows = month_rows(replays)
    if alone:
        return CaseOutput(replay_screen(replays[0]), rows, replay_data(replays[0]))
    overall = ranking_data(compare_forecasters([each.scored_months for each in replays]))
    return CaseOutput(
        ranking_screen(replays), rows, {"standing": overall, "cases": [replay_data(each) for each in replays]}
    )


def case_row(case: Case) -> dict[str, Any]:
    """Return the summary of a case."""
    counts = Counter(each.evidence for each in case.events)
    return {
        "case": case.name,
        "title": case.header.title,
        "from": case.month_of(1),
        "to": case.month_of(case.months),
        "acts": len(case.events),
        **{level: counts[level] for level in EVIDENCE_LEVELS},
        **{f"months_of_{key}": len(case.monthly_conduct(side)) for side, key in enumerate(("first", "second"))},
        "scenario": case.header.scenario,
    }


def event_rows(case: Case) -> list[dict[str, Any]]:
    """Return the acts of a case, with the columns of its file."""
    return [
        {
            name: str(value) if name == "date" else value
            for name, value in each.model_dump().items()
            if name in CASE_COLUMNS
        }
        for each in case.events
    ]


def case_data(case: Case) -> dict[str, Any]:
    """Return what `cases --json` prints for a case."""
    sides = [{"state": side.state, "actors": sorted(side.actors)} for side in case.sides]
    conduct = [
        {case.month_of(month): weight for month, weight in case.monthly_conduct(side).items()} for side in (0, 1)
    ]
    more = {"sides": sides, "conduct": conduct, "corrected": case.header.corrected, "note": case.header.note}
    return {**case_row(case), **more, "events": event_rows(case)}


def library_screen(cases: Sequence[Case]) -> RenderableType:
    """Return the list of cases."""
    table = plain_table("case", "span", "acts", "evidence", keep_names_whole=True)
    table.add_column("title", overflow="fold")
    for case in cases:
        row = case_row(case)
        counts = "/".join(str(row[level]) for level in EVIDENCE_LEVELS)
        table.add_row(row["case"], f"{row['from']} to {row['to']}", str(row["acts"]), counts, Text(row["title"]))
    note = (
        f"Evidence: number of acts {'/'.join(EVIDENCE_LEVELS)}. One person coded the cases: docs/cases.md. "
        "Show a case with `detente cases NAME`."
    )
    return Group(table, Text(note, style="dim"))


def case_screen(case: Case) -> RenderableType:
    """Return a case with its remarks."""
    row = case_row(case)
    head = Text.assemble((make_printable(row["title"]), "bold"), f"  {case.name}, {row['from']} to {row['to']}")
    table = plain_table("date", "actors", "weight", "evidence")
    table.add_column("act", overflow="fold")
    for each in case.events:
        preposition = "with" if each.joint == "yes" else "to"
        day = {"day": str(each.date), "month": f"{each.date:%Y-%m}", "approx": f"~{each.date}"}[each.precision]
        actors = Text(make_printable(f"{each.actor} {preposition} {each.target}"))
        table.add_row(day, actors, f"{each.weight:+.1f}", each.evidence, Text(make_printable(each.event, 400)))
    return Group(head, table, *map(Text, case_remarks(case)))


def case_remarks(case: Case) -> list[str]:
    """Return remarks on a valid case: its acts, its sides, its scenario and its corrections."""
    row = case_row(case)
    counts = ", ".join(f"{row[level]} {level}" for level in EVIDENCE_LEVELS)
    first, second = (side.state for side in case.sides)
    return [
        f"Valid: {row['acts']} acts ({counts}). Months with an act: {row['months_of_first']} of the first side "
        f"({first}), {row['months_of_second']} of the second ({second}), "
        f"replayed in scenario {make_printable(case.header.scenario)}.",
        *(f"Corrected: {make_printable(text, 400)}." for text in case.header.corrected),
        *(f"Note: {make_printable(text, 400)}." for text in case.header.note),
        "For sources, use `--json` or `--csv FILE`.",
    ]


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
    score_names = [f"{score}_{name.replace(' ', '_')}" for score in ("brier", "crps") for name in FORECASTERS]
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


def ranking_data(comparison: dict[str, ForecasterComparison] | None) -> dict[str, Any] | None:
    """Return the comparison of the forecasters."""
    return comparison and {
        measure: {
            "scores": {name: interval._asdict() for name, interval in one.scores.items()},
            "nearest": one.best,
            "model_less_better_baseline": one.difference._asdict(),
            "verdict": one.verdict,
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
    parts: list[RenderableType] = [head]
    for direction in replay.directions:
        parts += [
            Text(
                f"\n{direction.input_side} as in the record, {direction.responder} simulated by the model", style="bold"
            ),
            months_table(direction),
        ]
    comparison = compare_forecasters([replay.scored_months])
    if comparison is None:
        return Group(*parts, Text("\nNo month can be scored, because no month has earlier acts of both sides."))
    parts += [Text(f"\nOver {len(replay.scored_months)} scored months (lower is better):"), ranking_table(comparison)]
    note = (
        "Input: sign of the other side's previous act. Weights range from -10 to 10. The model forecasts a sign; its "
        "sizes are those of the other cases; docs/cases.md explains the comparison."
    )
    return Group(*parts, Text(note, style="dim"))


def months_table(direction: ReplayDirection) -> RenderableType:
    """Return the months of one direction."""
    table = plain_table("month", "input", "model", "mean (5 % to 95 %)", "observed", "Brier", "CRPS")
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
    """Return the scores of the forecasters for sign and size, with intervals."""
    table = plain_table("", "Brier score of the sign", "CRPS of the size")
    for name in FORECASTERS:
        table.add_row(name, *(str(one.scores[name]) for one in comparison.values()))
    table.add_row("model minus baseline", *(str(one.difference) for one in comparison.values()))
    table.add_row("model is more accurate", *(one.verdict for one in comparison.values()))
    return table


def ranking_screen(replays: Sequence[Replay]) -> RenderableType:
    """Return the scores of the forecasters for each case and overall."""
    table = plain_table("case", "n", "Brier m/p/b", "CRPS m/p/b", "sign", "size", keep_names_whole=True)
    groups = {each.case.name: [each.scored_months] for each in replays}
    groups["all cases"] = [each.scored_months for each in replays]
    for label, group in groups.items():
        if comparison := compare_forecasters(group):
            means = [
                " ".join(f"{one.scores[name].mean:.{digits}f}" for name in FORECASTERS)
                for one, digits in zip(comparison.values(), (2, 1), strict=True)
            ]
            verdicts = [one.verdict for one in comparison.values()]
            table.add_row(label, str(sum(map(len, group))), *means, *verdicts)
    overall = compare_forecasters(groups["all cases"])
    note = (
        "m/p/b: model, persistence, base rate; lower is better. `fails`: a baseline is significantly closer to the "
        "record than the model. `undecided`: the interval of the difference contains 0."
    )
    return Group(table, *([ranking_table(overall)] if overall else []), Text(note, style="dim"))
