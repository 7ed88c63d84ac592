"""Synthetic plausible samples, and files of them."""

from pathlib import Path

import numpy as np

from experiments.ensembles.plausible import FACTS, PlausibleSample

RANGES = {"belief.memory": (0.9, 0.99), "contact.contact_start": (0.02, 0.2), "bargaining.narrative_weight": (0.1, 0.8)}


def synthetic_sample(ranges=RANGES, points=40, seed=1, weights=None) -> PlausibleSample:
    """Return a sample whose points are uniform over some ranges, with equal weights by default.

    Its numbers have six digits, as in a file.
    """
    low, high = np.array(list(ranges.values())).T
    rng = np.random.default_rng(seed)
    values = np.round(low + rng.random((points, len(ranges))) * (high - low), 5)
    weights = np.full(points, 1 / points) if weights is None else np.array(weights) / sum(weights)
    return PlausibleSample(tuple(ranges), values, weights, dict.fromkeys(FACTS, "synthetic"))


def write_sample(folder: Path, **more) -> Path:
    """Write a synthetic sample to a file and return its path."""
    path = folder / "sample.json"
    synthetic_sample(**more).save(path)
    return path
