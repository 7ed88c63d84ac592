"""The messages that Explore sends to the browser."""

from typing import Any, NotRequired, TypedDict

from dashboards.web.downloads import ExportRow
from dashboards.web.pages.shared.messages import Bands, OutcomeShare, TaskProgress


class PanelState(TypedDict):
    """The state of the controls; ``echoes`` increases to make the panel show it again after a refused change.

    events: number of injected events.
    """

    scenario: str
    changes: dict[str, Any]
    events: int
    seed: int
    worlds: int
    echoes: int
    asked: str
    largest_seed: int
    fewest: int
    most: int


class CurveRow(TypedDict):
    """The response curve of a lever: the shares of the outcomes at some values, [value][outcome]."""

    values: list[float]
    shares: list[list[float]]


class Curves(TypedDict):
    """The curves by path; asked: the hash of the setting they belong to. worlds: of every value."""

    asked: str
    worlds: int
    rows: dict[str, CurveRow]


class GoalChoice(TypedDict):
    """An outcome, or some deal, in a list of choices."""

    key: str
    label: str


class KnownSpans(TypedDict):
    """The spans of the curves of a scenario as shipped, in points.

    choices: what the curves show the chance of. outcomes: names, in the order of the shares of a curve. inks: the
    colours of outcomes, light and dark. by_path: of some deal, then of each outcome.
    """

    choices: list[GoalChoice]
    outcomes: list[str]
    inks: dict[str, list[str]]
    by_path: dict[str, list[float]]


class NegotiationChoice(TypedDict):
    """A negotiation in a list of choices."""

    name: str
    title: str


class PartyNarrative(TypedDict):
    """A party's narrative."""

    name: str
    text: str


class ThingToTry(TypedDict):
    """A change that the scenario suggests."""

    text: str
    sets: str
    active: bool


class ChangeChip(TypedDict):
    """A change of the setting in words: of the value at a path, or the injected event with an index, else -1."""

    text: str
    path: str
    place: int


class StoryText(TypedDict):
    """The description of a scenario, and what is changed in it."""

    title: str
    chips: list[ChangeChip]
    summary: str
    talks: list[NegotiationChoice]
    shown: str
    parties: list[PartyNarrative]
    notice: list[str]
    tries: list[ThingToTry]


class ChartLine(TypedDict):
    """The label and style of a line."""

    key: str
    label: str
    light: str
    dark: str
    dash: str


class ChartSpec(TypedDict):
    """The specification of a chart; ``mean`` is whether it draws the mean over the worlds instead of bands."""

    key: str
    title: str
    meaning: str
    unit: str
    top: float
    rounds: int
    mean: bool
    main: bool
    lines: list[ChartLine]


class EventRow(TypedDict):
    """An event; ``place`` is its index among the injected events, or -1 for an event of the scenario."""

    round: int
    text: str
    place: int


class BoardState(TypedDict):
    """The part of the board that does not depend on results.

    baseline: the setting compared with, in words; empty if there is none. pinned: whether the user set it. plausible:
    whether each world has a draw from the plausible sample. described: the setting shown, in words, for captions.
    """

    baseline: str
    pinned: bool
    plausible: bool
    described: str
    open: list[str]
    events: list[EventRow]
    exports: list[ExportRow]
    named: str
    version: str


class LeverRole(TypedDict):
    """A kind of lever that an answer may move."""

    key: str
    title: str


class AnswerCard(TypedDict):
    """Changes that reach a goal, or come nearest, measured on fresh seeds; ``number`` names the answer.

    sure: whether the whole interval reaches the goal. flaws: why it is perverse advice.
    """

    number: int
    changes: list[str]
    share: str
    reached: bool
    sure: bool
    price: str
    robust: str
    flaws: list[str]


class AdviceState(TypedDict):
    """What it would take: the task's progress, and its answers; asked: the goal in words, empty before the first."""

    outcomes: list[GoalChoice]
    roles: list[LeverRole]
    progress: TaskProgress
    asked: str
    base: str
    reached: bool
    cards: list[AnswerCard]


class LineData(TypedDict):
    """The data of a line by round: bands or mean, and the watched run."""

    bands: Bands
    run: list[float]


class FirstDeal(TypedDict):
    """The median round of the first verified rung, and the share of worlds that reach one."""

    median: float | None
    share: float
    base: NotRequired[float | None]
    has_base: NotRequired[bool]


class ExploreNumbers(TypedDict):
    """The data of a result, by indicator or chart. ``run`` says what the single run shown is."""

    worlds: int
    wanted: int
    seed: int
    run: str
    lines: dict[str, LineData]
    base: dict[str, Bands] | None
    texts: dict[str, str]
    outcomes: list[OutcomeShare]
    deal: FirstDeal


class ExplorePicture(ExploreNumbers):
    """The data of a result with hashes of its setting and of its family, in which replays are possible."""

    setting: str
    family: str
    number: int
    settled: bool


class LiveState(TypedDict):
    """The part of the board that depends on results."""

    picture: ExplorePicture | None
    busy: str
    stopped: bool
    error: str
    asked: str
