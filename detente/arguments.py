"""The arguments of the interface: scenarios with changes, integers, designs."""

from collections.abc import Mapping
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from experiments.ensembles.design import Design, Replications
    from experiments.ensembles.plausible import PlausibleSample
    from model.scenario import Scenario

    type ScenarioSource = str | Path | Mapping[str, Any] | Scenario

MAX_WORLDS = 10_000_000


def changed_scenario(
    scenario: "ScenarioSource", set: Mapping[str, Any] | None, rounds: int | None, seed: int
) -> "Scenario":
    """Return a scenario with changes applied, and with another number of rounds if one is given; check the seed."""
    from model.errors import InputError, ScenarioError
    from model.loading import load_scenario

    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= seed < 2**63:
        raise ScenarioError([InputError("seed", seed, "must be an integer between 0 and 2**63 - 1")])
    if set is not None and not isinstance(set, Mapping):
        raise ScenarioError([InputError("set", set, "must be a dict of dotted paths and values")])
    return load_scenario(scenario, {**(set or {}), **({} if rounds is None else {"rounds": rounds})})


def prepare_design(
    scenario: "ScenarioSource",
    design: "Mapping[str, Any] | pd.DataFrame",
    worlds: int,
    seed: int,
    rounds: int | None,
    set: Mapping[str, Any] | None,
    common: bool,
) -> "tuple[Design, Replications]":
    """Return a checked design, and how its points are played."""
    from experiments.ensembles.design import Design, Plans, Replications
    from model.errors import InputError, ScenarioError

    check_integer("worlds", worlds, 1, MAX_WORLDS)
    changed = changed_scenario(scenario, set, rounds, seed)
    if not isinstance(common, bool):
        raise ScenarioError([InputError("common_random_numbers", common, "must be True or False")])
    return Design(Plans(changed), design), Replications(int(worlds), int(seed), common, changed.rounds)


def plausible_sample(plausible: "bool | str | Path | PlausibleSample") -> "PlausibleSample | None":
    """Return the sample from which worlds draw, None for none. Raises ScenarioError if it cannot be used."""
    from experiments.ensembles.plausible_worlds import find_sample

    return None if plausible is False else find_sample(None if plausible is True else plausible)


def check_integer(name: str, value: Any, low: int, high: int) -> None:
    """Raise ScenarioError if an argument is not an integer from ``low`` to ``high``."""
    from model.errors import InputError, ScenarioError

    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        raise ScenarioError([InputError(name, value, f"must be an integer between {low} and {high:,}")])
