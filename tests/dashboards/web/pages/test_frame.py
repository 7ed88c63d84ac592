"""The frame, appearance and keyboard operation of all pages, and the server, in a browser."""

import os
import re
import signal
import subprocess

import pytest
from support.browser import (
    COLD_START_MS,
    DETENTE,
    accessibility_violations,
    assert_eventually,
    expect,
    fits_width,
    open_dashboard,
    save_screenshot,
    serve_dashboard,
)
from support.explore import SMALL_SETTING, open_explore, wait_until_settled
from support.pages import SHORT, SMALL, current_link, wait_until_finished

from dashboards.page_link import Link, format_link

# Frame, keyboard, appearance


def test_the_navigation_opens_every_page(browser, address):
    with open_explore(browser, address) as page:
        for title, key in (
            ("Watch", "watch"),
            ("Turning points", "turning"),
            ("Compare", "compare"),
            ("Sweeps", "sweeps"),
            ("About", "about"),
            ("Explore", "explore"),
        ):
            page.get_by_role("navigation", name="Pages").get_by_role("link", name=title).click()
            expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")
            expect(page.locator("main h1")).to_be_visible(timeout=COLD_START_MS)
            assert_eventually(lambda key=key: current_link(page), Link(SMALL_SETTING, key))
        wait_until_settled(page)


@pytest.mark.filterwarnings("ignore:There is no current event loop")  # Solara requests one; nothing here runs in it
def test_a_failed_page_shows_an_error_and_can_be_reopened(monkeypatch):
    import uuid

    import ipyvuetify
    import solara
    from solara.server import kernel, kernel_context

    from dashboards.web import app

    @solara.component
    def Failing(link, go):  # noqa: N802
        raise ZeroDivisionError("a secret path")

    context = kernel_context.VirtualKernelContext(id=str(uuid.uuid4()), kernel=kernel.Kernel(), session_id="test")
    with context:
        monkeypatch.setattr(app, "page_component", lambda page: Failing)
        _, rendered = solara.render(app.Content(Link(), lambda link: None), handle_error=False)
        text = str([each.children for each in rendered.find(ipyvuetify.Html).widgets])
        assert "Explore failed" in text
        assert "ZeroDivisionError" in text
        assert "secret" not in text
        monkeypatch.undo()
        rendered.find(ipyvuetify.Btn).widget.click()
        assert "Explore failed" not in str([each.children for each in rendered.find(ipyvuetify.Html).widgets])
        rendered.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_explore_is_accessible_fits_and_follows_the_theme(browser, address, theme):
    link = Link(
        SMALL_SETTING._replace(changes=(("states.us.dialogue", 0.5),)),
        baseline=SMALL_SETTING,
        charts=("contact", "pressure"),
    )
    with open_explore(browser, address, link=link, theme=theme) as page:
        page.get_by_text("Uncertainties").click()
        assert accessibility_violations(page) == []
        save_screenshot(page, f"explore-{theme}-1366")
        assert page.locator(f".v-application.theme--{theme}").count() == 1
        ink = page.locator("[data-chart=tension] .det-line-chart path").last
        expect(ink).to_have_attribute("stroke", {"light": "#C44E00", "dark": "#F0984A"}[theme])
        for width, height in ((390, 844), (900, 700), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            assert_eventually(lambda: fits_width(page), True, f"{width} wide")
    with open_explore(browser, address, link=link, theme=theme, size=(390, 844)) as phone:
        save_screenshot(phone, f"explore-{theme}-390")
        assert accessibility_violations(phone) == []


def test_every_control_has_a_name_and_keyboard_access(browser, address):
    with open_explore(browser, address) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the first control skips to the content
        assert_eventually(lambda: page.evaluate("document.activeElement.tagName"), "MAIN")
    with open_explore(browser, address) as page:
        page.evaluate("""() => { window.reached = []; document.addEventListener('focusin', ({ target }) =>
            reached.push(target.id || target.textContent.trim().slice(0, 30))); }""")
        for _ in range(170):
            page.keyboard.press("Tab")
        reached = {*page.evaluate("reached")}
        wanted = page.locator(
            ".det-page :is(select, input, summary, button, a):enabled:visible, .det-frame :is(a, button:enabled)"
        )
        names = wanted.evaluate_all("all => all.map((one) => one.id || one.textContent.trim().slice(0, 30))")
        visible = {name for name in names if name and name != "↺"}
        assert visible - reached == set()
        for role in ("slider", "spinbutton", "combobox", "button", "switch"):
            named = page.get_by_role(role, name=re.compile(r"\w"))
            assert named.count() == page.get_by_role(role).count()
        for chart in ("United States trusts Iran", "Tension", "Deal progress"):
            described = page.get_by_role("img", name=re.compile(f"^{chart}"))
            expect(described).to_have_accessible_description(re.compile(r"median .* 90 % .* seed 1 ends at"))


def test_four_pages_fit_a_phone_and_a_screen_in_dark_mode(browser, address):
    link = Link(SHORT, page="turning", futures=100, arms=(SMALL._replace(changes=(("mechanisms.noise", False),)),))
    with open_dashboard(
        browser, address, format_link(link), size=(390, 844), theme="dark", ready=wait_until_finished
    ) as page:
        for name, done in (
            ("Turning points", wait_until_finished),
            ("Compare", wait_until_finished),
            ("Sweeps", None),
            ("About", None),
        ):
            page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
            expect(page.locator("main h1")).to_contain_text(name.split()[0])
            if done:
                done(page)
            assert page.locator(".v-application.theme--dark").count() == 1
            assert accessibility_violations(page) == [], name
            assert_eventually(lambda: fits_width(page), True, name)
            save_screenshot(page, f"{name.split()[0].lower()}-dark-390")
            page.set_viewport_size({"width": 1366, "height": 768})
            assert accessibility_violations(page) == [], name
            assert_eventually(lambda: fits_width(page), True, name)
            save_screenshot(page, f"{name.split()[0].lower()}-dark-1366")
            page.set_viewport_size({"width": 390, "height": 844})


def test_the_current_page_is_visible_in_the_phone_navigation(browser, address):
    with open_dashboard(browser, address, format_link(Link(page="about")), size=(390, 844)) as page:
        expect(page.locator("main h1")).to_contain_text("About")
        here = page.get_by_role("navigation", name="Pages").locator("[aria-current]")
        expect(here).to_be_in_viewport(ratio=1)
        page.set_viewport_size({"width": 844, "height": 390})
        page.set_viewport_size({"width": 320, "height": 700})
        expect(here).to_be_in_viewport(ratio=1)


# The server


def test_a_cold_server_shows_the_page_while_it_compiles(browser, tmp_path):
    env = {**os.environ, "DETENTE_CACHE": str(tmp_path)}
    group: list[int] = []
    try:
        with (
            serve_dashboard(env=env, start_new_session=True, on_start=group.append) as cold,
            open_dashboard(browser, cold) as page,
        ):
            expect(page.locator(".det-note")).to_contain_text(
                re.compile(r"Compiling the model \(first start only\): \d+ s so far")
            )
            assert_eventually(lambda: page.get_by_role("slider").count() > 4, True)
    finally:
        for leader in group:
            os.killpg(leader, signal.SIGKILL) if is_group_alive(leader) else None  # the compiler that it started


def is_group_alive(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
        return True
    except ProcessLookupError:
        return False


def test_a_port_in_use_is_reported_in_one_line():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = str(occupied.getsockname()[1])
        done = subprocess.run([DETENTE, "dashboard", "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Cannot serve on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1
