"""Random local search: change a few weights of the best candidate, keep what lowers the loss."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.validation.fit.weights import FittedWeight, check_weights
from model.errors import ScenarioError

FEWEST, MOST = 2, 6  # weights changed at a time
SPREAD, LEAST_SPREAD, MOST_SPREAD = 0.2, 0.03, 0.3  # standard deviation of a change, in search ranges
WIDEN, NARROW = 1.2, 1.2**-0.25  # after a success and a failure: the one-fifth rule (Rechenberg 1973)
DIGITS = 4  # significant digits of a proposed value

type LossFunction = Callable[[Mapping[str, Any]], Mapping[str, float]]


class Candidate(NamedTuple):
    """An evaluated candidate.

    values: by path, with those that are not fitted. losses: by pattern, empty if the values were refused, for the
    reason in ``problem``. total: their weighted sum. improves: whether it is the best so far.
    """

    values: dict[str, Any]
    losses: Mapping[str, float]
    total: float
    improves: bool
    problem: str = ""


def local_search(
    loss: LossFunction,
    total: Callable[[Mapping[str, float]], float],
    starts: Sequence[Mapping[str, Any]],
    weights: Sequence[FittedWeight],
    rng: np.random.Generator,
) -> Iterator[Candidate]:
    """Yield evaluated candidates without end: the starts, then changes of the best so far.

    A weight without a value begins at its default, moved into its search range. Raises ScenarioError if a start or a
    weight is invalid; a proposed candidate that is refused is yielded with the problem.
    """
    defaults, best, spread = check_weights(weights), None, SPREAD
    for start in starts:
        losses = loss(start)
        candidate = Candidate(dict(start), losses, total(losses), best is None or total(losses) < best.total)
        best = candidate if candidate.improves else best
        yield candidate
    if best is None:
        raise ValueError("needs at least one start")
    while True:
        values = dict(best.values)
        for at in rng.choice(len(weights), min(int(rng.integers(FEWEST, MOST + 1)), len(weights)), replace=False):
            weight = weights[at]
            centre = values.get(weight.path, defaults[weight.path].value)
            values[weight.path] = propose(centre, weight, spread, rng)
        candidate = evaluate(loss, total, values, best.total)
        best = candidate if candidate.improves else best
        spread = float(np.clip(spread * (WIDEN if candidate.improves else NARROW), LEAST_SPREAD, MOST_SPREAD))
        yield candidate


def propose(centre: float, weight: FittedWeight, spread: float, rng: np.random.Generator) -> float:
    """Return a value of a weight near ``centre``, inside its search range. spread: in search ranges."""
    value = float(np.clip(centre, weight.low, weight.high)) + rng.normal() * spread * (weight.high - weight.low)
    return float(np.clip(float(f"{value:.{DIGITS}g}"), weight.low, weight.high))


def evaluate(
    loss: LossFunction, total: Callable[[Mapping[str, float]], float], values: dict[str, Any], best: float
) -> Candidate:
    """Return a candidate with its losses, or with the reason for which its values were refused."""
    try:
        losses = loss(values)
    except ScenarioError as error:
        return Candidate(values, {}, float("inf"), False, str(error))
    return Candidate(values, losses, total(losses), total(losses) < best)
