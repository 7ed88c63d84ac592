"""Builders of invalid scenarios, and the errors of loading them."""

from typing import Any

from model.errors import ScenarioError
from model.loading import load_scenario
from support.worlds import smallest_scenario, text


def load_errors(data: Any, changes: dict[str, Any] | None = None) -> list[str]:
    """Return the errors of loading plain data as text."""
    try:
        load_scenario(data, changes)
    except ScenarioError as error:
        return [str(each) for each in error.errors]
    return []


def only_error(data: Any, changes: dict[str, Any] | None = None) -> str:
    """Return the only error; fail if there is not exactly one."""
    errors = load_errors(data, changes)
    assert len(errors) == 1, errors
    return errors[0]


def rich_scenario() -> dict[str, Any]:
    """Return a small scenario with an actor of each role, a third state, and verification of the first rung."""
    data = smallest_scenario(3)
    data["facilitators"] = {"helper": {"name": text("Helper")}}
    data["bodies"] = {"watch": {"name": text("Watch")}}
    data["spoilers"] = {"wreckers": {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea"}}
    data["relations"] = {"alba": {"borea": {}}}
    data["negotiations"]["talks"] |= {"facilitators": ["helper"], "attitudes": {"third-0": 0.5}}
    data["negotiations"]["talks"]["rungs"]["step-1"] |= {"verifier": "watch", "needs_verification": True}
    return data


def with_event(kind: str, **more: Any) -> dict[str, Any]:
    """Return changes that add one event."""
    return {"events": [{"round": 2, "kind": kind, **more}]}


def with_move(act: str, value: float = 1.0, **more: Any) -> dict[str, Any]:
    """Return changes that add one forced move."""
    return {"moves": [{"round": 2, "act": act, "value": value, **more}]}
