"""The picture of a comparison: a dot for each point, the mean with its interval, and the band of no relevance."""

import math
from typing import NamedTuple

from experiments.studies.claims import ComparisonResult

WIDTH, HEIGHT, MARGIN = 640.0, 104.0, 26.0
TOP, BOTTOM, AXIS = 12.0, 66.0, 74.0
MAX_DOTS = 400
GOLDEN = 0.618033988749895  # spreads the dots evenly over the height, in the order of the points


class Dot(NamedTuple):
    """A point of the picture: its place, and the class of its colour."""

    x: float
    y: float
    kind: str


class Tick(NamedTuple):
    """A mark of the axis."""

    x: float
    label: str


class ClaimFigure(NamedTuple):
    """The places of everything in the picture of a comparison, in its coordinates; right agrees with the claim."""

    dots: list[Dot]
    ticks: list[Tick]
    zero: float
    band: tuple[float, float]
    mean: float
    interval: tuple[float, float]
    agrees: str
    disagrees: str


def claim_figure(result: ComparisonResult) -> ClaimFigure | None:
    """Return the picture of a comparison, None if it has no values."""
    if result.shares is None:
        return None
    effects, least = result.effects, result.comparison.smallest
    measure = result.comparison.measured
    low = min(float(effects.true.min()), effects.low, -1.5 * least)
    high = max(float(effects.true.max()), effects.high, 1.5 * least)

    def place(value: float) -> float:
        share = (value - low) / (high - low)
        return round(MARGIN + min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN), 1)

    step = max(len(effects.true) // MAX_DOTS, 1)
    dots = [
        Dot(place(value), round(TOP + (at * GOLDEN % 1.0) * (BOTTOM - TOP), 1), _kind(value, least))
        for at, value in enumerate(effects.true.tolist()[::step])
    ]
    factor = measure.unit.factor
    ticks = [Tick(place(value / factor), f"{abs(value):g}") for value in nice_ticks(low * factor, high * factor)]
    words = (measure.more, measure.less) if result.comparison.more else (measure.less, measure.more)
    bounds = place(effects.low), place(effects.high)
    return ClaimFigure(dots, ticks, place(0.0), (place(-least), place(least)), place(effects.mean), bounds, *words)


def _kind(value: float, least: float) -> str:
    return "for" if value >= least else "against" if value <= -least else "none"


def nice_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Return round numbers from low to high, about ``count`` of them."""
    rough = (high - low) / count
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 5, 10) if factor * size >= rough)
    return [round(at * step, 10) for at in range(math.ceil(low / step), math.floor(high / step) + 1)]
