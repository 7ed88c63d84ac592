"""What the panels of the pages change: which values there are, a setting with one of them changed, and in words."""

import logging
from functools import cache, lru_cache
from typing import Any

from dashboards.injected_events import check_integer
from dashboards.page_link import MAX_SEED, MAX_WORLDS, MIN_WORLDS, Setting, scenario_of, shipped_names
from dashboards.web.pages.shared.lever_catalogue import lever_catalogue, lever_location, scenario_values
from dashboards.web.pages.shared.messages import Catalogue, ScenarioChoice, Value
from model.errors import InputError, ScenarioError
from model.scenario import Scenario

log = logging.getLogger(__name__)


@cache
def shipped_choices() -> list[ScenarioChoice]:
    """Name every shipped scenario; one that cannot be read is left out, and logged."""
    found: list[ScenarioChoice] = []
    for name in shipped_names():
        try:
            found.append({"name": name, "title": scenario_of(Setting(name)).title["en"]})
        except ScenarioError as error:
            log.warning("scenario %s is left out: %s", name, error)
    return found


@lru_cache(maxsize=32)
def catalogue_of(name: str) -> Catalogue:
    """List what can be moved in a scenario, at the values it has unchanged."""
    return lever_catalogue(scenario_of(Setting(name)))


@lru_cache(maxsize=32)
def base_values(name: str) -> dict[str, Value]:
    """Give the values that a scenario has unchanged, by path."""
    return scenario_values(catalogue_of(name))


def with_change(setting: Setting, path: str, value: Any) -> Setting:
    """Give the setting with one value changed. Raises ScenarioError if there is no such path or value."""
    if not isinstance(value, bool | int | float | str) or path not in base_values(setting.scenario):
        raise ScenarioError(
            [InputError.unknown_name("path", path, base_values(setting.scenario), "lever on this page")]
        )
    changes = dict(setting.changes)
    changes.pop(path, None)
    if value != base_values(setting.scenario)[path]:
        changes[path] = value
    changed = setting._replace(changes=tuple(changes.items()))
    scenario_of(changed)
    return changed


def with_suggestion(setting: Setting, at: Any) -> Setting:
    """Set a thing to try. Raises ScenarioError if there is none such, or it does not fit."""
    things = scenario_of(Setting(setting.scenario)).things_to_try
    wanted = things[check_integer("thing to try", at, 0, len(things) - 1)].set
    changed = setting._replace(changes=(*_without(setting, wanted), *wanted.items()))
    scenario_of(changed)
    return changed


def toggle_suggestion(setting: Setting, at: Any) -> Setting:
    """Set a thing to try, or take it back if it is set. Raises ScenarioError if it does not fit."""
    changed = with_suggestion(setting, at)
    wanted = scenario_of(Setting(setting.scenario)).things_to_try[at].set
    return setting._replace(changes=_without(setting, wanted)) if has_changes(setting, wanted) else changed


def _without(setting: Setting, wanted: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((path, value) for path, value in setting.changes if path not in wanted)


def has_changes(setting: Setting, wanted: dict[str, Any]) -> bool:
    """Say whether a setting holds all changes of a thing to try."""
    changes = dict(setting.changes)
    return all(path in changes and changes[path] == value for path, value in wanted.items())


def with_sample(setting: Setting, seed: Any, worlds: Any) -> Setting:
    """Give the setting with other dice. Raises ScenarioError if they are out of range."""
    return setting._replace(
        seed=check_integer("seed", seed, 0, MAX_SEED), worlds=check_integer("worlds", worlds, MIN_WORLDS, MAX_WORLDS)
    )


def describe_change(path: str, value: Any, scenario: Scenario) -> str:
    """Write one change in words: whose value, which, and what it is now."""
    try:
        _, title, label = lever_location(path, scenario)
    except (KeyError, ValueError, IndexError):
        title, label = path.split(".")[0], path.split(".")[-1].replace("_", " ")
    if isinstance(value, bool) and title == "mechanisms":
        return f"{label} {'on' if value else 'off'}"
    now = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else value
    return f"{label}: {now}" if title == label else f"{title}, {label}: {now}"


def describe_changes(setting: Setting) -> str:
    """Write how a setting differs from its scenario."""
    scenario = scenario_of(Setting(setting.scenario))
    told = [describe_change(path, value, scenario) for path, value in setting.changes]
    if setting.events:
        told.append(f"{len(setting.events)} injected events" if len(setting.events) > 1 else "one injected event")
    return "; ".join(told) or "as in the scenario"
