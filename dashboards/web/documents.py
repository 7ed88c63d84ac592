"""The documentation as pages of the dashboard, if docs/ is installed."""

import re
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.reports.offline_page import render_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

TEMPLATE_FOLDER = Path(__file__).parent
DOCS_FOLDER = TEMPLATE_FOLDER.parents[1] / "docs"
LINK_PATTERN = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def is_served(name: str) -> bool:
    """Return whether a document is in docs/ and installed."""
    return name.startswith("docs/") and document_path(name.removeprefix("docs/")) is not None


def document_path(name: str) -> Path | None:
    """Return the path of a document by its file name, or None."""
    return next((path for path in DOCS_FOLDER.glob("*.md") if path.name == name), None)


def serve_document(request: "Request") -> "Response":
    """Respond to a request for a document."""
    from starlette.responses import HTMLResponse, PlainTextResponse

    path = document_path(request.path_params["name"])
    if path is None:
        return PlainTextResponse("Page not found.", 404)
    return HTMLResponse(render_document(path.read_text("utf-8")))


@lru_cache(maxsize=16)
def render_document(text: str) -> str:
    """Return a Markdown document as HTML. Links to files outside docs/ become plain text, since they are not served."""
    from markdown import markdown

    body = LINK_PATTERN.sub(
        lambda link: link[0] if link[1].startswith("#") or document_path(link[1].partition("#")[0]) else link[2],
        markdown(text, extensions=["tables", "fenced_code", "toc"]),
    )
    title = text.lstrip().partition("\n")[0].removeprefix("# ")
    return render_page("documents.html", folder=TEMPLATE_FOLDER, title=title, text=body, version=version("detente"))
