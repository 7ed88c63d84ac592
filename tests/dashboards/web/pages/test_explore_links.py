"""The page Explore in a browser: links, exports and uploads."""

import csv
import io
import re
import subprocess
import tomllib

import numpy as np
import pytest
import requests
from support.browser import COLD_START_MS, DETENTE, assert_eventually, expect, open_dashboard, reload
from support.explore import (
    LINES,
    OPENNESS,
    SMALL_SETTING,
    link_changes,
    open_explore,
    open_runs,
    outcome_texts,
    press_lever,
    upload,
    wait_until_settled,
)
from support.pages import current_link

from agents.assembly import Assembly
from dashboards.page_link import Link, Setting, format_link, sort_events
from model.loading import find_scenario
from model.measures import indicator_names, trajectory_digest
from model.overrides import Override

# Links


def test_a_shared_link_reproduces_the_results(browser, address):
    with open_explore(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        open_runs(page)
        page.get_by_role("spinbutton", name="Seed").fill("12")
        page.keyboard.press("Enter")
        press_lever(page, OPENNESS, "PageDown", 3)
        page.get_by_role("button", name="Set as baseline").click()
        press_lever(page, "Iran, Generosity", "Home")
        assert_eventually(lambda: {*link_changes(page)}, {"states.us.dialogue", "states.iran.generosity"})
        page.get_by_role("button", name="Share").click()
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
        expect(page.get_by_role("dialog", name="Share")).to_contain_text("opens on this computer only")
        command = page.get_by_label("A command for their terminal").input_value()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Share")).to_have_count(0)
        assert command == f'detente open "{page.evaluate("location.search").removeprefix("?")}"'
        shared = page.evaluate("navigator.clipboard.readText()")
        assert shared == page.evaluate("location.href")
        lines, ends = page.evaluate(LINES), outcome_texts(page)
    with open_explore(browser, address, query=shared.partition("?")[2], alone=True) as fresh:
        assert (fresh.evaluate(LINES), outcome_texts(fresh)) == (lines, ends)


def test_an_old_or_invalid_link_opens_with_a_notice(browser, address):
    query = "s=us-iran-2026&set=states.us.dialogue:9&worlds=64&v=0.0.1&page=<b>x</b>"
    with open_explore(browser, address, query=query) as page:
        notes = page.locator(".det-notes")
        expect(notes).to_contain_text("Made with the model of Detente 0.0.1; this version plays it by other rules")
        expect(notes).to_contain_text("states.us.dialogue: must be between 0 and 1 (found 9)")
        expect(notes).to_contain_text("There is no page “<b>x</b>”")
        page.get_by_role("button", name="Dismiss").click()
        expect(notes).to_have_count(0)


def test_a_dropped_connection_loses_nothing(browser, address):
    lost = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "websocket", "net::ERR", "Connection lost", "kernel")
    with open_explore(browser, address, allowed=lost) as page:
        press_lever(page, OPENNESS, "PageDown", 2)
        assert_eventually(lambda: [*link_changes(page)], ["states.us.dialogue"])
        link = current_link(page)
        open_runs(page)
        page.get_by_role("spinbutton", name="Worlds").fill("2000")
        page.keyboard.press("Enter")
        assert_eventually(lambda: current_link(page).setting.worlds, 2000)  # the worlds are running
        page.context.set_offline(True)
        page.wait_for_timeout(1500)
        page.context.set_offline(False)
        reload(page)
        wait_until_settled(page)
        now = current_link(page)
        assert now == link._replace(setting=link.setting._replace(worlds=2000))
        expect(page.get_by_role("slider", name=OPENNESS)).to_have_value(
            f"{dict(now.setting.changes)['states.us.dialogue']}"
        )


def test_long_tasks_show_progress_and_can_be_cancelled(browser, address):
    with open_explore(browser, address) as page:
        open_runs(page)
        page.get_by_role("spinbutton", name="Worlds").fill("5000")
        page.keyboard.press("Enter")
        expect(page.locator(".det-note")).to_contain_text(re.compile(r"Running: [\d,]+ of 5,000 worlds"))
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".det-note")).to_contain_text(re.compile(r"Stopped at [\d,]+ of 5,000 worlds"))
        expect(page.get_by_role("button", name="Run all worlds")).to_be_visible()
        page.get_by_role("spinbutton", name="Worlds").fill("64")
        page.keyboard.press("Enter")
        wait_until_settled(page)


def test_a_setting_that_cannot_run_leaves_the_page_usable(browser, address):
    query = format_link(Link(Setting(changes=(("rounds", 1200),), worlds=5000)))
    with open_dashboard(browser, address, query) as page:
        expect(page.get_by_role("alert")).to_contain_text("worlds: at most", timeout=COLD_START_MS)
        page.get_by_role("button", name="Reset rounds").click()
        open_runs(page)
        page.get_by_role("spinbutton", name="Worlds").fill("64")
        page.keyboard.press("Enter")
        wait_until_settled(page)


def test_two_browsers_do_not_share_settings(browser, address):
    with open_explore(browser, address) as one, open_explore(browser, address) as other:
        before = other.evaluate(LINES)
        one.get_by_role("slider", name=OPENNESS).press("Home")
        other.get_by_role("slider", name="Iran, Generosity").press("Home")
        wait_until_settled(one)
        wait_until_settled(other)
        assert_eventually(lambda: link_changes(one), {"states.us.dialogue": 0})
        assert_eventually(lambda: link_changes(other), {"states.iran.generosity": 0})
        assert other.get_by_role("slider", name=OPENNESS).input_value() == "0.8"
        assert one.evaluate(LINES) != other.evaluate(LINES) != before


# Exports and uploads


def test_exports_match_the_page(browser, address, tmp_path):
    events = sort_events([Override(9, "drift_oil", value=2.0)])
    setting = Setting(changes=(("states.us.dialogue", 0.5),), events=events, seed=3, worlds=30)
    watched = Assembly("us-iran-2026", dict(setting.changes), rng=3, overrides=events).run()
    with open_explore(browser, address, setting) as page:
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
        run = page.evaluate(LINES)["tension"][5]
    assert (tmp_path / "tension.png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.reader(io.StringIO(files["Watched run (CSV)"].read_text())))
    assert rows[0] == ["round", *indicator_names(["nuclear"])]
    assert trajectory_digest(np.array(rows[1:], float)[:, 1:]) == trajectory_digest(watched.trajectory)
    bands = [
        row for row in csv.DictReader(io.StringIO(files["Bands (CSV)"].read_text())) if row["indicator"] == "tension"
    ]
    np.testing.assert_allclose([float(row["seed_3"]) for row in bands], run, atol=6e-4)
    worlds = list(csv.DictReader(io.StringIO(files["Worlds (CSV)"].read_text())))
    assert [int(row["seed"]) for row in worlds] == list(range(3, 33))
    assert worlds[0]["outcome"] == watched.outcome.name
    assert trajectory_digest(watched.trajectory) in files["Report (HTML)"].read_text()
    done = subprocess.run(
        [DETENTE, "run", files["Scenario (TOML)"], "--seed", "3", "--json", "--out", tmp_path / "run"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert trajectory_digest(watched.trajectory) in done.stdout


def test_an_export_of_an_invalid_link_is_refused(address):
    for query in ("set=states.us.dialogue:9", "s=../../etc/passwd"):
        assert requests.get(f"{address}export/run.csv?{query}", timeout=30).status_code == 400
    assert requests.get(f"{address}export/passwd", timeout=30).status_code == 404


def test_an_uploaded_file_becomes_a_link_where_possible(browser, address, tmp_path):
    content = find_scenario("us-iran-2026").read_bytes()
    changed = content.replace(b"resolve = 0.38", b"resolve = 0.41", 1)
    assert changed != content
    with open_explore(browser, address) as page:
        upload(page, "mine.toml", changed)
        expect(page.locator(".det-changed")).to_contain_text("1 change")
        wait_until_settled(page)
        assert_eventually(lambda: [*link_changes(page).values()], [0.41])
        assert current_link(page).setting.scenario == "us-iran-2026"


def test_an_invalid_upload_gives_the_errors_of_the_command_line(browser, address, tmp_path):
    invalid = {
        "key.toml": find_scenario("two-states").read_bytes() + b"\n[tension]\ntension_stepp = 0.4\nprovocation = 9\n",
        "latin.toml": "name = 'é'".encode("latin-1"),
        "broken.toml": b"name = [",
    }
    with open_explore(browser, address) as page:
        page.get_by_text("your own scenario").click()
        for name, content in invalid.items():
            (tmp_path / name).write_bytes(content)
            result = subprocess.run([DETENTE, "validate-scenario", name], cwd=tmp_path, capture_output=True, text=True)
            page.get_by_label("Upload a scenario file").set_input_files(tmp_path / name)
            for line in result.stderr.splitlines()[1:]:
                expect(page.get_by_role("alert")).to_contain_text(line.strip())
        (tmp_path / "large.toml").write_bytes(b"# " + b"x" * (1 << 20))
        page.get_by_label("Upload a scenario file").set_input_files(tmp_path / "large.toml")
        expect(page.get_by_role("alert")).to_contain_text("a scenario file has at most 1 MiB")
        page.wait_for_timeout(500)  # time for a change to arrive
        assert current_link(page) == Link(SMALL_SETTING)


def test_markup_in_an_uploaded_scenario_is_shown_as_text(browser, address):
    hostile = "<img src=x onerror=alert(1)>{{constructor}}<script>alert(2)</script>"
    data = tomllib.loads(find_scenario("two-states").read_text())
    data["name"] = "hostile"
    data["title"]["en"] = data["summary"]["en"] = hostile
    for state in data["states"].values():
        state["name"]["en"] = hostile
        state["narrative"] = {"en": hostile}
    data["try"][0]["text"]["en"] = hostile
    data["notice"]["en"] = [hostile]
    rungs = next(iter(data["negotiations"].values()))["rungs"]
    rungs["hotline-of-hostility"] = {**next(iter(rungs.values())), "title": {"en": hostile}}
    import tomli_w

    with open_explore(browser, address) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        upload(page, "evil.toml", tomli_w.dumps(data).encode())
        expect(page.locator("h1")).to_have_text(hostile)
        expect(page.get_by_text("upload the file there")).to_be_visible()
        wait_until_settled(page)
        for tab in ("Stories", "What to notice", "Things to try"):
            page.get_by_role("button", name=tab).click()
            expect(page.locator("#det-drawer").get_by_text(hostile).first).to_be_visible()
            page.keyboard.press("Escape")
        page.get_by_role("button", name="Set as baseline").click()
        page.get_by_role("button", name="Support at home").click()
        wait_until_settled(page)
        page.locator("[data-chart=tension] .det-line-chart").hover()
        page.wait_for_timeout(300)
        assert page.locator("main img, main script, nav img").count() == 0
        with page.expect_download():
            page.get_by_role("button", name="Save Tension as PNG").click()
        reload(page)  # the server still has the file
        wait_until_settled(page)
        expect(page.locator("h1")).to_have_text(hostile)
