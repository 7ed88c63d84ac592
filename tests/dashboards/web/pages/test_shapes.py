"""The data that travel to the browser: what a template reads is declared, what is declared is read."""

import re
from importlib import import_module
from typing import Any, Literal, NotRequired, TypedDict, get_type_hints

import pytest

from dashboards.web.components import PAGES
from dashboards.web.pages.shared.shapes import DECLARED, check, errors, keys_of, shapes_in

CONVERTED = ["explore", "watch", "compare", "turning_points", "sweeps", "about"]  # pages whose messages are declared

# Names of the browser, of Vue and of Vuetify, which any template may read.
OF_THE_BROWSER = {
    *re.findall(
        r"\w+",
        """
    activeElement closest defaultPrevented freeze from get hypot isConnected move setAttribute toExponential
    AudioContext Plots PI abs add addEventListener altKey append appendChild at body button cancelAnimationFrame
    checkValidity checked classList className clientHeight clientWidth clientX clientY clipboard code concat
    contains createElement ctrlKey currentTarget cursor dark dataset disconnect documentElement download entries
    every exports fill filter find findIndex flat flatMap floor focus forEach fromEntries getBoundingClientRect
    getContext getElementById getItem setItem localStorage head height href includes indexOf innerHTML innerWidth isArray join key keys left length location
    map matches matchMedia max metaKey middle min normalize now number observe offsetHeight offsetWidth onerror onload
    padEnd padStart paddingLeft paddingRight parentElement parse pop pow preventDefault prevent push
    querySelector querySelectorAll reduce remove removeEventListener replace reportValidity
    requestAnimationFrame reverse right round scrollIntoView select set shiftKey sign sin cos sqrt slice some
    sort split startsWith stop stopPropagation stringify style submit tabIndex target test textContent theme
    then toFixed toLocaleString toLowerCase toPrecision toUpperCase toggle top trim trimEnd trunc type value
    values width x y
    ceil click createElementNS drawImage files get has purge react readAsDataURL result serializeToString setAttribute shapes src tickformat toDataURL
    """,
    )
}


UNREAD = {"asked", "echoes"}  # by the first a test knows that the page has its answer; the second only changes


def code_of(template: str) -> str:
    """Return the expressions and the script of a template, without comments and quoted texts."""
    markup, _, script = template.partition("<script>")
    bound = re.findall(r'\s(?::|@|v-)[\w.:\[\]-]+="([^"]*)"', markup) + re.findall(r"\{\{(.*?)\}\}", markup, re.DOTALL)
    script = re.sub(r"(?<!:)//[^\n]*|/\*.*?\*/", "", script, flags=re.DOTALL)
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", "\n".join([*bound, script]))


def read_by(template: str) -> set[str]:
    """Return the names that a template reads of its data: members, and what it takes out of an object."""
    code = code_of(template)
    members = set(re.findall(r"(?<=[\w)\]?])\.([A-Za-z_]\w*)", code))
    taken = re.findall(r"(?:const|let) \{([^{}=]*)\} =", code)
    return members | {
        part.split(":")[0].strip()
        for each in taken
        for part in re.sub(r"\[[^\]]*\]", "", each).split(",")
        if "..." not in part
    }


def made_by(template: str) -> set[str]:
    """Return the names that a template gives to values and functions of its own, its properties and references."""
    code = code_of(template)
    own = {*re.findall(r"\bref=\"(\w+)\"", template), *re.findall(r"\b(\w+) = ", code)}
    for properties in re.findall(r"\bprops: \[([^\]]*)\]", template):
        own |= {*re.findall(r"\w+", properties)}
    given = re.findall(r"\b([A-Za-z_]\w*)(?=\s*(?::|\([\w\s,{}=\[\]]*\) \{))", code)
    known = re.findall(r"\bthis\.(det_\w+)|\.(?:dataset|\$refs)\.(\w+)|\bwindow\.(\w+)", code)
    return {*own, *given, *(name for each in known for name in each if name)}


def declared_in(page: str) -> tuple[dict[str, Any], set[str]]:
    """Return the shapes that the templates of a page receive, and the events that they send."""
    import_module(f"dashboards.web.pages.{page}.page")
    found = [each for path, each in DECLARED.items() if path.parent.name == page]
    assert found
    shapes = {f"{each.template.name} {name}": kind for each in found for name, kind in each.shapes.items()}
    return shapes, {event for each in found for event in each.events}


@pytest.mark.parametrize("page", CONVERTED)
def test_templates_read_what_is_declared_and_nothing_else(page):
    shapes, events = declared_in(page)
    keys = {name.split()[1] for name in shapes}.union(*map(keys_of, shapes.values()))
    templates = {path.name: path.read_text("utf-8") for path in (PAGES / page).glob("*.vue")}
    for name, template in templates.items():
        unknown = read_by(template) - keys - events - made_by(template) - OF_THE_BROWSER
        assert unknown == set(), f"{page}/{name} reads what no message holds"
    here = "\n".join(templates.values())
    everywhere = "\n".join(path.read_text("utf-8") for path in PAGES.glob("*/*.vue"))
    for shape in set().union(*map(shapes_in, shapes.values())):
        read = here if shape.__module__.endswith(f"{page}.messages") else everywhere
        assert {key for key in {*get_type_hints(shape)} - UNREAD if not re.search(rf"\b{key}\b", read)} == set(), (
            shape.__name__
        )


class PlainRow(TypedDict):
    name: str
    kind: Literal["a", "b"]
    share: float
    note: NotRequired[str]


class Sheet(TypedDict):
    rows: list[PlainRow]
    best: PlainRow | None
    by_name: dict[str, list[float]]


GOOD = {"name": "x", "kind": "a", "share": 1}


def test_data_of_another_shape_are_refused():
    sheet = {"rows": [GOOD], "best": None, "by_name": {"x": [1, 0.5]}}
    assert [*errors(Sheet, sheet)] == []
    assert keys_of(Sheet) == {"rows", "best", "by_name", "name", "kind", "share", "note"}
    for wrong, told in (
        ({**GOOD, "share": "1"}, "share is '1'"),
        ({**GOOD, "share": True}, "share is True"),
        ({**GOOD, "kind": "c"}, "not one of"),
        ({**GOOD, "odd": 1}, "odd is not declared in PlainRow"),
        ({"name": "x", "kind": "a"}, "has no share"),
        (["x", "a", 1], "not PlainRow"),
    ):
        assert [each for each in errors(Sheet, {**sheet, "rows": [wrong]}) if told in each], told
    with pytest.raises(TypeError, match=r"board\.vue: sheet\.best"):
        check({"sheet": Sheet}, {"sheet": {**sheet, "best": 3}}, "board.vue")


def test_what_a_template_reads_is_found():
    template = """<template><p :title="row.told" v-if="row.good">{{ list.first.label }}</p></template>
    <script>const { low, high: top } = this.range; // not.this
    const text = "nor.this", made = { own: 1 }; made.own</script>"""
    assert read_by(template) - made_by(template) >= {"told", "good", "first", "label", "low", "range"}
    assert "this" not in read_by(template)
