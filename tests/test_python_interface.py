"""The Python interface: the numbers of the command line, as tables and short texts, and errors on one line."""

import inspect
import json
import subprocess
import sys

import numpy as np
import pytest
from support.commands import invoke, run_detente, strict_json

import detente
from model.measures import indicator_names, trajectory_digest
from model.overrides import Override

SCENARIO = "two-states"
GENEROUS = {"states.alba.generosity": 0.4}
HEAVY_PACKAGES = {
    "numba",
    "numpy",
    "pandas",
    "mesa",
    "solara",
    "pydantic",
    "plotly",
    "rich",
    "model",
    "agents",
    "experiments",
}


def printed(*words):
    """Return what a command prints as JSON."""
    done = invoke(*words, "--json")
    assert done.exit_code == 0, done.output
    return strict_json(done.stdout)


def test_importing_detente_imports_nothing_heavy():
    script = "import detente, json, sys; print(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert HEAVY_PACKAGES & {*json.loads(done.stdout)} == set()


def test_an_error_class_is_imported_without_the_model():
    script = "import detente, sys; detente.ScenarioError; print('numba' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_dir_lists_exactly_the_public_names():
    assert dir(detente) == sorted(detente.__all__)
    for name in detente.__all__:
        found = getattr(detente, name)
        assert name == "__version__" or inspect.getdoc(found), name
    public = {name for name, found in vars(detente).items() if inspect.isfunction(found) and name[0] != "_"}
    assert public <= {*detente.__all__}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'detente' has no attribute 'runs'"):
        detente.runs  # noqa: B018


def test_a_run_equals_that_of_the_command_line(tmp_path):
    words = ["run", SCENARIO, "--seed", 3, "--rounds", 12, "--set", "states.alba.generosity=0.4", "--json"]
    facts = strict_json(run_detente(*words, cwd=tmp_path).out)
    run = detente.run(SCENARIO, seed=3, rounds=12, set=GENEROUS)
    assert trajectory_digest(run.trajectory) == facts["trajectory_digest"]
    assert run.ledger is not None
    assert run.ledger.digest() == facts["ledger_digest"]
    assert {name: each.name for name, each in run.outcomes.items()} == {
        name: each["outcome"] for name, each in facts["negotiations"].items()
    }


def test_a_run_is_a_table_with_a_row_for_each_month():
    run = detente.run(SCENARIO, rounds=6)
    table = run.frame()
    assert table.index.tolist() == [*range(7)]
    assert table.index.name == "round"
    assert table.columns.tolist() == indicator_names(["border"])
    assert (table["trust"].to_numpy() == run.trajectory[:, 0]).all()
    assert run.chronicle().splitlines()[0].partition(": ")[0].isdigit()


def test_a_run_without_a_ledger_has_no_chronicle():
    with pytest.raises(ValueError, match="no ledger"):
        detente.Assembly(SCENARIO, ledger=False).chronicle()


def test_reprs_are_short_and_name_the_outcome():
    run = detente.run(SCENARIO, seed=7, rounds=12)
    name, number = run.outcome.name, run.outcome.value
    assert repr(run) == f"<two-states, seed 7, round 12 of 12; border: {name}>"
    assert repr(run.outcomes) == f"{{'border': Outcome.{name}}}"
    assert f"{run.outcome}, {run.outcome:d}, {run.outcome!s}" == f"Outcome.{name}, {number}, Outcome.{name}"
    assert json.dumps(run.outcome) == str(number)
    assert repr(detente.load_scenario(SCENARIO)) == (
        "Scenario('two-states': states alba, borea; negotiations border; 60 rounds)"
    )
    assert repr(detente.load_study("two-tracks")).startswith("Study('two-tracks': us-iran-2026, 108 points of ")


def test_an_ensemble_equals_that_of_the_command_line():
    facts = printed("ensemble", SCENARIO, "--worlds", 20, "--seed", 5, "--set", "states.alba.generosity=0.4")
    ensemble = detente.ensemble(SCENARIO, worlds=20, seed=5, set=GENEROUS)
    assert ensemble.digests == facts["trajectory_digests"]
    assert {name: share._asdict() for name, share in ensemble.shares().items()} == facts["outcomes"]


def test_an_ensemble_is_a_table_and_a_short_text():
    ensemble = detente.ensemble(SCENARIO, worlds=20, rounds=6)
    table = ensemble.frame()
    assert table["seed"].tolist() == [*range(1, 21)]
    assert {*table["outcome"]} <= {*detente.Outcome.__members__}
    lines = repr(ensemble).splitlines()
    assert lines[0] == "two-states: 20 worlds of 6 rounds, seeds 1 to 20"
    assert [line.split()[0] for line in lines[2:6]] == [each.name for each in reversed(detente.Outcome)]


def test_a_comparison_equals_that_of_the_command_line():
    facts = printed("compare", SCENARIO, "--set", "mechanisms.facilitation=false", "--worlds", 40)
    comparison = detente.compare(SCENARIO, {"mechanisms.facilitation": False}, worlds=40)
    assert comparison.share_of_worlds_changed == facts["share_of_worlds_changed"]
    table = comparison.frame()
    for name, effect in facts["effects"].items():
        assert table.loc[name, "difference"] == effect["difference"]
    assert [line.split()[0] for line in repr(comparison).splitlines()[2:]] == table.index.tolist()


def test_a_pivot_equals_that_of_the_command_line():
    facts = printed("pivot", SCENARIO, "--seed", 4, "--futures", 20, "--set", "rounds=12")
    pivot = detente.pivot(SCENARIO, seed=4, futures=20, rounds=12)
    assert pivot.turning_round == facts["turning_round"]
    assert pivot.frame()["breakdown"].tolist() == facts["chances"]["breakdown"]
    assert pivot.decisions()["act"].tolist()[:10] == [each["act"] for each in facts["actions"]]
    assert repr(pivot).startswith(f"two-states, seed 4: round {pivot.turning_round} ")


def test_a_sweep_has_a_row_for_each_run_and_point(tmp_path):
    calls = []
    swept = detente.sweep("two-tracks", tmp_path / "sweep", points=2, progress=lambda *done: calls.append(done))
    table, points = swept.frame(), swept.by_point()
    assert len(points) == 2
    assert len(table) == points["runs"].sum()
    assert calls[-1] == (2, 0)
    assert detente.sweep(detente.load_study("two-tracks"), tmp_path / "sweep", points=2).played == 0


def test_an_explanation_equals_that_of_the_command_line(tmp_path):
    run_detente("run", SCENARIO, "--seed", 3, "--rounds", 12, "--out", "saved", cwd=tmp_path)
    words = ["why", "saved", "--round", 5, "--actor", "alba", "--no-levers"]
    shown = run_detente(*words, cwd=tmp_path, COLUMNS="100").out.splitlines()
    lines = repr(detente.why(detente.run(SCENARIO, seed=3, rounds=12), 5, "alba", levers=False)).splitlines()
    assert [line.rstrip() for line in shown[1:]] == lines[1:]


def test_an_explanation_repeats_the_moves_forced_on_a_run():
    moves = [Override(now, "choose_conduct", None, "borea", "alba", 0.0) for now in range(1, 6)]
    run = detente.Assembly(SCENARIO, {"rounds": 12}, rng=3, overrides=moves).run()
    explanation = detente.why(run, 6, "alba", "choose_conduct", levers=False)
    assert explanation.row["value"] == explanation.question.value
    assert explanation.question.world.conduct[1, 0] == 0


@pytest.mark.parametrize("source", ["name", "path", "data", "scenario"])
def test_a_scenario_is_a_name_path_data_or_scenario(source, tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes(run_detente("show", SCENARIO, cwd=tmp_path).out.encode())
    scenario = {
        "name": SCENARIO,
        "path": path,
        "data": detente.scenario_data(SCENARIO),
        "scenario": detente.load_scenario(SCENARIO),
    }[source]
    run = detente.run(scenario, rounds=4, set=GENEROUS)
    assert trajectory_digest(run.trajectory) == trajectory_digest(
        detente.run(SCENARIO, rounds=4, set=GENEROUS).trajectory
    )
    assert detente.ensemble(scenario, 4, rounds=4).digests == detente.ensemble(SCENARIO, 4, rounds=4).digests


@pytest.mark.parametrize("name", detente.scenarios())
def test_the_data_of_a_loaded_scenario_load_again(name):
    loaded = detente.load_scenario(name)
    assert detente.load_scenario(detente.scenario_data(loaded)) == loaded


ERRORS = [
    ({"set": {"states.alba.generosity": 1.7}}, "states.alba.generosity: must be between 0 and 1 (found 1.7)"),
    ({"set": {"states.alba.generosty": 0.7}}, "states.alba.generosty: no such key; did you mean `generosity`?"),
    ({"set": {"states.alpa.generosity": 0.7}}, "states.alpa.generosity: no such state; did you mean `alba`?"),
    ({"set": {"mechanisms.noise": 3}}, "mechanisms.noise: "),
    ({"rounds": 0}, "rounds: must be between 1 and 1200 (found 0)"),
    ({"seed": -1}, "seed: must be an integer between 0 and 2**63 - 1 (found -1)"),
    ({"seed": 1.5}, "seed: must be an integer between 0 and 2**63 - 1 (found 1.5)"),
]


@pytest.mark.parametrize("function", [detente.run, detente.ensemble, detente.pivot], ids=lambda each: each.__name__)
@pytest.mark.parametrize(("given", "message"), ERRORS)
def test_an_error_is_one_line_that_names_the_field(function, given, message):
    with pytest.raises(detente.ScenarioError) as raised:
        function(SCENARIO, **given)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_wrong_counts_and_names_are_scenario_errors(tmp_path):
    run = detente.run(SCENARIO, rounds=4)
    for wrong, message in (
        (lambda: detente.ensemble(SCENARIO, worlds=0), "worlds: "),
        (lambda: detente.pivot(SCENARIO, futures=1), "futures: "),
        (lambda: detente.run("two-state"), "did you mean `two-states`"),
        (lambda: detente.compare(SCENARIO, {"states.alba.generosity": 7}), "states.alba.generosity: "),
        (lambda: detente.sweep("two-track", tmp_path), "study: "),
        (lambda: detente.why(run, 2, "albo"), "did you mean `alba`"),
        (lambda: detente.why(run, 5, "alba"), "round: must be an integer between 1 and 4"),
    ):
        with pytest.raises(detente.ScenarioError) as raised:
            wrong()
        assert message in str(raised.value)


def test_seeds_may_be_numbers_of_numpy():
    run = detente.run(SCENARIO, seed=np.int64(3), rounds=2)  # type: ignore[arg-type]
    assert run.seed == 3


def test_parameters_are_a_table_of_paths_and_ranges():
    table = detente.parameters(SCENARIO).set_index("path")
    assert table.loc["states.alba.generosity", ["low", "high"]].tolist() == [0, 1]
    for path in table.index[:5]:
        detente.load_scenario(SCENARIO, {path: table.loc[path, "value"]})
