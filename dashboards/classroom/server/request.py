"""A request to the classroom as its handlers take it: what was sent, and who asks."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.schemas import LessonNumber, validated
from dashboards.classroom.server.context import House
from dashboards.classroom.server.cookies import ROOM, keep_seat, seat_token

NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

LARGEST_BODY = 16 * 1024  # bytes

log = logging.getLogger(__name__)


class Asking(NamedTuple):
    """One request: the house it is made to, the request itself, and the body that was sent."""

    house: House
    request: Request
    sent: bytes

    def read(self, kind: Any) -> Any:
        """Read the body as a declared type. Raises RefusedError naming the field that does not fit."""
        return validated(kind, self.sent)

    def query[Model: BaseModel](self, kind: type[Model]) -> Model:
        """Read what the address asks for as a declared model. Raises RefusedError if it does not fit."""
        asked = self.request.query_params
        return validated(kind, {name: asked[name] for name in kind.model_fields if name in asked})

    @property
    def address(self) -> str:
        """Give the address that asks."""
        return self.request.client.host if self.request.client else ""

    def secret(self, scheme: str) -> str:
        """Read what the request carries under a scheme of authorisation; empty if nothing."""
        name, _, value = self.request.headers.get("authorization", "").partition(" ")
        return value.strip()[:200] if name.lower() == scheme else ""

    @property
    def token(self) -> str:
        """Return the personal token: of a script in the header, of a page in the cookie of the room that it names."""
        return self.secret("bearer") or seat_token(self.request, self.request.headers.get(ROOM, ""))

    def seat(self, found: dict[str, Any]) -> Response:
        """Answer with a seat, and let the browser hold it."""
        answer = JSONResponse(found, headers=NOT_KEPT)
        return keep_seat(self.request, answer, found["code"], found["token"])

    def person(self) -> sqlite3.Row:
        """Find who asks by the personal token. Raises RefusedError if it is none of ours."""
        token = self.token
        if not token:
            raise RefusedError(401, "token.unknown", "This needs a personal link.")
        person = self.house.rooms.person(token)
        bucket = self.house.writing if self.request.method == "POST" else self.house.reading
        bucket.take(f"person {person['id']}")
        return person

    def seated(self) -> tuple[sqlite3.Row, Lesson, str]:
        """Find who asks, the lesson, and the seat. Raises RefusedError if the person sits nowhere."""
        person = self.person()
        return (person, *self.house.rooms.seated(person))

    def room(self, code: str) -> sqlite3.Row:
        """Find a room by a code that somebody typed; only wrong codes count against the limit."""
        self.house.wrong.check(self.address)
        try:
            return self.house.rooms.room(code)
        except RefusedError:
            self.house.wrong.take(self.address)
            raise

    def need_key(self) -> None:
        """Check the instructor key. Raises RefusedError if it is wrong; wrong ones count against the limit."""
        self.house.wrong.check(self.address)
        if not self.house.rooms.is_key(self.secret("instructor")):
            self.house.wrong.take(self.address)
            raise RefusedError(401, "key.wrong", "This needs the instructor key.")

    def instructed(self) -> tuple[sqlite3.Row, Lesson]:
        """Check the key, and find the room and the lesson that the address names."""
        self.need_key()
        room = self.house.rooms.room(self.request.path_params["code"])
        number = self.query(LessonNumber).lesson
        lesson = self.house.rooms.lesson(room, number)
        if lesson is None:
            raise RefusedError(404, "lesson.none", "There is no such lesson.")
        return room, lesson


async def body(request: Request) -> bytes:
    """Read a body of JSON. Raises RefusedError if it says to be something else, or is too large."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise RefusedError(400, "bad.json", "The body must be JSON, and say so.")
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_BODY:
            raise RefusedError(413, "too.large", f"The body must have at most {LARGEST_BODY} bytes.")
    return bytes(content)


Handler = Callable[[Asking], Any]


def answering(house: House, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Make a handler an endpoint: it works on a thread of its own, and what it refuses is answered as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            sent = await body(request) if request.method == "POST" else b""
            found = await run_in_threadpool(handler, Asking(house, request, sent))
            return found if isinstance(found, Response) else JSONResponse(found, headers=NOT_KEPT)
        except RefusedError as refused:
            return JSONResponse(refused.plain(), refused.status, headers=NOT_KEPT)
        except Exception:
            log.exception("the classroom failed to answer %s", request.url.path)
            failed = RefusedError(500, "server.busy", "The server failed to answer; try again.")
            return JSONResponse(failed.plain(), failed.status, headers=NOT_KEPT)

    return endpoint
