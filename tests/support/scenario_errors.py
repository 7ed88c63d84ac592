"""Builders of scenarios with one thing wrong, and the errors that loading them reports."""

from typing import Any

from model.errors import ScenarioError
from model.loading import load_scenario
from support.worlds import smallest_scenario, text


def load_errors(data: Any, changes: dict[str, Any] | None = None) -> list[str]:
    """List what is wrong with plain data, in words; an empty list if nothing is."""
    try:
        load_scenario(data, changes)
    except ScenarioError as error:
        return [str(fault) for fault in error.errors]
    return []


def only_error(data: Any, changes: dict[str, Any] | None = None) -> str:
    """Give the one fault that there is."""
    found = load_errors(data, changes)
    assert len(found) == 1, found
    return found[0]


def rich_scenario() -> dict[str, Any]:
    """Write a small scenario with an actor of each role, a third state, and a verified first rung."""
    data = smallest_scenario(3)
    data["facilitators"] = {"helper": {"name": text("Helper")}}
    data["bodies"] = {"watch": {"name": text("Watch")}}
    data["spoilers"] = {"wreckers": {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea"}}
    data["relations"] = {"alba": {"borea": {}}}
    data["negotiations"]["talks"] |= {"facilitators": ["helper"], "attitudes": {"third-0": 0.5}}
    data["negotiations"]["talks"]["rungs"]["step-1"] |= {"verifier": "watch", "needs_verification": True}
    return data


def with_event(kind: str, **more: Any) -> dict[str, Any]:
    """Write a scenario with one event."""
    return {"events": [{"round": 2, "kind": kind, **more}]}


def with_move(act: str, value: float = 1.0, **more: Any) -> dict[str, Any]:
    """Write a scenario with one forced move."""
    return {"moves": [{"round": 2, "act": act, "value": value, **more}]}
