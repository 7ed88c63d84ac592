"""The page of a calibration: what is left, what it says about parameters, which targets conflict, what it predicts."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dashboards.reports.study import BLUE, GREY, PageSection, StudyPage
from dashboards.reports.validation import escape_cell
from experiments.calibration.run import Calibration, stored_calibration
from experiments.calibration.summary import ParameterRow, TargetRow
from model.atomic_files import write_atomically

LIMITS = (
    "A point of the sample is plausible, not probable: the targets do not rule it out. The weights follow from ranges "
    "that the authors would defend, not from data.",
    "Tolerances are judgements. Tighter ones leave fewer points, and perhaps none.",
    "A target that the sample meets is no success of the model: the sample was chosen so. Only predictions test it.",
    "Nothing here is a forecast.",
)


def percent(share: float | None) -> str:
    """Format a share in percent, or nothing."""
    return "" if share is None else f"{100 * share:.0f} %"


def range_text(low: float, high: float) -> str:
    """Format a range."""
    return f"{low:.3g} to {high:.3g}"


def bounds_text(row: TargetRow) -> str:
    """Format what was observed, with its tolerance."""
    if row.low == row.high:
        return f"{row.low:.3g} ± {row.tolerance:.2g}"
    if row.high == float("inf"):
        return f"above {row.low:.3g} ± {row.tolerance:.2g}"
    if row.low == float("-inf"):
        return f"below {row.high:.3g} ± {row.tolerance:.2g}"
    return f"{range_text(row.low, row.high)} ± {row.tolerance:.2g}"


def wave_table(result: Calibration) -> list[list[str]]:
    """Return a row for each wave and stage: name, points tried, points left, cutoff."""
    return [[each.name, f"{each.tried:,}", f"{each.left:,}", f"{each.cutoff:.3g}"] for each in result.waves]


def conclusion(result: Calibration) -> list[str]:
    """Return the conclusion in sentences."""
    tried = sum(each.tried for each in result.waves if each.name.startswith("wave"))
    if result.sample is None:
        return [
            f"Every one of {tried:,} points was ruled out: no plausible world was found. Either the model cannot meet "
            "these targets together, or more points and waves, wider ranges or larger tolerances are needed.",
            *_conflicts(result),
        ]
    narrowed = [each.path for each in result.parameters if each.is_constrained]
    sentences = [
        f"{len(result.sample.points)} points are not ruled out, after {tried:,} points were tried. They are plausible, "
        "not probable.",
        f"The targets narrow {len(narrowed)} of {len(result.parameters)} parameters"
        + (f" ({', '.join(narrowed[:3])})." if narrowed else ".")
        + " The others are as uncertain as the ranges that were searched: what is concluded over the sample must hold "
        "for all of them.",
    ]
    predicted = [each for each in result.targets if not each.is_fitted and each.inside is not None]
    if predicted:
        missed = [each.name for each in predicted if (each.inside or 0.0) < 0.5]
        sentences.append(
            f"Of {len(predicted)} predictions, which no point was chosen for, {len(predicted) - len(missed)} lie "
            "within what was observed in most of the sample"
            + (f"; not: {', '.join(f'“{name}”' for name in missed)}." if missed else ".")
        )
    return [*sentences, *_conflicts(result)]


def _conflicts(result: Calibration) -> list[str]:
    if not result.conflicts:
        return []
    first = result.conflicts[0]
    return [
        f"Hardest to meet together: “{first.one}” and “{first.other}” ({percent(first.both)} of the first points, "
        f"{percent(first.expected)} if they were independent)."
    ]


def calibration_page(result: Calibration) -> StudyPage:
    """Return the page of a calibration."""
    sections = [
        PageSection("Waves", headings=["step", "points tried", "left", "cutoff"], rows=wave_table(result)),
        *_parameter_sections(result),
        _target_section("Targets", [each for each in result.targets if each.is_fitted]),
    ]
    predicted = [each for each in result.targets if not each.is_fitted]
    if predicted:
        sections.append(_target_section("Predictions", predicted))
    if result.conflicts:
        rows = [[each.one, each.other, *(percent(x) for x in each[2:])] for each in result.conflicts]
        headings = ["target", "and target", "pass the one", "pass the other", "pass both", "if independent"]
        sentence = "Pairs that fewer than half as many first points pass together as independence would give."
        sections.append(PageSection("Targets that conflict", [sentence], headings=headings, rows=rows))
    sections += [PageSection("Sources", _sources(result)), PageSection("What this is not", LIMITS)]
    return StudyPage("calibration", "Which worlds are plausible?", conclusion(result), sections)


def _sources(result: Calibration) -> list[str]:
    """Return a sentence for each source, with the targets that it is for."""
    names: dict[str, list[str]] = {}
    for each in result.targets:
        names.setdefault(each.source or "no source given", []).append(each.name)
    return [f"{source}. For: {'; '.join(targets)}." for source, targets in names.items()]


def _parameter_sections(result: Calibration) -> list[PageSection]:
    """Return the sections of parameters and of pairs, if there is a sample."""
    if not result.parameters:
        return []
    rows = [
        [each.path, range_text(each.low, each.high), *(f"{value:.3g}" for value in each.quantiles),
         percent(each.spread), "yes" if each.is_constrained else "no"]
        for each in result.parameters
    ]  # fmt: skip
    headings = ["parameter", "range searched", "5 %", "median", "95 %", "spread left", "constrained"]
    sections = [
        PageSection(
            "Parameters",
            ["Spread left: standard deviation in the sample, as a share of that of the range searched."],
            parameter_chart(result.parameters),
            "90 % of the sample (line) and its median (dot), as shares of the range searched; the most constrained "
            "parameter is at the top.",
            headings,
            rows,
        )
    ]
    if result.pairs:
        rows = [[each.one, each.other, f"{each.correlation:+.2f}"] for each in result.pairs]
        sentence = "In these pairs the data constrain a combination of the two."
        sections.append(
            PageSection("Pairs", [sentence], headings=["parameter", "and parameter", "correlation"], rows=rows)
        )
    return sections


def parameter_chart(rows: Sequence[ParameterRow]) -> dict[str, Any]:
    """Return a chart of the parameters: the interval and the median of each, as shares of its range."""
    shown = list(reversed(rows))
    lines: dict[str, list[Any]] = {"x": [], "y": []}
    medians = []
    for each in shown:
        low, middle, high = ((value - each.low) / (each.high - each.low) for value in each.quantiles)
        lines["x"] += [round(low, 4), round(high, 4), None]
        lines["y"] += [each.path, each.path, None]
        medians.append(round(middle, 4))
    names = [each.path for each in shown]
    return {
        "data": [
            {"type": "scatter", "mode": "lines", **lines, "line": {"color": GREY, "width": 6}, "name": "90 %"},
            {"type": "scatter", "mode": "markers", "x": medians, "y": names, "marker": {"color": BLUE, "size": 9},
             "name": "median"},
        ],
        "layout": {
            "xaxis": {"title": {"text": "share of the range searched"}, "range": [0, 1]},
            "yaxis": {"automargin": True},
            "height": 40 + 24 * len(rows),
        },
    }  # fmt: skip


def _target_section(title: str, rows: Sequence[TargetRow]) -> PageSection:
    """Return the table of targets: what was observed, and the estimates over the sample."""
    table = []
    for each in rows:
        quantiles = ["", "", ""] if each.quantiles is None else [f"{value:.3g}" for value in each.quantiles]
        last = percent(each.passes) if each.is_fitted else "held back" if each.is_held_back else "tuned"
        table.append([each.name, bounds_text(each), *quantiles, percent(each.inside), percent(each.met), last])
    last = "first points pass it" if title == "Targets" else "tuning"
    headings = ["target", "observed", "5 %", "median", "95 %", "within it", "not ruled out", last]
    sentence = {
        "Targets": "What rules points out. The sample meets them because it was chosen so.",
        "Predictions": "What no point was chosen for. The defaults of the model were tuned to those that are not held "
        "back.",
    }[title]
    return PageSection(title, [sentence], headings=headings, rows=table)


def calibration_document(result: Calibration) -> str:
    """Return a calibration as Markdown."""
    page = calibration_page(result)
    facts = {} if result.sample is None else result.sample.facts
    made = f"Written by `detente calibrate --markdown` with the model `{facts.get('model_digest', '')}` of Detente "
    lines = [f"# {page.title}", "", *page.lead, "", f"{made}{facts.get('version', '')}; do not edit."]
    for section in page.sections:
        lines += ["", f"## {section.title}"]
        lines += [line for sentence in section.sentences for line in ("", escape_cell(sentence))]
        if section.rows:
            lines += ["", f"| {' | '.join(section.headings)} |", f"|{' --- |' * len(section.headings)}"]
            lines += [f"| {' | '.join(map(escape_cell, row))} |" for row in section.rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), calibration_document(stored_calibration()).encode())
