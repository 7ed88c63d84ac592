"""Run commands in a subprocess, on a terminal, or in this process."""

import json
import os
import pty
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner, Result

from dashboards.cli.main import app

DETENTE = Path(sys.executable).with_name("detente")
UNCOMPILED = {"NUMBA_DISABLE_JIT": "1"}  # same results, faster start
UNCOMPILED_COMMANDS = {"scenarios", "show", "validate-scenario", "schema", "parameters", "run", "why", "--help"}
TERMINAL_VARIABLES = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"}


class CommandResult(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


def environment(command: Any = "show", **more: str) -> dict[str, str]:
    """Return the environment for a command, without variables that change colour or width."""
    inherited = {key: value for key, value in os.environ.items() if key not in TERMINAL_VARIABLES}
    return inherited | (UNCOMPILED if command in UNCOMPILED_COMMANDS else {}) | more


def run_detente(*words: Any, cwd: Path, **more: str) -> CommandResult:
    """Run a command in a subprocess. Check that it prints no traceback and no escape code."""
    env = environment(words[0], **more)
    done = subprocess.run([DETENTE, *map(str, words)], cwd=cwd, env=env, capture_output=True, timeout=300, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    assert "\x1b" not in out + err
    return CommandResult(done.returncode, out, err)


def invoke(*words: Any) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [*map(str, words)])


def refused_command(*words: Any, cwd: Path) -> str:
    """Run an invalid command in this process and return its error message."""
    with chdir(cwd):
        done = invoke(*words)
    assert isinstance(done.exception, SystemExit), done.exception
    assert "\x1b" not in done.stderr
    return refusal_message(CommandResult(done.exit_code, done.stdout, done.stderr))


def refusal_message(done: CommandResult) -> str:
    """Return the error message of a command. Check exit code 2 and empty standard output."""
    assert done.code == 2, done
    assert done.out == ""
    assert done.err.strip()
    return done.err


def run_on_terminal(*words: Any, cwd: Path, **more: str) -> str:
    """Run a command on a pseudo-terminal and return its output."""
    master, terminal = pty.openpty()
    env = environment(words[0], TERM="xterm-256color", **more)
    line = [DETENTE, *map(str, words)]
    with subprocess.Popen(line, cwd=cwd, env=env, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        written = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            written += piece
        os.close(master)
    assert process.returncode == 0
    return written.decode()


def strict_json(text: str) -> Any:
    """Parse JSON without NaN or Infinity."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not valid JSON")

    return json.loads(text, parse_constant=refuse)
