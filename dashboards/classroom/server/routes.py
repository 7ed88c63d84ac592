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
from dashboards.classroom.server.context import House
from dashboards.classroom.server.cookies import seat_token
from dashboards.classroom.server.request import NOT_KEPT, Asking, answering
from dashboards.classroom.server.student_api import GET, POST


def news(house: House) -> Any:
    """Make the endpoint of the event stream: it tells that something changed in a room, never what.

    Without a seat one hears what concerns all; with it also that something changed for the own seat.
    """

    async def endpoint(request: Request) -> Response:
        try:
            asking = Asking(house, request, b"")
            code = asking.query(RoomCode).code
            person = listener(house, asking.secret("bearer"), seat_token(request, code))
            room = person or asking.room(code)
            if house.news.crowded(room["code"]):
                raise RefusedError(503, "server.busy", "Too many are listening.")
        except RefusedError as refused:
            return JSONResponse(refused.plain(), refused.status, headers=NOT_KEPT)
        headers = {**NOT_KEPT, "X-Accel-Buffering": "no"}
        lines = house.news.listen(room["code"], person["id"] if person else None)
        return StreamingResponse(lines, media_type="text/event-stream", headers=headers)

    return endpoint


def listener(house: House, script: str, browser: str) -> sqlite3.Row | None:
    """Find who listens; a script's token must be known, a browser may hold one whose room is gone."""
    if script:
        return house.rooms.person(script)
    with suppress(RefusedError):
        return house.rooms.person(browser)
    return None


def routes(house: House) -> list[BaseRoute]:
    """List all routes of the classroom's API."""
    tables = (("GET", GET), ("POST", POST), ("GET", keyed.GET), ("POST", keyed.POST), ("DELETE", keyed.DELETE))
    found: list[BaseRoute] = [Route("/class/api/news", news(house))]
    for method, table in tables:
        for path, handler in table.items():
            found.append(Route(f"/class/api/{path}", answering(house, handler), methods=[method]))
    return [
        *found,
        Route("/class/api/{rest:path}", answering(house, missing), methods=["GET", "POST", "DELETE", "PUT"]),
    ]


def missing(ask: Asking) -> dict[str, Any]:
    """Refuse what there is not."""
    raise RefusedError(404, "not.found", "There is no such address.")
