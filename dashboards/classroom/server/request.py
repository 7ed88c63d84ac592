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
from dashboards.classroom.schemas import LessonNumber, validate
from dashboards.classroom.server.context import ClassroomContext
from dashboards.classroom.server.cookies import ROOM_HEADER, seat_token, set_seat_cookie

NO_STORE_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

MAX_BODY_BYTES = 16 * 1024  # bytes

log = logging.getLogger(__name__)


class ClassRequest(NamedTuple):
    """One request: the house it is made to, the request itself, and the body that was sent."""

    context: ClassroomContext
    http: Request
    body: bytes

    def parse_body(self, kind: Any) -> Any:
        """Read the body as a declared type. Raises RefusedError naming the field that does not fit."""
        return validate(kind, self.body)

    def parse_query[Model: BaseModel](self, kind: type[Model]) -> Model:
        """Read what the address asks for as a declared model. Raises RefusedError if it does not fit."""
        asked = self.http.query_params
        return validate(kind, {name: asked[name] for name in kind.model_fields if name in asked})

    @property
    def client_address(self) -> str:
        """Give the address that asks."""
        return self.http.client.host if self.http.client else ""

    def authorization(self, scheme: str) -> str:
        """Read what the request carries under a scheme of authorisation; empty if nothing."""
        name, _, value = self.http.headers.get("authorization", "").partition(" ")
        return value.strip()[:200] if name.lower() == scheme else ""

    @property
    def token(self) -> str:
        """Return the personal token: of a script in the header, of a page in the cookie of the room that it names."""
        return self.authorization("bearer") or seat_token(self.http, self.http.headers.get(ROOM_HEADER, ""))

    def seat_response(self, found: dict[str, Any]) -> Response:
        """Answer with a seat, and let the browser hold it."""
        answer = JSONResponse(found, headers=NO_STORE_HEADERS)
        return set_seat_cookie(self.http, answer, found["code"], found["token"])

    def require_person(self) -> sqlite3.Row:
        """Find who asks by the personal token. Raises RefusedError if it is none of ours."""
        token = self.token
        if not token:
            raise RefusedError(401, "token.unknown", "This needs a personal link.")
        person = self.context.rooms.find_person(token)
        bucket = self.context.write_limit if self.http.method == "POST" else self.context.read_limit
        bucket.use(f"person {person['id']}")
        return person

    def require_seat(self) -> tuple[sqlite3.Row, Lesson, str]:
        """Find who asks, the lesson, and the seat. Raises RefusedError if the person sits nowhere."""
        person = self.require_person()
        return (person, *self.context.rooms.current_seat(person))

    def find_room(self, code: str) -> sqlite3.Row:
        """Find a room by a code that somebody typed; only wrong codes count against the limit."""
        self.context.failed_attempts.check(self.client_address)
        try:
            return self.context.rooms.find_room(code)
        except RefusedError:
            self.context.failed_attempts.use(self.client_address)
            raise

    def require_key(self) -> None:
        """Check the instructor key. Raises RefusedError if it is wrong; wrong ones count against the limit."""
        self.context.failed_attempts.check(self.client_address)
        if not self.context.rooms.is_instructor_key(self.authorization("instructor")):
            self.context.failed_attempts.use(self.client_address)
            raise RefusedError(401, "key.wrong", "This needs the instructor key.")

    def require_lesson(self) -> tuple[sqlite3.Row, Lesson]:
        """Check the key, and find the room and the lesson that the address names."""
        self.require_key()
        room = self.context.rooms.find_room(self.http.path_params["code"])
        number = self.parse_query(LessonNumber).lesson
        lesson = self.context.rooms.find_lesson(room, number)
        if lesson is None:
            raise RefusedError(404, "lesson.none", "There is no such lesson.")
        return room, lesson


async def read_body(request: Request) -> bytes:
    """Read a body of JSON. Raises RefusedError if it says to be something else, or is too large."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise RefusedError(400, "bad.json", "The body must be JSON, and say so.")
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_BODY_BYTES:
            raise RefusedError(413, "too.large", f"The body must have at most {MAX_BODY_BYTES} bytes.")
    return bytes(content)


Handler = Callable[[ClassRequest], Any]


def make_endpoint(house: ClassroomContext, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Make a handler an endpoint: it works on a thread of its own, and what it refuses is answered as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            sent = await read_body(request) if request.method == "POST" else b""
            found = await run_in_threadpool(handler, ClassRequest(house, request, sent))
            return found if isinstance(found, Response) else JSONResponse(found, headers=NO_STORE_HEADERS)
        except RefusedError as refused:
            return JSONResponse(refused.body(), refused.status, headers=NO_STORE_HEADERS)
        except Exception:
            log.exception("the classroom failed to answer %s", request.url.path)
            failed = RefusedError(500, "server.busy", "The server failed to answer; try again.")
            return JSONResponse(failed.body(), failed.status, headers=NO_STORE_HEADERS)

    return endpoint
