"""Rate limits: a token bucket for each address or person."""

import threading
import time

from cachetools import LRUCache

from dashboards.classroom.errors import RefusedError

MAX_NAMES = 10_000


class RateLimit:
    """A token bucket for each name: a number of attempts at once, and one more after every interval in seconds."""

    def __init__(self, tries: int, seconds: float):
        self.tries, self.seconds = tries, seconds
        self._left: LRUCache[str, tuple[float, float]] = LRUCache(MAX_NAMES)
        self._lock = threading.Lock()

    def tries_left(self, name: str) -> float:
        """Return the attempts that a name has left."""
        left, when = self._left.get(name, (float(self.tries), 0.0))
        return min(left + (time.monotonic() - when) / self.seconds, float(self.tries))

    def check(self, name: str) -> None:
        """Raise RefusedError if a name has no attempt left; uses none."""
        with self._lock:
            left = self.tries_left(name)
        if left < 1.0:
            wait = int((1.0 - left) * self.seconds) + 1
            raise RefusedError(429, "too.fast", f"Too many attempts; wait {wait} seconds.", seconds=wait)

    def use(self, name: str) -> None:
        """Use an attempt. Raises RefusedError if there is none left."""
        self.check(name)
        with self._lock:
            self._left[name] = self.tries_left(name) - 1.0, time.monotonic()
