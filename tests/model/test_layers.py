"""The layers: each number and switch is of the core, of the extended layer, or of a case."""

import pytest

from model.mechanisms import SWITCH_LAYERS
from model.parameter_space import declared_parameters
from model.protocol import PROTOCOL
from model.scenario import Scenario

EXTENDED = ("audience_costs", "impatience", "alliances", "environment", "spoilers", "threats", "force", "concealment")


def test_the_core_has_about_25_numbers():
    numbers = [each.path for each in declared_parameters() if each.layer == "core"]
    assert 20 <= len(numbers) <= 30


@pytest.mark.parametrize("switch", EXTENDED)
def test_special_mechanisms_are_extended(switch):
    assert SWITCH_LAYERS[switch] == "extended"


def test_numbers_of_actors_describe_a_case():
    layers = {each.layer for each in declared_parameters() if "NAME" in each.path}
    assert layers == {"case"}


def test_the_schema_shows_the_layer_of_every_number():
    definitions = Scenario.model_json_schema()["$defs"]
    shown = {name: field["layer"] for name, field in definitions["Mechanisms"]["properties"].items()}
    assert shown == SWITCH_LAYERS
    unmarked = [
        (table, name)
        for table, definition in definitions.items()
        for name, field in definition["properties"].items()
        if "role" in field and field.get("layer") not in ("core", "extended", "case")
    ]
    assert unmarked == []
    assert definitions["Conduct"]["properties"]["trust_moves_conduct"]["layer"] == "core"
    assert definitions["StateSpec"]["properties"]["resolve"]["layer"] == "case"


def test_every_switch_of_the_core_switches_an_act_or_odds():
    acting = {act.mechanism for act in PROTOCOL} | {"relations"}
    assert {name for name, layer in SWITCH_LAYERS.items() if layer == "core"} <= acting
