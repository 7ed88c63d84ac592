"""API responses for the debrief, and for the console, which shows its progress."""

from typing import Any, Literal, TypedDict

from dashboards.classroom.lesson.forecasts import CalibrationRow
from dashboards.classroom.views.instructor_messages import ConsoleRoom, ConsoleView
from dashboards.classroom.views.messages import ClassCharts, ClassLadder, LocalizedText, ScenarioName, StoryRow


class DebriefProgress(TypedDict):
    """The progress of a debrief."""

    ready: Literal[False]
    done: int
    of: int


class DebriefReady(TypedDict):
    """A debrief is ready."""

    ready: Literal[True]


class ErrorMessage(TypedDict):
    """An error: its code, its parameters, and an English sentence."""

    code: str
    params: dict[str, Any]
    text: str


class DebriefFailed(TypedDict):
    """A debrief could not be computed."""

    ready: Literal[False]
    error: ErrorMessage


class ConsoleMessage(ConsoleView, ConsoleRoom):
    """The response of ``console``."""

    debrief: DebriefProgress | DebriefReady | DebriefFailed | None


class EndState(TypedDict):
    """The end of a run."""

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
    """A turn that changed the chance of a deal."""

    month: int
    turn: int
    before: float
    now: float
    low: float
    high: float
    moves: list[TurnOrder]
    story: list[StoryRow]


class AlternativeDecision(TypedDict):
    """A decision of a seat and the agent's alternative."""

    verb: str
    option: str
    agent: str | None


class ComparedTurn(TypedDict):
    """A turn in which a seat differed from its agent, with the futures of both."""

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
    """A seat compared with its agent."""

    seat: str
    moves: int
    differed: int
    ghost: EndState
    points: list[ComparedTurn]


class NamedSeatComparison(SeatComparison):
    """A seat compared with its agent, with the participants that the reader may see."""

    people: list[str]


class ComparedPoints(TypedDict):
    """The number of turns compared, of all that differed."""

    points: int
    of: int


class DebriefQuestion(TypedDict):
    """A question for discussion."""

    key: str
    numbers: dict[str, float]
    names: dict[str, str]


class DebriefFindings(EndState):
    """A debrief without its questions."""

    agents: EndState
    agents_charts: ClassCharts
    chances: DealChances
    turning: list[TurningTurn]
    ghosts: list[SeatComparison]
    weighed: ComparedPoints
    model: dict[str, dict[str, float]]


class StoredDebrief(DebriefFindings):
    """A stored debrief: all that does not depend on the reader."""

    questions: list[DebriefQuestion]


class ScoredForecast(TypedDict):
    """The scores of the forecasts made after a turn."""

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
    """The series of a lesson, and those with agents only."""

    agents: ClassCharts


class DebriefMessage(TypedDict):
    """The response of ``debrief`` once it is computed."""

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
    forecasts: ScoredForecasts
    questions: list[DebriefQuestion]
    link: str | None
    watch: str | None
