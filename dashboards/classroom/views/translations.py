"""The texts of the classroom pages in each language, including translated texts of scenarios.

Texts of acts are in agents/words (see agents/act_words.py), all others in dashboards/classroom/words.
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
    """A language of the pages: code, own name, writing direction, whether a native reader has reviewed it."""

    code: str
    name: str
    direction: str
    reviewed: bool


@cache
def words_of(code: str) -> Mapping[str, str]:
    """Return all texts of a language by dotted key; missing ones in English.

    The key of a scenario's text is ``scenario.NAME.`` and its path, such as
    ``scenario.us-iran-2026.states.us.name``.
    """
    return own_words(code) if code == DEFAULT_LANGUAGE else {**words_of(DEFAULT_LANGUAGE), **own_words(code)}


@cache
def own_words(code: str) -> Mapping[str, str]:
    """Return the texts in a language's own files; a scenario that is ``like`` another also has that one's texts."""
    words = dict(flatten(_file(code)))
    for act in load_act_words(code).values():
        words |= act.messages
    for name, texts in _file(code).get("scenario", {}).items():
        if other := texts.get("like"):
            del words[f"scenario.{name}.like"]
            base_words = dict(flatten(_file(code)["scenario"][other], f"scenario.{name}."))
            words = base_words | words
    return words


@cache
def languages() -> tuple[Language, ...]:
    """Return the available languages, English first."""
    codes = sorted((each.stem for each in WORDS_DIR.glob("*.toml")), key=lambda code: (code != DEFAULT_LANGUAGE, code))
    return tuple(Language(code, **_file(code)["language"]) for code in codes)


@cache
def words_json(code: str) -> tuple[str, bytes]:
    """Return the digest and the JSON of a language's texts as the pages fetch them."""
    body = json.dumps(words_of(code), ensure_ascii=False).encode()
    return hashlib.sha256(body).hexdigest()[:12], body


@cache
def _file(code: str) -> dict[str, Any]:
    return tomllib.loads((WORDS_DIR / f"{code}.toml").read_text(encoding="utf-8"))
