"""Changes to a setting: which values can change, the changed setting, and a description in words."""

import logging
from functools import cache, lru_cache
from typing import Any

from dashboards.injected_events import check_integer
from dashboards.page_link import MAX_SEED, MAX_WORLDS, MIN_WORLDS, Setting, scenario_of, shipped_names
from dashboards.web.pages.shared.lever_catalogue import lever_catalogue, lever_location, scenario_values
from dashboards.web.pages.shared.messages import Catalogue, ScenarioChoice, Value
from model.errors import InputError, ScenarioError
from model.parameter_space import every_parameter, list_parameters
from model.scenario import Scenario

log = logging.getLogger(__name__)


@cache
def shipped_choices() -> list[ScenarioChoice]:
    """Return every shipped scenario; log and omit one that cannot be read."""
    choices: list[ScenarioChoice] = []
    for name in shipped_names():
        try:
            choices.append({"name": name, "title": scenario_of(Setting(name)).title["en"]})
        except ScenarioError as error:
            log.warning("scenario %s is omitted: %s", name, error)
    return choices


def catalogue_of(setting: Setting) -> Catalogue:
    """Return the catalogue of a scenario with what the changed scenario reads, and with every changed value."""
    offered = {each.path for each in list_parameters(scenario_of(setting))}
    return _catalogue(setting.scenario, frozenset(offered.union(path for path, _ in setting.changes)))


@lru_cache(maxsize=32)
def _catalogue(name: str, offered: frozenset[str]) -> Catalogue:
    return lever_catalogue(scenario_of(Setting(name)), offered)


@lru_cache(maxsize=32)
def base_values(name: str) -> dict[str, Value]:
    """Return the values of an unchanged scenario, by path; of all parameters, those that nothing reads included."""
    scenario = scenario_of(Setting(name))
    return scenario_values(lever_catalogue(scenario, {each.path for each in every_parameter(scenario)}))


def with_change(setting: Setting, path: str, value: Any) -> Setting:
    """Return the setting with one value changed. Raises ScenarioError for an unknown path or an invalid value."""
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
    """Return the setting with a thing to try applied. Raises ScenarioError if it does not exist or is invalid here."""
    suggestions = scenario_of(Setting(setting.scenario)).things_to_try
    suggested = suggestions[check_integer("thing to try", at, 0, len(suggestions) - 1)].set
    changed = setting._replace(changes=(*_without(setting, suggested), *suggested.items()))
    scenario_of(changed)
    return changed


def toggle_suggestion(setting: Setting, at: Any) -> Setting:
    """Return the setting with a thing to try applied, or removed if it was. Raises ScenarioError if it is invalid."""
    changed = with_suggestion(setting, at)
    suggested = scenario_of(Setting(setting.scenario)).things_to_try[at].set
    return setting._replace(changes=_without(setting, suggested)) if has_changes(setting, suggested) else changed


def _without(setting: Setting, paths: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((path, value) for path, value in setting.changes if path not in paths)


def has_changes(setting: Setting, suggested: dict[str, Any]) -> bool:
    """Return whether a setting has all changes of a thing to try."""
    changes = dict(setting.changes)
    return all(path in changes and changes[path] == value for path, value in suggested.items())


def with_sample(setting: Setting, seed: Any, worlds: Any) -> Setting:
    """Return the setting with another seed and number of worlds. Raises ScenarioError if they are out of range."""
    return setting._replace(
        seed=check_integer("seed", seed, 0, MAX_SEED), worlds=check_integer("worlds", worlds, MIN_WORLDS, MAX_WORLDS)
    )


def describe_change(path: str, value: Any, scenario: Scenario) -> str:
    """Return the description of one change: whose value, which one, and its new value."""
    try:
        _, title, label = lever_location(path, scenario)
    except (KeyError, ValueError, IndexError):
        title, label = path.split(".")[0], path.split(".")[-1].replace("_", " ")
    if isinstance(value, bool) and title == "mechanisms":
        return f"{label} {'on' if value else 'off'}"
    now = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else value
    return f"{label}: {now}" if title == label else f"{title}, {label}: {now}"


def describe_changes(setting: Setting) -> str:
    """Return the description of all changes of a setting."""
    scenario = scenario_of(Setting(setting.scenario))
    descriptions = [describe_change(path, value, scenario) for path, value in setting.changes]
    if setting.events:
        descriptions.append(
            f"{len(setting.events)} injected events" if len(setting.events) > 1 else "one injected event"
        )
    return "; ".join(descriptions) or "no changes"
