"""The layers: each number and switch is of the core, of the extended layer, or of a case."""

import pytest

from model.parameter_space import declared_parameters
from model.parameters import CORE, Mechanisms, layer_of
from model.protocol import PROTOCOL
from model.scenario import Scenario

EXTENDED = ("audience_costs", "impatience", "alliances", "environment", "spoilers", "threats", "force", "concealment")


def test_the_core_has_about_25_numbers():
    numbers = [each.path for each in declared_parameters() if each.layer == "core"]
    assert 20 <= len(numbers) <= 30


def test_the_core_names_only_declared_fields():
    assert {name for model, names in CORE.items() for name in names if name not in model.model_fields} == set()


@pytest.mark.parametrize("switch", EXTENDED)
def test_special_mechanisms_are_extended(switch):
    assert layer_of(Mechanisms, switch) == "extended"


def test_numbers_of_actors_describe_a_case():
    layers = {each.layer for each in declared_parameters() if "NAME" in each.path}
    assert layers == {"case"}


def test_the_schema_shows_the_layer_of_every_number():
    definitions = Scenario.model_json_schema()["$defs"]
    shown = [
        (field["layer"], name in CORE.get(Mechanisms, ()))
        for name, field in definitions["Mechanisms"]["properties"].items()
    ]
    assert all((layer == "core") == is_core for layer, is_core in shown)
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
    assert set(CORE[Mechanisms]) <= acting
