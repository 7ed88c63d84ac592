"""The cookie by which a browser holds a seat: one for each room, which no script can read.

A page names its room in a header. No form and no page of another origin can send that header, so a request that
another site makes a browser send is nobody's, whatever cookies come with it.
"""

from starlette.requests import Request
from starlette.responses import Response

from dashboards.classroom.lesson.rooms import normalize_code

ROOM_HEADER = "detente-room"  # the header in which a page names its room
COOKIE_MAX_AGE = 180 * 86_400  # seconds: a term


def seat_cookie(code: str) -> str:
    """Return the name of the cookie that holds the seat of a room."""
    return f"detente-seat-{normalize_code(code)}"


def seat_token(request: Request, code: str) -> str:
    """Return the personal token that a browser holds for a room; empty if none."""
    return request.cookies.get(seat_cookie(code), "")[:200]


def set_seat_cookie(request: Request, answer: Response, code: str, token: str) -> Response:
    """Let a browser hold a seat from this answer on."""
    answer.set_cookie(
        seat_cookie(code),
        token,
        max_age=COOKIE_MAX_AGE,
        path="/class",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer
