"""All words of the classroom's pages: one file for each language, and the texts of scenarios that they translate."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

WORDS = Path(__file__).parents[1] / "words"
FIRST = "en"


class Language(NamedTuple):
    """One language of the pages: its code, its own name, how it runs, whether a native reader has read it."""

    code: str
    name: str
    direction: str
    reviewed: bool


@cache
def words_of(code: str) -> Mapping[str, str]:
    """Give all words of a language by dotted key; what it lacks is there in English.

    A text of a scenario has the key ``scenario.NAME.`` and what it names, as in
    ``scenario.us-iran-2026.states.us.name``.
    """
    return own_words(code) if code == FIRST else {**words_of(FIRST), **own_words(code)}


@cache
def own_words(code: str) -> Mapping[str, str]:
    """Give the words that a language's own file holds; a scenario that is ``like`` another has its texts as well."""
    words = dict(_flat("", _file(code)))
    for name, texts in _file(code).get("scenario", {}).items():
        if other := texts.get("like"):
            del words[f"scenario.{name}.like"]
            alike = dict(_flat(f"scenario.{name}.", _file(code)["scenario"][other]))
            words = alike | words
    return words


@cache
def languages() -> tuple[Language, ...]:
    """List the languages that there are words in, English first."""
    codes = sorted((each.stem for each in WORDS.glob("*.toml")), key=lambda code: (code != FIRST, code))
    return tuple(Language(code, **_file(code)["language"]) for code in codes)


@cache
def packed(code: str) -> tuple[str, bytes]:
    """Give the words of a language as the pages fetch them, with a digest that names them."""
    body = json.dumps(words_of(code), ensure_ascii=False).encode()
    return hashlib.sha256(body).hexdigest()[:12], body


@cache
def _file(code: str) -> dict[str, Any]:
    return tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8"))


def _flat(path: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{path}{name}.", value)
        elif isinstance(value, str):
            yield path + name, value.strip()
