"""The page Sweeps in a browser, against results computed with pandas."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from support.browser import (
    COLD_START_MS,
    accessibility_violations,
    assert_eventually,
    expect,
    fits_width,
    open_dashboard,
    save_screenshot,
    serve_dashboard,
)
from support.studies import sweep_failing
from support.sweep_pages import (
    BROKEN,
    GRID,
    SOBOL,
    SPREAD,
    STATE,
    TRUST,
    WEIGHT,
    heat_map,
    open_folder,
    open_sweeps,
    show_tension,
    wait_until_read,
)
from typer.testing import CliRunner

from dashboards.cli.main import app
from dashboards.page_link import Link, Setting, SweepView, format_link, parse_link
from dashboards.web.pages.sweeps import page as sweeps
from dashboards.web.pages.sweeps.folders import check_folder
from dashboards.web.pages.sweeps.opened import read_folder
from dashboards.web.pages.sweeps.page import complete_choice, updated_choice
from experiments.studies.discover import box_midpoint, discover
from experiments.studies.results import stored_study, summary_by_point
from experiments.studies.sensitivity import sweep_sensitivity
from experiments.studies.sweep import sweep
from model.errors import ScenarioError


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """Create the results of four tiny studies, and a folder that cannot be read."""
    folder = tmp_path_factory.mktemp("swept")
    sweep(GRID, folder / "runs" / "grid")
    sweep(SPREAD, folder / "runs" / "deeper" / "spread")
    sweep(SOBOL, folder / "sweeps" / "sobol")
    sweep_failing(BROKEN, folder / "sweeps" / "broken", first=2)
    sweep(GRID, folder / "elsewhere" / "grid", points=5)
    (folder / "runs" / "hurt").mkdir()
    (folder / "runs" / "hurt" / "manifest.json").write_text("{")
    outside = tmp_path_factory.mktemp("outside")
    sweep(GRID, outside)
    (folder / "runs" / "way-out").symlink_to(outside)
    return folder


@pytest.fixture(scope="module")
def server(base):
    """Serve the dashboard in the folder of the results."""
    with serve_dashboard(cwd=base) as found:
        yield found


def test_a_folder_is_listed_and_its_map_has_the_means(browser, server, base):
    with open_sweeps(browser, server) as page:
        texts = page.locator(".det-folder").all_inner_texts()
        assert [each.splitlines()[-1].split(" · ")[0] for each in texts] == [
            "runs/deeper/spread", "runs/grid", "runs/hurt", "sweeps/broken", "sweeps/sobol",
        ]  # fmt: skip
        assert "12 of 12 points" in texts[1]
        assert "2 failed" in texts[3]
        assert "Cannot be opened" in texts[2]
        save_screenshot(page, "sweeps-list-light-1366")
        open_folder(page, "runs/grid")
        expect(page.locator("#det-question")).to_have_text("Where does <b>trust</b> end?")
        page.get_by_label("Outcome or indicator").select_option("mean_trust")
        expect(page.locator("#det-heat-text")).to_contain_text("Trust, mean over the run")
        wait_until_read(page)
        summary = summary_by_point(base / "runs" / "grid")
        means = summary.pivot_table("mean_trust", WEIGHT, TRUST).to_numpy()
        np.testing.assert_allclose(np.array(heat_map(page)["means"], float), means, atol=1e-6)
        table = page.locator(".det-heat tbody tr")
        page.get_by_text("The map as a table").click()
        assert table.nth(0).locator("td").all_inner_texts() == [f"{each:.3g} (1)" for each in means[-1]]
        expect(page.get_by_role("img", name="Map of the outcome")).to_have_accessible_description(
            re.compile(f"ranges from {means.min():.3g} at .* to {means.max():.3g} at ")
        )
        page.get_by_label("Horizontal axis").select_option(WEIGHT)  # swaps the axes
        expect(page.get_by_label("Vertical axis")).to_have_value(TRUST)
        page.wait_for_function(f"() => ({STATE})().heat.means.length === 3")
        np.testing.assert_allclose(np.array(heat_map(page)["means"], float), means.T, atol=1e-6)
        assert accessibility_violations(page) == []
        assert fits_width(page)
        save_screenshot(page, "sweeps-grid-light-1366")


def test_a_cell_opens_explore_by_keyboard(browser, server):
    with open_sweeps(browser, server) as page:
        open_folder(page, "runs/grid")
        first = page.locator(".det-cells a[tabindex='0']")
        expect(first).to_have_count(1)
        first.focus()
        for key in ("ArrowUp", "ArrowUp", "ArrowRight"):
            page.keyboard.press(key)
        expect(page.locator(".det-readout")).to_contain_text("one point")
        page.keyboard.press("Enter")
        expect(page.locator("nav a[aria-current]")).to_have_text("Explore")
        assert_eventually(lambda: parse_link(page.evaluate("location.search"))[0].page, "explore")
        setting = parse_link(page.evaluate("location.search"))[0].setting
        values = dict(setting.changes)
        assert (values["rounds"], setting.scenario, setting.seed) == (8, "two-states", 1)
        assert (values[TRUST], values[WEIGHT]) == (0.5, 4)  # from the lower left corner, two up and one to the right
        page.keyboard.press("Control+z")  # reopens the folder
        expect(page.locator("#det-question")).to_be_visible(timeout=COLD_START_MS)
        wait_until_read(page)


def test_a_path_opens_inside_the_base_folder_only(browser, server, base):
    with open_sweeps(browser, server) as page:
        field = page.get_by_label("Another folder")
        for wrong in ("..", "/etc", str(base.parent), "runs/way-out"):
            field.fill(wrong)
            field.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("is outside the folder in which this server was started")
            expect(page.locator("#det-question")).to_have_count(0)
        field.fill("runs")
        field.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("has no results of a sweep")
        field.fill("elsewhere/grid")
        field.press("Enter")
        expect(page.locator(".det-swept")).to_contain_text("5 of 12 points", timeout=COLD_START_MS)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator(".det-swept")).to_contain_text("The sweep is not complete")
        wait_until_read(page)
        assert sum(each == 0 for row in heat_map(page)["counts"] for each in row) == 7
        expect(page.locator(".det-cells a")).to_have_count(5)


def test_a_shared_link_opens_the_folder_and_choices(browser, server):
    with open_sweeps(browser, server) as page:
        open_folder(page, "runs/grid")
        page.get_by_label("Outcome or indicator").select_option("mean_trust")
        wait_until_read(page)
        page.get_by_label("Horizontal axis").select_option(WEIGHT)
        expect(page.get_by_label("Vertical axis")).to_have_value(TRUST)
        wait_until_read(page)
        query = urlsplit(page.url).query
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Vertical axis")).to_have_value(WEIGHT)
    assert parse_link(query)[0].sweep_view[:4] == ("runs/grid", "mean_trust", WEIGHT, TRUST)
    with open_dashboard(browser, server, query, ready=wait_until_read) as page:
        expect(page.locator("#det-question")).to_have_text("Where does <b>trust</b> end?")
        expect(page.get_by_label("Outcome or indicator")).to_have_value("mean_trust")
        expect(page.get_by_label("Vertical axis")).to_have_value(TRUST)


@pytest.mark.parametrize("folder", ["/etc", "runs/way-out", "runs/../../outside", "runs"])
def test_a_link_to_a_folder_outside_is_refused(browser, server, folder):
    link = Link(Setting("two-states"), page="sweeps", sweep_view=SweepView(folder))
    with open_dashboard(browser, server, format_link(link)) as page:
        expect(page.get_by_role("alert")).to_contain_text("folder", timeout=COLD_START_MS)
        expect(page.locator(".det-folders")).to_be_visible()
        expect(page.locator("#det-question")).to_have_count(0)


def test_failed_points_are_reported_and_excluded(browser, server):
    with open_sweeps(browser, server) as page:
        read_broken = page.locator(".det-folder", has_text="sweeps/broken")
        read_broken.click()
        expect(page.locator(".det-swept .det-error")).to_contain_text(
            re.compile(r"2 points failed \(\w+\), first point 2: .*doctrine.*Failed points are excluded", re.S),
            timeout=COLD_START_MS,
        )
        wait_until_read(page)
        heat = heat_map(page)
        assert np.array(heat["counts"]).sum() == 2
        expect(page.locator(".det-boxed")).to_contain_text("2 points are too few; 30 are needed")


def test_a_spread_sample_shows_bins_and_associations(browser, server, base):
    summary = summary_by_point(base / "runs" / "deeper" / "spread")
    with open_sweeps(browser, server) as page:
        show_tension(page)
        heat = heat_map(page)
        count = len(heat["x"]["labels"])
        edges = np.linspace(0.0, 1.0, count + 1)
        cuts = [
            pd.cut(summary[path], edges, labels=False, include_lowest=True) for path in (TRUST, "states.alba.dialogue")
        ]
        means = summary.groupby([cuts[1], cuts[0]])["mean_tension"].agg(["mean", "count"]).unstack()
        shown = np.array([[np.nan if each is None else each for each in row] for row in heat["means"]])
        np.testing.assert_allclose(shown, means["mean"].to_numpy(), atol=1e-6)
        np.testing.assert_array_equal(np.array(heat["counts"]), means["count"].fillna(0).to_numpy())
        expect(page.locator(".det-ranking")).to_contain_text("Spearman's rank correlation")
        expect(page.locator(".det-ranking")).to_contain_text("No indices for this folder")
        rows = page.evaluate(f"({STATE})().ranking.rows")
        ranks = summary.rank()
        expected = [abs(np.corrcoef(ranks[path], ranks["mean_tension"])[0, 1]) for path in (*SPREAD["levers"], WEIGHT)]
        np.testing.assert_allclose([abs(row["value"]) for row in rows], sorted(expected, reverse=True), atol=1e-9)
        assert all(row["low"] < row["value"] < row["high"] for row in rows)


def test_the_box_of_a_spread_sample_leads_to_explore(browser, server, base):
    folder = base / "runs" / "deeper" / "spread"
    with open_sweeps(browser, server, theme="dark") as page:
        show_tension(page)
        above = float(f"{summary_by_point(folder)['mean_tension'].median():.3g}")
        field = page.get_by_label("Threshold")
        field.fill(str(above))
        field.press("Enter")
        expect(page.locator(".det-lead")).to_contain_text(str(above))
        wait_until_read(page)
        box = discover(folder, "mean_tension", above)
        expect(page.locator(".det-boxed")).to_contain_text(f"{box.cases} of {box.points} points reach {above:g}")
        assert len(box.edges) > 0
        expect(page.locator(".det-limits li")).to_have_count(len(box.edges))
        link = page.get_by_role("link", name="Open the middle of the box").get_attribute("href")
        opens, notes = parse_link(link or "")
        assert notes == []
        values = dict(opens.setting.changes)
        inside = box_midpoint(box, stored_study(folder))
        assert {path: values[path] for path in inside} == inside
        assert accessibility_violations(page) == []
        assert fits_width(page)
        save_screenshot(page, "sweeps-spread-dark-1366")
        page.set_viewport_size({"width": 390, "height": 844})
        assert_eventually(lambda: fits_width(page), True)
        assert accessibility_violations(page) == []
        save_screenshot(page, "sweeps-spread-dark-390")
        field.fill("99")
        field.press("Enter")
        expect(page.locator(".det-boxed")).to_contain_text("No box: no point reaches it: mean_tension ranges from")


def test_a_sobol_design_is_ranked_by_its_indices(browser, server, base):
    sensitivity = sweep_sensitivity(base / "sweeps" / "sobol", "mean_trust")
    with open_sweeps(browser, server) as page:
        open_folder(page, "sweeps/sobol")
        page.get_by_label("Outcome or indicator").select_option("mean_trust")
        page.wait_for_function(f"() => ({STATE})().heat.outcome.startsWith('Trust') && ({STATE})().ranking")
        wait_until_read(page)
        rows = page.evaluate(f"({STATE})().ranking.rows")
        np.testing.assert_allclose([row["value"] for row in rows], sensitivity.indices["total"])
        np.testing.assert_allclose([row["high"] - row["value"] for row in rows], sensitivity.indices["total_interval"])
        text = page.locator(".det-ranking").inner_text()
        assert "The sample is small (16 of 256 recommended)" in text
        assert f"{round(100 * sensitivity.noise)} % of the variance between points is random" in text
        assert "Spearman" not in text
        save_screenshot(page, "sweeps-sobol-light-1366")


def test_the_commands_of_the_empty_page_create_results(browser, tmp_path, monkeypatch):
    with serve_dashboard(cwd=tmp_path) as address, open_sweeps(browser, address) as page:
        expect(page.locator("main")).to_contain_text("No results yet")
        commands = page.locator("pre").all_inner_texts()
        assert accessibility_violations(page) == []
        assert fits_width(page)
        save_screenshot(page, "sweeps-light-1366")
        monkeypatch.chdir(tmp_path)
        for command in commands:
            words = shlex.split(command) + (["--points", "3"] if "--out" in command else [])
            done = CliRunner().invoke(app, words[1:])
            assert (words[0], done.exit_code) == ("detente", 0), done.output
        page.get_by_role("button", name="Refresh").click()
        expect(page.locator(".det-folder")).to_contain_text("3 of ", timeout=COLD_START_MS)
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Compare").click()
        expect(page.locator("nav a[aria-current]")).to_have_text("Compare")


def test_input_from_the_browser_is_checked(base):
    opened_folder = read_folder(base, "runs/grid")
    look = SweepView("runs/grid")
    assert (complete_choice(look, opened_folder).x, complete_choice(look, opened_folder).y) == (TRUST, WEIGHT)
    assert updated_choice(opened_folder, look, {"x": WEIGHT})[2:4] == (WEIGHT, TRUST)
    assert updated_choice(opened_folder, look, {"outcome": "mean_trust"}).outcome == "mean_trust"
    for wrong in (
        {"outcome": "point"}, {"x": "no.such"}, {"above": float("nan")}, {"above": True}, {"above": "1"}, {"folder": "/"}
    ):  # fmt: skip
        with pytest.raises(ScenarioError):
            updated_choice(opened_folder, look, wrong)
    for nothing in ((None, look), (opened_folder, SweepView("runs/other"))):
        with pytest.raises(ScenarioError, match="no folder is open"):
            updated_choice(*nothing, {"x": TRUST})
    for wrong in ("\0", "a" * 5000, "~", "runs/grid/manifest.json"):
        with pytest.raises(ScenarioError):
            check_folder(wrong, base)
    assert sweeps.sweep_facts(Link())["sweep"].startswith("detente sweep ")
