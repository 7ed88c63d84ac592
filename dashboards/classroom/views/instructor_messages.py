"""API responses for the console."""

from typing import Any, Literal, TypedDict

from dashboards.classroom.lesson.forecasts import ClassForecasts
from dashboards.classroom.lesson.lesson import Phase
from dashboards.classroom.views.messages import (
    ClassCharts,
    LocalizedText,
    MessageRow,
    NoticeRow,
    RoleCard,
    RoomLink,
    ScenarioName,
    SharedView,
)

SeatState = Literal["agent", "late", "waiting", "done", "draft"]


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
    """A participant, and time and page of the last report."""

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
    """A pending event."""

    kind: str
    negotiation: str | None
    actor: str | None
    counterpart: str | None
    value: float | None
    label: str


class ServerLoad(TypedDict):
    """The time that the last turn took to resolve."""

    resolve_ms: int


class ConsoleView(SharedView):
    """The console's view of a lesson."""

    settings: LessonSettings
    people: list[PersonRow]
    seats: list[ConsoleSeat]
    charts: ClassCharts
    forecasts: ClassForecasts
    messages: list[MessageRow]
    notices: list[NoticeRow]
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
    """All role cards, for printing."""

    scenario: ScenarioName
    names: dict[str, LocalizedText]
    cards: list[RoleCard]
