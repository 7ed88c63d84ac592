"""Types of the data that the scripts of a run report read."""

from typing import TypedDict

from dashboards.messages import Columns


class StatusSpan(TypedDict):
    """A status of a rung, with its first and last round."""

    status: int
    first: int
    last: int


class StatusBar(TypedDict):
    """The style of the bar of a status; ``pale``: text on it has the text colour of the page."""

    label: str
    pattern: str
    pale: bool


class RungSpans(TypedDict):
    """A rung of a ladder, with its statuses in order."""

    title: str
    spans: list[StatusSpan]


class NegotiationData(TypedDict):
    """The series and the ladder of one negotiation."""

    title: str
    first: str
    second: str
    series: dict[str, list[float]]
    ladder: list[RungSpans]


class NetworkActor(TypedDict):
    """An actor in the network of messages."""

    title: str
    role: str


class NetworkMessage(TypedDict):
    """A message; kind, sender and receiver are indices of the lists of the network."""

    round: int
    kind: int
    sender: int
    receiver: int
    strength: float


class NetworkData(TypedDict):
    """The actors and the messages between them."""

    actors: list[NetworkActor]
    kinds: list[str]
    messages: Columns[NetworkMessage]


class TermMeaning(TypedDict):
    """A term of a condition and its meaning."""

    name: str
    meaning: str


class ConditionMeaning(TypedDict):
    """The meanings of a condition and of its terms."""

    meaning: str
    terms: list[TermMeaning]


class ActMeaning(TypedDict):
    """An act and the meanings of its conditions."""

    name: str
    conditions: list[ConditionMeaning]


class ConditionValues(TypedDict):
    """An evaluated condition; the terms are in the order of their meanings."""

    terms: list[float]
    score: float
    threshold: float
    holds: bool


class SignalValues(TypedDict):
    """How a message was sent and perceived."""

    channel: str
    strength: float
    cost: float
    meant: float
    perceived: float


class ChronicleGroup(TypedDict):
    """A group of rows that the reader can show or hide."""

    key: str
    label: str


class LedgerRow(TypedDict):
    """A row of the chronicle; group, act, negotiation (-1: none) and sentence are indices of its lists."""

    round: int
    group: int
    act: int
    negotiation: int
    sentence: int
    conditions: list[ConditionValues]
    signal: SignalValues | None


class ChronicleData(TypedDict):
    """The ledger rows of the page, and the lists that they refer to."""

    groups: list[ChronicleGroup]
    rows: Columns[LedgerRow]
    acts: list[ActMeaning]
    negotiations: list[str]
    sentences: list[str]


class RunData(TypedDict):
    """All data of the report's scripts."""

    rounds: int
    ceiling: float
    dashes: dict[str, str]
    events: list[int]
    statuses: list[StatusBar]
    negotiations: list[NegotiationData]
    network: NetworkData
    chronicle: ChronicleData
