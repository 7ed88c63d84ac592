"""Rivals of the model: simple forecasters of a side's next act, fitted to all cases but the one that is forecast.

Each forecasts the weight of a side's acts in a month, given both sides' acts before. Sides share coefficients, since
which of them comes first is arbitrary. x is a side's weight, y the other's, e a residual of the fit:

- base rate: any weight of the cases, equally likely;
- persistence: x again, with certainty;
- memory-one: the probability of cooperation depends on the signs of x and y (a Markov chain on joint acts);
- AR(1): x' = c + p x + e;
- VAR(1): x' = c + p x + q y + e;
- Richardson: x' = x + k y - a x - g + e, with reaction k and fatigue a from 0 to 1, and grievance g (Richardson 1960,
  in weights instead of hostility). It runs through months of silence; in the others the last act remains.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from scipy.optimize import least_squares

from experiments.cases.case_file import case_names, load_case

RIVALS = ("base rate", "persistence", "memory-one", "AR(1)", "VAR(1)", "Richardson")
SCALE = 10.0  # the largest weight


class Forecast(NamedTuple):
    """The forecast of one month by one forecaster: values and their probabilities."""

    values: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def chance(self) -> float:
        """Return the probability that the month is cooperative."""
        return float(sum(share for value, share in zip(self.values, self.shares, strict=True) if value > 0))

    @property
    def mean(self) -> float:
        """Return the mean value."""
        return float(np.dot(self.values, self.shares))

    def quantile(self, share: float) -> float:
        """Return the smallest value at which the cumulative probability reaches a share (0 to 1)."""
        order = np.argsort(self.values)
        place = np.searchsorted(np.cumsum(np.array(self.shares)[order]), share - 1e-12)
        return float(np.array(self.values)[order][min(place, len(order) - 1)])


def equally_likely(values: Sequence[float] | np.ndarray) -> Forecast:
    """Return the forecast in which each value is equally likely."""
    return Forecast(tuple(map(float, values)), (1.0 / len(values),) * len(values))


def forecast_of_signs(share: float, sizes: Forecast) -> Forecast:
    """Return the forecast that is cooperative with probability ``share``, with the sizes of another forecast."""
    cooperative = sizes.chance
    ratios = {True: share / cooperative, False: (1.0 - share) / (1.0 - cooperative)}
    return sizes._replace(
        shares=tuple(each * ratios[value > 0] for value, each in zip(sizes.values, sizes.shares, strict=True))
    )


class Rival(Protocol):
    """A fitted forecaster."""

    def states(self, weights: np.ndarray) -> np.ndarray:
        """Return both sides' states before each month, NaN before their first acts: weights and states [month, side].

        weights: NaN in months without an act.
        """
        ...

    def forecast(self, own: float, other: float) -> Forecast:
        """Return the forecast for a side, given its state and the other's."""
        ...

    def draw(self, own: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw a next weight for each pair of states."""
        ...


def last_weights(weights: np.ndarray) -> np.ndarray:
    """Return the weight of each side's last act before each month, NaN before any: [month, side]."""
    return linear_states(weights, 1.0, 0.0, 0.0)


def linear_states(weights: np.ndarray, own: float, other: float, constant: float) -> np.ndarray:
    """Return both sides' states before each month: x' = constant + own x + other y in silence, otherwise the weight.

    weights: [..., month, side], NaN in silence. Before both sides have acted, a state remains. States are at most 10
    in size.
    """
    states = np.full(weights.shape, np.nan)
    state = np.full_like(weights[..., 0, :], np.nan)
    for month in range(weights.shape[-2]):
        states[..., month, :] = state
        moved = np.clip(constant + own * state + other * state[..., ::-1], -SCALE, SCALE)
        known = np.isfinite(state).all(axis=-1, keepdims=True)
        acts = weights[..., month, :]
        state = np.where(np.isfinite(acts), acts, np.where(known, moved, state))
    return states


class BaseRate(NamedTuple):
    """Any weight, equally likely."""

    weights: np.ndarray

    def states(self, weights: np.ndarray) -> np.ndarray:
        """See Rival."""
        return last_weights(weights)

    def forecast(self, own: float, other: float) -> Forecast:
        """See Rival."""
        return equally_likely(self.weights)

    def draw(self, own: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """See Rival."""
        return rng.choice(self.weights, own.shape)


class Persistence(NamedTuple):
    """The last weight again, with certainty."""

    def states(self, weights: np.ndarray) -> np.ndarray:
        """See Rival."""
        return last_weights(weights)

    def forecast(self, own: float, other: float) -> Forecast:
        """See Rival."""
        return equally_likely([own])

    def draw(self, own: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """See Rival."""
        return own


class MarkovChain(NamedTuple):
    """A Markov chain on joint acts.

    chances: probability of cooperation, [own act, other's act], 0 hostile, 1 cooperative. weights: those of the cases;
    each sign has the sizes of that sign.
    """

    chances: np.ndarray
    weights: np.ndarray

    def states(self, weights: np.ndarray) -> np.ndarray:
        """See Rival."""
        return last_weights(weights)

    def forecast(self, own: float, other: float) -> Forecast:
        """See Rival."""
        return forecast_of_signs(float(self.chances[int(own > 0), int(other > 0)]), equally_likely(self.weights))

    def draw(self, own: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """See Rival."""
        friendly = rng.random(own.shape) < self.chances[(own > 0).astype(int), (other > 0).astype(int)]
        kind, hostile = (
            rng.choice(each, own.shape) for each in (self.weights[self.weights > 0], self.weights[self.weights < 0])
        )
        return np.where(friendly, kind, hostile)


class Linear(NamedTuple):
    """A linear equation with the residuals of its fit, equally likely: AR(1), VAR(1) or Richardson's.

    in_silence: whether states move in months of silence.
    """

    constant: float
    own: float
    other: float
    in_silence: bool
    residuals: np.ndarray

    def states(self, weights: np.ndarray) -> np.ndarray:
        """See Rival."""
        return linear_states(weights, self.own, self.other, self.constant) if self.in_silence else last_weights(weights)

    def forecast(self, own: float, other: float) -> Forecast:
        """See Rival."""
        return equally_likely(
            np.clip(self.constant + self.own * own + self.other * other + self.residuals, -SCALE, SCALE)
        )

    def draw(self, own: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """See Rival."""
        residuals = rng.choice(self.residuals, own.shape)
        return np.clip(self.constant + self.own * own + self.other * other + residuals, -SCALE, SCALE)


class PastAndPresent(NamedTuple):
    """The months in which a side acted and both had acted before: both sides' states before, and its weight."""

    own: np.ndarray
    other: np.ndarray
    weight: np.ndarray


def past_and_present(states: np.ndarray, weights: np.ndarray) -> PastAndPresent:
    """Return the months of both sides that can be forecast; states and weights [..., month, side]."""
    known = np.isfinite(states).all(axis=-1, keepdims=True) & np.isfinite(weights)
    return PastAndPresent(states[known], states[..., ::-1][known], weights[known])


def fit_memory_one(weights: np.ndarray) -> MarkovChain:
    """Fit the probabilities of cooperation by counting, with one success and one failure added to each (Laplace)."""
    past = past_and_present(last_weights(weights), weights)
    cells, counts = (past.own > 0).astype(int) * 2 + (past.other > 0), np.ones((2, 4))
    np.add.at(counts, ((past.weight > 0).astype(int), cells), 1)
    return MarkovChain((counts[1] / counts.sum(axis=0)).reshape(2, 2), weights[np.isfinite(weights)])


def fit_autoregression(weights: np.ndarray, with_other: bool) -> Linear:
    """Fit AR(1), or VAR(1) ``with_other``, by least squares to the last acts before each act."""
    past = past_and_present(last_weights(weights), weights)
    terms = np.stack([np.ones_like(past.own), past.own, past.other if with_other else np.zeros_like(past.own)], axis=1)
    constant, own, other = np.linalg.lstsq(terms, past.weight)[0]
    return Linear(constant, own, other, False, past.weight - terms @ [constant, own, other])


def fit_richardson(weights: np.ndarray) -> Linear:
    """Fit reaction and fatigue (0 to 1) and grievance (-10 to 10) by least squares, month by month."""

    def residuals(rates: np.ndarray) -> np.ndarray:
        reaction, fatigue, grievance = rates
        past = past_and_present(linear_states(weights, 1.0 - fatigue, reaction, -grievance), weights)
        return past.weight - ((1.0 - fatigue) * past.own + reaction * past.other - grievance)

    found = least_squares(residuals, [0.1, 0.2, 0.0], bounds=([0.0, 0.0, -SCALE], [1.0, 1.0, SCALE]))
    reaction, fatigue, grievance = found.x
    return Linear(-grievance, 1.0 - fatigue, reaction, True, residuals(found.x))


def fit_rivals(weights: np.ndarray) -> Mapping[str, Rival]:
    """Fit all rivals to cases, [case, month, side], NaN in silence; those of RIVALS, in that order."""
    return {
        "base rate": BaseRate(weights[np.isfinite(weights)]),
        "persistence": Persistence(),
        "memory-one": fit_memory_one(weights),
        "AR(1)": fit_autoregression(weights, with_other=False),
        "VAR(1)": fit_autoregression(weights, with_other=True),
        "Richardson": fit_richardson(weights),
    }


@lru_cache(maxsize=32)
def rivals_without(excluded: str) -> Mapping[str, Rival]:
    """Return the rivals, fitted to all cases of the library but one; an unknown name excludes none."""
    tables = [load_case(name).monthly_weights() for name in case_names() if name != excluded]
    weights = np.full((len(tables), max(map(len, tables)), 2), np.nan)
    for at, table in enumerate(tables):
        weights[at, : len(table)] = table
    return fit_rivals(weights)
