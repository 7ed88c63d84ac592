"""The page of an analysis of a study: a self-contained HTML file with sentences, charts and tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dashboards.reports.offline_page import embedded_json, read_asset, render_page
from experiments.studies.discover import Box, limit_sentences
from experiments.studies.sensitivity import Sensitivity
from experiments.studies.sensitivity_methods import METHODS
from model.atomic_files import write_atomically
from model.compiler import source_digest
from model.version import VERSION

BLUE, AMBER, GREY = "#3A8FC4", "#C44E00", "#8A96A3"
INDEX_LABELS = {  # of the columns of sensitivity indices
    "factor": "factor", "first": "first order", "first_interval": "±", "total": "total", "total_interval": "± ",
    "strength": "strength (mu*)", "strength_interval": "±", "direction": "direction (mu)",
    "interplay": "interaction (sigma)", "with": "together with", "second": "second order", "second_interval": "±",
    "median": "PAWN index (median)", "maximum": "maximum", "delta": "delta", "delta_interval": "± ",
}  # fmt: skip


class PageSection(NamedTuple):
    """A section of a page: title, sentences, a chart with its caption, and a table."""

    title: str
    sentences: Sequence[str] = ()
    chart: Mapping[str, Any] | None = None
    chart_caption: str = ""
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


class StudyPage(NamedTuple):
    """A page: kind of analysis, title, conclusion in sentences, and sections."""

    kind: str
    title: str
    lead: Sequence[str]
    sections: Sequence[PageSection]


def write_study_page(page: StudyPage, path: Path) -> None:
    """Write a page atomically. Raises OSError if the file cannot be written."""
    charts = {number: section.chart for number, section in enumerate(page.sections, 1) if section.chart}
    write_chart_page("study.html", path, charts, page=page, version=VERSION, digest=source_digest())


def write_chart_page(template: str, path: Path, charts: Mapping[int, Any], **texts: Any) -> None:
    """Write a self-contained page with numbered charts from a template, atomically."""
    from plotly.offline import get_plotlyjs

    text = render_page(template, [get_plotlyjs(), read_asset("study.js")], charts=embedded_json(charts), **texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())


def format_percent(value: float) -> str:
    """Format a share in percent."""
    return f"{100 * value:.0f} %"


def sensitivity_page(question: str, sensitivity: Sensitivity) -> StudyPage:
    """Return the page of sensitivity indices: conclusion, one bar per factor, table."""
    key, spread, table = sensitivity.key, sensitivity.spread, sensitivity.indices
    order = table.iloc[::-1]
    bars = {"type": "data", "array": order[spread].round(5).tolist(), "color": GREY} if spread else {}
    chart = {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": order[key].round(5).tolist(),
                "y": order["factor"].tolist(),
                "error_x": bars,
                "marker": {"color": BLUE},
            }
        ],
        "layout": {"xaxis": {"title": {"text": INDEX_LABELS[key]}}, "showlegend": False},
    }
    rows = [[str(row[0]), *(f"{value:.4f}" for value in row[1:])] for row in table.itertuples(index=False)]
    intervals = ", with 95 % intervals" if spread else ""
    caption = f"{INDEX_LABELS[key]} of each factor for {sensitivity.outcome.replace('_', ' ')}{intervals}."
    sections = [
        PageSection(
            "Indices", sensitivity.remarks, chart, caption, [INDEX_LABELS[name] for name in table.columns], rows
        )
    ]
    if len(sensitivity.pairs):
        rows = [[*row[:2], f"{row[2]:.4f}", f"{row[3]:.4f}"] for row in sensitivity.pairs.itertuples(index=False)]
        sections.append(
            PageSection("Pairs", headings=[INDEX_LABELS[name] for name in sensitivity.pairs.columns], rows=rows)
        )
    return StudyPage(
        "sensitivity",
        f"Which factors influence {sensitivity.outcome.replace('_', ' ')}?",
        [question, *describe_sensitivity(sensitivity)],
        sections,
    )


def describe_sensitivity(sensitivity: Sensitivity) -> list[str]:
    """Return sentences about the most important factors, their interactions and the random noise."""
    first = [f"{row['factor']} ({row[sensitivity.key]:.3g})" for row in sensitivity.indices.head(3).to_dict("records")]
    pairs = [
        f"{row['factor']} with {row['with']} ({row['second']:.3g})"
        for row in sensitivity.pairs.head(3).to_dict("records")
        if row["second"] > row["second_interval"]
    ]
    interactions = ", ".join(pairs) or "none detected in this sample"
    return [
        f"{METHODS[sensitivity.method].title}.",
        f"Most important factors for {sensitivity.outcome.replace('_', ' ')}: {', '.join(first)}.",
        *([f"Interactions: {interactions}."] if len(sensitivity.pairs) else []),
        *(
            []
            if sensitivity.noise is None
            else [f"Random noise accounts for {format_percent(sensitivity.noise)} of the variance between points."]
        ),
    ]


def box_page(question: str, outcome: str, above: float, box: Box, link_sentence: str) -> StudyPage:
    """Return the page of a discovered box: its limits, the trade-off, and a link to a point inside it."""
    steps = box.trade_off
    chart = {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": steps["coverage"].round(4).tolist(),
                "y": steps["density"].round(4).tolist(),
                "marker": {"color": steps["limits"].tolist(), "colorscale": "Viridis", "showscale": True,
                           "colorbar": {"title": {"text": "limits"}}},
                "line": {"color": GREY, "width": 1},
            },
            {
                "type": "scatter", "mode": "markers", "name": "chosen", "x": [box.coverage], "y": [box.density],
                "marker": {"size": 14, "symbol": "diamond-open", "color": AMBER, "line": {"width": 3}},
            },
        ],
        "layout": {
            "xaxis": {"title": {"text": "coverage"}, "range": [0, 1.05]},
            "yaxis": {"title": {"text": "density"}, "range": [0, 1.05]},
            "showlegend": False,
        },
    }  # fmt: skip
    caption = "Steps of the peeling. Coverage: share of all cases in the box. Density: share of cases in the box."
    rows = [
        [
            edge.factor,
            str(edge.listed or f"{edge.low:.4g} to {edge.high:.4g}"),
            "unknown" if edge.stability is None else f"{edge.stability:.0f} %",
        ]
        for edge in box.edges
    ]
    return StudyPage(
        "scenario discovery",
        f"Where is {outcome.replace('_', ' ')} at least {above:g}?",
        [question, *describe_box(outcome, above, box)],
        [
            PageSection(
                "The box",
                limit_sentences(box),
                None,
                "",
                ("factor", "range in the box", "stability in resamples"),
                rows,
            ),
            PageSection("Coverage against density", (link_sentence,) if box.edges else (), chart, caption),
        ],
    )


def describe_box(outcome: str, above: float, box: Box) -> list[str]:
    """Return sentences about the points in the box."""
    reached = f"In {box.cases} of {box.points} points, {outcome.replace('_', ' ')} is at least {above:g}."
    if not box.edges:
        return [reached]
    return [
        reached,
        f"The box contains {format_percent(box.coverage)} of these points (coverage); "
        f"they are {format_percent(box.density)} of the points in the box (density).",
    ]
