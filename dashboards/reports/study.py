"""The page of an analysis: one HTML file that opens offline, with its sentences, charts and tables."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from dashboards.reports.offline_page import embedded_json, read_asset, render_page
from experiments.ensembles.statistics import Share
from experiments.studies.claims import ClaimResult
from experiments.studies.discover import Box, limit_sentences
from experiments.studies.sensitivity import Sensitivity
from model.atomic_files import write_atomically
from model.compiler import source_digest

BLUE, AMBER, GREY = "#3A8FC4", "#C44E00", "#8A96A3"
INDEX_LABELS = {  # of the columns of sensitivity indices
    "factor": "factor", "first": "first order", "first_interval": "±", "total": "total", "total_interval": "± ",
    "strength": "strength (mu*)", "strength_interval": "±", "direction": "direction (mu)",
    "interplay": "interplay (sigma)", "with": "together with", "second": "second order", "second_interval": "±",
}  # fmt: skip


class PageSection(NamedTuple):
    """A part of a page: title, sentences, a chart with its words, a table."""

    title: str
    sentences: Sequence[str] = ()
    chart: Mapping[str, Any] | None = None
    chart_caption: str = ""
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


class StudyPage(NamedTuple):
    """A page: what kind of analysis, its title, the answer in sentences, and its parts."""

    kind: str
    title: str
    lead: Sequence[str]
    sections: Sequence[PageSection]


def write_study_page(page: StudyPage, path: Path) -> None:
    """Write a page, whole or not at all. Raises OSError if the file cannot be written."""
    charts = {at: part.chart for at, part in enumerate(page.sections, 1) if part.chart}
    write_chart_page("study.html", path, charts, page=page, version=version("detente"), digest=source_digest())


def write_chart_page(template: str, path: Path, charts: Mapping[int, Any], **words: Any) -> None:
    """Fill in a template whose charts are numbered, with all that it needs inside, and write it whole or not at all."""
    from plotly.offline import get_plotlyjs

    text = render_page(template, [get_plotlyjs(), read_asset("study.js")], charts=embedded_json(charts), **words)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())


def format_percent(value: float) -> str:
    """Write a share in percent."""
    return f"{100 * value:.0f} %"


def format_share(share: Share) -> str:
    """Write a share with its interval."""
    return f"{format_percent(share.share)} ({format_percent(share.low)} to {format_percent(share.high)})"


def sensitivity_page(question: str, found: Sensitivity) -> StudyPage:
    """Lay out sensitivity indices: the answer, a bar a factor, the table."""
    key, spread = ("total", "total_interval") if found.method == "sobol" else ("strength", "strength_interval")
    table = found.indices
    order = table.iloc[::-1]
    chart = {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": order[key].round(5).tolist(),
                "y": order["factor"].tolist(),
                "error_x": {"type": "data", "array": order[spread].round(5).tolist(), "color": GREY},
                "marker": {"color": BLUE},
            }
        ],
        "layout": {"xaxis": {"title": {"text": INDEX_LABELS[key]}}, "showlegend": False},
    }
    rows = [[str(row[0]), *(f"{value:.4f}" for value in row[1:])] for row in table.itertuples(index=False)]
    told = f"{INDEX_LABELS[key]} of each factor for {found.outcome.replace('_', ' ')}, with 95 % intervals."
    sections = [
        PageSection("Indices", found.remarks, chart, told, [INDEX_LABELS[name] for name in table.columns], rows)
    ]
    if len(found.pairs):
        rows = [[*row[:2], f"{row[2]:.4f}", f"{row[3]:.4f}"] for row in found.pairs.itertuples(index=False)]
        sections.append(PageSection("Pairs", headings=[INDEX_LABELS[name] for name in found.pairs.columns], rows=rows))
    return StudyPage(
        "sensitivity",
        f"What moves {found.outcome.replace('_', ' ')}?",
        [question, *describe_sensitivity(found)],
        sections,
    )


def describe_sensitivity(found: Sensitivity) -> list[str]:
    """Say what matters most, and what chance contributes."""
    key = "total" if found.method == "sobol" else "strength"
    first = [f"{row['factor']} ({row[key]:.3g})" for row in found.indices.head(3).to_dict("records")]
    pairs = [
        f"{row['factor']} with {row['with']} ({row['second']:.3g})"
        for row in found.pairs.head(3).to_dict("records")
        if row["second"] > row["second_interval"]
    ]
    together = ", ".join(pairs) or "no two factors, as far as this sample tells"
    return [
        f"Most of what moves {found.outcome.replace('_', ' ')}: {', '.join(first)}.",
        *([f"What moves it only together: {together}."] if len(found.pairs) else []),
        *(
            []
            if found.noise is None
            else [f"Dice alone leave {format_percent(found.noise)} of the variance between points."]
        ),
    ]


def box_page(question: str, outcome: str, above: float, box: Box, link_sentence: str) -> StudyPage:
    """Lay out a discovered box: its limits in words, the trade-off, and where a point inside it opens."""
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
    told = (
        "Each step of the peeling: the share of all cases inside the box against the share of the box that is a case."
    )
    rows = [
        [
            edge.factor,
            str(edge.listed or f"{edge.low:.4g} to {edge.high:.4g}"),
            "not known" if edge.stability is None else f"{edge.stability:.0f} %",
        ]
        for edge in box.edges
    ]
    return StudyPage(
        "scenario discovery",
        f"Where does {outcome.replace('_', ' ')} reach {above:g}?",
        [question, *describe_box(outcome, above, box)],
        [
            PageSection("The box", limit_sentences(box), None, "", ("factor", "inside the box", "in resamples"), rows),
            PageSection("Coverage against density", (link_sentence,) if box.edges else (), chart, told),
        ],
    )


def describe_box(outcome: str, above: float, box: Box) -> list[str]:
    """Say what the box holds, if one was found."""
    reached = f"{box.cases} of {box.points} points reach {above:g} in {outcome.replace('_', ' ')}."
    if not box.edges:
        return [reached]
    return [
        reached,
        f"The box holds {format_percent(box.coverage)} of them, and {format_percent(box.density)} of what lies inside is such a point.",
    ]


def claims_page(judged: Sequence[ClaimResult], count: int, replications: int, reach: float) -> StudyPage:
    """Lay out the judged claims: shares of the space in which each holds and fails, and a part for each."""
    order = list(reversed(judged))
    near = f"every uncertainty, up to {format_percent(reach)} of its value away from the scenario's own"
    span = "every uncertainty's full declared range" if reach == 1 else near
    bars = [
        {"type": "bar", "orientation": "h", "name": name, "y": [each.words for each in order],
         "x": [round(getattr(each, key).share, 4) for each in order],
         "marker": {"color": colour, "pattern": {"shape": shape}}}
        for name, key, colour, shape in (("holds", "holds", BLUE, ""), ("fails", "fails", AMBER, "/"))
    ]  # fmt: skip
    chart = {
        "data": bars,
        "layout": {"barmode": "stack", "xaxis": {"title": {"text": "share of the space"}, "range": [0, 1]}},
    }
    told = "Share of the space in which each claim holds and fails; the rest is undecided at these replications."
    whole = PageSection(
        "All claims",
        (
            f"{count} points over {span}, {replications} worlds at each, same dice.",
            "A claim is undecided at a point where the two settings do not differ, or differ within luck: "
            "`differs` says in how large a share of the space they differ at all.",
        ),
        chart,
        told,
        ("claim", "verdict", "holds", "fails"),
        [(each.words, each.verdict, format_share(each.holds), format_share(each.fails)) for each in judged],
    )
    parts = [
        PageSection(
            each.words,
            [f"It fails mostly where {'; '.join(one.where)}." for one in each.comparisons if one.where],
            None,
            "",
            ("what it says", "holds", "fails", "differs", "effect", "95 % interval"),
            [
                (one.says, format_share(one.holds), format_share(one.fails), format_percent(one.touched.share),
                 f"{one.effect:+.4f}", f"{one.low:+.4f} to {one.high:+.4f}")
                for one in each.comparisons
            ],
        )
        for each in judged
    ]  # fmt: skip
    failing = [each.words for each in judged if each.verdict == "fails"]
    lead = [
        f"{sum(each.verdict == 'holds' for each in judged)} of {len(judged)} claims hold at most points; "
        f"{sum(each.verdict == 'leans' for each in judged)} lean that way, but are undecided at most points.",
        "Failing: " + "; ".join(failing) + "." if failing else "None fails over the space as a whole.",
    ]
    return StudyPage("claims", "Where do the essay's claims hold?", lead, [whole, *parts])
