"""The page Compare in a browser, against results computed in Python."""

import re
from dataclasses import replace

import numpy as np
import pytest
from support.browser import accessibility_violations, assert_eventually, expect, fits_width, save_screenshot, wait_until
from support.pages import SMALL, current_link, last_result, not_cancelled, open_compare, wait_until_finished

from dashboards.page_link import Link, Setting, scenario_of
from dashboards.web.pages.compare import analysis as compare_story
from dashboards.web.pages.compare.page import Arms, default_name, new_arm
from experiments.ensembles.compare import compare
from experiments.ensembles.ensemble import play_ensemble
from model.errors import ScenarioError


def pair(worlds: int = 60, **more) -> Link:
    return Link(SMALL._replace(worlds=worlds), page="compare", arms=(SMALL._replace(worlds=worlds, **more),))


def test_differences_are_the_paired_effects():
    changes = {"states.alba.dialogue": 0.3}
    expected = compare("two-states", changes, 60, 4)
    first = last_result(compare_story.follow_arm(SMALL, 60, not_cancelled))
    other = last_result(compare_story.follow_arm(SMALL._replace(changes=tuple(changes.items())), 60, not_cancelled))
    effects = {each.name: each.effect for each in compare_story.differences(first, other)}
    assert effects == {name: expected.effects[name] for name in effects}
    assert len(effects) == len(expected.effects)
    assert compare_story.paired_differences(first, other)["changed"] == expected.share_of_worlds_changed
    assert compare_story.paired_differences(first, first)["changed"] == 0.0


def test_identical_differences_have_no_interval():
    first = last_result(compare_story.follow_arm(SMALL, 20, not_cancelled))
    alike = [replace(first.found, means=np.full_like(first.found.means, level)) for level in (0.0, 0.25)]
    rows = compare_story.paired_differences(*(first._replace(found=found) for found in alike))["rows"]
    contact = next(row for row in rows if row["key"] == "mean_contact")
    assert (contact["low"], contact["difference"], contact["high"], contact["sure"]) == (0.25, 0.25, 0.25, False)
    assert contact["sentence"] == "Contact: +0.250 in every world; too few worlds for an interval."


def test_two_settings_are_shown_with_their_results(browser, address):
    link = pair(changes=(("states.alba.dialogue", 0.3),))
    comparison = compare("two-states", {"states.alba.dialogue": 0.3}, 60, 4)
    ensembles = [play_ensemble("two-states", 60, 4, changes=dict(arm.changes)) for arm in (link.setting, *link.arms)]
    with open_compare(browser, address, link) as page:
        arms = page.evaluate("() => document.querySelector('.det-compare').__vue__.picture.arms")
        for arm, ensemble in zip(arms, ensembles, strict=True):
            np.testing.assert_allclose(arm["bands"]["tension"]["p5"], ensemble.band("tension", 5), atol=6e-4)
            np.testing.assert_allclose(arm["bands"]["trust"]["p75"], ensemble.band("trust", 75), atol=6e-4)
            shares = ensemble.shares()
            assert [row["share"] for row in arm["outcomes"]] == [shares[row["key"]].share for row in arm["outcomes"]]
            assert [row["low"] for row in arm["outcomes"]] == [shares[row["key"]].low for row in arm["outcomes"]]
        tension = comparison.effects["mean_tension"]
        sentence = page.locator("[data-measure=mean_tension]").inner_text()
        assert f"{abs(tension.difference):.3f}" in sentence
        unsure = [
            name for name, each in comparison.effects.items() if each.low <= 0.0 <= each.high and name != "breakdown"
        ]
        for name in unsure:
            measure = page.locator(f"[data-measure={name}]")
            expect(measure).to_have_text(re.compile("not distinguishable with 60 worlds|the same in every world"))
        share = round(100 * comparison.share_of_worlds_changed)
        assert re.match(
            rf"\s*({share} %|All|Nearly all) of 60 worlds", page.locator("[data-arm='1'] p").first.inner_text()
        )
        axes = "all => all.map((one) => [...one.querySelectorAll('text')].map((text) => text.textContent))"
        for chart in ("trust", "tension", "deal_progress", "contact"):
            first, second = page.locator(f"[data-chart={chart}] svg").evaluate_all(axes)
            assert first == second
        assert accessibility_violations(page) == []
        assert fits_width(page)
        save_screenshot(page, "compare-light-1366")


def test_the_link_follows_added_renamed_moved_and_removed_arms(browser, address):
    hostile = "<img src=x onerror=alert(1)>"
    with open_compare(browser, address, Link(SMALL)) as page:
        page.get_by_label("Group").select_option(label="Alba")
        page.get_by_label("Parameter").select_option(label="Openness to talks")
        page.get_by_label("Value", exact=True).fill("0.25")
        page.get_by_label("Value", exact=True).press("Enter")
        expect(page.locator(".det-arm")).to_have_count(2)
        page.locator(".det-try").first.click()
        expect(page.locator(".det-arm")).to_have_count(3)
        wait_until_finished(page)
        assert_eventually(lambda: len(current_link(page).arms), 2)
        assert current_link(page).arms[0].changes == (("states.alba.dialogue", 0.25),)
        page.get_by_label("Name of setting 2").fill(hostile)
        page.evaluate("document.querySelector('.det-compare').__vue__.$forceUpdate()")  # as while worlds are running
        wait_until(page, "new Promise((done) => requestAnimationFrame(() => done(true)))")
        expect(page.get_by_label("Name of setting 2")).to_have_value(hostile)
        page.get_by_label("Name of setting 2").press("Enter")
        expect(page.get_by_role("button", name=f"Remove {hostile}")).to_be_visible()
        page.get_by_role("button", name=f"Move {hostile} to the left").click()
        expect(page.get_by_label("Name of setting 1")).to_have_value(hostile)
        made_up = page.get_by_label("Name of setting 2").input_value()
        page.get_by_label("Name of setting 2").fill("")
        page.get_by_label("Name of setting 2").press("Tab")
        expect(page.get_by_label("Name of setting 2")).to_have_value(made_up)
        wait_until_finished(page)
        assert_eventually(lambda: current_link(page).names[:1], (hostile,))
        link = current_link(page)
        assert link.setting.changes == (("states.alba.dialogue", 0.25),)
        sentences = page.locator(".det-paired li").all_inner_texts()
    with open_compare(browser, address, link) as other:
        assert other.locator(".det-paired li").all_inner_texts() == sentences
        assert other.locator("img").count() == 0
        other.locator(".det-arm").nth(2).get_by_role("button", name=re.compile("^Remove")).click()
        expect(other.locator(".det-arm")).to_have_count(2)
        other.locator(".det-arm").nth(0).get_by_role("link", name=re.compile("in Explore")).click()
        expect(other.locator("nav a[aria-current]")).to_have_text("Explore")
        assert_eventually(lambda: current_link(other).setting.changes, (("states.alba.dialogue", 0.25),))


def test_arms_of_other_scenarios_share_only_some_random_events(browser, address):
    link = Link(SMALL, page="compare", arms=(Setting("grand-bargain"),))
    with open_compare(browser, address, link) as page:
        expect(page.locator("[data-arm='1']")).to_contain_text("only some random events are shared")
        title = scenario_of(Setting("grand-bargain")).title["en"]
        expect(page.get_by_label("Name of setting 2")).to_have_value(title)


def test_arms_keep_their_order_names_and_the_first_seed():
    one, two = Setting(seed=9, worlds=50), Setting(changes=(("mechanisms.noise", False),))
    arms = Arms.from_link(Link(one, arms=(two,), names=("", "Quiet")))
    assert arms.settings == (one, two._replace(seed=9, worlds=50))
    assert arms.swap_right(0).names == ("Quiet", "")
    assert arms.remove(0).to_link(Link(one)) == Link(arms.settings[1], names=("Quiet",))
    assert arms.remove(0).remove(0) == arms.remove(0)
    assert default_name(two, one, 1) == "Noise off"
    full = arms.add(one).add(one)
    with pytest.raises(ScenarioError, match="four"):
        full.add(one)


def test_too_many_worlds_are_refused_with_a_message():
    long = Setting("two-states", (("rounds", 1200),), worlds=5000)
    *_, last = compare_story.follow_arm(long, 5000, not_cancelled)
    assert re.search("at most [0-9]+ worlds can be compared", last.error)


def test_only_valid_kinds_of_arms_can_be_added():
    base = Setting("two-states", (("mechanisms.noise", False),))
    link = Link(SMALL._replace(changes=(("states.alba.dialogue", 0.3),)), baseline=base)
    assert new_arm(link, {"kind": "baseline"}) == (base, "Baseline")
    assert new_arm(link, {"kind": "scenario", "name": "gulf-region"})[0] == Setting("gulf-region")
    suggestion = scenario_of(SMALL).things_to_try[0]
    tried = dict(new_arm(link, {"kind": "try", "at": 0})[0].changes)
    assert tried == {"states.alba.dialogue": 0.3, **suggestion.set}
    changed = new_arm(link, {"kind": "change", "path": "states.alba.dialogue", "value": 0.4})[0]
    assert changed.changes == (("states.alba.dialogue", 0.4),)
    for wrong in (
        {"kind": "change", "path": "states.alba.dialogue", "value": 7},
        {"kind": "change", "path": "no.such.path", "value": 1},
        {"kind": "scenario", "name": "../../etc/passwd"},
        {"kind": "x"},
    ):
        with pytest.raises(ScenarioError):
            new_arm(link, wrong)
