"""The cookie by which a browser holds a seat: one for each room, which no script can read.

A page names its room in a header. No form and no page of another origin can send that header, so a request that
another site makes a browser send is nobody's, whatever cookies come with it.
"""

from starlette.requests import Request
from starlette.responses import Response

from dashboards.classroom.lesson.rooms import cleaned

ROOM = "detente-room"  # the header in which a page names its room
KEPT_FOR = 180 * 86_400  # seconds: a term


def cookie_of(code: str) -> str:
    """Return the name of the cookie that holds the seat of a room."""
    return f"detente-seat-{cleaned(code)}"


def seat_token(request: Request, code: str) -> str:
    """Return the personal token that a browser holds for a room; empty if none."""
    return request.cookies.get(cookie_of(code), "")[:200]


def keep_seat(request: Request, answer: Response, code: str, token: str) -> Response:
    """Let a browser hold a seat from this answer on."""
    answer.set_cookie(
        cookie_of(code),
        token,
        max_age=KEPT_FOR,
        path="/class",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer
