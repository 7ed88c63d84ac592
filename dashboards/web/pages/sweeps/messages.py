"""What Sweeps sends to the browser."""

from typing import NotRequired, TypedDict


class SweepFailure(TypedDict):
    """Why a part of the page cannot be shown."""

    error: str


class SweepFacts(TypedDict):
    """Commands that make results, and queries of other pages."""

    studies: str
    sweep: str
    results: str
    to_compare: str
    to_explore: str


class FolderRow(TypedDict):
    """A folder of results: its study and how far it is, or why it cannot be read."""

    folder: str
    error: str
    study: NotRequired[str]
    question: NotRequired[str]
    points: NotRequired[int]
    of: NotRequired[int]
    failed: NotRequired[int]


class FolderList(TypedDict):
    """The folders that were found, and the one that is open; ``rows`` is None until they are read."""

    rows: list[FolderRow] | None
    open: str
    where: str


class OutcomeChoice(TypedDict):
    """An outcome or indicator that can be shown."""

    name: str
    label: str


class FactorChoice(TypedDict):
    """A factor that can be an axis."""

    name: str
    label: str
    lever: bool


class SweepHead(TypedDict):
    """What is in the open folder."""

    question: str
    summary: str
    partly: bool
    failed: int
    failures: list[str]
    outcomes: list[OutcomeChoice]
    factors: list[FactorChoice]


class SweepChoice(TypedDict):
    """What is chosen; ``above`` is the threshold of the box."""

    outcome: str
    x: str
    y: str
    above: float | None


class HeatAxis(TypedDict):
    """One side of the map: by place a label, a description, and the part of a query that sets its value."""

    name: str
    labels: list[str]
    descriptions: list[str]
    sets: list[str]
    binned: bool


class HeatMap(TypedDict):
    """An outcome over two factors: means and counts [place on y][place on x]; ``share`` is true for a share."""

    error: str
    x: HeatAxis
    y: HeatAxis
    means: list[list[float | None]]
    counts: list[list[int]]
    share: bool
    outcome: str
    before: str
    rest: list[str]
    text: str


class RankedFactor(TypedDict):
    """A factor, its index with an interval, and a second index where the design has one."""

    label: str
    value: float
    low: float
    high: float
    also: float


class Ranking(TypedDict):
    """The factors in order; ``value`` and ``also`` name the two indices, ``instead`` says why there are none."""

    title: str
    value: str
    also: str
    rows: list[RankedFactor]
    remarks: list[str]
    instead: str
    signed: bool


class PeelingStep(TypedDict):
    """A step of the peeling: how many of all cases the box holds, how many in it are cases, its limits."""

    coverage: float
    density: float
    limits: int


class FoundBox(TypedDict):
    """The box, in words and numbers, and the query of its middle."""

    error: str
    words: list[str]
    holds: str
    coverage: float
    density: float
    steps: list[PeelingStep]
    link: str
