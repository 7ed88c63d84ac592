"""Many browsers at once, simulated by their connections: the load of thirty laptops on a server, without drawing.

Thirty browsers on the two cores of the server would mostly measure themselves. These connections use the
protocol of the pages: they open the page, move a slider, and wait for the final results.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import websockets

MAX_MESSAGE_BYTES = 64 << 20


class ExploreConnection:
    """The connection of one browser to Explore."""

    def __init__(self, address: str, query: str):
        kernel, self.page = uuid.uuid4(), str(uuid.uuid4())
        self.url = f"{address.replace('http', 'ws')}jupyter/api/kernels/{kernel}/channels?session_id={self.page}"
        self.query, self.control = query, str(uuid.uuid4())
        self.panel = self.board = ""
        self.live: dict[str, Any] = {}
        self.changed = asyncio.Event()

    async def open(self) -> None:
        """Connect, open the page, and wait for its final results."""
        self.socket = await websockets.connect(self.url, max_size=MAX_MESSAGE_BYTES)
        self.reader = asyncio.create_task(self._read())
        await self._send("comm_open", {"comm_id": self.control, "target_name": "solara.control", "data": {}})
        themes = {"light": {}, "dark": {}}
        arguments = {"path": f"/?{self.query}", "appName": None, "dark": False, "themes": themes}
        await self._message(self.control, {"method": "run", "args": arguments})
        await self.wait_until(lambda live: bool((live.get("picture") or {}).get("settled")))

    async def close(self) -> None:
        """Disconnect."""
        self.reader.cancel()
        await self.socket.close()

    async def send_event(self, name: str, data: Any) -> None:
        """Send an event of the control panel."""
        await self._message(self.panel, {"method": "custom", "content": {"event": name, "data": data}})

    async def wait_until(self, condition: Callable[[dict[str, Any]], bool], seconds: float = 120.0) -> None:
        """Wait until the data of the board meet a condition. Raises TimeoutError after ``seconds``."""
        async with asyncio.timeout(seconds):
            while not condition(self.live):
                self.changed.clear()
                await self.changed.wait()

    async def _message(self, comm: str, data: dict[str, Any]) -> None:
        await self._send("comm_msg", {"comm_id": comm, "data": data})

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {"msg_id": str(uuid.uuid4()), "msg_type": kind, "session": self.page, "username": ""}
        header |= {"date": datetime.now(UTC).isoformat(), "version": "5.2"}
        rest = {"parent_header": {}, "metadata": {}, "buffers": [], "channel": "shell"}
        await self.socket.send(json.dumps({"header": header, "content": content, **rest}))

    async def _read(self) -> None:
        async for text in self.socket:
            if isinstance(text, bytes):
                continue
            message = json.loads(text)
            content = message.get("content", {})
            state = content.get("data", {}).get("state", {}) if "comm_id" in content else {}
            if "catalogue" in state:
                self.panel = content["comm_id"]
            if "live" in state:
                self.board, self.live = content["comm_id"], state["live"]
                self.changed.set()


async def time_updates(address: str, query: str, browsers: int, movers: int, moves: int) -> list[float]:
    """Open connections, move sliders in some of them, and return the seconds of each update."""
    connections = [ExploreConnection(address, query) for _ in range(browsers)]
    for first in range(0, browsers, 5):
        await asyncio.gather(*(connection.open() for connection in connections[first : first + 5]))
    times = await asyncio.gather(
        *(_move(connection, number, moves) for number, connection in enumerate(connections[:movers]))
    )
    await asyncio.gather(*(connection.close() for connection in connections))
    return [seconds for updates in times for seconds in updates]


async def _move(connection: ExploreConnection, number: int, moves: int) -> list[float]:
    """Move a slider in small steps, as a user does, and return the seconds of the last step of each move."""
    times = []
    for move in range(moves):
        await asyncio.sleep(0.5 + 0.05 * number)
        start = 0.1 + 0.06 * move + 0.0001 * number  # differs between connections, else results would be cached
        for step in range(10):
            await connection.send_event("move", {"path": "states.us.dialogue", "value": round(start + 0.005 * step, 6)})
            await asyncio.sleep(0.06)
        before, begun = connection.live["picture"]["number"], time.perf_counter()
        await connection.send_event("move", {"path": "states.us.dialogue", "value": round(start + 0.05, 6)})
        await connection.wait_until(lambda live, before=before: _settled(live, before))
        times.append(time.perf_counter() - begun)
    return times


def _settled(live: dict[str, Any], before: int) -> bool:
    picture = live.get("picture") or {}
    return bool(picture.get("settled")) and picture["number"] > before and not live.get("busy")
