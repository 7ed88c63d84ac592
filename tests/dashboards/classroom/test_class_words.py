"""The texts of the classroom's pages in all languages, and the links of its tour."""

import re
from functools import reduce

import pytest

from dashboards.classroom.server.frontend import PAGES_DIR, TOUR
from dashboards.classroom.views.message_keys import MESSAGE_KEYS
from dashboards.classroom.views.translations import languages, own_words, words_of
from dashboards.event_forms import EVENT_FORMS
from dashboards.page_link import load_scenario_data, parse_link, shipped_names
from model.loading import load_scenario

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
SOURCES = sorted(each for each in PAGES_DIR.iterdir() if each.suffix in (".js", ".html"))


def placeholders(text: str) -> set[str]:
    return {name for name, _ in PLACEHOLDER.findall(text)}


def test_all_languages_have_the_same_keys_and_placeholders():
    english = own_words("en")
    for language in languages():
        own = own_words(language.code)
        page_keys = {key for key in own if not key.startswith("scenario.")}
        assert page_keys == {*english}, language.code
        assert {key: placeholders(own[key]) for key in english} == {
            key: placeholders(text) for key, text in english.items()
        }


def test_every_server_message_key_has_a_text():
    english = words_of("en")
    assert [key for key in (*MESSAGE_KEYS, *(f"event.{kind}" for kind in EVENT_FORMS)) if key not in english] == []
    assert {key: wrong for key, known in MESSAGE_KEYS.items() if (wrong := placeholders(english[key]) - {*known})} == {}


def test_pages_use_only_existing_text_keys():
    text_call = re.compile(r"""\bt\(\s*['"]([\w.]+)['"]\s*[,)]""")
    used = {key for each in SOURCES for key in text_call.findall(each.read_text())}
    assert len(used) > 150
    assert sorted(used - {*words_of("en")}) == []


def test_persian_is_right_to_left_and_marked_unreviewed():
    persian = next(language for language in languages() if language.code == "fa")
    assert (persian.direction, persian.reviewed) == ("rtl", False)
    assert words_of("fa")["page.unreviewed"]


def scenario_texts(tree: object, path: str = "") -> dict[str, str]:
    """Return the texts of a scenario by their keys in a translation."""
    if not isinstance(tree, dict):
        return {}
    if isinstance(tree.get("en"), str):
        return {path: tree["en"]}
    return reduce(lambda found, item: found | scenario_texts(item[1], f"{path}.{item[0]}".strip(".")), tree.items(), {})


def test_scenario_texts_are_translated_completely():
    persian = {key: text for key, text in own_words("fa").items() if key.startswith("scenario.")}
    expected = set()
    for name in shipped_names():
        scenario = load_scenario(load_scenario_data(name)).model_dump()
        event_texts = {each["text"]["en"] for each in scenario.pop("events") if each["text"]}
        keys = {*scenario_texts({**scenario, "try": {}, "notice": {}})} | {f"events.{words}" for words in event_texts}
        expected |= {f"scenario.{name}.{key}" for key in keys}
    assert sorted({*persian} ^ expected) == []


@pytest.mark.parametrize("chapter", [each for each in TOUR if each.link], ids=lambda each: each.name)
def test_tour_links_open_the_right_page(chapter):
    link, notes = parse_link(chapter.link.removeprefix("/"))
    assert notes == []
    assert link.page == {"watch": "watch", "explain": "turning"}.get(chapter.name, "explore")
    assert (link.baseline is not None) == (chapter.name == "change")


def test_scripts_never_insert_markup():
    for each in SOURCES:
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\|\s*safe|https?://(?!www\.w3\.org/2000/svg)",
            each.read_text(),
        )
        assert found == [], each.name
