"""The classroom, mounted into the dashboard's server when somebody first asks for it."""

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from model.errors import ScenarioError

if TYPE_CHECKING:
    from dashboards.classroom.server.context import House


class Door:
    """The door of the classroom: who comes before it is open waits, so that the dashboard need not."""

    def __init__(self, app: Any, classroom: Callable[[], "House"]):
        from starlette.routing import Route

        self.app, self.classroom, self.closed = app, classroom, ""
        self.knocked, self.open_now, self.house = threading.Event(), threading.Event(), None
        self.route = Route("/class{rest:path}", self.wait, methods=["GET", "POST", "DELETE"])
        app.router.routes.insert(0, self.route)

    def open(self) -> None:
        """Open the classroom and put its pages in the place of the door; if that fails, say so and stay closed.

        Until the model is compiled, that waits for somebody to come: it would slow down the first page of the rest.
        """
        from dashboards.warmup import WARMTH

        while not WARMTH.wait(0.2) and not self.knocked.is_set():
            pass
        try:
            self._open()
        except Exception as error:
            told = "; ".join(map(str, error.faults)) if isinstance(error, ScenarioError) else str(error)
            self.closed = f"The classroom is closed: {told}"
            print(self.closed, file=sys.stderr)
        self.open_now.set()

    def _open(self) -> None:
        self.house = self.classroom()
        from dashboards.classroom import warmup as rehearsal
        from dashboards.classroom.server import frontend as front
        from dashboards.classroom.server.routes import routes

        rest = [route for route in self.app.router.routes if route is not self.route]
        self.app.router.routes = [*routes(self.house), *front.routes(), *rest]
        rehearsal.begin()

    def let_go(self) -> None:
        """Let go of all who listen to news."""
        if self.house is not None:
            self.house.news.close()

    def close(self) -> None:
        """Stop the clocks and close the store, so that all of it lies in its one file."""
        if self.house is not None:
            self.house.rooms.close()

    async def wait(self, request: Any) -> Any:
        """Let somebody wait until the classroom is open, or say that it stays closed."""
        import asyncio

        from starlette.responses import PlainTextResponse, RedirectResponse

        self.knocked.set()
        while not self.open_now.is_set():
            await asyncio.sleep(0.05)
        return PlainTextResponse(self.closed, 503) if self.closed else RedirectResponse(request.url, 307)
