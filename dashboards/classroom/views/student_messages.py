"""What a student's page receives."""

from typing import Literal, NotRequired, TypedDict

from dashboards.classroom.game.available_actions import OfferedVerb
from dashboards.classroom.game.facts import Fact
from dashboards.classroom.lesson.advisor import AdvisedVerb
from dashboards.classroom.lesson.forecasts import OwnForecasts
from dashboards.classroom.lesson.lesson import Phase
from dashboards.classroom.lesson.participant import MoveState
from dashboards.classroom.views.messages import ClassCharts, MessageRow, NoticeRow, RoleCard, SeatStatus, SharedView

SignalReading = Literal["friendly", "hostile", "violation", "clean"]


class KnownFact(Fact):
    """A fact that a seat knows now, and the value it was written from."""

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


class SeatTurnState(TypedDict):
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


class SeatMove(MoveState):
    """A seat's move of the open turn, and what came of the last one."""

    last: list[OrderOutcome]


class StudentSettings(TypedDict):
    """The settings that a student's page follows."""

    messages: bool
    advisor: bool
    sight: Literal["own", "public", "all"]
    bets: list[int]
    chooses: bool


class StudentView(SharedView, SeatTurnState):
    """What one student sees of a lesson."""

    solo: bool
    person: int
    name: str
    seat: str
    kind: str
    delegation: list[str]
    agent: str | None
    settings: StudentSettings
    seats: list[SeatStatus]
    move: SeatMove
    bets: OwnForecasts
    messages: list[MessageRow]
    notices: list[NoticeRow]


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


class AdviceMessage(TypedDict):
    """The answer to ``advice``."""

    turn: int
    advice: list[AdvisedVerb]
