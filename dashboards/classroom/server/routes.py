"""The table of routes of the classroom's API."""

import sqlite3
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.schemas import RoomCode
from dashboards.classroom.server import instructor_api as keyed
from dashboards.classroom.server.context import ClassroomContext
from dashboards.classroom.server.cookies import seat_token
from dashboards.classroom.server.request import NO_STORE_HEADERS, ClassRequest, make_endpoint
from dashboards.classroom.server.student_api import GET, POST


def event_stream(house: ClassroomContext) -> Any:
    """Make the endpoint of the event stream: it tells that something changed in a room, never what.

    Without a seat one hears what concerns all; with it also that something changed for the own seat.
    """

    async def endpoint(request: Request) -> Response:
        try:
            asking = ClassRequest(house, request, b"")
            code = asking.parse_query(RoomCode).code
            person = find_listener(house, asking.authorization("bearer"), seat_token(request, code))
            room = person or asking.find_room(code)
            if house.events.is_full(room["code"]):
                raise RefusedError(503, "server.busy", "Too many are listening.")
        except RefusedError as refused:
            return JSONResponse(refused.body(), refused.status, headers=NO_STORE_HEADERS)
        headers = {**NO_STORE_HEADERS, "X-Accel-Buffering": "no"}
        lines = house.events.listen(room["code"], person["id"] if person else None)
        return StreamingResponse(lines, media_type="text/event-stream", headers=headers)

    return endpoint


def find_listener(house: ClassroomContext, script: str, browser: str) -> sqlite3.Row | None:
    """Find who listens; a script's token must be known, a browser may hold one whose room is gone."""
    if script:
        return house.rooms.find_person(script)
    with suppress(RefusedError):
        return house.rooms.find_person(browser)
    return None


def api_routes(house: ClassroomContext) -> list[BaseRoute]:
    """List all routes of the classroom's API."""
    tables = (("GET", GET), ("POST", POST), ("GET", keyed.GET), ("POST", keyed.POST), ("DELETE", keyed.DELETE))
    found: list[BaseRoute] = [Route("/class/api/news", event_stream(house))]
    for method, table in tables:
        for path, handler in table.items():
            found.append(Route(f"/class/api/{path}", make_endpoint(house, handler), methods=[method]))
    return [
        *found,
        Route("/class/api/{rest:path}", make_endpoint(house, not_found), methods=["GET", "POST", "DELETE", "PUT"]),
    ]


def not_found(ask: ClassRequest) -> dict[str, Any]:
    """Refuse what there is not."""
    raise RefusedError(404, "not.found", "There is no such address.")
