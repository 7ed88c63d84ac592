"""Garbage collection settings that make commands start and exit faster."""

import atexit
import gc
import sys


def skip_final_collection() -> None:
    """Skip the garbage collection at exit, unless DuckDB is loaded: it would report leaked objects."""
    if "duckdb" not in sys.modules:
        gc.freeze()


gc.set_threshold(100_000)
atexit.register(skip_final_collection)
