"""The catalogue of a scenario's adjustable values: levers, uncertainties and switches, in groups."""

import math
import re
from collections.abc import Container
from typing import Literal

from dashboards.web.pages.shared.messages import Catalogue, LeverField, LeverGroup, LeverRow, Value
from model.enumerations import Doctrine
from model.parameter_space import DeclaredParameter, every_parameter
from model.parameters import SECTIONS, Mechanisms
from model.scenario import Scenario

LABELS = {
    "dialogue": "Openness to talks",
    "campaign": "Target pressure",
    "bundling": "Rungs bundled into one step",
    "stake": "Stake of the rung",
    "after_cc": "Cooperates after both cooperated",
    "after_cd": "Cooperates after the other defected",
    "after_dc": "Cooperates after defecting alone",
    "after_dd": "Cooperates after both defected",
    "arrives": "Arrives in round",
    "cooperates_first": "Starts by cooperating",
    "trust_moves_conduct": "Effect of trust on conduct",
    "tension_moves_conduct": "Effect of tension on conduct",
    "deal_moves_conduct": "Effect of agreements on conduct",
    "pressure_moves_conduct": "Effect of pressure on conduct",
    "mood_moves_conduct": "Effect of mood on conduct",
    "mood_spread": "Monthly change of mood",
    "silence": "Silence without talks or hostility",
    "examination_evidence": "Evidence from a condemned proposal",
    "endorsement": "Endorsement by a facilitator",
    "price_of_pressure": "Worth of relief",
    "resolve_spread": "Differences between governments",
    "estimate_error": "Error in estimating the other's demand",
    "probing": "Largest gap at which a side proposes",
    "contact_start": "Start of contact",
    "contact_stop": "End of contact",
    "tension_ends_contact": "End of contact by tension",
    "offices_start_contact": "Start of contact by good offices",
    "giving_up": "Giving up after a failure",
    "reopening": "New start by dialogue",
    "offices_reopen": "New start by good offices",
    "shock_reopens": "New start after a shock",
    "mediation_threshold": "Cost at which facilitators are accepted",
    "violation_growth": "Growth of a hidden violation",
    "abandonment": "Abandonment of agreements",
    "threat_hazard": "Demands with a threat",
    "force_hazard": "Hazard of force",
    "force_threshold": "Tension from which force is possible",
    "relations": "Conduct listens to relations",
    "intensity": "Moods, size of acts, silence",
    "processes": "Processes end and open again",
    "force": "Use of force",
}
SECTION_TITLES = {
    "scrutiny": "Scrutiny of proposals",
    "contact": "Ripeness and contact",
    "conduct": "Conduct and relations",
    "process": "The process of talks",
    "threats": "Threats and force",
    "home": "Domestic politics",
    "ladder": "Climbing the ladder",
    "environment": "Oil price and region",
}
STATE_CHOICES = {
    "states": {"doctrine": "how it chooses its monthly conduct", "cooperates_first": "its conduct before round 1"}
}


def lever_catalogue(scenario: Scenario, offered: Container[str]) -> Catalogue:
    """Return the adjustable values of a scenario: the kinds of fields, each once, and the groups of rows.

    offered: the paths of the parameters to include.
    """
    fields: dict[str, LeverField] = {}
    groups: dict[tuple[str, str], LeverGroup] = {}
    parties = {party for talks in list(scenario.negotiations.values())[:1] for party in talks.parties}

    def group_of(role: Literal["lever", "uncertainty"], path: str) -> LeverGroup:
        key, title, _ = lever_location(path, scenario)
        opened = role == "lever" and (key in parties or path.endswith(".bundling"))
        new = LeverGroup(key=f"{role}:{key}", title=title, about=section_meaning(key), role=role, open=opened, rows=[])
        return groups.setdefault((role, key), new)

    for setting in every_parameter(scenario):
        if setting.path in offered:
            name, field_of_kind = number_field(setting, scenario)
            fields[name] = field_of_kind
            rows = group_of("lever" if setting.lever else "uncertainty", setting.path)["rows"]
            label = lever_location(setting.path, scenario)[2]
            rows.append(LeverRow(path=setting.path, field=name, base=setting.value, label=label))
    for name, state in scenario.states.items():
        for field in ("doctrine", "cooperates_first"):
            fields[f"states.{field}"] = state_choice_field(field)
            path, base = f"states.{name}.{field}", getattr(state, field)
            row = LeverRow(path=path, field=f"states.{field}", base=base, label=lever_label(field))
            group_of("lever", path)["rows"].append(row)
    ordered = sorted(
        groups.values(),
        key=lambda group: (group["role"] != "lever", group_order(group["key"].partition(":")[2], scenario)),
    )
    return {"scenario": scenario.name, "fields": fields, "groups": [*ordered, mechanism_group(scenario, fields)]}


def mechanism_group(scenario: Scenario, fields: dict[str, LeverField]) -> LeverGroup:
    """Return the group of mechanisms and add their fields."""
    rows: list[LeverRow] = []
    for name, info in Mechanisms.model_fields.items():
        path = f"mechanisms.{name}"
        fields[path] = {"kind": "switch", "meaning": sentence(info.description or "")}
        rows.append(LeverRow(path=path, field=path, base=getattr(scenario.mechanisms, name), label=lever_label(name)))
    return {
        "key": "switch:mechanisms",
        "title": "Mechanisms",
        "about": "a mechanism that is off has no effect at all",
        "role": "switch",
        "open": False,
        "rows": rows,
    }


def state_choice_field(field: str) -> LeverField:
    """Return the field of a state's doctrine or first act."""
    meaning = sentence(STATE_CHOICES["states"][field])
    if field == "doctrine":
        return {"kind": "choice", "choices": list(Doctrine.__members__), "meaning": meaning}
    return {"kind": "switch", "meaning": meaning}


def group_order(key: str, scenario: Scenario) -> tuple[int, int]:
    """Return the sort key of a group: ladder, parties, facilitators, bodies, third states, the rest."""
    role, _, rest = key.partition(".")
    if role == "negotiations" and rest.count(".") == 0:
        return 0, 0
    parties = [party for talks in scenario.negotiations.values() for party in talks.parties]
    if key in parties:
        return 1, parties.index(key)
    for place, known in enumerate(
        (scenario.facilitators, scenario.bodies, scenario.states, SECTIONS, scenario.spoilers)
    ):
        if key in known:
            return 2 + place, list(known).index(key)
    return 8, 0


def lever_location(path: str, scenario: Scenario) -> tuple[str, str, str]:
    """Return the group key, group title and row label of a path."""
    role, *names, field = path.split(".")
    if role in SECTIONS:
        return role, SECTION_TITLES.get(role, lever_label(role)), lever_label(field)
    if role == "relations" and field == "campaign":
        return names[0], scenario.display_name(names[0]), f"Target pressure on {scenario.display_name(names[1])}"
    if role == "relations":
        title = f"{scenario.display_name(names[0])} towards {scenario.display_name(names[1])}"
        return ".".join([role, *names]), title, lever_label(field)
    if role != "negotiations":
        return names[0], scenario.display_name(names[0]), lever_label(field)
    return _rung_location(names, field, scenario)


def _rung_location(names: list[str], field: str, scenario: Scenario) -> tuple[str, str, str]:
    talks = names[0]
    title = "The ladder" if len(scenario.negotiations) == 1 else f"The ladder: {scenario.display_name(talks)}"
    if len(names) == 1:
        return f"negotiations.{talks}", title, lever_label(field)
    rung = scenario.rung_title(talks, names[2])
    if field == "stake":
        return f"negotiations.{talks}.stakes", title.replace("The ladder", "Stakes of the rungs"), f"“{rung}”"
    party_prefix = f"{scenario.display_name(names[4])}: " if len(names) > 3 else ""
    return (
        f"negotiations.{talks}.rungs.{names[2]}",
        f"Rung “{rung}”",
        party_prefix + lever_label(field, bool(party_prefix)),
    )


def section_meaning(key: str) -> str:
    """Return the description of a section of parameters, or "" for actors and ladders."""
    text = (SECTIONS[key].__doc__ or "").split("(M")[0] if key in SECTIONS else ""
    return text.strip().rstrip(".")


def lever_label(field: str, within: bool = False) -> str:
    """Return the label of a field."""
    words = LABELS.get(field, field.replace("_", " ").capitalize())
    return words[0].lower() + words[1:] if within else words


def number_field(setting: DeclaredParameter, scenario: Scenario) -> tuple[str, LeverField]:
    """Return the name and the description of a numeric field: range, slider, unit, meaning and source."""
    role, *_, name = setting.path.split(".")
    low, high = setting.low, slider_limit(setting, scenario)
    kind = f"{role}.{setting.path.count('.')}.{name}" + ("" if high == setting.high else f"~{high:g}")
    return kind, {
        "kind": "number",
        "low": low,
        "most": setting.high,
        "high": high,
        "step": slider_step(low, high, setting.whole),
        "whole": setting.whole,
        "unit": setting.unit,
        "meaning": sentence(setting.meaning),
        "source": "" if setting.source == "assumed" else setting.source,
    }


def slider_limit(setting: DeclaredParameter, scenario: Scenario) -> float:
    """Return the upper end of a slider, beyond which a value has little effect. A typed value may exceed it."""
    _, *names, field = setting.path.split(".")
    if field == "bundling":
        return float(max(len(scenario.negotiations[names[0]].rungs), setting.value))
    if setting.unit.startswith("round") or field == "arrives":
        return float(max(min(setting.high, scenario.rounds), setting.value))
    if setting.high > 20 * max(setting.value, 1.0):
        return 10.0 ** math.ceil(math.log10(max(4 * setting.value, 1.0)))
    return setting.high


def slider_step(low: float, high: float, whole: bool) -> float:
    """Return the step of a slider: 1 for integers, else a power of ten that gives 50 to 500 steps."""
    return 1.0 if whole else 10.0 ** math.floor(math.log10((high - low) / 50))


def sentence(text: str) -> str:
    """Return a meaning as a sentence, without a leading symbol or mechanism number."""
    text = re.sub(r"^(\w{1,6}: )", "", text)
    return f"{text[:1].upper()}{text[1:]}."


def scenario_values(levers: Catalogue) -> dict[str, Value]:
    """Return the scenario's value of every adjustable path."""
    return {row["path"]: row["base"] for group in levers["groups"] for row in group["rows"]}
