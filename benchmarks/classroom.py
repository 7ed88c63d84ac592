"""Forty students and a projector at one lesson, over real connections: how long each waits, and what the server takes.

The bots are those of the command itself; they and the server are processes of their own. A bot moves the moment
a turn opens, so all forty ask at once, which no class does: the times are those of the worst moment.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.compiled import SCENARIO
from benchmarks.table import Measurement

STUDENTS, ROUNDS = 40, 36


def play_lesson(students: int = STUDENTS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Have bots play a whole lesson; gives what they measured. Raises RuntimeError if a check of theirs failed."""
    command = [str(Path(sys.executable).with_name("detente")), "class", "--bots", str(students)]
    command += ["--scenario", SCENARIO, "--rounds", str(rounds), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the lesson failed: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def classroom_times() -> list[Measurement]:
    """Measure a lesson of forty."""
    found = play_lesson()
    what = f"classroom of {STUDENTS} and a projector"
    return [
        Measurement(f"{what}: a move is acknowledged, 95th percentile", found["move_ms_p95"], "ms", must=500),
        Measurement(f"{what}: the same, median", found["move_ms_median"], "ms"),
        Measurement(f"{what}: a student's page has its news, 95th percentile", found["view_ms_p95"], "ms"),
        Measurement(f"{what}: a turn resolves, at most", found["resolve_ms_most"], "ms", must=1000),
        Measurement(f"{what}: memory of the server, at most", found["server_mb"], "MB", must=1500),
    ]
