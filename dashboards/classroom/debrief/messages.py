"""What the pages receive of a debrief, and the console that tells how far it is."""

from typing import Any, Literal, TypedDict

from dashboards.classroom.lesson.forecasts import CalibrationRow
from dashboards.classroom.views.instructor_messages import ConsoleRoom, ConsoleView
from dashboards.classroom.views.messages import ClassCharts, ClassLadder, LocalizedText, ScenarioName, StoryRow


class DebriefProgress(TypedDict):
    """How far a debrief is."""

    ready: Literal[False]
    done: int
    of: int


class DebriefReady(TypedDict):
    """A debrief can be had."""

    ready: Literal[True]


class ErrorMessage(TypedDict):
    """What was refused: the code of its words, their values, and a plain sentence."""

    code: str
    params: dict[str, Any]
    text: str


class DebriefFailed(TypedDict):
    """A debrief could not be computed."""

    ready: Literal[False]
    error: ErrorMessage


class ConsoleMessage(ConsoleView, ConsoleRoom):
    """The answer to ``console``."""

    debrief: DebriefProgress | DebriefReady | DebriefFailed | None


class EndState(TypedDict):
    """Where a run ends."""

    outcome: str
    progress: float


class DealChances(TypedDict):
    """The chance of a deal from the end of every turn on, with its interval."""

    months: list[int]
    deal: list[float]
    low: list[float]
    high: list[float]
    futures: int


class TurnOrder(TypedDict):
    """An order of a seat."""

    seat: str
    verb: str
    option: str


class TurningTurn(TypedDict):
    """A turn that moved the chance of a deal."""

    month: int
    turn: int
    before: float
    now: float
    low: float
    high: float
    moves: list[TurnOrder]
    story: list[StoryRow]


class AlternativeDecision(TypedDict):
    """A decision of a seat, and its agent's."""

    verb: str
    option: str
    agent: str | None


class ComparedTurn(TypedDict):
    """A turn in which a seat differed from its ghost, and what both come to."""

    month: int
    turn: int
    decisions: list[AlternativeDecision]
    yours: dict[str, float]
    ghost: dict[str, float]
    deal: float
    deal_ghost: float
    low: float
    high: float
    futures: int


class SeatComparison(TypedDict):
    """A seat against its ghost."""

    seat: str
    moves: int
    differed: int
    ghost: EndState
    points: list[ComparedTurn]


class NamedSeatComparison(SeatComparison):
    """A seat against its ghost, with who sat there, as far as it may be told."""

    people: list[str]


class ComparedPoints(TypedDict):
    """How many of the differences were weighed."""

    points: int
    of: int


class DebriefQuestion(TypedDict):
    """A question for discussion."""

    key: str
    numbers: dict[str, float]
    names: dict[str, str]


class DebriefFindings(EndState):
    """What is computed of a debrief before its questions are chosen."""

    agents: EndState
    agents_charts: ClassCharts
    chances: DealChances
    turning: list[TurningTurn]
    ghosts: list[SeatComparison]
    weighed: ComparedPoints
    model: dict[str, dict[str, float]]


class StoredDebrief(DebriefFindings):
    """A debrief as it is kept: all that does not depend on who asks."""

    questions: list[DebriefQuestion]


class ScoredForecast(TypedDict):
    """The bets called after a turn, scored."""

    at: int
    given: int
    mean: dict[str, float] | None
    brier: float | None
    model_brier: float | None


ScoredForecasts = TypedDict(
    "ScoredForecasts",
    {
        "rounds": list[ScoredForecast],
        "calibration": list[CalibrationRow],
        "class": float | None,
        "mine": float | None,
    },
)


class DebriefCharts(ClassCharts):
    """The series of a lesson, and beside them those of the agents alone."""

    agents: ClassCharts


class DebriefMessage(TypedDict):
    """The answer to ``debrief`` once it is there."""

    ready: Literal[True]
    lesson: int
    names: dict[str, LocalizedText]
    scenario: ScenarioName
    outcome: str
    progress: float
    seed: int
    rounds: int
    months: int
    agents: EndState
    charts: DebriefCharts
    ladder: list[ClassLadder]
    story: list[StoryRow]
    chances: DealChances
    turning: list[TurningTurn]
    ghosts: list[NamedSeatComparison]
    weighed: ComparedPoints
    bets: ScoredForecasts
    questions: list[DebriefQuestion]
    link: str | None
    watch: str | None
