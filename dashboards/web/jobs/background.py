"""Background jobs that pages share: run once per key, reported as they progress, stopped when nobody follows them.

A class of thirty that opens one link runs one computation. A result depends on its key alone, so all
requests with the same key share it.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from cachetools import LRUCache

from dashboards.model_warmup import MODEL_WARMUP
from experiments.engine.pool import CancelledError
from experiments.engine.processes import in_each_process
from model.errors import ScenarioError

MAX_RESULTS = 48  # finished results, least recently used dropped first
UPDATE_INTERVAL = 0.2  # minimum seconds between two updates
GRACE_SECONDS = 1.0  # seconds that a job continues after its last follower has left

log = logging.getLogger(__name__)


def never_stop() -> bool:
    """Return False: the default for ``stop``, which never stops a job."""
    return False


class JobUpdate(NamedTuple):
    """The progress of a job: its result so far, the units done and in total, and the seconds since its start."""

    result: Any = None
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    finished: bool = False
    note: str = ""
    error: str = ""

    @property
    def seconds_left(self) -> float | None:
        """Return the estimated seconds left, or None while less than 2 % is done."""
        return self.seconds * (self.total - self.done) / self.done if self.done * 50 > self.total else None

    @property
    def time_left_text(self) -> str:
        """Return the estimated time left as the end of a sentence, or "" if it is below one second."""
        seconds = self.seconds_left
        return f", about {seconds:.0f} s left" if seconds is not None and seconds >= 1 else ""


class Job:
    """One computation and the number of its followers."""

    def __init__(self, compute: "Compute"):
        self.changed = threading.Condition()
        self.update, self.version, self.followers = JobUpdate(), 0, 0
        self.complete, self.abandoned, self.left_at = False, False, 0.0
        self._compute, self._published_at, self._started_at = compute, 0.0, 0.0

    def report(self, done: int, total: int, result: Any = None) -> None:
        """Publish the progress, at most once per UPDATE_INTERVAL."""
        now = time.monotonic()
        if now - self._published_at >= UPDATE_INTERVAL:
            self._published_at = now
            self.publish(
                JobUpdate(self.update.result if result is None else result, done, total, now - self._started_at)
            )

    def is_abandoned(self) -> bool:
        """Return whether the job has had no follower for GRACE_SECONDS."""
        with _lock:
            self.abandoned = self.abandoned or (not self.followers and time.monotonic() - self.left_at > GRACE_SECONDS)
            return self.abandoned

    def run(self) -> JobUpdate:
        """Run the job, publish its progress, and return the last update, which is not yet published."""
        self._started_at = time.monotonic()
        try:
            while not MODEL_WARMUP.wait(0.5) and not self.is_abandoned():
                self.publish(
                    JobUpdate(note=f"Compiling the model (first start only): {MODEL_WARMUP.elapsed} s so far.")
                )
            self._started_at = time.monotonic()
            result = self._compute(self.report, self.is_abandoned)
            seconds, self.complete = time.monotonic() - self._started_at, True
            return self.update._replace(result=result, seconds=seconds, finished=True, note="")
        except CancelledError:
            return self.update._replace(finished=True)
        except ScenarioError as error:
            return self.update._replace(finished=True, error="; ".join(map(str, error.errors)))
        except Exception as error:
            log.exception("a background job failed")
            return self.update._replace(finished=True, error=f"Unexpected error ({type(error).__name__}: {error}).")

    def publish(self, update: JobUpdate) -> None:
        """Send an update to all followers."""
        with self.changed:
            self.update, self.version = update, self.version + 1
            self.changed.notify_all()


ReportProgress = Callable[..., None]
Compute = Callable[[ReportProgress, Callable[[], bool]], Any]

_lock: threading.Lock
_jobs: dict[Hashable, Job]
_results: LRUCache[Hashable, JobUpdate]


@in_each_process
def _start_empty() -> None:
    global _lock, _jobs, _results
    _lock, _jobs, _results = threading.Lock(), {}, LRUCache(MAX_RESULTS)


def follow(key: Hashable, compute: Compute, stop: Callable[[], bool]) -> Iterator[JobUpdate]:
    """Yield the updates of a job until it finishes or ``stop()`` is true. Start the job if it is not running."""
    job, version = _join(key, compute), 0
    if isinstance(job, JobUpdate):
        yield job
        return
    try:
        while not stop():
            with job.changed:
                if job.version == version:
                    job.changed.wait(UPDATE_INTERVAL)
                is_new, version, update = job.version != version, job.version, job.update
            if is_new:
                yield update
                if update.finished:
                    return
    finally:
        _leave(job)


def _join(key: Hashable, compute: Compute) -> Job | JobUpdate:
    """Return the stored last update of a job, or the running job; start it if necessary."""
    with _lock:
        if (stored := _results.get(key)) is not None:
            return stored
        job = _jobs.get(key)
        if job is None or job.abandoned:
            job = _jobs[key] = Job(compute)
            threading.Thread(target=_run_job, args=(key, job), daemon=True, name="job").start()
        job.followers += 1
    return job


def _leave(job: Job) -> None:
    with _lock:
        job.followers -= 1
        job.left_at = time.monotonic()


def _run_job(key: Hashable, job: Job) -> None:
    update = job.run()
    with _lock:  # before publishing: a repeated request must not join the finished job
        if _jobs.get(key) is job:
            del _jobs[key]
        if job.complete:
            _results[key] = update
    job.publish(update)


class TaskSlot:
    """A page's slot for one background task: a new task replaces the running one."""

    def __init__(self) -> None:
        self._ticket, self._lock = 0, threading.Lock()

    def start(self, run: Callable[[Callable[[], bool]], None]) -> None:
        """Run a task in a new thread and stop the previous one. The task receives its ``stop`` function."""
        ticket = self.cancel()
        threading.Thread(
            target=self._run_safely, args=(run, lambda: self._ticket != ticket), daemon=True, name="task slot"
        ).start()

    def cancel(self) -> int:
        """Stop the running task and return the number of the next one."""
        with self._lock:
            self._ticket += 1
            return self._ticket

    def _run_safely(self, run: Callable[[Callable[[], bool]], None], stop: Callable[[], bool]) -> None:
        try:
            run(stop)
        except Exception:
            if not stop():  # ignore errors of a page that is closed
                log.exception("a page could not be updated")
