"""`detente run`, interrupted."""

import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd
from support.commands import DETENTE, CommandResult, environment, run_detente, strict_json

from agents.assembly import Assembly
from agents.ledger import read_ledger


def interrupted(folder: Path, delay: float) -> tuple[CommandResult, list[Path]]:
    """Interrupt a long run some seconds after its folder appears; return its result and the saved runs."""
    process = subprocess.Popen(
        [DETENTE, "run", "gulf-region", "--rounds", "1200", "--json"],
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # the test environment may ignore it
    )  # fmt: skip
    started = time.monotonic()
    while not list(folder.glob("runs/*")) and time.monotonic() - started < 60:
        time.sleep(0.02)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return CommandResult(process.returncode, out.decode(), err.decode()), list(folder.glob("runs/*/run.json"))


def test_an_interrupted_run_saves_the_completed_rounds(tmp_path):
    saved, delay = [], 2.0
    while not saved and delay < 40.0:  # a busy machine may start late
        done, saved = interrupted(tmp_path, delay)
        assert done.code == 130
        assert "Traceback" not in done.err
        delay *= 3.0
    folder, facts = saved[0].parent, strict_json(saved[0].read_text("utf-8"))
    rounds = facts["rounds"]
    assert 1 <= rounds < 1200
    assert f"Stopped after round {rounds}" in done.err
    table = pd.read_parquet(folder / "trajectory.parquet")
    assert len(table) == rounds + 1
    model = Assembly("gulf-region", {"rounds": 1200}, rng=facts["seed"]).run(rounds)
    assert np.array_equal(table.drop(columns="round").to_numpy(), model.trajectory)
    ledger = read_ledger(folder)
    assert len(ledger) == len(model.ledger.rows)
    assert ledger["round"].max() == rounds
    printed = strict_json(done.out)
    assert printed["rounds"] == rounds
    assert printed["ledger_digest"] == model.ledger.digest()
    answer = run_detente("why", "--round", rounds, "--actor", "iran", "--no-levers", "--json", cwd=tmp_path)
    assert strict_json(answer.out)["round"] == rounds


def test_a_run_interrupted_before_round_1_saves_nothing(tmp_path):
    done, saved = interrupted(tmp_path, 0.0)
    assert (done.code, done.out) == (130, "")
    assert done.err == "Stopped before the first round. Nothing was saved.\n"
    assert saved == list((tmp_path / "runs").iterdir()) == []
