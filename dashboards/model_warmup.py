"""Warm-up: compile the model in the background while the server already answers.

Compilation takes about a minute if nothing is cached. A second process fills the cache, so that this one can serve
pages; then this one loads the compiled code.
"""

import os
import subprocess
import sys
import threading
import time

from experiments.engine.kernel import run_trajectory
from experiments.engine.processes import in_each_process
from model.compiler import COMPILED
from model.loading import load_scenario
from model.overrides import collect_overrides
from model.world import World


def load_compiled_model() -> None:
    """Run one round of the smallest scenario, which compiles the kernel or loads it from the cache."""
    scenario = load_scenario("two-states")
    run_trajectory(World(scenario, 1, collect_overrides(scenario)), 1)


class ModelWarmup:
    """The state of the warm-up."""

    def __init__(self) -> None:
        self.forget_start()

    def forget_start(self) -> None:
        """Reset to the state before the start, as in a new process."""
        self._ready, self._lock, self._started = threading.Event(), threading.Lock(), 0.0

    def start(self) -> None:
        """Start the warm-up in a thread, if it has not started."""
        with self._lock:
            if not self._started:
                self._started = time.monotonic()
                threading.Thread(target=self._compile_and_load, daemon=True, name="model-warmup").start()

    def wait(self, seconds: float) -> bool:
        """Wait at most this many seconds; return whether the model is ready."""
        self.start()
        return self._ready.wait(seconds)

    @property
    def elapsed(self) -> int:
        """Return the seconds since the start, as an integer."""
        return int(time.monotonic() - self._started)

    def _compile_and_load(self) -> None:
        try:
            if COMPILED:
                subprocess.run([sys.executable, "-m", __spec__.name], check=False)
            load_compiled_model()
        finally:  # after a failure, the first request fails in the same way and reports it
            self._ready.set()


MODEL_WARMUP = ModelWarmup()
in_each_process(MODEL_WARMUP.forget_start)

if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(5)  # the server, which reports the progress, has priority
    load_compiled_model()
