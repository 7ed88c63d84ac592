"""The page Turning points in a browser, against results computed in Python."""

import re

import numpy as np
import pytest
from support.browser import (
    COLD_START_MS,
    accessibility_violations,
    assert_eventually,
    expect,
    fits_width,
    open_dashboard,
    reload,
    save_screenshot,
)
from support.pages import SHORT, current_link, last_result, not_cancelled, open_turning_points, wait_until_finished

from agents.assembly import Assembly
from dashboards.page_link import Link, Setting, check_events, format_link, parse_link, scenario_of
from dashboards.web.pages.turning_points import analysis as turning_story
from dashboards.web.pages.turning_points import wording as turning_words
from experiments.counterfactuals.pivot import (
    ContinuationOutcomes,
    open_decisions,
    rank_decisions,
    resample_continuations,
)
from model.enumerations import Outcome
from model.overrides import Override, collect_overrides, resolve_override
from model.protocol import ACT_INDEX, PROTOCOL
from model.world import World

COLUMNS = "() => document.querySelector('.det-turning').__vue__.picture.columns"
VERDICT = ".det-verdict p"


def test_the_chart_the_verdict_and_the_table_are_correct(browser, address):
    link = Link(SHORT, futures=100)
    outlook = resample_continuations(scenario_of(SHORT), SHORT.seed, 100)
    run = last_result(turning_story.follow_run(SHORT, not_cancelled))
    decided = turning_story.default_round(run, outlook)
    ranked = rank_decisions(scenario_of(SHORT), SHORT.seed, decided, 100, top=turning_story.MAX_DECISIONS)
    turned = last_result(turning_story.follow_actions(SHORT, decided, 100, not_cancelled))
    assert [each.action for each in turned] == ranked
    with open_turning_points(browser, address, link) as page:
        columns = page.evaluate(COLUMNS)
        for at, column in enumerate(columns):
            shares = {each.name: outlook.shares(at)[each].share for each in Outcome}
            assert column["round"] == at
            assert column["shares"] == pytest.approx(shares, abs=6e-5)
            assert [column[part] for part in ("deal", "low", "high")] == pytest.approx(
                [*outlook.deal_share(at)], abs=6e-5
            )
        assert len(columns) == 25
        assert page.locator(VERDICT).all_inner_texts() == turning_story.verdict(run, outlook, turned, decided)
        assert f"Round {decided}" in page.locator("#det-round-title").inner_text()
        moved = [each for each in ranked if each.futures == 100 and each.deal != each.deal_otherwise]
        rows = page.locator(".det-rounds tbody tr")
        assert rows.count() == len(moved) > 0
        numbers = rows.nth(0).locator(".det-number").all_inner_texts()
        assert numbers == [
            turning_words.percent_text(moved[0].deal),
            turning_words.percent_text(moved[0].deal_otherwise),
        ]
        assert accessibility_violations(page) == []
        assert fits_width(page)
        save_screenshot(page, "turning-light-1366")


def test_a_round_is_selected_by_keyboard_and_shared_by_link(browser, address):
    with open_turning_points(browser, address, Link(SHORT, futures=100)) as page:
        page.get_by_role("slider", name="Selected round").focus()
        page.keyboard.press("Home")
        for _ in range(11):
            page.keyboard.press("ArrowRight")
        expect(page.locator("#det-round-title")).to_have_text("Round 12")
        assert_eventually(lambda: current_link(page).round, 12)
        expect(page.locator(".det-columns")).to_have_attribute("aria-busy", "false")
        wait_until_finished(page)
        link = current_link(page)
        assert link.futures == 100
        happened = page.locator(".det-happened li").all_inner_texts()
        rows = page.locator(".det-rounds tbody tr").all_inner_texts()
        expect(
            page.get_by_role("img", name="Outcomes of the simulated futures, by round")
        ).to_have_accessible_description(
            re.compile(r"^Probability of a deal: \d+ % at the start, .* after round 24\.$")
        )
    with open_turning_points(browser, address, link) as other:
        assert other.locator(".det-happened li").all_inner_texts() == happened
        assert other.locator(".det-rounds tbody tr").all_inner_texts() == rows
        row = other.locator(".det-rounds tbody tr").first
        event = parse_link(row.get_by_role("link").get_attribute("href"))[0].setting.events
        row.get_by_role("link").click()
        expect(other.locator("nav a[aria-current]")).to_have_text("Watch")
        wanted = ("watch", 12, event)
        assert_eventually(
            lambda: (current_link(other).page, current_link(other).round, current_link(other).setting.events), wanted
        )
        other.keyboard.press("Control+z")
        expect(other.locator("nav a[aria-current]")).to_have_text("Turning points")


def test_long_tasks_show_progress_and_can_be_cancelled(browser, address):
    link = Link(Setting("two-states", seed=77), page="turning", futures=1000)
    with open_dashboard(browser, address, format_link(link)) as page:
        expect(page.get_by_role("progressbar")).to_be_visible(timeout=COLD_START_MS)
        page.wait_for_function(
            "() => (document.querySelector('.det-turning').__vue__.picture || {columns: []}).columns.length > 3"
        )
        expect(page.locator(".det-progress .det-note")).to_contain_text("Simulating 1,000 futures from every round")
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".det-progress .det-note")).to_contain_text("Cancelled")
        columns = page.evaluate(COLUMNS)
        assert all(one["low"] < one["deal"] < one["high"] or one["deal"] in (0, 1) for one in columns)
        page.get_by_label("Simulated futures per round").select_option("100")  # the page stays usable
        expect(page.get_by_role("progressbar")).to_be_visible()
        assert_eventually(lambda: current_link(page).futures, 100)
        reload(page)  # while the task runs
        wait_until_finished(page)
        assert current_link(page) == link._replace(futures=100)
        assert_eventually(lambda: page.locator(VERDICT).count() >= 2, True)
        seed_field = page.get_by_label("Seed of the run")
        seed_field.fill("-3")
        seed_field.press("Enter")
        expect(seed_field).to_have_value("77")


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region"])
def test_an_inverting_event_sets_only_its_own_cell(name):
    setting, now = Setting(name, seed=3), 20
    scenario = scenario_of(setting)
    model, world = Assembly(scenario, rng=3).run(now), World(scenario, 3, collect_overrides(scenario))
    for number, cell, value in open_decisions(scenario, 3, now):
        act = PROTOCOL[number]
        other = 1 - value if value in (0, 1) else 0
        action = turning_story.DecisionEffect(act.name, cell, value, other, 0.0, 0.0)
        event = turning_story.describe_decision(model, {}, action, now).event
        move = resolve_override(scenario, event)
        assert (move.round, move.act, move.value) == (now, ACT_INDEX[act.name], other)
        assert np.unravel_index(move.cell, world.shape(act.column)) == cell
        check_events(turning_story.with_event(setting, event))


def test_an_inverting_event_replaces_one_for_the_same_cell():
    event = Override(9, "answer_proposal", "nuclear", "us", None, -1.0)
    other = Override(3, "drift_oil", value=1.0)
    setting = Setting(events=(other, event))
    assert turning_story.with_event(setting, event._replace(value=1.0)).events == (other, event._replace(value=1.0))


def make_outlook(*deals: float, futures: int = 200) -> ContinuationOutcomes:
    outlook = ContinuationOutcomes(range(len(deals)), futures)
    for place, deal in enumerate(deals):
        outlook.outcomes[place] = Outcome.managed_contact
        outlook.outcomes[place, : round(deal * futures)] = Outcome.partial_arrangement
    return outlook


def test_only_a_significant_deciding_round_is_named():
    lost = turning_words.deciding_sentences(make_outlook(0.7, 0.8, 0.8, 0.2, 0.0).chance_changes(), deal=False)
    assert lost[0].startswith("Round 3 prevented the deal: the probability of a deal changed from 80 % to 20 %")
    won = turning_words.deciding_sentences(make_outlook(0.7, 0.5, 0.2, 0.9, 1.0).chance_changes(), deal=True)
    assert won[0].startswith("Round 3 secured the deal: ")
    assert turning_words.deciding_sentences(make_outlook(0.5, 0.5, 0.51, 0.5).chance_changes(), deal=True)[
        0
    ].startswith("No single round")
    both = turning_words.deciding_sentences(make_outlook(0.5, 0.9, 0.2, 0.6).chance_changes(), deal=True)
    assert both[0].startswith("Round 3 secured the deal")
    assert both[1].startswith("Round 2 had the largest change, in the other direction")
