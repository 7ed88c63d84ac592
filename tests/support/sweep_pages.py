"""Tiny studies, and the Sweeps page in a browser."""

from playwright.sync_api import Page

from dashboards.page_link import Link, Setting, format_link
from support.browser import COLD_START_MS, expect, open_dashboard
from support.studies import study_data

TRUST, WEIGHT = "states.alba.generosity", "belief.betrayal_weight"
GRID = study_data(
    name="grid",
    question="Where does <b>trust</b> end?",
    levers={TRUST: {"low": 0.0, "high": 1.0, "steps": 3}},
    uncertainties={WEIGHT: {"values": [1, 2, 4, 6]}},
    design={"kind": "grid"},
)
SPREAD = study_data(
    name="spread",
    rounds=24,
    levers={TRUST: [0.0, 1.0], "states.alba.dialogue": [0.0, 1.0], "mechanisms.noise": {"values": [True, False]}},
    design={"kind": "latin", "points": 150},
)
SOBOL = study_data(name="sobol", design={"kind": "sobol", "points": 16}, indicators=["mean_trust"])
BROKEN = study_data(
    name="spread",
    levers={"states.alba.doctrine": {"values": ["reciprocity", "initiative"]}, TRUST: {"values": [0.2, 0.8]}},
    uncertainties={},
    design={"kind": "grid"},
)
STATE = "() => document.querySelector('.det-sweeps').__vue__"


def wait_until_read(page: Page) -> None:
    """Wait until the page has loaded all results."""
    expect(page.locator(".det-progress")).to_have_count(0, timeout=COLD_START_MS)
    expect(page.locator(".det-folders")).to_be_visible(timeout=COLD_START_MS)


def open_folder(page: Page, folder: str) -> None:
    """Open a folder of the list and wait for its charts."""
    page.locator(".det-folder", has_text=folder).click()
    expect(page.locator(".det-sweeps")).to_have_attribute("data-drawn", "3", timeout=COLD_START_MS)
    wait_until_read(page)


def open_sweeps(browser, address, **options):
    return open_dashboard(
        browser, address, format_link(Link(Setting("two-states"), page="sweeps")), ready=wait_until_read, **options
    )


def heat_map(page: Page) -> dict:
    return page.evaluate(f"({STATE})().heat")


def show_tension(page: Page) -> None:
    """Open the spread sample and select the mean tension."""
    open_folder(page, "deeper/spread")
    page.get_by_label("Outcome or indicator").select_option("mean_tension")
    page.wait_for_function(
        f"() => (({STATE})().ranking || {{}}).rows && ({STATE})().heat.outcome.startsWith('Tension')"
    )
    wait_until_read(page)
