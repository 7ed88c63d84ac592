"""A check compares a closed form with the model in the configuration that should give the same value."""

import math
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import root_scalar

from model.errors import InputError, ScenarioError

MAX_STANDARD_ERRORS = 3.0  # simulation and closed form agree within this many standard errors


class Symbol(NamedTuple):
    """A symbol of a closed form: its default, range and meaning."""

    default: float
    low: float
    high: float
    meaning: str
    whole: bool = False


class SimulatedValue(NamedTuple):
    """A simulated value, with its standard error over worlds.

    error is zero for a deterministic value; then ``resolution`` is the largest difference that counts as agreement.
    """

    value: float
    error: float = 0.0
    resolution: float = 1e-9
    worlds: int = 1


class Check(NamedTuple):
    """A theoretical quantity that a mechanism of the model reproduces.

    expected: the closed form, a function of the symbols. simulate(given, worlds, seed): the model's value. setting:
    how the model is configured for the degenerate case. domain_problem: returns an error text if symbols that are
    each in range together leave the domain of the closed form or the model, else an empty text.
    """

    id: str
    quantity: str
    formula: str
    source: str
    symbols: Mapping[str, Symbol]
    expected: Callable[[Any], float]
    simulate: Callable[[Any, int, int], SimulatedValue]
    setting: str
    domain_problem: Callable[[Any], str] = lambda given: ""


class CheckResult(NamedTuple):
    """The result of a check at given values of its symbols."""

    check: Check
    parameters: dict[str, float]
    expected: float
    sample: SimulatedValue

    @property
    def holds(self) -> bool:
        """Return whether model and closed form agree: within three standard errors, or within the resolution."""
        return abs(self.sample.value - self.expected) <= max(
            MAX_STANDARD_ERRORS * self.sample.error, self.sample.resolution
        )

    def row(self) -> dict[str, Any]:
        """Return the result as a row of the table and of the JSON output."""
        how = f"{self.sample.worlds:,} worlds" if self.sample.error else f"exact to {self.sample.resolution:.0e}"
        return {
            "id": self.check.id,
            "quantity": self.check.quantity,
            "formula": self.check.formula,
            "parameters": self.parameters,
            "expected": self.expected,
            "simulated": self.sample.value,
            "standard_error": self.sample.error,
            "verdict": "holds" if self.holds else "fails",
            "remark": f"{how}. {self.check.setting}",
        }


def complete_symbols(check: Check, given: Mapping[str, Any]) -> dict[str, float]:
    """Return the values of all symbols of a check, with defaults for those not given.

    Raises ScenarioError for an unknown symbol, a value outside its range, or an invalid combination of values.
    """
    faults = [
        InputError.unknown_name("--set", name, check.symbols, f"symbol of {check.id}")
        for name in given.keys() - check.symbols
    ]
    for name, value in given.items():
        if name in check.symbols and not _is_allowed(check.symbols[name], value):
            faults.append(InputError(f"--set {name}", value, f"must be {range_text(check.symbols[name])}"))
    if faults:
        raise ScenarioError(faults)
    values = {name: given.get(name, symbol.default) for name, symbol in check.symbols.items()}
    if problem := check.domain_problem(SimpleNamespace(**values)):
        shown = ", ".join(f"{name} = {value:g}" for name, value in values.items())
        raise ScenarioError([InputError(check.id, shown, problem)])
    return values


def _is_allowed(symbol: Symbol, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return symbol.low <= value <= symbol.high and (not symbol.whole or value == int(value))


def range_text(symbol: Symbol) -> str:
    """Describe the values that a symbol allows."""
    kind = "an integer" if symbol.whole else "a number"
    return f"{kind} between {symbol.low:g} and {symbol.high:g} ({symbol.meaning})"


def run_check(check: Check, given: Mapping[str, Any], worlds: int, seed: int = 1) -> CheckResult:
    """Run one check. Raises ScenarioError if a value is invalid."""
    values = complete_symbols(check, given)
    named = SimpleNamespace(**values)
    return CheckResult(check, values, float(check.expected(named)), check.simulate(named, worlds, seed))


def mean_over_worlds(values: np.ndarray, unit: float = 0.0) -> SimulatedValue:
    """Return the mean over worlds, one value each.

    unit: the smallest possible difference between values. The error is at least that of one world differing by one
    unit, so that an outcome that did not occur is not treated as impossible.
    """
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return SimulatedValue(float(np.mean(values)), max(error, unit / len(values)), worlds=len(values))


def ratio_over_worlds(above: np.ndarray, below: np.ndarray) -> SimulatedValue:
    """Return the ratio of two means over worlds, with its error by the delta method (Cochran 1977)."""
    value = float(above.sum() / below.sum())
    error = np.std(above - value * below, ddof=1) / math.sqrt(len(below)) / below.mean()
    return SimulatedValue(value, float(error), worlds=len(below))


def binomial_share(count: int, total: int, worlds: int) -> SimulatedValue:
    """Return a share of independent cases, with the error of Agresti & Coull (1998)."""
    careful = (count + 2) / (total + 4)
    return SimulatedValue(count / total, math.sqrt(careful * (1 - careful) / (total + 4)), worlds=worlds)


def share_of_worlds(occurred: np.ndarray) -> SimulatedValue:
    """Return the share of worlds in which an event occurred."""
    return binomial_share(int(occurred.sum()), len(occurred), len(occurred))


def find_threshold(holds: Callable[[float], bool], low: float, high: float, resolution: float = 1e-7) -> SimulatedValue:
    """Find by bisection the value at which a condition changes."""
    root = root_scalar(
        lambda value: 1.0 if holds(value) else -1.0, method="bisect", bracket=(low, high), xtol=resolution / 4
    )
    return SimulatedValue(float(root.root), resolution=resolution)


def burn_in_rounds(memory: float) -> int:
    """Return the rounds until 1/100,000 of the initial state remains, if a share ``memory`` remains each round."""
    if abs(memory) < 1e-3:
        return 3
    return 3 + math.ceil(math.log(1e-5) / math.log(abs(memory)))
