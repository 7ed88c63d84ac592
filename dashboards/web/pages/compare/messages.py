"""The messages that Compare sends to the browser."""

from typing import TypedDict

from dashboards.web.pages.shared.messages import Bands, LeverField, LeverRow, OutcomeShare, ScenarioChoice, Value


class CompareHead(TypedDict):
    """The seed and worlds of all arms, and their limits."""

    seed: int
    worlds: int
    largest_seed: int
    fewest: int
    most: int
    longest: int


class ArmRow(TypedDict):
    """The description of an arm, and the query that opens it in Explore."""

    name: str
    scenario: str
    description: str
    explore: str


class SmallChart(TypedDict):
    """The specification of one chart of every arm; all arms share its axes."""

    key: str
    title: str
    unit: str
    mean: bool
    top: float
    light: str
    dark: str


class ArmNumbers(TypedDict):
    """The results of an arm by chart: bands or mean, and a text."""

    worlds: int
    rounds: int
    bands: dict[str, Bands]
    texts: dict[str, str]
    outcomes: list[OutcomeShare]


class DifferenceRow(TypedDict):
    """One paired difference; ``points`` is whether it is a share, ``sure`` whether its interval excludes zero.

    low, high: the difference itself if there is no interval.
    """

    key: str
    label: str
    meaning: str
    difference: float
    low: float
    high: float
    points: bool
    sure: bool
    sentence: str


class PairedDifferences(TypedDict):
    """The paired differences of an arm from the first, and the share of worlds in which anything differs."""

    changed: float
    rows: list[DifferenceRow]
    worlds: int


class ArmDifference(PairedDifferences):
    """The differences; ``mixed`` is whether the scenarios differ."""

    mixed: bool


class ComparePicture(TypedDict):
    """The results of all arms; None for one that has not run."""

    arms: list[ArmNumbers | None]
    differences: list[ArmDifference | None]
    rounds: int


class TryOffer(TypedDict):
    """A thing to try, by its index in the scenario."""

    at: int
    text: str
    sets: str


class OfferGroup(TypedDict):
    """Adjustable values under one heading."""

    title: str
    role: str
    rows: list[LeverRow]


class ArmOffers(TypedDict):
    """The settings that can be added."""

    room: bool
    scenarios: list[ScenarioChoice]
    baseline: str
    tries: list[TryOffer]
    fields: dict[str, LeverField]
    groups: list[OfferGroup]
    now: dict[str, Value | list[str] | list[float]]
