"""The studies that benchmarks play, as plain data."""

import statistics
import tempfile
import time
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.compiled import SCENARIO

ROUNDS, REPLICATIONS, POINTS = 60, 20, 820


SOBOL = 1024  # base sample: 14 factors with indices of pairs make 30,720 points


FACTORS = (
    "belief.betrayal_weight", "belief.memory", "perception.misread_friendly", "perception.misread_hostile",
    "tension.provocation", "verification.betrayal_gain", "contact.contact_ease", "scrutiny.loss_weight",
    "states.us.generosity", "states.iran.generosity", "states.us.dialogue", "states.iran.dialogue",
    "bodies.iaea.detection", "bodies.iaea.false_alarm",
)  # fmt: skip


def fourteen_factors(design: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a study of fourteen factors as plain data."""
    base = {"name": "measured", "question": "How fast?", "scenario": SCENARIO, "rounds": ROUNDS}
    ranges = {path: [0.6, 0.99] if path == "belief.memory" else [0.0, 1.0] for path in FACTORS}
    ranges["belief.betrayal_weight"] = [1.0, 6.0]
    return {**base, "replications": REPLICATIONS, "uncertainties": ranges, "design": design, **more}


def question() -> float:
    """Time a grouped question over a million runs on disk, in ms."""
    runs, luck = 1_000_000, np.random.default_rng(1)
    columns = {
        "point": np.repeat(np.arange(runs // REPLICATIONS, dtype=np.int32), REPLICATIONS),
        "outcome": luck.integers(0, 4, runs).astype(np.int8),
        **{f"x{at}": luck.random(runs, np.float32) for at in range(4)},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/runs.parquet"
        pq.write_table(pa.table(columns), path, compression="zstd")
        text = f"select point, avg(x0), stddev(x0), avg((outcome = 3)::int) from '{path}' group by point"
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            with duckdb.connect() as database:
                database.sql(text).fetchall()
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e3
