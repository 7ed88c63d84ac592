"""Play one world of each point of a design; print the peak memory of the process in MB, and the CPU time in seconds."""

import json
import sys
import time

from benchmarks.columns import varying_columns
from benchmarks.compiled import SCENARIO
from benchmarks.memory import peak_memory
from benchmarks.studies import ROUNDS
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.play_design import play_design

MANY = 100_000  # points that are played only once


def main(points: int, varying: int) -> None:
    """Print the two numbers, after a short run that loads the compiled code; the time is the shortest of three."""
    how, times = Replications(1, 1, True, ROUNDS), []
    play_design(Design(Plans(SCENARIO), varying_columns(64, 1)), how._replace(rounds=1))
    columns = varying_columns(points, varying)
    for _ in range(1 if points > MANY else 3):
        begun = time.process_time()
        play_design(Design(Plans(SCENARIO), columns), how)
        times.append(time.process_time() - begun)
    print(json.dumps([peak_memory(), min(times)]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
