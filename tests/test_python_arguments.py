"""Wrong arguments of the Python interface: one clear error that names the argument."""

from pathlib import Path

import pytest

import detente

RUN = ("run", "ensemble", "pivot", "load_scenario", "scenario_data", "parameters", "Assembly")


@pytest.mark.parametrize("name", RUN)
@pytest.mark.parametrize("value", [None, 5, b"two-states", ["two-states"]])
def test_a_scenario_of_a_wrong_type_is_named(name, value):
    with pytest.raises(detente.ScenarioError, match=r"^scenario: must be a name, a path, plain data"):
        getattr(detente, name)(value)


@pytest.mark.parametrize("value", [5, None, "x" * 5000])
def test_a_wrong_study_is_named(value):
    with pytest.raises(detente.ScenarioError, match=r"^study: "):
        detente.load_study(value)


@pytest.mark.parametrize("value", [-1, 0, 1.0, 2.5, "2", None, True, 10**9])
def test_a_wrong_number_of_worlds_is_named(value):
    with pytest.raises(detente.ScenarioError, match=r"^worlds: must be an integer between 1 and"):
        detente.ensemble("two-states", worlds=value)
    with pytest.raises(detente.ScenarioError, match=r"^worlds: "):
        detente.compare("two-states", {}, worlds=value)
    with pytest.raises(detente.ScenarioError, match=r"^futures: "):
        detente.pivot("two-states", futures=value)


@pytest.mark.parametrize("value", [-1, 2**63, 1.5, "x", float("nan"), []])
def test_a_wrong_seed_is_named(value):
    with pytest.raises(detente.ScenarioError, match=r"^seed: must be"):
        detente.run("two-states", seed=value)
    with pytest.raises(detente.ScenarioError, match=r"^rng: must be"):
        detente.Assembly("two-states", rng=value)


@pytest.mark.parametrize("value", [5, "abc", ["a"], {1: 2}, {None: 1}])
def test_wrong_changes_are_named(value):
    for call in (detente.run, detente.load_scenario):
        with pytest.raises(detente.ScenarioError, match=r"^set: "):
            call("two-states", set=value)
    with pytest.raises(detente.ScenarioError, match=r"^(change|set): "):
        detente.compare("two-states", value)


@pytest.mark.parametrize(
    "wrong", [{"round": "2"}, {"round": None}, {"round": 0}, {"actor": ["alba"]}, {"act": 3}, {"negotiation": ["x"]}]
)
def test_a_wrong_argument_of_why_is_named(wrong):
    run = detente.run("two-states", rounds=2)
    with pytest.raises(detente.ScenarioError, match=rf"^{next(iter(wrong))}: "):
        detente.why(run, **{"round": 1, "actor": "alba", "levers": False, **wrong})
    with pytest.raises(detente.ScenarioError, match=r"^run: must be a run"):
        detente.why("two-states", 1, "alba")


@pytest.mark.parametrize("folder", [None, 3, "", __file__])
def test_a_wrong_folder_of_a_sweep_is_named(folder):
    with pytest.raises(detente.ScenarioError, match=r"^folder: must be the path of a folder"):
        detente.sweep("step-by-step", folder)


@pytest.mark.parametrize("wrong", [{"points": 1.5}, {"points": "2"}, {"workers": -1}, {"workers": "2"}])
def test_wrong_numbers_of_a_sweep_are_named(wrong, tmp_path: Path):
    with pytest.raises(detente.ScenarioError, match=rf"^{next(iter(wrong))}: must be"):
        detente.sweep("step-by-step", tmp_path / "results", **wrong)


@pytest.mark.parametrize("wrong", [{"metrics": "mean(oil)"}, {"metrics": {"a": 5}}, {"metrics": {1: "mean(oil)"}}, {"stop_when": 5}, {"stop_when": "oil"}])  # fmt: skip
def test_wrong_metrics_are_named(wrong):
    with pytest.raises(detente.ScenarioError, match=rf"^{next(iter(wrong))}"):
        detente.ensemble("two-states", worlds=2, rounds=3, **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"worlds": 100}, r"^worlds: must be an integer between 1000 and"),
        ({"most": 4}, r"^most: must be an integer between 1 and 3"),
        ({"most": True}, r"^most: "),
        ({"seed": -1}, r"^seed: must be"),
        ({"may": "nobody.*"}, r"^may: no such lever"),
        ({"may": [5]}, r"^may: no such lever"),
        ({"may": 5}, r"^may: must be a pattern or a list of patterns"),
        ({"plausible": "nowhere.json"}, r"^nowhere.json: cannot be read"),
        ({"plausible": 5}, r"^plausible: must be True, False or the path of a sample file"),
        ({"goal": None}, r"^goal: must have the form"),
        ({"set": {"states.alba.generosity": 2}}, r"^states.alba.generosity: must be between 0 and 1"),
    ],
)
def test_a_wrong_argument_of_advise_is_named(wrong, message):
    with pytest.raises(detente.ScenarioError, match=message):
        detente.advise("two-states", **{"goal": "some_deal >= 0.4", **wrong})
