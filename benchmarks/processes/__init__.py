"""Programs that benchmarks run in processes of their own: each prints its numbers as JSON."""

import json
import subprocess
import sys
from typing import Any


def run_program(program: str, *arguments: object) -> Any:
    """Run a program of this package in a process of its own and return what it printed."""
    line = [sys.executable, "-m", f"{__name__}.{program}", *map(str, arguments)]
    return json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
