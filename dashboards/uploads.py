"""Uploaded scenario files, in memory while this server runs.

The name of a file ends in a digest of its content, so that another user cannot guess it. Anyone with a link that
contains the name can open the file.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from typing import Any

from cachetools import LRUCache

from experiments.engine.processes import in_each_process
from model.errors import InputError, ScenarioError

MAX_FILES = 64  # least recently used files are dropped; a file has at most 1 MiB

_uploads: LRUCache[str, Mapping[str, Any]]
_lock: threading.Lock


@in_each_process
def _start_empty() -> None:
    global _uploads, _lock
    _uploads, _lock = LRUCache(MAX_FILES), threading.Lock()


def store_upload(data: Mapping[str, Any]) -> str:
    """Store a valid scenario and return its name."""
    content = json.dumps(data, sort_keys=True, default=str).encode()
    name = f"file:{data['name']}.{hashlib.sha256(content).hexdigest()[:24]}"
    with _lock:
        _uploads[name] = data
    return name


def find_upload(name: str) -> Mapping[str, Any]:
    """Return an uploaded scenario. Raises ScenarioError if it is not stored here."""
    with _lock:
        if name in _uploads:
            return _uploads[name]
    raise ScenarioError(
        [InputError(name, "", "this scenario is an uploaded file that is not on this server; upload it first")]
    )
