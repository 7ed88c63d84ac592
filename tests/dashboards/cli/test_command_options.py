"""Options and outputs that several commands share: help, width, paths, seeds, full disks."""

import subprocess
from pathlib import Path

import pytest
from support.commands import DETENTE, environment, invoke, refused_command, run_detente


def test_without_a_command_the_help_names_them_all(tmp_path):
    told = run_detente("--help", cwd=tmp_path)
    assert told.code == 0
    for name in ("scenarios", "show", "validate-scenario", "schema", "parameters", "run", "why", "sweep"):
        assert name in told.out


@pytest.mark.parametrize(
    "words",
    [
        ["run", "us-iran-2026", "--out", "kept"],
        ["ensemble", "us-iran-2026", "--worlds", 3],
        ["compare", "two-states", "--worlds", 3, "--set", "mechanisms.facilitation=false"],
        ["pivot", "two-states", "--seed", 7, "--futures", 5, "--set", "rounds=6"],
    ],
)
def test_a_narrow_screen_cuts_no_number_and_no_plot(words, tmp_path):
    for columns in (60, 80):
        done = run_detente(*words, cwd=tmp_path, COLUMNS=str(columns))
        assert done.code == 0, done.err
        assert "…" not in done.out
        shown = [line for line in done.out.splitlines() if not line.startswith(("Ask why", "Saved in"))]
        assert max(map(len, shown)) <= columns


def test_a_change_of_somebody_who_is_not_there_is_refused_with_who_is(tmp_path):
    for command in ("run", "compare", "ensemble", "pivot"):
        told = refused_command(command, "us-iran-2026", "--set", "states.alba.generosity=0.3", cwd=tmp_path)
        assert "no such state; there are: eu3, iran, israel, saudi-arabia, us" in told
        assert "is missing" not in told


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
def test_an_empty_path_is_refused_and_nothing_written(words, tmp_path):
    assert "is empty; give the path of a file or folder" in refused_command(*words, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["run", "two-states", "--report"], ["validate", "--report"], ["claims", "--out"]])
def test_what_cannot_be_written_is_told_by_its_name_before_anything_is_played(words, tmp_path):
    (tmp_path / "file").write_text("in the way")
    told = refused_command(*words, "file/x.html", cwd=tmp_path)
    assert told.startswith("file/x.html: cannot be written: ")
    assert ".tmp" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_seed_too_large_is_refused(tmp_path):
    assert "--seed" in refused_command("claims", "--seed", 10**22, cwd=tmp_path)


def test_a_store_that_is_a_folder_or_cannot_be_made_is_told(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "is a folder, not a file" in refused_command("class", "--port", 0, "--store", "folder", cwd=tmp_path)
    assert "in use" not in refused_command("class", "--port", 0, "--store", "/proc/x.db", cwd=tmp_path)


def test_an_output_that_knows_no_blocks_gets_other_signs(tmp_path):
    done = run_detente("run", "two-states", "--rounds", 3, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "trust, Alba in Borea  ???" in done.out


@pytest.mark.parametrize("words", [["scenarios"], ["parameters", "--json"], ["show", "two-states"]])
def test_a_full_disk_is_told_in_one_line(words, tmp_path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [DETENTE, *words], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode in (1, 2)
    assert done.stderr.decode().count("\n") == 1
    assert b"No space left on device" in done.stderr


def test_options_that_would_be_left_unheard_are_refused(tmp_path):
    told = refused_command("class", "--bots", 2, "--store", "x", "--port", 9, "--new-key", cwd=tmp_path)
    assert all(f"{option}: goes without --bots" in told for option in ("--store", "--port", "--new-key"))
    assert "is written SYMBOL=VALUE" in refused_command("validate", "--check", "B04b", "--set", "d", cwd=tmp_path)
    done = invoke("sweep", "two-tracks", "--out", tmp_path / "s", "--scheduler", "tcp://x:1")
    assert (done.exit_code, (tmp_path / "s").exists()) == (2, False)
    assert "goes with --executor dask" in done.stderr


def test_an_address_that_is_none_is_told_as_such(tmp_path):
    told = refused_command("class", "--host", "999.1.1.1", cwd=tmp_path)
    assert told.endswith("Choose another --host.\n")


@pytest.mark.parametrize(("command", "file"), [("run", "trajectory.parquet"), ("ensemble", "worlds.parquet")])
def test_files_of_something_else_are_not_written_over_and_own_ones_are(command, file, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / file).write_text("mine")
    words = (command, "two-states", "--set", "rounds=3", "--out", "kept", *["--worlds", 2][: 2 * (command != "run")])
    assert f"holds {file} of something else" in refused_command(*words, cwd=tmp_path)
    assert (tmp_path / "kept" / file).read_text() == "mine"
    (tmp_path / "kept" / file).unlink()
    assert [run_detente(*words, "--json", cwd=tmp_path).code for _ in range(2)] == [0, 0]
