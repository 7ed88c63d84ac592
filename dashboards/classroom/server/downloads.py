"""Downloads of exports."""

from starlette.responses import Response

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.server.request import NO_STORE_HEADERS
from dashboards.classroom.views.exports import EXPORTS


def export_response(lesson: Lesson, name: str) -> Response:
    """Return an export of a lesson as a download. Raises RefusedError if there is none of this name."""
    if name not in EXPORTS:
        raise RefusedError(404, "not.found", "There is no such export.")
    kind, make = EXPORTS[name]
    filename = f"{lesson.scenario.name}-lesson-{lesson.number}-{name}"
    headers = {**NO_STORE_HEADERS, "Content-Disposition": f'attachment; filename="{filename}"'}
    if name.endswith(".html"):
        headers["Content-Security-Policy"] = "sandbox allow-scripts"
    return Response(make(lesson).encode(), media_type=f"{kind}; charset=utf-8", headers=headers)
