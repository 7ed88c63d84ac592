"""The words of the acts of the protocol: one file for each language, one table an act."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

WORDS = Path(__file__).with_name("words")
FIRST = "en"


class ActWords(NamedTuple):
    """The words of one act in one language; ``words/en.toml`` explains each."""

    sentences: Mapping[int, str]
    level: str
    because: Mapping[str, str]
    had: Mapping[int, str]
    absence: str
    messages: Mapping[str, str]  # of the classroom, by the keys that its pages use


@cache
def acts_in(language: str) -> Mapping[str, ActWords]:
    """Load the words of all acts in a language, by the name of the act; none if the language has no file."""
    file = WORDS / f"{language}.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {act: _words(table) for act, table in tables.items()}


def words_for(act: str, language: str = FIRST) -> ActWords:
    """Return the words of an act in a language; empty if it has none."""
    return acts_in(language).get(act, EMPTY)


def flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of nested tables by dotted key."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{path}{name}.")
        elif isinstance(value, str):
            yield path + name, value.strip()


def _words(table: Mapping[str, Any]) -> ActWords:
    sentences, had = ({int(value): text for value, text in table.get(part, {}).items()} for part in ("sentence", "had"))
    messages = dict(flat(table.get("class", {})))
    return ActWords(
        sentences, table.get("level", ""), table.get("because", {}), had, table.get("absence", ""), messages
    )


EMPTY = _words({})
