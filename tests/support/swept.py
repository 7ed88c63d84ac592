"""Folders of results of tiny studies, and the page of sweeps opened in a browser."""

from playwright.sync_api import Page

from dashboards.link import Link, Setting, written
from support.browser import COLD, expect, opened
from support.studies import study

TRUST, WEIGHT = "states.alba.generosity", "belief.betrayal_weight"
GRID = study(
    name="grid",
    question="Where does <b>trust</b> end?",
    levers={TRUST: {"low": 0.0, "high": 1.0, "steps": 3}},
    uncertainties={WEIGHT: {"values": [1, 2, 4, 6]}},
    design={"kind": "grid"},
)
SPREAD = study(
    name="spread",
    rounds=24,
    levers={TRUST: [0.0, 1.0], "states.alba.dialogue": [0.0, 1.0], "mechanisms.noise": {"values": [True, False]}},
    design={"kind": "latin", "points": 150},
)
SOBOL = study(name="sobol", design={"kind": "sobol", "points": 16}, indicators=["mean_trust"])
BROKEN = study(
    name="broken",
    levers={"states.alba.doctrine": {"values": ["reciprocity", "no-such-doctrine"]}, TRUST: {"values": [0.2, 0.8]}},
    uncertainties={},
    design={"kind": "grid"},
)
STATE = "() => document.querySelector('.det-sweeps').__vue__"


def looked(page: Page) -> None:
    """Wait until the page has read what there is to read."""
    expect(page.locator(".det-progress")).to_have_count(0, timeout=COLD)
    expect(page.locator(".det-folders")).to_be_visible(timeout=COLD)


def read(page: Page, folder: str) -> None:
    """Open a folder of the list, and wait for all of it."""
    page.locator(".det-folder", has_text=folder).click()
    expect(page.locator(".det-sweeps")).to_have_attribute("data-drawn", "3", timeout=COLD)
    looked(page)


def sweeping(browser, address, **how):
    return opened(browser, address, written(Link(Setting("two-states"), page="sweeps")), ready=looked, **how)


def shown_map(page: Page) -> dict:
    return page.evaluate(f"({STATE})().heat")
