"""The messages that About sends to the browser."""

from typing import Literal, TypedDict


class ActRow(TypedDict):
    """An act of the protocol; ``explainable`` is whether it is a decision with conditions."""

    name: str
    does: str
    role: str
    who: str
    mechanism: str
    explainable: bool


class StageRow(TypedDict):
    """A stage of the round with its acts in order."""

    title: str
    what: str
    acts: list[ActRow]


class TextSpan(TypedDict):
    """A part of a line, in one style."""

    style: Literal["", "strong", "stressed", "code"]
    words: str


class TextBlock(TypedDict):
    """A heading, list or paragraph, as lines."""

    kind: Literal["heading", "list", "words"]
    lines: list[list[TextSpan]]


class GlossaryEntry(TypedDict):
    """A term and its meaning."""

    word: str
    meaning: str


class ParameterSource(TypedDict):
    """A parameter and the source of its default."""

    path: str
    meaning: str
    source: str


class ScenarioSources(TypedDict):
    """The sources of a scenario."""

    name: str
    title: str
    cut_off: str
    sources: list[str]


class SourceList(TypedDict):
    """All sources, and the number of parameters without one."""

    parameters: list[ParameterSource]
    assumed: int
    all: int
    scenarios: list[ScenarioSources]


class DocumentRow(TypedDict):
    """A document; ``address`` is empty if it is not installed."""

    name: str
    about: str
    address: str


class AboutFacts(TypedDict):
    """The version, documents and other facts about this installation."""

    version: str
    digest: str
    docs: list[DocumentRow]
    acts: int
    explore: str
