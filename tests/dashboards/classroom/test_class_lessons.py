"""Whole lessons in several real browsers at once."""

import json
import signal

from support.browser import accessibility_violations, expect, fits_width, save_screenshot
from support.class_pages import (
    CONNECTION_ERRORS,
    MESSAGE,
    MINA,
    OMID,
    TITLE,
    choose,
    expect_turn,
    join,
    private_numbers,
    running_lesson,
    send,
    send_or_next,
    start_lesson,
    token_of,
)


def test_console_shows_joins_forecasts_and_moves(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        console, projector, alba = lesson.console.page, lesson.projector.page, lesson.alba.page
        expect(projector.locator(".join-code")).to_have_text(lesson.code)
        expect(projector.get_by_role("img", name=f"{classroom.address}/class/r/{lesson.code}")).to_be_visible()
        expect(projector.locator("#projector")).to_contain_text("2 have joined")
        save_screenshot(projector, "class_projector_lobby")
        preview = lesson.enter(f"/class/r/{lesson.code}")  # takes no seat
        expect(preview.page.locator("#choice")).to_contain_text("Alba")
        expect(projector.locator("#projector")).to_contain_text("2 have joined")
        expect(alba.locator("#where")).to_have_text(TITLE)
        alba.locator("#card-open").click()
        expect(alba.locator("#card-text")).to_contain_text("Your cost:")
        alba.keyboard.press("Escape")
        alba.locator("#forecast-breakdown").fill("40")
        expect(alba.locator("[data-key=forecast]")).to_be_disabled()
        alba.locator("#forecast-comprehensive_deal").fill("10")
        alba.locator("[data-key=forecast]").click()
        expect(alba.locator("#forecasts .done")).to_have_text("Forecast saved.")
        expect(console.locator("#forecasts")).to_contain_text("1 of 2")
        start_lesson(lesson)
        choose(alba, "conduct:borea", "step")
        expect(alba.locator(".verb .panel:visible")).to_contain_text("Support at home falls by")
        send(alba)
        expect(console.get_by_role("row", name="Alba state")).to_contain_text("has moved")


def test_reload_and_personal_link_return_to_the_same_seat(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        alba = lesson.alba.page
        choose(alba, "conduct:borea", "step")
        send(alba)
        alba.reload()
        expect(alba.locator(".sent")).to_contain_text("make a goodwill gesture")
        token = token_of(alba, lesson.code)
        assert alba.evaluate("[document.cookie, localStorage.length]") == ["", 0]  # no script can read it
        alba.context.grant_permissions(["clipboard-read", "clipboard-write"])
        alba.locator("#link-copy").click()
        expect(alba.locator("#news")).not_to_be_empty()
        link = alba.evaluate("navigator.clipboard.readText()")
        assert link == f"{classroom.address}/class/r/{lesson.code}#me={token}"
        second = lesson.enter(link.removeprefix(classroom.address))
        expect(second.page.locator(".sent")).to_contain_text("make a goodwill gesture")
        assert token not in second.page.url
        assert token_of(second.page, lesson.code) == token
        second.page.locator("[data-key=change]").click()
        choose(second.page, "conduct:borea", "friendly")
        send(second.page)
        expect(alba.locator(".sent")).to_contain_text("cooperate")


def test_pages_reconnect_after_the_server_was_killed(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        pages = lesson.console, lesson.projector, lesson.alba, lesson.borea
        alba, borea = lesson.alba.page, lesson.borea.page
        choose(alba, "conduct:borea", "friendly")
        send(alba)
        for each in pages:
            each.allowed += CONNECTION_ERRORS
        classroom.stop(signal.SIGKILL)
        expect(alba.locator("#line")).to_have_text("connection lost, reconnecting")
        classroom.start()
        expect(alba.locator("#line")).to_have_text("connected", timeout=20_000)
        expect(borea.locator("#line")).to_have_text("وصل", timeout=20_000)
        expect(alba.locator(".sent")).to_contain_text("cooperate")
        choose(borea, "press:alba", "relieve")
        send_or_next(borea)
        for page in (alba, borea):
            expect_turn(page, 2)
        for each in pages:
            expect(each.page.locator("#line.lost")).to_have_count(0)
            each.allowed = each.allowed[: -len(CONNECTION_ERRORS)]


def test_private_facts_are_sent_only_to_their_seat(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        alba, borea, projector = lesson.alba, lesson.borea, lesson.projector
        send(alba.page)
        send_or_next(borea.page)
        for each in (alba, borea):
            expect_turn(each.page, 2)
        alba.page.locator("#to").select_option("borea")
        alba.page.locator("#text").fill(MESSAGE)
        alba.page.get_by_role("button", name="Send message").click()
        expect(borea.page.locator("#message-list")).to_contain_text(MESSAGE)
        expect(borea.page.locator("#message-list")).to_contain_text(MINA)
        late = lesson.enter(f"/class/r/{lesson.code}")  # takes over a seat from its agent
        join(late.page, "Latecomer", "corvia")
        expect(late.page.locator("#verbs")).to_contain_text("maintaining contact")
        expect(late.page.locator("#messages")).not_to_contain_text("Shall we")
        responses = {each: "\n".join(each.texts()) for each in (lesson.console, projector, alba, borea, late)}
        token, hidden = token_of(alba.page, lesson.code), private_numbers(responses[alba].split("\n"))
        assert len(hidden) >= 3
        for each in (borea, late, projector):
            mine = private_numbers(responses[each].split("\n"))  # two sides may have the same number by coincidence
            assert [number for number in hidden - mine if number in responses[each]] == []
            assert token not in responses[each]
        for private in (MINA, "Mina", OMID, "Latecomer", MESSAGE, '"trust"', '"known"', '"choices"'):
            assert private not in responses[projector], private
        assert "Shall we" not in responses[late]
        everywhere = [url for each in responses for url in each.addresses]
        assert [url for url in everywhere if token in url or classroom.key in url] == []


def test_instructor_actions_reach_the_student_pages(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        console, alba, borea = lesson.console.page, lesson.alba.page, lesson.borea.page
        console.get_by_role("button", name="Close the turn now").click()
        expect_turn(alba, 2)
        console.locator("#notice-text").fill("Two minutes <i>left</i>")
        console.locator("#notice button").click()
        expect(alba.locator("#notices")).to_contain_text("Two minutes <i>left</i>")
        console.locator("#kind").select_option("regional_incident")
        console.locator("#inject button").click()
        expect(console.locator("#pending li")).to_have_count(1)
        console.get_by_role("button", name="Pause").click()
        expect(alba.locator("#actions")).to_contain_text("Paused")
        console.get_by_role("button", name="Resume").click()
        console.get_by_role("button", name="Hand to its agent: Borea").click()
        expect(borea.locator("#verbs")).to_contain_text("عامل شما این جایگاه را بازی می‌کند")
        pages = {"console": console, "projector": lesson.projector.page, "student": alba, "student_fa": borea}
        assert [accessibility_violations(page) for page in pages.values()] == [[]] * 4
        assert all(map(fits_width, pages.values()))
        assert borea.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "fa"]
        for name, page in pages.items():
            save_screenshot(page, f"class_{name}")


def test_debrief_reaches_all_pages_and_the_console_exports(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        console, alba, borea, projector = (
            each.page for each in (lesson.console, lesson.alba, lesson.borea, lesson.projector)
        )
        alba.locator("[data-key=forecast]").click()
        expect(alba.locator("#forecasts .done")).to_have_text("Forecast saved.")
        start_lesson(lesson)
        choose(alba, "conduct:borea", "step")
        send(alba)
        for number in (2, 3):
            console.get_by_role("button", name="Close the turn now").click()
            expect_turn(alba, number)
        console.get_by_role("button", name="Close the turn now").click()
        for page in (alba, console):
            expect(page.locator("#debrief h1")).to_contain_text("Outcome:", timeout=60_000)
        expect(alba.locator("#debrief details[open]")).to_contain_text("Alba")
        expect(alba.locator("#debrief")).to_contain_text("Your Brier score")
        expect(borea.locator("#debrief h1")).to_contain_text("پایان یافت", timeout=20_000)
        expect(projector.locator("#turn")).to_have_text("The lesson is over")
        with console.expect_download() as download:
            console.get_by_role("button", name="Lesson file (JSON)").click()
        saved = json.loads(download.value.path().read_text())
        assert [len(saved["turns"]), saved["seed"], bool(saved["overrides"])] == [3, 11, True]
        assert [accessibility_violations(page) for page in (console, alba)] == [[], []]
        for name, page in (("console", console), ("projector", projector), ("student", alba), ("student_fa", borea)):
            save_screenshot(page, f"class_debrief_{name}")
