"""Settings from which claims are built: changes of a scenario, and decisions that are fixed in every month."""

from collections.abc import Callable
from typing import Any

from model.enumerations import Channel
from model.overrides import Override
from model.scenario import Scenario

Changes = Callable[[Scenario], dict[str, Any]]
Fixed = Callable[[Scenario], tuple[Override, ...]]


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


def nothing_fixed(_: Scenario) -> tuple[Override, ...]:
    """Return no overrides."""
    return ()


def _every_month(scenario: Scenario, act: str, value: float) -> tuple[Override, ...]:
    """Return overrides that give an act of each negotiation one value in every month."""
    months = range(1, scenario.rounds + 1)
    return tuple(Override(now, act, name, value=value) for name in scenario.negotiations for now in months)


def meet_every_month(scenario: Scenario) -> tuple[Override, ...]:
    """Return the overrides with which the two sides of each negotiation meet in every month."""
    return _every_month(scenario, "hold_talks", 1)


def meet_in_public(scenario: Scenario) -> tuple[Override, ...]:
    """Return the overrides with which every meeting is public."""
    return _every_month(scenario, "choose_channel", Channel.PUBLIC)


def meet_indirectly(scenario: Scenario) -> tuple[Override, ...]:
    """Return the overrides with which every meeting goes through a facilitator."""
    return _every_month(scenario, "choose_channel", Channel.INDIRECT)
