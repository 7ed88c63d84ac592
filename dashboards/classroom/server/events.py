"""Events: that something has changed, a number and a scope, for all who listen or those whom it concerns."""

import asyncio
import contextlib
import json
import random
import threading
from collections.abc import AsyncIterator, Collection
from typing import NamedTuple

PING_SECONDS = 15.0  # seconds after which a quiet line is kept open
PING_EVENT = "event: ping\ndata: {}\n\n"
MAX_LISTENERS = 400  # of one room
END_OF_STREAM = ""  # the line after which nothing comes


class Listener(NamedTuple):
    """One who listens: where, and who it is if that is known."""

    loop: asyncio.AbstractEventLoop
    queue: "asyncio.Queue[str]"
    person: int | None


class EventBroker:
    """Who listens to which room. ``tell`` may be called from any thread, and never waits."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal may ask for the end while this thread holds it
        self._versions: dict[str, int] = {}
        self._listeners: dict[str, set[Listener]] = {}
        self._closed = False

    def version(self, code: str) -> int:
        """Give the number of the last news for all of a room."""
        with self._lock:
            return self._versions.get(code, 0)

    def publish(self, code: str, scope: str, people: Collection[int] | None = None) -> None:
        """Tell all who listen to a room that something in this scope has changed, or only these people.

        What is not for all does not count as news for all either: nobody learns from a gap that others were told.
        """
        with self._lock:
            version = self._versions.get(code, 0) + (people is None)
            self._versions[code] = version
            listeners = [each for each in self._listeners.get(code, ()) if people is None or each.person in people]
        line = _changed_event(version, scope)
        for each in listeners:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is there any more
                each.loop.call_soon_threadsafe(_enqueue, each.queue, line)

    def close(self) -> None:
        """Let all who listen go, and take nobody new, so that the server can stop."""
        with self._lock:
            self._closed = True
            listeners = [each for room in self._listeners.values() for each in room]
        for each in listeners:
            with contextlib.suppress(RuntimeError):
                each.loop.call_soon_threadsafe(_enqueue, each.queue, END_OF_STREAM)

    def is_full(self, code: str) -> bool:
        """Say whether a room has as many listeners as it may."""
        with self._lock:
            return self._closed or len(self._listeners.get(code, ())) >= MAX_LISTENERS

    async def listen(self, code: str, person: int | None = None) -> AsyncIterator[str]:
        """Give the lines of an event stream, until the listener goes away."""
        queue: asyncio.Queue[str] = asyncio.Queue(64)
        me = Listener(asyncio.get_running_loop(), queue, person)
        with self._lock:
            self._listeners.setdefault(code, set()).add(me)
        try:
            # A page whose line breaks comes back after this while: of forty not all in the same instant.
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
                self._listeners[code].discard(me)


def _enqueue(queue: "asyncio.Queue[str]", line: str) -> None:
    if queue.full():  # one who does not keep up is told once more that the room has changed
        while not queue.empty():
            queue.get_nowait()
        if line != END_OF_STREAM:
            line = _changed_event(json.loads(line.split("data: ")[1])["version"], "room")
    queue.put_nowait(line)


def _changed_event(version: int, scope: str) -> str:
    return f"event: changed\ndata: {json.dumps({'version': version, 'scope': scope})}\n\n"
