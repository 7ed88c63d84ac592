"""The classroom's pages: frames of HTML with the words of one language, and the files they need; no data of a room.

Plain pages, because forty phones want little: each fetches its view from ``/class/api`` and draws it. Nothing on them
comes from another machine, and no word of a person is ever read as markup.
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
SHARED_ASSETS_DIR = Path(__file__).parents[2] / "assets"  # scripts that the dashboard's pages use as well
PAGE_TEMPLATES = {  # address, and the name of the template and the script that make the page
    "/class": "home",
    "/class/r/{code}": "student",
    "/class/console": "console",
    "/class/projector/{code}": "projector",
    "/class/cards/{code}": "cards",
    "/class/solo": "solo",
    "/class/tour": "tour",
}


class Chapter(NamedTuple):
    """A chapter of the guided tour: its minutes, and where it leads; without a link a lesson runs beside the text."""

    name: str
    minutes: str
    link: str = ""
    seat: str = ""


TOUR = (
    Chapter("play", "5"),
    Chapter("bet", "4"),
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
LANGUAGE_COOKIE = "detente-language"  # the cookie that keeps the language; it holds nothing else
CACHE_FOREVER = "public, max-age=31536000, immutable"  # the address of a file changes with what it holds


def page_routes() -> list[BaseRoute]:
    """List the addresses of the pages and of their files."""
    files = Route("/class/files/{digest}/{name}", serve_file)
    return [files, *(Route(address, page_endpoint(page)) for address, page in PAGE_TEMPLATES.items())]


def page_endpoint(page: str) -> Callable[[Request], Response]:
    """Make what answers a request for a page: its frame, in the language that was asked for."""

    def show(request: Request) -> Response:
        code = request_language(request)
        words = words_of(code)
        frame = (
            _templates()
            .get_template(f"{page}.html")
            .render(
                page=page,
                seated=page == "student" and bool(seat_token(request, request.path_params["code"])),
                language=next(each for each in languages() if each.code == code),
                languages=languages(),
                say=words.__getitem__,
                tour=TOUR,
                largest_seed=MAX_SEED,
                file=lambda name: f"/class/files/{_digest()}/{name}",
                words=f"/class/files/{words_json(code)[0]}/words-{code}.json",
            )
        )
        answer = HTMLResponse(
            frame, headers={**SECURITY_HEADERS, "Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
        )
        if request.query_params.get("lang") == code:
            answer.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, path="/class", samesite="lax")
        return answer

    return show


def request_language(request: Request) -> str:
    """Choose a language: the one in the address, else the one chosen before, else the browser's first that we have."""
    accepted = request.headers.get("accept-language", "")[:500].split(",")
    spoken = [part.split(";")[0].split("-")[0].strip() for part in accepted]
    have = {language.code for language in languages()}
    wanted = (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, ""), *spoken)
    return next((code for code in wanted if code in have), DEFAULT_LANGUAGE)


def serve_file(request: Request) -> Response:
    """Give a script, a style sheet, or the words of a language; only under its newest address is it kept for ever."""
    name, asked = request.path_params["name"], request.path_params["digest"]
    bodies = _files() | {f"words-{each.code}.json": words_json(each.code)[1] for each in languages()}
    if name not in bodies:
        return Response("No such file.", status_code=404, media_type="text/plain", headers=SECURITY_HEADERS)
    newest = asked in (_digest(), *(words_json(each.code)[0] for each in languages()))
    keeping = {"Cache-Control": CACHE_FOREVER if newest else "no-store"}
    return Response(bodies[name], media_type=mimetypes.types_map[Path(name).suffix], headers=SECURITY_HEADERS | keeping)


@cache
def _files() -> dict[str, bytes]:
    paths = sorted(
        each for each in (*PAGES_DIR.iterdir(), *SHARED_ASSETS_DIR.iterdir()) if each.suffix in (".js", ".css")
    )
    return {each.name: each.read_bytes() for each in paths}


@cache
def _digest() -> str:
    """Name all files together, as they import one another."""
    return hashlib.sha256(b"".join(_files().values())).hexdigest()[:12]


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(PAGES_DIR), autoescape=True, undefined=StrictUndefined)
