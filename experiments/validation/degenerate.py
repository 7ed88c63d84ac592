"""The smallest scenario, in which all mechanisms except those under test are off."""

from typing import Any

from model.loading import apply_changes, build_scenario
from model.mechanisms import Mechanisms
from model.scenario import Scenario

ALL_OFF = {f"mechanisms.{name}": False for name in Mechanisms.model_fields}
NEUTRAL = {  # what has no switch: like governments, known demands, facilitators accepted, no caution of size
    "bargaining.resolve_spread": 0.0, "bargaining.estimate_error": 0.0, "facilitation.mediation_threshold": 0.0,
    "process.giving_up": 0.0, "scrutiny.stake_caution": 0.0,
}  # fmt: skip
TIT_FOR_TAT = {"after_cc": 1.0, "after_cd": 0.0, "after_dc": 1.0, "after_dd": 0.0}
NO_PROPOSALS = {"scrutiny.outside_option": 1.0, "scrutiny.future_weight": 0.0, "scrutiny.price_of_pressure": 0.0}


def text(words: str) -> dict[str, str]:
    """Return a text in English, as scenario files write it."""
    return {"en": words}


def rung(*, stake: float = 1.0, **more: Any) -> dict[str, Any]:
    """Return a rung that needs no verification, as plain data."""
    parties = {"alba": {"relief": 0.2}, "borea": {"restraint": 0.2}}
    return {"title": text("a step"), "stake": stake, "needs_verification": False, "parties": parties, **more}


def smallest_scenario(states: int = 2, rungs: int = 3) -> dict[str, Any]:
    """Return the smallest scenario as plain data: two parties, optional additional states, one ladder."""
    names = ["alba", "borea", *(f"third-{number}" for number in range(states - 2))]
    return {
        "name": "smallest",
        "title": text("Smallest"),
        "summary": text("Two states and a ladder."),
        "cut_off": "invented",
        "states": {name: {"name": text(name.title())} for name in names},
        "negotiations": {
            "talks": {
                "title": text("Talks"),
                "parties": ["alba", "borea"],
                "rungs": {f"step-{number + 1}": rung() for number in range(rungs)},
            }
        },
    }


def isolated_scenario(
    mechanisms: tuple[str, ...], changes: dict[str, Any], data: dict[str, Any] | None = None
) -> Scenario:
    """Build a scenario with only the given mechanisms on; without data, the smallest scenario."""
    switches = {**ALL_OFF, **{f"mechanisms.{name}": True for name in mechanisms}}
    return build_scenario(
        apply_changes(smallest_scenario() if data is None else data, {**switches, **NEUTRAL, **changes})
    )


def for_both_states(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the same changes for both states."""
    return {f"states.{name}.{key}": value for name in ("alba", "borea") for key, value in changes.items()}
