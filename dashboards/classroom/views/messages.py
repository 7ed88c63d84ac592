"""What all pages of the classroom receive, the wall and a room among them, and the parts that several share.

What the game and the lesson make themselves is declared there: facts and offers in ``game``, bets, moves and advice in
``lesson``.
"""

from typing import Literal, NotRequired, TypedDict

from dashboards.classroom.game.facts import Fact
from dashboards.classroom.lesson.forecasts import ProjectorForecasts
from dashboards.classroom.lesson.lesson import Phase

LocalizedText = dict[str, str]  # by language


class ScenarioName(TypedDict):
    """A scenario by name."""

    id: str
    title: LocalizedText
    summary: LocalizedText


class SeatName(TypedDict):
    """A seat by name."""

    seat: str
    kind: str
    name: LocalizedText


class ShippedScenario(ScenarioName):
    """A scenario that a lesson can be made of."""

    rounds: int
    seats: list[SeatName]


class ClassRung(TypedDict):
    """A rung of a ladder, and where it stands."""

    rung: str
    id: str
    title: LocalizedText
    status: str
    age: int
    in_play: bool
    gives: dict[str, LocalizedText]


class ClassLadder(TypedDict):
    """The ladder of a negotiation, the lowest rung first."""

    talks: str
    parties: list[str]
    outcome: str
    rungs: list[ClassRung]


class StoryRow(TypedDict):
    """A public happening: an act, or an event, which has words of its own; an injected one has its kind too."""

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
    """The series that only a party itself sees."""

    support: list[float]
    trust: dict[str, list[float]]


class ClassCharts(TypedDict):
    """The series that a page may show, from the start on; trust of all in all only for those who see everything."""

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
    """What all see, and what stays until the turn resolves."""

    names: dict[str, LocalizedText]
    scenario: ScenarioName
    ladder: list[ClassLadder]
    story: list[StoryRow]


class SharedView(SharedTurnState):
    """What everyone in a lesson sees of its state."""

    lesson: int
    phase: Phase
    turn: int
    turns: int
    months: int
    month: int
    rounds: int
    clock: TurnClock
    outcome: str | None


class SeatStatus(SeatName):
    """A seat, and who plays it now."""

    played: Literal["people", "agent"]
    laid_out: bool
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
    """A rung on a role card: what each party gives, and how heavy it is for the seat."""

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


# A room, and those who have its code


class RoomSeat(SeatName):
    """A seat that people can take."""

    people: int
    most: int
    agent: bool


class RoomPreview(TypedDict):
    """A room as somebody sees it who has its code; without a lesson it has no scenario and no seats."""

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
    """The wall of a room without a lesson."""

    version: int
    title: str
    phase: Literal["none"]


class ProjectorView(SharedView):
    """What the wall shows of a lesson."""

    charts: ClassCharts
    seats: list[SeatStatus]
    people: int
    headline: StoryRow | None
    notices: list[NoticeRow]
    bets: ProjectorForecasts


class ProjectorMessage(ProjectorView, RoomLink):
    """The answer to ``projector``."""

    version: int
    title: str
