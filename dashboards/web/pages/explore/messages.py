"""What Explore sends to the browser."""

from typing import Any, NotRequired, TypedDict

from dashboards.web.downloads import ExportRow
from dashboards.web.pages.shared.messages import Bands, OutcomeShare


class PanelState(TypedDict):
    """Where the controls are; ``echoes`` grows when the panel must show again what it may think it changed."""

    scenario: str
    changes: dict[str, Any]
    seed: int
    worlds: int
    echoes: int
    asked: str
    largest_seed: int
    fewest: int
    most: int


class NegotiationChoice(TypedDict):
    """A negotiation whose charts can be shown."""

    name: str
    title: str


class PartyNarrative(TypedDict):
    """What a party tells of itself."""

    name: str
    text: str


class ThingToTry(TypedDict):
    """A change that the scenario proposes."""

    text: str
    sets: str
    active: bool


class StoryText(TypedDict):
    """What a scenario is about."""

    title: str
    summary: str
    talks: list[NegotiationChoice]
    shown: str
    parties: list[PartyNarrative]
    notice: list[str]
    tries: list[ThingToTry]


class ChartLine(TypedDict):
    """How a line of a chart looks."""

    key: str
    label: str
    light: str
    dark: str
    dash: str


class ChartSpec(TypedDict):
    """How a chart looks; ``mean`` is true where the mean of the worlds is drawn, and no bands."""

    key: str
    title: str
    meaning: str
    unit: str
    top: float
    rounds: int
    mean: bool
    main: bool
    lines: list[ChartLine]


class EventRow(TypedDict):
    """An event; ``place`` is its place among the injected ones, or -1 for one of the scenario."""

    round: int
    text: str
    place: int


class BoardState(TypedDict):
    """All of the board that does not move with the numbers."""

    baseline: str
    open: list[str]
    events: list[EventRow]
    exports: list[ExportRow]
    named: str
    version: str


class LineData(TypedDict):
    """The numbers of a line: its bands or its mean, and the watched run, each by round."""

    bands: Bands
    run: list[float]


class FirstDeal(TypedDict):
    """The median round of the first verified rung, and the share of worlds that have one."""

    median: float | None
    share: float
    base: NotRequired[float | None]
    has_base: NotRequired[bool]


class ExploreNumbers(TypedDict):
    """The numbers of a result, by indicator or chart."""

    worlds: int
    wanted: int
    seed: int
    lines: dict[str, LineData]
    base: dict[str, Bands] | None
    texts: dict[str, str]
    outcomes: list[OutcomeShare]
    deal: FirstDeal


class ExplorePicture(ExploreNumbers):
    """The numbers, and which they are; ``setting`` and ``family`` are equal for pictures of equal ones."""

    setting: str
    family: str
    number: int
    settled: bool


class LiveState(TypedDict):
    """What moves with the numbers."""

    picture: ExplorePicture | None
    busy: str
    stopped: bool
    error: str
    asked: str
