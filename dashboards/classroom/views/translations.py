"""All words of the classroom's pages in each language, and the texts of scenarios that they translate.

Those of acts stand with the other words of the acts (agents/act_words.py), all others in ``words`` beside.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from agents.act_words import DEFAULT_LANGUAGE, flatten, load_act_words

WORDS_DIR = Path(__file__).parents[1] / "words"


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
    return own_words(code) if code == DEFAULT_LANGUAGE else {**words_of(DEFAULT_LANGUAGE), **own_words(code)}


@cache
def own_words(code: str) -> Mapping[str, str]:
    """Return the words of a language's own files; a scenario that is ``like`` another has its texts as well."""
    words = dict(flatten(_file(code)))
    for act in load_act_words(code).values():
        words |= act.messages
    for name, texts in _file(code).get("scenario", {}).items():
        if other := texts.get("like"):
            del words[f"scenario.{name}.like"]
            alike = dict(flatten(_file(code)["scenario"][other], f"scenario.{name}."))
            words = alike | words
    return words


@cache
def languages() -> tuple[Language, ...]:
    """List the languages that there are words in, English first."""
    codes = sorted((each.stem for each in WORDS_DIR.glob("*.toml")), key=lambda code: (code != DEFAULT_LANGUAGE, code))
    return tuple(Language(code, **_file(code)["language"]) for code in codes)


@cache
def words_json(code: str) -> tuple[str, bytes]:
    """Give the words of a language as the pages fetch them, with a digest that names them."""
    body = json.dumps(words_of(code), ensure_ascii=False).encode()
    return hashlib.sha256(body).hexdigest()[:12], body


@cache
def _file(code: str) -> dict[str, Any]:
    return tomllib.loads((WORDS_DIR / f"{code}.toml").read_text(encoding="utf-8"))
