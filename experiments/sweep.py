"""Vary one parameter over its range and measure what becomes of the outcomes, with the same dice at each value."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.kernel import measure
from model.faults import Fault, ScenarioError
from model.measures import OVERALL, overall_outcome
from model.overrides import forced
from model.scenario import load, read
from model.settings import settings
from model.statuses import Outcome
from model.world import World


def parse_range(text: str) -> tuple[str, float, float]:
    """Read PATH=LOW:HIGH. Raises ScenarioError if it is written otherwise."""
    path, _, limits = text.partition("=")
    low, _, high = limits.partition(":")
    try:
        return path.strip(), float(low), float(high)
    except ValueError:
        raise ScenarioError([Fault("--vary", text, "is written PATH=LOW:HIGH, with two numbers")]) from None


def vary_one(
    scenario: str | Path,
    path: str,
    low: float,
    high: float,
    points: int = 10,
    worlds: int = 100,
    seed: int = 1,
    progress: Callable[[Any, str], Iterable[Any]] = lambda things, _: things,
) -> pd.DataFrame:
    """Give one row per value: the value, the share of each outcome, and mean end values.

    World number k is the run with seed ``seed + k`` at every value. Raises ScenarioError if the
    parameter does not exist or a value is out of its range.
    """
    data = read(scenario)
    known = {setting.path: setting for setting in settings(load(data))}
    if path not in known:
        raise ScenarioError([Fault.unknown("--vary", path, known, "parameter")])
    values = np.linspace(low, high, points)
    if known[path].whole:
        values = np.unique(np.round(values).astype(int))
    rows = []
    for value in progress(list(values), f"varying {path}"):
        setting = load(data, {path: int(value) if known[path].whole else float(value)})
        moves, talks = forced(setting), len(setting.negotiations)
        ends, outcomes = np.zeros(len(OVERALL)), np.zeros(len(Outcome))
        for world in range(worlds):
            seen = measure(World(setting, seed + world, moves), setting.rounds)
            ends += seen[-1, : len(OVERALL)]
            outcomes[overall_outcome(seen, talks)] += 1
        shares = {outcome.name: outcomes[outcome] / worlds for outcome in reversed(Outcome)}
        means = {f"end_{indicator.name}": ends[at] / worlds for at, indicator in enumerate(OVERALL)}
        rows.append({path: value, "worlds": worlds, "first_seed": seed, **shares, **means})
    return pd.DataFrame(rows)
