"""The threads that play worlds, and jobs whose results come back in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import islice

from experiments.engine.processes import in_each_process, processor_count

JOBS_AHEAD = 2  # jobs of one caller in the pool, per processor: the jobs of other callers can run between them

_pool: list[Executor] = []
in_each_process(_pool.clear)


def thread_pool() -> Executor:
    """Return the thread pool of this process."""
    if not _pool:
        _pool.append(ThreadPoolExecutor(processor_count(), thread_name_prefix="worlds"))
    return _pool[0]


class CancelledError(Exception):
    """Raised when ``stop`` returned true before a job."""


def run_in_order[Job, Played](
    play: Callable[[Job], Played],
    jobs: Iterable[Job],
    threads: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Played]:
    """Run jobs in the pool, a few ahead, and yield their results in the order of the jobs.

    threads: 1 runs them in the calling thread. stop: called before each job. Closing the iterator cancels the
    jobs that have not begun. Raises CancelledError if ``stop`` returns true.
    """

    def unless_stopped(job: Job) -> Played:
        if stop():
            raise CancelledError
        return play(job)

    if threads == 1:
        yield from map(unless_stopped, jobs)
        return
    coming, running, jobs_ahead = iter(jobs), deque[Future[Played]](), JOBS_AHEAD * processor_count()
    try:
        while True:
            running.extend(
                thread_pool().submit(unless_stopped, job) for job in islice(coming, jobs_ahead - len(running))
            )
            if not running:
                return
            yield running.popleft().result()
    finally:
        for each in running:
            each.cancel()
