"""The search that answers one goal, or several."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.ensembles.design import ScenarioSource
from experiments.ensembles.plausible_worlds import find_sample
from experiments.studies.advise import AdviceSearch
from model.errors import InputError, ScenarioError


def choose_search(
    scenario: ScenarioSource,
    goal: str | list[str] | tuple[str, ...],
    changes: Mapping[str, Any] | None = None,
    *,
    may: Sequence[str],
    most: int,
    worlds: int,
    seed: int,
    plausible: bool | str | Path,
) -> Any:
    """Return an ``AdviceSearch`` for one goal, a ``TradeoffSearch`` for several.

    plausible: True for the shipped sample, or the path of a sample. Raises ScenarioError.
    """
    if isinstance(goal, list | tuple) and len(goal) == 1:
        goal = goal[0]
    if not isinstance(goal, list | tuple):
        sample = find_sample(None if plausible is True else plausible) if plausible else None
        return AdviceSearch(scenario, goal, changes, may=may, most=most, worlds=worlds, seed=seed, sample=sample)
    from experiments.studies.tradeoffs import TradeoffSearch  # platypus takes a second to import

    if plausible:
        raise ScenarioError([InputError("plausible", "", "is for a single goal, and there are several")])
    return TradeoffSearch(scenario, goal, changes, may=may, most=most, worlds=worlds, seed=seed)
