"""Programs that benchmarks run in separate processes; each prints its results as JSON."""

import json
import subprocess
import sys
from typing import Any


def run_program(program: str, *arguments: object) -> Any:
    """Run a program of this package in a separate process and return its output."""
    line = [sys.executable, "-m", f"{__name__}.{program}", *map(str, arguments)]
    return json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
