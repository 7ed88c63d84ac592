"""Mount the classroom into the dashboard's server in the background, or on the first request."""

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from model.errors import ScenarioError

if TYPE_CHECKING:
    from dashboards.classroom.server.context import ClassroomContext


class LazyClassroom:
    """A placeholder route: requests for the classroom wait until it is mounted, so the dashboard starts at once."""

    def __init__(self, app: Any, create_context: Callable[[], "ClassroomContext"]):
        from starlette.routing import Route

        self.app, self.create_context, self.failure = app, create_context, ""
        self.requested, self.mounted, self.context = threading.Event(), threading.Event(), None
        self.route = Route("/class{rest:path}", self.wait_until_mounted, methods=["GET", "POST", "DELETE"])
        app.router.routes.insert(0, self.route)

    def mount_when_ready(self) -> None:
        """Mount the classroom's routes in place of the placeholder. If that fails, print the reason and answer 503.

        Wait until the model is compiled or a request arrives, since mounting would slow down the first page.
        """
        from dashboards.model_warmup import MODEL_WARMUP

        while not MODEL_WARMUP.wait(0.2) and not self.requested.is_set():
            pass
        try:
            self._mount()
        except Exception as error:
            reason = "; ".join(map(str, error.errors)) if isinstance(error, ScenarioError) else str(error)
            self.failure = f"The classroom is not available: {reason}"
            print(self.failure, file=sys.stderr)
        self.mounted.set()

    def _mount(self) -> None:
        self.context = self.create_context()
        from dashboards.classroom import warmup as class_warmup
        from dashboards.classroom.server import frontend as frontend
        from dashboards.classroom.server.routes import api_routes

        others = [route for route in self.app.router.routes if route is not self.route]
        self.app.router.routes = [*api_routes(self.context), *frontend.page_routes(), *others]
        class_warmup.start_in_background()

    def close_streams(self) -> None:
        """Close the event streams of all listeners."""
        if self.context is not None:
            self.context.events.close()

    def close(self) -> None:
        """Stop the clocks and close the store, which then consists of a single file."""
        if self.context is not None:
            self.context.rooms.close()

    async def wait_until_mounted(self, request: Any) -> Any:
        """Wait until the classroom is mounted, then redirect; respond with 503 if mounting failed."""
        import asyncio

        from starlette.responses import PlainTextResponse, RedirectResponse

        self.requested.set()
        while not self.mounted.is_set():
            await asyncio.sleep(0.05)
        return PlainTextResponse(self.failure, 503) if self.failure else RedirectResponse(request.url, 307)
