"""The measures that claims compare: one number for each world, with a unit and the smallest relevant difference.

The smallest relevant differences are conventions, chosen before any result was seen: two hundredths of a scale or a
share, one month, one breach in twenty runs. A claim of one's own may set another.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.compare import INDICATOR_INDEX
from model.enumerations import Outcome
from model.measures import classify_outcomes

Values = Callable[[np.ndarray], np.ndarray]  # [world, round, indicator] -> [world], or [world, 2] for a ratio


class Unit(NamedTuple):
    """The unit of a measure: its name, empty for a plain number; the factor from the model's numbers to it; digits;
    the smallest relevant difference, in the model's numbers.
    """

    name: str
    factor: float
    digits: int
    relevant: float


PERCENT, SMALL_PERCENT = Unit("percentage points", 100.0, 1, 0.02), Unit("percentage points", 100.0, 2, 0.01)
MONTHS = Unit("months", 1.0, 1, 1.0)
SCALE, SPREAD, COUNT, RATE = (
    Unit("", 1.0, 3, 0.02),
    Unit("", 1.0, 4, 0.01),
    Unit("", 1.0, 3, 0.05),
    Unit("", 1.0, 3, 0.02),
)


class Measure(NamedTuple):
    """A measure of runs: its name, what it is in words, its unit, its values, and the words for more and for less."""

    name: str
    words: str
    unit: Unit
    values: Values
    more: str = "higher"
    less: str = "lower"

    def describe(self, difference: float) -> str:
        """Return a difference in words, such as "4.0 percentage points higher"."""
        return f"{self.amount(abs(difference))} {self.more if difference >= 0 else self.less}"

    def amount(self, value: float) -> str:
        """Return a value with its unit, as text."""
        return f"{self.size(value)} {self.unit.name}".rstrip()

    def size(self, value: float) -> str:
        """Return a value in the unit, as text without the unit."""
        text = f"{value * self.unit.factor:.{self.unit.digits}f}"
        return text.removeprefix("-") if not float(text) else text


def mean_of(name: str) -> Values:
    """Return the mean of an indicator over the rounds."""
    return lambda seen: seen[:, 1:, INDICATOR_INDEX[name]].mean(axis=1)


def end_of(name: str) -> Values:
    """Return an indicator at the end."""
    return lambda seen: seen[:, -1, INDICATOR_INDEX[name]]


def deal_at_end(indicators: np.ndarray) -> np.ndarray:
    """Return 1 for each world with a deal in force at the end, else 0."""
    return (classify_outcomes(indicators, 0) >= Outcome.partial_arrangement).astype(float)


def full_deal_at_end(indicators: np.ndarray) -> np.ndarray:
    """Return 1 for each world with a comprehensive deal at the end, else 0."""
    return (classify_outcomes(indicators, 0) == Outcome.comprehensive_deal).astype(float)


def no_full_deal(indicators: np.ndarray) -> np.ndarray:
    """Return 1 for each world without a comprehensive deal at the end, else 0."""
    return 1.0 - full_deal_at_end(indicators)


def longest_silence(indicators: np.ndarray) -> np.ndarray:
    """Return the longest sequence of rounds without contact, [world]."""
    contact, longest = indicators[:, 1:, INDICATOR_INDEX["contact"]] > 0, np.zeros(len(indicators))
    silent = np.zeros(len(indicators))
    for now in range(contact.shape[1]):
        silent = np.where(contact[:, now], 0.0, silent + 1.0)
        longest = np.maximum(longest, silent)
    return longest


def rounds_to_deal(indicators: np.ndarray) -> np.ndarray:
    """Return the round of the first deal, [world]; without a deal, the number of rounds plus one."""
    progress = indicators[:, :, INDICATOR_INDEX["deal_progress"]] > 0.0
    return np.where(progress.any(axis=1), progress.argmax(axis=1), indicators.shape[1]).astype(float)


def ever_a_deal(indicators: np.ndarray) -> np.ndarray:
    """Return 1 for each world with a verified rung in any round, else 0."""
    return (rounds_to_deal(indicators) < indicators.shape[1]).astype(float)


def breaches_and_years(indicators: np.ndarray) -> np.ndarray:
    """Return the breaches and the years with a verified rung: [world, 2]."""
    years = (indicators[:, 1:, INDICATOR_INDEX["deal_progress"]] > 0.0).sum(axis=1) / 12.0
    return np.stack([indicators[:, -1, INDICATOR_INDEX["breaches"]], years], axis=1)


INDICATOR_WORDS: dict[str, tuple[str, Unit]] = {
    "trust": ("trust between the two sides (0 to 1)", SCALE),
    "uncertainty": ("uncertainty about the other side (standard deviation)", SPREAD),
    "tension": ("tension (0 to 1)", SCALE),
    "deal_progress": ("share of the ladder that is verified", PERCENT),
    "pressure": ("pressure (0 to 1)", SCALE),
    "programme": ("level of the programme (0 to 1)", SCALE),
    "contact": ("share of months with contact", PERCENT),
    "misperception": ("share of acts that are misread", SMALL_PERCENT),
    "support": ("support at home (0 to 1)", SCALE),
    "breaches": ("number of breaches in a run", COUNT),
    "oil": ("oil price (log deviation)", SCALE),
    "region": ("regional tension (deviation)", SCALE),
}


def _registry() -> dict[str, Measure]:
    """Return all measures by name."""
    measures = [
        Measure("deal_at_end", "share of runs with a deal at the end", PERCENT, deal_at_end),
        Measure("full_deal_at_end", "share of runs with a comprehensive deal at the end", PERCENT, full_deal_at_end),
        Measure("rounds_to_deal", "first deal", MONTHS, rounds_to_deal, "later", "earlier"),
        Measure("longest_silence", "longest time without contact", MONTHS, longest_silence, "longer", "shorter"),
        Measure("breaches_per_year", "breaches for each year of agreement", RATE, breaches_and_years, "more", "fewer"),
    ]
    for name, (words, unit) in INDICATOR_WORDS.items():
        average = words if name in ("contact", "misperception") else f"{words}, mean over the run"
        measures += [
            Measure(f"mean_{name}", average, unit, mean_of(name)),
            Measure(f"end_{name}", f"{words}, at the end", unit, end_of(name)),
        ]
    return {each.name: each for each in measures}


MEASURES = _registry()


def paired_differences(claimed: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return the difference of a measure in each pair of worlds: [world].

    Values [world, 2] are numerators and denominators: the difference is that of the two ratios of sums, linearised, so
    that its mean is that difference and its variance is right to first order (Cochran 1977); NaN without a denominator.
    """
    if claimed.ndim == 1:
        return claimed - reference
    return _linearised(claimed) - _linearised(reference)


def _linearised(values: np.ndarray) -> Any:
    """Return the linearised contributions of worlds to a ratio of sums: [world]."""
    top, bottom = values.T
    if not bottom.sum() > 0.0:
        return np.full(len(values), np.nan)
    ratio = top.sum() / bottom.sum()
    return ratio + (top - ratio * bottom) / bottom.mean()
