"""Time a run of `mesa.batch_run` in seconds: CPU time with one process, wall time per run with several."""

import json
import sys
import time
from typing import Any

import mesa

from agents.assembly import Assembly


def now(model: Any) -> float:
    """Return the time of the clock, for the data collector."""
    return time.time()


class LeanAssembly(Assembly):
    """A watched model that collects only the indicators that the kernel also computes, and the time of each round."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.datacollector = mesa.DataCollector({**self.datacollector.model_reporters, "now": now})
        self.datacollector.collect(self)


def play(scenario: str, rounds: int, runs: int, processes: int) -> list[dict[str, Any]]:
    """Play runs and return the collected rows, one for each round."""
    design = {"scenario": [scenario], "changes": [{"rounds": rounds}], "ledger": [False]}
    return mesa.batch_run(
        LeanAssembly, design, rng=list(range(runs)), number_processes=processes, max_steps=rounds,
        data_collection_period=1, display_progress=False,
    )  # fmt: skip


def seconds_of_run(scenario: str, rounds: int, runs: int, processes: int) -> float:
    """Return the time of one run. With several processes only the time in which all are busy counts."""
    if processes == 1:
        play(scenario, rounds, 2, 1)
        start = time.process_time()
        play(scenario, rounds, runs, 1)
        return (time.process_time() - start) / runs
    last: dict[Any, float] = {}
    for row in play(scenario, rounds, runs, processes):
        last[row["RunId"]] = max(last.get(row["RunId"], 0.0), row["now"])
    ends = sorted(last.values())[2 * processes - 1 :]
    return (ends[-1] - ends[0]) / (len(ends) - 1)


if __name__ == "__main__":
    print(json.dumps(seconds_of_run(sys.argv[1], *map(int, sys.argv[2:]))))
