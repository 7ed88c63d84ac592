"""A weighted sample of parameter values that the targets have not ruled out: plausible, not probable."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.atomic_files import write_atomically
from model.errors import InputError, ScenarioError
from model.parameter_space import declared_parameters

SHIPPED_SAMPLE = Path(__file__).with_name("plausible.json")
FORMAT = 1
MAX_SAMPLE_BYTES = 50 * 2**20
FACTS = ("version", "model_digest", "targets_digest", "seed", "waves", "played", "targets", "conflicts")


class PlausibleSample(NamedTuple):
    """Points that have not been ruled out.

    paths: of the parameters. points: float64 [point, parameter]. weights: float64 [point], sum 1; a uniform draw from
    the prior ranges, given that the point is not ruled out, has these weights. facts: how the sample was made.
    """

    paths: tuple[str, ...]
    points: np.ndarray
    weights: np.ndarray
    facts: dict[str, Any]

    def draw_points(self, count: int, seed: int) -> np.ndarray:
        """Return indices of points, int64 [count], by systematic resampling (Kitagawa 1996) in random order.

        A point appears floor or ceiling of count times its weight times. The result depends on its arguments alone.
        """
        rng = np.random.default_rng([seed, count])
        positions = (rng.random() + np.arange(count)) / count
        chosen = np.minimum(np.searchsorted(np.cumsum(self.weights), positions), len(self.weights) - 1)
        return rng.permutation(chosen)

    def columns(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        """Return the values of some points as columns by path, each [index]."""
        return {path: self.points[indices, at] for at, path in enumerate(self.paths)}

    def as_bytes(self) -> bytes:
        """Return the content of a sample file."""
        data = {
            "format": FORMAT,
            **{name: self.facts[name] for name in FACTS},
            "parameters": list(self.paths),
            "points": [[float(f"{value:.6g}") for value in point] for point in self.points.tolist()],
            "weights": [float(f"{weight:.6g}") for weight in self.weights.tolist()],
        }
        return (json.dumps(data, ensure_ascii=False) + "\n").encode()

    def save(self, path: Path) -> None:
        """Write a sample file atomically. Raises OSError."""
        write_atomically(path, self.as_bytes())


def load_sample(path: str | Path = SHIPPED_SAMPLE) -> PlausibleSample:
    """Load a sample file; the shipped one by default. Raises ScenarioError with the field that is wrong."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_SAMPLE_BYTES:
            raise ScenarioError([InputError(str(path), path.stat().st_size, "a sample file has at most 50 MiB")])
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read: {error.strerror}")]) from None
    except ValueError as error:
        raise ScenarioError([InputError(str(path), "", f"is not a sample file: {error}")]) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format", "") if isinstance(data, dict) else ""
        raise ScenarioError([InputError(f"{path}: format", found, f"a sample file has the format {FORMAT}")])
    return _check(path, data)


def _check(path: Path, data: dict[str, Any]) -> PlausibleSample:
    """Check that a sample is complete, finite and inside the declared ranges. Raises ScenarioError."""
    missing = [name for name in (*FACTS, "parameters", "points", "weights") if name not in data]
    if missing:
        raise ScenarioError([InputError(f"{path}: {name}", "", "is missing") for name in missing])
    try:
        names = tuple(map(str, data["parameters"]))
        points, weights = np.array(data["points"], float), np.array(data["weights"], float)
    except (TypeError, ValueError):
        raise ScenarioError([InputError(f"{path}: points", "", "should be a table of numbers")]) from None
    if points.ndim != 2 or points.shape != (len(weights), len(names)) or not len(weights):
        problem = f"should be one row of {len(names)} numbers for each of the {weights.size} weights"
        raise ScenarioError([InputError(f"{path}: points", "", problem)])
    if not (np.isfinite(points).all() and np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise ScenarioError([InputError(f"{path}: weights", "", "should be finite, at least 0, and not all 0")])
    declared, errors = {each.path: each for each in declared_parameters()}, []
    for name, values in zip(names, points.T, strict=True):
        if name not in declared:
            errors.append(InputError.unknown_name(f"{path}: parameters", name, declared, "parameter"))
        elif values.min() < declared[name].low or values.max() > declared[name].high:
            allowed = f"allowed is {declared[name].low:g} to {declared[name].high:g}"
            errors.append(InputError(f"{path}: {name}", f"{values.min():g} to {values.max():g}", allowed))
    if errors:
        raise ScenarioError(errors)
    facts = {name: data[name] for name in FACTS}
    return PlausibleSample(names, points, weights / math.fsum(weights.tolist()), facts)
