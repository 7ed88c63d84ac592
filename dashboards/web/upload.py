"""A scenario file that arrives from a browser: checked as on the command line, and made a link where it can be."""

import base64
import binascii
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dashboards import uploads
from dashboards.page_link import Link, Setting, format_link, scenario_of, shipped_names
from model.errors import InputError, ScenarioError
from model.loading import MAX_FILE_BYTES, build_scenario, read_scenario

MAX_LINK_CHANGES = 80  # in a link that is still one
MAX_LINK_LENGTH = 4000  # characters


def uploaded_setting(sent: Mapping[str, Any], seed: int, worlds: int) -> Setting:
    """Check a file that a browser sent; give the setting that opens it. Raises ScenarioError, as the commands do."""
    name = Path(str(sent["name"])).name or "file"
    if sent["size"] < 0:
        raise ScenarioError([InputError(name, "", "cannot be read by the browser")])
    data = read_upload(name, decode_content(name, sent))
    scenario = build_scenario(data)
    for shipped in nearest_shipped(scenario.model_dump(by_alias=True)):
        setting = shipped._replace(seed=seed, worlds=worlds)
        if len(format_link(Link(setting))) <= MAX_LINK_LENGTH and scenario_of(setting) == scenario:
            return setting
    return Setting(uploads.store_upload(data), seed=seed, worlds=worlds)


def decode_content(name: str, sent: Mapping[str, Any]) -> bytes:
    """Decode what was sent; of a file that is too large no content is sent, or looked at."""
    too_large = ScenarioError([InputError(name, sent["size"], "a scenario file has at most 1 MiB (bytes)")])
    if sent["size"] > MAX_FILE_BYTES or len(sent["content"]) > 2 * MAX_FILE_BYTES:
        raise too_large
    try:
        content = base64.b64decode(sent["content"], validate=True)
    except binascii.Error:
        raise ScenarioError([InputError(name, "", "did not arrive whole; try again")]) from None
    if len(content) > MAX_FILE_BYTES:
        raise too_large
    return content


def read_upload(name: str, content: bytes) -> dict[str, Any]:
    """Read the content as the command line reads a file, with the same words if it is at error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(content)
        try:
            return read_scenario(path)
        except ScenarioError as error:
            faults = [error._replace(path=error.path.replace(str(path), name)) for error in error.errors]
            raise ScenarioError(faults) from None


def nearest_shipped(wanted: Mapping[str, Any]) -> list[Setting]:
    """List the shipped scenarios from which few changes lead here, fewest first."""
    found = []
    for name in shipped_names():
        changes = scenario_changes(scenario_of(Setting(name)).model_dump(by_alias=True), wanted)
        if changes is not None and len(changes) <= MAX_LINK_CHANGES:
            found.append(Setting(name, tuple(changes.items())))
    return sorted(found, key=lambda setting: len(setting.changes))


def scenario_changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write what leads from one scenario to another as changes, or None if changes cannot say it."""
    changes: dict[str, Any] = {}
    for path, value in _differences(one, other, ()):
        value = tuple(value) if isinstance(value, list) else value
        words = isinstance(value, tuple) and all(isinstance(each, str) for each in value)
        if "." in "".join(path) or not (words or isinstance(value, bool | int | float | str)):
            return None
        changes[".".join(path)] = value
    return changes


def _differences(one: Any, other: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Walk both trees; what is only in the first, and so would have to go, is given as None."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in [*other, *({*one} - {*other})]:
            yield from _differences(
                one.get(key, {} if isinstance(other.get(key), Mapping) else None), other.get(key), (*path, key)
            )
    elif one != other:
        yield path, other
