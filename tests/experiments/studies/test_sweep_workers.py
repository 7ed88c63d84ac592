"""Dask workers whose code differs from that of the sweep: they refuse, and nothing of theirs is stored."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support.studies import study_data

import model
from experiments.studies.results import runs_table
from experiments.studies.store import check_code, code_digests, part_paths
from experiments.studies.sweep import sweep
from model.errors import ScenarioError

PROJECT = Path(model.__file__).parent.parent


@contextmanager
def dask_worker(address: str, folder: Path) -> Iterator[None]:
    """Run a Dask worker with the code of a folder."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    with subprocess.Popen(
        [*command, "--no-dashboard"], cwd=folder, env=environment, stderr=subprocess.DEVNULL
    ) as worker:
        try:
            yield
        finally:
            worker.terminate()


def test_worker_with_other_code_refuses_and_stores_nothing(tmp_path):
    from distributed import LocalCluster

    for package in ("model", "experiments"):
        shutil.copytree(PROJECT / package, tmp_path / "other" / package, ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / "other" / "experiments" / "ensembles" / "outcomes.py"
    changed.write_text(changed.read_text() + "\n# another version\n")
    study, out = study_data(), tmp_path / "out"
    refusal = "has other code than this sweep (experiments/ensembles/outcomes.py): start all workers with the same code"
    with LocalCluster(n_workers=0, dashboard_address=":0", host="127.0.0.1") as cluster:
        address = cluster.scheduler_address
        with (
            dask_worker(address, tmp_path / "other"),
            pytest.raises(ScenarioError, match=re.escape(refusal)) as refused,
        ):
            sweep(study, out, executor="dask", scheduler=address)
        assert len(refused.value.errors) == 1
        assert part_paths(out, "runs") == []
        with dask_worker(address, PROJECT):
            assert sweep(study, out, executor="dask", scheduler=address).played == 6
    sweep(study, tmp_path / "alone")
    assert runs_table(out).equals(runs_table(tmp_path / "alone"))


def test_at_most_three_changed_files_are_named():
    check_code(code_digests())
    with pytest.raises(ScenarioError, match=r"\(a\.py, b\.py, c\.py and 1 more\)"):
        check_code({**code_digests(), **dict.fromkeys(("d.py", "a.py", "c.py", "b.py"), "0")})


def test_a_dask_sweep_needs_no_fixed_port(tmp_path):
    with socket.socket() as other:
        with suppress(OSError):  # another program has this port already
            other.bind(("0.0.0.0", 8787))
            other.listen()
        assert sweep(study_data(), tmp_path, points=2, workers=1, executor="dask").played == 2
