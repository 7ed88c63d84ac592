"""What the classroom's pages receive: the student's view, the console, the wall, the room and what they are made of.

What the game and the lesson make themselves is declared there: facts and offers in ``game``, bets and moves in
``lesson``.
"""

from typing import Any, Literal, NotRequired, TypedDict

from dashboards.classroom.game.available_actions import OfferedVerb
from dashboards.classroom.game.facts import Fact
from dashboards.classroom.lesson.lesson import Phase
from dashboards.classroom.lesson.participant import SeatSheet
from dashboards.classroom.lesson.predictions import ClassBets, OwnBets, WallBets

Text = dict[str, str]  # by language
SignalReading = Literal["friendly", "hostile", "violation", "clean"]
SeatState = Literal["agent", "late", "waiting", "done", "draft"]

# What all see


class ScenarioName(TypedDict):
    """A scenario by name."""

    id: str
    title: Text
    summary: Text


class SeatName(TypedDict):
    """A seat by name."""

    seat: str
    kind: str
    name: Text


class ShippedScenario(ScenarioName):
    """A scenario that a lesson can be made of."""

    rounds: int
    seats: list[SeatName]


class ClassRung(TypedDict):
    """A rung of a ladder, and where it stands."""

    rung: str
    id: str
    title: Text
    status: str
    age: int
    in_play: bool
    gives: dict[str, Text]


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
    text: NotRequired[Text]
    kind: NotRequired[str | None]


class ChartMark(TypedDict):
    """An event of the scenario, marked on the charts."""

    month: int
    text: Text


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


class SettledForAll(TypedDict):
    """What all see, and what stays until the turn resolves."""

    names: dict[str, Text]
    scenario: ScenarioName
    ladder: list[ClassLadder]
    story: list[StoryRow]


class SharedView(SettledForAll):
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


class ShownSeat(SeatName):
    """A seat, and who plays it now."""

    played: Literal["people", "agent"]
    laid_out: bool
    done: bool


class ShownNotice(TypedDict):
    """A notice of the instructor."""

    id: int
    text: str
    at: float


ShownMessage = TypedDict(
    "ShownMessage",
    {"id": int, "from": str, "to": str, "name": str, "text": str, "at": float, "mine": bool},
)

# Students


class CardRung(TypedDict):
    """A rung on a role card: what each party gives, and how heavy it is for the seat."""

    talks: str
    rung: str
    title: Text
    gives: dict[str, Text]
    burden: Fact | None


class RoleCard(SeatName):
    """A role card."""

    narrative: Text
    summary: Text
    notice: list[str] | None
    interests: list[Fact]
    home: list[Fact]
    private: list[Fact]
    rungs: list[CardRung]


class KnownFact(TypedDict):
    """A fact that a seat knows now, and the value it was written from."""

    key: str
    numbers: dict[str, float]
    names: dict[str, str]
    group: str
    value: float


class ChoiceLimit(TypedDict):
    """Of these verbs only so many may take this option."""

    key: str
    verbs: list[str]
    option: str
    most: int


class PerceivedSignal(TypedDict):
    """A message of the last turn, as a seat perceived it."""

    month: int
    kind: str
    sender: str | None
    receiver: str | None
    talks: str | None
    channel: str | None
    reading: SignalReading | None
    mine: bool


class SettledForSeat(TypedDict):
    """What a seat sees, and what stays until the turn resolves."""

    card: RoleCard
    known: list[KnownFact]
    verbs: list[OfferedVerb]
    limits: list[ChoiceLimit]
    signals: list[PerceivedSignal]
    charts: ClassCharts


class OrderOutcome(TypedDict):
    """What came of an order of the last turn; the agent's choice only where it may be told."""

    verb: str
    option: str
    took: bool
    agent: str | None


class SeatMove(SeatSheet):
    """A seat's move of the open turn, and what came of the last one."""

    last: list[OrderOutcome]


class StudentSettings(TypedDict):
    """The settings that a student's page follows."""

    messages: bool
    advisor: bool
    sight: Literal["own", "public", "all"]
    bets: list[int]
    chooses: bool


class StudentView(SharedView, SettledForSeat):
    """What one student sees of a lesson."""

    solo: bool
    person: int
    name: str
    seat: str
    kind: str
    delegation: list[str]
    agent: str | None
    settings: StudentSettings
    seats: list[ShownSeat]
    move: SeatMove
    bets: OwnBets
    messages: list[ShownMessage]
    notices: list[ShownNotice]


class NextLesson(TypedDict):
    """The newer lesson of a room."""

    lesson: int
    phase: Phase


class StudentMessage(StudentView):
    """The answer to ``me``: a student's view, and the newer lesson of the room if there is one."""

    version: int
    code: str
    title: str
    next: NotRequired[NextLesson]


# A room, and those who have its code


class RoomSeat(SeatName):
    """A seat that people can take."""

    people: int
    most: int
    agent: bool


class RoomLook(TypedDict):
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


class WallWithoutLesson(RoomLink):
    """The wall of a room without a lesson."""

    version: int
    title: str
    phase: Literal["none"]


class WallView(SharedView):
    """What the wall shows of a lesson."""

    charts: ClassCharts
    seats: list[ShownSeat]
    people: int
    headline: StoryRow | None
    notices: list[ShownNotice]
    bets: WallBets


class WallMessage(WallView, RoomLink):
    """The answer to ``projector``."""

    version: int
    title: str


# Instructor


class LessonSettings(TypedDict):
    """All settings of a lesson; the seed only once it is over."""

    scenario: str
    changes: dict[str, Any]
    seed: int | None
    rounds: int
    months: int
    advisor: bool
    bets: list[int]
    messages: bool
    seconds: int
    waits: bool
    absent: int
    chooses: bool
    seats: dict[str, int]
    sight: Literal["own", "public", "all"]


class PersonRow(TypedDict):
    """A person who takes part, and when and on which page last seen."""

    person: int
    name: str
    seat: str
    present: bool
    seen: float | None
    page: str


class ConsoleSeat(TypedDict):
    """A seat as the instructor sees it."""

    seat: str
    kind: str
    most: int
    people: list[int]
    agent: str | None
    state: SeatState
    version: int
    choices: dict[str, str]


class PendingEvent(TypedDict):
    """An event that waits."""

    kind: str
    negotiation: str | None
    actor: str | None
    counterpart: str | None
    value: float | None
    label: str


class ServerLoad(TypedDict):
    """How long the last turn took to resolve."""

    resolve_ms: int


class ConsoleView(SharedView):
    """What the instructor sees of a lesson."""

    settings: LessonSettings
    people: list[PersonRow]
    seats: list[ConsoleSeat]
    charts: ClassCharts
    bets: ClassBets
    messages: list[ShownMessage]
    notices: list[ShownNotice]
    pending: list[PendingEvent]
    load: ServerLoad


class LessonRow(TypedDict):
    """A lesson of a room."""

    lesson: int
    phase: Phase
    scenario: str
    outcome: str | None
    made: float


class ConsoleRoom(RoomLink):
    """A room as the instructor sees it."""

    version: int
    title: str
    open: bool
    host_note: Literal["network", "loopback"]
    lessons: list[LessonRow]


class ConsoleWithoutLesson(ConsoleRoom):
    """The console of a room without a lesson."""

    lesson: None
    phase: Literal["none"]


class RoomRow(TypedDict):
    """A room in the list of rooms."""

    code: str
    title: str
    open: bool
    lesson: int | None
    phase: Phase | Literal["none"]
    people: int
    link: str
    made: float


class CardsMessage(TypedDict):
    """All role cards, to be printed."""

    scenario: ScenarioName
    names: dict[str, Text]
    cards: list[RoleCard]
