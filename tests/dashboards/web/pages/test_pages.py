"""Turning points, Compare and About: in a real browser, and what they show against Python's own numbers."""

import re
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page
from support.browser import COLD, barriers, expect, fits, opened, photograph, reload, soon, until

from agents.assembly import Assembly
from dashboards.link import Link, Setting, check_events, read_link, scenario_of, written
from dashboards.web.jobs import background as long_work
from dashboards.web.jobs.background import follow
from dashboards.web.pages.about import page as about
from dashboards.web.pages.about.glossary import GLOSSARY
from dashboards.web.pages.compare import analysis as compare_story
from dashboards.web.pages.compare.page import Arms, added, made_up
from dashboards.web.pages.turning_points import analysis as turning_story
from dashboards.web.pages.turning_points import wording as turning_words
from experiments.counterfactuals.pivot import Outlook, actions, decisions, outlook
from experiments.engine.pool import CancelledError
from experiments.ensembles.compare import compare
from experiments.ensembles.ensemble import play_ensemble
from model.enumerations import Outcome
from model.errors import Fault, ScenarioError
from model.overrides import Override, forced, resolve
from model.parameters import Mechanisms
from model.protocol import ACT, PROTOCOL
from model.world import World

ROOT = Path(__file__).parents[4]
SMALL = Setting("two-states", seed=4, worlds=60)
SHORT = SMALL._replace(changes=(("rounds", 24),))  # the work of Turning points grows with the square of the rounds
COLUMNS = "() => document.querySelector('.det-turning').__vue__.picture.columns"
VERDICT = ".det-verdict p"
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


# Turning points


def test_the_bar_the_verdict_and_the_table_are_what_python_computes(browser, address):
    link = Link(SHORT, futures=100)
    found = outlook(scenario_of(SHORT), 4, 100)
    run = told_of(turning_story.follow_run(SHORT, never))
    decided = turning_story.round_asked(run, found)
    ranked = actions(scenario_of(SHORT), 4, decided, 100, leading=turning_story.LEADING)
    turned = told_of(turning_story.follow_actions(SHORT, decided, 100, never))
    assert [each.action for each in turned] == ranked
    with turning(browser, address, link) as page:
        columns = np.array(page.evaluate(COLUMNS))
        shares = np.array([[found.shares(at)[each].share for each in reversed(Outcome)] for at in range(25)])
        deals = np.array([found.deal(at) for at in range(25)])
        np.testing.assert_allclose(columns[:, 1:5], shares, atol=6e-5)
        np.testing.assert_allclose(columns[:, 5:8], deals, atol=6e-5)
        assert page.locator(VERDICT).all_inner_texts() == turning_story.verdict(run, found, turned, decided)
        assert f"Round {decided}" in page.locator("#det-round-title").inner_text()
        moved = [each for each in ranked if each.futures == 100 and each.deal != each.deal_otherwise]
        rows = page.locator(".det-rounds tbody tr")
        assert rows.count() == len(moved) > 0
        numbers = rows.nth(0).locator(".det-number").all_inner_texts()
        assert numbers == [turning_words.percent(moved[0].deal), turning_words.percent(moved[0].deal_otherwise)]
        assert barriers(page) == []
        assert fits(page)
        photograph(page, "turning-light-1366")


def test_a_round_is_picked_by_keyboard_and_the_link_shows_the_same_elsewhere(browser, address):
    with turning(browser, address, Link(SHORT, futures=100)) as page:
        page.get_by_role("slider", name="Round to look into").focus()
        page.keyboard.press("Home")
        for _ in range(11):
            page.keyboard.press("ArrowRight")
        expect(page.locator("#det-round-title")).to_have_text("Round 12")
        soon(lambda: link_of(page).round, 12)
        expect(page.locator(".det-rounds tbody tr").first).to_be_visible()  # between two rounds there is none
        finished(page)
        link = link_of(page)
        assert link.futures == 100
        happened = page.locator(".det-happened li").all_inner_texts()
        rows = page.locator(".det-rounds tbody tr").all_inner_texts()
        expect(page.get_by_role("img", name="How the futures from each round end")).to_have_accessible_description(
            re.compile(r"^Chance of some deal from there on: \d+ % at the start, .* after round 24\.$")
        )
    with turning(browser, address, link) as other:
        assert other.locator(".det-happened li").all_inner_texts() == happened
        assert other.locator(".det-rounds tbody tr").all_inner_texts() == rows
        row = other.locator(".det-rounds tbody tr").first
        event = read_link(row.get_by_role("link").get_attribute("href"))[0].setting.events
        row.get_by_role("link").click()
        expect(other.locator("nav a[aria-current]")).to_have_text("Watch")
        wanted = ("watch", 12, event)
        soon(lambda: (link_of(other).page, link_of(other).round, link_of(other).setting.events), wanted)
        other.keyboard.press("Control+z")
        expect(other.locator("nav a[aria-current]")).to_have_text("Turning points")


def test_long_work_shows_itself_growing_and_can_be_cancelled_and_begun_again(browser, address):
    link = Link(Setting("two-states", seed=77), page="turning", futures=1000)
    with opened(browser, address, written(link)) as page:
        expect(page.get_by_role("progressbar")).to_be_visible(timeout=COLD)
        page.wait_for_function(
            "() => (document.querySelector('.det-turning').__vue__.picture || {columns: []}).columns.length > 3"
        )
        expect(page.locator(".det-progress .det-note")).to_contain_text("Redrawing 1,000 futures from every round")
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".det-progress .det-note")).to_contain_text("Cancelled")
        kept = page.evaluate(COLUMNS)
        assert all(column[6] < column[5] < column[7] or column[5] in (0, 1) for column in kept)
        page.get_by_label("Redrawn futures per round").select_option("100")  # the page lives on
        expect(page.get_by_role("progressbar")).to_be_visible()
        soon(lambda: link_of(page).futures, 100)
        reload(page)  # in the middle of it
        finished(page)
        assert link_of(page) == link._replace(futures=100)
        soon(lambda: page.locator(VERDICT).count() >= 2, True)
        again = page.get_by_label("Seed of the run")
        again.fill("-3")
        again.press("Enter")
        expect(again).to_have_value("77")


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region"])
def test_the_event_that_turns_a_decision_sets_its_cell_and_nothing_else(name):
    setting, now = Setting(name, seed=3), 20
    scenario = scenario_of(setting)
    model, world = Assembly(scenario, rng=3).run(now), World(scenario, 3, forced(scenario))
    for number, cell, value in decisions(scenario, 3, now):
        act = PROTOCOL[number]
        other = 1 - value if value in (0, 1) else 0
        action = turning_story.Action(act.name, cell, value, other, 0.0, 0.0)
        event = turning_story.told(model, {}, action, now).event
        move = resolve(scenario, event)
        assert (move.round, move.act, move.value) == (now, ACT[act.name], other)
        assert np.unravel_index(move.cell, world.shape(act.column)) == cell
        check_events(turning_story.with_event(setting, event))


def test_a_turned_event_takes_the_place_of_the_one_that_set_the_same():
    event = Override(9, "give_answer", "nuclear", "us", None, -1.0)
    other = Override(3, "drift_oil", value=1.0)
    setting = Setting(events=(other, event))
    assert turning_story.with_event(setting, event._replace(value=1.0)).events == (other, event._replace(value=1.0))


def an_outlook(*deals: float, futures: int = 200) -> Outlook:
    found = Outlook(range(len(deals)), futures)
    for place, deal in enumerate(deals):
        found.ends[place] = Outcome.managed_contact
        found.ends[place, : round(deal * futures)] = Outcome.partial_arrangement
    return found


def test_the_round_that_lost_or_won_it_is_named_and_luck_is_not():
    lost = turning_words.named(an_outlook(0.7, 0.8, 0.8, 0.2, 0.0).moves(), deal=False)
    assert lost[0].startswith("Round 3 lost it: the chance of a deal went from 80 % to 20 %")
    won = turning_words.named(an_outlook(0.7, 0.5, 0.2, 0.9, 1.0).moves(), deal=True)
    assert won[0].startswith("Round 3 won it: ")
    assert turning_words.named(an_outlook(0.5, 0.5, 0.51, 0.5).moves(), deal=True)[0].startswith("No single round")
    both = turning_words.named(an_outlook(0.5, 0.9, 0.2, 0.6).moves(), deal=True)
    assert both[0].startswith("Round 3 won it")
    assert both[1].startswith("Round 2 moved it most, the other way")


# Compare


def pair(worlds: int = 60, **more) -> Link:
    return Link(SMALL._replace(worlds=worlds), page="compare", arms=(SMALL._replace(worlds=worlds, **more),))


def test_differences_are_the_paired_effects_that_python_computes():
    changes = {"states.alba.dialogue": 0.3}
    expected = compare("two-states", changes, 60, 4)
    first = told_of(compare_story.follow_arm(SMALL, 60, never))
    other = told_of(compare_story.follow_arm(SMALL._replace(changes=tuple(changes.items())), 60, never))
    found = {each.name: each.effect for each in compare_story.differences(first, other)}
    assert found == {name: expected.effects[name] for name in found}
    assert len(found) == len(expected.effects)
    assert compare_story.changed_share(first, other) == expected.share_of_worlds_changed
    assert compare_story.changed_share(first, first) == 0.0


def test_two_settings_stand_side_by_side_with_their_numbers(browser, address):
    link = pair(changes=(("states.alba.dialogue", 0.3),))
    found = compare("two-states", {"states.alba.dialogue": 0.3}, 60, 4)
    ensembles = [play_ensemble("two-states", 60, 4, changes=dict(arm.changes)) for arm in (link.setting, *link.arms)]
    with comparing(browser, address, link) as page:
        arms = page.evaluate("() => document.querySelector('.det-compare').__vue__.picture.arms")
        for arm, ensemble in zip(arms, ensembles, strict=True):
            np.testing.assert_allclose(arm["bands"]["tension"][0], ensemble.band("tension", 5), atol=6e-4)
            np.testing.assert_allclose(arm["bands"]["trust"][3], ensemble.band("trust", 75), atol=6e-4)
            shares = ensemble.shares()
            assert [row["share"] for row in arm["outcomes"]] == [shares[row["key"]].share for row in arm["outcomes"]]
            assert [row["low"] for row in arm["outcomes"]] == [shares[row["key"]].low for row in arm["outcomes"]]
        tension = found.effects["mean_tension"]
        sentence = page.locator("[data-measure=mean_tension]").inner_text()
        assert f"{abs(tension.difference):.3f}" in sentence
        unsure = [name for name, each in found.effects.items() if each.low <= 0.0 <= each.high and name != "breakdown"]
        for name in unsure:
            told = page.locator(f"[data-measure={name}]")
            expect(told).to_have_text(re.compile("not distinguishable with 60 worlds|the same in every world"))
        share = round(100 * found.share_of_worlds_changed)
        assert re.match(
            rf"\s*({share} %|All|Nearly all) of 60 worlds", page.locator("[data-arm='1'] p").first.inner_text()
        )
        axes = "all => all.map((one) => [...one.querySelectorAll('text')].map((text) => text.textContent))"
        for chart in ("trust", "tension", "deal_progress", "contact"):
            first, second = page.locator(f"[data-chart={chart}] svg").evaluate_all(axes)
            assert first == second
        assert barriers(page) == []
        assert fits(page)
        photograph(page, "compare-light-1366")


def test_arms_are_added_renamed_moved_and_removed_and_the_link_holds_them(browser, address):
    hostile = "<img src=x onerror=alert(1)>"
    with comparing(browser, address, Link(SMALL)) as page:
        page.get_by_label("Where").select_option(label="Alba")
        page.get_by_label("What").select_option(label="Openness to talks")
        page.get_by_label("Value", exact=True).fill("0.25")
        page.get_by_label("Value", exact=True).press("Enter")
        expect(page.locator(".det-arm")).to_have_count(2)
        page.locator(".det-try").first.click()
        expect(page.locator(".det-arm")).to_have_count(3)
        finished(page)
        soon(lambda: len(link_of(page).arms), 2)
        assert link_of(page).arms[0].changes == (("states.alba.dialogue", 0.25),)
        page.get_by_label("Name of setting 2").fill(hostile)
        page.evaluate("document.querySelector('.det-compare').__vue__.$forceUpdate()")  # as while worlds are played
        until(page, "new Promise((done) => requestAnimationFrame(() => done(true)))")
        expect(page.get_by_label("Name of setting 2")).to_have_value(hostile)
        page.get_by_label("Name of setting 2").press("Enter")
        expect(page.get_by_role("button", name=f"Remove {hostile}")).to_be_visible()
        page.get_by_role("button", name=f"Move {hostile} to the left").click()
        expect(page.get_by_label("Name of setting 1")).to_have_value(hostile)
        made_up = page.get_by_label("Name of setting 2").input_value()
        page.get_by_label("Name of setting 2").fill("")
        page.get_by_label("Name of setting 2").press("Tab")
        expect(page.get_by_label("Name of setting 2")).to_have_value(made_up)
        finished(page)
        soon(lambda: link_of(page).names[:1], (hostile,))
        link = link_of(page)
        assert link.setting.changes == (("states.alba.dialogue", 0.25),)
        told = page.locator(".det-paired li").all_inner_texts()
    with comparing(browser, address, link) as other:
        assert other.locator(".det-paired li").all_inner_texts() == told
        assert other.locator("img").count() == 0
        other.locator(".det-arm").nth(2).get_by_role("button", name=re.compile("^Remove")).click()
        expect(other.locator(".det-arm")).to_have_count(2)
        other.locator(".det-arm").nth(0).get_by_role("link", name=re.compile("in Explore")).click()
        expect(other.locator("nav a[aria-current]")).to_have_text("Explore")
        soon(lambda: link_of(other).setting.changes, (("states.alba.dialogue", 0.25),))


def test_an_arm_of_another_scenario_is_told_to_share_its_dice_only_in_part(browser, address):
    link = Link(SMALL, page="compare", arms=(Setting("grand-bargain"),))
    with comparing(browser, address, link) as page:
        expect(page.locator("[data-arm='1']")).to_contain_text("the dice are shared only in part")
        title = scenario_of(Setting("grand-bargain")).title["en"]
        expect(page.get_by_label("Name of setting 2")).to_have_value(title)


def test_arms_keep_their_order_their_names_and_the_dice_of_the_first():
    one, two = Setting(seed=9, worlds=50), Setting(changes=(("mechanisms.noise", False),))
    arms = Arms.of(Link(one, arms=(two,), names=("", "Quiet")))
    assert arms.settings == (one, two._replace(seed=9, worlds=50))
    assert arms.swapped(0).names == ("Quiet", "")
    assert arms.without(0).into(Link(one)) == Link(arms.settings[1], names=("Quiet",))
    assert arms.without(0).without(0) == arms.without(0)
    assert made_up(two, one, 1) == "Noise off"
    full = arms.with_one(one).with_one(one)
    with pytest.raises(ScenarioError, match="four"):
        full.with_one(one)


def test_so_many_worlds_that_they_would_not_fit_are_refused_with_a_sentence():
    long = Setting("two-states", (("rounds", 1200),), worlds=5000)
    *_, last = compare_story.follow_arm(long, 5000, never)
    assert re.search("at most [0-9]+ worlds of so long a scenario can be compared", last.fault)


def test_what_is_added_is_the_baseline_a_scenario_or_a_thing_to_try_and_nothing_else():
    base = Setting("two-states", (("mechanisms.noise", False),))
    link = Link(SMALL._replace(changes=(("states.alba.dialogue", 0.3),)), baseline=base)
    assert added(link, {"kind": "baseline"}) == (base, "Baseline")
    assert added(link, {"kind": "scenario", "name": "gulf-region"})[0] == Setting("gulf-region")
    thing = scenario_of(SMALL).things_to_try[0]
    tried = dict(added(link, {"kind": "try", "at": 0})[0].changes)
    assert tried == {"states.alba.dialogue": 0.3, **thing.set}
    changed = added(link, {"kind": "change", "path": "states.alba.dialogue", "value": 0.4})[0]
    assert changed.changes == (("states.alba.dialogue", 0.4),)
    for wrong in (
        {"kind": "change", "path": "states.alba.dialogue", "value": 7},
        {"kind": "change", "path": "no.such.path", "value": 1},
        {"kind": "scenario", "name": "../../etc/passwd"},
        {"kind": "x"},
    ):
        with pytest.raises(ScenarioError):
            added(link, wrong)


# About


def test_about_tells_the_round_the_limits_and_the_words(browser, address):
    with opened(browser, address, "page=about") as page:
        expect(page.get_by_role("img", name=re.compile("^The round as a ring of ten stages: 1 "))).to_be_visible()
        page.locator(".det-stages button").nth(6).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".det-acts li b")).to_have_text(["examine", "give answer", "ratify"])
        words = " ".join(page.locator(".det-two").inner_text().split())
        for line in ("It does not forecast", "in this run with this luck", "Force. No state decides to attack"):
            assert line in words
        search = page.get_by_label("Search the glossary")
        search.fill("two-level")
        expect(page.locator(".det-glossary dt")).to_have_text(["Two-level game"])
        page.get_by_text("Sources of the parameters").click()
        expect(page.locator(".det-wide tbody tr").first).to_contain_text("Molander 1985")
        page.get_by_label("Sources of a scenario").select_option(label=scenario_of(Setting("two-states")).title["en"])
        expect(page.locator(".det-cited li")).to_contain_text("No facts are used")
        assert page.evaluate("document.querySelectorAll('.det-cited a').length") == 0
        assert barriers(page) == []
        assert fits(page)
        photograph(page, "about-light-1366")
        for name, heading in (("validation", "What the model reproduces"), ("trace", "TRACE")):
            with page.context.expect_page() as opening:
                page.get_by_role("link", name=f"docs/{name}.md").click()
            expect(opening.value.locator("h1")).to_contain_text(heading)
            assert fits(opening.value)
            photograph(opening.value, f"docs-{name}")


def test_the_packaged_limits_are_those_of_the_documentation():
    packaged = about.LIMITS.read_text("utf-8")
    assert packaged == (ROOT / "docs" / "limits.md").read_text("utf-8"), (
        "cp docs/limits.md dashboards/web/pages/about/limits.md"
    )
    assert '"pages/*.md"' in (ROOT / "pyproject.toml").read_text("utf-8")
    told = "".join(part[1] for block in about.limits() for line in block["lines"] for part in line)
    text = re.sub(r"\[\w+\.md\]\([^)]*\)|^- |[*`#]", "", packaged.partition("\n")[2], flags=re.MULTILINE)
    assert [word for word in text.split() if word not in told] == []


def test_the_stages_of_the_picture_are_those_of_the_readme_and_hold_every_act_once():
    found = about.stages()
    assert [act["name"] for stage in found for act in stage["acts"]] == [act.name.replace("_", " ") for act in PROTOCOL]
    table = re.findall(r"^\| \d+ \|.*\| ([M\d, ]+) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert len(table) == len(found)
    numbers = {name: info.description.split(":")[0] for name, info in Mechanisms.model_fields.items()}
    starts = [ACT[stage.first] for stage in about.STAGES]
    for row, start, end in zip(table, starts, [*starts[1:], len(PROTOCOL)], strict=True):
        played = {numbers[act.mechanism] for act in PROTOCOL[start:end] if act.mechanism}
        listed = {*row.replace(" ", "").split(",")}
        assert 2 * len(listed & played) >= len(listed), row
        assert len(played - listed) <= 1, row


def test_the_glossary_is_in_order_and_the_documents_named_are_there():
    words = [word for word, _ in GLOSSARY]
    assert words == sorted(words, key=str.lower)
    assert len({*words}) == len(words)
    assert all(meaning.endswith(".") and meaning.count(". ") <= 2 for _, meaning in GLOSSARY)
    assert all((ROOT / name).is_file() for name, _ in about.DOCS)


def test_all_four_pages_fit_a_phone_and_a_screen_in_the_dark(browser, address):
    link = Link(SHORT, page="turning", futures=100, arms=(SMALL._replace(changes=(("mechanisms.noise", False),)),))
    with opened(browser, address, written(link), size=(390, 844), theme="dark", ready=finished) as page:
        for name, done in (("Turning points", finished), ("Compare", finished), ("Sweeps", None), ("About", None)):
            page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
            expect(page.locator("main h1")).to_contain_text(name.split()[0])
            if done:
                done(page)
            assert page.locator(".v-application.theme--dark").count() == 1
            assert barriers(page) == [], name
            soon(lambda: fits(page), True, name)
            photograph(page, f"{name.split()[0].lower()}-dark-390")
            page.set_viewport_size({"width": 1366, "height": 768})
            assert barriers(page) == [], name
            soon(lambda: fits(page), True, name)
            photograph(page, f"{name.split()[0].lower()}-dark-1366")
            page.set_viewport_size({"width": 390, "height": 844})


def test_the_name_of_a_page_opened_by_a_link_is_in_sight_on_a_phone(browser, address):
    with opened(browser, address, written(Link(page="about")), size=(390, 844)) as page:
        expect(page.locator("main h1")).to_contain_text("About")
        here = page.get_by_role("navigation", name="Pages").locator("[aria-current]")
        expect(here).to_be_in_viewport(ratio=1)
        page.set_viewport_size({"width": 844, "height": 390})
        page.set_viewport_size({"width": 320, "height": 700})
        expect(here).to_be_in_viewport(ratio=1)


# Long work


class Slow:
    """Work that takes as long as it is let."""

    def __init__(self) -> None:
        self.begun, self.ended, self.stopped = 0, threading.Event(), threading.Event()

    def __call__(self, report, stop):
        self.begun += 1
        for done in range(400):
            report(done, 400, done)
            if self.ended.wait(0.01):
                return "all"
            if stop():
                self.stopped.set()
                raise CancelledError
        return "all"


def gather(key, play, stop=never) -> tuple[threading.Thread, list]:
    found = []
    thread = threading.Thread(target=lambda: found.extend(follow(key, play, stop)))
    thread.start()
    return thread, found


def test_work_is_done_once_for_all_who_ask_and_kept():
    play = Slow()
    threads = [gather(("once", id(play)), play) for _ in range(5)]
    while not play.begun:  # the model may have to be loaded first
        time.sleep(0.1)
    time.sleep(0.5)
    play.ended.set()
    for thread, _ in threads:
        thread.join(60)
    assert play.begun == 1
    assert all(found[-1].result == "all" and found[-1].over for _, found in threads)
    assert any(not news.over and isinstance(news.result, int) for news in threads[0][1])
    assert [news.result for news in follow(("once", id(play)), play, never)] == ["all"]
    assert play.begun == 1


def test_work_stops_when_nobody_waits_for_it_and_goes_on_while_one_does(monkeypatch):
    monkeypatch.setattr(long_work, "PATIENCE", 0.1)
    play, leave = Slow(), [False, False]
    threads = [gather(("left", id(play)), play, partial(leave.__getitem__, at)) for at in range(2)]
    leave[0] = True
    threads[0][0].join(60)
    assert not play.stopped.wait(0.6)
    leave[1] = True
    assert play.stopped.wait(60)


def test_a_failure_becomes_a_sentence_and_is_not_kept():
    def fail(report, stop):
        raise ScenarioError([Fault("worlds", 3, "is too few")])

    def break_down(report, stop):
        raise ZeroDivisionError("by nought")

    assert "is too few" in [*follow("fails", fail, never)][-1].fault
    assert "ZeroDivisionError" in [*follow("breaks", break_down, never)][-1].fault
    assert [*follow("breaks", lambda report, stop: 5, never)][-1].result == 5
