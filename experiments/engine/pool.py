"""The threads that play worlds."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor

_pool: list[Executor] = []


def pool() -> Executor:
    """Give the one pool of threads of this process."""
    if not _pool:
        _pool.append(ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="worlds"))
    return _pool[0]


class CancelledError(Exception):
    """Raised when an ensemble was told to stop between two chunks."""
