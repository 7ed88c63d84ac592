"""What the command of cases shows and writes: the library, one case, a replay."""

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
    """The same three ways: on the screen, as a table, as plain data."""

    screen: RenderableType
    rows: list[dict[str, Any]]
    facts: Any


def cases_output(cases: Sequence[Case], alone: bool) -> CaseOutput:
    """Tell of one case, or of the library."""
    if alone:
        return CaseOutput(case_screen(cases[0]), event_rows(cases[0]), case_data(cases[0]))
    return CaseOutput(library_screen(cases), [case_row(each) for each in cases], [case_data(each) for each in cases])


def replay_output(replays: Sequence[Replay], alone: bool) -> CaseOutput:
    """Tell of the replay of one case, or of all."""
    rows = month_rows(replays)
    if alone:
        return CaseOutput(replay_screen(replays[0]), rows, replay_data(replays[0]))
    whole = ranking_data(compare_forecasters([each.scored_months for each in replays]))
    return CaseOutput(
        ranking_screen(replays), rows, {"standing": whole, "cases": [replay_data(each) for each in replays]}
    )


def case_row(case: Case) -> dict[str, Any]:
    """Sum a case up."""
    marks = Counter(each.evidence for each in case.events)
    return {
        "case": case.name,
        "title": case.header.title,
        "from": case.month_of(1),
        "to": case.month_of(case.months),
        "acts": len(case.events),
        **{mark: marks[mark] for mark in EVIDENCE_LEVELS},
        **{f"months_of_{key}": len(case.monthly_conduct(side)) for side, key in enumerate(("first", "second"))},
        "scenario": case.header.scenario,
    }


def event_rows(case: Case) -> list[dict[str, Any]]:
    """Write the acts of a case, in the columns of its file."""
    return [
        {
            name: str(value) if name == "date" else value
            for name, value in each.model_dump().items()
            if name in CASE_COLUMNS
        }
        for each in case.events
    ]


def case_data(case: Case) -> dict[str, Any]:
    """Write what ``cases --json`` prints of a case."""
    sides = [{"state": side.state, "actors": sorted(side.actors)} for side in case.sides]
    conduct = [{case.month_of(now): weight for now, weight in case.monthly_conduct(side).items()} for side in (0, 1)]
    more = {"sides": sides, "conduct": conduct, "corrected": case.header.corrected, "note": case.header.note}
    return {**case_row(case), **more, "events": event_rows(case)}


def library_screen(cases: Sequence[Case]) -> RenderableType:
    """Show the library."""
    table = plain_table("case", "span", "acts", "evidence", keep_names_whole=True)
    table.add_column("title", overflow="fold")
    for case in cases:
        row = case_row(case)
        marks = "/".join(str(row[mark]) for mark in EVIDENCE_LEVELS)
        table.add_row(row["case"], f"{row['from']} to {row['to']}", str(row["acts"]), marks, Text(row["title"]))
    note = f"Evidence: acts {'/'.join(EVIDENCE_LEVELS)}. Coded by one person: docs/cases.md. `detente cases NAME` shows one."
    return Group(table, Text(note, style="dim"))


def case_screen(case: Case) -> RenderableType:
    """Show one case, and what its checks say."""
    row = case_row(case)
    head = Text.assemble((make_printable(row["title"]), "bold"), f"  {case.name}, {row['from']} to {row['to']}")
    table = plain_table("date", "who", "weight", "evidence")
    table.add_column("act", overflow="fold")
    for each in case.events:
        arrow = "with" if each.joint == "yes" else "to"
        day = {"day": str(each.date), "month": f"{each.date:%Y-%m}", "approx": f"~{each.date}"}[each.precision]
        who = Text(make_printable(f"{each.actor} {arrow} {each.target}"))
        table.add_row(day, who, f"{each.weight:+.1f}", each.evidence, Text(make_printable(each.event, 400)))
    return Group(head, table, *map(Text, case_remarks(case)))


def case_remarks(case: Case) -> list[str]:
    """Say in sentences that a case is valid, how it is replayed, and what was corrected."""
    row = case_row(case)
    marks = ", ".join(f"{row[mark]} {mark}" for mark in EVIDENCE_LEVELS)
    first, second = (side.state for side in case.sides)
    return [
        f"Valid: {row['acts']} acts ({marks}). Months with an act: {row['months_of_first']} of the first side "
        f"({first}), {row['months_of_second']} of the second ({second}), in scenario {make_printable(case.header.scenario)}.",
        *(f"Corrected: {make_printable(words, 400)}." for words in case.header.corrected),
        *(f"Note: {make_printable(words, 400)}." for words in case.header.note),
        "Sources: `--json` or `--csv FILE`.",
    ]


def month_rows(replays: Sequence[Replay]) -> list[dict[str, Any]]:
    """Write all months of replays: one row each, scored or not."""
    return [
        {"case": each.case.name, "answering": way.responder, "given": way.input_side, **month_data(month)}
        for each in replays
        for way in each.directions
        for month in way.months
    ]


def month_data(month: ReplayMonth) -> dict[str, Any]:
    """Write one month of a replay."""
    said = month.forecasts["model"]
    names = [f"{score}_{who.replace(' ', '_')}" for score in ("brier", "crps") for who in FORECASTERS]
    scores = month.scores or (None,) * len(names)
    return {
        "month": month.date,
        "input": None if month.input_sign is None else SIGN_WORDS[month.input_sign],
        "model_chance": said.chance,
        "model_mean": said.mean,
        "model_5": said.quantile(0.05),
        "model_95": said.quantile(0.95),
        "happened": month.observed,
        "together": month.joint_only,
        **dict(zip(names, scores, strict=True)),
    }


def ranking_data(found: dict[str, ForecasterComparison] | None) -> dict[str, Any] | None:
    """Write how the forecasters stand."""
    return found and {
        what: {
            "scores": {who: interval._asdict() for who, interval in one.scores.items()},
            "nearest": one.best,
            "model_less_better_baseline": one.difference._asdict(),
            "verdict": one.verdict,
        }
        for what, one in found.items()
    }


def replay_data(played: Replay) -> dict[str, Any]:
    """Write what ``cases --replay --json`` prints of a case."""
    return {
        "case": played.case.name,
        "scenario": played.case.header.scenario,
        "scored": len(played.scored_months),
        "standing": ranking_data(compare_forecasters([played.scored_months])),
        "months": month_rows([played]),
    }


def replay_screen(played: Replay) -> RenderableType:
    """Show a replay month by month, both ways, and how the forecasters stand."""
    head = Text.assemble((make_printable(played.case.header.title), "bold"), f"  {played.case.name}, replayed")
    parts: list[RenderableType] = [head]
    for way in played.directions:
        parts += [
            Text(f"\n{way.input_side} as in the record, {way.responder} answered by the model", style="bold"),
            months_table(way),
        ]
    found = compare_forecasters([played.scored_months])
    if found is None:
        return Group(*parts, Text("\nNo month can be scored: both sides must have acted before."))
    parts += [Text(f"\nOver {len(played.scored_months)} scored months, the lower the better:"), ranking_table(found)]
    note = (
        "input: sign of the other side's last act before. Weights run from -10 to 10. The model knows two kinds of "
        "act: docs/cases.md says how they are compared."
    )
    return Group(*parts, Text(note, style="dim"))


def months_table(way: ReplayDirection) -> RenderableType:
    """Show the months of one direction."""
    table = plain_table("month", "input", "model", "mean (5 % to 95 %)", "happened", "Brier", "CRPS")
    for month in way.months:
        facts = month_data(month)
        band = f"{facts['model_mean']:+.1f} ({facts['model_5']:+.1f} to {facts['model_95']:+.1f})"
        scores = ["-", "-"] if month.scores is None else [f"{facts['brier_model']:.2f}", f"{facts['crps_model']:.1f}"]
        happened = f"{month.observed:+.1f}" + (" together" if month.joint_only else "")
        table.add_row(
            month.date, SIGN_SYMBOLS[month.input_sign], f"{facts['model_chance']:.0%}", band, happened, *scores
        )
    return table


def ranking_table(found: dict[str, ForecasterComparison]) -> RenderableType:
    """Show how the forecasters stand on sign and size, with intervals."""
    table = plain_table("", "Brier score of the sign", "CRPS of the size")
    for who in FORECASTERS:
        table.add_row(who, *(str(one.scores[who]) for one in found.values()))
    apart = [f"{one.difference}" for one in found.values()]
    table.add_row("model less the baseline", *apart)
    table.add_row("the model is nearer", *(one.verdict for one in found.values()))
    return table


def ranking_screen(replays: Sequence[Replay]) -> RenderableType:
    """Show how the forecasters stand in every case, and over all."""
    table = plain_table("case", "n", "Brier m/p/b", "CRPS m/p/b", "sign", "size", keep_names_whole=True)
    named = {each.case.name: [each.scored_months] for each in replays}
    named["all cases"] = [each.scored_months for each in replays]
    for name, group in named.items():
        if found := compare_forecasters(group):
            means = [
                " ".join(f"{one.scores[who].mean:.{digits}f}" for who in FORECASTERS)
                for one, digits in zip(found.values(), (2, 1), strict=True)
            ]
            verdicts = [one.verdict for one in found.values()]
            table.add_row(name, str(sum(map(len, group))), *means, *verdicts)
    whole = compare_forecasters(named["all cases"])
    note = (
        "m/p/b: model, persistence, base rate; the lower the better. `fails`: a baseline is clearly nearer to the "
        "record than the model; `undecided`: the interval of the difference covers 0."
    )
    return Group(table, *([ranking_table(whole)] if whole else []), Text(note, style="dim"))
