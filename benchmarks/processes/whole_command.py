"""Run a command three times; print the times in seconds and the peak memory of its process in MB."""

import json
import resource
import subprocess
import sys
import time


def main(command: list[str]) -> None:
    """Print the times and the peak memory."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    print(json.dumps([times, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))


if __name__ == "__main__":
    main(sys.argv[1:])
