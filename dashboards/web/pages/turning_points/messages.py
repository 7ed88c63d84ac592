"""What Turning points sends to the browser."""

from typing import Literal, TypedDict

from dashboards.reports.messages import RungSpans


class TurningHead(TypedDict):
    """Which run is shown, and what can be chosen."""

    title: str
    seed: int
    largest_seed: int
    futures: int
    choices: list[int]
    changed: str


class OutcomeStyle(TypedDict):
    """How an outcome is drawn."""

    key: str
    label: str
    light: str
    dark: str


class StatusSpanStyle(TypedDict):
    """How the status of a rung is drawn; nothing is drawn of one without height."""

    label: str
    light: str
    dark: str
    stage: Literal["idle", "under way", "verified", "broken"]
    height: int


class LadderSpans(TypedDict):
    """The rungs of one negotiation."""

    title: str
    rungs: list[RungSpans]


class RunMark(TypedDict):
    """An event of the run that is marked below the ladder."""

    round: int
    sentence: str


class RunFrame(TypedDict):
    """The run: ladders, marks, and the looks of what is drawn; ``statuses`` are in the order of their numbers."""

    rounds: int
    outcomes: list[OutcomeStyle]
    statuses: list[StatusSpanStyle]
    ladders: list[LadderSpans]
    marks: list[RunMark]


class OutlookColumn(TypedDict):
    """The futures from one round: the share of each outcome, and of some deal with its interval."""

    round: int
    shares: dict[str, float]
    deal: float
    low: float
    high: float


class OutlookPicture(TypedDict):
    """The futures so far; ``whole`` is true once every round that is looked at has some."""

    columns: list[OutlookColumn]
    whole: bool


class TurningRound(TypedDict):
    """A round that moved the chance of a deal; ``sure`` where its interval excludes zero."""

    round: int
    name: str
    text: str
    interval: str
    difference: float
    sure: bool


class DecisionRow(TypedDict):
    """A decision and its opposite, with the chance of a deal after each, and the query that opens it in Watch."""

    sentence: str
    counterfactual: str
    random: bool
    deal: float
    otherwise: float
    difference: float
    low: float
    high: float
    text: str
    interval: str
    link: str


class RoundView(TypedDict):
    """The round that is looked into."""

    number: int
    decided: int | None
    named: str
    happened: list[str]
    conclusions: list[str]
    rows: list[DecisionRow]
    waiting: str
    note: str
    watch: str
