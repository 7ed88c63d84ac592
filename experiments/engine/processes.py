"""What each process has of its own: pools, locks and caches."""

import os
from collections.abc import Callable


def in_each_process[Start: Callable[[], None]](start: Start) -> Start:
    """Call a function now, and again in every process that is forked from this one.

    A forked process has the locks of its parent in the state of that moment, and none of its threads: a lock that one
    of them held would stay locked, and a job that waits for one would never run.
    """
    start()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=start)
    return start
