"""About: the round as a picture, what the model cannot tell, the words of the field, where the numbers come from."""

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
from model.compiler import source_digest
from model.errors import ScenarioError
from model.parameter_space import declared_parameters
from model.parameters import Mechanisms
from model.protocol import ACT_INDEX, PROTOCOL, Act

INLINE = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)|\*([^*]+)\*")
FORMULA = re.compile(r": [^:]*=.*$|\s*\([^)]*\b[BM]\d+[^)]*\)")  # belongs into docs/odd.md, not into a first reading


class RoundStage(NamedTuple):
    """A stage of the round: its title, what happens in it, and the act with which it begins."""

    title: str
    what: str
    first: str


STAGES = (
    RoundStage(
        "The world drifts",
        "Dice are rolled; government types, oil price and regional tension move.",
        "draw_random_numbers",
    ),
    RoundStage(
        "Good offices", "Facilitators come, tire, take on tasks; channels are cleaned or shaded.", "update_presence"
    ),
    RoundStage(
        "Conduct",
        "Each side acts by its doctrine; the act may miscarry, and is seen, well or badly.",
        "take_initiative",
    ),
    RoundStage("Trust", "Evidence is weighed, and trust moves.", "reassure"),
    RoundStage("Tension", "Postures harden or soften; third states take sides.", "harden"),
    RoundStage("Talks", "Talks are sought and held; a step is tabled and a share offered.", "select_rung"),
    RoundStage("Scrutiny and answer", "The step is examined, answered, and ratified at home.", "examine"),
    RoundStage(
        "Keeping and looking", "What stands is kept or broken; inspectors look; breaches are called.", "find_next_stake"
    ),
    RoundStage(
        "The ladder moves", "Rungs climb, stall, slip, collapse; governments change and may leave.", "resolve_friction"
    ),
    RoundStage(
        "Pressure and home", "Pressure and programmes move; spoilers attack; support follows.", "remember_pressure"
    ),
)
ROLES = {
    "nature": "nature",
    "state": "every state",
    "party": "each party at the table",
    "facilitator": "each facilitator",
    "body": "each verification body",
}
DOCS = (
    ("README.md", "what it is for, how to start it, the round in one table"),
    ("docs/odd.md", "every mechanism, equation and parameter, and the claims to question"),
    ("docs/limits.md", "what does not follow from a result; the same text as above"),
    ("docs/validation.md", "what the model reproduces of what others found, and where it does not"),
    ("docs/trace.md", "how the model was made and tested: a TRACE record"),
    ("docs/python.md", "how to use it from Python, in a notebook or a script"),
    ("docs/studies.md", "how to put a question to many settings, and to its results"),
    ("docs/architecture.md", "how the code is built, and why"),
    ("docs/extend/README.md", "how to add a rule, a doctrine, a parameter and more"),
    ("docs/classroom/README.md", "how to teach with it: a guide, lesson plans, role cards"),
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
    """Show the round as a picture, the limits, the glossary, the sources."""


@solara.component
def About(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Tell what the model is and what it is not."""
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
                    {"name": name, "about": told, "address": name if is_served(name) else ""} for name, told in DOCS
                ],
                "acts": len(PROTOCOL),
                "explore": format_link(link._replace(page="explore")),
            },
            event_open=safe_handler(lambda query: go(parse_link(str(query))[0]), show_error),
        )


@cache
def stages() -> list[StageRow]:
    """Return the protocol in stages."""
    starts = [ACT_INDEX[stage.first] for stage in STAGES]
    ends = [*starts[1:], len(PROTOCOL)]
    return [
        {"title": stage.title, "what": stage.what, "acts": [act_row(act) for act in PROTOCOL[start:end]]}
        for stage, start, end in zip(STAGES, starts, ends, strict=True)
    ]


def act_row(act: Act) -> ActRow:
    """Return one act: its name, what it does, who does it, which mechanism it belongs to, what it decides."""
    doc = (act.rule.__doc__ or "").strip().split("\n\n")[0]
    mechanism = Mechanisms.model_fields[act.mechanism].description if act.mechanism else ""
    return {
        "name": act.name.replace("_", " "),
        "does": FORMULA.sub("", " ".join(doc.split()).rstrip(".")) + ".",
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
            if len(heading[1]) > 1:  # the page has a title of its own
                yield {"kind": "heading", "lines": [text_spans(heading[2])]}
        elif part.startswith("- "):
            yield {
                "kind": "list",
                "lines": [text_spans(" ".join(each.split())) for each in re.split(r"\n- ", part[2:])],
            }
        else:
            yield {"kind": "words", "lines": [text_spans(" ".join(part.split()))]}


def text_spans(line: str) -> list[TextSpan]:
    """Return a line as spans. A link becomes its words, or the name of the document it leads to."""
    found: list[TextSpan] = []
    at = 0
    for mark in INLINE.finditer(line):
        found.append({"style": "", "words": line[at : mark.start()]})
        strong, code, words, target, stressed = mark.groups()
        if words is not None:
            named = f"docs/{target.partition('#')[0]}" if words.endswith(".md") else words
            found.append({"style": "code", "words": named})
        elif stressed is not None:
            found.append({"style": "stressed", "words": stressed})
        elif strong is not None:
            found.append({"style": "strong", "words": strong})
        else:
            found.append({"style": "code", "words": code})
        at = mark.end()
    found.append({"style": "", "words": line[at:]})
    return [each for each in found if each["words"]]


@cache
def source_list() -> SourceList:
    """Return the sources that parameters declare, what is assumed, and each scenario's own sources."""
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
    """Return what a scenario cites, as one row; none if it cannot be read, which the other pages tell."""
    try:
        scenario = scenario_of(Setting(name))
    except ScenarioError:
        return []
    title, told = scenario.title["en"], list(scenario.sources)
    return [{"name": name, "title": title, "cut_off": scenario.cut_off.strip(), "sources": told}]


def source_list_for(name: str) -> SourceList:
    """Return all sources, those of one scenario first, be it shipped or a file."""
    others = [row for row in source_list()["scenarios"] if row["name"] != name]
    return {**source_list(), "scenarios": [*scenario_sources(name), *others]}
