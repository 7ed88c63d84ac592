"""The pages of the classroom: HTML templates in one language and their static files, without data of a room.

The pages are light, as forty phones load them at once: each fetches its view from ``/class/api`` and draws it. They
load nothing from other hosts, and never interpret text from users as markup.
"""

import hashlib
import mimetypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from dashboards.classroom.server.cookies import seat_token
from dashboards.classroom.views.translations import DEFAULT_LANGUAGE, languages, words_json, words_of
from dashboards.page_link import MAX_SEED

PAGES_DIR = Path(__file__).parents[1] / "pages"
SHARED_ASSETS_DIR = Path(__file__).parents[2] / "assets"  # shared with the dashboard's pages
PAGE_TEMPLATES = {  # name of template and script by address
    "/class": "home",
    "/class/r/{code}": "student",
    "/class/console": "console",
    "/class/projector/{code}": "projector",
    "/class/cards/{code}": "cards",
    "/class/solo": "solo",
    "/class/tour": "tour",
}


class Chapter(NamedTuple):
    """A chapter of the guided tour; without a link, a lesson runs beside the text."""

    name: str
    minutes: str
    link: str = ""
    seat: str = ""


TOUR = (
    Chapter("play", "5"),
    Chapter("forecast", "4"),
    Chapter("watch", "4", "/?s=two-states&seed=7&page=watch"),
    Chapter("explain", "4", "/?s=two-states&seed=7&page=turning"),
    Chapter("change", "4", "/?s=two-states&set=mechanisms.noise:false&seed=7&base.s=two-states"),
    Chapter("sandbox", "4", "/?s=us-iran-2026&seed=1", "/class/solo?scenario=us-iran-2026&rounds=36&months=3"),
)
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LANGUAGE_COOKIE = "detente-language"  # stores the chosen language only
CACHE_FOREVER = "public, max-age=31536000, immutable"  # the address of a file contains the digest of its content


def page_routes() -> list[BaseRoute]:
    """Return the routes of the pages and of their files."""
    files = Route("/class/files/{digest}/{name}", serve_file)
    return [files, *(Route(address, page_endpoint(page)) for address, page in PAGE_TEMPLATES.items())]


def page_endpoint(page: str) -> Callable[[Request], Response]:
    """Return the endpoint of a page, which renders its template in the requested language."""

    def respond(request: Request) -> Response:
        code = request_language(request)
        words = words_of(code)
        html = (
            _templates()
            .get_template(f"{page}.html")
            .render(
                page=page,
                seated=page == "student" and bool(seat_token(request, request.path_params["code"])),
                language=next(each for each in languages() if each.code == code),
                languages=languages(),
                t=words.__getitem__,
                tour=TOUR,
                largest_seed=MAX_SEED,
                file=lambda name: f"/class/files/{_digest()}/{name}",
                words=f"/class/files/{words_json(code)[0]}/words-{code}.json",
            )
        )
        response = HTMLResponse(
            html, headers={**SECURITY_HEADERS, "Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
        )
        if request.query_params.get("lang") == code:
            response.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, path="/class", samesite="lax")
        return response

    return respond


def request_language(request: Request) -> str:
    """Return the language: of the address, else of the cookie, else the browser's first that is available."""
    accepted = request.headers.get("accept-language", "")[:500].split(",")
    browser_languages = [part.split(";")[0].split("-")[0].strip() for part in accepted]
    available = {language.code for language in languages()}
    preferred = (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, ""), *browser_languages)
    return next((code for code in preferred if code in available), DEFAULT_LANGUAGE)


def serve_file(request: Request) -> Response:
    """Serve a script, a style sheet, or the texts of a language; only its newest address is cacheable."""
    name, digest = request.path_params["name"], request.path_params["digest"]
    contents = _files() | {f"words-{each.code}.json": words_json(each.code)[1] for each in languages()}
    if name not in contents:
        return Response("No such file.", status_code=404, media_type="text/plain", headers=SECURITY_HEADERS)
    newest = digest in (_digest(), *(words_json(each.code)[0] for each in languages()))
    caching = {"Cache-Control": CACHE_FOREVER if newest else "no-store"}
    return Response(
        contents[name], media_type=mimetypes.types_map[Path(name).suffix], headers=SECURITY_HEADERS | caching
    )


@cache
def _files() -> dict[str, bytes]:
    paths = sorted(
        each for each in (*PAGES_DIR.iterdir(), *SHARED_ASSETS_DIR.iterdir()) if each.suffix in (".js", ".css")
    )
    return {each.name: each.read_bytes() for each in paths}


@cache
def _digest() -> str:
    """Return one digest of all files, as they import one another."""
    return hashlib.sha256(b"".join(_files().values())).hexdigest()[:12]


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(PAGES_DIR), autoescape=True, undefined=StrictUndefined)
