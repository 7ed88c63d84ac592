"""A page in a real browser: what it asks for and complains of is kept, and nothing may leave the machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIETLY += ["--disable-background-networking", "--disable-component-update"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open the Chromium of this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIETLY)
        yield browser
        browser.close()


def visit(browser: Browser, report: Path, **how) -> Page:
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


def leave(opened: Page) -> None:
    """Close a page on which nothing went wrong."""
    troubles = opened.troubles
    opened.context.close()
    assert troubles == []


def until(page: Page, expression: str) -> None:
    """Wait for a condition; Playwright's own way of waiting evaluates text, which the page forbids."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")
