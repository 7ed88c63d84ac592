"""API responses for the student's page."""

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
    """A visible fact and its unrounded value."""

    group: str
    value: float


class ChoiceLimit(TypedDict):
    """A limit on how many of these verbs can take an option."""

    key: str
    verbs: list[str]
    option: str
    most: int


class PerceivedSignal(TypedDict):
    """A signal of the last turn, as a seat perceived it."""

    month: int
    kind: str
    sender: str | None
    receiver: str | None
    talks: str | None
    channel: str | None
    reading: SignalReading | None
    mine: bool


class SeatTurnState(TypedDict):
    """The part of a seat's view that does not change during a turn."""

    card: RoleCard
    known: list[KnownFact]
    verbs: list[OfferedVerb]
    limits: list[ChoiceLimit]
    signals: list[PerceivedSignal]
    charts: ClassCharts


class OrderOutcome(TypedDict):
    """The result of an order of the last turn; the agent's choice only if the advisor is allowed."""

    verb: str
    option: str
    took: bool
    agent: str | None


class SeatMove(MoveState):
    """A seat's move of the open turn, and the results of the last one."""

    last: list[OrderOutcome]


class StudentSettings(TypedDict):
    """The settings that affect a student's page."""

    messages: bool
    advisor: bool
    sight: Literal["own", "public", "all"]
    bets: list[int]
    chooses: bool


class StudentView(SharedView, SeatTurnState):
    """A student's view of a lesson."""

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
    forecasts: OwnForecasts
    messages: list[MessageRow]
    notices: list[NoticeRow]


class NextLesson(TypedDict):
    """The newer lesson of a room."""

    lesson: int
    phase: Phase


class StudentMessage(StudentView):
    """The response of ``me``: a student's view, and the newer lesson of the room if there is one."""

    version: int
    code: str
    title: str
    next: NotRequired[NextLesson]


class AdviceMessage(TypedDict):
    """The response of ``advice``."""

    turn: int
    advice: list[AdvisedVerb]
