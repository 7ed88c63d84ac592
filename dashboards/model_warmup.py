"""Getting the compiled model ready while the page is already there.

Compiling takes about a minute when nothing is cached. A second process fills the cache, so that
this one stays free to serve pages; then this one loads what was compiled.
"""

import os
import subprocess
import sys
import threading
import time

from experiments.engine.kernel import run_trajectory
from model.compiler import COMPILED
from model.loading import load_scenario
from model.overrides import collect_overrides
from model.world import World


def load_compiled_model() -> None:
    """Play one round of the smallest scenario, which compiles the kernel or loads it from the cache."""
    setting = load_scenario("two-states")
    run_trajectory(World(setting, 1, collect_overrides(setting)), 1)


class ModelWarmup:
    """Whether the model is compiled and loaded, and how long that has been going on."""

    def __init__(self) -> None:
        self._ready, self._lock, self._started = threading.Event(), threading.Lock(), 0.0

    def start(self) -> None:
        """Begin to get ready, once, on a thread of its own."""
        with self._lock:
            if not self._started:
                self._started = time.monotonic()
                threading.Thread(target=self._compile_and_load, daemon=True, name="warmth").start()

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most; say whether all is ready."""
        self.start()
        return self._ready.wait(seconds)

    @property
    def elapsed(self) -> int:
        """Give the whole seconds since the beginning."""
        return int(time.monotonic() - self._started)

    def _compile_and_load(self) -> None:
        try:
            if COMPILED:
                subprocess.run([sys.executable, "-m", __spec__.name], check=False)
            load_compiled_model()
        finally:  # if it failed, the first request will fail in the same way and say so on its page
            self._ready.set()


MODEL_WARMUP = ModelWarmup()

if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(5)  # the pages that tell how long it takes go first
    load_compiled_model()
