"""The page Watch in a browser: playback, explanations of decisions, injected events."""

import json
import re
from functools import reduce
from operator import add
from urllib.parse import quote

import pytest
from playwright.sync_api import Page
from support.browser import (
    COLD_START_MS,
    CONNECTION_LOST_ERRORS,
    accessibility_violations,
    assert_eventually,
    expect,
    fits_width,
    open_dashboard,
    save_screenshot,
)
from support.watched import decision_sentences

from agents.assembly import Assembly
from dashboards.page_link import parse_link
from dashboards.theme import STATUS_STYLES
from dashboards.web.pages.watch.why import lever_name
from model.enumerations import Channel, RungStatus
from model.loading import load_scenario
from model.overrides import Override
from model.parameter_space import list_levers

SEED, REFUSAL = 37, 11  # a seed, and the round in which its share makes the United States refuse
SPEED = 5


@pytest.fixture(scope="module")
def run() -> Assembly:
    return Assembly("us-iran-2026", rng=1).run()


def shown(page: Page) -> int:
    return int(page.locator(".det-where strong").inner_text().removeprefix("Round "))


def ready(page: Page) -> None:
    page.wait_for_selector(".det-net", timeout=COLD_START_MS)


def statuses(page: Page) -> list[int]:
    found = page.locator("[data-rung]").evaluate_all("all => all.map((one) => Number(one.dataset.status))")
    return found[::-1]


def current_query(page: Page) -> str:
    return page.evaluate("location.search")


def test_playback_continues_without_a_connection(browser, address):
    with open_dashboard(browser, address, "page=watch", ready=ready, allowed=CONNECTION_LOST_ERRORS) as page:
        page.get_by_label("Speed").select_option(str(SPEED))
        page.get_by_role("button", name="Play", exact=True).click()
        page.wait_for_function("document.querySelector('.det-where strong').innerText === 'Round 3'")
        clock = "[performance.now(), document.querySelector('.det-where strong').innerText]"
        began, first = page.evaluate(clock)
        page.context.set_offline(True)
        page.wait_for_timeout(4000)
        ended, last = page.evaluate(clock)
        page.context.set_offline(False)
        played = int(last.split()[1]) - int(first.split()[1])
        assert played == pytest.approx(SPEED * (ended - began) / 1000, abs=1.2)


def test_stepping_and_seeking_show_the_round(browser, address, run):
    with open_dashboard(browser, address, "page=watch&round=7", ready=ready) as page:
        spans = {now: decision_sentences(run, now) for now in (7, 8, 18)}
        for now, act in ((7, lambda: None), (8, lambda: page.get_by_role("button", name="Step", exact=True).click())):
            act()
            expect(page.locator(".det-chronicle h2")).to_have_text(f"Round {now}")
            rows = page.locator(".det-now button span, .det-now p")
            assert_eventually(lambda rows=rows: rows.all_inner_texts(), spans[now])
        page.locator(".det-timeline input").evaluate(
            "field => { field.value = 18; field.dispatchEvent(new Event('input', {bubbles: true})) }"
        )
        expect(page.locator(".det-chronicle h2")).to_have_text("Round 18")
        model = Assembly("us-iran-2026", rng=1).run(18)
        assert_eventually(lambda: statuses(page), model.world.status[0].tolist())
        words = page.locator("[data-rung] .det-rung-status").all_inner_texts()[::-1]
        assert words[0].startswith(STATUS_STYLES[RungStatus(model.world.status[0][0])].label)
        said = page.locator("[role=status]", has_text="Round 18 of 60.")
        expect(said).to_contain_text(re.compile("|".join(map(re.escape, spans[18]))))
        expect(page.get_by_role("img", name=re.compile("^Trust"))).to_have_accessible_description(
            re.compile(f"{model.trajectory[18][model.indicator_index['nuclear.trust_first']]:.2f} now")
        )


def test_terms_add_up_and_a_lever_flip_is_correct(browser, address):
    with open_dashboard(browser, address, f"page=watch&seed={SEED}&round={REFUSAL}", ready=ready) as page:
        page.locator(".det-now button", has_text="United States rejects").click()
        condition = page.locator("[data-condition=acceptable]")
        expect(condition).to_be_visible()
        values = condition.locator("[data-value]").evaluate_all("all => all.map((one) => Number(one.dataset.value))")
        assert reduce(add, values[:-1]) == values[-1]
        expect(condition.locator(".det-weighed")).to_contain_text("Does not hold")
        flips = condition.locator("tbody tr td:last-child").all_inner_texts()
        assert any(re.search(r"\d", each) for each in flips)
        page.get_by_role("button", name="Search levers").click()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Search again").click()
        expect(page.get_by_role("button", name="All levers searched")).to_be_visible(timeout=60_000)
        lever = page.locator(".det-levers-found li").first
        label, to, becomes = re.match(r"(.+) from \S+ to (\S+): “(.*)”", lever.inner_text()).groups()
        scenario = load_scenario("us-iran-2026")
        path = next(each.path for each in list_levers(scenario) if lever_name(each.path, scenario) == label)
        expect(lever).to_contain_text("In 200 other histories the decision is the same in")
        changed = Assembly(load_scenario("us-iran-2026", {path: float(to)}), rng=SEED).run(REFUSAL)
        answer = [r for r in changed.ledger.rows if (r.round, r.act, r.actor) == (REFUSAL, "answer_proposal", "us")]
        assert answer[-1].value != -1
        assert answer[-1].sentence == becomes
        save_screenshot(page, "watch-why")
        assert accessibility_violations(page) == []
        page.get_by_role("button", name="Branch with this alternative").click()
        expect(page.locator(".det-branch-says")).to_contain_text(f"First difference in round {REFUSAL}")
        assert_eventually(lambda: f"event={REFUSAL},answer_proposal,nuclear,us,,1.0" in current_query(page), True)


def test_an_injected_event_branches_the_run_and_the_link(browser, address):
    with open_dashboard(browser, address, "page=watch&round=12", ready=ready) as page:
        page.get_by_role("button", name="Inject an event").click()
        expect(page.get_by_role("radio", name="New facilitator")).to_be_disabled()
        expect(page.get_by_text("all facilitators of this scenario are already present")).to_be_visible()
        page.get_by_role("radio", name="Leak").check()
        page.get_by_role("button", name="Inject event").click()
        says = page.locator(".det-branch-says")
        expect(says).to_contain_text("Same random events.")
        found = re.search(r"First difference in round (\d+)", says.inner_text())
        assert int(found[1]) >= 12
        expect(page.locator(".det-small-charts path.det-twin-line")).to_have_count(9)
        assert_eventually(lambda: "event=" in current_query(page), True)
        link, notes = parse_link(current_query(page))
        assert notes == []
        assert link.setting.events == (Override(12, "choose_channel", "nuclear", None, None, float(Channel.PUBLIC)),)
        address_now, sentence = current_query(page).removeprefix("?"), says.inner_text()
        with open_dashboard(browser, address, address_now, ready=ready) as other:
            assert_eventually(lambda: shown(other), 12)
            expect(other.locator(".det-branch-says")).to_have_text(sentence)
            other.get_by_role("button", name=re.compile("^Remove: round 12")).click()
            expect(other.locator(".det-branch")).to_have_count(0)
            assert_eventually(lambda: "event=" in current_query(other), False)
            other.keyboard.press("Control+z")
            expect(other.locator(".det-branch-says")).to_have_text(sentence)
        save_screenshot(page, "watch-branch")


def test_keyboard_shortcuts_do_not_interfere_with_fields(browser, address):
    with open_dashboard(browser, address, "page=watch&round=5", ready=ready) as page:
        for key, now in (("ArrowRight", 6), ("ArrowLeft", 5), ("End", 60), ("Home", 0), ("ArrowRight", 1)):
            page.keyboard.press(key)
            expect(page.locator(".det-where strong")).to_have_text(f"Round {now}")
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        before = shown(page)
        page.wait_for_function(f"new URLSearchParams(location.search).get('round') === '{before}'")
        seed = page.get_by_label("Seed")
        seed.focus()
        for key in ("Home", "ArrowLeft", "i", " "):
            page.keyboard.press(key)
        assert shown(page) == before
        expect(page.locator(".det-drawer")).to_have_count(0)
        page.get_by_role("button", name="Next seed").focus()
        page.keyboard.press("i")
        expect(page.get_by_role("dialog", name="Inject an event")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Next seed")).to_be_focused()
        page.get_by_role("button", name="Why: Tension").click()
        expect(page.locator(".det-asked")).to_contain_text("posture towards")
        expect(page.locator(".det-waterfall")).to_be_visible()
        page.keyboard.press("Escape")
        mark = page.locator(".det-signal[role=button]").last
        mark.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Why this decision")).to_be_visible()
        expect(page.locator(".det-waterfall").first).to_be_visible()


def test_a_new_seed_applies_on_enter_during_playback(browser, address):
    with open_dashboard(browser, address, "page=watch&round=5", ready=ready) as page:
        seed = page.get_by_label("Seed")
        next_seed = page.get_by_role("button", name="Next seed")
        next_seed.click()
        next_seed.click()
        expect(seed).to_have_value("3")
        page.wait_for_function("new URLSearchParams(location.search).get('seed') === '3'")
        page.get_by_role("button", name="Play", exact=True).click()
        seed.fill("4")
        before = shown(page)
        assert_eventually(lambda: shown(page) != before, True, "playback stops while a seed is typed")
        expect(seed).to_have_value("4")
        seed.press("Enter")
        page.wait_for_function("new URLSearchParams(location.search).get('seed') === '4'")
        seed.fill("-1")
        seed.press("Enter")
        expect(seed).to_have_value("4")


def test_markup_in_names_is_text_and_motion_can_be_reduced(browser, address):
    hostile = "<img src=x onerror=alert(1)>{{7*7}}" + "W" * 200
    query = f"page=watch&round=5&set={quote(f'states.us.name.en:{json.dumps(hostile)}')}"
    with open_dashboard(browser, address, query, ready=ready, reduced_motion="reduce") as page:
        assert fits_width(page)
        assert page.locator("main img").count() == 0
        expect(page.locator(".det-gauges dt").first).to_have_text(f"Trust, {hostile}")
        assert_eventually(lambda: page.locator(".det-net text", has_text="<img").count() > 0, True)
        page.get_by_role("button", name="Play", exact=True).click()
        mark = page.locator(".det-signal").first
        where = mark.get_attribute("transform")
        page.wait_for_timeout(200)
        assert mark.get_attribute("transform") == where


@pytest.mark.parametrize(
    ("theme", "size", "query"),
    [
        ("light", (1366, 768), "page=watch&round=15"),
        ("dark", (1366, 768), "page=watch&round=19&s=gulf-region&talks=gulf-calm"),
        ("dark", (390, 844), "page=watch&round=15&event=14,choose_channel,nuclear,,,2.0"),
    ],
)
def test_watch_is_accessible_and_fits_its_window(browser, address, theme, size, query):
    with open_dashboard(browser, address, query, size, theme, ready=ready) as page:
        save_screenshot(page, f"watch-{theme}-{size[0]}")
        assert fits_width(page)
        if size[0] > 1000:
            for part in (".det-deck", ".det-network", ".det-ladder", ".det-chronicle"):
                box = page.locator(part).bounding_box()
                assert box["y"] + box["height"] <= size[1]
        page.keyboard.press("i")
        page.wait_for_selector(".det-drawer")
        assert accessibility_violations(page) == []
        assert fits_width(page)
