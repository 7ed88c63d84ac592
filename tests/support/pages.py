"""Pages of the dashboard with long computations, opened in a browser."""

import re

from playwright.sync_api import Page

from dashboards.page_link import Link, Setting, format_link, parse_link
from support.browser import COLD_START_MS, expect, open_dashboard

SMALL = Setting("two-states", seed=4, worlds=60)
SHORT = SMALL._replace(changes=(("rounds", 24),), seed=8)  # few rounds: the cost of Turning points is quadratic
FINISHED = re.compile(r"simulated futures from every round, all with|per setting, seeds \d+ to \d+, with the same")


def wait_until_finished(page: Page) -> None:
    """Wait until the computations of the page are finished."""
    expect(page.locator(".det-progress .det-note")).to_have_text(FINISHED, timeout=COLD_START_MS)


def open_turning_points(browser, address, link: Link, **options):
    return open_dashboard(
        browser, address, format_link(link._replace(page="turning")), ready=wait_until_finished, **options
    )


def open_compare(browser, address, link: Link, **options):
    return open_dashboard(
        browser, address, format_link(link._replace(page="compare")), ready=wait_until_finished, **options
    )


def current_link(page: Page) -> Link:
    """Return the link in the address of a page."""
    link, notes = parse_link(page.evaluate("location.search"))
    assert notes == []
    return link


def last_result(news) -> object:
    """Return the result of the last update."""
    *_, last = news
    assert last.finished
    assert last.error == ""
    return last.result


def not_cancelled() -> bool:
    return False
