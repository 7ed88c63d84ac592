"""The page Explore in a browser: results, levers, replay, events and charts."""

import re

import numpy as np
from support.browser import assert_eventually, expect, reload
from support.explore import (
    LINES,
    OPENNESS,
    RANGES,
    SMALL_SETTING,
    SPECS,
    link_changes,
    open_explore,
    outcome_texts,
    press_lever,
    wait_until_settled,
)
from support.pages import current_link

from agents.assembly import Assembly
from dashboards.page_link import Link, Setting, sort_events
from dashboards.web.jobs.ensemble_results import complete_result
from dashboards.web.pages.shared.effect_words import effect_text
from experiments.ensembles.compare import compare
from experiments.ensembles.ensemble import play_ensemble
from model.loading import load_scenario
from model.overrides import Override

FRAMES = """() => {
  const seen = (window.frames_seen = []), board = document.querySelector('.det-board');
  const texts = (name) => [...board.querySelectorAll(name)].map((each) => each.innerText);
  new MutationObserver(() => seen.push([board.__vue__.replaying, ...texts('[data-outcome]:not([data-outcome=first-deal]) .det-share')]))
    .observe(board, { childList: true, characterData: true, subtree: true });
}"""  # records what the board shows whenever it changes


# Numbers


def test_charts_dials_and_texts_show_the_results(browser, address):
    setting = Setting(seed=5, worlds=60)
    result = complete_result(setting)
    with open_explore(browser, address, setting) as page:
        assert page.locator("h1").inner_text() == load_scenario("us-iran-2026").title["en"]
        drawn = page.evaluate(LINES)
        assert list(drawn) == ["trust_first", "trust_second", "tension", "progress"]
        for chart, name in zip(drawn, ("trust_first", "trust_second", "tension", "deal_progress"), strict=True):
            at = result.indicator_index("nuclear", name)
            p5, p25, p50, p75, p95, _ = result.bands[:, :, at]
            np.testing.assert_allclose(drawn[chart], [p5, p95, p25, p75, result.run[:, at], p50], atol=6e-4)
        ends = result.bands[2, -1, result.indicator_index("nuclear", "tension")]
        expect(page.locator("#det-text-tension")).to_contain_text(f"after 60 rounds median {ends:.2f}")
        expected = [round(100 * share.share) for share in play_ensemble("us-iran-2026", 60, 5).shares().values()]
        assert [int(re.match(r"\d+", share)[0]) for share in outcome_texts(page)] == expected
        median = result.first_deals_in("nuclear").median
        first = "none" if median is None else f"month {median:g}"
        expect(page.locator("[data-outcome=first-deal]")).to_contain_text(first)
        watched = Assembly("us-iran-2026", rng=5, ledger=False).run()
        chosen = page.locator(f"[data-outcome={watched.outcome.name}]")
        expect(chosen).to_contain_text("outcome of seed 5")


def test_a_lever_changes_the_results_and_reset_restores_them(browser, address):
    with open_explore(browser, address) as page:
        lines, ranges = page.evaluate(LINES), page.evaluate(RANGES)
        press_lever(page, OPENNESS, "Home")
        assert page.evaluate(LINES) != lines
        assert page.evaluate(RANGES) == ranges  # the axes do not change
        expect(page.locator(".det-changed")).to_contain_text("1 change")
        assert_eventually(lambda: [*link_changes(page)], ["states.us.dialogue"])
        page.get_by_role("button", name=f"Reset {OPENNESS} to 0.8").click()
        expect(page.locator(".det-changed")).to_contain_text("No changes")
        wait_until_settled(page)
        assert page.evaluate(LINES) == lines
        assert_eventually(lambda: current_link(page), Link(SMALL_SETTING))


def test_a_dragged_slider_shows_previews_and_then_all_worlds(browser, address):
    with open_explore(browser, address, Setting(worlds=600)) as page:
        page.evaluate("""() => { const board = document.querySelector('.det-board'); window.seen = [];
            new MutationObserver(() => seen.push([performance.now(), Number(board.dataset.painted.split(' ')[1])]))
              .observe(board, { attributes: true, attributeFilter: ['data-painted'] }); }""")
        slider = page.get_by_role("slider", name=OPENNESS)
        box = slider.bounding_box()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 9)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(box["x"] + (0.8 - step / 60) * box["width"], box["y"] + 9)
            page.wait_for_timeout(50)
        for step in range(400):  # a slow machine paints fewer previews
            if len(page.evaluate("seen")) >= 6:
                break
            page.mouse.move(box["x"] + (0.15 + step % 20 / 60) * box["width"], box["y"] + 9)
            page.wait_for_timeout(50)
        moving = len(page.evaluate("seen"))
        page.mouse.up()
        wait_until_settled(page)
        assert moving >= 6
        seen = page.evaluate("seen.map((each) => each[1])")
        assert min(seen) < 600
        assert seen[-1] == 600
        assert_eventually(lambda: len(link_changes(page)), 1)
        assert current_link(page).setting.worlds == 600
        page.get_by_role("button", name="Undo", exact=True).click()  # the whole drag is one step
        expect(slider).to_have_value("0.8")


def test_the_scenario_as_shipped_is_compared_with_a_change(browser, address):
    with open_explore(browser, address) as page:
        expect(page.get_by_text("nothing is changed yet")).to_be_visible()
        assert page.locator(".det-effect").count() == 0
        press_lever(page, OPENNESS, "Home")
        expect(page.get_by_text("compared with: the scenario as shipped")).to_be_visible()
        effect = compare("us-iran-2026", {"states.us.dialogue": 0.0}, worlds=64).effects["breakdown"]
        expect(page.locator("[data-outcome=breakdown] .det-effect")).to_have_attribute("title", effect_text(effect))
        base = complete_result(SMALL_SETTING)
        median = base.bands[2, :, base.indicator_index("nuclear", "tension")]
        np.testing.assert_allclose(page.evaluate(LINES)["tension"][4], median, atol=6e-4)
        page.get_by_role("button", name=re.compile("^Undo: United States, Openness")).click()
        expect(page.get_by_text("nothing is changed yet")).to_be_visible()
        wait_until_settled(page)
        assert page.locator(".det-effect").count() == 0


def test_a_baseline_is_drawn_and_gives_paired_effects(browser, address):
    setting = Setting(worlds=200)
    with open_explore(browser, address, setting) as page:
        page.get_by_role("button", name="Set as baseline").click()
        expect(page.get_by_text("compared with: the scenario as shipped")).to_be_visible()
        page.get_by_role("spinbutton", name=f"{OPENNESS}, number").fill("0.3")
        page.keyboard.press("Enter")
        expect(page.locator("[data-outcome=managed_contact] .det-effect")).to_contain_text("points")
        wait_until_settled(page)
        effects = compare("us-iran-2026", {"states.us.dialogue": 0.3}, worlds=200).effects
        for outcome in ("comprehensive_deal", "partial_arrangement", "managed_contact", "breakdown"):
            shown = page.locator(f"[data-outcome={outcome}] .det-effect")
            expect(shown).to_have_attribute("title", effect_text(effects[outcome]))
        base = complete_result(setting)
        median = base.bands[2, :, base.indicator_index("nuclear", "tension")]
        np.testing.assert_allclose(page.evaluate(LINES)["tension"][4], median, atol=6e-4)
        expect(page.locator("#det-text-tension")).to_contain_text("Baseline median")
        assert_eventually(lambda: current_link(page).baseline, setting)
        reload(page)
        wait_until_settled(page)
        expect(page.locator("[data-outcome=managed_contact] .det-effect")).to_contain_text("points")
        page.get_by_role("button", name="Clear baseline").click()
        expect(page.get_by_text("compared with: the scenario as shipped")).to_be_visible()
        assert_eventually(lambda: current_link(page).baseline, None)


def test_effects_are_in_points_with_an_interval():
    from experiments.ensembles.statistics import Effect

    assert effect_text(Effect(0.12, 0.09, 0.15, 0.2, 900)) == "+12 points, 95 % 9 to 15"
    assert effect_text(Effect(-0.031, -0.06, -0.002, 0.2, 900)) == "-3 points, 95 % -6 to 0".replace(
        "-", "\N{MINUS SIGN}"
    )
    assert effect_text(Effect(0.004, 0.001, 0.007, 0.1, 9)) == "+0.4 points, 95 % 0.1 to 0.7"
    assert effect_text(Effect(0.0, 0.0, 0.0, 0.0, None)) == "no world differs"


def test_every_scenario_and_negotiation_can_be_shown(browser, address):
    with open_explore(browser, address, Setting(worlds=20)) as page:
        picker = page.get_by_label("Scenario", exact=True)
        for name in picker.locator("option").evaluate_all("all => all.map((one) => one.value)"):
            picker.select_option(name)
            expect(page.locator("h1")).to_have_text(load_scenario(name).title["en"])
            wait_until_settled(page)
            assert_eventually(lambda: page.get_by_role("slider").count() >= 4, True)
        picker.select_option("gulf-region")
        wait_until_settled(page)
        result = complete_result(Setting("gulf-region", worlds=20))
        for talks, setting in load_scenario("gulf-region").negotiations.items():
            page.get_by_label("Negotiation shown").select_option(talks)
            first = load_scenario("gulf-region").display_name(setting.parties[0])
            expect(page.locator("[data-chart=trust_first] h2")).to_contain_text(f"{first} trusts")
            wait_until_settled(page)
            run = page.evaluate(LINES)["tension"][4]
            np.testing.assert_allclose(run, result.run[:, result.indicator_index(talks, "tension")], atol=6e-4)
        assert_eventually(lambda: current_link(page).talks, "yemen-peace")


# Undo, replay, events, more charts


def test_undo_redo_back_and_replay_follow_the_changes(browser, address):
    with open_explore(browser, address) as page:
        before = outcome_texts(page)
        replay = page.get_by_role("button", name="Replay last change")
        expect(replay).to_be_disabled()
        press_lever(page, OPENNESS, "Home")
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0")
        wait_until_settled(page)
        after = outcome_texts(page)
        assert after != before
        page.keyboard.press("Control+z")
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0.8")
        wait_until_settled(page)
        assert outcome_texts(page) == before
        page.keyboard.press("Control+Shift+z")
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0")
        wait_until_settled(page)
        page.evaluate(FRAMES)
        replay.click()
        expect(page.get_by_text("After the last change")).to_be_visible()
        expect(replay).to_be_enabled()
        frames = page.evaluate("window.frames_seen")
        assert ["Before the last change", *before] in frames
        assert frames[-1][1:] == outcome_texts(page) == after
        page.go_back()
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0.8")
        expect(page.get_by_role("button", name="Redo")).to_be_enabled()


def test_injected_events_are_listed_drawn_and_removed(browser, address):
    events = sort_events([Override(9, "drift_oil", value=2.0), Override(40, "hold_talks", "nuclear", value=0.0)])
    with open_explore(browser, address, SMALL_SETTING._replace(events=events)) as page:
        assert page.locator(".det-events li.injected").count() == 2
        own = [mark["round"] for mark in page.evaluate(SPECS)["tension"]["marks"]]
        assert own == sorted([9, 40, *(event.round for event in load_scenario("us-iran-2026").events)])
        lines = page.evaluate(LINES)
        page.get_by_role("button", name=re.compile("^Remove: round 9")).click()
        expect(page.locator(".det-events li.injected")).to_have_count(1)
        wait_until_settled(page)
        assert page.evaluate(LINES) != lines
        assert_eventually(lambda: current_link(page).setting.events, events[1:])


def test_more_charts_open_on_demand_and_stay_in_the_link(browser, address):
    result = complete_result(SMALL_SETTING)
    with open_explore(browser, address) as page:
        for name in ("Pressure and programme", "Support at home", "Contact", "Misperception", "Uncertainty"):
            page.get_by_role("group", name="More charts").get_by_role("button", name=name).click()
            expect(page.get_by_role("img", name=re.compile(f"^{name}"))).to_be_visible()
        assert_eventually(lambda: len(current_link(page).charts), 5)
        reload(page)
        wait_until_settled(page)
        drawn = page.evaluate(LINES)
        assert list(drawn)[4:] == ["pressure", "support", "contact", "misperception", "uncertainty"]
        np.testing.assert_allclose(
            drawn["contact"][1], result.bands[5, :, result.indicator_index("nuclear", "contact")], atol=6e-4
        )
        page.get_by_role("button", name="Contact", exact=True).click()
        expect(page.locator("[data-chart=contact]")).to_have_count(0)
        assert_eventually(lambda: "contact" in current_link(page).charts, False)
