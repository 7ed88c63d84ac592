"""Latency: the time from a changed parameter to its result, the time of a command, and pauses of other threads."""

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
    """Return five percentiles of every overall indicator by round, for a value of the parameter, as JSON."""
    ensemble = play_ensemble(load_scenario(SCENARIO, {LEVER: value}), WORLDS, rounds=ROUNDS)
    bands = ensemble.bands[:, :, : len(OVERALL)].round(4).tolist()
    return json.dumps({"percentiles": PERCENTILES, "indicators": ensemble.indicators[: len(OVERALL)], "bands": bands})


class PauseMonitor(threading.Thread):
    """A thread that wakes up each millisecond and records the longest pause between two wake-ups, in seconds."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.longest, self.running = 0.0, True

    def run(self) -> None:
        """Record pauses until ``running`` is false."""
        last = time.perf_counter()
        while self.running:
            time.sleep(0.001)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now


def longest_pause(work: Callable[[], object]) -> float:
    """Return the longest pause of another thread during some work, in ms."""
    monitor = PauseMonitor()
    monitor.start()
    try:
        work()
    finally:
        monitor.running = False
        monitor.join()
    return monitor.longest * 1e3


def changed_parameter() -> list[Measurement]:
    """Measure the time from a changed parameter to the result, with a warm cache, and its parts."""
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
            f"changed parameter to JSON: {WORLDS:,} worlds x {ROUNDS} rounds, percentiles; median",
            statistics.median(times) * 1e3, "ms", 120, 40,
        ),
        Measurement("  fastest", min(times) * 1e3, "ms"),
        Measurement("  playing alone, 2 threads", played * 1e3, "ms"),
        Measurement("  percentiles alone", sorting * 1e3, "ms"),
        Measurement(f"longest pause of another thread during {REPEATS} results", max(pauses), "ms", 20, 10),
        Measurement("  median over the results", statistics.median(pauses), "ms"),
        Measurement("  longest while idle for the same time", idle, "ms"),
    ]  # fmt: skip


def time_command(**variables: str) -> float:
    """Run the command once and return its time in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run(COMMAND, cwd=folder, check=True, capture_output=True, env={**os.environ, **variables})
        return time.perf_counter() - begun


def first_answer() -> list[Measurement]:
    """Measure the first result of the command with all kernels cached."""
    time_command()
    seconds = statistics.median(time_command() for _ in range(3))
    return [Measurement(f"first result of {COMMAND_TITLE}, kernels cached", seconds, "s", 1.5, 0.8)]


def first_answer_cold() -> list[Measurement]:
    """Measure the first result of the command with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = time_command(DETENTE_CACHE=folder)
    return [Measurement(f"first result of {COMMAND_TITLE}, empty cache", seconds, "s", 90, 30)]
