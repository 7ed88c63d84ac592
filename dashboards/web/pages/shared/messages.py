"""What several pages send to the browser: the levers of a scenario, choices, bands, and the progress of long work."""

from typing import Literal, NotRequired, TypedDict

Value = bool | int | float | str


class ScenarioChoice(TypedDict):
    """A scenario that can be chosen."""

    name: str
    title: str


class LeverField(TypedDict):
    """A kind of value: a number in a range, a switch, or a choice; ``high`` is the end of its slider."""

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
    """One value that can be changed: its path, its kind by the name of the field, its value in the scenario."""

    path: str
    field: str
    base: Value
    label: str


class LeverGroup(TypedDict):
    """Rows under one heading; ``open`` is true where they are unfolded at first."""

    key: str
    title: str
    about: str
    role: Literal["lever", "uncertainty", "switch"]
    open: bool
    rows: list[LeverRow]


class Catalogue(TypedDict):
    """All values of a scenario that can be changed: the kinds of fields by their names, and the groups."""

    fields: dict[str, LeverField]
    groups: list[LeverGroup]


class TaskProgress(TypedDict):
    """How far long work is."""

    text: str
    share: float
    busy: bool
    cancelled: bool
    error: str


class Bands(TypedDict, total=False):
    """Percentiles of the worlds, each by round, or their mean where that is drawn instead."""

    p5: list[float]
    p25: list[float]
    p50: list[float]
    p75: list[float]
    p95: list[float]
    mean: list[float]


class OutcomeShare(TypedDict):
    """The share of worlds that end in one outcome, with its interval; the rest where a baseline is set."""

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
