"""The classroom, mounted into the dashboard's server when somebody first asks for it."""

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from model.errors import ScenarioError

if TYPE_CHECKING:
    from dashboards.classroom.server.context import ClassroomContext


class LazyClassroom:
    """The door of the classroom: who comes before it is open waits, so that the dashboard need not."""

    def __init__(self, app: Any, create_context: Callable[[], "ClassroomContext"]):
        from starlette.routing import Route

        self.app, self.create_context, self.failure = app, create_context, ""
        self.requested, self.mounted, self.context = threading.Event(), threading.Event(), None
        self.route = Route("/class{rest:path}", self.wait_until_mounted, methods=["GET", "POST", "DELETE"])
        app.router.routes.insert(0, self.route)

    def mount_when_ready(self) -> None:
        """Open the classroom and put its pages in the place of the door; if that fails, say so and stay closed.

        Until the model is compiled, that waits for somebody to come: it would slow down the first page of the rest.
        """
        from dashboards.model_warmup import MODEL_WARMUP

        while not MODEL_WARMUP.wait(0.2) and not self.requested.is_set():
            pass
        try:
            self._mount()
        except Exception as error:
            told = "; ".join(map(str, error.errors)) if isinstance(error, ScenarioError) else str(error)
            self.failure = f"The classroom is closed: {told}"
            print(self.failure, file=sys.stderr)
        self.mounted.set()

    def _mount(self) -> None:
        self.context = self.create_context()
        from dashboards.classroom import warmup as rehearsal
        from dashboards.classroom.server import frontend as front
        from dashboards.classroom.server.routes import api_routes

        rest = [route for route in self.app.router.routes if route is not self.route]
        self.app.router.routes = [*api_routes(self.context), *front.page_routes(), *rest]
        rehearsal.start_in_background()

    def close_streams(self) -> None:
        """Let go of all who listen to news."""
        if self.context is not None:
            self.context.events.close()

    def close(self) -> None:
        """Stop the clocks and close the store, so that all of it lies in its one file."""
        if self.context is not None:
            self.context.rooms.close()

    async def wait_until_mounted(self, request: Any) -> Any:
        """Let somebody wait until the classroom is open, or say that it stays closed."""
        import asyncio

        from starlette.responses import PlainTextResponse, RedirectResponse

        self.requested.set()
        while not self.mounted.is_set():
            await asyncio.sleep(0.05)
        return PlainTextResponse(self.failure, 503) if self.failure else RedirectResponse(request.url, 307)
