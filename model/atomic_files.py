"""Atomic file writes."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_replacement(path: Path) -> Iterator[Path]:
    """Yield the path of a draft, which replaces the file after the block, once it is synced to the disk.

    If the block fails, the file is unchanged and the draft is deleted. Raises OSError if the file cannot be written.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        if hasattr(os, "O_DIRECTORY"):  # sync the rename too
            folder = os.open(path.parent, os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically. Raises OSError if it cannot be written."""
    with atomic_replacement(path) as draft:
        draft.write_bytes(content)
