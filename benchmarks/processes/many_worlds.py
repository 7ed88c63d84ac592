"""Play many worlds; print the peak memory of the process in MB, the seconds, and the size of the summaries in MB."""

import json
import sys
import time

from benchmarks.memory import peak_memory
from experiments.ensembles.ensemble import play_ensemble


def main(scenario: str, worlds: int, rounds: int) -> None:
    """Print the three numbers."""
    begun = time.perf_counter()
    ensemble = play_ensemble(scenario, worlds, rounds=rounds)
    size = sum(
        part.nbytes for part in (ensemble.seeds, ensemble.outcomes, ensemble.means, ensemble.ends, ensemble.first_deal)
    )
    print(json.dumps([peak_memory(), time.perf_counter() - begun, size / 1e6]))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
