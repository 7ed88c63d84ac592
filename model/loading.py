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
from model.errors import InputError, ScenarioError, collect_errors
from model.former_names import current_changes, current_scenario
from model.scenario import Scenario
from model.schema_errors import convert_errors

SCENARIO_FOLDER = Path(__file__).parent / "scenarios"


MAX_FILE_BYTES = 1 << 20


KEY_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""


OVERLONG_KEY = re.compile(rf"""(?<![\w"'.-]){KEY_PART}(?:[ \t]*+\.[ \t]*+{KEY_PART}){{100}}""")


def scenario_names() -> list[str]:
    """Return the names of the scenarios in the package."""
    return sorted(path.stem for path in SCENARIO_FOLDER.glob("*.toml"))


def find_scenario(name: str | Path) -> Path:
    """Return the path of a scenario by shipped name or by path. Raises ScenarioError if there is none."""
    if not isinstance(name, str | Path):
        raise ScenarioError([InputError("scenario", name, "must be a name, a path, plain data or a Scenario")])
    path = SCENARIO_FOLDER / f"{name}.toml"
    if str(name) in scenario_names():
        return path
    path = Path(name)
    if os.path.isfile(path):  # unlike Path.is_file, it accepts names of any length
        return path
    if os.path.isdir(path):
        raise ScenarioError([InputError("scenario", str(name), "is a folder, not a file")])
    raise ScenarioError([InputError.unknown_name("scenario", str(name), scenario_names(), "scenario or file")])


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML. Raises ValueError, with the position of the error."""
    if OVERLONG_KEY.search(text):  # `tomllib` takes quadratic time in the number of parts
        raise ValueError("a key has more than 100 parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("lists or tables are nested too deeply") from None


@lru_cache(maxsize=64)
def _parsed(text: str) -> bytes:
    """Parse TOML with a cache; pickled, so that each caller gets its own copy."""
    return pickle.dumps(parse_toml(text))


def read_scenario(name: str | Path) -> dict[str, Any]:
    """Read a scenario file as plain data. Raises ScenarioError if it cannot be read, is too large or not TOML."""
    path = find_scenario(name)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise ScenarioError(
                [InputError(str(path), path.stat().st_size, "a scenario file has at most 1 MiB (bytes)")]
            )
        return current_scenario(pickle.loads(_parsed(content.decode("utf-8-sig"))), path.name)
    except UnicodeDecodeError as error:
        raise ScenarioError(
            [InputError(str(path), "", f"is not text in UTF-8: {error.reason} at byte {error.start}")]
        ) from None
    except ScenarioError:
        raise
    except ValueError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read as TOML: {error}")]) from None
    except OSError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read: {error.strerror or error}")]) from None


def build_scenario(data: Mapping[str, Any]) -> Scenario:
    """Build a scenario from plain data. Raises ScenarioError with all errors found."""
    data = current_scenario(data)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(collect_errors(convert_errors(error, Scenario), cross_check(data))) from None
    errors = collect_errors(cross_check(data))
    if errors:
        raise ScenarioError(errors)
    return scenario


ROLES = {
    "states": "state",
    "facilitators": "facilitator",
    "bodies": "body",
    "spoilers": "spoiler",
    "negotiations": "negotiation",
}


def check_names(data: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raise ScenarioError for a change inside an actor or a negotiation that is not in the scenario.

    A new one is added as a whole, under the path `states.NAME`.
    """
    errors = []
    for path in changes:
        role, *inside = path.split(".")
        present = data.get(role)
        if role in ROLES and len(inside) > 1 and isinstance(present, Mapping):
            added = {each.split(".")[1] for each in changes if each.startswith(f"{role}.") and each.count(".") == 1}
            known = {*present, *added}
            if inside[0] not in known:
                errors.append(InputError.unknown_name(path, inside[0], known, ROLES[role]))
    if errors:
        raise ScenarioError(errors)


def apply_changes(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of plain data with changes applied; each key is a dotted path into the file.

    Raises ScenarioError if a path leads into an actor that is not there, or through a value.
    """
    if not isinstance(changes, Mapping):
        raise ScenarioError([InputError("set", changes, "must be a dict of dotted paths and values")])
    changes = current_changes(changes)
    check_names(data, changes)
    changed = dict(data)
    for path, value in changes.items():
        table = changed
        *steps, last = path.split(".")
        for step in steps:
            inner = table.get(step, {})
            if not isinstance(inner, Mapping):
                raise ScenarioError([InputError(path, value, f"`{step}` is not a table")])
            table[step] = dict(inner)
            table = table[step]
        table[last] = plain_value(value)
    return changed


def plain_value(value: Any) -> Any:
    """Return a NumPy scalar as a Python value, and any other value unchanged."""
    return value.item() if hasattr(value, "dtype") and getattr(value, "ndim", None) == 0 else value


def scenario_data(scenario: str | Path | Mapping[str, Any] | Scenario) -> dict[str, Any]:
    """Return a scenario as plain data: that of a file, by name or path, or of a loaded scenario.

    Raises ScenarioError if there is no such file, or it is too large or not TOML.
    """
    if isinstance(scenario, Scenario):
        return scenario.model_dump(by_alias=True, exclude_unset=True)
    return current_scenario(scenario) if isinstance(scenario, Mapping) else read_scenario(scenario)


def load_scenario(
    scenario: str | Path | Mapping[str, Any] | Scenario, changes: Mapping[str, Any] | None = None
) -> Scenario:
    """Return a checked scenario, with changes (dotted path to value) applied.

    scenario: a shipped name, a path, plain data, or a loaded scenario. Raises ScenarioError with every
    error found, each with its path, its value and what is allowed.
    """
    return build_scenario(apply_changes(scenario_data(scenario), {} if changes is None else changes))
