"""Load scenarios: find, parse, change, build and check them."""

import os
import pickle
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from model.checks import cross_check
from model.errors import Fault, ScenarioError, gather
from model.scenario import Scenario
from model.schema_errors import explain

SHIPPED = Path(__file__).parent / "scenarios"


LARGEST_FILE = 1 << 20


WORD = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""


ENDLESS_KEY = re.compile(rf"""(?<![\w"'.-]){WORD}(?:[ \t]*+\.[ \t]*+{WORD}){{100}}""")


def shipped() -> list[str]:
    """List the names of the scenarios that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def locate(name: str | Path) -> Path:
    """Find a scenario: a shipped name, or a path to a file.

    Raises ScenarioError if there is neither.
    """
    path = SHIPPED / f"{name}.toml"
    if str(name) in shipped():
        return path
    path = Path(name)
    if os.path.isfile(path):  # unlike Path's own, it takes any name, however long
        return path
    if os.path.isdir(path):
        raise ScenarioError([Fault("scenario", str(name), "is a folder, not a file")])
    raise ScenarioError([Fault.unknown("scenario", str(name), shipped(), "scenario or file")])


def parse(text: str) -> dict[str, Any]:
    """Read TOML. Raises ValueError, with the place, if it is none."""
    if ENDLESS_KEY.search(text):  # the time `tomllib` takes grows with the square of their number
        raise ValueError("a key has more than 100 parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("lists or tables are nested too deeply") from None


@lru_cache(maxsize=64)
def _parsed(text: str) -> bytes:
    """Read TOML once for every time that the same file is asked for; pickled, so that each gets data of his own."""
    return pickle.dumps(parse(text))


def read(name: str | Path) -> dict[str, Any]:
    """Read a scenario file as plain data. Raises ScenarioError if it is too large or not TOML."""
    path = locate(name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ScenarioError([Fault(str(path), path.stat().st_size, "a scenario file has at most 1 MiB (bytes)")])
        return pickle.loads(_parsed(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ScenarioError(
            [Fault(str(path), "", f"is not text in UTF-8: {error.reason} at byte {error.start}")]
        ) from None
    except ScenarioError:
        raise
    except ValueError as error:
        raise ScenarioError([Fault(str(path), "", f"cannot be read as TOML: {error}")]) from None
    except OSError as error:
        raise ScenarioError([Fault(str(path), "", f"cannot be read: {error.strerror or error}")]) from None


def build(data: Mapping[str, Any]) -> Scenario:
    """Check plain data and make it a scenario. Raises ScenarioError with every fault found."""
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(gather(explain(error, Scenario), cross_check(data))) from None
    faults = gather(cross_check(data))
    if faults:
        raise ScenarioError(faults)
    return scenario


def change(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Copy plain data with changes applied; each key is a dotted path into the file."""
    changed = dict(data)
    for path, value in changes.items():
        place = changed
        *steps, last = path.split(".")
        for step in steps:
            inner = place.get(step, {})
            if not isinstance(inner, Mapping):
                raise ScenarioError([Fault(path, value, f"`{step}` is not a table")])
            place[step] = dict(inner)
            place = place[step]
        place[last] = value
    return changed


def load(name: str | Path | Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> Scenario:
    """Load a scenario by name, path or plain data, with changes (dotted path to value) applied.

    Raises ScenarioError listing every fault, each with its path, its value and what is allowed.
    """
    data = name if isinstance(name, Mapping) else read(name)
    return build(change(data, changes or {}))
