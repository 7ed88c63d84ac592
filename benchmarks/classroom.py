"""A lesson with forty students and a projector over network connections: response times, and memory of the server.

The bots are those of `detente class --bots`; they and the server run in separate processes. A bot moves as soon as
a turn opens, so all forty requests arrive at once: the times are worst cases.
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
    """Play a lesson with bots and return their measurements. Raises RuntimeError if one of their checks failed."""
    command = [str(Path(sys.executable).with_name("detente")), "class", "--bots", str(students)]
    command += ["--scenario", SCENARIO, "--rounds", str(rounds), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the lesson failed: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def classroom_times() -> list[Measurement]:
    """Measure a lesson with forty students."""
    measured = play_lesson()
    title = f"classroom of {STUDENTS} and a projector"
    return [
        Measurement(f"{title}: a move is acknowledged, 95th percentile", measured["move_ms_p95"], "ms", target=500),
        Measurement(f"{title}: the same, median", measured["move_ms_median"], "ms"),
        Measurement(f"{title}: a student's page is updated, 95th percentile", measured["view_ms_p95"], "ms"),
        Measurement(f"{title}: a turn is resolved, maximum", measured["resolve_ms_most"], "ms", target=1000),
        Measurement(f"{title}: memory of the server, maximum", measured["server_mb"], "MB", target=1500),
    ]
