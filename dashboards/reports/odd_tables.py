"""The generated tables of docs/odd.md: `python -m dashboards.reports.odd_tables` rewrites them."""

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model.chance import Moment
from model.columns import COLUMNS, DECIDED, GIVEN, Column
from model.enumerations import Status
from model.measures import BY_NEGOTIATION, OVERALL, Indicator
from model.overrides import EVENTS
from model.parameter_space import DECLARED, DeclaredParameter, declared
from model.parameters import Mechanisms
from model.protocol import PROTOCOL, Act
from model.signals import KINDS
from model.terms import terms_of

ODD = Path(__file__).parents[2] / "docs" / "odd.md"
BLOCK = re.compile(r"(<!-- generated:(?P<name>[a-z-]+) -->\n).*?(<!-- end:(?P=name) -->)", re.DOTALL)
NONE = "—"


def table(headings: str, rows: Iterable[Iterable[Any]]) -> str:
    """Write a Markdown table; headings are given as one line, split at the bars."""
    heads = [head.strip() for head in headings.split("|")]
    lines = [heads, ["---"] * len(heads), *([str(cell).replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(text: str) -> str:
    """Set a name in code, or a dash where there is none."""
    return f"`{text}`" if text else NONE


def source(rule: Any) -> str:
    """Link a rule to the file it stands in."""
    return f"[`{rule.__name__}`](../{rule.__module__.replace('.', '/')}.py)"


def said(thing: Any) -> str:
    """Give a docstring on one line."""
    return " ".join((inspect.getdoc(thing) or "").split())


def stamp() -> str:
    """Say what the tables describe."""
    counts = f"{len(PROTOCOL)} acts, {len(COLUMNS)} columns, {len(declared())} parameters"
    return f"The tables describe {counts} and {len(Mechanisms.model_fields)} switches.\n"


def conditions_of(act: Act) -> str:
    """List an act's conditions with what each says."""
    return "<br>".join(f"`{c.name}`: {said(c.terms)}" for c in act.conditions) or NONE


def acts() -> str:
    """Tabulate the round: order, act, column, who decides, mechanism, conditions."""
    rows = (
        (
            number, f"{source(act.rule)}: {said(act.rule)}", code(act.column), act.role, code(act.mechanism),
            "all" if act.knows == "all" else "its own", conditions_of(act),
        )
        for number, act in enumerate(PROTOCOL, 1)
    )  # fmt: skip
    return table("no. | act | decides | by whom | mechanism | knows | conditions", rows)


def terms() -> str:
    """Tabulate the terms of every condition."""
    rows = (
        (code(act.name), code(condition.name), code(name), f"{term.low:g} to {term.high:g}", term.meaning)
        for act in PROTOCOL
        for condition in act.conditions
        for name, term in terms_of(condition.terms).items()
    )
    return table("act | condition | term | range | meaning", rows)


def columns(listed: Iterable[Column]) -> str:
    """Tabulate columns: name, axes, kind, who may know it, neutral value, meaning."""
    rows = (
        (code(c.name), ", ".join(c.axes), c.kind, c.sight, NONE if c.given else f"{c.neutral:g}", c.meaning)
        for c in listed
    )
    return table("column | axes | kind | sight | neutral | meaning", rows)


def parameter(setting: DeclaredParameter) -> tuple[str, ...]:
    """Write one parameter as a row."""
    role = "lever" if setting.lever else "uncertainty"
    name, limits = setting.path.rpartition(".")[2], f"{setting.low:g} to {setting.high:g}"
    first = code(name), f"{setting.value:g}", limits, setting.unit or NONE
    return *first, role, setting.meaning, setting.source


def parameters() -> str:
    """Tabulate the parameters, a table for each part of a scenario file."""
    found, parts = declared(), []
    for path, section in DECLARED.items():
        rows = [parameter(each) for each in found if each.path.rpartition(".")[0] == path]
        if rows:
            listed = table("parameter | default | range | unit | role | meaning | source", rows)
            parts.append(f"#### `[{path}]`\n\n{said(section)}\n\n{listed}")
    return "\n".join(parts)


def mechanisms() -> str:
    """Tabulate the switches and the acts each takes out of the round."""
    rows = (
        (
            code(name), field.description, "on" if field.default else "off",
            ", ".join(code(act.name) for act in PROTOCOL if act.mechanism == name),
        )
        for name, field in Mechanisms.model_fields.items()
    )  # fmt: skip
    return table("switch | meaning | default | acts that are not played when it is off", rows)


def events() -> str:
    """Tabulate the kinds of scheduled events."""
    rows = (
        (code(name), code(kind.act), f"{kind.value:g}", ", ".join(kind.needs) or NONE, kind.meaning)
        for name, kind in EVENTS.items()
    )
    return table("event | act it forces | value if none is given | needs | meaning", rows)


def messages() -> str:
    """Tabulate the kinds of signals."""
    rows = ((name, f"{kind.strength:+g}", kind.cameo, kind.meaning) for name, kind in KINDS.items())
    return table("signal | strength | CAMEO | meaning", rows)


def indicators(listed: Iterable[Indicator]) -> str:
    """Tabulate indicators."""
    rows = ((code(each.name), each.unit, each.meaning) for each in listed)
    return table("indicator | unit | meaning", rows)


def tables() -> dict[str, str]:
    """Write every generated table, by name."""
    return {
        "stamp": stamp(),
        "acts": acts(),
        "terms": terms(),
        "given": columns(GIVEN),
        "decided": columns(DECIDED),
        "parameters": parameters(),
        "switches": mechanisms(),
        "statuses": table("number | status", ((int(each), each.name.lower()) for each in Status)),
        "moments": table("number | decision point", ((int(each), code(each.name)) for each in Moment)),
        "events": events(),
        "signals": messages(),
        "overall": indicators(OVERALL),
        "by-negotiation": indicators(BY_NEGOTIATION),
    }


def rewrite(text: str) -> str:
    """Put the tables between their markers. Raises ValueError where marker and table do not match."""
    written, marked = tables(), [found["name"] for found in BLOCK.finditer(text)]
    if sorted(marked) != sorted(written):
        odd = sorted(set(marked) ^ set(written)) or marked
        raise ValueError(f"{ODD.name} must hold each of these markers once: {', '.join(odd)}")
    return BLOCK.sub(lambda found: f"{found[1]}\n{written[found['name']]}\n{found[3]}", text)


def main() -> None:
    """Rewrite docs/odd.md where it is out of date."""
    text = ODD.read_text("utf-8")
    fresh = rewrite(text)
    if fresh != text:
        ODD.write_text(fresh, "utf-8")
    print(f"{ODD.name}: {'tables written anew' if fresh != text else 'tables are current'}")


if __name__ == "__main__":
    main()
