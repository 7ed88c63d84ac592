"""Values that vary between the points of a design, and arithmetic that works for one value and for many.

The functions that compute the initial state of a world use only the operators of ``Varied`` and the functions below,
so the same code computes one world, or each cell for all points at once.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class Varied(NDArrayOperatorsMixin):
    """One value for each point of a design: [point]."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, values: np.ndarray):
        self.values = values

    def __array_ufunc__(self, function: Callable[..., Any], method: str, *inputs: Any, **options: Any) -> Any:
        """Return the result of NumPy's elementwise functions for every point."""
        if method != "__call__" or options:
            return NotImplemented
        return Varied(function(*(each.values if isinstance(each, Varied) else each for each in inputs)))

    def __bool__(self) -> bool:
        raise TypeError("the initial state must not branch on a value that can vary: use choose, least or greatest")

    def __repr__(self) -> str:
        return f"Varied({self.values!r})"


def least(values: Iterable[Any]) -> Any:
    """Return the smallest of some values, for every point."""
    values = list(values)
    return reduce(np.minimum, values) if _any_varied(values) else min(values)


def greatest(values: Iterable[Any]) -> Any:
    """Return the largest of some values, for every point."""
    values = list(values)
    return reduce(np.maximum, values) if _any_varied(values) else max(values)


def total(values: Iterable[Any]) -> Any:
    """Return the sum of some values for every point, by Neumaier's compensated sum (1974), as Python's ``sum`` does."""
    values = list(values)
    if not _any_varied(values):
        return sum(values)
    result, lost = 0.0, 0.0
    for value in values:
        added = result + value
        lost = lost + choose(abs(result) >= abs(value), (result - added) + value, (value - added) + result)
        result = added
    return result + lost


def _any_varied(values: Iterable[Any]) -> bool:
    return any(isinstance(value, Varied) for value in values)


def map_values(function: Callable[[float], float], value: Any) -> Any:
    """Return a function of one value, or of the value of every point."""
    if not isinstance(value, Varied):
        return function(value)
    distinct, places = np.unique(value.values, return_inverse=True)
    return Varied(np.array([function(float(each)) for each in distinct])[places])


def choose(condition: Any, one: Any, other: Any) -> Any:
    """Return one value where a condition holds and the other elsewhere, for every point."""
    if not isinstance(condition, Varied):
        return one if condition else other
    one, other = (each.values if isinstance(each, Varied) else each for each in (one, other))
    return Varied(np.where(condition.values, one, other))
