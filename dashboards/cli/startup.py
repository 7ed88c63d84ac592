"""A command answers sooner if Python does not look for garbage while it imports, nor when it ends."""

import atexit
import gc
import sys


def leave_as_it_is() -> None:
    """Spare the last look for garbage, unless DuckDB is there, which counts what was not taken away and complains."""
    if "duckdb" not in sys.modules:
        gc.freeze()


gc.set_threshold(100_000)
atexit.register(leave_as_it_is)
