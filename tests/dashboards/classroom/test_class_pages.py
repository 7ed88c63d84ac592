"""The classroom's pages in real browsers: joining, the console, and solo lessons."""

import signal
import sqlite3
from contextlib import ExitStack, closing

from support.browser import accessibility_violations, expect, fits_width, save_screenshot
from support.class_pages import (
    LAPTOP,
    ServedClassroom,
    join,
    open_lesson,
    open_page,
    token_of,
)


def test_removed_participants_can_join_again(browser, classroom):
    with ExitStack() as stack:
        console = stack.enter_context(open_page(browser, classroom, "/class/console", size=LAPTOP))
        code = open_lesson(classroom, console.page, {"alba": 1, "borea": 1}, rounds=6)
        phone = stack.enter_context(open_page(browser, classroom, f"/class/r/{code}"))
        away = stack.enter_context(open_page(browser, classroom, f"/class/r/{code}"))
        for each in (phone, away):
            each.allowed += ("409",)
        join(phone.page, "Mina", "alba")
        expect(phone.page.locator("#other-seat")).to_be_visible()
        join(away.page, "Omid", "borea")
        link = f"#me={token_of(away.page, code)}"
        away.page.goto("about:blank")
        for name in ("Mina", "Omid"):
            choice = console.page.locator("#seats select").and_(console.page.get_by_label(name))
            choice.select_option("-")
            expect(choice).to_have_count(0)
        expect(phone.page.locator("#news")).to_contain_text("removed you from the lesson")
        expect(phone.page.locator("#playing")).to_be_hidden()
        join(phone.page, "Mina again", "borea")
        expect(phone.page.locator("#seat-name")).to_have_text("Borea")
        away.page.goto(f"{classroom.address}/class/r/{code}{link}")
        expect(away.page.locator("#join")).to_be_visible()
        away.page.reload()
        join(away.page, "Omid again", "alba")
        expect(console.page.locator("#seats")).to_contain_text("Omid again")

        # Events for a seat reach the participant who holds it now.
        phone.page.locator("#to").select_option("alba")
        phone.page.locator("#text").fill("Hello again")
        phone.page.get_by_role("button", name="Send message").click()
        expect(away.page.locator("#message-list")).to_contain_text("Hello again")
        console.page.evaluate(
            """([key, code]) => fetch(`/class/api/rooms/${code}/do`, { method: "POST", headers: {
                "Content-Type": "application/json", Authorization: `Instructor ${key}` },
                body: JSON.stringify({ action: "set", settings: { chooses: false } }) })""",
            [classroom.key, code],
        )
        expect(phone.page.locator("#other-seat")).to_have_count(0)


def test_console_and_role_cards_require_the_key(browser, classroom):
    with open_page(browser, classroom, "/class/console", size=LAPTOP) as watched:
        watched.allowed += ("401",)
        watched.page.get_by_label("Instructor key").fill("not-the-key-at-all")
        watched.page.get_by_role("button", name="Open").click()
        expect(watched.page.get_by_role("alert")).to_contain_text("not the instructor key")
        expect(watched.page.locator("#rooms")).to_be_hidden()
        assert "not-the-key-at-all" not in watched.page.url
        watched.page.goto(f"{classroom.address}/class/cards/ANYONE")
        expect(watched.page.locator("#cards")).to_be_empty()
        expect(watched.page.locator("#enter")).to_be_visible()


def test_wrong_room_code_shows_an_error(browser, classroom):
    with open_page(browser, classroom, "/class") as watched:
        watched.allowed += ("404",)
        watched.page.get_by_label("Room code").fill("NOROOM")
        watched.page.get_by_role("button", name="Find the class").click()
        expect(watched.page.get_by_role("alert")).to_contain_text("There is no room with this code")
        assert accessibility_violations(watched.page) == []
        save_screenshot(watched.page, "class_home")


def test_tour_lesson_can_be_played_by_keyboard(browser, classroom):
    with open_page(browser, classroom, "/class/tour", size=LAPTOP) as watched:
        page = watched.page
        page.get_by_role("button", name="Take the seat").focus()
        page.keyboard.press("Enter")
        seat = page.frame_locator("#lesson")
        expect(seat.locator("#turn")).to_have_text("Turn 1 of 12", timeout=20_000)
        seat.locator("summary[data-key='press:borea']").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(seat.locator("details.chosen summary")).to_contain_text("raise it")
        expect(seat.locator("input[value='raise']")).to_be_focused()
        seat.locator("[data-key=send]").focus()
        page.keyboard.press("Enter")
        expect(seat.locator("#turn")).to_have_text("Turn 2 of 12", timeout=20_000)
        assert fits_width(page)
        assert accessibility_violations(page) == []
        save_screenshot(page, "class_tour")
        for number in (3, 4):
            seat.locator("[data-key=send]").click()
            expect(seat.locator("#turn")).to_have_text(f"Turn {number} of 12", timeout=20_000)
        page.get_by_role("link", name="Next chapter").click()
        expect(page.locator("section:visible")).to_contain_text("How will it end?")
        expect(seat.locator("#forecasts")).to_be_visible()


def test_opened_details_stay_open_after_a_quick_choice(browser, classroom):
    with open_page(browser, classroom, "/class/solo?scenario=two-states&seat=alba&rounds=48&months=4") as watched:
        page = watched.page
        page.locator("#start .main").click()
        expect(page.locator("#turn")).to_have_text("Turn 1 of 12", timeout=20_000)
        details = page.locator("details", has=page.locator("summary[data-key='press:borea']"))
        gives = page.locator("#ladders details").first
        assert not details.evaluate("each => each.open")
        details.evaluate("""each => {
            each.querySelector("summary").click();
            const option = each.querySelector("[value=raise]");
            option.focus();
            option.click();
        }""")  # in one task, before the toggle event is dispatched
        expect(details.locator("summary")).to_contain_text("raise it")
        expect(details).to_have_attribute("open", "")
        expect(details.locator("[value=raise]")).to_be_focused()
        gives.locator("summary").click()
        page.locator("[data-key=send]").click()
        expect(page.locator("#turn")).to_have_text("Turn 2 of 12", timeout=20_000)
        expect(page.locator("#move details.verb").first).to_have_attribute("open", "")
        assert not details.evaluate("each => each.open"), "a new turn resets what is open"
        assert gives.evaluate("each => each.open"), "an open detail was closed by an update"


def test_solo_seat_of_the_essay_scenario_in_persian(browser, classroom):
    with open_page(
        browser, classroom, "/class/solo?lang=fa&scenario=us-iran-2026&seat=oman&rounds=12&months=6"
    ) as watched:
        page = watched.page
        expect(page.locator("#scenario option:checked")).to_have_text("ایالات متحده و ایران: تعامل مهارشده")
        page.locator("#start .main").click()
        expect(page.locator("#seat-name")).to_have_text("عمان", timeout=20_000)
        page.locator("#card-open").click()
        expect(page.locator("#card-text")).to_contain_text("مهارت شما در رساندن پیام")
        latin = page.evaluate("document.querySelector('#card-text').innerText.match(/[A-Za-z]{3,}/g)")
        assert latin is None
        assert accessibility_violations(page) == []
        save_screenshot(page, "class_card_fa")


def test_a_lesson_of_the_first_model_says_so_on_all_pages(browser, tmp_path):
    note = "Made with the model of Detente 0.1.0; this version plays it by other rules, so the run differs."
    served = ServedClassroom(tmp_path)
    with ExitStack() as stack:
        stack.callback(lambda: served.stop(signal.SIGINT))
        with open_page(browser, served, "/class/console", size=LAPTOP) as first:
            code = open_lesson(served, first.page, {"alba": 1}, rounds=6)
        served.stop(signal.SIGINT)
        with closing(sqlite3.connect(tmp_path / "class.sqlite", isolation_level=None)) as store:
            store.execute("UPDATE lesson SET version = '0.1.0'")
        served.start()
        phone = stack.enter_context(open_page(browser, served, f"/class/r/{code}?lang=fa")).page
        screen = stack.enter_context(open_page(browser, served, f"/class/projector/{code}", size=LAPTOP)).page
        console = stack.enter_context(open_page(browser, served, "/class/console", size=LAPTOP)).page
        join(phone, "Mina", "alba")
        expect(phone.locator("#notices")).to_contain_text("این درس با مدل")
        expect(phone.locator("#notices")).to_contain_text("0.1.0")
        expect(screen.locator("#projector")).to_contain_text(note)
        console.get_by_label("Instructor key").fill(served.key)
        console.get_by_role("button", name="Open").click()
        console.locator("#rooms li button").first.click()
        expect(console.locator("#run")).to_contain_text(note)
