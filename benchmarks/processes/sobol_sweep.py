"""Play a Sobol study; print its points, failed points, the seconds, and the peak memory of the process in MB."""

import json
import sys
import time

from benchmarks.memory import peak_memory
from benchmarks.studies import SOBOL_BASE, benchmark_study
from experiments.studies.sweep import sweep


def main(folder: str) -> None:
    """Print the four numbers."""
    begun = time.perf_counter()
    done = sweep(benchmark_study({"kind": "sobol", "points": SOBOL_BASE, "second_order": True}), folder)
    print(json.dumps([done.points, done.failed, time.perf_counter() - begun, peak_memory()]))


if __name__ == "__main__":
    main(sys.argv[1])
