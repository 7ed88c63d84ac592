"""Ensembles: progress, cancelling, threads, memory."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.ensembles import assert_ensembles_equal, single_run

from experiments.engine.pool import CancelledError
from experiments.ensembles import stream
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from model.loading import scenario_names
from model.measures import trajectory_digest


@pytest.mark.parametrize("threads", [None, 1])
def test_progress_counts_up_to_the_number_of_worlds(threads):
    counts: list[int] = []
    play_ensemble("two-states", 200, rounds=3, threads=threads, progress=counts.append)
    assert len(counts) == -(-200 // stream.CHUNK_SIZE)
    assert all(a < b for a, b in zip([0, *counts], counts, strict=False))
    assert counts[-1] == 200


@pytest.mark.parametrize("threads", [None, 1])
def test_cancelled_ensemble_leaves_the_pool_usable(threads):
    counts: list[int] = []
    stopped = threading.Event()

    def progress(done: int) -> None:
        counts.append(done)
        stopped.set()

    with pytest.raises(CancelledError):
        play_ensemble("two-states", 200_000, threads=threads, progress=progress, stop=stopped.is_set)
    assert counts[-1] <= 20 * stream.CHUNK_SIZE
    assert_ensembles_equal(
        play_ensemble("two-states", 130, rounds=5), play_ensemble("two-states", 130, rounds=5, threads=1)
    )


def test_stop_is_called_before_the_first_world():
    counts: list[int] = []
    with pytest.raises(CancelledError):
        play_ensemble("two-states", 10, progress=counts.append, stop=lambda: True)
    assert counts == []


def eight_at_once(seed: int, worlds: int, rounds: int) -> None:
    """Check that eight scenarios give the same results one after the other and in eight threads at once."""

    def play(name: str) -> Ensemble:
        return play_ensemble(name, worlds, seed=seed, rounds=rounds, keep=True)

    names = scenario_names()[:8]
    expected = [play_ensemble(name, worlds, seed=seed, rounds=rounds, keep=True, threads=1) for name in names]
    with ThreadPoolExecutor(8) as callers:
        for one, other in zip(callers.map(play, names), expected, strict=True):
            assert_ensembles_equal(one, other)


def test_eight_callers_at_once_get_identical_results():
    eight_at_once(1, worlds=150, rounds=12)


@pytest.mark.soak
def test_eight_callers_get_identical_results_for_a_minute():
    ends, seed = time.monotonic() + 60, 0
    while time.monotonic() < ends:
        seed += 1
        eight_at_once(seed, worlds=100 + 37 * seed % 300, rounds=1 + seed % 40)
    assert seed > 3


FIRST_CALLS = """
from concurrent.futures import ThreadPoolExecutor
from experiments.ensembles.ensemble import play_ensemble
with ThreadPoolExecutor(8) as callers:
    digests = list(callers.map(lambda _: play_ensemble("two-states", 70, rounds=6).digests, range(8)))
assert all(each == digests[0] for each in digests)
print(digests[0][0])
"""


def run(script: str) -> str:
    """Run a script in a separate process and return its output."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_first_calls_may_come_from_eight_threads_at_once():
    assert run(FIRST_CALLS) == trajectory_digest(single_run("two-states", 1, rounds=6))


MEMORY = """
from benchmarks.memory import peak_memory
from experiments.ensembles.ensemble import play_ensemble
play_ensemble("two-states", 128, rounds=4)
before = peak_memory()
play_ensemble("two-states", {worlds}, rounds=4)
print(peak_memory() - before, peak_memory())
"""


def test_memory_grows_by_summaries_only():
    """The trajectories of these worlds would take 288 MB, their summaries take 61; their draws do not fit the cache."""
    growth, _ = map(float, run(MEMORY.format(worlds=300_000)).split())
    assert growth < 100


@pytest.mark.soak
def test_a_million_worlds_fit_in_a_gigabyte():
    _, peak_memory = map(float, run(MEMORY.format(worlds=1_000_000)).split())
    assert peak_memory < 1000
