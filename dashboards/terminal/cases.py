"""Output of the command `cases`: the list of cases, or one case with what it lacks."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from dashboards.terminal.widgets import plain_table
from experiments.cases.case import CASE_COLUMNS, Case, Evidence, code_weight
from experiments.cases.forecasters import last_weights, past_and_present
from model.errors import make_printable

EVIDENCE_LEVELS = get_args(Evidence)


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
    more = {
        "sides": sides,
        "conduct": conduct,
        "source": case.header.source,
        "corrected": case.header.corrected,
        "note": case.header.note,
        "root_weights": root_weights(case),
        "missing": missing_parts(case),
    }
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
        names = each.actor if each.actor == each.target else f"{each.actor} {preposition} {each.target}"
        day = {"day": str(each.date), "month": f"{each.date:%Y-%m}", "approx": f"~{each.date}"}[each.precision]
        actors = Text(make_printable(names))
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
        *(f"Missing: {text}." for text in missing_parts(case)),
        *(f"Note: {text}." for text in root_weights(case)),
        *(f"Source: {make_printable(text, 400)}." for text in case.header.source),
        *(f"Corrected: {make_printable(text, 400)}." for text in case.header.corrected),
        *(f"Note: {make_printable(text, 400)}." for text in case.header.note),
        "For sources, use `--json` or `--csv FILE`.",
    ]


def root_weights(case: Case) -> list[str]:
    """Return a sentence for each code that has the weight of its root code, because the table does not have it."""
    sentences = []
    for code, count in case.root_codes.items():
        if found := code_weight(code):
            acts = "1 act" if count == 1 else f"{count} acts"
            sentences.append(
                f"code {code} ({acts}) has the weight of root code {found.entry}, {found.meaning}: {found.weight:+.1f}"
            )
    return sentences


def missing_parts(case: Case) -> list[str]:
    """Return what a valid case lacks: sources, acts of a side, months that can be scored, acts of an actor."""
    from_memory = sum(each.evidence == "memory" for each in case.events)
    weights = case.monthly_weights()
    can_be_scored = len(past_and_present(last_weights(weights), weights).weight)
    acting = {name for each in case.events for text in (each.actor, each.target) for name in case.actors_in(text)}
    parts = [f"{from_memory} of {len(case.events)} acts are from memory, without a source"] if from_memory else []
    parts += [
        f"no act of the {name} side ({side.state}) towards the other"
        for name, side, conduct in zip(("first", "second"), case.sides, weights.T, strict=True)
        if np.isnan(conduct).all()
    ]
    parts += [] if can_be_scored else ["no month can be scored: a side must act after both have acted"]
    return parts + [f"no act names actor {make_printable(name)} of the header" for name in sorted(case.actors - acting)]
