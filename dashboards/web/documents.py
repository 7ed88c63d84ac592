"""The documentation as pages of the dashboard. `docs` in this folder is a link to docs/, and a folder in the wheel."""

import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.reports.offline_page import render_page
from model.version import VERSION

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

TEMPLATE_FOLDER = Path(__file__).parent
DOCS_FOLDER = TEMPLATE_FOLDER / "docs"
LINK_PATTERN = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def is_served(name: str) -> bool:
    """Return whether a document is in docs/."""
    return name.startswith("docs/") and document_path(name.removeprefix("docs/")) is not None


def document_path(name: str) -> Path | None:
    """Return the file of a document by its path in docs/, such as `odd.md` or `classroom/README.md`, or None."""
    return next((path for path in DOCS_FOLDER.rglob("*.md") if path.relative_to(DOCS_FOLDER).as_posix() == name), None)


def serve_document(request: "Request") -> "Response":
    """Respond to a request for a document."""
    from starlette.responses import HTMLResponse, PlainTextResponse

    name = request.path_params["name"]
    path = document_path(name)
    if path is None:
        return PlainTextResponse("Page not found.", 404)
    return HTMLResponse(render_document(path.read_text("utf-8"), posixpath.dirname(name)))


@lru_cache(maxsize=32)
def render_document(text: str, folder: str = "") -> str:
    """Return a Markdown document as HTML. Links to files outside docs/ become text, since they are not served.

    folder: the folder of the document in docs/, "" for docs/ itself.
    """
    from markdown import markdown

    def leads_to_document(target: str) -> bool:
        return document_path(posixpath.normpath(posixpath.join(folder, target.partition("#")[0]))) is not None

    body = LINK_PATTERN.sub(
        lambda link: link[0] if link[1].startswith("#") or leads_to_document(link[1]) else link[2],
        markdown(text, extensions=["tables", "fenced_code", "toc"]),
    )
    title = text.lstrip().partition("\n")[0].removeprefix("# ")
    return render_page("documents.html", folder=TEMPLATE_FOLDER, title=title, text=body, version=VERSION)
