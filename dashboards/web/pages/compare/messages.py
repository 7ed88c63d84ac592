"""What Compare sends to the browser."""

from typing import TypedDict

from dashboards.web.pages.shared.messages import Bands, LeverField, LeverRow, OutcomeShare, ScenarioChoice, Value


class CompareHead(TypedDict):
    """The random draws that all arms have, and their limits."""

    seed: int
    worlds: int
    largest_seed: int
    fewest: int
    most: int
    longest: int


class ArmRow(TypedDict):
    """What an arm is, and the query that opens it in Explore."""

    name: str
    scenario: str
    description: str
    explore: str


class SmallChart(TypedDict):
    """How one chart of every arm looks; all arms share its axes."""

    key: str
    title: str
    unit: str
    mean: bool
    top: float
    light: str
    dark: str


class ArmNumbers(TypedDict):
    """The numbers of an arm by chart: the bands or the mean, and a text."""

    worlds: int
    rounds: int
    bands: dict[str, Bands]
    texts: dict[str, str]
    outcomes: list[OutcomeShare]


class DifferenceRow(TypedDict):
    """One paired difference; ``points`` is true for a share, ``sure`` where its interval excludes zero.

    low, high: the difference itself where there is no interval.
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
    """The paired differences of an arm to the first, and the share of worlds that differ at all."""

    changed: float
    rows: list[DifferenceRow]
    worlds: int


class ArmDifference(PairedDifferences):
    """The differences; ``mixed`` is true where the scenarios differ."""

    mixed: bool


class ComparePicture(TypedDict):
    """The numbers of all arms; None for one that is still to be played."""

    arms: list[ArmNumbers | None]
    differences: list[ArmDifference | None]
    rounds: int


class TryOffer(TypedDict):
    """A thing to try, by its place in the scenario."""

    at: int
    text: str
    sets: str


class OfferGroup(TypedDict):
    """Values that can be changed, under one heading."""

    title: str
    role: str
    rows: list[LeverRow]


class ArmOffers(TypedDict):
    """What can be added as an arm."""

    room: bool
    scenarios: list[ScenarioChoice]
    baseline: str
    tries: list[TryOffer]
    fields: dict[str, LeverField]
    groups: list[OfferGroup]
    now: dict[str, Value | list[str] | list[float]]
