"""Parameters that nothing in a scenario reads: they are not offered, may be set, and change nothing."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.scenario_errors import rich_scenario, with_event, with_move
from support.worlds import measure_run, random_scenarios

from model.acts import nature_act
from model.compiler import rule
from model.loading import apply_changes, build_scenario, load_scenario, scenario_data, scenario_names
from model.mechanisms import Mechanisms
from model.offered_parameters import NEEDS, attributes_read, reason_unread
from model.parameter_space import declared_parameters, every_parameter, list_levers, list_parameters, unread_changes
from model.protocol import PROTOCOL


def two_parties():
    """Return a scenario with an actor of each role, where everything is read that can be."""
    data = rich_scenario()
    data["relations"]["alba"] = {"borea": {"campaign": 0.5}, "third-0": {"alliance": 0.5}}
    data["states"]["alba"] |= {"ambition": 0.5, "doctrine": "initiative"}
    data["states"]["borea"] |= {"doctrine": "assurance"}
    return data


STEP = "negotiations.talks.rungs.step-1"
WITHOUT = {"negotiations.talks.facilitators": []}
UNVERIFIED = {f"{STEP}.verifier": None, f"{STEP}.needs_verification": False}
UNSEEN = {**UNVERIFIED, "mechanisms.concealment": False}
UNPRESSED = {"relations.alba.borea.campaign": 0.0, "mechanisms.threats": False}
GROUPS = {  # path: changes without which it is offered, and with which it is not
    "states.borea.reward": {"states.borea.doctrine": "contrition"},
    "states.alba.after_cd": {"states.alba.doctrine": "assurance"},
    "states.alba.generosity": {"states.alba.doctrine": "contrition"},
    "states.alba.initiative": {"states.alba.doctrine": "reciprocity"},
    "states.alba.initiative_cost": {"mechanisms.reciprocity": False},
    "states.alba.discount_factor": {"mechanisms.impatience": False, "mechanisms.gradualism": False},
    "states.alba.trustworthiness": {"mechanisms.scrutiny": False, **UNSEEN},
    "states.alba.continuity": {"mechanisms.turnover": False},
    "states.borea.suppression": {"spoilers.wreckers.blamed_on": "alba"},
    "scrutiny.false_acceptance": {"mechanisms.scrutiny": False},
    "home.lock_in": {"mechanisms.audience_costs": False},
    "environment.shock_size": {"mechanisms.environment": False},
    "ladder.climb_chance": {"mechanisms.friction": False},
    "ladder.cool_down": {"mechanisms.turnover": False, **UNSEEN},
    "ladder.answer_delay": {"mechanisms.turnover": False},
    "verification.forgiveness": UNSEEN,
    "verification.deterrence": {f"mechanisms.{each}": False for each in ("verification", "concealment", "scrutiny")},
    "verification.betrayal_gain": {"mechanisms.scrutiny": False, **UNSEEN},
    "bodies.watch.detection": UNVERIFIED,
    f"{STEP}.verifiability": UNVERIFIED,
    f"{STEP}.reversibility": UNVERIFIED,
    f"{STEP}.access": {**UNVERIFIED, "states.alba.ambition": 0.0},
    "attacks.stopped_if_trustworthy": {"spoilers": {}},
    "attacks.attack_near_deal": {"mechanisms.spoilers": False},
    "facilitation.affinity": WITHOUT,
    "facilitators.helper.capacity": {"mechanisms.facilitation": False},
    "contact.offices_start_contact": WITHOUT,
    "facilitation.distortion": {"mechanisms.noise": False},
    "pressure.escalation": UNPRESSED,
    "tension.pressure_provokes": {"mechanisms.pressure": False},
    f"{STEP}.parties.alba.restraint": {"states.alba.ambition": 0.0},
    f"{STEP}.parties.alba.relief": UNPRESSED,
}


@pytest.mark.parametrize("path", GROUPS)
def test_a_parameter_is_offered_only_where_it_is_read(path):
    with_it = build_scenario(two_parties())
    without = build_scenario(apply_changes(two_parties(), GROUPS[path]))
    assert path in {each.path for each in list_parameters(with_it)}
    assert path in {each.path for each in every_parameter(without)}
    assert path not in {each.path for each in list_parameters(without)}


def test_parameters_of_a_party_are_not_offered_for_a_third_state():
    scenario = build_scenario(two_parties())
    offered = {
        each.path.rpartition(".")[2] for each in list_parameters(scenario) if each.path.startswith("states.third-0")
    }
    party_only = {"dialogue", "veto_players", "resolve", "discount_factor", "withdrawal", "trustworthiness"}
    assert not offered & (party_only | {"suppression", "reward", "initiative"})
    assert {"generosity", "reaction", "turnover"} <= offered


def test_an_alliance_is_offered_only_with_a_third_state():
    offered = {each.path for each in list_parameters(build_scenario(two_parties()))}
    assert "relations.alba.third-0.alliance" in offered
    assert "relations.alba.borea.alliance" not in offered


def test_bundling_is_offered_only_for_several_rungs():
    scenario = build_scenario(two_parties())
    (first, *others) = scenario.negotiations["talks"].rungs
    assert "negotiations.talks.bundling" in {each.path for each in list_levers(scenario)}
    assert others
    data = two_parties()
    data["negotiations"]["talks"]["rungs"] = {first: data["negotiations"]["talks"]["rungs"][first]}
    assert "negotiations.talks.bundling" not in {each.path for each in list_levers(build_scenario(data))}


def test_events_and_moves_can_make_a_parameter_read():
    plain = apply_changes(two_parties(), {**UNPRESSED, "states.alba.doctrine": "reciprocity"})
    event = with_event("pressure_step", actor="alba", counterpart="borea")
    move = with_move("take_initiative", actor="alba", counterpart="borea")
    for path, change in (("contact.cost_of_pressure", event), ("states.alba.initiative_cost", move)):
        assert reason_unread(build_scenario(plain), path)
        assert not reason_unread(build_scenario(apply_changes(plain, change)), path)


def test_a_scheduled_step_makes_its_cost_read():
    plain = apply_changes(two_parties(), {"states.alba.doctrine": "reciprocity"})
    step = with_event("initiative", actor="alba", counterpart="borea")
    assert reason_unread(build_scenario(plain), "states.alba.initiative_cost")
    announced = build_scenario(apply_changes(plain, step))
    assert not reason_unread(announced, "states.alba.initiative_cost")
    assert reason_unread(announced, "states.third-0.initiative_cost")


def test_an_unknown_parameter_counts_as_read():
    scenario = build_scenario(two_parties())
    for path in ("tension.later", "states.alba.later", "relations.alba.borea.later", f"{STEP}.parties.alba.later"):
        assert reason_unread(scenario, path) == ""


def test_every_pattern_matches_a_declared_parameter():
    known = [each.path for each in declared_parameters()]
    patterns = [pattern for need in NEEDS for pattern in need.parameters.split()]
    assert [each for each in patterns if not any(fnmatchcase(path, each) for path in known)] == []


@rule
def reads_by_another_rule(world, k):
    """Call a rule that reads a parameter."""
    return PROTOCOL[0].rule is None or misreads(world, k)


@rule
def misreads(world, k):
    """Read a parameter."""
    return world.misread_hostile > 0.0


def test_reading_is_found_through_other_rules():
    assert "misread_hostile" in attributes_read(nature_act(0, reads_by_another_rule, "contact").rule)
    namespace: dict = {}
    exec("def without_source(world, k):\n    return world.memory", namespace)
    assert "*" in attributes_read(namespace["without_source"])


def changed_unread(scenario, share):
    """Return the scenario with every parameter that nothing reads moved through its range, by a share from 0 to 1."""
    unread = {each.path: each for each in every_parameter(scenario) if reason_unread(scenario, each.path)}
    values = {path: each.low + share * (each.high - each.low) for path, each in unread.items()}
    changes = {path: round(value) if unread[path].whole else value for path, value in values.items()}
    return load_scenario(scenario_data(scenario), changes), unread


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_scenarios(), st.sampled_from([0.0, 0.3, 1.0]))
def test_what_is_not_offered_changes_nothing_at_random(scenario, share):
    changed, unread = changed_unread(scenario, share)
    for seed in (1, 2):
        assert measure_run(scenario, seed).tobytes() == measure_run(changed, seed).tobytes(), list(unread)


@pytest.mark.parametrize("name", scenario_names())
def test_what_is_not_offered_changes_nothing(name):
    for switch in (None, *Mechanisms.model_fields):
        scenario = load_scenario(name, {} if switch is None else {f"mechanisms.{switch}": False})
        for share in (0.0, 1.0):
            changed, unread = changed_unread(scenario, share)
            for seed in (1, 2):
                assert measure_run(scenario, seed).tobytes() == measure_run(changed, seed).tobytes(), (
                    switch,
                    [*unread],
                )


def test_a_change_without_effect_is_reported_with_its_reason():
    scenario = load_scenario("two-states", {"states.alba.reward": 2.0, "mechanisms.tension": False})
    paths = ["states.alba.reward", "mechanisms.tension", "tension.provocation", "states.alba.resolve"]
    assert unread_changes(scenario, paths) == [
        "tension.provocation has no effect: `tension` is off",
        "states.alba.reward has no effect: the state does not have the doctrine `assurance`",
    ]
