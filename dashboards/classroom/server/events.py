"""Server-sent events: a version and a scope of each change, for all listeners of a room or some participants."""

import asyncio
import contextlib
import json
import random
import threading
from collections.abc import AsyncIterator, Collection
from typing import NamedTuple

PING_SECONDS = 15.0  # on a silent connection
PING_EVENT = "event: ping\ndata: {}\n\n"
MAX_LISTENERS = 400  # of one room
END_OF_STREAM = ""


class Listener(NamedTuple):
    """An open event stream, and its participant if known."""

    loop: asyncio.AbstractEventLoop
    queue: "asyncio.Queue[str]"
    person: int | None


class EventBroker:
    """The listeners of each room. ``publish`` can be called from any thread and does not block."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may call close while this thread holds it
        self._versions: dict[str, int] = {}
        self._listeners: dict[str, set[Listener]] = {}
        self._closed = False

    def version(self, code: str) -> int:
        """Return the version of a room: the number of events published to all."""
        with self._lock:
            return self._versions.get(code, 0)

    def publish(self, code: str, scope: str, people: Collection[int] | None = None) -> None:
        """Publish a change in this scope to all listeners of a room, or to some participants only.

        Only events for all increase the version, so that gaps do not reveal events for others.
        """
        with self._lock:
            version = self._versions.get(code, 0) + (people is None)
            self._versions[code] = version
            listeners = [each for each in self._listeners.get(code, ()) if people is None or each.person in people]
        line = _changed_event(version, scope)
        for each in listeners:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                each.loop.call_soon_threadsafe(_enqueue, each.queue, line)

    def close(self) -> None:
        """End all streams and accept no new ones, so that the server can stop."""
        with self._lock:
            self._closed = True
            listeners = [each for room in self._listeners.values() for each in room]
        for each in listeners:
            with contextlib.suppress(RuntimeError):
                each.loop.call_soon_threadsafe(_enqueue, each.queue, END_OF_STREAM)

    def is_full(self, code: str) -> bool:
        """Return whether a room has reached the maximum number of listeners."""
        with self._lock:
            return self._closed or len(self._listeners.get(code, ())) >= MAX_LISTENERS

    async def listen(self, code: str, person: int | None = None) -> AsyncIterator[str]:
        """Yield the events of a stream until the listener disconnects."""
        queue: asyncio.Queue[str] = asyncio.Queue(64)
        listener = Listener(asyncio.get_running_loop(), queue, person)
        with self._lock:
            self._listeners.setdefault(code, set()).add(listener)
        try:
            # The delay before a page reconnects is random, so that forty pages do not reconnect at once.
            yield f"retry: {random.randrange(1000, 3000)}\n"
            yield _changed_event(self.version(code), "room")
            while True:
                try:
                    line = await asyncio.wait_for(queue.get(), PING_SECONDS)
                except TimeoutError:
                    line = PING_EVENT
                if line == END_OF_STREAM:
                    return
                yield line
        finally:
            with self._lock:
                self._listeners[code].discard(listener)


def _enqueue(queue: "asyncio.Queue[str]", line: str) -> None:
    if queue.full():  # a slow listener gets one event instead of all pending ones
        while not queue.empty():
            queue.get_nowait()
        if line != END_OF_STREAM:
            line = _changed_event(json.loads(line.split("data: ")[1])["version"], "room")
    queue.put_nowait(line)


def _changed_event(version: int, scope: str) -> str:
    return f"event: changed\ndata: {json.dumps({'version': version, 'scope': scope})}\n\n"
