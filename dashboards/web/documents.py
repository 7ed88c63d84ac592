"""The documentation as pages of the dashboard, where it lies beside the code."""

import re
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.reports.offline_page import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "docs"
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def served(name: str) -> bool:
    """Say whether a page of the documentation can be shown: it is one of docs/, and docs/ is there."""
    return name.startswith("docs/") and file_of(name.removeprefix("docs/")) is not None


def file_of(name: str) -> Path | None:
    """Find a page of the documentation by the name of its file."""
    return next((path for path in FOLDER.glob("*.md") if path.name == name), None)


def answer(request: "Request") -> "Response":
    """Answer a request for a page of the documentation."""
    from starlette.responses import HTMLResponse, PlainTextResponse

    path = file_of(request.path_params["name"])
    if path is None:
        return PlainTextResponse("There is no such page.", 404)
    return HTMLResponse(page(path.read_text("utf-8")))


@lru_cache(maxsize=16)
def page(text: str) -> str:
    """Write Markdown as a page. Links that lead out of docs/ become words: what they name is not served."""
    from markdown import markdown

    body = LINK.sub(
        lambda link: link[0] if link[1].startswith("#") or file_of(link[1].partition("#")[0]) else link[2],
        markdown(text, extensions=["tables", "fenced_code", "toc"]),
    )
    title = text.lstrip().partition("\n")[0].removeprefix("# ")
    return render("documents.html", folder=HERE, title=title, text=body, version=version("detente"))
