"""Sweeps: runs per second with results on disk, efficiency of a second worker, and cost of storage."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.compiled import SCENARIO
from benchmarks.designs import relative_to_one_setting
from benchmarks.memory import peak_memory
from benchmarks.processes import run_program
from benchmarks.studies import REPLICATIONS, ROUNDS, benchmark_study
from benchmarks.table import Measurement
from experiments.studies.chunk import run_chunk
from experiments.studies.store import StudyStore, code_digests, part_paths
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep

POINTS = 820


def time_sweep(workers: int, points: int = POINTS, **more: Any) -> tuple[float, int]:
    """Run a sweep into a new folder. Returns its time in seconds and its size in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        sweep(benchmark_study({"kind": "latin", "points": points}, **more), folder, workers=workers)
        seconds = time.perf_counter() - begun
        paths = [*part_paths(Path(folder), "runs"), *part_paths(Path(folder), "kept")]
        return seconds, sum(path.stat().st_size for path in paths)


def measure_storage_share() -> float:
    """Return the share of the time of a sweep that is spent on writing."""
    study = load_study(benchmark_study({"kind": "latin", "points": POINTS}))
    table = study.points().head(205)
    begun = time.perf_counter()
    tables = run_chunk(study, 0, table, code_digests())
    playing, times = time.perf_counter() - begun, []
    with tempfile.TemporaryDirectory() as folder, StudyStore(Path(folder), study) as store:
        for place in range(5):
            begun = time.perf_counter()
            store.add(place * 205, place * 205 + 205, *tables)
            times.append(time.perf_counter() - begun)
    return statistics.median(times) / (playing + statistics.median(times))


def kept_bytes_per_run(rounds: int, keep: str, indicators: list[str], points: int = 24) -> float:
    """Return the bytes per run on disk, without the summary."""
    more = {"rounds": rounds, "keep": keep, "indicators": indicators}
    with tempfile.TemporaryDirectory() as folder:
        sweep(benchmark_study({"kind": "latin", "points": points}, **more), folder)
        return sum(path.stat().st_size for path in part_paths(Path(folder), "kept")) / (points * REPLICATIONS)


def sweep_benchmarks() -> list[Measurement]:
    """Measure sweeps, compared with batch_run with two processes, and the cost of storage."""
    time_sweep(2, 100)
    slow = run_program("batch_run", SCENARIO, ROUNDS, 40, 2)
    repeats = [(time_sweep(1)[0], time_sweep(2)) for _ in range(3)]
    one = statistics.median(turn[0] for turn in repeats)
    two = statistics.median(turn[1][0] for turn in repeats)
    runs, size = POINTS * REPLICATIONS, repeats[0][1][1]
    few = ["mean_trust", "mean_tension", "mean_deal_progress"]
    full = [f"mean_{name}" for name in ("trust", "tension", "deal_progress", "contact", "support", "pressure")]
    return [
        Measurement(
            "sweep, results on disk, compared with batch_run with 2 processes", slow * runs / two, "x", 80,
            higher_is_better=True,
        ),
        Measurement("  sweep, 2 workers", runs / two, "runs/s"),
        Measurement("  sweep, 1 worker", runs / one, "runs/s"),
        Measurement("efficiency of 2 workers", 100 * one / two / 2, "%", 85, higher_is_better=True),
        Measurement("share of time spent on storage", 100 * measure_storage_share(), "%", 10),
        Measurement("peak memory of this process", peak_memory(), "MB", 1000),
        Measurement("a summary on disk", size / runs, "bytes/run", 32),
        Measurement(
            "three indicators over 120 rounds on disk", kept_bytes_per_run(120, "trajectories", few), "bytes/run", 800
        ),
        Measurement(
            "trajectories on disk relative to their raw size (float32)",
            100 * kept_bytes_per_run(120, "trajectories", full) / (4 * 121 * len(full)), "%", 60,
        ),
        Measurement("grouped DuckDB query over a million runs", time_query(), "ms", 150),
    ]  # fmt: skip


def sobol_study() -> list[Measurement]:
    """Measure a Sobol study of 30,720 points with 20 replications: 614,400 runs of 60 rounds."""
    with tempfile.TemporaryDirectory() as folder:
        (points, failed, seconds, memory), one_setting = relative_to_one_setting("sobol_sweep", folder)
        size = sum(path.stat().st_size for path in part_paths(Path(folder), "runs"))
    title = f"Sobol study, {points:,} points x {REPLICATIONS}"
    return [
        Measurement(title, seconds, "s", 300),
        Measurement("  relative to T, 20,000 worlds of one setting", seconds / one_setting, "T", 36, 33),
        Measurement("  points that failed", failed, ""),
        Measurement("  runs per second", points * REPLICATIONS / seconds, "runs/s"),
        Measurement("  peak memory", memory, "MB", 1000),
        Measurement("  on disk", size / (points * REPLICATIONS), "bytes/run", 32),
    ]


def time_query() -> float:
    """Return the time of a grouped query over a million runs on disk, in ms."""
    runs, random = 1_000_000, np.random.default_rng(1)
    columns = {
        "point": np.repeat(np.arange(runs // REPLICATIONS, dtype=np.int32), REPLICATIONS),
        "outcome": random.integers(0, 4, runs).astype(np.int8),
        **{f"x{at}": random.random(runs, np.float32) for at in range(4)},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/runs.parquet"
        pq.write_table(pa.table(columns), path, compression="zstd")
        query = f"select point, avg(x0), stddev(x0), avg((outcome = 3)::int) from '{path}' group by point"
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            with duckdb.connect() as database:
                database.sql(query).fetchall()
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e3
