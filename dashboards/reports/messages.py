"""The shapes of the data that the report of a run holds for its scripts."""

from typing import TypedDict

from dashboards.messages import Columns


class StatusSpan(TypedDict):
    """A status of a rung, with the first and the last round in which it had it."""

    status: int
    first: int
    last: int


class StatusBar(TypedDict):
    """How the bar of a status is drawn; ``pale`` is true where the text on it has the page's own ink."""

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
    """A message of the run: its kind, sender and receiver are places in the network's lists."""

    round: int
    kind: int
    sender: int
    receiver: int
    strength: float


class NetworkData(TypedDict):
    """Who sent which message to whom."""

    actors: list[NetworkActor]
    kinds: list[str]
    messages: Columns[NetworkMessage]


class TermMeaning(TypedDict):
    """A term of a condition, and what it means."""

    name: str
    meaning: str


class ConditionMeaning(TypedDict):
    """A condition of an act, and what its terms mean."""

    meaning: str
    terms: list[TermMeaning]


class ActMeaning(TypedDict):
    """An act, and what its conditions mean."""

    name: str
    conditions: list[ConditionMeaning]


class ConditionValues(TypedDict):
    """A condition of one decision, with its terms in the order of their meanings."""

    terms: list[float]
    score: float
    threshold: float
    holds: bool


class SignalValues(TypedDict):
    """What a message was sent as, and how it was read."""

    channel: str
    strength: float
    cost: float
    meant: float
    perceived: float


class ChronicleGroup(TypedDict):
    """A group of rows that can be shown or hidden."""

    key: str
    label: str


class LedgerRow(TypedDict):
    """A row of the chronicle: group, act, negotiation (-1: none) and sentence are places in its lists."""

    round: int
    group: int
    act: int
    negotiation: int
    sentence: int
    conditions: list[ConditionValues]
    signal: SignalValues | None


class ChronicleData(TypedDict):
    """The rows of the ledger that the page holds, and the lists that they point into."""

    groups: list[ChronicleGroup]
    rows: Columns[LedgerRow]
    acts: list[ActMeaning]
    negotiations: list[str]
    sentences: list[str]


class RunData(TypedDict):
    """All that the scripts of the report draw."""

    rounds: int
    ceiling: float
    dashes: dict[str, str]
    events: list[int]
    statuses: list[StatusBar]
    negotiations: list[NegotiationData]
    network: NetworkData
    chronicle: ChronicleData
