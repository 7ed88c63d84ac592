"""The messages that Watch sends to the browser."""

from typing import Literal, TypedDict

from dashboards.injected_events import EventOffer
from dashboards.messages import Columns
from dashboards.reports.messages import ChronicleGroup, StatusSpan


class WatchLine(TypedDict):
    """The style of an indicator or of a family of messages."""

    label: str
    unit: str
    light: str
    dark: str
    dash: str


class MarkStyle(TypedDict):
    """The style of a kind of message."""

    family: str
    shape: str
    short: str


class RungStatusStyle(TypedDict):
    """The style of a rung's status; ``timed`` is whether its months are counted."""

    label: str
    light: str
    dark: str
    stage: Literal["idle", "under way", "verified", "broken"]
    shape: str
    timed: bool


class WatchStyles(TypedDict):
    """All styles of the page."""

    indicators: dict[str, WatchLine]
    families: dict[str, WatchLine]
    signals: dict[str, MarkStyle]
    dashes: dict[str, str]
    shapes: dict[str, str]
    statuses: list[RungStatusStyle]


class OutcomeText(TypedDict):
    """The outcome of a run in words."""

    label: str
    meaning: str


class ParameterChange(TypedDict):
    """A parameter that differs from the scenario's value."""

    path: str
    value: str


class WatchedActor(TypedDict):
    """An actor of the scenario."""

    name: str
    title: str
    role: str


class ActorPosition(TypedDict):
    """A position in the network diagram: from the left and from the top, each 0 to 1."""

    x: float
    y: float


class PartyGives(TypedDict):
    """What a party gives on a rung."""

    party: str
    gives: str


class LadderRung(TypedDict):
    """A rung of a ladder with its statuses in order."""

    name: str
    title: str
    spans: list[StatusSpan]
    gives: list[PartyGives]
    duration: int


class WatchedTalks(TypedDict):
    """One negotiation: series, ladder, parties, and the positions of all actors."""

    name: str
    title: str
    first: str
    second: str
    series: dict[str, list[float]]
    ladder: list[LadderRung]
    parties: list[int]
    places: list[ActorPosition | None]


class WatchMessage(TypedDict):
    """A signal: kind, sender, receiver, negotiation (-1: none), and the row of its decision (-1: none)."""

    round: int
    kind: int
    sender: int
    receiver: int
    negotiation: int
    channel: str
    meant: float
    perceived: float
    cost: float
    row: int


class Activity(TypedDict):
    """An act of an actor other than a message."""

    round: int
    actor: int
    negotiation: int
    activity: str
    text: str


class ChronicleRow(TypedDict):
    """A row of the ledger: group, act, names and sentence are indices into the message's lists."""

    round: int
    group: int
    act: int
    negotiation: int
    actor: int
    counterpart: int
    sentence: int
    forced: bool
    value: int


class ChronicleAct(TypedDict):
    """An act of the chronicle; ``opens`` is whether its decisions can be explained."""

    act: str
    opens: bool


class EventMark(TypedDict):
    """An external event and its index among the injected ones (-1: scheduled)."""

    round: int
    text: str
    place: int


class RunMessage(TypedDict):
    """All data of a run or of its start."""

    scenario: str
    title: str
    seed: int
    rounds: int
    planned: int
    changes: list[ParameterChange]
    ceiling: float
    outcome: OutcomeText
    actors: list[WatchedActor]
    talks: list[WatchedTalks]
    kinds: list[str]
    messages: Columns[WatchMessage]
    activities: Columns[Activity]
    events: list[EventMark]
    offers: list[EventOffer]
    groups: list[ChronicleGroup]
    left_out: list[str]
    rows: Columns[ChronicleRow]
    acts: list[ChronicleAct]
    names: list[str]
    sentences: list[str]


class TwinTalks(TypedDict):
    """One negotiation of the twin."""

    series: dict[str, list[float]]
    ladder: list[list[StatusSpan]]


class OtherDecision(TypedDict):
    """The first decision that differs, as both runs describe it."""

    round: int
    here: str
    there: str


class TwinMessage(TypedDict):
    """The run without the injected events, and the first rounds in which the two differ."""

    outcome: OutcomeText
    talks: list[TwinTalks]
    first: int | None
    numbers: int | None
    decision: OtherDecision | None


class ExplainedTerm(TypedDict):
    """A term of a condition, and its nearest value that flips the decision (None: none in its range)."""

    name: str
    meaning: str
    value: float
    flip: float | None


class ExplainedCondition(TypedDict):
    """A condition; ``otherwise`` is the decision if this condition alone were reversed, "" if it is the same."""

    name: str
    meaning: str
    verdict: str
    terms: list[ExplainedTerm]
    score: float
    threshold: float
    holds: bool
    otherwise: str


class Explanation(TypedDict):
    """The explanation of a decision."""

    live: bool
    sums: bool
    decided: str
    conditions: list[ExplainedCondition]
    opposite: str


class LeverFound(TypedDict):
    """A lever that flips a decision; ``to`` is ``value`` as text.

    effect: how often the decision is the same in other histories, in words; empty until they are played. robust:
    whether the lever changes it there.
    """

    path: str
    label: str
    meaning: str
    effect: str
    robust: bool
    before: str
    to: str
    value: float
    becomes: str
    far: float


class AnswerMessage(TypedDict):
    """The answer to the latest question on a decision."""

    number: int
    explanation: Explanation | None
    levers: list[LeverFound] | None
    done: int
    total: int
    whole: bool
    error: str
