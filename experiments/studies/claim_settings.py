"""Measures of runs and changes of a scenario, from which the essay's claims are built."""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.ensembles.compare import INDICATOR_INDEX
from model.enumerations import Outcome
from model.measures import classify_outcomes
from model.scenario import Scenario

Measure = Callable[[np.ndarray], np.ndarray]  # [world, round, indicator] -> [world]
Changes = Callable[[Scenario], dict[str, Any]]


def mean_indicator(name: str) -> Measure:
    """Return the measure: mean of an indicator over the rounds."""
    return lambda seen: seen[:, 1:, INDICATOR_INDEX[name]].mean(axis=1)


def final_indicator(name: str) -> Measure:
    """Return the measure: an indicator at the end."""
    return lambda seen: seen[:, -1, INDICATOR_INDEX[name]]


def deal_at_end(indicators: np.ndarray) -> np.ndarray:
    """Return 1 for each world with a deal in force at the end, else 0."""
    return (classify_outcomes(indicators, 0) >= Outcome.partial_arrangement).astype(float)


def longest_silence(indicators: np.ndarray) -> np.ndarray:
    """Return the longest sequence of rounds without contact, [world]."""
    contact, longest = indicators[:, 1:, INDICATOR_INDEX["contact"]] > 0, np.zeros(len(indicators))
    silent = np.zeros(len(indicators))
    for now in range(contact.shape[1]):
        silent = np.where(contact[:, now], 0.0, silent + 1.0)
        longest = np.maximum(longest, silent)
    return longest


def rounds_to_deal(indicators: np.ndarray) -> np.ndarray:
    """Return the round of the first deal, [world]; without a deal, the number of rounds plus one."""
    progress = indicators[:, :, INDICATOR_INDEX["deal_progress"]] > 0.0
    return np.where(progress.any(axis=1), progress.argmax(axis=1), indicators.shape[1]).astype(float)


def no_change(_: Scenario) -> dict[str, Any]:
    """Return no changes."""
    return {}


def set_mechanisms(**mechanisms: bool) -> Changes:
    """Return the changes that switch mechanisms on or off."""
    return lambda _: {f"mechanisms.{name}": on for name, on in mechanisms.items()}


def set_parameters(**parameters: float) -> Changes:
    """Return the changes that set parameters, written section__name."""
    return lambda _: {name.replace("__", "."): value for name, value in parameters.items()}


def set_facilitators(**skills: float) -> Changes:
    """Return the changes that set skills of all facilitators."""
    return lambda s: {f"facilitators.{who}.{name}": x for who in s.facilitators for name, x in skills.items()}


def set_relations(name: str, *values: float) -> Changes:
    """Return the changes that set a parameter of both relations: one value for both, or one for each."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        one, other = next(iter(scenario.negotiations.values())).parties
        return {f"relations.{one}.{other}.{name}": values[0], f"relations.{other}.{one}.{name}": values[-1]}

    return changes


def set_parties(name: str, *values: Any) -> Changes:
    """Return the changes that set a parameter of both parties: one value for both, or one for each."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        one, other = next(iter(scenario.negotiations.values())).parties
        return {f"states.{one}.{name}": values[0], f"states.{other}.{name}": values[-1]}

    return changes


def set_bundling(rungs: int | None) -> Changes:
    """Return the changes that bundle a number of rungs into one step; None bundles all rungs."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        return {
            f"negotiations.{name}.bundling": rungs or len(talks.rungs) for name, talks in scenario.negotiations.items()
        }

    return changes


def combine(*changes: Changes) -> Changes:
    """Return several changes combined."""
    return lambda scenario: {path: x for each in changes for path, x in each(scenario).items()}
