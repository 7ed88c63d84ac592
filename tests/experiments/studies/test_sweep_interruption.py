"""Interrupted sweeps (kill, lost worker, full disk) resume, and the table is the same."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest
from support.commands import DETENTE, invoke, refused_command, run_detente
from support.studies import LARGE_STUDY, POINTS, study_data, wide_study, write_study

from experiments.studies.results import query_results, runs_table
from experiments.studies.store import part_paths, part_ranges
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep
from model.errors import ScenarioError


def kill_and_resume(folder: Path, file: Path, kills: int, seed: int, signals=(signal.SIGKILL,)) -> int:
    """Start a sweep and kill it at random times; let it end, and return the number of kills before its end."""
    rng, interrupted, out = random.Random(seed), 0, folder / "out"
    command = [DETENTE, "sweep", str(file), "--out", str(out), "--json"]
    for _ in range(kills):
        had = len(part_ranges(out, "runs")) if out.exists() else 0
        (out / ".lock").unlink(missing_ok=True)  # its owner is dead; the next lock shows that a sweep has begun
        wanted = had + rng.randint(0, 1)  # only the lock, or one more part
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and not ((out / ".lock").exists() and len(part_ranges(out, "runs")) >= wanted):
            time.sleep(0.002)
        time.sleep(rng.uniform(0.0, 0.1))
        process.send_signal(rng.choice(signals))
        process.communicate(timeout=60)
        interrupted += len(stored_points(out)) < POINTS
    done = run_detente("sweep", file, "--out", out, cwd=folder)
    assert done.code == 0, done.err
    return interrupted


def stored_points(folder: Path) -> range:
    """Return the range of stored points."""
    return range(sum(end - begin for begin, end in part_ranges(folder, "runs")))


def test_killed_sweep_resumes_to_the_same_table(whole, tmp_path):
    file = write_study(tmp_path, **LARGE_STUDY)
    interrupted = kill_and_resume(tmp_path, file, kills=3, seed=5, signals=(signal.SIGKILL, signal.SIGINT))
    assert interrupted > 0
    pd.testing.assert_frame_equal(runs_table(tmp_path / "out"), whole)
    assert not list((tmp_path / "out").glob("*.tmp"))


@pytest.mark.soak
def test_sweep_killed_a_hundred_times_gives_the_same_table(whole, tmp_path):
    file = write_study(tmp_path, **LARGE_STUDY)
    for batch in range(20):
        (tmp_path / str(batch)).mkdir()
        kill_and_resume(tmp_path / str(batch), file, kills=5, seed=batch)
        pd.testing.assert_frame_equal(runs_table(tmp_path / str(batch) / "out"), whole)


@pytest.mark.soak
def test_killed_sweep_over_300_parameters_resumes(tmp_path):
    study = wide_study(300)
    assert sweep(study_data(**study), tmp_path / "whole", workers=1).failed == 0
    assert kill_and_resume(tmp_path, write_study(tmp_path, **study), kills=3, seed=7) > 0
    pd.testing.assert_frame_equal(runs_table(tmp_path / "out"), runs_table(tmp_path / "whole"))


class Broken(Executor):
    """An executor that fails after two chunks."""

    def __init__(self):
        self.left = 2

    def submit(self, function, /, *args, **kwargs):
        done = Future()
        self.left -= 1
        if self.left >= 0:
            done.set_result(function(*args, **kwargs))
        else:
            done.set_exception(ConnectionError("the scheduler has gone"))
        return done


def test_lost_chunks_are_reported_and_run_by_the_next_sweep(whole, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("experiments.studies.sweep.open_executor", lambda *_: nullcontext(Broken()))
        with pytest.raises(ScenarioError, match="the scheduler has gone; the same command resumes"):
            sweep(study_data(**LARGE_STUDY), tmp_path)
    assert 0 < len(stored_points(tmp_path)) < POINTS
    assert sweep(study_data(**LARGE_STUDY), tmp_path).failed == 0
    pd.testing.assert_frame_equal(runs_table(tmp_path), whole)


def test_bands_without_runs_are_removed(tmp_path):
    study = study_data(keep="bands")
    sweep(study, tmp_path, points=4)
    (path,) = part_paths(tmp_path, "runs")
    path.unlink()  # as after a kill between the two writes
    sweep(study, tmp_path, points=3)
    assert part_ranges(tmp_path, "kept") == part_ranges(tmp_path, "runs") == [(0, 3)]
    found = query_results(tmp_path, "select distinct percentile from kept order by percentile")
    assert found["percentile"].tolist() == [5, 25, 50, 75, 95]


def test_unfinished_part_is_removed(tmp_path):
    sweep(study_data(), tmp_path, points=3)
    (tmp_path / "runs-00000003-00000006.parquet.tmp").write_bytes(b"unfinished")
    sweep(study_data(), tmp_path)
    assert len(runs_table(tmp_path)) == 18
    assert not list(tmp_path.glob("*.tmp"))


def test_points_of_a_damaged_part_run_again(tmp_path):
    file, out = write_study(tmp_path, replications=2048), tmp_path / "out"  # two points per chunk
    sweep(load_study(file), out)
    before, (path, *_) = runs_table(out), part_paths(out, "runs")
    path.write_bytes(path.read_bytes()[:-100])
    assert f"{path}: is damaged" in refused_command("results", out, cwd=tmp_path)
    done = invoke("sweep", file, "--out", out, "--json")
    assert f"Note: {path} is damaged" in done.stderr
    assert json.loads(done.stdout)["played"] == 2
    pd.testing.assert_frame_equal(runs_table(out), before)


def test_full_disk_is_reported_and_results_stay(tmp_path):
    """A limit on file sizes simulates the full disk."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500)); import sys; sys.argv = ['detente', 'sweep', {str(write_study(tmp_path))!r}, '--out', {str(tmp_path / 'out')!r}]; import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from dashboards.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True)
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert invoke("sweep", tmp_path / "small.toml", "--out", tmp_path / "out").exit_code == 0
    assert len(runs_table(tmp_path / "out")) == 18


def test_killed_dask_worker_does_not_change_the_table(whole, tmp_path):
    """A scheduler and two worker processes on loopback, one of which is killed."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster:
        with Client(cluster) as client:
            pids = list(client.run(os.getpid).values())
        killed = []

        def kill(done: int, failed: int) -> None:
            if done > 150 and not killed:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])

        sweep(study_data(**LARGE_STUDY), tmp_path, executor="dask", scheduler=cluster.scheduler_address, progress=kill)
    assert killed
    pd.testing.assert_frame_equal(runs_table(tmp_path), whole)
