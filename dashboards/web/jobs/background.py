"""Long work that pages share: done once for all who ask for it, told as it grows, stopped when nobody waits for it.

A class that opens one link keeps one computation busy, not thirty. What is found depends on the key
alone, so it may be shown to anyone who asks with the same key.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from cachetools import LRUCache

from dashboards.model_warmup import MODEL_WARMUP
from experiments.engine.pool import CancelledError
from model.errors import ScenarioError

MAX_RESULTS = 48  # finished results, the latest used
UPDATE_INTERVAL = 0.2  # seconds between two pieces of news at least
GRACE_SECONDS = 1.0  # seconds that work goes on when its last follower has gone: one who comes back finds it

log = logging.getLogger(__name__)


def never_stop() -> bool:
    """Say that it is never time to stop."""
    return False


class JobUpdate(NamedTuple):
    """How far some work is: what was found so far, how much is done of how much, and since when."""

    result: Any = None
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    finished: bool = False
    note: str = ""
    error: str = ""

    @property
    def seconds_left(self) -> float | None:
        """Estimate the seconds left; None while too little is done to tell."""
        return self.seconds * (self.total - self.done) / self.done if self.done * 50 > self.total else None

    @property
    def time_left_text(self) -> str:
        """Say how long it may still take, to go on a sentence with; nothing if it is less than a second."""
        return (
            f", about {self.seconds_left:.0f} s left"
            if self.seconds_left is not None and self.seconds_left >= 1
            else ""
        )


class Job:
    """One computation and those who follow it."""

    def __init__(self, play: "Compute"):
        self.changed = threading.Condition()
        self.update, self.version, self.followers = JobUpdate(), 0, 0
        self.complete, self.abandoned, self.left_at = False, False, 0.0
        self._compute, self._published_at, self._started_at = play, 0.0, 0.0

    def report(self, done: int, total: int, result: Any = None) -> None:
        """Tell what was found so far, not more often than anyone can see."""
        now = time.monotonic()
        if now - self._published_at >= UPDATE_INTERVAL:
            self._published_at = now
            self.publish(
                JobUpdate(self.update.result if result is None else result, done, total, now - self._started_at)
            )

    def is_abandoned(self) -> bool:
        """Say whether nobody waits for this any more."""
        with _lock:
            self.abandoned = self.abandoned or (not self.followers and time.monotonic() - self.left_at > GRACE_SECONDS)
            return self.abandoned

    def run(self) -> JobUpdate:
        """Do the work, tell how far it is, and give the news of how it ended, not told yet."""
        self._started_at = time.monotonic()
        try:
            while not MODEL_WARMUP.wait(0.5) and not self.is_abandoned():
                self.publish(JobUpdate(note=f"Compiling the model, this once: {MODEL_WARMUP.elapsed} s so far."))
            self._started_at = time.monotonic()
            result = self._compute(self.report, self.is_abandoned)
            seconds, self.complete = time.monotonic() - self._started_at, True
            return self.update._replace(result=result, seconds=seconds, finished=True, note="")
        except CancelledError:
            return self.update._replace(finished=True)
        except ScenarioError as error:
            return self.update._replace(finished=True, error="; ".join(map(str, error.errors)))
        except Exception as error:
            log.exception("long work failed")
            return self.update._replace(finished=True, error=f"This failed ({type(error).__name__}: {error}).")

    def publish(self, news: JobUpdate) -> None:
        """Let all followers know."""
        with self.changed:
            self.update, self.version = news, self.version + 1
            self.changed.notify_all()


ReportProgress = Callable[..., None]
Compute = Callable[[ReportProgress, Callable[[], bool]], Any]

_lock = threading.Lock()
_jobs: dict[Hashable, Job] = {}
_results: LRUCache[Hashable, JobUpdate] = LRUCache(MAX_RESULTS)


def follow(key: Hashable, compute: Compute, stop: Callable[[], bool]) -> Iterator[JobUpdate]:
    """Give news of some work until it is finished or ``stop`` says so; begin it if nobody else has."""
    work, number = _join(key, compute), 0
    if isinstance(work, JobUpdate):
        yield work
        return
    try:
        while not stop():
            with work.changed:
                if work.version == number:
                    work.changed.wait(UPDATE_INTERVAL)
                fresh, number, news = work.version != number, work.version, work.update
            if fresh:
                yield news
                if news.finished:
                    return
    finally:
        _leave(work)


def _join(key: Hashable, play: Compute) -> Job | JobUpdate:
    """Join some work, beginning it if nobody else has; or give how it ended."""
    with _lock:
        if (kept := _results.get(key)) is not None:
            return kept
        work = _jobs.get(key)
        if work is None or work.abandoned:
            work = _jobs[key] = Job(play)
            threading.Thread(target=_run_job, args=(key, work), daemon=True, name="long work").start()
        work.followers += 1
    return work


def _leave(work: Job) -> None:
    with _lock:
        work.followers -= 1
        work.left_at = time.monotonic()


def _run_job(key: Hashable, work: Job) -> None:
    news = work.run()
    with _lock:  # before the end is told: who asks again on hearing it must not meet the work that has ended
        if _jobs.get(key) is work:
            del _jobs[key]
        if work.complete:
            _results[key] = news
    work.publish(news)


class TaskSlot:
    """One page's place for long work: the newest request replaces the older one."""

    def __init__(self) -> None:
        self._ticket, self._lock = 0, threading.Lock()

    def start(self, run: Callable[[Callable[[], bool]], None]) -> None:
        """Run something on a thread of its own in place of what was run before; it is told when to stop."""
        ticket = self.cancel()
        threading.Thread(
            target=self._guard, args=(run, lambda: self._ticket != ticket), daemon=True, name="desk"
        ).start()

    def cancel(self) -> int:
        """Tell what runs to stop."""
        with self._lock:
            self._ticket += 1
            return self._ticket

    def _guard(self, run: Callable[[Callable[[], bool]], None], stop: Callable[[], bool]) -> None:
        try:
            run(stop)
        except Exception:
            if not stop():  # a page that has gone is no error of ours
                log.exception("a page could not be told")
