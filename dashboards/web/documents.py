"""The documentation as pages of the dashboard, where it lies beside the code."""

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
    """Say whether a page of the documentation can be shown: it is one of docs/, and docs/ is there."""
    return name.startswith("docs/") and document_path(name.removeprefix("docs/")) is not None


def document_path(name: str) -> Path | None:
    """Find a page of the documentation by the name of its file."""
    return next((path for path in DOCS_FOLDER.glob("*.md") if path.name == name), None)


def serve_document(request: "Request") -> "Response":
    """Answer a request for a page of the documentation."""
    from starlette.responses import HTMLResponse, PlainTextResponse

    path = document_path(request.path_params["name"])
    if path is None:
        return PlainTextResponse("There is no such page.", 404)
    return HTMLResponse(render_document(path.read_text("utf-8")))


@lru_cache(maxsize=16)
def render_document(text: str) -> str:
    """Write Markdown as a page. Links that lead out of docs/ become words: what they name is not served."""
    from markdown import markdown

    body = LINK_PATTERN.sub(
        lambda link: link[0] if link[1].startswith("#") or document_path(link[1].partition("#")[0]) else link[2],
        markdown(text, extensions=["tables", "fenced_code", "toc"]),
    )
    title = text.lstrip().partition("\n")[0].removeprefix("# ")
    return render_page("documents.html", folder=TEMPLATE_FOLDER, title=title, text=body, version=version("detente"))
