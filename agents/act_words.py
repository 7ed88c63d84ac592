"""The texts of the acts of the protocol: one file for each language, one table for each act."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

WORDS_FOLDER = Path(__file__).with_name("words")
DEFAULT_LANGUAGE = "en"


class ActWords(NamedTuple):
    """The texts of one act in one language; ``words/en.toml`` explains each."""

    sentences: Mapping[int, str]
    change_sentences: Mapping[int, str]
    level_sentence: str
    reasons: Mapping[str, str]
    largest_terms: Mapping[str, str]
    had_clauses: Mapping[int, str]
    absence: str
    messages: Mapping[str, str]  # of the classroom, by the keys that its pages use


@cache
def load_act_words(language: str) -> Mapping[str, ActWords]:
    """Load the texts of all acts in a language, by the name of the act; empty if the language has no file."""
    file = WORDS_FOLDER / f"{language}.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {act: _words(table) for act, table in tables.items()}


def words_for(act: str, language: str = DEFAULT_LANGUAGE) -> ActWords:
    """Return the texts of an act in a language; ``NO_WORDS`` if it has none."""
    return load_act_words(language).get(act, NO_WORDS)


def flatten(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of nested tables with its dotted key."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{path}{name}.")
        elif isinstance(value, str):
            yield path + name, value.strip()


def _words(table: Mapping[str, Any]) -> ActWords:
    sentences, changes, clauses = (
        {int(value): text for value, text in table.get(part, {}).items()} for part in ("sentence", "change", "had")
    )
    messages = dict(flatten(table.get("class", {})))
    reasons = table.get("because", {}), table.get("largest", {})
    return ActWords(sentences, changes, table.get("level", ""), *reasons, clauses, table.get("absence", ""), messages)


NO_WORDS = _words({})
