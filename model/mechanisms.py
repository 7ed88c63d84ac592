"""The switches of the mechanisms."""

from typing import Any

from pydantic import Field

from model.parameters import Layer, Section


def switch(default: bool, meaning: str, *, layer: Layer = "extended") -> Any:
    """Declare a switch: whether it is on by default, its meaning, and its layer."""
    return Field(default=default, description=meaning, json_schema_extra={"layer": layer})


class Mechanisms(Section):
    """Switches of the mechanisms M1 to M18. The acts of a mechanism that is off are skipped."""

    relations: bool = switch(True, "M1: conduct listens to trust, tension, agreements and pressure", layer="core")
    intensity: bool = switch(True, "M2: acts have sizes, and months can pass in silence", layer="core")
    processes: bool = switch(True, "M16: processes end after failures, and open again", layer="core")
    concealment: bool = switch(True, "M13: violations grow in secret, and are clarified before they are accused")
    threats: bool = switch(True, "M9: demands backed by threats")
    force: bool = switch(False, "M14: force can be used")
    reciprocity: bool = switch(True, "M1: conduct responds to conduct, by doctrine", layer="core")
    noise: bool = switch(True, "M2: acts miscarry and are misread", layer="core")
    reassurance: bool = switch(True, "M3: costly steps shift belief about the other's type", layer="core")
    reputation: bool = switch(True, "M4: evidence accumulates, is weighted and decays", layer="core")
    gradualism: bool = switch(True, "M5: a potential betrayer compares this rung with the next", layer="core")
    friction: bool = switch(True, "M6: rungs climb, stall and slip by chance")
    scrutiny: bool = switch(True, "M7: states examine proposals until they are confident", layer="core")
    ratification: bool = switch(True, "M8: domestic veto players must approve deals")
    audience_costs: bool = switch(True, "M9: public threats and demands create audience costs")
    impatience: bool = switch(True, "M10: impatient states concede while they wait")
    facilitation: bool = switch(True, "M11: facilitators clarify, formulate, lend leverage, maintain contact and host", layer="core")
    tension: bool = switch(True, "M12: hostile posture responds to posture and to events", layer="core")
    verification: bool = switch(True, "M13: bodies inspect and report", layer="core")
    pressure: bool = switch(True, "M14: pressure and programmes move alongside the talks", layer="core")
    spoilers: bool = switch(True, "M15: spoilers attack near agreement")
    ripeness: bool = switch(True, "M16: talks need a hurting stalemate and a way out", layer="core")
    turnover: bool = switch(True, "M17: governments change and may withdraw", layer="core")
    environment: bool = switch(True, "M18: oil price and regional tension drift")
    alliances: bool = switch(True, "M18: third states support or oppose the talks")


MECHANISMS = tuple(Mechanisms.model_fields)
SWITCH_LAYERS = {name: str(field.json_schema_extra["layer"]) for name, field in Mechanisms.model_fields.items()}  # type: ignore[index, call-overload]
