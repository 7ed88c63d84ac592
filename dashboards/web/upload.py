"""Uploaded scenario files: validated as on the command line, and turned into a link where possible."""

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

MAX_LINK_CHANGES = 80  # changes in the link of an upload
MAX_LINK_LENGTH = 4000  # characters


def uploaded_setting(sent: Mapping[str, Any], seed: int, worlds: int) -> Setting:
    """Return the setting that opens an uploaded file. Raises ScenarioError if the file is invalid."""
    name = Path(str(sent["name"])).name or "file"
    if sent["size"] < 0:
        raise ScenarioError([InputError(name, "", "cannot be read by the browser; check the file and its permissions")])
    data = read_upload(name, decode_content(name, sent))
    scenario = build_scenario(data)
    for shipped in nearest_shipped(scenario.model_dump(by_alias=True)):
        setting = shipped._replace(seed=seed, worlds=worlds)
        if len(format_link(Link(setting))) <= MAX_LINK_LENGTH and scenario_of(setting) == scenario:
            return setting
    return Setting(uploads.store_upload(data), seed=seed, worlds=worlds)


def decode_content(name: str, sent: Mapping[str, Any]) -> bytes:
    """Return the decoded content. Raises ScenarioError if it is too large or damaged."""
    too_large = ScenarioError([InputError(name, sent["size"], "a scenario file has at most 1 MiB (bytes)")])
    if sent["size"] > MAX_FILE_BYTES or len(sent["content"]) > 2 * MAX_FILE_BYTES:
        raise too_large
    try:
        content = base64.b64decode(sent["content"], validate=True)
    except binascii.Error:
        raise ScenarioError([InputError(name, "", "was damaged in transfer; upload it again")]) from None
    if len(content) > MAX_FILE_BYTES:
        raise too_large
    return content


def read_upload(name: str, content: bytes) -> dict[str, Any]:
    """Return the content as data, read as on the command line. Raises ScenarioError with the same messages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(content)
        try:
            return read_scenario(path)
        except ScenarioError as error:
            errors = [each._replace(path=each.path.replace(str(path), name)) for each in error.errors]
            raise ScenarioError(errors) from None


def nearest_shipped(uploaded: Mapping[str, Any]) -> list[Setting]:
    """Return the shipped scenarios that few changes turn into ``uploaded``, fewest changes first."""
    candidates = []
    for name in shipped_names():
        changes = scenario_changes(scenario_of(Setting(name)).model_dump(by_alias=True), uploaded)
        if changes is not None and len(changes) <= MAX_LINK_CHANGES:
            candidates.append(Setting(name, tuple(changes.items())))
    return sorted(candidates, key=lambda setting: len(setting.changes))


def scenario_changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the changes that turn one scenario into another, or None if changes cannot express the difference."""
    changes: dict[str, Any] = {}
    for path, value in _differences(one, other, ()):
        value = tuple(value) if isinstance(value, list) else value
        words = isinstance(value, tuple) and all(isinstance(each, str) for each in value)
        if "." in "".join(path) or not (words or isinstance(value, bool | int | float | str)):
            return None
        changes[".".join(path)] = value
    return changes


def _differences(one: Any, other: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield paths and values that differ; None marks a value that only the first tree has."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in [*other, *({*one} - {*other})]:
            yield from _differences(
                one.get(key, {} if isinstance(other.get(key), Mapping) else None), other.get(key), (*path, key)
            )
    elif one != other:
        yield path, other
