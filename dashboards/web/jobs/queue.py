"""A queue that limits how many pages run worlds at once, first come first served.

Thirty sliders that run at the same time would all be slow. With a queue, the first page gets its result at
once and the last page no later than without it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from experiments.engine.processes import in_each_process

MAX_CONCURRENT = 2  # one runs worlds while another aggregates its results


class JobQueue:
    """A queue of jobs with a limited number of slots."""

    def __init__(self, at_once: int = MAX_CONCURRENT):
        self._at_once = at_once
        self.start_empty()

    def start_empty(self) -> None:
        """Forget all jobs."""
        self._queue: list[object] = []
        self._change = threading.Condition()

    @property
    def is_full(self) -> bool:
        """Return whether a new job would have to wait."""
        return len(self._queue) >= self._at_once

    @property
    def is_empty(self) -> bool:
        """Return whether no job runs or waits."""
        return not self._queue

    @contextmanager
    def slot(self, stop: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a slot and hold it; yield False if ``stop()`` became true before."""
        ticket = object()
        with self._change:
            self._queue.append(ticket)
        try:
            yield self._await(ticket, stop)
        finally:
            with self._change:
                self._queue.remove(ticket)
                self._change.notify_all()

    def _await(self, ticket: object, stop: Callable[[], bool]) -> bool:
        with self._change:
            while ticket not in self._queue[: self._at_once]:
                if stop():
                    return False
                self._change.wait(0.05)
        return True


JOB_QUEUE = JobQueue()
in_each_process(JOB_QUEUE.start_empty)
