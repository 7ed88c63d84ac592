"""Whole lessons in several real browsers at once."""

import json
import signal

from support.browser import accessibility_violations, expect, fits_width, save_screenshot
from support.class_pages import (
    CONNECTION_ERRORS,
    MINA,
    OMID,
    TITLE,
    WORDS,
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


def test_people_join_bet_and_move_and_the_console_shows_it(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        console, wall, alba = lesson.console.page, lesson.wall.page, lesson.alba.page
        expect(wall.locator(".join-code")).to_have_text(lesson.code)
        expect(wall.get_by_role("img", name=f"{classroom.address}/class/r/{lesson.code}")).to_be_visible()
        expect(wall.locator("#wall")).to_contain_text("2 are here")
        save_screenshot(wall, "class_projector_lobby")
        looks = lesson.enter(f"/class/r/{lesson.code}")  # and takes no seat by it
        expect(looks.page.locator("#choice")).to_contain_text("Alba")
        expect(wall.locator("#wall")).to_contain_text("2 are here")
        expect(alba.locator("#where")).to_have_text(TITLE)
        alba.locator("#card-open").click()
        expect(alba.locator("#card-text")).to_contain_text("What it asks of you weighs")
        alba.keyboard.press("Escape")
        alba.locator("#bet-breakdown").fill("40")
        expect(alba.locator("[data-key=bet]")).to_be_disabled()
        alba.locator("#bet-comprehensive_deal").fill("10")
        alba.locator("[data-key=bet]").click()
        expect(alba.locator("#bets .done")).to_have_text("Your bet stands.")
        expect(console.locator("#bets")).to_contain_text("1 of 2")
        start_lesson(lesson)
        choose(alba, "conduct:borea", "step")
        expect(alba.locator(".verb .weigh:visible")).to_contain_text("Support at home falls by")
        send(alba)
        expect(console.get_by_role("row", name="Alba a state")).to_contain_text("has moved")


def test_a_reload_and_the_personal_link_on_another_device_come_back_to_the_same_seat(browser, classroom):
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


def test_pages_come_back_by_themselves_when_the_server_was_killed(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        pages = lesson.console, lesson.wall, lesson.alba, lesson.borea
        alba, borea = lesson.alba.page, lesson.borea.page
        choose(alba, "conduct:borea", "friendly")
        send(alba)
        for each in pages:
            each.allowed += CONNECTION_ERRORS
        classroom.end(signal.SIGKILL)
        expect(alba.locator("#line")).to_have_text("connection lost, trying again")
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


def test_nobody_is_sent_what_only_another_seat_may_know(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        alba, borea, wall = lesson.alba, lesson.borea, lesson.wall
        send(alba.page)
        send_or_next(borea.page)
        for each in (alba, borea):
            expect_turn(each.page, 2)
        alba.page.locator("#to").select_option("borea")
        alba.page.locator("#text").fill(WORDS)
        alba.page.get_by_role("button", name="Send the message").click()
        expect(borea.page.locator("#message-list")).to_contain_text(WORDS)
        expect(borea.page.locator("#message-list")).to_contain_text(MINA)
        late = lesson.enter(f"/class/r/{lesson.code}")  # takes a seat over from its agent
        join(late.page, "Latecomer", "corvia")
        expect(late.page.locator("#verbs")).to_contain_text("keeping contact alive")
        expect(late.page.locator("#messages")).not_to_contain_text("Shall we")
        told = {each: "\n".join(each.texts()) for each in (lesson.console, wall, alba, borea, late)}
        token, hidden = token_of(alba.page, lesson.code), private_numbers(told[alba].split("\n"))
        assert len(hidden) >= 3
        for each in (borea, late, wall):
            mine = private_numbers(told[each].split("\n"))  # two sides may come to the same number, each for itself
            assert [number for number in hidden - mine if number in told[each]] == []
            assert token not in told[each]
        for private in (MINA, "Mina", OMID, "Latecomer", WORDS, '"trust"', '"known"', '"choices"'):
            assert private not in told[wall], private
        assert "Shall we" not in told[late]
        everywhere = [url for each in told for url in each.addresses]
        assert [url for url in everywhere if token in url or classroom.key in url] == []


def test_the_instructor_sends_notices_and_events_pauses_and_hands_seats_over(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        start_lesson(lesson)
        console, alba, borea = lesson.console.page, lesson.alba.page, lesson.borea.page
        console.get_by_role("button", name="Close the round now").click()
        expect_turn(alba, 2)
        console.locator("#words").fill("Two minutes <i>left</i>")
        console.locator("#notice button").click()
        expect(alba.locator("#notices")).to_contain_text("Two minutes <i>left</i>")
        console.locator("#kind").select_option("regional_incident")
        console.locator("#inject button").click()
        expect(console.locator("#pending li")).to_have_count(1)
        console.get_by_role("button", name="Pause").click()
        expect(alba.locator("#hold")).to_contain_text("Paused")
        console.get_by_role("button", name="Go on").click()
        console.get_by_role("button", name="Hand to its agent: Borea").click()
        expect(borea.locator("#verbs")).to_contain_text("عامل شما این جایگاه را بازی می‌کند")
        pages = {"console": console, "projector": lesson.wall.page, "student": alba, "student_fa": borea}
        assert [accessibility_violations(page) for page in pages.values()] == [[]] * 4
        assert all(map(fits_width, pages.values()))
        assert borea.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "fa"]
        for name, page in pages.items():
            save_screenshot(page, f"class_{name}")


def test_the_debrief_comes_to_all_and_the_lesson_as_a_file_to_the_console(browser, classroom):
    with running_lesson(browser, classroom) as lesson:
        console, alba, borea, wall = (each.page for each in (lesson.console, lesson.alba, lesson.borea, lesson.wall))
        alba.locator("[data-key=bet]").click()
        expect(alba.locator("#bets .done")).to_have_text("Your bet stands.")
        start_lesson(lesson)
        choose(alba, "conduct:borea", "step")
        send(alba)
        for number in (2, 3):
            console.get_by_role("button", name="Close the round now").click()
            expect_turn(alba, number)
        console.get_by_role("button", name="Close the round now").click()
        for page in (alba, console):
            expect(page.locator("#debrief h1")).to_contain_text("It ended in", timeout=60_000)
        expect(alba.locator("#debrief details[open]")).to_contain_text("Alba")
        expect(alba.locator("#debrief")).to_contain_text("Your Brier score")
        expect(borea.locator("#debrief h1")).to_contain_text("پایان یافت", timeout=20_000)
        expect(wall.locator("#turn")).to_have_text("The lesson is over")
        with console.expect_download() as got:
            console.get_by_role("button", name="The lesson as a file").click()
        kept = json.loads(got.value.path().read_text())
        assert [len(kept["turns"]), kept["seed"], bool(kept["overrides"])] == [3, 11, True]
        assert [accessibility_violations(page) for page in (console, alba)] == [[], []]
        for name, page in (("console", console), ("projector", wall), ("student", alba), ("student_fa", borea)):
            save_screenshot(page, f"class_debrief_{name}")
