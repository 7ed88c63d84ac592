"""The levers that the page offers, read from the declarations and grouped by who can move them."""

import math
import re
from typing import Any, NamedTuple

from dashboards.ensemble import Request
from model.faults import Fault, ScenarioError
from model.scenario import Scenario
from model.settings import Setting, levers

FEWEST, MOST = 20, 2000  # worlds
LARGEST_SEED = 2**53 - 1 - MOST  # up to here a browser keeps the seeds of all worlds exact

TITLES = {
    "bundling": "Rungs tied into one step",
    "dialogue": "Openness to talks",
    "generosity": "Generosity",
    "campaign": "Pressure aimed at",
    "capacity": "Capacity",
    "detection": "Detection",
}


class Group(NamedTuple):
    """Some levers under one heading: pairs of a label and a setting."""

    title: str
    levers: list[tuple[str, Setting]]


def groups(scenario: Scenario) -> list[Group]:
    """Choose the levers of the first negotiation: its ladder, its parties, those who help, those who verify."""
    known = {setting.path: setting for setting in levers(scenario)}
    name, talks = next(iter(scenario.negotiations.items()))
    first, second = talks.parties
    wanted: dict[str, list[tuple[str, str]]] = {"The ladder": [("", f"negotiations.{name}.bundling")]}
    for one, other in ((first, second), (second, first)):
        paths = [f"states.{one}.dialogue", f"states.{one}.generosity", f"relations.{one}.{other}.campaign"]
        wanted[scenario.written(one)] = [("", path) for path in paths]
    wanted["Facilitators"] = [(f"{scenario.written(f)}: ", f"facilitators.{f}.capacity") for f in talks.facilitators]
    wanted["Verification"] = [(f"{scenario.written(body)}: ", f"bodies.{body}.detection") for body in scenario.bodies]
    found = [
        Group(title, [(label(who, path), narrowed(known[path], scenario)) for who, path in paths if path in known])
        for title, paths in wanted.items()
    ]
    return [group for group in found if group.levers]


def label(who: str, path: str) -> str:
    """Write the label of a lever: whose it is where that is not the heading, and what it is."""
    title = TITLES[path.rpartition(".")[2]]
    return who + title.lower() if who else title


def narrowed(setting: Setting, scenario: Scenario) -> Setting:
    """Let the bundling go no further than the ladder has rungs: beyond that it changes nothing."""
    if not setting.path.endswith(".bundling"):
        return setting
    rungs = next(iter(scenario.negotiations.values())).rungs
    return setting._replace(high=float(max(len(rungs), setting.value)))


def step(setting: Setting) -> float:
    """Choose a slider's step: 1 for whole numbers, else a power of ten that gives 50 to 500 steps."""
    return 1.0 if setting.whole else 10.0 ** math.floor(math.log10((setting.high - setting.low) / 50))


def meaning(setting: Setting) -> str:
    """Write a lever's meaning, its range and its unit as one text; a leading symbol is left out."""
    text = re.sub(r"^[a-z]{1,6}: ", "", setting.meaning)
    unit = f" {setting.unit}" if setting.unit else ""
    return (
        f"{text[:1].upper()}{text[1:]}. "
        f"Range {setting.low:g} to {setting.high:g}{unit}; in the scenario {setting.value:g}."
    )


def as_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Write the groups as plain data for the browser."""
    return [
        {
            "title": group.title,
            "levers": [
                {
                    "path": setting.path,
                    "label": name,
                    "unit": setting.unit,
                    "meaning": meaning(setting),
                    "low": setting.low,
                    "high": setting.high,
                    "step": step(setting),
                    "base": setting.value,
                }
                for name, setting in group.levers
            ],
        }
        for group in groups(scenario)
    ]


def number(name: str, value: object, low: float, high: float, whole: bool) -> float | int:
    """Check a number that came from a browser. Raises ScenarioError if it is none, or out of range."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        found = value if isinstance(value, int | float) else str(value)
        raise ScenarioError([Fault(name, found, f"must be a number from {low:g} to {high:g}")])
    if whole and value != int(value):
        raise ScenarioError([Fault(name, value, "must be a whole number")])
    return int(value) if whole else float(value)


def moved(request: Request, scenario: Scenario, path: str, value: object) -> Request:
    """Give the request with one lever moved. Raises ScenarioError if there is no such lever or value."""
    known = {setting.path: (name, setting) for group in groups(scenario) for name, setting in group.levers}
    if path not in known:
        raise ScenarioError([Fault.unknown("lever", str(path), known, "lever on this page")])
    name, setting = known[path]
    checked = number(name, value, setting.low, setting.high, setting.whole)
    changes = dict(request.changes)
    changes.pop(path, None)
    if checked != setting.value:
        changes[path] = checked
    return request._replace(changes=tuple(sorted(changes.items())))
