"""Sweeps: the table is the same for any number of workers, and grows with the requested points."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from support.commands import invoke, run_detente
from support.studies import LARGE_STUDY, study_data, sweep_failing, write_study

from experiments.ensembles.ensemble import play_ensemble
from experiments.studies.chunk import run_chunk
from experiments.studies.results import runs_table, sweep_summary
from experiments.studies.store import code_digests, part_paths
from experiments.studies.study import load_study
from experiments.studies.sweep import estimate_seconds, plan_sweep, sweep
from model.enumerations import Outcome
from model.errors import ScenarioError


def test_row_equals_the_run_of_its_point_and_seed(tmp_path):
    swept = sweep(study_data(), tmp_path)
    table, points = runs_table(tmp_path), load_study(study_data()).points()
    assert (swept.points, swept.played, swept.failed) == (6, 6, 0)
    assert len(table) == 18
    for point, values in enumerate(points.to_dict("records")):
        alone = play_ensemble("two-states", 3, 1, rounds=8, changes=values)
        rows = table[table["point"] == point]
        assert rows["outcome"].tolist() == [Outcome(int(each)).name for each in alone.overall]
        assert rows["seed"].tolist() == [1, 2, 3]
        np.testing.assert_array_equal(rows["mean_trust"], alone.means[:, 0])
        np.testing.assert_array_equal(rows["end_deal_progress"], alone.ends[:, 3])


def test_random_numbers_are_common_unless_switched_off(tmp_path):
    common = sweep(study_data(), tmp_path / "common").frame()
    own = sweep(study_data(common_random_numbers=False), tmp_path / "own").frame()
    assert common[common["point"] == 4]["seed"].tolist() == [1, 2, 3]
    assert own[own["point"] == 4]["seed"].tolist() == [13, 14, 15]
    values = load_study(study_data()).points().iloc[4].to_dict()
    alone = play_ensemble("two-states", 3, 13, rounds=8, changes=values)
    np.testing.assert_array_equal(own[own["point"] == 4]["mean_trust"], alone.means[:, 0])


@pytest.mark.parametrize("workers", [2, 5])
def test_number_of_workers_does_not_change_the_table(workers, whole, tmp_path):
    sweep(study_data(**LARGE_STUDY), tmp_path, workers=workers)
    pd.testing.assert_frame_equal(runs_table(tmp_path), whole)


def test_larger_number_of_points_extends_the_folder(whole, tmp_path):
    first = sweep(study_data(**LARGE_STUDY), tmp_path, points=200)
    before = {path: path.stat().st_mtime_ns for path in part_paths(tmp_path, "runs")}
    more = sweep(study_data(**LARGE_STUDY), tmp_path, points=600)
    rest = sweep(study_data(**LARGE_STUDY), tmp_path)
    assert (first.played, more.played, rest.played) == (200, 400, 360)
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())
    assert sweep(study_data(**LARGE_STUDY), tmp_path).played == 0
    pd.testing.assert_frame_equal(runs_table(tmp_path), whole)


def test_invalid_executor_or_scheduler_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="--executor: allowed is local or dask"):
        sweep(study_data(), tmp_path, executor="foo")  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match="--scheduler: requires --executor dask"):
        sweep(study_data(), tmp_path, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(ScenarioError, match="--scheduler: no Dask scheduler responds at this address"):
        sweep(study_data(), tmp_path, executor="dask", scheduler="nonsense")


def test_failed_point_is_a_row_with_stage_and_error(tmp_path):
    sweep_failing(study_data(), tmp_path, first=5)
    swept = sweep(study_data(), tmp_path)
    found = runs_table(tmp_path)
    assert (swept.played, swept.failed) == (0, 1)
    (lost,) = found[found["error"].notna()].to_dict("records")
    assert (lost["point"], lost["stage"]) == (5, "scenario")
    assert "states.alba.doctrine" in lost["error"]
    assert len(found[found["error"].isna()]) == 15
    assert sweep_summary(tmp_path)["failed"] == 1
    assert "failed (scenario): 1 points from point 5" in invoke("results", tmp_path).stdout


def test_chunk_continues_after_a_point_that_fails():
    """Studies check their values, so the chunk is run with a value that no study has."""
    study = load_study(
        study_data(levers={"states.alba.doctrine": {"values": ["reciprocity", "assurance"]}}, uncertainties={})
    )
    table = pd.DataFrame({"states.alba.doctrine": ["appeasement", "assurance"]})
    errors = run_chunk(study, 0, table, code_digests()).runs.column("error").to_pylist()
    assert "states.alba.doctrine" in errors[0]
    assert errors[1:] == [None] * 3


def test_second_sweep_into_one_folder_is_refused(tmp_path):
    from experiments.studies.store import StudyStore

    with StudyStore(tmp_path / "out", load_study(study_data())):
        done = run_detente("sweep", write_study(tmp_path), "--out", tmp_path / "out", cwd=tmp_path)
    assert done.code == 2
    assert "another sweep is running" in done.err
    assert invoke("sweep", tmp_path / "small.toml", "--out", tmp_path / "out").exit_code == 0


def test_estimated_size_is_near_that_of_the_folder(tmp_path):
    study = load_study(study_data(design={"kind": "latin", "points": 100}))
    estimated = plan_sweep(study, tmp_path / "out").size
    sweep(study, tmp_path / "out")
    size = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert 0.7 * size < estimated < 1.4 * size


def test_dry_run_prints_the_plan_and_runs_nothing(tmp_path):
    done = invoke("sweep", "two-tracks", "--out", tmp_path / "out", "--dry-run")
    assert done.exit_code == 0
    assert "108 of 108 points (grid), 108 to run, 40 runs of 60 rounds each: 4,320 runs" in done.stdout
    assert "Order of the points: spread over the whole grid" in done.stdout
    assert "Estimated time on this machine: " in done.stdout
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_dry_run_refuses_the_folder_of_another_study(tmp_path):
    sweep(study_data(), tmp_path, points=2)
    lock = (tmp_path / ".lock").stat().st_mtime_ns
    done = invoke("sweep", "two-tracks", "--out", tmp_path, "--dry-run")
    assert done.exit_code == 2
    assert "holds results of another study" in done.stderr
    assert (tmp_path / ".lock").stat().st_mtime_ns == lock


def test_estimated_time_grows_with_the_points_to_run(tmp_path):
    study = load_study(study_data(design={"kind": "latin", "points": 2000}))
    plans = [plan_sweep(study, tmp_path, points) for points in (20, 2000)]
    few, many = (estimate_seconds(study, plan, workers=1) for plan in plans)
    assert many > 10 * few > 0
    assert estimate_seconds(study, plans[0]._replace(to_play=0)) == 0


def test_workers_import_neither_mesa_nor_pages():
    text = "import sys; from experiments.studies.chunk import run_chunk; print([name for name in ('mesa', 'solara', 'plotly') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert run_chunk.__module__ == "experiments.studies.chunk"
