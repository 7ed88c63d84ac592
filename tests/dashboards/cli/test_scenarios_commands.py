"""`detente scenarios`, `show`, `validate-scenario`, `schema` and `parameters`."""

import shlex
import subprocess

import jsonschema
import pytest
from support.commands import DETENTE, environment, refusal_message, run_detente, strict_json

from model.errors import ScenarioError
from model.loading import find_scenario, load_scenario, read_scenario, scenario_names
from model.parameter_space import declared_parameters, every_parameter, list_parameters


def test_scenarios_lists_all_built_in_scenarios(tmp_path):
    done = run_detente("scenarios", cwd=tmp_path)
    assert done.code == 0
    assert [
        line.split()[0] for line in done.out.splitlines()[1:] if line.split()[0] in scenario_names()
    ] == scenario_names()


def test_scenarios_as_json_has_names_and_summaries(tmp_path):
    listed = strict_json(run_detente("scenarios", "--json", cwd=tmp_path).out)
    assert [each["name"] for each in listed] == scenario_names()
    assert all(each["title"] and each["summary"] and each["rounds"] for each in listed)


def test_show_prints_a_built_in_file_unchanged(tmp_path):
    shown = subprocess.run(
        [DETENTE, "show", "us-iran-2026"], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert shown.stdout == find_scenario("us-iran-2026").read_bytes()


def test_show_prints_any_file_unchanged(tmp_path):
    content = b"# not even UTF-8: \xff\r\n\tname = 1\r\n# no line end"
    (tmp_path / "mine.toml").write_bytes(content)
    shown = subprocess.run(
        [DETENTE, "show", "mine.toml"], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert shown.stdout == content


def test_a_closed_pipe_causes_no_traceback(tmp_path):
    done = subprocess.run(
        f"{shlex.quote(str(DETENTE))} show us-iran-2026 | head -c 1", shell=True, cwd=tmp_path, env=environment(),
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.stdout == b"#"
    assert b"Traceback" not in done.stderr


def test_validate_scenario_accepts_a_built_in_file(tmp_path):
    done = run_detente("validate-scenario", find_scenario("gulf-region"), cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("gulf-region: valid (")


def test_validate_scenario_lists_all_errors_with_paths(tmp_path):
    broken = find_scenario("two-states").read_text("utf-8").replace("\nrounds = ", "\nroundz = 1\nrounds = 9999").replace(
        "[states.borea]", "[states.boreas]"
    )  # fmt: skip
    (tmp_path / "broken.toml").write_text(broken, "utf-8")
    message = refusal_message(run_detente("validate-scenario", "broken.toml", cwd=tmp_path))
    assert "roundz: no such key; did you mean `rounds`?" in message
    assert "rounds: must be between 1 and 1200" in message
    assert "negotiations.border.parties: no such state; did you mean `boreas`?" in message
    count = int(message.split()[0])
    assert count == len(message.splitlines()) - 1
    with pytest.raises(ScenarioError) as found:
        load_scenario(tmp_path / "broken.toml")
    assert count == len(found.value.errors)


def test_the_schema_accepts_built_in_scenarios(tmp_path):
    schema = strict_json(run_detente("schema", cwd=tmp_path).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(read_scenario("gulf-region"), schema)


def test_parameters_lists_all_parameters(tmp_path):
    listed = strict_json(run_detente("parameters", "--json", cwd=tmp_path).out)
    assert [each["path"] for each in listed] == [each.path for each in declared_parameters()]
    assert all(each["low"] <= each["value"] <= each["high"] and each["meaning"] for each in listed)


def test_parameters_of_a_scenario_are_those_that_are_read(tmp_path):
    listed = strict_json(run_detente("parameters", "two-states", "--json", cwd=tmp_path).out)
    scenario = load_scenario("two-states")
    assert [each["path"] for each in listed] == [each.path for each in list_parameters(scenario)]
    done = run_detente("parameters", "two-states", cwd=tmp_path).out
    assert f"{len(listed)} of {len(every_parameter(scenario))} parameters; nothing here reads the others." in done
    assert run_detente("parameters", "two-stats", cwd=tmp_path).code == 2


@pytest.mark.parametrize("columns", [{}, {"COLUMNS": "60"}, {"COLUMNS": "80"}, {"COLUMNS": "200"}])
def test_paths_and_sources_of_parameters_are_not_cut(columns, tmp_path):
    done = run_detente("parameters", cwd=tmp_path, **columns)
    words = set(done.out.split())
    assert {parameter.path for parameter in declared_parameters()} <= words
    assert "…" not in done.out
    assert {"Molander", ".005-.05"} <= {word.strip("[]") for word in words}  # a complete source
    if not columns:
        assert len(done.out.splitlines()) == len(declared_parameters()) + 2  # one line each
