"""The frame and the page Explore, served by the command line, in a real browser."""

import csv
import io
import os
import re
import signal
import subprocess
import tomllib

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page
from support.browser import COLD, DETENTE, barriers, expect, fits, opened, photograph, reload, served, soon

from agents.assembly import Assembly
from dashboards.link import Link, Setting, in_order, read_link, written
from dashboards.web.jobs.ensemble_results import result_of
from dashboards.web.pages.explore.charts import effect_words
from experiments.ensembles.compare import compare
from experiments.ensembles.ensemble import play_ensemble
from model.loading import load, locate
from model.measures import digest, indicator_names
from model.overrides import Override

FEW = Setting(worlds=64)
OPENNESS = "United States, Openness to talks"
LINES = """() => Object.fromEntries([...document.querySelectorAll('.det-figure')].map((figure) =>
    [figure.dataset.chart, figure.querySelector('.det-plot').data.map((line) => line.y)]))"""
RANGES = "() => [...document.querySelectorAll('.det-plot')].map((plot) => plot._fullLayout.yaxis.range)"


def settled(page: Page) -> None:
    """Wait until all worlds asked for are played and painted; what the page does is looked at in each of its frames."""
    page.wait_for_function(
        """() => { const said = (document.querySelector('.det-note') || {}).textContent || '';
        if (!/^\\s*[\\d,]+ worlds, seeds \\d+ to \\d+\\.\\s*$/.test(said)) return false;
        const { __vue__: panel } = document.querySelector('.det-controls') || {}, element = document.querySelector('.det-board');
        if (!panel || !element) return false;
        const { live, board, det_plotted } = element.__vue__;
        const heard = !panel.det_under_way && !Object.keys(panel.moved).length && panel.panel.asked === live.asked
          && panel.sampled.seed === panel.panel.seed && panel.sampled.worlds === panel.panel.worlds;
        return heard && live.picture.settled && live.picture.setting === live.asked && !live.busy
          && (!board.baseline || live.picture.base) && det_plotted === live.picture; }""",
        timeout=COLD,
    )


def explore(browser, address, setting: Setting = FEW, **how):
    query = how.pop("query", written(how.pop("link", Link(setting))))
    return opened(browser, address, query, ready=settled, **how)


def shares(page: Page) -> list[str]:
    return page.locator(".det-dials .det-share").all_inner_texts()


FRAMES = """() => {
  const seen = (window.frames_seen = []), board = document.querySelector('.det-board');
  const texts = (name) => [...board.querySelectorAll(name)].map((each) => each.innerText);
  new MutationObserver(() => seen.push([board.__vue__.replaying, ...texts('.det-dials .det-share')]))
    .observe(board, { childList: true, characterData: true, subtree: true });
}"""  # what the board tells, whenever it changes


def link_of(page: Page) -> Link:
    """Read what the address holds now; `soon` waits until a change is in it."""
    link, notes = read_link(page.evaluate("location.search"))
    assert notes == []
    return link


def changes_of(page: Page) -> dict:
    return dict(link_of(page).setting.changes)


def press(page: Page, lever: str, key: str, times: int = 1) -> None:
    before = page.locator("#det-text-trust_first").inner_text()
    page.get_by_role("slider", name=lever).focus()
    for _ in range(times):
        page.keyboard.press(key)
    expect(page.locator("#det-text-trust_first")).not_to_have_text(before, use_inner_text=True)
    settled(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_text("Your own scenario").click()
    page.get_by_label("Open a scenario file").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )


# Numbers


def test_charts_dials_and_texts_show_the_numbers_of_the_worlds(browser, address):
    setting = Setting(seed=5, worlds=60)
    result = result_of(setting)
    with explore(browser, address, setting) as page:
        assert page.locator("h1").inner_text() == load("us-iran-2026").title["en"]
        drawn = page.evaluate(LINES)
        assert list(drawn) == ["trust_first", "trust_second", "tension", "progress"]
        for chart, name in zip(drawn, ("trust_first", "trust_second", "tension", "deal_progress"), strict=True):
            at = result.place("nuclear", name)
            p5, p25, _, p75, p95, _ = result.bands[:, :, at]
            np.testing.assert_allclose(drawn[chart], [p5, p95, p25, p75, result.run[:, at]], atol=6e-4)
        ends = result.bands[2, -1, result.place("nuclear", "tension")]
        expect(page.locator("#det-text-tension")).to_contain_text(f"after 60 rounds median {ends:.2f}")
        expected = [round(100 * share.share) for share in play_ensemble("us-iran-2026", 60, 5).shares().values()]
        assert [int(re.match(r"\d+", share)[0]) for share in shares(page)] == expected
        median = result.first_deals_in("nuclear").median
        expect(page.locator("[data-outcome=first-deal]")).to_contain_text(f"round {median:g}")
        watched = Assembly("us-iran-2026", rng=5, ledger=False).run()
        chosen = page.locator(f"[data-outcome={watched.outcome.name}]")
        expect(chosen).to_contain_text("seed 5 ends so")


def test_a_lever_moved_by_keyboard_moves_all_and_a_reset_brings_all_back(browser, address):
    with explore(browser, address) as page:
        lines, ranges = page.evaluate(LINES), page.evaluate(RANGES)
        press(page, OPENNESS, "PageDown", 6)
        assert page.evaluate(LINES) != lines
        assert page.evaluate(RANGES) == ranges  # charts do not jump
        expect(page.locator(".det-changed")).to_contain_text("1 change")
        soon(lambda: [*changes_of(page)], ["states.us.dialogue"])
        page.get_by_role("button", name=f"Reset {OPENNESS} to 0.8").click()
        expect(page.locator(".det-changed")).to_contain_text("As in the scenario")
        settled(page)
        assert page.evaluate(LINES) == lines
        soon(lambda: link_of(page), Link(FEW))


def test_a_dragged_slider_shows_previews_and_then_all_the_worlds_that_the_link_holds(browser, address):
    with explore(browser, address, Setting(worlds=600)) as page:
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
        for step in range(400):  # a slow machine paints fewer previews of so many moves
            if len(page.evaluate("seen")) >= 6:
                break
            page.mouse.move(box["x"] + (0.15 + step % 20 / 60) * box["width"], box["y"] + 9)
            page.wait_for_timeout(50)
        moving = len(page.evaluate("seen"))
        page.mouse.up()
        settled(page)
        assert moving >= 6
        seen = page.evaluate("seen.map((each) => each[1])")
        assert min(seen) < 600
        assert seen[-1] == 600
        soon(lambda: len(changes_of(page)), 1)
        assert link_of(page).setting.worlds == 600
        page.get_by_role("button", name="Undo", exact=True).click()  # the whole drag is one step
        expect(slider).to_have_value("0.8")


def test_a_baseline_lies_behind_and_tells_the_paired_effect(browser, address):
    setting = Setting(worlds=200)
    with explore(browser, address, setting) as page:
        page.get_by_role("button", name="Set as baseline").click()
        expect(page.get_by_text("Baseline: as in the scenario")).to_be_visible()
        page.get_by_role("spinbutton", name=f"{OPENNESS}, typed").fill("0.3")
        page.keyboard.press("Enter")
        expect(page.locator("[data-outcome=managed_contact]")).to_contain_text("same dice")
        settled(page)
        effects = compare("us-iran-2026", {"states.us.dialogue": 0.3}, worlds=200).effects
        for outcome in ("comprehensive_deal", "partial_arrangement", "managed_contact", "breakdown"):
            expect(page.locator(f"[data-outcome={outcome}] .det-effect")).to_have_text(effect_words(effects[outcome]))
        base = result_of(setting)
        behind = page.evaluate(LINES)["tension"][:4]
        order = base.bands[[0, 4, 1, 3], :, base.place("nuclear", "tension")]
        np.testing.assert_allclose(behind, order, atol=6e-4)
        expect(page.locator("#det-text-tension")).to_contain_text("Baseline median")
        soon(lambda: link_of(page).baseline, setting)
        reload(page)
        settled(page)
        expect(page.locator("[data-outcome=managed_contact] .det-effect")).to_contain_text("same dice")
        page.get_by_role("button", name="Clear baseline").click()
        expect(page.locator("[data-outcome=managed_contact] .det-effect")).to_have_count(0)
        soon(lambda: link_of(page).baseline, None)


def test_an_effect_is_written_in_points_with_its_interval():
    from experiments.ensembles.statistics import Effect

    assert effect_words(Effect(0.12, 0.09, 0.15, 0.2, 900)) == "+12 points, 95 % 9 to 15, same dice"
    assert effect_words(Effect(-0.031, -0.06, -0.002, 0.2, 900)) == "-3 points, 95 % -6 to 0, same dice".replace(
        "-", "\N{MINUS SIGN}"
    )
    assert effect_words(Effect(0.004, 0.001, 0.007, 0.1, 9)) == "+0.4 points, 95 % 0.1 to 0.7, same dice"
    assert effect_words(Effect(0.0, 0.0, 0.0, 0.0, None)) == "no world differs, same dice"


def test_every_scenario_can_be_chosen_and_each_negotiation_of_it_shown(browser, address):
    with explore(browser, address, Setting(worlds=20)) as page:
        picker = page.get_by_label("Scenario", exact=True)
        for name in picker.locator("option").evaluate_all("all => all.map((one) => one.value)"):
            picker.select_option(name)
            expect(page.locator("h1")).to_have_text(load(name).title["en"])
            settled(page)
            soon(lambda: page.get_by_role("slider").count() >= 4, True)
        picker.select_option("gulf-region")
        settled(page)
        result = result_of(Setting("gulf-region", worlds=20))
        for talks, setting in load("gulf-region").negotiations.items():
            page.get_by_label("Negotiation shown").select_option(talks)
            first = load("gulf-region").written(setting.parties[0])
            expect(page.locator("[data-chart=trust_first] h2")).to_contain_text(f"{first} trusts")
            settled(page)
            run = page.evaluate(LINES)["tension"][4]
            np.testing.assert_allclose(run, result.run[:, result.place(talks, "tension")], atol=6e-4)
        soon(lambda: link_of(page).talks, "yemen-peace")


# Levers


def test_levers_uncertainties_and_mechanisms_are_found_set_and_reset(browser, address):
    with explore(browser, address) as page:
        search = page.get_by_label("Find a lever, an uncertainty or a mechanism")
        search.fill("facilitation facilitators")
        page.get_by_role("switch", name="Mechanisms, Facilitation").click()
        search.fill("betrayal weight")
        expect(page.locator(".det-lever")).to_have_count(1)
        weight = page.get_by_role("slider", name="Belief, Betrayal weight")
        expect(weight).to_have_accessible_description(
            re.compile(r"heavier a broken act .* Range 1 to 10 ratio\. In the scenario: 3")
        )
        weight.press("ArrowRight")
        search.fill("doctrine")
        page.get_by_role("combobox", name="Iran, Doctrine").select_option("contrition")
        search.fill("no such thing at all")
        expect(page.get_by_text("Nothing here is called so.")).to_be_visible()
        search.fill("")
        settled(page)
        soon(lambda: changes_of(page), {
            "mechanisms.facilitation": False, "belief.betrayal_weight": 3.1, "states.iran.doctrine": "contrition",
        })  # fmt: skip
        expect(page.locator(".det-changed")).to_contain_text("3 changes")
        page.get_by_role("button", name="Reset Iran", exact=True).click()
        expect(page.locator(".det-changed")).to_contain_text("2 changes")
        page.get_by_role("button", name="Reset all").click()
        expect(page.locator(".det-changed")).to_contain_text("As in the scenario")
        soon(lambda: link_of(page), Link(FEW))


def test_a_value_out_of_range_is_refused_with_a_sentence_and_the_page_lives_on(browser, address):
    with explore(browser, address) as page:
        typed = page.get_by_role("spinbutton", name=f"{OPENNESS}, typed")
        typed.evaluate("field => field.removeAttribute('max')")
        typed.fill("7")
        typed.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("states.us.dialogue: allowed is between 0 and 1 (found 7)")
        expect(typed).to_have_value("0.8")
        page.wait_for_timeout(500)  # what comes after the refusal leaves it to be read
        expect(page.get_by_role("alert")).to_contain_text("(found 7)")
        press(page, OPENNESS, "PageDown", 2)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_thing_to_try_is_set_by_its_button_and_taken_back_by_it(browser, address):
    thing = load("us-iran-2026").things_to_try[0]
    with explore(browser, address) as page:
        page.get_by_role("button", name="What to notice").click()
        expect(page.locator(".det-notice li").first).to_have_text(load("us-iran-2026").notice["en"][0])
        page.get_by_role("button", name="Things to try").click()
        button = page.get_by_role("button", name=thing.text["en"])
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        settled(page)
        soon(lambda: changes_of(page), thing.set)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        soon(lambda: link_of(page), Link(FEW))


def test_every_thing_to_try_of_every_scenario_can_be_set():
    from dashboards.link import scenario_of, shipped_names
    from dashboards.web.pages.shared.setting_edits import attempted, is_set

    for name in shipped_names():
        for at, thing in enumerate(scenario_of(Setting(name)).things_to_try):
            assert is_set(attempted(Setting(name), at), thing.set)


# Undo, replay, events, further charts


def test_undo_redo_back_and_replay_go_through_the_changes(browser, address):
    with explore(browser, address) as page:
        before = shares(page)
        replay = page.get_by_role("button", name="Replay last change")
        expect(replay).to_be_disabled()
        press(page, OPENNESS, "Home")
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0")
        settled(page)
        after = shares(page)
        assert after != before
        page.keyboard.press("Control+z")
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0.8")
        settled(page)
        assert shares(page) == before
        page.keyboard.press("Control+Shift+z")
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0")
        settled(page)
        page.evaluate(FRAMES)
        replay.click()
        expect(page.get_by_text("After the last change")).to_be_visible()
        expect(replay).to_be_enabled()
        frames = page.evaluate("window.frames_seen")
        assert ["Before the last change", *before] in frames
        assert frames[-1][1:] == shares(page) == after
        page.go_back()
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value("0.8")
        expect(page.get_by_role("button", name="Redo")).to_be_enabled()


def test_injected_events_are_listed_drawn_and_removed(browser, address):
    events = in_order([Override(9, "drift_oil", value=2.0), Override(40, "hold_talks", "nuclear", value=0.0)])
    with explore(browser, address, FEW._replace(events=events)) as page:
        assert page.locator(".det-events li.injected").count() == 2
        own = page.evaluate(
            "document.querySelector('[data-chart=tension] .det-plot').layout.shapes.map((shape) => shape.x0)"
        )
        assert own == sorted([9, 40, *(event.round for event in load("us-iran-2026").events)])
        lines = page.evaluate(LINES)
        page.get_by_role("button", name=re.compile("^Remove: round 9")).click()
        expect(page.locator(".det-events li.injected")).to_have_count(1)
        settled(page)
        assert page.evaluate(LINES) != lines
        soon(lambda: link_of(page).setting.events, events[1:])


def test_further_charts_open_on_demand_and_the_link_keeps_them(browser, address):
    result = result_of(FEW)
    with explore(browser, address) as page:
        for name in ("Pressure and programme", "Support at home", "Contact", "Misperception", "Uncertainty"):
            page.get_by_role("group", name="Further charts").get_by_role("button", name=name).click()
            expect(page.get_by_role("img", name=re.compile(f"^{name}"))).to_be_visible()
        soon(lambda: len(link_of(page).charts), 5)
        reload(page)
        settled(page)
        drawn = page.evaluate(LINES)
        assert list(drawn)[4:] == ["pressure", "support", "contact", "misperception", "uncertainty"]
        np.testing.assert_allclose(
            drawn["contact"][0], result.bands[5, :, result.place("nuclear", "contact")], atol=6e-4
        )
        page.get_by_role("button", name="Contact", exact=True).click()
        expect(page.locator("[data-chart=contact]")).to_have_count(0)
        soon(lambda: "contact" in link_of(page).charts, False)


# Links


def test_a_shared_link_reproduces_the_same_numbers_in_a_fresh_browser(browser, address):
    with explore(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.get_by_role("spinbutton", name="Seed").fill("12")
        page.keyboard.press("Enter")
        press(page, OPENNESS, "PageDown", 3)
        page.get_by_role("button", name="Set as baseline").click()
        press(page, "Iran, Generosity", "Home")
        soon(lambda: {*changes_of(page)}, {"states.us.dialogue", "states.iran.generosity"})
        page.get_by_role("button", name="Share").click()
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
        shared = page.evaluate("navigator.clipboard.readText()")
        assert shared == page.evaluate("location.href")
        lines, ends = page.evaluate(LINES), shares(page)
    with explore(browser, address, query=shared.partition("?")[2], alone=True) as fresh:
        assert (fresh.evaluate(LINES), shares(fresh)) == (lines, ends)


def test_an_old_or_faulty_link_says_so_and_still_opens(browser, address):
    query = "s=us-iran-2026&set=states.us.dialogue:9&worlds=64&v=0.0.1&page=<b>x</b>"
    with explore(browser, address, query=query) as page:
        notes = page.locator(".det-notes")
        expect(notes).to_contain_text("made with version 0.0.1")
        expect(notes).to_contain_text("states.us.dialogue: allowed is between 0 and 1 (found 9)")
        expect(notes).to_contain_text("There is no page “<b>x</b>”")
        page.get_by_role("button", name="Understood").click()
        expect(notes).to_have_count(0)


def test_a_dropped_connection_in_the_middle_loses_nothing(browser, address):
    lost = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "websocket", "net::ERR", "Connection lost", "kernel")
    with explore(browser, address, pardon=lost) as page:
        press(page, OPENNESS, "PageDown", 2)
        soon(lambda: [*changes_of(page)], ["states.us.dialogue"])
        held = link_of(page)
        page.get_by_role("spinbutton", name="Worlds").fill("2000")
        page.keyboard.press("Enter")
        soon(lambda: link_of(page).setting.worlds, 2000)  # and they are under way
        page.context.set_offline(True)
        page.wait_for_timeout(1500)
        page.context.set_offline(False)
        reload(page)
        settled(page)
        now = link_of(page)
        assert now == held._replace(setting=held.setting._replace(worlds=2000))
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value(
            f"{dict(now.setting.changes)['states.us.dialogue']}"
        )


def test_long_work_shows_progress_and_can_be_cancelled(browser, address):
    with explore(browser, address) as page:
        page.get_by_role("spinbutton", name="Worlds").fill("5000")
        page.keyboard.press("Enter")
        expect(page.locator(".det-note")).to_contain_text(re.compile(r"Playing: [\d,]+ of 5,000 worlds so far"))
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".det-note")).to_contain_text(re.compile(r"Stopped at [\d,]+ of 5,000 worlds"))
        expect(page.get_by_role("button", name="Play all")).to_be_visible()
        page.get_by_role("spinbutton", name="Worlds").fill("64")
        page.keyboard.press("Enter")
        settled(page)


def test_a_setting_that_cannot_be_played_says_why_and_leaves_the_page_usable(browser, address):
    query = written(Link(Setting(changes=(("rounds", 1200),), worlds=5000)))
    with opened(browser, address, query) as page:
        expect(page.get_by_role("alert")).to_contain_text("worlds: at most", timeout=COLD)
        page.get_by_role("button", name="Take back rounds").click()
        page.get_by_role("spinbutton", name="Worlds").fill("64")
        page.keyboard.press("Enter")
        settled(page)


def test_two_browsers_at_once_share_no_setting(browser, address):
    with explore(browser, address) as one, explore(browser, address) as other:
        before = other.evaluate(LINES)
        one.get_by_role("slider", name=OPENNESS).press("Home")
        other.get_by_role("slider", name="Iran, Generosity").press("Home")
        settled(one)
        settled(other)
        soon(lambda: changes_of(one), {"states.us.dialogue": 0})
        soon(lambda: changes_of(other), {"states.iran.generosity": 0})
        assert other.get_by_role("slider", name=OPENNESS).input_value() == "0.8"
        assert one.evaluate(LINES) != other.evaluate(LINES) != before


# Exports and uploads


def test_what_is_taken_along_is_what_the_page_shows(browser, address, tmp_path):
    events = in_order([Override(9, "drift_oil", value=2.0)])
    setting = Setting(changes=(("states.us.dialogue", 0.5),), events=events, seed=3, worlds=30)
    watched = Assembly("us-iran-2026", dict(setting.changes), rng=3, overrides=events).run()
    with explore(browser, address, setting) as page:
        files = {}
        for title in ("Bands (CSV)", "Worlds (CSV)", "Watched run (CSV)", "Report (HTML)", "Scenario (TOML)"):
            with page.expect_download() as download:
                page.get_by_role("link", name=title).click()
            path = tmp_path / download.value.suggested_filename
            download.value.save_as(path)
            files[title] = path
        with page.expect_download() as picture:
            page.get_by_role("button", name="Save Tension as PNG").click()
        picture.value.save_as(tmp_path / "tension.png")
        run = page.evaluate(LINES)["tension"][4]
    assert (tmp_path / "tension.png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.reader(io.StringIO(files["Watched run (CSV)"].read_text())))
    assert rows[0] == ["round", *indicator_names(["nuclear"])]
    assert digest(np.array(rows[1:], float)[:, 1:]) == digest(watched.trajectory)
    bands = [
        row for row in csv.DictReader(io.StringIO(files["Bands (CSV)"].read_text())) if row["indicator"] == "tension"
    ]
    np.testing.assert_allclose([float(row["seed_3"]) for row in bands], run, atol=6e-4)
    worlds = list(csv.DictReader(io.StringIO(files["Worlds (CSV)"].read_text())))
    assert [int(row["seed"]) for row in worlds] == list(range(3, 33))
    assert worlds[0]["outcome"] == watched.outcome.name
    assert digest(watched.trajectory) in files["Report (HTML)"].read_text()
    done = subprocess.run(
        [DETENTE, "run", files["Scenario (TOML)"], "--seed", "3", "--json", "--out", tmp_path / "run"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert digest(watched.trajectory) in done.stdout


def test_an_export_of_a_faulty_link_is_refused_with_the_reason(address):
    for query in ("set=states.us.dialogue:9", "s=../../etc/passwd"):
        assert httpx.get(f"{address}export/run.csv?{query}").status_code == 400
    assert httpx.get(f"{address}export/passwd").status_code == 404


def test_an_uploaded_file_becomes_a_link_where_changes_can_say_it(browser, address, tmp_path):
    content = locate("us-iran-2026").read_bytes()
    changed = content.replace(b"resolve = 0.38", b"resolve = 0.41", 1)
    assert changed != content
    with explore(browser, address) as page:
        upload(page, "mine.toml", changed)
        expect(page.locator(".det-changed")).to_contain_text("1 change")
        settled(page)
        soon(lambda: [*changes_of(page).values()], [0.41])
        assert link_of(page).setting.scenario == "us-iran-2026"


def test_a_faulty_upload_is_told_in_the_words_of_the_command_line_and_changes_nothing(browser, address, tmp_path):
    faulty = {
        "key.toml": locate("two-states").read_bytes() + b"\n[tension]\ntension_stepp = 0.4\nprovocation = 9\n",
        "latin.toml": "name = 'é'".encode("latin-1"),
        "broken.toml": b"name = [",
    }
    with explore(browser, address) as page:
        page.get_by_text("Your own scenario").click()
        for name, content in faulty.items():
            (tmp_path / name).write_bytes(content)
            told = subprocess.run([DETENTE, "validate-scenario", name], cwd=tmp_path, capture_output=True, text=True)
            page.get_by_label("Open a scenario file").set_input_files(tmp_path / name)
            for line in told.stderr.splitlines()[1:]:
                expect(page.get_by_role("alert")).to_contain_text(line.strip())
        (tmp_path / "large.toml").write_bytes(b"# " + b"x" * (1 << 20))
        page.get_by_label("Open a scenario file").set_input_files(tmp_path / "large.toml")
        expect(page.get_by_role("alert")).to_contain_text("a scenario file has at most 1 MiB")
        page.wait_for_timeout(500)  # in which a change would come
        assert link_of(page) == Link(FEW)


def test_hostile_words_in_an_uploaded_scenario_are_only_words(browser, address):
    evil = "<img src=x onerror=alert(1)>{{constructor}}<script>alert(2)</script>"
    data = tomllib.loads(locate("two-states").read_text())
    data["name"] = "hostile"
    data["title"]["en"] = data["summary"]["en"] = evil
    for state in data["states"].values():
        state["name"]["en"] = evil
        state["narrative"] = {"en": evil}
    data["try"][0]["text"]["en"] = evil
    data["notice"]["en"] = [evil]
    rungs = next(iter(data["negotiations"].values()))["rungs"]
    rungs["hotline-of-hostility"] = {**next(iter(rungs.values())), "title": {"en": evil}}
    import tomli_w

    with explore(browser, address) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        upload(page, "evil.toml", tomli_w.dumps(data).encode())
        expect(page.locator("h1")).to_have_text(evil)
        expect(page.get_by_text("the file must travel along")).to_be_visible()
        expect(page.locator(".det-narratives p").first).to_have_text(evil)
        settled(page)
        for tab in ("What to notice", "Things to try"):
            page.get_by_role("button", name=tab).click()
            expect(page.locator("#det-story-part").get_by_text(evil).first).to_be_visible()
        page.get_by_role("button", name="Set as baseline").click()
        page.get_by_role("button", name="Support at home").click()
        settled(page)
        page.locator("[data-chart=tension] .det-plot").hover()
        page.wait_for_timeout(300)
        assert page.locator("main img, main script, nav img").count() == 0
        with page.expect_download():
            page.get_by_role("button", name="Save Tension as PNG").click()
        reload(page)  # the file is still known to this server
        settled(page)
        expect(page.locator("h1")).to_have_text(evil)


# Frame, keyboard, looks


def test_the_navigation_leads_to_every_page_and_the_link_names_it(browser, address):
    with explore(browser, address) as page:
        for title, key in (
            ("Watch", "watch"),
            ("Turning points", "turning"),
            ("Compare", "compare"),
            ("Sweeps", "sweeps"),
            ("About", "about"),
            ("Explore", "explore"),
        ):
            page.get_by_role("navigation", name="Pages").get_by_role("link", name=title).click()
            expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")
            expect(page.locator("main h1")).to_be_visible(timeout=COLD)
            soon(lambda key=key: link_of(page), Link(FEW, key))
        settled(page)


@pytest.mark.filterwarnings("ignore:There is no current event loop")  # Solara asks for one; nothing here runs in it
def test_a_page_that_fails_says_so_in_its_place_and_opens_again(monkeypatch):
    import uuid

    import ipyvuetify
    import solara
    from solara.server import kernel, kernel_context

    from dashboards.web import app

    @solara.component
    def Failing(link, go):  # noqa: N802
        raise ZeroDivisionError("a secret path")

    context = kernel_context.VirtualKernelContext(id=str(uuid.uuid4()), kernel=kernel.Kernel(), session_id="test")
    with context:
        monkeypatch.setattr(app, "component_of", lambda page: Failing)
        _, rendered = solara.render(app.Content(Link(), lambda link: None), handle_error=False)
        said = str([each.children for each in rendered.find(ipyvuetify.Html).widgets])
        assert "Explore failed" in said
        assert "ZeroDivisionError" in said
        assert "secret" not in said
        monkeypatch.undo()
        rendered.find(ipyvuetify.Btn).widget.click()
        assert "Explore failed" not in str([each.children for each in rendered.find(ipyvuetify.Html).widgets])
        rendered.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_barriers_fits_its_window_and_follows_the_theme(browser, address, theme):
    link = Link(FEW._replace(changes=(("states.us.dialogue", 0.5),)), baseline=FEW, charts=("contact", "pressure"))
    with explore(browser, address, link=link, theme=theme) as page:
        page.get_by_text("Uncertainties").click()
        assert barriers(page) == []
        photograph(page, f"explore-{theme}-1366")
        assert page.locator(f".v-application.theme--{theme}").count() == 1
        ink = page.evaluate("document.querySelector('[data-chart=tension] .det-plot').data.at(-1).line.color")
        assert ink == {"light": "#C44E00", "dark": "#F0984A"}[theme]
        for width, height in ((390, 844), (900, 700), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            soon(lambda: fits(page), True, f"{width} wide")
    with explore(browser, address, link=link, theme=theme, size=(390, 844)) as phone:
        photograph(phone, f"explore-{theme}-390")
        assert barriers(phone) == []


def test_the_keyboard_reaches_every_control_and_every_control_has_a_name(browser, address):
    with explore(browser, address) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the first stop skips to the content
        soon(lambda: page.evaluate("document.activeElement.tagName"), "MAIN")
    with explore(browser, address) as page:
        page.evaluate("""() => { window.reached = []; document.addEventListener('focusin', ({ target }) =>
            reached.push(target.id || target.textContent.trim().slice(0, 30))); }""")
        for _ in range(170):
            page.keyboard.press("Tab")
        reached = {*page.evaluate("reached")}
        wanted = page.locator(
            ".det-page :is(select, input, summary, button, a):enabled:visible, .det-frame :is(a, button:enabled)"
        )
        names = wanted.evaluate_all("all => all.map((one) => one.id || one.textContent.trim().slice(0, 30))")
        visible = {name for name in names if name and name != "↺"}
        assert visible - reached == set()
        for role in ("slider", "spinbutton", "combobox", "button", "switch"):
            named = page.get_by_role(role, name=re.compile(r"\w"))
            assert named.count() == page.get_by_role(role).count()
        for chart in ("United States trusts Iran", "Tension", "Deal progress"):
            described = page.get_by_role("img", name=re.compile(f"^{chart}"))
            expect(described).to_have_accessible_description(re.compile(r"median .* nine in ten .* seed 1 ends at"))


# The server


def test_a_cold_server_shows_the_page_and_tells_that_it_compiles(browser, tmp_path):
    env = {**os.environ, "DETENTE_CACHE": str(tmp_path)}
    group: list[int] = []
    try:
        with served(env=env, start_new_session=True, note=group.append) as cold, opened(browser, cold) as page:
            expect(page.locator(".det-note")).to_contain_text(
                re.compile(r"Compiling the model, this once: \d+ s so far")
            )
            soon(lambda: page.get_by_role("slider").count() > 4, True)
    finally:
        for leader in group:
            os.killpg(leader, signal.SIGKILL) if group_lives(leader) else None  # the compiler that it began


def group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
        return True
    except ProcessLookupError:
        return False


def test_a_taken_port_is_told_in_one_sentence():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([DETENTE, "dashboard", "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Cannot serve on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1
