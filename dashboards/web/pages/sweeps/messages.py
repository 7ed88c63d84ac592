"""The messages that Sweeps sends to the browser."""

from typing import NotRequired, TypedDict


class SweepFailure(TypedDict):
    """The reason why a part of the page cannot be shown."""

    error: str


class SweepFacts(TypedDict):
    """Commands that create results, and links to other pages."""

    studies: str
    sweep: str
    results: str
    to_compare: str
    to_explore: str


class FolderRow(TypedDict):
    """A folder of results: its study and progress, or the reason why it cannot be read."""

    folder: str
    error: str
    study: NotRequired[str]
    question: NotRequired[str]
    points: NotRequired[int]
    of: NotRequired[int]
    failed: NotRequired[int]


class FolderList(TypedDict):
    """The folders found and the open one; ``rows`` is None until they are read."""

    rows: list[FolderRow] | None
    open: str
    where: str


class OutcomeChoice(TypedDict):
    """An outcome or indicator in a list of choices."""

    name: str
    label: str


class FactorChoice(TypedDict):
    """A factor in a list of choices."""

    name: str
    label: str
    lever: bool


class SweepHead(TypedDict):
    """The content of the open folder."""

    question: str
    summary: str
    partly: bool
    failed: int
    failures: list[str]
    outcomes: list[OutcomeChoice]
    factors: list[FactorChoice]


class SweepChoice(TypedDict):
    """The current choices; ``above`` is the threshold of the box."""

    outcome: str
    x: str
    y: str
    above: float | None


class HeatAxis(TypedDict):
    """One axis of the map: labels, descriptions, and the parts of a link that set the value, each by cell."""

    name: str
    labels: list[str]
    descriptions: list[str]
    sets: list[str]
    binned: bool


class HeatMap(TypedDict):
    """An outcome over two factors: means and counts [y][x]; ``share`` is whether the outcome is a share."""

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
    """A factor, its index with an interval, and a second index if the design has one."""

    label: str
    value: float
    low: float
    high: float
    also: float


class Ranking(TypedDict):
    """The factors in order; ``value`` and ``also`` name the indices, ``instead`` explains why there are none."""

    title: str
    value: str
    also: str
    rows: list[RankedFactor]
    remarks: list[str]
    instead: str
    signed: bool


class PeelingStep(TypedDict):
    """A step of the peeling: coverage, density and number of limits of the box."""

    coverage: float
    density: float
    limits: int


class FoundBox(TypedDict):
    """The box in words and numbers, and the link to its middle."""

    error: str
    words: list[str]
    holds: str
    coverage: float
    density: float
    steps: list[PeelingStep]
    link: str
