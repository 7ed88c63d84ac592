"""A check: a closed form, and the real model in the configuration in which it should give the same."""

import math
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import root_scalar

from model.errors import InputError, ScenarioError

MAX_STANDARD_ERRORS = 3.0  # standard errors within which simulation and closed form count as the same


class Symbol(NamedTuple):
    """A parameter under theory's symbol: its default, its range, its meaning."""

    default: float
    low: float
    high: float
    meaning: str
    whole: bool = False


class SimulatedValue(NamedTuple):
    """What the model gave: the value, its standard error over worlds, and how finely it was found.

    error is nought where nothing is left to chance; then ``resolution`` is how far apart two values may lie.
    """

    value: float
    error: float = 0.0
    resolution: float = 1e-9
    worlds: int = 1


class Check(NamedTuple):
    """One quantity of theory that a mechanism of the model produces.

    expected: the closed form of the symbols. simulate(given, worlds, seed): what the model makes of them.
    setting: how the model is put into the degenerate case. lacks: says what is wrong with symbols that are
    each in range, but together leave the closed form's or the model's domain; nothing if they do not.
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
    """What became of a check at some values of its symbols."""

    check: Check
    parameters: dict[str, float]
    expected: float
    sample: SimulatedValue

    @property
    def holds(self) -> bool:
        """Say whether model and closed form agree: within three standard errors, or within the resolution."""
        return abs(self.sample.value - self.expected) <= max(
            MAX_STANDARD_ERRORS * self.sample.error, self.sample.resolution
        )

    def row(self) -> dict[str, Any]:
        """Write it as a row of a table, and of the JSON."""
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
    """Complete the values of a check's symbols with their defaults.

    Raises ScenarioError for a symbol the check does not have, a value out of its range, or values that do
    not go together.
    """
    faults = [
        InputError.unknown_name("--set", name, check.symbols, f"symbol of {check.id}")
        for name in given.keys() - check.symbols
    ]
    for name, value in given.items():
        if name in check.symbols and not _fits(check.symbols[name], value):
            faults.append(InputError(f"--set {name}", value, f"must be {range_text(check.symbols[name])}"))
    if faults:
        raise ScenarioError(faults)
    values = {name: given.get(name, symbol.default) for name, symbol in check.symbols.items()}
    if lack := check.domain_problem(SimpleNamespace(**values)):
        shown = ", ".join(f"{name} = {value:g}" for name, value in values.items())
        raise ScenarioError([InputError(check.id, shown, lack)])
    return values


def _fits(symbol: Symbol, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return symbol.low <= value <= symbol.high and (not symbol.whole or value == int(value))


def range_text(symbol: Symbol) -> str:
    """Write what a symbol may be."""
    kind = "a whole number" if symbol.whole else "a number"
    return f"{kind} between {symbol.low:g} and {symbol.high:g} ({symbol.meaning})"


def run_check(check: Check, given: Mapping[str, Any], worlds: int, seed: int = 1) -> CheckResult:
    """Run one check. Raises ScenarioError if the values cannot be used."""
    values = complete_symbols(check, given)
    named = SimpleNamespace(**values)
    return CheckResult(check, values, float(check.expected(named)), check.simulate(named, worlds, seed))


def mean_over_worlds(values: np.ndarray, unit: float = 0.0) -> SimulatedValue:
    """Take the mean over worlds, one value each.

    unit: by how much a value can differ at least; the error is never less than if one world had differed by
    that, so that what was not seen is not held to be impossible.
    """
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return SimulatedValue(float(np.mean(values)), max(error, unit / len(values)), worlds=len(values))


def ratio_over_worlds(above: np.ndarray, below: np.ndarray) -> SimulatedValue:
    """Take the ratio of two means over worlds, its error by the delta method (Cochran 1977)."""
    value = float(above.sum() / below.sum())
    error = np.std(above - value * below, ddof=1) / math.sqrt(len(below)) / below.mean()
    return SimulatedValue(value, float(error), worlds=len(below))


def binomial_share(count: int, total: int, worlds: int) -> SimulatedValue:
    """Take a share of independent cases; its error with two more of either kind (Agresti & Coull 1998)."""
    careful = (count + 2) / (total + 4)
    return SimulatedValue(count / total, math.sqrt(careful * (1 - careful) / (total + 4)), worlds=worlds)


def share_of_worlds(happened: np.ndarray) -> SimulatedValue:
    """Take the share of worlds in which something happened."""
    return binomial_share(int(happened.sum()), len(happened), len(happened))


def find_threshold(holds: Callable[[float], bool], low: float, high: float, resolution: float = 1e-7) -> SimulatedValue:
    """Find the value from which on something holds, or no longer does, by halving."""
    found = root_scalar(
        lambda value: 1.0 if holds(value) else -1.0, method="bisect", bracket=(low, high), xtol=resolution / 4
    )
    return SimulatedValue(float(found.root), resolution=resolution)


def burn_in_rounds(memory: float) -> int:
    """Count the rounds until a start is forgotten to one part in 100,000, if a share ``memory`` is left each round."""
    if abs(memory) < 1e-3:
        return 3
    return 3 + math.ceil(math.log(1e-5) / math.log(abs(memory)))
