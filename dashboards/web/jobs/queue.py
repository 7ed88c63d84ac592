"""Who plays when many pages ask at once: a few at a time, in the order in which they came.

Thirty sliders at once would each get a thirtieth of the machine, and all be late. In turn, the first is
answered at once and the last no later than it would have been.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MAX_CONCURRENT = 2  # one plays its worlds while another sums up its own


class JobQueue:
    """A queue of those who want to play."""

    def __init__(self, at_once: int = MAX_CONCURRENT):
        self._at_once = at_once
        self._queue: list[object] = []
        self._change = threading.Condition()

    @property
    def is_full(self) -> bool:
        """Say whether one who came now would have to wait."""
        return len(self._queue) >= self._at_once

    @contextmanager
    def slot(self, stop: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a turn and have it; False if the one who waits gave up before."""
        ticket = object()
        with self._change:
            self._queue.append(ticket)
        try:
            yield self._await(ticket, stop)
        finally:
            with self._change:
                self._queue.remove(ticket)
                self._change.notify_all()

    def _await(self, ticket: object, gives_up: Callable[[], bool]) -> bool:
        with self._change:
            while ticket not in self._queue[: self._at_once]:
                if gives_up():
                    return False
                self._change.wait(0.05)
        return True


JOB_QUEUE = JobQueue()
