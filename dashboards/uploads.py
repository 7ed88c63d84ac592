"""Scenario files that were uploaded: kept by their content, for as long as this server runs.

A file is found again only by a name that ends in a digest of what it holds, so no browser comes upon
another's file by chance; whoever is given a link that holds the name is meant to see it.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from typing import Any

from cachetools import LRUCache

from model.errors import InputError, ScenarioError

MAX_FILES = 64  # files kept, the latest used; a file has at most 1 MiB

_uploads: LRUCache[str, Mapping[str, Any]] = LRUCache(MAX_FILES)
_lock = threading.Lock()


def store_upload(data: Mapping[str, Any]) -> str:
    """Keep a scenario that was checked already; give the name under which it is found again."""
    content = json.dumps(data, sort_keys=True, default=str).encode()
    name = f"file:{data['name']}.{hashlib.sha256(content).hexdigest()[:24]}"
    with _lock:
        _uploads[name] = data
    return name


def find_upload(name: str) -> Mapping[str, Any]:
    """Find an uploaded scenario. Raises ScenarioError if it is not here."""
    with _lock:
        if name in _uploads:
            return _uploads[name]
    raise ScenarioError([InputError(name, "", "this scenario is a file that must travel along: upload it here first")])
