"""API responses shared by several pages, and those for a room and the projector.

Facts and verbs are declared in ``game``; forecasts, moves and advice in ``lesson``.
"""

from typing import Literal, NotRequired, TypedDict

from dashboards.classroom.game.facts import Fact
from dashboards.classroom.lesson.forecasts import ProjectorForecasts
from dashboards.classroom.lesson.lesson import Phase

LocalizedText = dict[str, str]  # by language


class ScenarioName(TypedDict):
    """Id, title and summary of a scenario."""

    id: str
    title: LocalizedText
    summary: LocalizedText


class SeatName(TypedDict):
    """Id, kind and name of a seat."""

    seat: str
    kind: str
    name: LocalizedText


class ShippedScenario(ScenarioName):
    """A scenario for a lesson, with its seats."""

    rounds: int
    seats: list[SeatName]


class ClassRung(TypedDict):
    """A rung of a ladder and its status."""

    rung: str
    id: str
    title: LocalizedText
    status: str
    age: int
    in_play: bool
    gives: dict[str, LocalizedText]


class ClassLadder(TypedDict):
    """The ladder of a negotiation, first rung first."""

    talks: str
    parties: list[str]
    outcome: str
    rungs: list[ClassRung]


class StoryRow(TypedDict):
    """A public act or event. An event has a text; an injected one also its kind."""

    month: int
    act: str
    value: float
    actor: str | None
    counterpart: str | None
    talks: str | None
    rung: str | None
    sentence: str
    text: NotRequired[LocalizedText]
    kind: NotRequired[str | None]


class ChartMark(TypedDict):
    """An event of the scenario, marked on the charts."""

    month: int
    text: LocalizedText


class OwnSeries(TypedDict):
    """The series that only the party itself sees."""

    support: list[float]
    trust: dict[str, list[float]]


class ClassCharts(TypedDict):
    """The visible series from the start on; the trust of all actors only with visibility "all"."""

    months: list[int]
    talks: dict[str, dict[str, list[float]]]
    ceiling: float
    own: OwnSeries | None
    marks: list[ChartMark]
    trust: NotRequired[dict[str, dict[str, list[float]]]]


class TurnClock(TypedDict):
    """The clock of the open turn."""

    seconds: int
    left: float | None
    running: bool


class SharedTurnState(TypedDict):
    """The public part of a view that does not change during a turn."""

    names: dict[str, LocalizedText]
    scenario: ScenarioName
    ladder: list[ClassLadder]
    story: list[StoryRow]


class SharedView(SharedTurnState):
    """The public state of a lesson."""

    lesson: int
    phase: Phase
    turn: int
    turns: int
    months: int
    month: int
    rounds: int
    clock: TurnClock
    outcome: str | None
    other_model: str | None  # the version of Detente that made the lesson, if its model had other rules


class SeatStatus(SeatName):
    """A seat, who plays it now, and whether it has moved."""

    played: Literal["people", "agent"]
    playable: bool
    done: bool


class NoticeRow(TypedDict):
    """A notice of the instructor."""

    id: int
    text: str
    at: float


MessageRow = TypedDict(
    "MessageRow",
    {"id": int, "from": str, "to": str, "name": str, "text": str, "at": float, "mine": bool},
)


class CardRung(TypedDict):
    """A rung on a role card: what each party gives, and its cost to the seat."""

    talks: str
    rung: str
    title: LocalizedText
    gives: dict[str, LocalizedText]
    burden: Fact | None


class RoleCard(SeatName):
    """A role card."""

    narrative: LocalizedText
    summary: LocalizedText
    notice: list[str] | None
    interests: list[Fact]
    home: list[Fact]
    private: list[Fact]
    rungs: list[CardRung]


# Rooms and the projector


class RoomSeat(SeatName):
    """A seat that people can take."""

    people: int
    most: int
    agent: bool


class RoomPreview(TypedDict):
    """A room as seen before joining; without a lesson it has no scenario and no seats."""

    code: str
    title: str
    open: bool
    lesson: int | None
    phase: Phase | Literal["none"]
    scenario: ScenarioName | None
    seats: list[RoomSeat]
    chooses: bool


class RoomLink(TypedDict):
    """A room's link and its QR code."""

    code: str
    link: str
    qr: str


class ProjectorWithoutLesson(RoomLink):
    """The projector of a room without a lesson."""

    version: int
    title: str
    phase: Literal["none"]


class ProjectorView(SharedView):
    """The projector's view of a lesson."""

    charts: ClassCharts
    seats: list[SeatStatus]
    people: int
    headline: StoryRow | None
    notices: list[NoticeRow]
    forecasts: ProjectorForecasts


class ProjectorMessage(ProjectorView, RoomLink):
    """The response of ``projector``."""

    version: int
    title: str
