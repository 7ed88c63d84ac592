"""Common options and outputs of commands: help, width, paths, seeds, full disks."""

import subprocess
from pathlib import Path

import pytest
from support.commands import DETENTE, environment, invoke, refused_command, run_detente


def test_the_help_lists_all_commands(tmp_path):
    done = run_detente("--help", cwd=tmp_path)
    assert done.code == 0
    for name in ("scenarios", "show", "validate-scenario", "schema", "parameters", "run", "why", "sweep"):
        assert name in done.out


@pytest.mark.parametrize(
    "words",
    [
        ["run", "us-iran-2026", "--out", "saved"],
        ["ensemble", "us-iran-2026", "--worlds", 3],
        ["compare", "two-states", "--worlds", 3, "--set", "mechanisms.facilitation=false"],
        ["pivot", "two-states", "--seed", 7, "--futures", 5, "--set", "rounds=6"],
        ["advise", "two-states", "--goal", "some_deal >= 0.9", "--may", "*.hosting", "--set", "rounds=24"],
    ],
)
def test_a_narrow_terminal_cuts_no_number_and_no_plot(words, tmp_path):
    for columns in (60, 80):
        done = run_detente(*words, cwd=tmp_path, COLUMNS=str(columns))
        assert done.code == 0, done.err
        assert "…" not in done.out
        shown = [
            line for line in done.out.splitlines() if not line.startswith(("Explain a decision", "Saved to", "To see"))
        ]
        assert max(map(len, shown)) <= columns


def test_a_change_of_an_unknown_actor_is_refused(tmp_path):
    for command in ("run", "compare", "ensemble", "pivot"):
        message = refused_command(command, "us-iran-2026", "--set", "states.alba.generosity=0.3", cwd=tmp_path)
        assert "no such state; available: eu3, iran, israel, saudi-arabia, us" in message
        assert "is missing" not in message


@pytest.mark.parametrize(
    "words",
    [
        ["run", "two-states", "--out", ""],
        ["run", "two-states", "--report", ""],
        ["ensemble", "two-states", "--out", ""],
        ["ensemble", "two-states", "--against", ""],
        ["why", "", "--round", 1, "--actor", "alba"],
        ["sweep", "two-tracks", "--out", ""],
        ["results", ""],
        ["results", "x", "--csv", ""],
        ["results", "x", "--parquet", ""],
        ["claims", "--out", ""],
        ["cases", "egypt-israel-1973", "--csv", ""],
        ["validate", "--report", ""],
        ["validate", "--markdown", ""],
        ["class", "--store", ""],
        ["lesson", ""],
        ["lesson", "x.json", "--report", ""],
    ],
)
def test_an_empty_path_is_refused(words, tmp_path):
    assert "is empty; give the path of a file or folder" in refused_command(*words, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["run", "two-states", "--report"], ["validate", "--report"], ["claims", "--out"]])
def test_an_unwritable_output_is_reported_before_the_run(words, tmp_path):
    (tmp_path / "file").write_text("in the way")
    message = refused_command(*words, "file/x.html", cwd=tmp_path)
    assert message.startswith("file/x.html: cannot be written: ")
    assert ".tmp" not in message
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_seed_too_large_is_refused(tmp_path):
    assert "--seed" in refused_command("claims", "--seed", 10**22, cwd=tmp_path)


def test_an_unusable_classroom_store_is_reported(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "is a folder, not a file" in refused_command("class", "--port", 0, "--store", "folder", cwd=tmp_path)
    assert "in use" not in refused_command("class", "--port", 0, "--store", "/proc/x.db", cwd=tmp_path)


def test_unsupported_characters_of_the_output_are_replaced(tmp_path):
    done = run_detente("run", "two-states", "--rounds", 3, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "trust, Alba in Borea  ???" in done.out


@pytest.mark.parametrize("words", [["scenarios"], ["parameters", "--json"], ["show", "two-states"]])
def test_a_full_disk_is_reported_in_one_line(words, tmp_path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [DETENTE, *words], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode in (1, 2)
    assert done.stderr.decode().count("\n") == 1
    assert b"No space left on device" in done.stderr


def test_options_without_effect_are_refused(tmp_path):
    message = refused_command("class", "--bots", 2, "--store", "x", "--port", 9, "--new-key", cwd=tmp_path)
    assert all(f"{option}: cannot be combined with --bots" in message for option in ("--store", "--port", "--new-key"))
    assert "must have the form SYMBOL=VALUE" in refused_command(
        "validate", "--check", "B04b", "--set", "d", cwd=tmp_path
    )
    done = invoke("sweep", "two-tracks", "--out", tmp_path / "s", "--scheduler", "tcp://x:1")
    assert (done.exit_code, (tmp_path / "s").exists()) == (2, False)
    assert "requires --executor dask" in done.stderr


def test_an_invalid_host_is_reported(tmp_path):
    message = refused_command("class", "--host", "999.1.1.1", cwd=tmp_path)
    assert message.endswith("Choose another --host.\n")


@pytest.mark.parametrize(("command", "file"), [("run", "trajectory.parquet"), ("ensemble", "worlds.parquet")])
def test_only_own_output_files_are_overwritten(command, file, tmp_path):
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / file).write_text("content")
    words = (command, "two-states", "--set", "rounds=3", "--out", "saved", *["--worlds", 2][: 2 * (command != "run")])
    assert f"contains {file} from another source" in refused_command(*words, cwd=tmp_path)
    assert (tmp_path / "saved" / file).read_text() == "content"
    (tmp_path / "saved" / file).unlink()
    assert [run_detente(*words, "--json", cwd=tmp_path).code for _ in range(2)] == [0, 0]
