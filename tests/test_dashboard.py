"""The dashboard, served by the command line, in a real browser."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.ensemble import Request, play_worlds
from model.scenario import load

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
DETENTE = Path(sys.executable).with_name("detente")
COLD = 240_000  # milliseconds: the very first page may wait until the model is compiled
DRAWN = "() => [...document.querySelectorAll('.det-plot')].filter((plot) => plot.data?.length).length === 3"
ENDS = "() => [...document.querySelectorAll('.det-plot')].map((plot) => plot.data.map((line) => line.y.at(-1)))"
LENGTHS = "() => [...document.querySelectorAll('.det-plot')].map((plot) => plot.data.map((line) => line.y.length))"
RANGES = "() => [...document.querySelectorAll('.det-plot')].map((plot) => plot._fullLayout.yaxis.range)"
TENSION_ENDS = "(end) => document.querySelector('[data-chart=tension] .det-plot').data[4].y.at(-1) === end"
CONTROLS = ".det-page :is(select, input, summary)"
OPENNESS = "United States, Openness to talks"


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [DETENTE, "dashboard", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            await_ready(f"http://127.0.0.1:{port}/readyz")
            assert f"http://127.0.0.1:{port}" in server.stdout.readline()
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=20) == 0, "Ctrl-C did not stop the server cleanly"


def await_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1366, height: int = 768, theme: Any = "light"
) -> Iterator[Page]:
    """Open the page; when it closes, nothing may have left the machine, and nothing may have failed."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page, faults = context.new_page(), []
    own = (address, address.replace("http", "ws"), "data:", "blob:")

    def note(fault: object, there: bool = True) -> None:
        faults.extend([str(fault)] * there)

    page.on("request", lambda sent: note(sent.url, not sent.url.startswith(own)))
    page.on("websocket", lambda sent: note(sent.url, not sent.url.startswith(own)))
    page.on("response", lambda got: note(f"{got.status} {got.url}", got.status >= 400))
    page.on("requestfailed", lambda sent: note(f"{sent.failure} {sent.url}"))
    page.on("console", lambda said: note(said.text, said.type == "error"))
    page.on("pageerror", note)
    page.goto(address)
    page.wait_for_function(DRAWN, timeout=COLD)
    settled(page)
    yield page
    assert faults == []
    context.close()


def settled(page: Page) -> None:
    expect(page.locator(".det-note")).to_have_text(re.compile(r"^\s*[\d,]+ worlds, seeds"), timeout=20_000)


def press(page: Page, lever: str, key: str, times: int) -> None:
    slider = page.get_by_role("slider", name=lever)
    before = page.locator("#det-text-trust").inner_text()
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)
    expect(page.locator("#det-text-trust")).not_to_have_text(before, use_inner_text=True, timeout=20_000)
    settled(page)


def test_the_page_shows_three_charts_with_data_and_the_shares_of_outcomes(browser, address):
    with opened(browser, address) as page:
        assert page.locator("h1").inner_text() == load("us-iran-2026").title["en"]
        assert page.locator(".det-narratives article").count() == 2
        assert page.evaluate(LENGTHS) == [[61] * 10, [61] * 5, [61] * 5]
        shares = page.locator(".det-share").evaluate_all("all => all.map((one) => parseFloat(one.innerText))")
        assert len(shares) == 4
        assert 98 <= sum(shares) <= 102


def test_a_slider_moved_by_keyboard_moves_bands_and_text_and_a_reset_brings_both_back(browser, address):
    with opened(browser, address) as page:
        ends, ranges = page.evaluate(ENDS), page.evaluate(RANGES)
        text = page.locator("#det-text-progress").inner_text()
        press(page, OPENNESS, "PageDown", 6)
        assert page.evaluate(ENDS) != ends
        assert page.locator("#det-text-progress").inner_text() != text
        assert page.evaluate(RANGES) == ranges
        assert page.locator(".det-levers summary").inner_text().endswith("1 changed")
        page.get_by_role("button", name=f"Reset {OPENNESS} to 0.8").click()
        expect(page.locator("#det-text-progress")).to_have_text(text, use_inner_text=True)
        settled(page)
        assert page.evaluate(ENDS) == ends


def test_the_bands_on_the_page_are_those_of_the_worlds(browser, address):
    with opened(browser, address) as page:
        page.get_by_role("spinbutton", name="Seed").fill("5")
        page.get_by_role("spinbutton", name="Worlds").fill("60")
        page.keyboard.press("Enter")
        expect(page.locator(".det-note")).to_have_text(re.compile("60 worlds, seeds 5 to 64"))
        ensemble = play_worlds(Request("us-iran-2026", seed=5, worlds=60))
        page.wait_for_function(TENSION_ENDS, arg=round(float(ensemble.run["tension"][-1]), 4))
        shown = page.evaluate(ENDS)[1]
        expected = [*ensemble.bands["tension"][[0, 4, 1, 3], -1], ensemble.run["tension"][-1]]
        np.testing.assert_allclose(shown, expected, atol=6e-5)


def test_a_value_out_of_range_is_refused_with_a_sentence_and_the_page_lives_on(browser, address):
    with opened(browser, address) as page:
        typed = page.get_by_role("spinbutton", name=f"{OPENNESS}, typed")
        typed.evaluate("field => field.removeAttribute('max')")
        typed.fill("7")
        typed.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("must be a number from 0 to 1")
        expect(typed).to_have_value("0.8")
        press(page, OPENNESS, "PageDown", 2)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_every_scenario_can_be_chosen(browser, address):
    with opened(browser, address) as page:
        picker = page.get_by_label("Scenario")
        for name in picker.locator("option").evaluate_all("all => all.map((one) => one.value)"):
            picker.select_option(name)
            expect(page.locator("h1")).to_have_text(load(name).title["en"])
            page.wait_for_function(DRAWN)
            settled(page)
            assert page.get_by_role("slider").count() >= 4


def test_two_browsers_at_once_share_no_setting(browser, address):
    with opened(browser, address) as one, opened(browser, address) as other:
        before = other.evaluate(ENDS)
        press(one, OPENNESS, "Home", 1)
        assert one.evaluate(ENDS) != before
        assert other.evaluate(ENDS) == before
        assert other.get_by_role("slider", name=OPENNESS).input_value() == "0.8"


@pytest.mark.parametrize(
    ("theme", "width", "height", "ink"), [("light", 1366, 768, "#C44E00"), ("dark", 390, 844, "#F0984A")]
)
def test_the_page_fits_its_window_and_follows_the_theme(browser, address, theme, width, height, ink):
    with opened(browser, address, width, height, theme) as page:
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"explore-{theme}-{width}.png", full_page=True)
        assert page.locator(f".v-application.theme--{theme}").count() == 1
        assert page.evaluate("document.querySelector('[data-chart=tension] .det-plot').data[4].line.color") == ink
        for now in (width, 900, 1366, 390):
            page.set_viewport_size({"width": now, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= now


def test_the_keyboard_reaches_every_control_and_every_control_has_a_name(browser, address):
    with opened(browser, address) as page:
        reached = set()
        for _ in range(80):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        wanted = page.locator(CONTROLS).evaluate_all("all => all.map((one) => one.id || one.className)")
        assert set(wanted) <= reached
        for role in ("slider", "spinbutton", "combobox", "button"):
            named = page.get_by_role(role, name=re.compile(r"\w"))
            assert named.count() == page.get_by_role(role).count() > 0
        for chart in ("Trust", "Tension", "Deal progress"):
            described = page.get_by_role("img", name=re.compile(f"^{chart}"))
            expect(described).to_have_accessible_description(re.compile("median .* nine in ten .* seed 1 ends at"))


def test_a_taken_port_is_told_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([DETENTE, "dashboard", "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Cannot serve on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1
