"""All that can be moved in a scenario, in groups, read from the declarations: levers, uncertainties, switches."""

import math
import re

from dashboards.web.pages.shared.messages import Catalogue, LeverField, LeverGroup, LeverRow, Value
from model.enumerations import Doctrine
from model.parameter_space import DeclaredParameter, list_parameters
from model.parameters import SECTIONS, Mechanisms
from model.scenario import Scenario

LABELS = {
    "dialogue": "Openness to talks",
    "campaign": "Pressure aimed at",
    "bundling": "Rungs tied into one step",
    "stake": "Weight of the rung",
    "after_cc": "Cooperates after both did",
    "after_cd": "Cooperates after being let down",
    "after_dc": "Cooperates after letting down",
    "after_dd": "Cooperates after neither did",
    "arrives": "Arrives in round",
    "cooperates_first": "Begins with cooperation",
}
SECTION_TITLES = {
    "scrutiny": "Scrutiny of proposals",
    "contact": "Ripeness and contact",
    "home": "Politics at home",
    "ladder": "Climbing the ladder",
    "environment": "Oil price and region",
}
STATE_CHOICES = {
    "states": {"doctrine": "how it chooses its monthly conduct", "cooperates_first": "its conduct before round 1"}
}


def lever_catalogue(scenario: Scenario) -> Catalogue:
    """Return all that can be changed: what each kind of field is, once, and the groups of rows."""
    fields: dict[str, LeverField] = {}
    groups: dict[tuple[str, str], LeverGroup] = {}
    parties = {party for talks in list(scenario.negotiations.values())[:1] for party in talks.parties}
    for setting in list_parameters(scenario):
        key, title, label = lever_location(setting.path, scenario)
        role = "lever" if setting.lever else "uncertainty"
        name, field = number_field(setting, scenario)
        fields[name] = field
        if (role, key) not in groups:
            opened = setting.lever and (key in parties or setting.path.endswith(".bundling"))
            groups[role, key] = LeverGroup(
                key=f"{role}:{key}", title=title, about=section_meaning(key), role=role, open=opened, rows=[]
            )
        groups[role, key]["rows"].append(LeverRow(path=setting.path, field=name, base=setting.value, label=label))
    for name, state in scenario.states.items():
        rows = groups["lever", name]["rows"]
        for field in ("doctrine", "cooperates_first"):
            fields[f"states.{field}"] = state_choice_field(field)
            path, base = f"states.{name}.{field}", getattr(state, field)
            rows.append(LeverRow(path=path, field=f"states.{field}", base=base, label=lever_label(field)))
    ordered = sorted(
        groups.values(),
        key=lambda group: (group["role"] != "lever", group_order(group["key"].partition(":")[2], scenario)),
    )
    return {"fields": fields, "groups": [*ordered, mechanism_group(scenario, fields)]}


def mechanism_group(scenario: Scenario, fields: dict[str, LeverField]) -> LeverGroup:
    """Return the group of mechanisms, each a switch."""
    rows: list[LeverRow] = []
    for name, info in Mechanisms.model_fields.items():
        path = f"mechanisms.{name}"
        fields[path] = {"kind": "switch", "meaning": sentence(info.description or "")}
        rows.append(LeverRow(path=path, field=path, base=getattr(scenario.mechanisms, name), label=lever_label(name)))
    return {
        "key": "switch:mechanisms",
        "title": "Mechanisms",
        "about": "one that is off is exactly absent",
        "role": "switch",
        "open": False,
        "rows": rows,
    }


def state_choice_field(field: str) -> LeverField:
    """Describe one of the two things about a state that are no number."""
    meaning = sentence(STATE_CHOICES["states"][field])
    if field == "doctrine":
        return {"kind": "choice", "choices": list(Doctrine.__members__), "meaning": meaning}
    return {"kind": "switch", "meaning": meaning}


def group_order(key: str, scenario: Scenario) -> tuple[int, int]:
    """Order groups: the ladder, then the parties, those who help, those who verify, third states, the rest."""
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
    """Say in which group a path stands: the key of the group, its title, and the label of the row."""
    role, *names, field = path.split(".")
    if role in SECTIONS:
        return role, SECTION_TITLES.get(role, lever_label(role)), lever_label(field)
    if role == "relations" and field == "campaign":
        return names[0], scenario.display_name(names[0]), f"Pressure aimed at, on {scenario.display_name(names[1])}"
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
        return f"negotiations.{talks}.stakes", title.replace("The ladder", "Weights of the rungs"), f"“{rung}”"
    whose = f"{scenario.display_name(names[4])}: " if len(names) > 3 else ""
    return f"negotiations.{talks}.rungs.{names[2]}", f"Rung “{rung}”", whose + lever_label(field, bool(whose))


def section_meaning(key: str) -> str:
    """Tell what a section of parameters is about; actors and ladders tell it by their names."""
    text = (SECTIONS[key].__doc__ or "").split("(M")[0] if key in SECTIONS else ""
    return text.strip().rstrip(".")


def lever_label(field: str, within: bool = False) -> str:
    """Write a field's name as a label."""
    words = LABELS.get(field, field.replace("_", " ").capitalize())
    return words[0].lower() + words[1:] if within else words


def number_field(setting: DeclaredParameter, scenario: Scenario) -> tuple[str, LeverField]:
    """Return the name of a kind of number, and its range, the range of its slider, its unit and meaning."""
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
    """Let a slider go no further than it changes anything; what is typed may lie beyond."""
    _, *names, field = setting.path.split(".")
    if field == "bundling":
        return float(max(len(scenario.negotiations[names[0]].rungs), setting.value))
    if setting.unit.startswith("round") or field == "arrives":
        return float(max(min(setting.high, scenario.rounds), setting.value))
    if setting.high > 20 * max(setting.value, 1.0):
        return 10.0 ** math.ceil(math.log10(max(4 * setting.value, 1.0)))
    return setting.high


def slider_step(low: float, high: float, whole: bool) -> float:
    """Choose a slider's step: 1 for whole numbers, else a power of ten that gives 50 to 500 steps."""
    return 1.0 if whole else 10.0 ** math.floor(math.log10((high - low) / 50))


def sentence(text: str) -> str:
    """Write a meaning as a sentence; a leading symbol or number of a mechanism is left out."""
    text = re.sub(r"^(\w{1,6}: )", "", text)
    return f"{text[:1].upper()}{text[1:]}."


def scenario_values(levers: Catalogue) -> dict[str, Value]:
    """Return the value in the scenario of everything that can be changed, by path."""
    return {row["path"]: row["base"] for group in levers["groups"] for row in group["rows"]}
