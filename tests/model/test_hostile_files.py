"""The command line refuses a hostile scenario file with exit code 2 and a short message."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.loading import find_scenario

DETENTE = Path(sys.executable).with_name("detente")


TWO_STATES = find_scenario("two-states").read_bytes()
HOSTILE = {
    "noise": b"\x00\xff\x1b[2J" * 50,
    "deep": b"a = " + b"[" * 200_000,
    "long-key": b"a" + b".a" * 400_000 + b" = 1",
    "many-keys": b"\n".join(b"key-%d = 0" % n for n in range(60_000)),
    "huge-number": TWO_STATES.replace(b"\nrounds = ", b"\nrounds = " + b"9" * 5000),
    "too-large": TWO_STATES + b"#" * (1 << 20),
    "windows": TWO_STATES.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_exit_code_0_or_2(name, tmp_path):
    file = tmp_path / f"{name}.toml"
    file.write_bytes(HOSTILE[name])
    done = subprocess.run(
        [DETENTE, "validate-scenario", file],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, timeout=30, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == (0 if name == "windows" else 2)
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
    assert done.stderr.count(b"\n") <= 205
    assert bool(done.stdout) == (name == "windows")
