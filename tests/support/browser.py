"""Pages in a real browser. Their requests and errors are recorded; requests to other hosts are errors."""

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

TIMEOUT_MS = 30_000  # milliseconds; two browsers and two servers share two cores
POLL_SECONDS = 0.03  # seconds between two checks
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
    """Return the path of Chromium on this machine, and its command line options."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    return {"executable_path": path, "args": CHROMIUM_ARGS}


def open_report(browser: Browser, report: Path, **options) -> Page:
    """Open a report and wait until its charts are drawn. ``troubles`` collects all errors."""
    page = browser.new_page(**options)
    page.troubles = []

    def guard(route: Route):
        url = route.request.url
        if url.startswith(("file://", "data:")):
            route.continue_()
        else:
            page.troubles.append(f"request to {url}")
            route.abort()

    page.route("**/*", guard)
    page.on("request", lambda each: page.troubles.append(each.url) if each.url.startswith(("http", "ws")) else None)
    page.on("console", lambda each: page.troubles.append(each.text) if each.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-drawn]", timeout=60_000)
    return page


def close_report(page: Page) -> None:
    """Close a page and check that it has no errors."""
    troubles = page.troubles
    page.context.close()
    assert not troubles, troubles


def wait_until(page: Page, expression: str) -> None:
    """Wait for a condition. Playwright's `wait_for_function` evaluates text, which the policy of the page forbids."""
    assert_eventually(lambda: bool(page.evaluate(expression)), True, expression)


def assert_eventually(read: Callable[[], Any], expected: Any, message: str = "") -> None:
    """Wait until a function returns the expected value; fail after the timeout."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while (value := read()) != expected and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    assert value == expected, f"{message or 'last value'}: {value!r}"


class PollingExpect:
    """Playwright's assertions, polled every few hundredths of a second instead of once a second."""

    def __init__(self, found: Any):
        self.found = expect_of_playwright(found)

    def __getattr__(self, name: str) -> Callable[..., None]:
        ask = getattr(self.found, name)

        def wait(*positional: Any, timeout: float = TIMEOUT_MS, **named: Any) -> None:
            deadline = time.monotonic() + timeout / 1000
            while time.monotonic() < deadline:
                try:
                    return ask(*positional, timeout=1, **named)
                except AssertionError:
                    time.sleep(POLL_SECONDS)
            return ask(*positional, timeout=1000, **named)

        return wait


expect = PollingExpect


# The dashboard


ARTEFACTS = Path(__file__).parents[2] / "artefacts"
COLD_START_MS = 240_000  # milliseconds; the first page may wait for the compilation
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONNECTION_LOST_ERRORS = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "ERR_CONNECTION")


@contextmanager
def serve_dashboard(
    *options: str, on_start: Callable[[int], None] = lambda _: None, command: Path = DETENTE, **process: Any
) -> Iterator[str]:
    """Start the dashboard on a free port and yield its address. `on_start` gets the process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process["env"] = {**os.environ, "DETENTE_CHECK_SHAPES": "1", **process.get("env", {})}
    line = [command, "dashboard", "--port", str(port), *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, **process) as server:
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
    """Wait until a server answers."""
    deadline = time.monotonic() + 60
    with requests.Session() as client:
        while time.monotonic() < deadline:
            try:
                client.get(url, timeout=5).raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.1)
    raise TimeoutError(url)


SPARE_PROFILES: dict[Browser, list[BrowserContext]] = {}  # profiles that no page uses


@contextmanager
def browser_profile(browser: Browser, alone: bool, options: dict[str, Any]) -> Iterator[BrowserContext]:
    """Yield a browser profile without cookies: a new one if `alone` or with options, else one that is reused.

    A reused profile keeps its compiled scripts; its third page loads in half the time.
    """
    reused, spare = not (alone or options), SPARE_PROFILES.setdefault(browser, [])
    if reused:
        context = spare.pop() if spare else browser.browser_type.launch_persistent_context("", **chromium_options())
    else:
        context = browser.new_context(**options)
    try:
        yield context
    except BaseException:
        context.close()
        raise
    if reused:
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
    **options: Any,
) -> Iterator[Page]:
    """Open a page of the dashboard; on exit, check that it has no errors and no requests to other hosts.

    query: query string. ready: waits until the page is ready for the test. allowed: parts of expected errors.
    alone: use a new browser profile.
    """
    with browser_profile(browser, alone or bool(allowed), options) as context:
        page, errors = context.new_page(), []
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme)
        own = (address, address.replace("http", "ws"), "data:", "blob:" + address)
        page.leaving, page.requested, page.withdrawn = False, set(), set()

        def note(error: object, wrong: bool = True) -> None:
            if wrong and not any(part in str(error) for part in allowed):
                errors.append(str(error))

        page.on("request", lambda request: page.requested.add(request))
        page.on("request", lambda request: note(request.url, not request.url.startswith(own)))
        page.on("websocket", lambda request: note(request.url, not request.url.startswith(own)))
        page.on("response", lambda response: note(f"{response.status} {response.url}", response.status >= 400))
        page.on(
            "requestfailed", lambda request: note(f"{request.failure} {request.url}", request not in page.withdrawn)
        )
        page.on(
            "console",
            lambda message: note(
                message.text, message.type == "error" and not (page.leaving and is_connection_loss(message.text))
            ),
        )
        page.on("pageerror", note)
        page.goto(f"{address}?{query}" if query else address)
        page.wait_for_selector("main h1", timeout=COLD_START_MS)
        ready(page)
        yield page
        assert not errors, errors
        page.evaluate("localStorage.clear()")
        page.close()


def reload(page: Page) -> None:
    """Reload a page. Cancelled requests and the lost connection of the old page are not errors."""
    page.leaving, page.withdrawn = True, {*page.requested}
    page.reload()
    page.leaving = False
    page.wait_for_selector("main h1", timeout=COLD_START_MS)


def is_connection_loss(message: str) -> bool:
    """Return whether a console message reports a lost connection."""
    return any(part in message for part in ("WebSocket", "websocket", "kernel", "Connection lost"))


def accessibility_violations(page: Page) -> list[str]:
    """Return the serious and critical findings of axe-core: rule and location."""
    script = f"(() => {{ const define = undefined; {AXE_SCRIPT} }})()"
    page.evaluate(script)
    # Without preload, axe-core does not request style sheets.
    options = {"runOnly": AXE_RULES, "resultTypes": ["violations"], "preload": False}
    violations = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['failureSummary']}"
        for each in violations
        for node in each["nodes"]
        if each["impact"] in ("serious", "critical")
    ]


def fits_width(page: Page) -> bool:
    """Return whether the page needs no horizontal scrolling."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def save_screenshot(page: Page, name: str) -> None:
    """Save a screenshot of the whole page under ``artefacts/``."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
