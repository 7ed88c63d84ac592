"""How soon an answer comes: after a change of parameters, as a whole command, and what it keeps others from."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.compiled import SCENARIO, wall_time_per_run
from benchmarks.table import Measurement
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.statistics import PERCENTILES
from model.loading import load_scenario
from model.measures import OVERALL

WORLDS, ROUNDS, REPEATS = 1000, 60, 15
LEVER = "relations.us.iran.campaign"
COMMAND = [str(Path(sys.executable).with_name("detente")), "ensemble", SCENARIO, "--worlds", str(WORLDS)]
COMMAND_TITLE = f"`detente ensemble` with {WORLDS:,} worlds"


def percentiles_json(value: float) -> str:
    """Answer a changed parameter with five quantiles of every main indicator, round by round, as JSON."""
    found = play_ensemble(load_scenario(SCENARIO, {LEVER: value}), WORLDS, rounds=ROUNDS)
    bands = found.bands[:, :, : len(OVERALL)].round(4).tolist()
    return json.dumps({"percentiles": PERCENTILES, "indicators": found.indicators[: len(OVERALL)], "bands": bands})


class PauseMonitor(threading.Thread):
    """A thread that beats each millisecond and remembers the longest pause between two beats."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.longest, self.running = 0.0, True

    def run(self) -> None:
        """Beat until told to stop."""
        last = time.perf_counter()
        while self.running:
            time.sleep(0.001)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now


def longest_pause(work: Callable[[], object]) -> float:
    """Give the longest pause of another thread while something is done, in ms."""
    heart = PauseMonitor()
    heart.start()
    try:
        work()
    finally:
        heart.running = False
        heart.join()
    return heart.longest * 1e3


def changed_parameter() -> list[Measurement]:
    """Measure the way from a changed parameter to the answer, warm, and its parts."""
    percentiles_json(0.5)
    times, pauses, values = [], [], np.linspace(0.1, 0.9, REPEATS)
    for value in values:
        begun = time.perf_counter()
        pauses.append(longest_pause(lambda value=value: percentiles_json(float(value))))
        times.append(time.perf_counter() - begun)
    played = statistics.median(wall_time_per_run(1024, ROUNDS) for _ in range(5)) * WORLDS
    idle = longest_pause(lambda: time.sleep(sum(times)))
    table = np.random.default_rng(1).random((WORLDS, ROUNDS + 1, 24))
    begun = time.perf_counter()
    np.percentile(table, PERCENTILES, axis=0)
    sorting = time.perf_counter() - begun
    return [
        Measurement(
            f"changed parameter to JSON: {WORLDS:,} worlds x {ROUNDS} rounds, quantiles; median",
            statistics.median(times) * 1e3, "ms", 120, 40,
        ),
        Measurement("  the quickest", min(times) * 1e3, "ms"),
        Measurement("  playing alone, 2 threads", played * 1e3, "ms"),
        Measurement("  quantiles alone", sorting * 1e3, "ms"),
        Measurement(f"longest pause of another thread meanwhile, of {REPEATS} answers", max(pauses), "ms", 20, 10),
        Measurement("  median over the answers", statistics.median(pauses), "ms"),
        Measurement("  longest in as long a time with nothing going on", idle, "ms"),
    ]  # fmt: skip


def time_command(**variables: str) -> float:
    """Time the command once, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run(COMMAND, cwd=folder, check=True, capture_output=True, env={**os.environ, **variables})
        return time.perf_counter() - begun


def first_answer() -> list[Measurement]:
    """Measure the first answer of a whole command with all kernels cached."""
    time_command()
    took = statistics.median(time_command() for _ in range(3))
    return [Measurement(f"first answer of {COMMAND_TITLE}, kernels cached", took, "s", 1.5, 0.8)]


def first_answer_cold() -> list[Measurement]:
    """Measure the first answer of a whole command with nothing cached."""
    with tempfile.TemporaryDirectory() as folder:
        took = time_command(DETENTE_CACHE=folder)
    return [Measurement(f"first answer of {COMMAND_TITLE}, nothing cached", took, "s", 90, 30)]
