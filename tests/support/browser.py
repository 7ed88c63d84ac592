"""A page in a real browser: what it asks for and complains of is kept, and nothing may leave the machine."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from playwright.sync_api import expect as expect_of_playwright

from support.commands import DETENTE

TIMEOUT_MS = 30_000  # milliseconds: two browsers and two servers share two cores, which may be slow ones
POLL_SECONDS = 0.03  # seconds between two looks
expect_of_playwright.set_options(timeout=TIMEOUT_MS)

CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
CHROMIUM_ARGS += ["--disable-background-networking", "--disable-component-update"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open the Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        yield browser
        for each in [*SPARE_PROFILES.pop(browser, ()), browser]:
            each.close()


def chromium_options() -> dict[str, Any]:
    """Find the Chromium of this machine, and how it is to run."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    return {"executable_path": found, "args": CHROMIUM_ARGS}


def open_report(browser: Browser, report: Path, **how) -> Page:
    """Open a report and wait until all is drawn; whatever goes wrong is kept in ``troubles``."""
    opened = browser.new_page(**how)
    opened.troubles = []

    def guard(route: Route):
        url = route.request.url
        if url.startswith(("file://", "data:")):
            route.continue_()
        else:
            opened.troubles.append(f"asked for {url}")
            route.abort()

    opened.route("**/*", guard)
    opened.on("request", lambda each: opened.troubles.append(each.url) if each.url.startswith(("http", "ws")) else None)
    opened.on("console", lambda each: opened.troubles.append(each.text) if each.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: opened.troubles.append(str(error)))
    opened.goto(report.as_uri())
    opened.wait_for_selector("html[data-drawn]", timeout=60_000)
    return opened


def close_report(opened: Page) -> None:
    """Close a page on which nothing went wrong."""
    troubles = opened.troubles
    opened.context.close()
    assert not troubles, troubles


def wait_until(page: Page, expression: str) -> None:
    """Wait for a condition; Playwright's own way of waiting evaluates text, which the page forbids."""
    assert_eventually(lambda: bool(page.evaluate(expression)), True, expression)


def assert_eventually(told: Callable[[], Any], wanted: Any, words: str = "") -> None:
    """Wait until what is told is what is wanted."""
    ends = time.monotonic() + TIMEOUT_MS / 1000
    while (found := told()) != wanted and time.monotonic() < ends:
        time.sleep(POLL_SECONDS)
    assert found == wanted, words


class PollingExpect:
    """What Playwright asserts, asked every few hundredths of a second: Playwright itself soon asks once a second."""

    def __init__(self, found: Any):
        self.found = expect_of_playwright(found)

    def __getattr__(self, name: str) -> Callable[..., None]:
        ask = getattr(self.found, name)

        def wait(*given: Any, timeout: float = TIMEOUT_MS, **named: Any) -> None:
            ends = time.monotonic() + timeout / 1000
            while time.monotonic() < ends:
                try:
                    return ask(*given, timeout=1, **named)
                except AssertionError:
                    time.sleep(POLL_SECONDS)
            return ask(*given, timeout=1000, **named)

        return wait


expect = PollingExpect


# The dashboard


ARTEFACTS = Path(__file__).parents[2] / "artefacts"
COLD_START_MS = 240_000  # milliseconds: the very first page may wait until the model is compiled
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONNECTION_LOST_ERRORS = (
    "ERR_INTERNET_DISCONNECTED",
    "WebSocket",
    "ERR_CONNECTION",
)  # what a browser says of a lost connection


@contextmanager
def serve_dashboard(
    *options: str, on_start: Callable[[int], None] = lambda _: None, command: Path = DETENTE, **how: Any
) -> Iterator[str]:
    """Serve the dashboard by its command on a free port; give its address. note is told its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    how["env"] = {**os.environ, "DETENTE_CHECK_SHAPES": "1", **how.get("env", {})}
    line = [command, "dashboard", "--port", str(port), *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, **how) as server:
        assert server.stdout is not None
        on_start(server.pid)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            assert f"http://127.0.0.1:{port}" in server.stdout.readline()
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.send_signal(signal.SIGINT)
            try:
                assert server.wait(timeout=20) == 0, "Ctrl-C did not stop the server cleanly"
            finally:
                server.kill()


def wait_until_ready(url: str) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 60
    with requests.Session() as client:
        while time.monotonic() < deadline:
            try:
                client.get(url, timeout=5).raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.1)
    raise TimeoutError(url)


SPARE_PROFILES: dict[Browser, list[BrowserContext]] = {}  # profiles in no page's use


@contextmanager
def browser_profile(browser: Browser, alone: bool, how: dict[str, Any]) -> Iterator[BrowserContext]:
    """Lend a profile without cookies: a new one, or one on the disk if nothing is special about it.

    What a profile on the disk has compiled it keeps: its third page comes in half the time of a new one's.
    """
    kept, spare = not (alone or how), SPARE_PROFILES.setdefault(browser, [])
    if kept:
        context = spare.pop() if spare else browser.browser_type.launch_persistent_context("", **chromium_options())
    else:
        context = browser.new_context(**how)
    try:
        yield context
    except BaseException:
        context.close()
        raise
    if kept:
        context.clear_cookies()
        spare.append(context)
    else:
        context.close()


@contextmanager
def open_dashboard(
    browser: Browser,
    address: str,
    query: str = "",
    size: tuple[int, int] = (1366, 768),
    theme: Any = "light",
    ready: Callable[[Page], None] = lambda _: None,
    allowed: tuple[str, ...] = (),
    alone: bool = False,
    **how: Any,
) -> Iterator[Page]:
    """Open a page of the dashboard; when it closes, nothing may have left the machine, and nothing may have failed.

    query: what the address holds. ready: waits until the page is what the test needs. allowed: parts of
    complaints that the test itself provokes. alone: in a browser profile that no page was ever open in.
    """
    with browser_profile(browser, alone or bool(allowed), how) as context:
        page, faults = context.new_page(), []
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme)
        own = (address, address.replace("http", "ws"), "data:", "blob:" + address)
        page.leaving, page.asked, page.withdrawn = False, set(), set()

        def note(fault: object, there: bool = True) -> None:
            if there and not any(part in str(fault) for part in allowed):
                faults.append(str(fault))

        page.on("request", lambda sent: page.asked.add(sent))
        page.on("request", lambda sent: note(sent.url, not sent.url.startswith(own)))
        page.on("websocket", lambda sent: note(sent.url, not sent.url.startswith(own)))
        page.on("response", lambda got: note(f"{got.status} {got.url}", got.status >= 400))
        page.on("requestfailed", lambda sent: note(f"{sent.failure} {sent.url}", sent not in page.withdrawn))
        page.on(
            "console",
            lambda said: note(said.text, said.type == "error" and not (page.leaving and is_connection_loss(said.text))),
        )
        page.on("pageerror", note)
        page.goto(f"{address}?{query}" if query else address)
        page.wait_for_selector("main h1", timeout=COLD_START_MS)
        ready(page)
        yield page
        assert not faults, faults
        page.evaluate("localStorage.clear()")
        page.close()


def reload(page: Page) -> None:
    """Load a page anew; that the page which is left withdraws its requests and loses its connection is no fault."""
    page.leaving, page.withdrawn = True, {*page.asked}
    page.reload()
    page.leaving = False
    page.wait_for_selector("main h1", timeout=COLD_START_MS)


def is_connection_loss(said: str) -> bool:
    """Say whether a page tells that it has lost its connection."""
    return any(part in said for part in ("WebSocket", "websocket", "kernel", "Connection lost"))


def accessibility_violations(page: Page) -> list[str]:
    """List what axe-core finds on the page that is serious or critical: the rule, and where."""
    script = f"(() => {{ const define = undefined; {AXE_SCRIPT} }})()"
    page.evaluate(script)
    options = {
        "runOnly": AXE_RULES,
        "resultTypes": ["violations"],
        "preload": False,
    }  # it would look for style sheets at wrong places
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
        if each["impact"] in ("serious", "critical")
    ]


def fits_width(page: Page) -> bool:
    """Say whether the page needs no horizontal scrolling."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def save_screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page under ``artefacts/``, to be looked at."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
