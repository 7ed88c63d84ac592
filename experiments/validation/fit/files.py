"""The files of the fit: values as JSON, and the log of all candidates, one JSON object per line."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments.validation.fit.search import Candidate
from experiments.validation.patterns import scenarios_digest
from model.atomic_files import write_atomically
from model.compiler import source_digest
from model.errors import InputError, ScenarioError

MAX_FILE_BYTES = 1 << 20
LOG_SUFFIX = ".log.jsonl"


def read_values(path: Path) -> dict[str, Any]:
    """Return the values of a file, by path.

    Raises ScenarioError if it cannot be read or is not a JSON object of numbers, texts and truth values.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError("is larger than 1 MiB")
        values = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read: {error.strerror or error}")]) from None
    except (ValueError, RecursionError) as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read as JSON: {error}")]) from None
    if not isinstance(values, dict):
        raise ScenarioError([InputError(str(path), values, "must be a JSON object of paths and values")])
    errors = [InputError(f"{path}: {name}", value, "must be a finite number, a text, true or false")
              for name, value in values.items() if not _is_plain(value)]  # fmt: skip
    if errors:
        raise ScenarioError(errors)
    return values


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


def write_values(path: Path, values: Mapping[str, Any]) -> None:
    """Write values atomically, sorted by path. Raises OSError if the file cannot be written."""
    write_atomically(path, (json.dumps(dict(sorted(values.items())), indent=1, ensure_ascii=False) + "\n").encode())


class RunFacts(NamedTuple):
    """What the losses of a log depend on besides the values. Only candidates with equal facts are comparable."""

    model: str
    scenarios: str
    worlds: int
    first_seed: int
    aims: str


def run_facts(worlds: int, first_seed: int, aims: str) -> RunFacts:
    """Return the facts of a run with the model and the scenarios as they are now. aims: their digest."""
    return RunFacts(source_digest(), scenarios_digest(), worlds, first_seed, aims)


def log_path(out: Path) -> Path:
    """Return the path of the log that belongs to a file of values."""
    return out.with_name(out.name + LOG_SUFFIX)


def append_candidate(path: Path, facts: RunFacts, candidate: Candidate) -> None:
    """Append a candidate to a log. Raises OSError if it cannot be written."""
    row = {"run": facts._asdict(), "losses": candidate.losses, "values": candidate.values}
    if candidate.problem:
        row["problem"] = candidate.problem
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read(1) != b"\n":  # the last line was cut off
                file.write(b"\n")
        file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


class LoggedCandidate(NamedTuple):
    """A candidate of a log with its losses."""

    losses: dict[str, float]
    values: dict[str, Any]


def read_log(path: Path) -> tuple[list[LoggedCandidate], int]:
    """Return the candidates of a log that are comparable with its last one, and the number of others.

    A line that was cut off, and candidates that were refused, are left out. Raises ScenarioError if the file cannot
    be read or holds no candidate.
    """
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read: {error.strerror or error}")]) from None
    rows = [row for row in map(_parsed, lines) if row is not None]
    if not rows:
        raise ScenarioError([InputError(str(path), "", "holds no candidates: give the log of a fit")])
    same = [row for row in rows if row["run"] == rows[-1]["run"]]
    return [LoggedCandidate(row["losses"], row["values"]) for row in same], len(rows) - len(same)


def _parsed(line: str) -> dict[str, Any] | None:
    """Return the row of a line, None if it is damaged or its candidate was refused."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not all(isinstance(row.get(key), dict) for key in ("run", "losses", "values")):
        return None
    numbers: Sequence[Any] = list(row["losses"].values())
    is_complete = numbers and all(isinstance(each, int | float) and math.isfinite(each) for each in numbers)
    return row if is_complete else None
