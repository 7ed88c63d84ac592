"""Forked and new processes play the same worlds without waiting for the parent's threads; the processors they use."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments.engine.processes import processor_count

TIME_LIMIT = 150  # seconds; it only ends a test that hangs


def run(folder: Path, script: str, *arguments: str, command: Sequence[str] = ()) -> str:
    """Run a script in a process of its own and return what it prints."""
    path = folder / "script.py"
    path.write_text(script)
    done = subprocess.run(
        [*command, sys.executable, str(path), *arguments], capture_output=True, text=True, timeout=2 * TIME_LIMIT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PLAY = f"""
import multiprocessing
import sys
import threading

from experiments.ensembles.ensemble import play_ensemble


def play():
    ensemble = play_ensemble("two-states", 300, rounds=6)
    return ensemble.digests, ensemble.bands.tobytes(), ensemble.ends.tobytes()


def send(answers):
    answers.put(play())


def play_in_child(context, expected):
    answers = context.SimpleQueue()
    child = context.Process(target=send, args=(answers,), daemon=True)
    child.start()
    child.join({TIME_LIMIT})
    if child.exitcode is None:
        child.kill()
        sys.exit("the child hangs")
    assert child.exitcode == 0
    assert answers.get() == expected


if __name__ == "__main__":
    expected, stopped = play(), threading.Event()
    context = multiprocessing.get_context(sys.argv[1])
    play_in_child(context, expected)
    if sys.argv[1] == "fork":

        def play_on():
            while not stopped.is_set():
                assert play() == expected

        busy = threading.Thread(target=play_on)
        busy.start()
        for _ in range(8):
            play_in_child(context, expected)
        stopped.set()
        busy.join()
    assert play() == expected
"""


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
def test_child_plays_the_same_worlds_after_its_parent(start_method, tmp_path):
    run(tmp_path, PLAY, start_method)


LOCKS = """
import importlib
import os
import pkgutil
import signal
import sys
import threading

PACKAGES = "model", "agents", "experiments", "dashboards", "detente"
LOCKS = type(threading.Lock()), type(threading.RLock()), threading.Condition
for package in map(importlib.import_module, PACKAGES):
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(each.name)


def locks():
    found = {}
    for name, module in sys.modules.items():
        if name.partition(".")[0] in PACKAGES:
            for attribute, value in vars(module).items():
                inner = vars(value) if type(value).__module__.partition(".")[0] in PACKAGES and hasattr(value, "__dict__") else {}
                for key, each in {"": value, **inner}.items():
                    if isinstance(each, LOCKS):
                        found.setdefault(each, f"{name}.{attribute}.{key}".rstrip("."))  # once, if others import it
    return found


def hold():
    for each in locks():
        each.acquire()
    held.set()
    threading.Event().wait()


held = threading.Event()
threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if not child:
    signal.alarm(TIME_LIMIT)
    locked = [name for each, name in locks().items() if not each.acquire(timeout=1)]
    print(*locked, file=sys.stderr, flush=True)
    os._exit(len(locked))
assert os.waitpid(child, 0)[1] == 0
print(*locks().values(), sep="\\n")
"""


def test_no_lock_of_a_module_is_locked_in_a_forked_child(tmp_path):
    found = run(tmp_path, LOCKS.replace("TIME_LIMIT", str(TIME_LIMIT))).splitlines()
    assert {"experiments.engine.draw_cache._lock", "dashboards.uploads._lock"} <= set(found)
    assert {"dashboards.web.jobs.queue.JOB_QUEUE._change", "dashboards.model_warmup.MODEL_WARMUP._lock"} <= set(found)


COMPILER = f"""
import os
import signal
import threading
import time

from numba.core.compiler_lock import global_compiler_lock

import model.compiler


def compile_something():
    with global_compiler_lock:
        locked.set()
        time.sleep(1)


locked = threading.Event()
threading.Thread(target=compile_something).start()
locked.wait()
child = os.fork()
if not child:
    signal.alarm({TIME_LIMIT})
    with global_compiler_lock:
        os._exit(0)
assert os.waitpid(child, 0)[1] == 0
with global_compiler_lock:
    pass
"""


def test_child_forked_during_a_compilation_can_compile(tmp_path):
    run(tmp_path, COMPILER)


JOBS = f"""
import os
import signal
import threading

from dashboards.web.jobs.background import follow
from dashboards.web.jobs.queue import JOB_QUEUE

never = threading.Event()


def wait(report, stop):
    started.set()
    never.wait()


def occupy():
    with JOB_QUEUE.slot(lambda: False):
        never.wait()


started = threading.Event()
for _ in range(2):
    threading.Thread(target=occupy, daemon=True).start()
threading.Thread(target=lambda: list(follow("key", wait, lambda: False)), daemon=True).start()
started.wait()
child = os.fork()
if not child:
    signal.alarm({TIME_LIMIT})
    *_, last = follow("key", lambda report, stop: "done", lambda: False)
    with JOB_QUEUE.slot(lambda: False) as acquired:
        os._exit(not (acquired and last.result == "done"))
assert os.waitpid(child, 0)[1] == 0
os._exit(0)
"""


def test_forked_child_does_not_wait_for_jobs_of_its_parent(tmp_path):
    run(tmp_path, JOBS)


COUNT = """
import os
from experiments.engine.pool import run_in_order, thread_pool
from experiments.engine.processes import processor_count
print(os.cpu_count(), processor_count(), thread_pool()._max_workers)
"""


def test_process_bound_to_one_processor_starts_one_thread(tmp_path):
    _, count, threads = run(tmp_path, COUNT, command=["taskset", "-c", "0"]).split()
    assert (count, threads) == ("1", "1")


CPU = os.process_cpu_count() or 1
V1, V2 = "4:cpu,cpuacct:{}\n3:memory:/other\n", "0::{}\n"


@pytest.mark.parametrize(
    ("groups", "path", "files", "expected"),
    [
        (V2, "/", {"cpu.max": "max 100000"}, CPU),
        (V2, "/", {"cpu.max": "100000 100000"}, 1),
        (V2, "/", {"cpu.max": "1000 100000"}, 1),
        (V2, "/", {"cpu.max": "150000 100000"}, min(CPU, 2)),
        (V2, "/", {"cpu.max": "900000000 100000"}, CPU),
        (V2, "/a/b", {"cpu.max": "max 100000", "a/cpu.max": "50000 100000", "a/b/cpu.max": "max 100000"}, 1),
        (V2, "/of/the/host", {"cpu.max": "50000 100000"}, 1),
        (V2, "/a", {"b/cpu.max": "50000 100000"}, CPU),
        (V2, "/", {"unified/cpu.max": "50000 100000"}, 1),
        (V2, "/", {"cpu.max": "nonsense"}, CPU),
        (V2, "/", {"cpu.max": ""}, CPU),
        (V1, "/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, CPU),
        (V1, "/", {"cpu/cpu.cfs_quota_us": "20000", "cpu/cpu.cfs_period_us": "100000"}, 1),
        (V1, "/a", {"cpu,cpuacct/a/cpu.cfs_quota_us": "20000", "cpu,cpuacct/a/cpu.cfs_period_us": "100000"}, 1),
        (V1, "/", {"cpu/cpu.cfs_quota_us": "20000", "cpu/cpu.cfs_period_us": "0"}, CPU),
        ("no group\n", "", {"cpu.max": "50000 100000"}, CPU),
    ],
)
def test_limit_of_the_control_groups_is_rounded_up(groups, path, files, expected, tmp_path):
    for name, text in files.items():
        (tmp_path / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "groups" / name).write_text(f"{text}\n")
    membership = tmp_path / "membership"
    membership.write_text(groups.format(path))
    assert processor_count(tmp_path / "groups", membership) == expected


def test_without_control_groups_the_affinity_counts(tmp_path):
    assert processor_count(tmp_path, tmp_path / "missing") == CPU
