"""Pages of the dashboard with long work: opened in a browser once all of it is done."""

import re

from playwright.sync_api import Page

from dashboards.link import Link, Setting, read_link, written
from support.browser import COLD, expect, opened

SMALL = Setting("two-states", seed=4, worlds=60)
SHORT = SMALL._replace(changes=(("rounds", 24),))  # the work of Turning points grows with the square of the rounds
FINISHED = re.compile(r"redrawn futures from every round; the same dice|in each, seeds \d+ to \d+: the same dice")


def finished(page: Page) -> None:
    """Wait until all long work of the page is done."""
    expect(page.locator(".det-progress .det-note")).to_have_text(FINISHED, timeout=COLD)


def turning(browser, address, link: Link, **how):
    return opened(browser, address, written(link._replace(page="turning")), ready=finished, **how)


def comparing(browser, address, link: Link, **how):
    return opened(browser, address, written(link._replace(page="compare")), ready=finished, **how)


def link_of(page: Page) -> Link:
    """Read what the address holds now; `soon` waits until a change is in it."""
    link, notes = read_link(page.evaluate("location.search"))
    assert notes == []
    return link


def told_of(news) -> object:
    """Give the result of the last piece of news."""
    *_, last = news
    assert last.over
    assert last.fault == ""
    return last.result


def never() -> bool:
    return False
