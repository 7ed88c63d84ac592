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

from dashboards.warmup import WARMTH
from experiments.engine.pool import CancelledError
from model.errors import ScenarioError

KEPT = 48  # finished results, the latest used
OFTEN = 0.2  # seconds between two pieces of news at least
PATIENCE = 1.0  # seconds that work goes on when its last follower has gone: one who comes back finds it

log = logging.getLogger(__name__)


def never() -> bool:
    """Say that it is never time to stop."""
    return False


class JobUpdate(NamedTuple):
    """How far some work is: what was found so far, how much is done of how much, and since when."""

    result: Any = None
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    over: bool = False
    note: str = ""
    fault: str = ""

    @property
    def left(self) -> float | None:
        """Estimate the seconds left; None while too little is done to tell."""
        return self.seconds * (self.total - self.done) / self.done if self.done * 50 > self.total else None

    @property
    def wait(self) -> str:
        """Say how long it may still take, to go on a sentence with; nothing if it is less than a second."""
        return f", about {self.left:.0f} s left" if self.left is not None and self.left >= 1 else ""


class Work:
    """One computation and those who follow it."""

    def __init__(self, play: "Play"):
        self.changed = threading.Condition()
        self.news, self.number, self.followers = JobUpdate(), 0, 0
        self.whole, self.doomed, self.left = False, False, 0.0
        self._play, self._told, self._began = play, 0.0, 0.0

    def report(self, done: int, total: int, result: Any = None) -> None:
        """Tell what was found so far, not more often than anyone can see."""
        now = time.monotonic()
        if now - self._told >= OFTEN:
            self._told = now
            self.tell(JobUpdate(self.news.result if result is None else result, done, total, now - self._began))

    def stopped(self) -> bool:
        """Say whether nobody waits for this any more."""
        with _lock:
            self.doomed = self.doomed or (not self.followers and time.monotonic() - self.left > PATIENCE)
            return self.doomed

    def run(self) -> JobUpdate:
        """Do the work, tell how far it is, and give the news of how it ended, not told yet."""
        self._began = time.monotonic()
        try:
            while not WARMTH.wait(0.5) and not self.stopped():
                self.tell(JobUpdate(note=f"Compiling the model, this once: {WARMTH.elapsed} s so far."))
            self._began = time.monotonic()
            result = self._play(self.report, self.stopped)
            seconds, self.whole = time.monotonic() - self._began, True
            return self.news._replace(result=result, seconds=seconds, over=True, note="")
        except CancelledError:
            return self.news._replace(over=True)
        except ScenarioError as error:
            return self.news._replace(over=True, fault="; ".join(map(str, error.faults)))
        except Exception as error:
            log.exception("long work failed")
            return self.news._replace(over=True, fault=f"This failed ({type(error).__name__}: {error}).")

    def tell(self, news: JobUpdate) -> None:
        """Let all followers know."""
        with self.changed:
            self.news, self.number = news, self.number + 1
            self.changed.notify_all()


Report = Callable[..., None]
Play = Callable[[Report, Callable[[], bool]], Any]

_lock = threading.Lock()
_running: dict[Hashable, Work] = {}
_finished: LRUCache[Hashable, JobUpdate] = LRUCache(KEPT)


def follow(key: Hashable, play: Play, stop: Callable[[], bool]) -> Iterator[JobUpdate]:
    """Give news of some work until it is over or ``stop`` says so; begin it if nobody else has."""
    work, number = _join(key, play), 0
    if isinstance(work, JobUpdate):
        yield work
        return
    try:
        while not stop():
            with work.changed:
                if work.number == number:
                    work.changed.wait(OFTEN)
                fresh, number, news = work.number != number, work.number, work.news
            if fresh:
                yield news
                if news.over:
                    return
    finally:
        _leave(work)


def _join(key: Hashable, play: Play) -> Work | JobUpdate:
    """Join some work, beginning it if nobody else has; or give how it ended."""
    with _lock:
        if (kept := _finished.get(key)) is not None:
            return kept
        work = _running.get(key)
        if work is None or work.doomed:
            work = _running[key] = Work(play)
            threading.Thread(target=_do, args=(key, work), daemon=True, name="long work").start()
        work.followers += 1
    return work


def _leave(work: Work) -> None:
    with _lock:
        work.followers -= 1
        work.left = time.monotonic()


def _do(key: Hashable, work: Work) -> None:
    news = work.run()
    with _lock:  # before the end is told: who asks again on hearing it must not meet the work that has ended
        if _running.get(key) is work:
            del _running[key]
        if work.whole:
            _finished[key] = news
    work.tell(news)


class Desk:
    """One page's place for long work: the newest request replaces the older one."""

    def __init__(self) -> None:
        self._ticket, self._lock = 0, threading.Lock()

    def begin(self, run: Callable[[Callable[[], bool]], None]) -> None:
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
            if not stop():  # a page that has gone is no fault of ours
                log.exception("a page could not be told")
