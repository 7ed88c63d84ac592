"""Watch: one run played in the browser, decisions explained, events injected; in a real browser and in Python."""

import json
import re
from functools import reduce
from operator import add
from urllib.parse import quote

import pytest
from playwright.sync_api import Page
from support.browser import COLD, LOST, barriers, expect, fits, opened, photograph, soon

from agents.assembly import Assembly
from dashboards.interventions import TOLD, event_words, injected, never
from dashboards.link import Setting, check_events, read_link, scenario_of
from dashboards.reports.run_data import TOLD as TOLD_GROUP
from dashboards.reports.run_data import group_of, status_words
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.watch.network_layout import places
from dashboards.web.pages.watch.run_data import WatchedRun, play, watch
from dashboards.web.pages.watch.why import DecisionQuery, asked, explain, opposite_of
from model.enumerations import Channel, Status
from model.errors import ScenarioError
from model.loading import load, shipped
from model.measures import series
from model.overrides import EVENTS, Override

SETTING = Setting("us-iran-2026")
REFUSAL = 3  # the round of the first refusal under seed 1
SPEED = 5


@pytest.fixture(scope="module")
def run() -> Assembly:
    return Assembly("us-iran-2026", rng=1).run()


@pytest.fixture(scope="module")
def message() -> dict:
    return json.loads(watched(SETTING).run)


def watched(setting: Setting) -> WatchedRun:
    news = JobUpdate()
    for news in watch(setting):  # noqa: B007
        pass
    assert news.over
    assert news.fault == ""
    return news.result


def shown(page: Page) -> int:
    return int(page.locator(".det-where strong").inner_text().removeprefix("Round "))


def ready(page: Page) -> None:
    page.wait_for_selector(".det-net", timeout=COLD)


def told_in(model: Assembly, now: int) -> list[str]:
    return [row.sentence for row in model.ledger.rows if row.round == now and group_of(row) == TOLD_GROUP]


def statuses(page: Page) -> list[int]:
    found = page.locator("[data-rung]").evaluate_all("all => all.map((one) => Number(one.dataset.status))")
    return found[::-1]


def here(page: Page) -> str:
    return page.evaluate("location.search")


# In Python


def test_the_message_tells_every_round_as_the_ledger_and_the_world_do(run, message):
    assert message["talks"][0]["series"]["tension"] == series(run.trajectory, 0)["tension"].round(4).tolist()
    for now in range(1, 61):
        rows = [message["sentences"][row[5]] for row in message["rows"][now] if row[0] == TOLD_GROUP]
        assert rows == told_in(run, now)
        sent = [row for row in run.ledger.rows if row.round == now and row.kind == "signal"]
        assert len(message["messages"][now]) == len(sent)


def test_a_message_between_parties_leads_to_the_decision_behind_it(message):
    kinds, found = message["kinds"], 0
    for now, messages in enumerate(message["messages"]):
        for kind, sender, _, _, _, *_, behind in messages:
            if kinds[kind] == "refusal":
                row = message["rows"][now][behind]
                assert message["acts"][row[1]][0] == "give_answer"
                assert message["names"][row[3]] == message["actors"][sender][0]
                assert "refuses" in message["sentences"][row[5]]
                found += 1
    assert found > 0


def test_the_terms_of_every_kind_of_decision_add_to_the_score_that_was_used(run):
    scenario, seen = scenario_of(SETTING), set()
    for row in run.ledger.rows:
        if row.act in seen or not row.conditions:
            continue
        seen.add(row.act)
        sent = {"act": row.act, "round": row.round, "actor": row.actor, "counterpart": row.counterpart}
        decision = asked(SETTING, scenario, {**sent, "negotiation": row.negotiation})
        for told, held in zip(explain(decision, scenario)["conditions"], row.conditions, strict=True):
            assert [value for _, _, value in told["terms"]] == list(held.terms.values())
            assert (told["score"], told["threshold"], told["holds"]) == (held.score, held.threshold, held.holds)
    assert len(seen) >= 15


def test_every_kind_of_event_is_offered_or_refused_with_a_reason():
    for name in ("us-iran-2026", "us-ussr-1985", "gulf-region"):
        for offer in json.loads(watched(Setting(name)).run)["offers"]:
            assert bool(offer["never"]) != bool(offer["choices"])
    off = scenario_of(Setting("us-iran-2026", (("mechanisms.spoilers", False),)))
    assert "switched off" in never(off, "attack")
    assert {*TOLD} == {*EVENTS}


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "flood", "round": 3},
        {"kind": "election", "round": 0, "actor": "us"},
        {"kind": "election", "round": 3, "actor": "nobody"},
        {"kind": "oil_shock", "round": 3, "value": 1e9},
        {"kind": "oil_shock", "round": 3, "value": "much"},
        {"kind": "attack", "round": True, "actor": "hardline-network-a"},
    ],
)
def test_an_event_that_makes_no_sense_is_refused(sent):
    with pytest.raises(ScenarioError):
        injected(scenario_of(SETTING), sent)


def test_a_long_run_is_shown_as_far_as_it_is_played():
    shown = []
    play(Setting("two-states", (("rounds", 130),)), lambda now, total, begun=None: shown.append((now, begun)))
    beginnings = [(now, json.loads(begun.message)) for now, begun in shown if begun is not None]
    assert beginnings[0][0] == 60
    first = beginnings[0][1]
    assert (first["rounds"], first["planned"]) == (60, 130)
    assert len(first["rows"]) == len(first["messages"]) == len(first["deeds"]) == 61


def test_a_branch_is_its_twin_up_to_the_event_and_names_the_first_difference():
    event = Override(14, "strike", None, "hardline-network-a", None, 1.0)
    found = watched(SETTING._replace(events=(event,)))
    with_it, twin = json.loads(found.run), json.loads(found.twin)
    plain = Assembly("us-iran-2026", rng=1).run()
    forced = Assembly("us-iran-2026", rng=1, overrides=(event,)).run()
    assert twin["talks"][0]["series"]["tension"] == series(plain.trajectory, 0)["tension"].round(4).tolist()
    assert with_it["talks"][0]["series"]["tension"] == series(forced.trajectory, 0)["tension"].round(4).tolist()
    rows = (plain.trajectory != forced.trajectory).any(axis=1)
    assert twin["numbers"] == rows.argmax() >= twin["first"] >= 14
    assert "Injected: Attack by Armed network A." in with_it["sentences"]


def test_a_leak_that_moves_no_number_still_differs_where_it_is_told():
    leak = Override(14, "choose_channel", "nuclear", None, None, float(Channel.PUBLIC))
    twin = json.loads(watched(SETTING._replace(events=(leak,))).twin)
    assert (twin["first"], twin["numbers"], twin["decision"]) == (14, None, None)


def test_the_opposite_of_a_refusal_as_an_event_is_an_acceptance():
    decision = DecisionQuery(SETTING, REFUSAL, "give_answer", "us", None, "nuclear")
    event = opposite_of(decision, scenario_of(SETTING))
    played = Assembly("us-iran-2026", rng=1, overrides=(event,)).run(REFUSAL)
    assert "United States accepts Technical clarification. (set from outside)" in told_in(played, REFUSAL)


def test_what_did_happen_can_be_made_not_to_happen(run):
    attack = next(row for row in run.ledger.rows if row.act == "strike" and row.value == 1)
    change = next(row for row in run.ledger.rows if row.act == "change_government" and row.forced)
    for row in (attack, change):
        sent = {"act": row.act, "round": row.round, "actor": row.actor, "negotiation": row.negotiation, "value": 1}
        event = opposite_of(asked(SETTING, scenario_of(SETTING), sent), scenario_of(SETTING))
        check_events(SETTING._replace(events=(event,)))
        found = Assembly("us-iran-2026", rng=1, overrides=(event,)).run(row.round)
        assert not any(
            (now.round, now.act, now.actor) == (row.round, row.act, row.actor) and now.value
            for now in found.ledger.rows
        )
        assert event_words(scenario_of(SETTING), event).startswith("Does not happen: ")


def test_every_actor_of_every_negotiation_has_a_place_of_its_own():
    for name in shipped():
        scenario = load(name)
        for talks in scenario.negotiations:
            found = places(scenario, talks)
            assert {*scenario.negotiations[talks].parties, *scenario.negotiations[talks].facilitators} <= {*found}
            assert len({*found.values()}) == len(found)
            assert all(0 < x < 1 and 0 < y < 1 for x, y in found.values())


# In the browser


def test_it_plays_five_rounds_a_second_and_a_lost_connection_does_not_stop_it(browser, address):
    with opened(browser, address, "page=watch", ready=ready, pardon=LOST) as page:
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


def test_a_step_and_a_scrub_show_that_rounds_sentences_and_ladder(browser, address, run):
    with opened(browser, address, "page=watch&round=7", ready=ready) as page:
        spans = {now: told_in(run, now) for now in (7, 8, 18)}
        for now, act in ((7, lambda: None), (8, lambda: page.get_by_role("button", name="Step", exact=True).click())):
            act()
            expect(page.locator(".det-told h2")).to_have_text(f"Round {now}")
            rows = page.locator(".det-now button span, .det-now p")
            soon(lambda rows=rows: rows.all_inner_texts(), spans[now])
        page.locator(".det-timeline input").evaluate(
            "field => { field.value = 18; field.dispatchEvent(new Event('input', {bubbles: true})) }"
        )
        expect(page.locator(".det-told h2")).to_have_text("Round 18")
        again = Assembly("us-iran-2026", rng=1).run(18)
        soon(lambda: statuses(page), again.world.status[0].tolist())
        words = page.locator("[data-rung] .det-rung-status").all_inner_texts()[::-1]
        assert words[0].startswith(status_words(Status(again.world.status[0][0]).name))
        expect(page.locator("[role=status]", has_text="Round 18 of 60.")).to_contain_text("Both sides accept")
        expect(page.get_by_role("img", name=re.compile("^Trust"))).to_have_accessible_description(
            re.compile(f"{again.trajectory[18][again.places['nuclear.trust_first']]:.2f} now")
        )


def test_a_refusal_opens_to_terms_that_add_up_and_a_lever_flip_shown_is_true(browser, address):
    with opened(browser, address, f"page=watch&round={REFUSAL}", ready=ready) as page:
        page.locator(".det-now button", has_text="United States refuses").click()
        condition = page.locator("[data-condition=acceptable]")
        expect(condition).to_be_visible()
        values = condition.locator("[data-value]").evaluate_all("all => all.map((one) => Number(one.dataset.value))")
        assert reduce(add, values[:-1]) == values[-1]
        expect(condition.locator(".det-weighed")).to_contain_text("Does not hold")
        flips = condition.locator("tbody tr td:last-child").all_inner_texts()
        assert any(re.search(r"\d", each) for each in flips)
        page.get_by_role("button", name="Search the levers").click()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Search again").click()
        expect(page.get_by_role("button", name="All levers searched")).to_be_visible(timeout=60_000)
        lever = page.locator(".det-levers-found li").first
        path, to, becomes = re.match(r"(\S+) from \S+ to (\S+): “(.*)”", lever.inner_text()).groups()
        changed = Assembly(load("us-iran-2026", {path: float(to)}), rng=1).run(REFUSAL)
        answer = [r for r in changed.ledger.rows if (r.round, r.act, r.actor) == (REFUSAL, "give_answer", "us")]
        assert answer[-1].value != -1
        assert answer[-1].sentence == becomes
        photograph(page, "watch-why")
        assert barriers(page) == []
        page.get_by_role("button", name="Branch here with that decision").click()
        expect(page.locator(".det-branch-says")).to_contain_text("First difference in round 3")
        soon(lambda: f"event={REFUSAL},give_answer,nuclear,us,,1.0" in here(page), True)


def test_an_injected_event_branches_the_run_and_the_link_keeps_it(browser, address):
    with opened(browser, address, "page=watch&round=14", ready=ready) as page:
        page.get_by_role("button", name="Inject an event").click()
        expect(page.get_by_role("radio", name="New facilitator")).to_be_disabled()
        expect(page.get_by_text("every facilitator of this scenario is there already")).to_be_visible()
        page.get_by_role("radio", name="Leak").check()
        page.get_by_role("button", name="Inject and branch").click()
        says = page.locator(".det-branch-says")
        expect(says).to_contain_text("Same dice.")
        found = re.search(r"First difference in round (\d+)", says.inner_text())
        assert int(found[1]) >= 14
        expect(page.locator(".det-small-charts path.det-twin-line")).to_have_count(9)
        soon(lambda: "event=" in here(page), True)
        link, notes = read_link(here(page))
        assert notes == []
        assert link.setting.events == (Override(14, "choose_channel", "nuclear", None, None, float(Channel.PUBLIC)),)
        address_now, told = here(page).removeprefix("?"), says.inner_text()
        with opened(browser, address, address_now, ready=ready) as other:
            soon(lambda: shown(other), 14)
            expect(other.locator(".det-branch-says")).to_have_text(told)
            other.get_by_role("button", name=re.compile("^Remove: round 14")).click()
            expect(other.locator(".det-branch")).to_have_count(0)
            soon(lambda: "event=" in here(other), False)
            other.keyboard.press("Control+z")
            expect(other.locator(".det-branch-says")).to_have_text(told)
        photograph(page, "watch-branch")


def test_the_keyboard_plays_and_steps_and_takes_nothing_from_fields(browser, address):
    with opened(browser, address, "page=watch&round=5", ready=ready) as page:
        for key, now in (("ArrowRight", 6), ("ArrowLeft", 5), ("End", 60), ("Home", 0), ("ArrowRight", 1)):
            page.keyboard.press(key)
            expect(page.locator(".det-where strong")).to_have_text(f"Round {now}")
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        stood = shown(page)
        page.wait_for_function(f"new URLSearchParams(location.search).get('round') === '{stood}'")
        seed = page.get_by_label("Seed")
        seed.focus()
        for key in ("Home", "ArrowLeft", "i", " "):
            page.keyboard.press(key)
        assert shown(page) == stood
        expect(page.locator(".det-drawer")).to_have_count(0)
        next_seed = page.get_by_role("button", name="Next seed")
        next_seed.click()
        next_seed.click()
        expect(seed).to_have_value("3")
        page.wait_for_function("new URLSearchParams(location.search).get('seed') === '3'")
        page.get_by_role("button", name="Play", exact=True).click()
        seed.fill("4")
        stood = shown(page)
        soon(lambda: shown(page) != stood, True, "it does not play on while a seed is typed")
        expect(seed).to_have_value("4")
        seed.press("Enter")
        page.wait_for_function("new URLSearchParams(location.search).get('seed') === '4'")
        seed.fill("-1")
        seed.press("Enter")
        expect(seed).to_have_value("4")
        next_seed.focus()
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


def test_hostile_names_are_text_and_motion_rests_if_asked(browser, address):
    evil = "<img src=x onerror=alert(1)>{{7*7}}" + "W" * 200
    query = f"page=watch&round=5&set={quote(f'states.us.name.en:{json.dumps(evil)}')}"
    with opened(browser, address, query, ready=ready, reduced_motion="reduce") as page:
        assert fits(page)
        assert page.locator("main img").count() == 0
        expect(page.locator(".det-gauges dt").first).to_have_text(f"Trust, {evil}")
        soon(lambda: page.locator(".det-net text", has_text="<img").count() > 0, True)
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
def test_it_fits_its_window_without_barriers_and_shows_the_main_parts_at_once(browser, address, theme, size, query):
    with opened(browser, address, query, size, theme, ready=ready) as page:
        photograph(page, f"watch-{theme}-{size[0]}")
        assert fits(page)
        if size[0] > 1000:
            for part in (".det-deck", ".det-network", ".det-ladder", ".det-told"):
                box = page.locator(part).bounding_box()
                assert box["y"] + box["height"] <= size[1]
        page.keyboard.press("i")
        page.wait_for_selector(".det-drawer")
        assert barriers(page) == []
        assert fits(page)
