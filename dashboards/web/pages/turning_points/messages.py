"""The messages that Turning points sends to the browser."""

from typing import Literal, TypedDict

from dashboards.reports.messages import RungSpans


class TurningHead(TypedDict):
    """The run, and the choices of seed and futures."""

    title: str
    seed: int
    largest_seed: int
    futures: int
    choices: list[int]
    changed: str


class OutcomeStyle(TypedDict):
    """The style of an outcome."""

    key: str
    label: str
    light: str
    dark: str


class StatusSpanStyle(TypedDict):
    """The style of a rung's status; a status of height 0 is not drawn."""

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
    """The run: ladders, marks and styles; ``statuses`` are in numerical order."""

    rounds: int
    outcomes: list[OutcomeStyle]
    statuses: list[StatusSpanStyle]
    ladders: list[LadderSpans]
    marks: list[RunMark]


class OutlookColumn(TypedDict):
    """The futures from one round: the share of each outcome, and of a deal with its interval."""

    round: int
    shares: dict[str, float]
    deal: float
    low: float
    high: float


class OutlookPicture(TypedDict):
    """The futures so far; ``whole`` is whether every starting round has some."""

    columns: list[OutlookColumn]
    whole: bool


class TurningRound(TypedDict):
    """A round that changed the probability of a deal; ``sure`` is whether the change is significant."""

    round: int
    name: str
    text: str
    interval: str
    difference: float
    sure: bool


class DecisionRow(TypedDict):
    """A decision and its alternative, the probability of a deal after each, and the link to Watch."""

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
    """The selected round."""

    number: int
    decided: int | None
    named: str
    happened: list[str]
    conclusions: list[str]
    rows: list[DecisionRow]
    waiting: str
    note: str
    watch: str
