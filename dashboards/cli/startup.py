"""A command answers sooner if Python does not look for garbage while it imports, nor when it ends."""

import atexit
import gc
import sys


def skip_final_collection() -> None:
    """Spare the last look for garbage, unless DuckDB is there, which counts what was not taken away and complains."""
    if "duckdb" not in sys.modules:
        gc.freeze()


gc.set_threshold(100_000)
atexit.register(skip_final_collection)
