"""The routes of the classroom API."""

import sqlite3
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.schemas import RoomCode
from dashboards.classroom.server import instructor_api
from dashboards.classroom.server.context import ClassroomContext
from dashboards.classroom.server.cookies import seat_token
from dashboards.classroom.server.request import NO_STORE_HEADERS, ClassRequest, make_endpoint
from dashboards.classroom.server.student_api import GET, POST


def event_stream(context: ClassroomContext) -> Any:
    """Return the endpoint of the event stream, which reports that something changed in a room, but not what.

    A listener without a seat receives events for all; one with a seat also those for the seat.
    """

    async def endpoint(request: Request) -> Response:
        try:
            api_request = ClassRequest(context, request, b"")
            code = api_request.parse_query(RoomCode).code
            person = find_listener(context, api_request.authorization("bearer"), seat_token(request, code))
            room = person or api_request.find_room(code)
            if context.events.is_full(room["code"]):
                raise RefusedError(503, "server.busy", "Too many event streams are open.")
        except RefusedError as refused:
            return JSONResponse(refused.body(), refused.status, headers=NO_STORE_HEADERS)
        headers = {**NO_STORE_HEADERS, "X-Accel-Buffering": "no"}
        lines = context.events.listen(room["code"], person["id"] if person else None)
        return StreamingResponse(lines, media_type="text/event-stream", headers=headers)

    return endpoint


def find_listener(context: ClassroomContext, script: str, browser: str) -> sqlite3.Row | None:
    """Return the listener's person; a script's token must be valid, a browser's may belong to a deleted room."""
    if script:
        return context.rooms.find_person(script)
    with suppress(RefusedError):
        return context.rooms.find_person(browser)
    return None


def api_routes(context: ClassroomContext) -> list[BaseRoute]:
    """Return all routes of the classroom API."""
    tables = [("GET", GET), ("POST", POST)]
    tables += [("GET", instructor_api.GET), ("POST", instructor_api.POST), ("DELETE", instructor_api.DELETE)]
    routes: list[BaseRoute] = [Route("/class/api/news", event_stream(context))]
    for method, table in tables:
        for path, handler in table.items():
            routes.append(Route(f"/class/api/{path}", make_endpoint(context, handler), methods=[method]))
    return [
        *routes,
        Route("/class/api/{rest:path}", make_endpoint(context, not_found), methods=["GET", "POST", "DELETE", "PUT"]),
    ]


def not_found(request: ClassRequest) -> dict[str, Any]:
    """Raise the error for an unknown address."""
    raise RefusedError(404, "not.found", "There is no such address.")
