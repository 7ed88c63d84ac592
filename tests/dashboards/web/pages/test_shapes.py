"""Messages to the browser: templates read declared fields, and every declared field is read."""

import re
from importlib import import_module
from typing import Any, Literal, NotRequired, TypedDict, get_type_hints

import pytest
from support.page_reads import BROWSER_NAMES, names_defined, names_read

from dashboards.web.components import PAGES_FOLDER
from dashboards.web.pages.shared.shapes import (
    DECLARED_TEMPLATES,
    check_shapes,
    field_names,
    nested_shapes,
    shape_errors,
)

TYPED_PAGES = ["explore", "watch", "compare", "turning_points", "sweeps", "about"]  # pages with declared messages

UNREAD = {"asked", "echoes"}  # the first is read by tests only; the second only triggers a refresh


def declared_in(page: str) -> tuple[dict[str, Any], set[str]]:
    """Return the messages that the templates of a page receive, and the events that they send."""
    import_module(f"dashboards.web.pages.{page}.page")
    found = [each for path, each in DECLARED_TEMPLATES.items() if path.parent.name == page]
    assert found
    shapes = {f"{each.template.name} {name}": kind for each in found for name, kind in each.shapes.items()}
    return shapes, {event for each in found for event in each.events}


@pytest.mark.parametrize("page", TYPED_PAGES)
def test_templates_read_declared_fields_only(page):
    shapes, events = declared_in(page)
    keys = {name.split()[1] for name in shapes}.union(*map(field_names, shapes.values()))
    templates = {path.name: path.read_text("utf-8") for path in (PAGES_FOLDER / page).glob("*.vue")}
    for name, template in templates.items():
        unknown = names_read(template) - keys - events - names_defined(template) - BROWSER_NAMES
        assert unknown == set(), f"{page}/{name} reads an undeclared field"
    here = "\n".join(templates.values())
    everywhere = "\n".join(path.read_text("utf-8") for path in PAGES_FOLDER.glob("*/*.vue"))
    for shape in set().union(*map(nested_shapes, shapes.values())):
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


VALID = {"name": "x", "kind": "a", "share": 1}


def test_data_of_another_type_are_refused():
    sheet = {"rows": [VALID], "best": None, "by_name": {"x": [1, 0.5]}}
    assert [*shape_errors(Sheet, sheet)] == []
    assert field_names(Sheet) == {"rows", "best", "by_name", "name", "kind", "share", "note"}
    for wrong, message in (
        ({**VALID, "share": "1"}, "share is '1'"),
        ({**VALID, "share": True}, "share is True"),
        ({**VALID, "kind": "c"}, "not one of"),
        ({**VALID, "odd": 1}, "odd is not declared in PlainRow"),
        ({"name": "x", "kind": "a"}, "has no share"),
        (["x", "a", 1], "not PlainRow"),
    ):
        assert [each for each in shape_errors(Sheet, {**sheet, "rows": [wrong]}) if message in each], message
    with pytest.raises(TypeError, match=r"board\.vue: sheet\.best"):
        check_shapes({"sheet": Sheet}, {"sheet": {**sheet, "best": 3}}, "board.vue")


def test_fields_read_by_a_template_are_found():
    template = """<template><p :title="row.note" v-if="row.good">{{ list.first.label }}</p></template>
    <script>const { low, high: top } = this.range; // not.this
    const text = "nor.this", made = { own: 1 }; made.own</script>"""
    assert names_read(template) - names_defined(template) >= {"note", "good", "first", "label", "low", "range"}
    assert "this" not in names_read(template)
