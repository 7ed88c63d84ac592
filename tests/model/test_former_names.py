"""Names of earlier versions: files, paths and acts that use them work, with a one-line warning."""

import re
import tomllib
import warnings
from pathlib import Path

import pytest

from experiments.studies.study import load_study
from model.columns import PRIOR_VIOLATION
from model.errors import ScenarioError
from model.fixed_parameters import FIXED
from model.former_names import ACTS, COLUMNS, PATHS, REPLACED, FormerNameWarning, current_act, current_path
from model.loading import build_scenario, load_scenario, read_scenario, scenario_names
from model.overrides import act_index
from model.parameter_space import every_parameter
from model.protocol import ACT_INDEX, ACT_INDEX_BY_COLUMN
from model.rules import (
    bargaining,
    compliance,
    environment,
    facilitation,
    home,
    ladder,
    pressure,
    scrutiny,
    tension,
    verification,
)  # fmt: skip

CONSTANTS = {
    "bargaining.alliance_pull": bargaining.ALLIANCE_PULL,
    "bargaining.impatience_growth": bargaining.IMPATIENCE_GROWTH,
    "bargaining.oil_blunts_pressure": bargaining.OIL_BLUNTS_PRESSURE,
    "bargaining.wariness": tension.WARINESS,
    "environment.oil_memory": environment.OIL_MEMORY,
    "environment.oil_region_link": environment.OIL_REGION_LINK,
    "environment.region_memory": environment.REGION_MEMORY,
    "facilitation.credibility_rate": facilitation.CREDIBILITY_SPEED,
    "facilitation.exchange_calms": tension.EXCHANGE_CALMS,
    "facilitation.fatigue_persistence": facilitation.FATIGUE_REMAINS,
    "facilitation.fatigue_rate": facilitation.TASK_FATIGUE,
    "home.attack_erodes_support": home.ATTACK_ERODES,
    "home.audience_weight": bargaining.AUDIENCE_WEIGHT,
    "home.concession_erodes_support": home.CONCESSION_ERODES,
    "home.pressure_erodes_support": home.PRESSURE_ERODES,
    "home.progress_builds_support": home.PROGRESS_BUILDS,
    "home.support_speed": home.SUPPORT_SPEED,
    "home.unpopularity": home.UNPOPULARITY,
    "ladder.recovery": ladder.RECOVERY_ROUNDS,
    "pressure.hedging": pressure.HEDGING,
    "pressure.programme_speed": pressure.PROGRAMME_SPEED,
    "pressure.unseen_growth": pressure.UNSEEN_GROWTH,
    "scrutiny.prior_weight": scrutiny.PRIOR_WEIGHT,
    "tension.attack_provokes": tension.ATTACK_PROVOKES,
    "tension.demand_provokes": tension.DEMAND_PROVOKES,
    "tension.force_provokes": tension.FORCE_PROVOKES,
    "tension.programme_provokes": tension.PROGRAMME_PROVOKES,
    "tension.region_provokes": tension.REGION_PROVOKES,
    "verification.belief_drift": verification.BELIEF_DRIFT,
    "verification.prior_violation": PRIOR_VIOLATION,
    "verification.reputation_cost": compliance.REPUTATION_COST,
}
FORMER_FIXED = {  # names of versions before 0.1
    "bargaining.haste": "bargaining.impatience_growth",
    "facilitation.rest": "facilitation.fatigue_persistence",
    "home.attack_at_home": "home.attack_erodes_support",
    "home.concession_at_home": "home.concession_erodes_support",
    "home.dividend": "home.progress_builds_support",
    "home.pain_at_home": "home.pressure_erodes_support",
    "verification.blind_drift": "verification.belief_drift",
    "verification.good_name": "verification.reputation_cost",
}
DATA = Path(__file__).with_name("data")


@pytest.mark.parametrize("name", ["gulf-region", "us-iran-2026"])
def test_a_format_1_file_keeps_all_its_values(name):
    with pytest.warns(FormerNameWarning, match=f"{name}-format-1.toml: .*`states.*patience` is now") as found:
        scenario = load_scenario(DATA / f"{name}-format-1.toml")
    assert len(found) == 1
    assert scenario.format == 2
    written = leaves(tomllib.loads((DATA / f"{name}-format-1.toml").read_text("utf-8")))
    read = leaves(scenario.model_dump(by_alias=True))
    renamed = {path: current_path(path) for path in written}
    assert any(path != now for path, now in renamed.items())
    assert {now: written[path] for path, now in renamed.items()}.items() <= {**read, "format": 1}.items()


def leaves(data, path=""):
    """Return the numbers, switches and choices of plain data by dotted path."""
    if isinstance(data, dict):
        return {place: leaf for name, each in data.items() for place, leaf in leaves(each, f"{path}.{name}").items()}
    return {} if isinstance(data, list) else {path.removeprefix("."): data}


def test_every_former_path_leads_to_a_parameter():
    known = {parameter.path for parameter in every_parameter(load_scenario("us-iran-2026"))}
    for former in PATHS:
        path = former.replace("*", "iran")
        if former == "outsiders":
            path += ".hardline-network-a.hazard"
        if not former.startswith("mechanisms"):
            assert current_path(path) in known
            assert path not in known


def test_every_former_act_leads_to_an_act():
    assert {current_act(name) for name in ACTS} <= {*ACT_INDEX}
    assert {current_act(name) for name in COLUMNS} <= {*ACT_INDEX_BY_COLUMN}
    assert not {*ACTS, *COLUMNS} & {*ACT_INDEX, *ACT_INDEX_BY_COLUMN}
    assert act_index("table") == act_index("propose") == act_index("tabled")


def test_a_change_by_a_former_path_is_made():
    with pytest.warns(FormerNameWarning, match="`states.alba.patience` is now `states.alba.discount_factor`"):
        scenario = load_scenario("two-states", {"states.alba.patience": 0.5})
    assert scenario.states["alba"].discount_factor == 0.5


def test_a_value_under_both_its_names_is_refused():
    data = read_scenario("two-states")
    both = {"shading": 0.1, "distortion": 0.2}
    with pytest.raises(ScenarioError, match=r"former name of `facilitation.distortion`"):
        build_scenario({**data, "facilitation": both})


def test_present_names_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in scenario_names():
            load_scenario(name)


def test_a_study_with_former_names_is_read():
    data = {
        "name": "old", "question": "?", "scenario": "two-states", "common_dice": False,
        "uncertainties": {"states.alba.patience": [0.5, 0.9]},
    }  # fmt: skip
    with pytest.warns(FormerNameWarning):
        study = load_study(data)
    assert [factor.path for factor in study.factors] == ["states.alba.discount_factor"]
    assert study.file.common_random_numbers is False


@pytest.mark.parametrize("paths", [("patience", "discount_factor"), ("discount_factor", "patience")])
def test_a_change_under_both_its_names_is_refused(paths):
    changes = {f"states.alba.{name}": 0.5 + at / 10 for at, name in enumerate(paths)}
    with pytest.raises(ScenarioError, match=r"^states.alba.patience: is the former name of `states.alba.discount"):
        load_scenario("two-states", changes)


@pytest.mark.parametrize("table", ["levers", "uncertainties", "changes"])
def test_a_study_with_both_names_of_a_path_is_refused(table):
    value = 0.5 if table == "changes" else [0.5, 0.9]
    both = dict.fromkeys(("states.alba.patience", "states.alba.discount_factor"), value)
    data = {"name": "old", "question": "?", "scenario": "two-states", table: both}
    with pytest.raises(ScenarioError, match=rf"^{table}.states.alba.patience: is the former name"):
        load_study(data)
    switches = {"common_dice": False, "common_random_numbers": True}
    with pytest.raises(ScenarioError, match=r"^common_dice: is the former name of `common_random_numbers`"):
        load_study({**data, **switches, table: {}})


@pytest.mark.parametrize("name", ["a.b", 1])
def test_invalid_names_around_a_former_one_are_reported(name):
    data = read_scenario("two-states")
    with pytest.raises(ScenarioError, match="states"):
        build_scenario({**data, "states": {**data["states"], name: {"patience": 0.5}}})


def test_the_warning_of_a_study_names_its_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('question="?"\nscenario="two-states"\n[levers]\n"states.alba.patience"=[0.5, 0.9]\n')
    with pytest.warns(FormerNameWarning, match=r"^mine.toml: names of an earlier version"):
        load_study(path)


@pytest.mark.parametrize("path", REPLACED)
def test_a_replaced_parameter_is_refused_with_its_successor(path):
    section, name = path.split(".")
    successor = re.search(r"see `([\w.]+)`", REPLACED[path]).group(1)
    assert successor in {parameter.path for parameter in every_parameter(load_scenario("two-states"))}
    message = f"{path}: is no parameter of this version: {REPLACED[path]}"
    data = read_scenario("two-states")
    with pytest.raises(ScenarioError) as file:
        build_scenario({**data, section: {**data.get(section, {}), name: 0.5}, "rounds": 0})
    assert message in str(file.value).splitlines()
    assert len(file.value.errors) == 2
    with pytest.raises(ScenarioError) as change:
        load_scenario("two-states", {path: 0.5})
    assert str(change.value) == message
    study = {"name": "old", "question": "?", "scenario": "two-states", "uncertainties": {path: [0.1, 0.2]}}
    with pytest.raises(ScenarioError, match="is no parameter of this version"):
        load_study(study)


@pytest.mark.parametrize("path", FIXED)
def test_a_fixed_parameter_takes_only_its_present_value(path):
    section, name = path.split(".")
    data = read_scenario("two-states")
    same = {**data, section: {**data.get(section, {}), name: FIXED[path]}}
    assert build_scenario(same) == load_scenario("two-states", {path: FIXED[path]}) == load_scenario("two-states")
    message = f"{path}: is no parameter of this version: the rules fix it at {FIXED[path]:g}"
    with pytest.raises(ScenarioError) as file:
        build_scenario({**data, section: {**data.get(section, {}), name: 0.7}, "rounds": 0})
    assert message in str(file.value).splitlines()
    assert len(file.value.errors) == 2
    with pytest.raises(ScenarioError) as change:
        load_scenario("two-states", {path: 0.7})
    assert str(change.value) == message
    study = {"name": "old", "question": "?", "scenario": "two-states", "uncertainties": {path: [0.1, 0.2]}}
    with pytest.raises(ScenarioError, match="the rules fix it at"):
        load_study(study)


def test_fixed_values_are_those_of_the_rules():
    assert {**CONSTANTS, **{former: CONSTANTS[path] for former, path in FORMER_FIXED.items()}} == FIXED
