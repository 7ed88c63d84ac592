"""The documentation as pages of the dashboard: `docs` in this folder is a link to docs/, and a folder of the wheel."""

import posixpath
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
FOLDER = HERE / "docs"
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def served(name: str) -> bool:
    """Return whether a document is shown: all of docs/ are."""
    return name.startswith("docs/") and file_of(name.removeprefix("docs/")) is not None


def file_of(name: str) -> Path | None:
    """Return the file of a document by its path in docs/, such as `odd.md` or `classroom/README.md`; None if none."""
    return next((path for path in FOLDER.rglob("*.md") if path.relative_to(FOLDER).as_posix() == name), None)


def answer(request: "Request") -> "Response":
    """Answer a request for a document."""
    from starlette.responses import HTMLResponse, PlainTextResponse

    name = request.path_params["name"]
    path = file_of(name)
    if path is None:
        return PlainTextResponse("There is no such page.", 404)
    return HTMLResponse(page(path.read_text("utf-8"), posixpath.dirname(name)))


@lru_cache(maxsize=32)
def page(text: str, folder: str = "") -> str:
    """Return Markdown as an HTML page; links that lead out of docs/ become text.

    folder: the folder of docs/ in which the document lies, "" for docs/ itself.
    """
    from markdown import markdown

    def leads_to_document(target: str) -> bool:
        return file_of(posixpath.normpath(posixpath.join(folder, target.partition("#")[0]))) is not None

    body = LINK.sub(
        lambda link: link[0] if link[1].startswith("#") or leads_to_document(link[1]) else link[2],
        markdown(text, extensions=["tables", "fenced_code", "toc"]),
    )
    title = text.lstrip().partition("\n")[0].removeprefix("# ")
    return render("documents.html", folder=HERE, title=title, text=body, version=version("detente"))
