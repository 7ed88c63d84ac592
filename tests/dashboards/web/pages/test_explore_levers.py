"""The levers of Explore in a browser: setting values, where each leads, which matter, and the layout around them."""

import re

import numpy as np
import pytest
from support.browser import assert_eventually, expect
from support.explore import OPENNESS, SMALL_SETTING, link_changes, open_explore, press_lever, wait_until_settled
from support.pages import current_link

from dashboards.page_link import Link, Setting, scenario_of, shipped_names
from dashboards.web.jobs.ensemble_results import complete_result
from dashboards.web.jobs.lever_curves import VALUES, WORLDS, CurveRange, play_curves
from dashboards.web.pages.explore.spans import curve_spans, lever_ranges, shipped_spans
from dashboards.web.pages.shared.setting_edits import has_changes, toggle_suggestion
from experiments.engine.pool import CancelledError
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.plausible_worlds import find_sample
from experiments.ensembles.statistics import wilson
from model.enumerations import Outcome
from model.loading import load_scenario

BOX = "(name) => { const box = document.querySelector(name).getBoundingClientRect(); return [box.top, box.bottom]; }"
POINTS = """(path) => { const panel = document.querySelector('.det-controls').__vue__;
    const curve = panel.curves.asked === panel.panel.asked ? panel.curves.rows[path] : null;
    return curve ? [curve.values, curve.shares] : null; }"""
SHOWN = "() => [...document.querySelectorAll('.det-lever.number')].map((each) => each.dataset.path)"


# Levers


def test_levers_and_mechanisms_are_found_set_and_reset(browser, address):
    with open_explore(browser, address) as page:
        search = page.get_by_label("Find a lever, uncertainty or mechanism")
        search.fill("facilitation facilitators")
        page.get_by_role("switch", name="Mechanisms, Facilitation").click()
        search.fill("betrayal weight")
        expect(page.locator(".det-lever")).to_have_count(1)
        weight = page.get_by_role("slider", name="Belief, Betrayal weight")
        expect(weight).to_have_accessible_description(
            re.compile(r"Weight of bad evidence.* Range 1 to 10 ratio\. In the scenario: 3\.9")
        )
        weight.press("ArrowRight")
        search.fill("doctrine")
        page.get_by_role("combobox", name="Iran, Doctrine").select_option("contrition")
        search.fill("no such thing at all")
        expect(page.get_by_text("No matches.")).to_be_visible()
        search.fill("")
        page.get_by_role("button", name="By group").click()
        wait_until_settled(page)
        assert_eventually(lambda: link_changes(page), {
            "mechanisms.facilitation": False, "belief.betrayal_weight": 4, "states.iran.doctrine": "contrition",
        })  # fmt: skip
        expect(page.locator(".det-changed")).to_contain_text("3 changes")
        page.get_by_role("button", name="Reset Iran", exact=True).click()
        expect(page.locator(".det-changed")).to_contain_text("2 changes")
        page.get_by_role("button", name="Reset all").click()
        expect(page.locator(".det-changed")).to_contain_text("No changes")
        assert_eventually(lambda: current_link(page), Link(SMALL_SETTING))


def test_a_value_out_of_range_is_refused_with_a_message(browser, address):
    with open_explore(browser, address) as page:
        typed = page.get_by_role("spinbutton", name=f"{OPENNESS}, number")
        typed.evaluate("field => field.removeAttribute('max')")
        typed.fill("7")
        typed.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("states.us.dialogue: must be between 0 and 1 (found 7)")
        expect(typed).to_have_value("0.8")
        page.wait_for_timeout(500)  # the error message stays
        expect(page.get_by_role("alert")).to_contain_text("(found 7)")
        press_lever(page, OPENNESS, "PageDown", 2)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_thing_to_try_is_applied_and_removed_by_its_button(browser, address):
    suggestion = load_scenario("us-iran-2026").things_to_try[0]
    with open_explore(browser, address) as page:
        page.get_by_role("button", name="What to notice").click()
        expect(page.locator(".det-notice li").first).to_have_text(load_scenario("us-iran-2026").notice["en"][0])
        page.get_by_role("button", name="Things to try").click()
        button = page.get_by_role("button", name=suggestion.text["en"])
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        wait_until_settled(page)
        assert_eventually(lambda: link_changes(page), suggestion.set)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert_eventually(lambda: current_link(page), Link(SMALL_SETTING))


def test_every_thing_to_try_can_be_applied():
    for name in shipped_names():
        for at, suggestion in enumerate(scenario_of(Setting(name)).things_to_try):
            assert has_changes(toggle_suggestion(Setting(name), at), suggestion.set)


# Where each lever leads


def test_a_curve_has_the_shares_of_the_changed_scenarios():
    lever = CurveRange(0.0, 1.0, False)
    setting = Setting("two-states", changes=(("states.borea.dialogue", 0.4),), seed=7)
    curve = play_curves(setting, "border", {"states.alba.dialogue": lever})["states.alba.dialogue"]
    assert (len(curve.values), curve.worlds) == (VALUES, WORLDS)
    for value, shares in list(zip(curve.values, curve.shares, strict=True))[::4]:
        changes = {"states.borea.dialogue": 0.4, "states.alba.dialogue": value}
        played = play_ensemble("two-states", WORLDS, 7, changes=changes).shares()
        assert [shares[Outcome[name]] for name in played] == pytest.approx([each.share for each in played.values()])


def test_a_whole_lever_has_whole_values_and_a_stop_is_obeyed():
    assert CurveRange(0, 3, True).values == [0, 1, 2, 3]
    with pytest.raises(CancelledError):
        play_curves(Setting("two-states"), "border", {"states.alba.dialogue": CurveRange(0, 1, False)}, lambda: True)


def test_known_spans_are_those_of_the_shipped_scenarios():
    assert all(shipped_spans(name) for name in shipped_names())
    assert shipped_spans("file:mine") == {}
    setting = Setting("two-states")
    ranges = dict(list(lever_ranges(setting).items())[::9])
    for path, curve in play_curves(setting, "border", ranges).items():
        assert shipped_spans("two-states")[path] == pytest.approx(curve_spans(curve.shares), abs=0.11)


def test_the_curve_meets_the_headline_at_the_thumb(browser, address):
    with open_explore(browser, address, Setting(worlds=400)) as page:
        first = page.evaluate(SHOWN)[0]
        page.wait_for_function(POINTS, arg=first, timeout=30_000)
        values, shares = page.evaluate(POINTS, first)
        here = float(page.locator(f"[data-path='{first}'] input[type=range]").input_value())
        for outcome in Outcome:
            at_thumb = np.interp(here, values, [each[outcome] for each in shares])
            _, low, high = wilson(round(WORLDS * at_thumb), WORLDS)
            headline = page.locator(f"[data-outcome={outcome.name}] .det-share").inner_text()
            assert low - 0.01 <= int(headline.split()[0]) / 100 <= high + 0.01
        press_lever(page, OPENNESS, "Home")
        page.wait_for_function(POINTS, arg=first, timeout=30_000)
        assert page.evaluate(POINTS, first)[1] != shares


def test_levers_are_ordered_by_effect_and_stay_in_place(browser, address):
    with open_explore(browser, address) as page:
        spans = shipped_spans("us-iran-2026")
        shown = [spans[path][0] for path in page.evaluate(SHOWN)]
        assert len(shown) > 50
        assert shown == sorted(shown, reverse=True)
        order = page.evaluate(SHOWN)
        press_lever(page, OPENNESS, "Home")
        assert page.evaluate(SHOWN) == order
        page.get_by_label("Chance of").select_option("breakdown")
        by_breakdown = [spans[path][1 + Outcome.breakdown] for path in page.evaluate(SHOWN)]
        assert by_breakdown[-1] == min(by_breakdown)
        assert page.evaluate(SHOWN) != order
        page.get_by_role("button", name="By group").click()
        expect(page.locator(".det-levers h3", has_text="United States").first).to_be_visible()


def test_a_lever_is_one_tab_stop_with_keys_for_typing_and_reset(browser, address):
    with open_explore(browser, address) as page:
        slider = page.get_by_role("slider", name=OPENNESS)
        page.wait_for_function(POINTS, arg="states.us.dialogue", timeout=30_000)
        slider.focus()
        expect(page.locator(".det-help")).to_contain_text("some deal in")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.type") == "range"
        slider.press("Enter")
        page.keyboard.type("0.25")
        page.keyboard.press("Enter")
        expect(slider).to_have_value("0.25")
        expect(slider).to_be_focused()
        assert_eventually(lambda: link_changes(page), {"states.us.dialogue": 0.25})
        slider.press("Backspace")
        expect(slider).to_have_value("0.8")
        page.keyboard.press("g")
        assert page.evaluate("document.activeElement.className") == "det-first"


# The screen


@pytest.mark.parametrize("size", [(1366, 657), (1280, 585)])
def test_levers_outcomes_and_all_charts_fit_one_screen(browser, address, size):
    with open_explore(browser, address, size=size) as page:
        press_lever(page, OPENNESS, "Home")
        for part in (".det-controls", ".det-first", "[data-chart=progress]", "[data-chart=trust_second]"):
            top, bottom = page.evaluate(BOX, part)
            assert top >= 0
            assert bottom <= size[1]
        first = page.locator(".det-lever.number").first.bounding_box()
        assert first["y"] + first["height"] < 300
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_on_a_phone_a_strip_of_results_stays_over_the_levers(browser, address):
    with open_explore(browser, address, size=(390, 844)) as page:
        assert page.evaluate(BOX, "[data-outcome=breakdown]")[1] < 844
        lever = page.get_by_role("slider", name=OPENNESS)
        lever.scroll_into_view_if_needed()
        top, bottom = page.evaluate(BOX, ".det-strip-below")
        assert (bottom, round(bottom - top)) == (844, 64)
        press_lever(page, OPENNESS, "Home")
        expect(page.locator(".det-strip-below")).to_contain_text("points")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


# Uncertainty


def test_bands_can_include_not_knowing_the_parameters(browser, address):
    plausible = Setting("two-states", worlds=200, plausible=True)
    alone = complete_result(plausible._replace(plausible=False))
    both = complete_result(plausible)
    drawn = play_ensemble("two-states", 200, 1, sample=find_sample()).shares()
    shares = {name: float((both.outcomes_in("border") == Outcome[name]).mean()) for name in drawn}
    assert shares == pytest.approx({name: each.share for name, each in drawn.items()})
    assert not np.array_equal(alone.outcomes, both.outcomes)
    lever = {"states.alba.dialogue": CurveRange(0.0, 1.0, False)}
    curve = play_curves(plausible, "border", lever)["states.alba.dialogue"]
    changed = play_ensemble("two-states", 100, 1, changes={"states.alba.dialogue": 0.5}, sample=find_sample()).shares()
    assert curve.shares[4][Outcome.breakdown] == pytest.approx(changed["breakdown"].share)
    with open_explore(browser, address, plausible._replace(plausible=False)) as page:
        page.get_by_label("Uncertainty", exact=True).select_option("plausible")
        assert_eventually(lambda: current_link(page).setting, plausible)
        wait_until_settled(page)
        headline = page.locator("[data-outcome=breakdown] .det-share")
        wanted = 100 * shares["breakdown"]
        assert_eventually(lambda: abs(int(headline.inner_text().split()[0]) - wanted) <= 0.51, True)
        page.get_by_role("button", name="Undo", exact=True).click()
        expect(page.get_by_label("Uncertainty", exact=True)).to_have_value("chance")
