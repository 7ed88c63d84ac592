"""Time watched runs of a scenario in seconds: three with a ledger, then three without."""

import json
import sys
import time

from agents.assembly import Assembly


def main(scenario: str) -> None:
    """Print the times of six runs, after a short run that loads the compiled code."""
    Assembly(scenario, rng=1).run(2)
    times = []
    for ledger in (True, True, True, False, False, False):
        start = time.perf_counter()
        Assembly(scenario, rng=2, ledger=ledger).run()
        times.append(time.perf_counter() - start)
    print(json.dumps(times))


if __name__ == "__main__":
    main(sys.argv[1])
