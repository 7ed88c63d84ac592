"""The classroom in real browsers: its server, its pages, and what people do on them."""

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
WORDS = "<b>Shall we</b> talk?"


class ServedClassroom:
    """A classroom of its own, served by its command; it can be killed, and started again on the same store and port."""

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

    def stop(self, how: signal.Signals) -> int:
        with self.server as server:
            server.send_signal(how)
            return server.wait(timeout=20)


# What a browser says when its server is killed: before an answer, in the middle of one, and afterwards.
CONNECTION_ERRORS = (
    "ERR_EMPTY",
    "ERR_CONTENT_LENGTH",
    "ERR_INCOMPLETE_CHUNKED",
    "ERR_CONNECTION_RESET",
    "ERR_CONNECTION_REFUSED",
)


class WatchedPage:
    """A page of the classroom, with all that it was sent."""

    def __init__(self, page: Page, address: str):
        self.page, self.bodies, self.errors, self.addresses = page, [], [], []
        self.allowed: tuple[str, ...] = ("favicon",)
        page.on("request", lambda sent: self.record_request(sent.url, address))
        page.on("response", self.record_response)
        page.on("console", lambda said: self.record_error(said.text, said.type == "error"))
        page.on("pageerror", lambda error: self.record_error(str(error)))
        page.on("dialog", lambda dialog: self.record_error(f"a dialog: {dialog.message}"))

    def record_error(self, fault: str, there: bool = True):
        if there and not any(part in fault for part in self.allowed):
            self.errors.append(fault)

    def record_request(self, url: str, address: str):
        self.addresses.append(url)
        self.record_error(f"asked elsewhere: {url}", not url.startswith((address, "data:", "blob:" + address)))

    def record_response(self, got: Response):
        self.record_error(f"{got.status} {got.url}", got.status >= 400)
        if "/class/api/" in got.url and "/news" not in got.url:
            self.bodies.append(got)

    def texts(self) -> list[str]:
        """Give what was answered so far, and forget it; what a navigation swept away cannot be read any more."""
        got, self.bodies = self.bodies, []
        found = []
        for each in got:
            with suppress(Error):
                found.append(each.text())
        return found


@contextmanager
def open_page(
    browser: Browser, room: ServedClassroom, path: str, size: tuple[int, int] = PHONE, **how
) -> Iterator[WatchedPage]:
    """Open a page of the classroom in a browser of its own; nothing may have failed, or left the machine."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **{"locale": "en-GB", **how})
    found = WatchedPage(context.new_page(), room.address)
    found.page.goto(room.address + path)
    expect(found.page.locator("main#content:not([inert])")).to_be_attached()
    yield found
    assert found.errors == []
    context.close()


def open_lesson(room: ServedClassroom, page: Page, seats: dict[str, int], **numbers: int) -> str:
    """Open a room with a lesson through the console, as an instructor does; give its code."""
    page.get_by_label("instructor's key").fill(room.key)
    page.get_by_role("button", name="Open").click()
    page.get_by_label("What the class calls it").fill(TITLE)
    page.get_by_role("button", name="Make the room").click()
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
    """Return the token of the seat that a browser holds in a room."""
    (held,) = [each for each in page.context.cookies() if each["name"] == f"detente-seat-{code}"]
    assert (held["httpOnly"], held["sameSite"], held["path"]) == (True, "Lax", "/class")
    return held["value"]


def join(page: Page, name: str, seat: str):
    page.locator("#name").fill(name)
    page.locator(f"#choice input[value='{seat}']").check()
    page.locator("#take").click()
    expect(page.locator("#playing")).to_be_visible()


def choose(page: Page, verb: str, option: str):
    """Open one thing that can be done, and choose."""
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
    """Gather the private numbers that a seat was told, as they were written to it."""
    views = [json.loads(body) for body in bodies if '"known"' in body]
    own = {repr(each["value"]) for view in views for each in view["known"] if each["group"] == "own"}
    return {number for number in own if len(number) > 10}


class RunningLesson(NamedTuple):
    """A lesson in several browsers."""

    enter: Callable[..., WatchedPage]
    code: str
    console: WatchedPage
    wall: WatchedPage
    alba: WatchedPage
    borea: WatchedPage  # in Persian


@contextmanager
def running_lesson(browser: Browser, room: ServedClassroom) -> Iterator[RunningLesson]:
    """Open a lesson of three rounds, and let two people join it."""
    with ExitStack() as stack:

        def enter(path: str, **how) -> WatchedPage:
            return stack.enter_context(open_page(browser, room, path, **how))

        console = enter("/class/console", size=LAPTOP)
        seats = {"alba": 2, "borea": 1, "corvia": 1}
        code = open_lesson(room, console.page, seats, rounds=6, months=2, seconds=0, seed=11)
        wall = enter(f"/class/projector/{code}", size=LAPTOP)
        alba, borea = enter(f"/class/r/{code}"), enter(f"/class/r/{code.lower()}", locale="fa-IR", color_scheme="dark")
        expect(borea.page.locator("#choice")).to_contain_text("بورئا")
        join(alba.page, MINA, "alba")
        join(borea.page, OMID, "borea")
        expect(console.page.locator("#seats")).to_contain_text(MINA)
        yield RunningLesson(enter, code, console, wall, alba, borea)


def start_lesson(lesson: RunningLesson):
    """Start the lesson, and wait until its first round is open to both."""
    lesson.console.page.get_by_role("button", name="Start").click()
    for each in (lesson.alba, lesson.borea):
        expect_turn(each.page, 1)


def send_or_next(page: Page):
    """Send the move that closes the round: the page may be in the next round before it could show it as sent."""
    page.locator("[data-key=send]").click()
