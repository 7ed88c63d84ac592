"""The page About: the round, the limits of the model, the glossary and the sources."""

# pyright: reportPrivateImportUsage=false

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import solara

from dashboards.page_link import VERSION, Link, Setting, format_link, parse_link, scenario_of, shipped_names
from dashboards.web.components import html, safe_handler
from dashboards.web.documents import DOCS_FOLDER, is_served
from dashboards.web.pages.about.glossary import GLOSSARY
from dashboards.web.pages.about.messages import (
    AboutFacts,
    ActRow,
    GlossaryEntry,
    ParameterSource,
    ScenarioSources,
    SourceList,
    StageRow,
    TextBlock,
    TextSpan,
)
from dashboards.web.pages.shared.shapes import vue_component
from model.acts import Act
from model.compiler import source_digest
from model.errors import ScenarioError
from model.mechanisms import Mechanisms
from model.parameter_space import declared_parameters
from model.protocol import ACT_INDEX, PROTOCOL

INLINE = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)|\*([^*]+)\*")
FORMULA = re.compile(r": [^:]*=.*$|\s*\([^)]*\b[BM]\d+[^)]*\)")  # formulas are in docs/odd.md


class RoundStage(NamedTuple):
    """A stage of the round: its title, what happens in it, and its first act."""

    title: str
    what: str
    first: str


STAGES = (
    RoundStage(
        "The environment changes",
        "Random numbers are drawn; government types, oil price and regional tension change.",
        "draw_random_numbers",
    ),
    RoundStage(
        "Good offices",
        "Facilitators arrive, are accepted, tire and take on tasks; they make channels clearer or distort them.",
        "update_presence",
    ),
    RoundStage(
        "Conduct",
        "Each side acts by its doctrine and its relations with the other; acts differ in size, may fail or be misread.",
        "fall_silent",
    ),
    RoundStage("Trust", "States evaluate evidence and update trust.", "reassure"),
    RoundStage("Tension", "Postures harden or soften; third states align.", "update_posture"),
    RoundStage(
        "Threats",
        "States may make demands backed by threats, give way or stand firm, carry threats out or back down.",
        "make_demand",
    ),
    RoundStage(
        "Talks", "The parties seek and hold talks; one proposes a step and offers a share of its gains.", "select_rung"
    ),
    RoundStage("Scrutiny and answer", "The step is examined, accepted or rejected, and ratified.", "examine"),
    RoundStage(
        "Compliance",
        "Parties comply with the agreement in force or breach it; bodies inspect; breaches lead to accusations.",
        "find_next_stake",
    ),
    RoundStage(
        "The ladder moves",
        "Rungs advance, stall or slip, and collapse after force; governments change, sides may withdraw, and the "
        "process of talks may end or open again.",
        "resolve_friction",
    ),
    RoundStage(
        "Pressure and support",
        "Pressure and programmes change; spoilers attack; domestic support responds.",
        "remember_pressure",
    ),
)
ROLES = {
    "nature": "nature",
    "state": "every state",
    "party": "each party",
    "facilitator": "each facilitator",
    "body": "each verification body",
}
DOCS = (
    ("README.md", "purpose, installation, the round in one table"),
    ("docs/odd.md", "every mechanism, equation and parameter, and the claims to test"),
    ("docs/limits.md", "what does not follow from a result (the text above)"),
    ("docs/validation.md", "which published findings the model reproduces, and which it does not"),
    ("docs/calibration.md", "which values of the core parameters the data do not rule out"),
    ("docs/claims.md", "which claims about gradual diplomacy hold in plausible worlds, and which do not"),
    ("docs/trace.md", "how the model was developed and tested: a TRACE record"),
    ("docs/python.md", "how to use Detente from Python, in a notebook or a script"),
    ("docs/studies.md", "how to run studies and read their results"),
    ("docs/architecture.md", "the structure of the code and its reasons"),
    ("docs/extend/README.md", "how to add a rule, a doctrine, a parameter and more"),
    ("docs/classroom/README.md", "how to teach with Detente: a guide, lesson plans, role cards"),
    ("CONTRIBUTING.md", "how to contribute"),
)


@vue_component("board.vue")
def Board(  # noqa: N802
    stages: list[StageRow],
    limits: list[TextBlock],
    glossary: list[GlossaryEntry],
    sources: SourceList,
    facts: AboutFacts,
    event_open: Callable[[str], None],
) -> None:
    """Show the round as a diagram, the limits, the glossary and the sources."""


@solara.component
def About(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the page."""
    _, show_error = solara.use_state("")
    with html("main", class_="det-single"):
        Board(
            stages=stages(),
            limits=limit_blocks(),
            glossary=[{"word": word, "meaning": meaning} for word, meaning in GLOSSARY],
            sources=source_list_for(link.setting.scenario),
            facts={
                "version": VERSION,
                "digest": source_digest(),
                "docs": [
                    {"name": name, "about": about, "address": name if is_served(name) else ""} for name, about in DOCS
                ],
                "acts": len(PROTOCOL),
                "explore": format_link(link._replace(page="explore")),
            },
            event_open=safe_handler(lambda query: go(parse_link(str(query))[0]), show_error),
        )


@cache
def stages() -> list[StageRow]:
    """Return the protocol by stage."""
    starts = [ACT_INDEX[stage.first] for stage in STAGES]
    ends = [*starts[1:], len(PROTOCOL)]
    return [
        {"title": stage.title, "what": stage.what, "acts": [act_row(act) for act in PROTOCOL[start:end]]}
        for stage, start, end in zip(STAGES, starts, ends, strict=True)
    ]


def act_row(act: Act) -> ActRow:
    """Return one act: its name, description, actors and mechanism."""
    mechanism = Mechanisms.model_fields[act.mechanism].description if act.mechanism else ""
    return {
        "name": act.name.replace("_", " "),
        "does": FORMULA.sub("", act.description.rstrip(".")) + ".",
        "role": act.role,
        "who": ROLES[act.role],
        "mechanism": mechanism or "",
        "explainable": bool(act.conditions),
    }


@cache
def limit_blocks() -> list[TextBlock]:
    """Return docs/limits.md as headings, paragraphs and lists."""
    return list(markdown_blocks((DOCS_FOLDER / "limits.md").read_text("utf-8")))


def markdown_blocks(text: str) -> Iterator[TextBlock]:
    """Yield the blocks of simple Markdown; each line of a block is a list of spans."""
    for part in re.split(r"\n\s*\n", text.strip()):
        if heading := re.match(r"(#+) (.+)", part):
            if len(heading[1]) > 1:  # the page has its own title
                yield {"kind": "heading", "lines": [text_spans(heading[2])]}
        elif part.startswith("- "):
            yield {
                "kind": "list",
                "lines": [text_spans(" ".join(each.split())) for each in re.split(r"\n- ", part[2:])],
            }
        else:
            yield {"kind": "words", "lines": [text_spans(" ".join(part.split()))]}


def text_spans(line: str) -> list[TextSpan]:
    """Return a line as spans. A link becomes its text, or the name of the linked document."""
    spans: list[TextSpan] = []
    at = 0
    for mark in INLINE.finditer(line):
        spans.append({"style": "", "words": line[at : mark.start()]})
        strong, code, words, target, stressed = mark.groups()
        if words is not None:
            named = f"docs/{target.partition('#')[0]}" if words.endswith(".md") else words
            spans.append({"style": "code", "words": named})
        elif stressed is not None:
            spans.append({"style": "stressed", "words": stressed})
        elif strong is not None:
            spans.append({"style": "strong", "words": strong})
        else:
            spans.append({"style": "code", "words": code})
        at = mark.end()
    spans.append({"style": "", "words": line[at:]})
    return [each for each in spans if each["words"]]


@cache
def source_list() -> SourceList:
    """Return the sources of parameters and scenarios, and the number of assumed parameters."""
    known = [each for each in declared_parameters() if each.source != "assumed"]
    rows: list[ParameterSource] = [
        {"path": each.path, "meaning": each.meaning, "source": each.source} for each in known
    ]
    scenarios = [row for name in shipped_names() for row in scenario_sources(name)]
    return {
        "parameters": rows,
        "assumed": len(declared_parameters()) - len(known),
        "all": len(declared_parameters()),
        "scenarios": scenarios,
    }


def scenario_sources(name: str) -> list[ScenarioSources]:
    """Return the sources of a scenario as one row; none if the scenario is invalid, which other pages report."""
    try:
        scenario = scenario_of(Setting(name))
    except ScenarioError:
        return []
    title, sources = scenario.title["en"], list(scenario.sources)
    return [{"name": name, "title": title, "cut_off": scenario.cut_off.strip(), "sources": sources}]


def source_list_for(name: str) -> SourceList:
    """Return all sources, those of the named scenario first."""
    others = [row for row in source_list()["scenarios"] if row["name"] != name]
    return {**source_list(), "scenarios": [*scenario_sources(name), *others]}
