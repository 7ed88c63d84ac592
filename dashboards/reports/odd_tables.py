"""The generated tables of docs/odd.md: `python -m dashboards.reports.odd_tables` rewrites them."""

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model.chance import DecisionPoint
from model.columns import COLUMNS, DECIDED, GIVEN, Column
from model.enumerations import RungStatus
from model.measures import BY_NEGOTIATION, OVERALL, Indicator
from model.overrides import EVENT_KINDS
from model.parameter_space import PARAMETER_MODELS, DeclaredParameter, declared_parameters
from model.parameters import Mechanisms
from model.protocol import PROTOCOL, Act
from model.signals import SIGNAL_KINDS
from model.terms import declared_terms

ODD_PATH = Path(__file__).parents[2] / "docs" / "odd.md"
GENERATED_BLOCK = re.compile(r"(<!-- generated:(?P<name>[a-z-]+) -->\n).*?(<!-- end:(?P=name) -->)", re.DOTALL)
DASH = "—"


def format_table(headings: str, rows: Iterable[Iterable[Any]]) -> str:
    """Write a Markdown table; headings are given as one line, split at the bars."""
    heads = [head.strip() for head in headings.split("|")]
    lines = [heads, ["---"] * len(heads), *([str(cell).replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code_span(text: str) -> str:
    """Set a name in code, or a dash where there is none."""
    return f"`{text}`" if text else DASH


def rule_link(rule: Any) -> str:
    """Link a rule to the file it stands in."""
    return f"[`{rule.__name__}`](../{rule.__module__.replace('.', '/')}.py)"


def docstring_line(thing: Any) -> str:
    """Give a docstring on one line."""
    return " ".join((inspect.getdoc(thing) or "").split())


def count_sentence() -> str:
    """Say what the tables describe."""
    counts = f"{len(PROTOCOL)} acts, {len(COLUMNS)} columns, {len(declared_parameters())} parameters"
    return f"The tables describe {counts} and {len(Mechanisms.model_fields)} switches.\n"


def condition_list(act: Act) -> str:
    """List an act's conditions with what each says."""
    return "<br>".join(f"`{c.name}`: {docstring_line(c.terms)}" for c in act.conditions) or DASH


def act_table() -> str:
    """Tabulate the round: order, act, column, who decides, mechanism, conditions."""
    rows = (
        (
            number, f"{rule_link(act.rule)}: {docstring_line(act.rule)}", code_span(act.column), act.role, code_span(act.mechanism),
            "all" if act.knows == "all" else "its own", condition_list(act),
        )
        for number, act in enumerate(PROTOCOL, 1)
    )  # fmt: skip
    return format_table("no. | act | decides | by whom | mechanism | knows | conditions", rows)


def term_table() -> str:
    """Tabulate the terms of every condition."""
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


def column_table(listed: Iterable[Column]) -> str:
    """Tabulate columns: name, axes, kind, who may know it, neutral value, meaning."""
    rows = (
        (code_span(c.name), ", ".join(c.axes), c.kind, c.visibility, DASH if c.given else f"{c.neutral:g}", c.meaning)
        for c in listed
    )
    return format_table("column | axes | kind | sight | neutral | meaning", rows)


def parameter_row(setting: DeclaredParameter) -> tuple[str, ...]:
    """Write one parameter as a row."""
    role = "lever" if setting.lever else "uncertainty"
    name, limits = setting.path.rpartition(".")[2], f"{setting.low:g} to {setting.high:g}"
    first = code_span(name), f"{setting.value:g}", limits, setting.unit or DASH
    return *first, role, setting.meaning, setting.source


def parameter_tables() -> str:
    """Tabulate the parameters, a table for each part of a scenario file."""
    found, parts = declared_parameters(), []
    for path, section in PARAMETER_MODELS.items():
        rows = [parameter_row(each) for each in found if each.path.rpartition(".")[0] == path]
        if rows:
            listed = format_table("parameter | default | range | unit | role | meaning | source", rows)
            parts.append(f"#### `[{path}]`\n\n{docstring_line(section)}\n\n{listed}")
    return "\n".join(parts)


def mechanism_table() -> str:
    """Tabulate the switches and the acts each takes out of the round."""
    rows = (
        (
            code_span(name), field.description, "on" if field.default else "off",
            ", ".join(code_span(act.name) for act in PROTOCOL if act.mechanism == name),
        )
        for name, field in Mechanisms.model_fields.items()
    )  # fmt: skip
    return format_table("switch | meaning | default | acts that are not played when it is off", rows)


def event_table() -> str:
    """Tabulate the kinds of scheduled events."""
    rows = (
        (code_span(name), code_span(kind.act), f"{kind.value:g}", ", ".join(kind.needs) or DASH, kind.meaning)
        for name, kind in EVENT_KINDS.items()
    )
    return format_table("event | act it forces | value if none is given | needs | meaning", rows)


def signal_table() -> str:
    """Tabulate the kinds of signals."""
    rows = ((name, f"{kind.strength:+g}", kind.cameo, kind.meaning) for name, kind in SIGNAL_KINDS.items())
    return format_table("signal | strength | CAMEO | meaning", rows)


def indicator_table(listed: Iterable[Indicator]) -> str:
    """Tabulate indicators."""
    rows = ((code_span(each.name), each.unit, each.meaning) for each in listed)
    return format_table("indicator | unit | meaning", rows)


def generated_tables() -> dict[str, str]:
    """Write every generated table, by name."""
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
        "signals": signal_table(),
        "overall": indicator_table(OVERALL),
        "by-negotiation": indicator_table(BY_NEGOTIATION),
    }


def update_tables(text: str) -> str:
    """Put the tables between their markers. Raises ValueError where marker and table do not match."""
    written, marked = generated_tables(), [found["name"] for found in GENERATED_BLOCK.finditer(text)]
    if sorted(marked) != sorted(written):
        odd = sorted(set(marked) ^ set(written)) or marked
        raise ValueError(f"{ODD_PATH.name} must hold each of these markers once: {', '.join(odd)}")
    return GENERATED_BLOCK.sub(lambda found: f"{found[1]}\n{written[found['name']]}\n{found[3]}", text)


def main() -> None:
    """Rewrite docs/odd.md where it is out of date."""
    text = ODD_PATH.read_text("utf-8")
    fresh = update_tables(text)
    if fresh != text:
        ODD_PATH.write_text(fresh, "utf-8")
    print(f"{ODD_PATH.name}: {'tables written anew' if fresh != text else 'tables are current'}")


if __name__ == "__main__":
    main()
