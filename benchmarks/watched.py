"""The watched side, run as commands, since this wing knows no Mesa: single runs, and `mesa.batch_run`."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.compiled import SCENARIO, one_thread, two_threads
from benchmarks.table import Measured

ROUNDS = 120
WATCH = """
import json, sys, time
from agents.assembly import Assembly
Assembly({name!r}, rng=1).run(2)
times = []
for ledger in (True, True, True, False, False, False):
    start = time.perf_counter()
    Assembly({name!r}, rng=2, ledger=ledger).run()
    times.append(time.perf_counter() - start)
print(json.dumps(times))
"""
COMMAND = """
import json, resource, subprocess, sys, time
times = []
for _ in range(3):
    start = time.perf_counter()
    subprocess.run([sys.argv[1], "run", {name!r}], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    times.append(time.perf_counter() - start)
print(json.dumps([times, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""
BATCH = """
import json, sys, time
import mesa
from agents.assembly import Assembly

def now(model):
    return time.time()

class Lean(Assembly):
    '''Collects only what the compiled side measures too, and when each round ended.'''

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.datacollector = mesa.DataCollector({{**self.datacollector.model_reporters, "now": now}})
        self.datacollector.collect(self)

def run(runs, processes):
    design = {{"scenario": [{name!r}], "changes": [{{"rounds": {rounds}}}], "ledger": [False]}}
    return mesa.batch_run(
        Lean, design, rng=list(range(runs)), number_processes=processes, max_steps={rounds},
        data_collection_period=1, display_progress=False,
    )

if __name__ == "__main__":
    runs, processes = int(sys.argv[1]), int(sys.argv[2])
    if processes == 1:
        run(2, 1)
        start = time.process_time()
        run(runs, 1)
        print(json.dumps((time.process_time() - start) / runs))
    else:
        last = {{}}
        for row in run(runs, processes):
            last[row["RunId"]] = max(last.get(row["RunId"], 0.0), row["now"])
        ends = sorted(last.values())[2 * processes - 1 :]
        print(json.dumps((ends[-1] - ends[0]) / (len(ends) - 1)))
"""


def script(text: str, *arguments: object, **values: Any) -> Any:
    """Run a script from a file, as worker processes need one to start from; give what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "watched.py"
        path.write_text(text.format(**values), "utf-8")
        line = [sys.executable, str(path), *map(str, arguments)]
        return json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)


def command() -> tuple[float, float]:
    """Time `detente run` as a whole command, warm, in seconds; and its peak memory in MB."""
    times, memory = script(COMMAND, Path(sys.executable).with_name("detente"), name=SCENARIO)
    return statistics.median(times), memory


def single_runs() -> list[Measured]:
    """Measure one watched run and the command around it."""
    whole, memory = command()
    times = script(WATCH, name=SCENARIO)
    return [
        Measured(f"watched run of {SCENARIO}, ledger on", statistics.median(times[:3]), "s", 1.0),
        Measured("  ledger off", statistics.median(times[3:]), "s"),
        Measured(f"`detente run {SCENARIO}` as a whole command, warm", whole, "s", 4.0),
        Measured("  its peak memory", memory, "MB", 400.0),
    ]


def against_batch_run() -> list[Measured]:
    """Measure how many times faster the compiled kernel is, with one thread (CPU time) and two (wall time)."""
    slow, quick, alone, both = [], [], [], []
    for _ in range(2):
        quick.append(one_thread(256, ROUNDS))
        slow.append(script(BATCH, 16, 1, name=SCENARIO, rounds=ROUNDS))
        alone.append(two_threads(512, ROUNDS))
        both.append(script(BATCH, 40, 2, name=SCENARIO, rounds=ROUNDS))
    quick.append(one_thread(256, ROUNDS))
    alone.append(two_threads(512, ROUNDS))
    slow_1, quick_1, slow_2, quick_2 = map(statistics.median, (slow, quick, both, alone))
    one = f"compiled, 1 thread, against batch_run, 1 process ({ROUNDS} rounds)"
    two = "compiled, 2 threads, against batch_run, 2 processes, both in full swing"
    return [
        Measured(one, slow_1 / quick_1, "x", 50, 130, more=True),
        Measured("  batch_run, CPU time of a run", slow_1 * 1e3, "ms"),
        Measured("  compiled, CPU time of a run", quick_1 * 1e3, "ms"),
        Measured(two, slow_2 / quick_2, "x", 80, 170, more=True),
        Measured("  batch_run, time from run to run", slow_2 * 1e3, "ms"),
        Measured("  compiled, time from run to run", quick_2 * 1e3, "ms"),
    ]
