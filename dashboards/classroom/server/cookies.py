"""The seat cookie: one for each room, HttpOnly.

A page names its room in a header. Forms and pages of other origins cannot send that header, so a cross-site request is
not authenticated, even if it carries the cookie.
"""

from starlette.requests import Request
from starlette.responses import Response

from dashboards.classroom.lesson.rooms import normalize_code

ROOM_HEADER = "detente-room"  # names the room of a page
COOKIE_MAX_AGE = 180 * 86_400  # seconds


def seat_cookie(code: str) -> str:
    """Return the name of the seat cookie of a room."""
    return f"detente-seat-{normalize_code(code)}"


def seat_token(request: Request, code: str) -> str:
    """Return the personal token in the seat cookie of a room; empty if there is none."""
    return request.cookies.get(seat_cookie(code), "")[:200]


def set_seat_cookie(request: Request, response: Response, code: str, token: str) -> Response:
    """Set the seat cookie of a room on a response, and return it."""
    response.set_cookie(
        seat_cookie(code),
        token,
        max_age=COOKIE_MAX_AGE,
        path="/class",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response
