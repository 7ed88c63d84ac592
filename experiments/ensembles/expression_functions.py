"""Operators and functions of expressions over indicators, and the evaluation of a parsed expression.

Values are arrays over [world, round], or shapes that broadcast to them; round 0 is the start. A function over rounds
looks at rounds 1 to r for its value in round r, so its value in the last round covers the whole run. A number that is
undefined or not finite is missing (NaN), and a comparison with a missing number does not hold.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

Kind = Literal["number", "condition"]


class Step(NamedTuple):
    """One step of an expression in postfix order: what to do, and its operand.

    action: `constant` (operand: its value), `indicator` (its index), `round`, or an operator or function (the number
    of arguments).
    """

    action: str
    operand: float = 0


class RoundFunction(NamedTuple):
    """A function that turns a series over rounds into one number for the rounds so far: what it takes and computes."""

    takes: Kind
    compute: Callable[[np.ndarray], np.ndarray]
    meaning: str


def _finite(values: Any) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _after_start(values: np.ndarray, at_start: float) -> np.ndarray:
    """Return values of rounds 1, 2, ... with a value for round 0 in front."""
    return np.concatenate([np.full((*values.shape[:-1], 1), at_start), values], axis=-1)


def _rounds(series: np.ndarray) -> np.ndarray:
    return np.arange(series.shape[-1], dtype=float)


def _start(series: np.ndarray) -> np.ndarray:
    return np.broadcast_to(series[..., :1], series.shape)


def _total(series: np.ndarray) -> np.ndarray:
    return _finite(_after_start(np.cumsum(series[..., 1:], axis=-1, dtype=float), 0.0))


def _mean(series: np.ndarray) -> np.ndarray:
    return _finite(_total(series) / _rounds(series))


def _smallest(series: np.ndarray) -> np.ndarray:
    return _after_start(np.minimum.accumulate(series[..., 1:], axis=-1), np.nan)


def _largest(series: np.ndarray) -> np.ndarray:
    return _after_start(np.maximum.accumulate(series[..., 1:], axis=-1), np.nan)


def _when(condition: np.ndarray) -> np.ndarray:
    rounds = _rounds(condition)
    seen = np.where(condition & (rounds > 0), rounds, np.inf)
    return _finite(np.minimum.accumulate(seen, axis=-1))


def _longest(condition: np.ndarray) -> np.ndarray:
    rounds = _rounds(condition)
    last_break = np.maximum.accumulate(np.where(condition, 0.0, rounds), axis=-1)
    return np.maximum.accumulate(rounds - last_break, axis=-1)


ROUND_FUNCTIONS = {
    "first": RoundFunction("number", _start, "value at the start"),
    "last": RoundFunction("number", lambda series: series, "value in the last round"),
    "mean": RoundFunction("number", _mean, "mean over the rounds"),
    "sum": RoundFunction("number", _total, "sum over the rounds"),
    "min": RoundFunction("number", _smallest, "smallest value in any round"),
    "max": RoundFunction("number", _largest, "largest value in any round"),
    "count": RoundFunction("condition", _total, "number of rounds in which a condition holds"),
    "share": RoundFunction("condition", _mean, "share of rounds in which a condition holds"),
    "when": RoundFunction("condition", _when, "first round in which a condition holds; missing if it never does"),
    "longest": RoundFunction("condition", _longest, "longest run of consecutive rounds in which a condition holds"),
}  # fmt: skip


def _unequal(one: Any, other: Any) -> Any:
    return (one != other) & ~np.isnan(one) & ~np.isnan(other)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "or": np.logical_or,
    "and": np.logical_and,
    "not": np.logical_not,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": _unequal,
    "+": lambda one, other: _finite(np.add(one, other)),
    "-": lambda one, other: _finite(np.subtract(one, other)),
    "*": lambda one, other: _finite(np.multiply(one, other)),
    "/": lambda one, other: _finite(np.divide(one, other)),
    "negative": np.negative,
    "abs": np.abs,
    "min of two": np.minimum,
    "max of two": np.maximum,
    **{name: function.compute for name, function in ROUND_FUNCTIONS.items()},
}


def evaluate(steps: Sequence[Step], trajectories: np.ndarray) -> np.ndarray:
    """Return the value of an expression in every round of trajectories [world, round, indicator]: [world, round].

    float64 for a number, bool for a condition.
    """
    stack: list[Any] = []
    with np.errstate(all="ignore"):
        for action, operand in steps:
            if action == "constant":
                stack.append(np.float64(operand))
            elif action == "indicator":
                stack.append(trajectories[:, :, int(operand)])
            elif action == "round":
                stack.append(np.arange(trajectories.shape[1], dtype=float))
            else:
                arguments = stack[-int(operand) :]
                del stack[-int(operand) :]
                stack.append(OPERATIONS[action](*arguments))
    return np.broadcast_to(stack.pop(), trajectories.shape[:2])
