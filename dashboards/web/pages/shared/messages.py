"""Messages that several pages send to the browser: levers, choices, bands and task progress."""

from typing import Literal, NotRequired, TypedDict

Value = bool | int | float | str


class ScenarioChoice(TypedDict):
    """A scenario in a list of choices."""

    name: str
    title: str


class LeverField(TypedDict):
    """A kind of value: number, switch or choice. ``most`` is the largest value, ``high`` the end of the slider."""

    kind: Literal["number", "switch", "choice"]
    meaning: str
    low: NotRequired[float]
    most: NotRequired[float]
    high: NotRequired[float]
    step: NotRequired[float]
    whole: NotRequired[bool]
    unit: NotRequired[str]
    source: NotRequired[str]
    choices: NotRequired[list[str]]


class LeverRow(TypedDict):
    """One adjustable value: its path, the name of its field, and its value in the scenario."""

    path: str
    field: str
    base: Value
    label: str


class LeverGroup(TypedDict):
    """Rows under one heading; ``open`` is whether they are expanded at first."""

    key: str
    title: str
    about: str
    role: Literal["lever", "uncertainty", "switch"]
    open: bool
    rows: list[LeverRow]


class Catalogue(TypedDict):
    """The adjustable values of a scenario: its name, fields by name, and groups of rows."""

    scenario: str
    fields: dict[str, LeverField]
    groups: list[LeverGroup]


class TaskProgress(TypedDict):
    """The progress of a long task."""

    text: str
    share: float
    busy: bool
    cancelled: bool
    error: str


class Bands(TypedDict, total=False):
    """Percentiles over the worlds by round, or the mean where the chart draws the mean."""

    p5: list[float]
    p25: list[float]
    p50: list[float]
    p75: list[float]
    p95: list[float]
    mean: list[float]


class OutcomeShare(TypedDict):
    """The share of worlds that end in one outcome, with its interval. ``base`` and ``effect`` need a baseline."""

    key: str
    label: str
    meaning: str
    light: str
    dark: str
    share: float
    low: float
    high: float
    chosen: NotRequired[bool]
    base: NotRequired[float]
    effect: NotRequired[str]
