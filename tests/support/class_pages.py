"""Support for browser tests of the classroom: its server, its pages, and actions on them."""

import json
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Error, Page, Response

from dashboards.page_link import MAX_SEED
from support.browser import DETENTE, expect, wait_until_ready

PHONE, LAPTOP = (390, 844), (1366, 768)
MINA = "Mina <img src=x onerror=alert(1)>"
TITLE = "Tuesday <script>alert(2)</script>"
OMID = "امید"
MESSAGE = "<b>Shall we</b> talk?"


class ServedClassroom:
    """A classroom served by its command; it can be killed, and restarted with the same store and port."""

    def __init__(self, folder: Path):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.command = [DETENTE, "class", "--json", "--port", str(self.port), "--store", str(folder / "class.sqlite")]
        self.address = f"http://127.0.0.1:{self.port}"
        self.key = ""
        self.start()

    def start(self):
        self.server = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        facts = json.loads(self.server.stdout.readline())
        self.key = facts["key"] or self.key
        wait_until_ready(f"{self.address}/class")

    def stop(self, options: signal.Signals) -> int:
        with self.server as server:
            server.send_signal(options)
            return server.wait(timeout=20)


# Errors in a browser whose server is killed before, during or after a response.
CONNECTION_ERRORS = (
    "ERR_EMPTY",
    "ERR_CONTENT_LENGTH",
    "ERR_INCOMPLETE_CHUNKED",
    "ERR_CONNECTION_RESET",
    "ERR_CONNECTION_REFUSED",
)


class WatchedPage:
    """A page of the classroom that records its requests, responses and errors."""

    def __init__(self, page: Page, address: str):
        self.page, self.bodies, self.errors, self.addresses = page, [], [], []
        self.allowed: tuple[str, ...] = ("favicon",)
        page.on("request", lambda request: self.record_request(request.url, address))
        page.on("response", self.record_response)
        page.on("console", lambda message: self.record_error(message.text, message.type == "error"))
        page.on("pageerror", lambda error: self.record_error(str(error)))
        page.on("dialog", lambda dialog: self.record_error(f"a dialog: {dialog.message}"))

    def record_error(self, error: str, is_error: bool = True):
        if is_error and not any(part in error for part in self.allowed):
            self.errors.append(error)

    def record_request(self, url: str, address: str):
        self.addresses.append(url)
        self.record_error(f"request to another host: {url}", not url.startswith((address, "data:", "blob:" + address)))

    def record_response(self, response: Response):
        self.record_error(f"{response.status} {response.url}", response.status >= 400)
        if "/class/api/" in response.url and "/news" not in response.url:
            self.bodies.append(response)

    def texts(self) -> list[str]:
        """Return and clear the response texts so far; those lost by a navigation are left out."""
        response, self.bodies = self.bodies, []
        watched = []
        for each in response:
            with suppress(Error):
                watched.append(each.text())
        return watched


@contextmanager
def open_page(
    browser: Browser, room: ServedClassroom, path: str, size: tuple[int, int] = PHONE, **options
) -> Iterator[WatchedPage]:
    """Open a page of the classroom in a new browser context; fails on any error or request to another host."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **{"locale": "en-GB", **options})
    watched = WatchedPage(context.new_page(), room.address)
    watched.page.goto(room.address + path)
    expect(watched.page.locator("main#content:not([inert])")).to_be_attached()
    yield watched
    assert watched.errors == []
    context.close()


def open_lesson(room: ServedClassroom, page: Page, seats: dict[str, int], **numbers: int) -> str:
    """Create a room with a lesson through the console, as an instructor does; return its code."""
    page.get_by_label("Instructor key").fill(room.key)
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Name of the room").fill(TITLE)
    page.get_by_role("button", name="Create room").click()
    page.get_by_label("Scenario").select_option("two-states")
    for seat in page.locator("[data-seat]").all():
        seat.fill(str(seats.get(str(seat.get_attribute("data-seat")), 0)))
    expect(page.locator("#new-seed")).to_have_attribute("max", str(MAX_SEED))
    for name, value in numbers.items():
        page.locator(f"#new-{name}").fill(str(value))
    page.get_by_role("button", name="Open this lesson").click()
    expect(page.locator("#run-title")).to_contain_text("waiting to start")
    return page.locator(".join-code").inner_text()


def token_of(page: Page, code: str) -> str:
    """Return the token in the seat cookie of a room."""
    (held,) = [each for each in page.context.cookies() if each["name"] == f"detente-seat-{code}"]
    assert (held["httpOnly"], held["sameSite"], held["path"]) == (True, "Lax", "/class")
    return held["value"]


def join(page: Page, name: str, seat: str):
    page.locator("#name").fill(name)
    page.locator(f"#choice input[value='{seat}']").check()
    page.locator("#take").click()
    expect(page.locator("#playing")).to_be_visible()


def choose(page: Page, verb: str, option: str):
    """Open a verb and choose an option."""
    box = page.locator(f"details:has(> summary[data-key='{verb}'])")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    box.locator(f"input[value='{option}']").check()


def send(page: Page):
    page.locator("[data-key=send]").click()
    expect(page.locator(".sent")).to_be_visible()


def expect_turn(page: Page, number: int):
    expect(page.locator("#turn")).to_contain_text(re.compile(f"[{number}{'۰۱۲۳۴۵۶۷۸۹'[number]}]"), timeout=20_000)


def private_numbers(bodies: list[str]) -> set[str]:
    """Return the private numbers in responses to a seat, as written there."""
    views = [json.loads(body) for body in bodies if '"known"' in body]
    own = {repr(each["value"]) for view in views for each in view["known"] if each["group"] == "own"}
    return {number for number in own if len(number) > 10}


class RunningLesson(NamedTuple):
    """A lesson in several browsers."""

    enter: Callable[..., WatchedPage]
    code: str
    console: WatchedPage
    projector: WatchedPage
    alba: WatchedPage
    borea: WatchedPage  # in Persian


@contextmanager
def running_lesson(browser: Browser, room: ServedClassroom) -> Iterator[RunningLesson]:
    """Create a lesson of three turns that two people join."""
    with ExitStack() as stack:

        def enter(path: str, **options) -> WatchedPage:
            return stack.enter_context(open_page(browser, room, path, **options))

        console = enter("/class/console", size=LAPTOP)
        seats = {"alba": 2, "borea": 1, "corvia": 1}
        code = open_lesson(room, console.page, seats, rounds=6, months=2, seconds=0, seed=11)
        projector = enter(f"/class/projector/{code}", size=LAPTOP)
        alba, borea = enter(f"/class/r/{code}"), enter(f"/class/r/{code.lower()}", locale="fa-IR", color_scheme="dark")
        expect(borea.page.locator("#choice")).to_contain_text("بورئا")
        join(alba.page, MINA, "alba")
        join(borea.page, OMID, "borea")
        expect(console.page.locator("#seats")).to_contain_text(MINA)
        yield RunningLesson(enter, code, console, projector, alba, borea)


def start_lesson(lesson: RunningLesson):
    """Start the lesson, and wait until its first turn is open to both."""
    lesson.console.page.get_by_role("button", name="Start").click()
    for each in (lesson.alba, lesson.borea):
        expect_turn(each.page, 1)


def send_or_next(page: Page):
    """Send the move that closes the turn: the page may show the next turn before it shows the move as sent."""
    page.locator("[data-key=send]").click()
