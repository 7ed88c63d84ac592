"""What About sends to the browser."""

from typing import Literal, TypedDict


class ActRow(TypedDict):
    """An act of the protocol; ``explainable`` is true for a decision whose reasons can be asked."""

    name: str
    does: str
    role: str
    who: str
    mechanism: str
    explainable: bool


class StageRow(TypedDict):
    """A stage of the round, and its acts in order."""

    title: str
    what: str
    acts: list[ActRow]


class TextSpan(TypedDict):
    """A part of a line in one style."""

    style: Literal["", "strong", "stressed", "code"]
    words: str


class TextBlock(TypedDict):
    """A heading, a list or a paragraph, by lines."""

    kind: Literal["heading", "list", "words"]
    lines: list[list[TextSpan]]


class GlossaryEntry(TypedDict):
    """A word and its meaning."""

    word: str
    meaning: str


class ParameterSource(TypedDict):
    """A parameter, and the source that its default leans on."""

    path: str
    meaning: str
    source: str


class ScenarioSources(TypedDict):
    """What a scenario cites."""

    name: str
    title: str
    cut_off: str
    sources: list[str]


class SourceList(TypedDict):
    """All sources, and how many of all parameters have none."""

    parameters: list[ParameterSource]
    assumed: int
    all: int
    scenarios: list[ScenarioSources]


class DocumentRow(TypedDict):
    """A document; ``address`` is empty where this server does not have it."""

    name: str
    about: str
    address: str


class AboutFacts(TypedDict):
    """The version, and what else is known of this installation."""

    version: str
    digest: str
    docs: list[DocumentRow]
    acts: int
    explore: str
