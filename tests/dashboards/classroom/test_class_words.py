"""The words of the classroom's pages, in both languages, and the links of its tour."""

import re
from functools import reduce

import pytest

from dashboards.classroom.server.frontend import PAGES_DIR, TOUR
from dashboards.classroom.views.message_keys import MESSAGE_KEYS
from dashboards.classroom.views.translations import languages, own_words, words_of
from dashboards.injected_events import EVENT_FORMS
from dashboards.page_link import load_scenario_data, parse_link, shipped_names
from model.loading import load_scenario

HOLE = re.compile(r"\{(\w+)(?::(\w+))?\}")
SOURCES = sorted(each for each in PAGES_DIR.iterdir() if each.suffix in (".js", ".html"))


def holes(text: str) -> set[str]:
    return {name for name, _ in HOLE.findall(text)}


# Words


def test_every_language_has_the_same_words_with_the_same_holes():
    english = own_words("en")
    for language in languages():
        own = own_words(language.code)
        ours = {key for key in own if not key.startswith("scenario.")}
        assert ours == {*english}, language.code
        assert {key: holes(own[key]) for key in english} == {key: holes(text) for key, text in english.items()}


def test_whatever_the_server_can_tell_there_are_words_for():
    english = words_of("en")
    assert [key for key in (*MESSAGE_KEYS, *(f"event.{kind}" for kind in EVENT_FORMS)) if key not in english] == []
    assert {key: wrong for key, known in MESSAGE_KEYS.items() if (wrong := holes(english[key]) - {*known})} == {}


def test_the_pages_ask_for_no_words_that_are_not_there():
    said = re.compile(r"""say\(\s*['"]([\w.]+)['"]\s*[,)]""")
    asked = {key for each in SOURCES for key in said.findall(each.read_text())}
    assert len(asked) > 150
    assert sorted(asked - {*words_of("en")}) == []


def test_persian_says_that_no_native_reader_has_read_it_and_runs_from_right_to_left():
    persian = next(language for language in languages() if language.code == "fa")
    assert (persian.direction, persian.reviewed) == ("rtl", False)
    assert words_of("fa")["page.unreviewed"]


def texts_of(tree: object, path: str = "") -> dict[str, str]:
    """List the texts of a scenario by the keys that a translation of them has."""
    if not isinstance(tree, dict):
        return {}
    if isinstance(tree.get("en"), str):
        return {path: tree["en"]}
    return reduce(lambda found, item: found | texts_of(item[1], f"{path}.{item[0]}".strip(".")), tree.items(), {})


def test_all_that_a_student_reads_of_a_shipped_scenario_is_translated_and_nothing_else():
    persian = {key: text for key, text in own_words("fa").items() if key.startswith("scenario.")}
    wanted = set()
    for name in shipped_names():
        scenario = load_scenario(load_scenario_data(name)).model_dump()
        told = {each["text"]["en"] for each in scenario.pop("events") if each["text"]}
        keys = {*texts_of({**scenario, "try": {}, "notice": {}})} | {f"events.{words}" for words in told}
        wanted |= {f"scenario.{name}.{key}" for key in keys}
    assert sorted({*persian} ^ wanted) == []


@pytest.mark.parametrize("chapter", [each for each in TOUR if each.link], ids=lambda each: each.name)
def test_a_link_of_the_tour_opens_what_it_says(chapter):
    link, notes = parse_link(chapter.link.removeprefix("/"))
    assert notes == []
    assert link.page == {"watch": "watch", "explain": "turning"}.get(chapter.name, "explore")
    assert (link.baseline is not None) == (chapter.name == "change")


def test_the_scripts_build_pages_from_text_alone():
    for each in SOURCES:
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\|\s*safe|https?://(?!www\.w3\.org/2000/svg)",
            each.read_text(),
        )
        assert found == [], each.name
