"""Generated tables of docs/odd.md; `python -m dashboards.reports.odd_tables` updates them."""

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model.acts import Act
from model.chance import DecisionPoint
from model.columns import COLUMNS, DECIDED, GIVEN, Column
from model.enumerations import RungStatus
from model.measures import BY_NEGOTIATION, OVERALL, Indicator
from model.overrides import EVENT_CONDITIONS, EVENT_KINDS
from model.parameter_space import PARAMETER_MODELS, DeclaredParameter, declared_parameters
from model.parameters import CORE, Mechanisms, layer_of
from model.protocol import PROTOCOL
from model.signals import SIGNAL_KINDS
from model.terms import declared_terms

ODD_PATH = Path(__file__).parents[2] / "docs" / "odd.md"
GENERATED_BLOCK = re.compile(r"(<!-- generated:(?P<name>[a-z-]+) -->\n).*?(<!-- end:(?P=name) -->)", re.DOTALL)
DASH = "—"


def format_table(headings: str, rows: Iterable[Iterable[Any]]) -> str:
    """Return a Markdown table; `headings` are separated by vertical bars."""
    cells = [heading.strip() for heading in headings.split("|")]
    lines = [cells, ["---"] * len(cells), *([str(cell).replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code_span(text: str) -> str:
    """Return a name as a code span, or a dash if it is empty."""
    return f"`{text}`" if text else DASH


def rule_link(rule: Any) -> str:
    """Return a link from a rule to its file."""
    return f"[`{rule.__name__}`](../{rule.__module__.replace('.', '/')}.py)"


def docstring_line(documented: Any) -> str:
    """Return a docstring on one line."""
    return " ".join((inspect.getdoc(documented) or "").split())


def count_sentence() -> str:
    """Return a sentence with the numbers of acts, columns, parameters and switches, and the sizes of the layers."""
    counts = f"{len(PROTOCOL)} acts, {len(COLUMNS)} columns, {len(declared_parameters())} parameters"
    layers = [each.layer for each in declared_parameters()]
    return (
        f"The tables describe {counts} and {len(Mechanisms.model_fields)} switches. Of the parameters,\n"
        f"{layers.count('core')} are the core, {layers.count('extended')} extended, and {layers.count('case')} "
        f"describe a case; of the switches, {len(CORE[Mechanisms])} are core.\n"
    )


def condition_list(act: Act) -> str:
    """Return the conditions of an act with their docstrings."""
    return "<br>".join(f"`{c.name}`: {docstring_line(c.terms)}" for c in act.conditions) or DASH


def act_table() -> str:
    """Return the table of acts in the order of a round."""
    rows = (
        (
            number, f"{rule_link(act.rule)}: {act.description}", code_span(act.column), act.role,
            code_span(act.mechanism), "all" if act.knows == "all" else "its own", condition_list(act),
        )
        for number, act in enumerate(PROTOCOL, 1)
    )  # fmt: skip
    return format_table("no. | act | decides | actor | mechanism | may read | conditions", rows)


def term_table() -> str:
    """Return the table of the terms of all conditions."""
    rows = (
        (
            code_span(act.name),
            code_span(condition.name),
            code_span(name),
            f"{term.low:g} to {term.high:g}",
            term.meaning,
        )
        for act in PROTOCOL
        for condition in act.conditions
        for name, term in declared_terms(condition.terms).items()
    )
    return format_table("act | condition | term | range | meaning", rows)


def column_table(columns: Iterable[Column]) -> str:
    """Return a table of columns."""
    rows = (
        (code_span(c.name), ", ".join(c.axes), c.kind, c.visibility, DASH if c.given else f"{c.neutral:g}", c.meaning)
        for c in columns
    )
    return format_table("column | axes | kind | visibility | neutral | meaning", rows)


def parameter_row(parameter: DeclaredParameter) -> tuple[str, ...]:
    """Return the row of a parameter."""
    role = "lever" if parameter.lever else "uncertainty"
    name, limits = parameter.path.rpartition(".")[2], f"{parameter.low:g} to {parameter.high:g}"
    first = code_span(name), f"{parameter.value:g}", limits, parameter.unit or DASH
    return *first, role, parameter.layer, parameter.meaning, parameter.source


def parameter_tables() -> str:
    """Return the tables of parameters, one per section of a scenario file."""
    declared, parts = declared_parameters(), []
    for path, section in PARAMETER_MODELS.items():
        rows = [parameter_row(each) for each in declared if each.path.rpartition(".")[0] == path]
        if rows:
            table = format_table("parameter | default | range | unit | role | layer | meaning | source", rows)
            parts.append(f"#### `[{path}]`\n\n{docstring_line(section)}\n\n{table}")
    return "\n".join(parts)


def mechanism_table() -> str:
    """Return the table of switches and the acts that each disables."""
    rows = (
        (
            code_span(name), layer_of(Mechanisms, name), field.description, "on" if field.default else "off",
            ", ".join(code_span(act.name) for act in PROTOCOL if act.mechanism == name),
        )
        for name, field in Mechanisms.model_fields.items()
    )  # fmt: skip
    return format_table("switch | layer | meaning | default | acts disabled when it is off", rows)


def event_table() -> str:
    """Return the table of the kinds of scheduled events."""
    rows = (
        (code_span(name), code_span(kind.act), f"{kind.value:g}", ", ".join(kind.needs) or DASH, kind.meaning)
        for name, kind in EVENT_KINDS.items()
    )
    return format_table("event | forced act | default value | required | meaning", rows)


def condition_table() -> str:
    """Return the table of the conditions of scheduled events."""
    rows = ((code_span(name), meaning) for name, meaning in EVENT_CONDITIONS.items())
    return format_table("`only_if` | the event occurs only while", rows)


def signal_table() -> str:
    """Return the table of the kinds of signals."""
    rows = ((name, f"{kind.strength:+g}", kind.cameo, kind.meaning) for name, kind in SIGNAL_KINDS.items())
    return format_table("signal | strength | CAMEO | meaning", rows)


def indicator_table(indicators: Iterable[Indicator]) -> str:
    """Return a table of indicators."""
    rows = ((code_span(each.name), each.unit, each.meaning) for each in indicators)
    return format_table("indicator | unit | meaning", rows)


def generated_tables() -> dict[str, str]:
    """Return all generated tables by name."""
    return {
        "stamp": count_sentence(),
        "acts": act_table(),
        "terms": term_table(),
        "given": column_table(GIVEN),
        "decided": column_table(DECIDED),
        "parameters": parameter_tables(),
        "switches": mechanism_table(),
        "statuses": format_table("number | status", ((int(each), each.name.lower()) for each in RungStatus)),
        "moments": format_table(
            "number | decision point", ((int(each), code_span(each.name)) for each in DecisionPoint)
        ),
        "events": event_table(),
        "event-conditions": condition_table(),
        "signals": signal_table(),
        "overall": indicator_table(OVERALL),
        "by-negotiation": indicator_table(BY_NEGOTIATION),
    }


def update_tables(text: str) -> str:
    """Return the text with current tables between its markers. Raises ValueError if markers and tables differ."""
    written, marked = generated_tables(), [block["name"] for block in GENERATED_BLOCK.finditer(text)]
    if sorted(marked) != sorted(written):
        wrong = sorted(set(marked) ^ set(written)) or marked
        raise ValueError(f"{ODD_PATH.name} must contain each of these markers once: {', '.join(wrong)}")
    return GENERATED_BLOCK.sub(lambda block: f"{block[1]}\n{written[block['name']]}\n{block[3]}", text)


def main() -> None:
    """Update docs/odd.md."""
    text = ODD_PATH.read_text("utf-8")
    updated = update_tables(text)
    if updated != text:
        ODD_PATH.write_text(updated, "utf-8")
    print(f"{ODD_PATH.name}: {'tables updated' if updated != text else 'tables are current'}")


if __name__ == "__main__":
    main()
