"""A request to the classroom API as its handlers receive it: parsing and authentication."""

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

MAX_BODY_BYTES = 16 * 1024

log = logging.getLogger(__name__)


class ClassRequest(NamedTuple):
    """A request: the classroom context, the HTTP request, and its body."""

    context: ClassroomContext
    http: Request
    body: bytes

    def parse_body(self, kind: Any) -> Any:
        """Return the body as a declared type. Raises RefusedError naming the invalid field."""
        return validate(kind, self.body)

    def parse_query[Model: BaseModel](self, kind: type[Model]) -> Model:
        """Return the query parameters as a declared model. Raises RefusedError if they are invalid."""
        parameters = self.http.query_params
        return validate(kind, {name: parameters[name] for name in kind.model_fields if name in parameters})

    @property
    def client_address(self) -> str:
        """Return the client's IP address."""
        return self.http.client.host if self.http.client else ""

    def authorization(self, scheme: str) -> str:
        """Return the credentials of an authorization scheme; empty if there are none."""
        name, _, credentials = self.http.headers.get("authorization", "").partition(" ")
        return credentials.strip()[:200] if name.lower() == scheme else ""

    @property
    def token(self) -> str:
        """Return the personal token: from the header (scripts), else from the cookie of the room named by the page."""
        return self.authorization("bearer") or seat_token(self.http, self.http.headers.get(ROOM_HEADER, ""))

    def seat_response(self, content: dict[str, Any]) -> Response:
        """Return a response with a seat that sets the seat cookie."""
        response = JSONResponse(content, headers=NO_STORE_HEADERS)
        return set_seat_cookie(self.http, response, content["code"], content["token"])

    def require_person(self) -> sqlite3.Row:
        """Return the person of the personal token. Raises RefusedError if it is not valid."""
        token = self.token
        if not token:
            raise RefusedError(401, "token.unknown", "This requires a personal link.")
        person = self.context.rooms.find_person(token)
        limit = self.context.write_limit if self.http.method == "POST" else self.context.read_limit
        limit.use(f"person {person['id']}")
        return person

    def require_seat(self) -> tuple[sqlite3.Row, Lesson, str]:
        """Return the person, the lesson and the seat. Raises RefusedError if the person has no seat."""
        person = self.require_person()
        return (person, *self.context.rooms.current_seat(person))

    def find_room(self, code: str) -> sqlite3.Row:
        """Return a room by its code; only wrong codes count against the rate limit."""
        self.context.failed_attempts.check(self.client_address)
        try:
            return self.context.rooms.find_room(code)
        except RefusedError:
            self.context.failed_attempts.use(self.client_address)
            raise

    def require_key(self) -> None:
        """Check the instructor key. Raises RefusedError if it is wrong; only wrong keys count against the limit."""
        self.context.failed_attempts.check(self.client_address)
        if not self.context.rooms.is_instructor_key(self.authorization("instructor")):
            self.context.failed_attempts.use(self.client_address)
            raise RefusedError(401, "key.wrong", "This requires the instructor key.")

    def require_lesson(self) -> tuple[sqlite3.Row, Lesson]:
        """Check the key, and return the room and the lesson in the address. Raises RefusedError."""
        self.require_key()
        room = self.context.rooms.find_room(self.http.path_params["code"])
        number = self.parse_query(LessonNumber).lesson
        lesson = self.context.rooms.find_lesson(room, number)
        if lesson is None:
            raise RefusedError(404, "lesson.none", "There is no such lesson.")
        return room, lesson


async def read_body(request: Request) -> bytes:
    """Return the JSON body of a request. Raises RefusedError for another content type, or if it is too large."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise RefusedError(400, "bad.json", "The body must be JSON, with content type application/json.")
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_BODY_BYTES:
            raise RefusedError(413, "too.large", f"The body must have at most {MAX_BODY_BYTES} bytes.")
    return bytes(content)


Handler = Callable[[ClassRequest], Any]


def make_endpoint(context: ClassroomContext, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a handler: it runs in a thread pool, and its errors become JSON responses."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await read_body(request) if request.method == "POST" else b""
            response = await run_in_threadpool(handler, ClassRequest(context, request, body))
            return response if isinstance(response, Response) else JSONResponse(response, headers=NO_STORE_HEADERS)
        except RefusedError as refused:
            return JSONResponse(refused.body(), refused.status, headers=NO_STORE_HEADERS)
        except Exception:
            log.exception("the classroom failed to answer %s", request.url.path)
            failed = RefusedError(500, "server.busy", "The server failed to answer; try again.")
            return JSONResponse(failed.body(), failed.status, headers=NO_STORE_HEADERS)

    return endpoint
