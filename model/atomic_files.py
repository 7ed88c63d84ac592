"""Files are written whole or not at all."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_replacement(path: Path) -> Iterator[Path]:
    """Give the place of a draft; once it is written, and on the disk, it takes the file's place.

    If anything fails the file stays as it was, and no draft is left. Raises OSError if it cannot be written.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        if hasattr(os, "O_DIRECTORY"):  # the new name, too, onto the disk
            place = os.open(path.parent, os.O_DIRECTORY)
            try:
                os.fsync(place)
            finally:
                os.close(place)
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with atomic_replacement(path) as draft:
        draft.write_bytes(content)
