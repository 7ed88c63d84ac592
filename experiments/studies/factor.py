"""A factor of a study: the range, distribution or list of values over which it varies."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from experiments.studies.study_file import RANGE, SHAPES, Values
from model.errors import InputError
from model.former_names import unknown_path
from model.parameter_space import DeclaredParameter

STEPS = 5  # of a range in a grid, by default


class Factor(NamedTuple):
    """A parameter of the scenario that a study varies, over a range or over listed values.

    shape: the numbers of the distribution, in the order of SHAPES.
    """

    path: str
    lever: bool
    is_integer: bool
    low: float
    high: float
    values: tuple[Any, ...] | None
    steps: int
    distribution: str = "uniform"
    shape: tuple[float, ...] = ()

    @property
    def value_count(self) -> int | None:
        """Return the number of values of a list or of an integer range; None for a continuous factor."""
        if self.values is not None:
            return len(self.values)
        return int(self.high - self.low) + 1 if self.is_integer else None

    def values_at(self, shares: Any) -> np.ndarray:
        """Return the values at shares (0 to 1) of the factor's distribution or list; an array of the same shape."""
        shares = np.asarray(shares, float)
        if self.values is not None:
            listed = self.listed_values()
            return listed[np.minimum((shares * len(listed)).astype(np.int64), len(listed) - 1)]
        if not self.is_integer:
            return np.clip(self._quantiles(shares, self.high, 0.0), self.low, self.high)
        # Integer v corresponds to the part of the range from v to v + 1.
        return np.minimum(np.floor(self._quantiles(shares, self.high + 1, 0.5)), self.high).astype(np.int64)

    def listed_values(self) -> np.ndarray:
        """Return the values of a list as an array: of numbers, of booleans, or of objects for text."""
        values = self.values or ()
        return np.array(values, object if any(isinstance(each, str) for each in values) else None)

    def grid_values(self) -> tuple[Any, ...]:
        """Return the values of the factor in a grid: evenly spaced, the first and the last are exactly the bounds."""
        if self.values is not None:
            return self.values
        levels = np.linspace(self.low, self.high, self.steps).tolist()
        if self.is_integer:
            return tuple(dict.fromkeys(map(round, levels)))
        digits = 12 - int(np.ceil(np.log10(self.high - self.low)))  # 0.3, not 0.30000000000000004
        return (self.low, *(round(each, digits) for each in levels[1:-1]), self.high)

    def positions(self, column: Any) -> np.ndarray:
        """Return where values lie in the range (0 to 1) or in the list (index), float64; NaN outside a list."""
        values = np.asarray(column, object if self.values is not None else float)
        if self.values is None:
            return (values - self.low) / (self.high - self.low)
        places = {value: float(place) for place, value in reversed([*enumerate(self.values)])}
        return np.array([places.get(value, np.nan) for value in values.tolist()])

    def _quantiles(self, shares: np.ndarray, high: float, shift: float) -> np.ndarray:
        """Return quantiles of the distribution, truncated to ``low`` to ``high`` and moved by ``shift``."""
        low, width = self.low, high - self.low
        if self.distribution == "log":
            return low * (high / low) ** shares
        if self.distribution == "triangular":
            from scipy.stats import triang

            return triang.ppf(shares, (self.shape[0] + shift - low) / width, low, width)
        if self.distribution == "normal":
            from scipy.special import ndtr, ndtri

            mean, sd = self.shape[0] + shift, self.shape[1]
            below, above = ndtr((low - mean) / sd), ndtr((mean - high) / sd)  # the truncated tails
            inside = 1 - below - above
            lower, upper = below + shares * inside, above + (1 - shares) * inside
            return mean + sd * np.where(lower < 0.5, ndtri(lower), -ndtri(upper))  # each tail to full precision
        return low + shares * width


def resolve_factor(
    where: str, path: str, written: Values | list[Any], lever: bool, known: Mapping[str, DeclaredParameter]
) -> Factor | list[InputError]:
    """Return the factor that a study declares, or the errors in it. known: the declared parameters by path."""
    parameter = known.get(path)
    if isinstance(written, Values) and written.values is not None:
        return _listed_factor(where, path, written, lever, known)
    if parameter is None:
        return [unknown_path(where, path, path, known, "parameter of this scenario that has a range")]
    if not isinstance(written, Values):
        if len(written) != 2:
            return [InputError(where, "", f"{RANGE} (found {written})")]
        written = Values.model_validate({"low": written[0], "high": written[1]})
    low = parameter.low if written.low is None else written.low
    high = parameter.high if written.high is None else written.high
    allowed = f"allowed is {parameter.low:g} to {parameter.high:g}"
    if not parameter.low <= low < high <= parameter.high:
        return [InputError(where, "", f"{allowed}, lower limit first (found [{low:g}, {high:g}])")]
    if parameter.whole and (low % 1 or high % 1):
        return [InputError(where, "", f"the limits should be integers (found [{low:g}, {high:g}])")]
    kind = written.distribution or "uniform"
    if errors := list(_shape_errors(where, kind, written, low, high)):
        return errors
    shape = tuple(float(getattr(written, name)) for name in SHAPES[kind])
    return Factor(path, lever, parameter.whole, low, high, None, written.steps or STEPS, kind, shape)


def _listed_factor(
    where: str, path: str, written: Values, lever: bool, known: Mapping[str, DeclaredParameter]
) -> Factor | list[InputError]:
    """Return a factor with listed values, or an error for each value that its parameter does not allow."""
    values, parameter = written.values or [], known.get(path)
    if any(getattr(written, name) is not None for name in Values.model_fields if name != "values"):
        return [InputError(where, "", "has either values, or low, high, steps and a distribution: not both")]
    if parameter is None and path.split(".")[0] not in ("mechanisms", "states"):
        return [unknown_path(where, path, path, known, "parameter of this scenario that has a range")]
    errors = []
    if parameter is not None:
        kind = "an integer" if parameter.whole else "a number"
        allowed = f"allowed is {parameter.low:g} to {parameter.high:g}"
        for each in values:
            if isinstance(each, bool | str) or (parameter.whole and not isinstance(each, int)):
                errors.append(InputError(where, each, f"should be {kind}; {allowed}"))
            elif not parameter.low <= each <= parameter.high:
                errors.append(InputError(where, each, allowed))
    elif len({_kind_of(each) for each in values}) > 1:
        found = ", ".join(map(repr, values[:10]))
        errors.append(InputError(where, "", f"the listed values should be of one kind (found {found})"))
    is_integer = parameter is not None and parameter.whole
    return errors or Factor(path, lever, is_integer, 0.0, 1.0, tuple(values), 2)


def _kind_of(value: Any) -> str:
    return "switch" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def _shape_errors(where: str, kind: str, written: Values, low: float, high: float) -> Iterator[InputError]:
    """Yield the errors in the numbers of a distribution."""
    for name in ("mean", "sd", "mode"):
        value = getattr(written, name)
        if name not in SHAPES[kind]:
            if value is not None:
                yield InputError(f"{where}.{name}", value, f"has no effect in the distribution `{kind}`; remove it")
        elif value is None:
            yield InputError(f"{where}.{name}", "", f"is missing; the distribution `{kind}` needs it")
        elif name != "sd" and not low <= value <= high:
            yield InputError(f"{where}.{name}", value, f"should be inside the range, {low:g} to {high:g}")
    if kind == "log" and low <= 0:
        yield InputError(f"{where}.low", low, "should be above 0 for the distribution `log`")
