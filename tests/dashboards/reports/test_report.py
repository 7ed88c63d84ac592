"""The report of a run, opened from a file in a real browser that blocks all other requests."""

import pytest
from playwright.sync_api import Page
from support.browser import close_report, expect, open_report, wait_until

from agents.assembly import Assembly
from agents.ledger import ROUTINE_VALUES
from dashboards.reports import chronicle
from dashboards.reports.run import render_run as page_of
from dashboards.reports.run import write_run_report
from model.loading import read_scenario
from model.protocol import ACT_INDEX

HOSTILE = {
    "state": "<script>window.hacked = 1</script>",
    "other": '</script><img src=x onerror="window.hacked = 2">',
    "talks": '<b>Bold</b> & "quoted" talks\' %{y} {first} $x$',
    "rung": '<a href="javascript:window.hacked = 3">A step</a>',
}


@pytest.fixture(scope="module")
def run():
    return Assembly("two-states", rng=1).run(12)


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "run.html"
    write_run_report(run, path)
    return path


@pytest.fixture(scope="module")
def opened(browser, report):
    page = open_report(browser, report)
    yield page
    close_report(page)


@pytest.fixture
def page(opened):
    opened.evaluate("document.getElementById('filters').reset()")
    for box in opened.locator("#groups input").all()[1:]:
        box.set_checked(False)
    wait_until(opened, "shown === found.length && found.every(row => row.group === 0)")
    yield opened
    assert opened.troubles == []


def shown(page: Page) -> list[str]:
    return page.locator("#rows tr").all_inner_texts()


def rounds(page: Page) -> set[str]:
    """Return the rounds of all rows; rows outside the viewport have no spaces in their inner text."""
    return {*page.locator("#rows tr > :first-child").all_text_contents()}


def test_the_page_draws_every_chart_offline(page):
    kinds = page.locator("[data-chart]").evaluate_all("elements => elements.map(element => element.dataset.chart)")
    assert kinds == ["main", "pressure", "support", "contact", "ladder", "network"]
    for kind in kinds:
        chart = page.locator(f"[data-chart={kind}]")
        assert chart.locator("svg.main-svg").first.is_visible()
        assert chart.get_attribute("role") == "img"
        assert chart.get_attribute("aria-label")
    assert page.locator("[data-chart=main] .scatterlayer .js-line").count() == 4


def test_axes_have_units_and_a_fixed_range(page):
    axes = page.evaluate(
        "() => { const { yaxis, yaxis2, yaxis3, xaxis } = document.querySelector('[data-chart=main]').layout;"
        "return [yaxis, yaxis2, yaxis3, xaxis].map(axis => [axis.title.text, axis.range]) }"
    )
    assert [title for title, _ in axes] == [
        "trust (0 to 1)", "tension (0 to 1)", "progress (share of stake)", "round (month)"
    ]  # fmt: skip
    assert all(-0.1 < low <= 0 and 1 <= high < 1.1 for _, (low, high) in axes[:3])
    assert axes[3][1] == [-0.5, 12.5]


def test_the_header_identifies_the_run(page, run):
    head = page.locator("header").inner_text()
    for text in ("Two states", "Seed\n1\n", "Rounds\n12 of 60", "not a forecast"):
        assert text in head
    assert page.locator("h1").count() == 1
    assert page.locator("#narratives article").count() == 2
    assert "twice we were taken by surprise" in page.locator("#narratives").inner_text()


def test_the_ladder_shows_each_status(page, run):
    ladder = page.locator("[data-chart=ladder]")
    assert "Hotline between the two commands" in ladder.text_content()
    assert {"not yet proposed", "proposed"} <= set(ladder.locator(".legendtext").all_text_contents())
    spans = page.evaluate("RUN.negotiations[0].ladder.map(rung => rung.spans)")
    statuses = run.world.status[0]
    for r, rung in enumerate(spans):
        assert rung[-1]["status"] == statuses[r]
        covered = [when for span in rung for when in range(span["first"], span["last"] + 1)]
        assert covered == list(range(13)), "each round has one status"


def test_the_network_counts_messages_by_round(page, run):
    total = "edgesOf({}).reduce((sum, edge) => sum + edge.count, 0)"
    messages = [row for row in run.ledger.rows if row.kind == "signal"]
    assert page.evaluate(total.format(0)) == len(messages)
    page.locator("#network-round").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("#network-shown").inner_text() == "round 3"
    assert page.evaluate(total.format(3)) == sum(row.round == 3 for row in messages)
    page.locator("[data-messages] summary").click()
    expect(page.locator("[data-messages] tbody tr")).to_have_count(page.evaluate("edgesOf(0).length"))


def test_the_chronicle_hides_routine_decisions_by_default(page, run):
    assert len(shown(page)) == page.evaluate("ROWS.filter(row => row.group === 0).length") > 5
    assert not any("means to act" in row or "posture" in row for row in shown(page))
    page.get_by_label("routine decisions").check()
    page.get_by_label("levels").check()
    page.get_by_role("checkbox", name="messages").check()
    wait_until(page, f"found.length === {len(run.ledger.rows)}")
    assert len(shown(page)) == 200
    page.locator("#more").click()
    assert len(shown(page)) == min(400, len(run.ledger.rows))


def test_the_chronicle_filters_by_text_and_round(page):
    before = len(shown(page))
    page.get_by_label("Text").fill("BOREA")
    wait_until(page, f"document.querySelectorAll('#rows tr').length < {before}")
    assert shown(page)
    assert all("Borea" in row for row in shown(page))
    page.get_by_role("button", name="Clear").click()
    wait_until(page, f"document.querySelectorAll('#rows tr').length === {before}")
    page.get_by_label("From round").fill("3")
    page.get_by_label("To round").fill("4")
    wait_until(page, f"document.querySelectorAll('#rows tr').length < {before}")
    assert rounds(page) <= {"3", "4"}
    page.get_by_label("Text").fill("no such words")
    wait_until(page, "document.querySelectorAll('#rows tr').length === 0")
    assert page.locator("#count").inner_text() == "No matching rows."


def test_a_row_opens_its_conditions_by_keyboard(page, run):
    row = next(row for row in run.ledger.rows if row.act == "answer_proposal" and row.value)
    page.get_by_label("Text").fill(row.sentence)
    page.get_by_label("From round").fill(str(row.round))
    wait_until(page, f"found.every(row => row.round >= {row.round})")
    page.locator("#rows summary").first.focus()
    page.keyboard.press("Enter")
    opened = page.locator("#rows .opened")
    opened.wait_for()
    assert opened.locator("h3").count() == len(row.conditions)
    assert opened.locator(".term").count() == sum(len(condition.terms) for condition in row.conditions)
    verdicts = opened.locator("p").all_inner_texts()
    assert [text.startswith("Holds") for text in verdicts] == [condition.holds for condition in row.conditions]


def test_a_key_moment_leads_to_its_round(page):
    button = page.locator("#moments button").first
    button.click()
    assert rounds(page) == {button.get_attribute("data-round")}


def test_the_values_of_charts_are_available_as_a_table(page, run):
    page.locator("[data-numbers] summary").click()
    rows = page.locator("[data-numbers] tbody tr")
    expect(rows).to_have_count(13)
    assert float(rows.last.locator("td").first.inner_text()) == pytest.approx(
        run.current_indicators[run.indicator_index["border.trust_first"]], abs=1e-3
    )


@pytest.mark.parametrize("width", [390, 1366])
def test_the_page_fits_its_width(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    widths = "[...document.querySelectorAll('[data-chart]')].map(chart => [chart.layout.width, chart.clientWidth])"
    wait_until(page, f"{widths}.every(([drawn, available]) => drawn === available)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_selector("html[data-drawn]")


def test_a_change_of_colour_scheme_redraws_the_charts(page):
    line = "document.querySelector('[data-chart=main]').data[0].line.color.toLowerCase()"
    light = page.evaluate(line)
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{line} !== '{light}'")
    assert (light, page.evaluate(line)) == ("#0072b2", "#56b4e9")
    page.wait_for_selector("html[data-drawn]")
    page.emulate_media(color_scheme="light")
    wait_until(page, f"{line} === '{light}'")
    page.wait_for_selector("html[data-drawn]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    data = read_scenario("two-states")
    data["title"] = data["summary"] = {"en": HOSTILE["state"]}
    data["states"]["alba"] |= {"name": {"en": HOSTILE["state"]}, "narrative": {"en": HOSTILE["other"]}}
    data["states"]["borea"]["name"] = {"en": HOSTILE["other"]}
    data["negotiations"]["border"]["title"] = {"en": HOSTILE["talks"]}
    data["negotiations"]["border"]["rungs"]["hotline"]["title"] = {"en": HOSTILE["rung"]}
    data["events"] = [data["events"][0] | {"round": 2, "text": {"en": HOSTILE["other"]}}]
    data["sources"] = [HOSTILE["rung"]]
    path = tmp_path_factory.mktemp("hostile") / "run.html"
    write_run_report(Assembly("two-states", changes=data, rng=1).run(12), path)
    return path


def test_markup_in_names_is_shown_as_text(browser, hostile):
    page = open_report(browser, hostile)
    assert page.locator("h1").inner_text() == HOSTILE["state"]
    assert page.locator("#narratives h3").first.inner_text() == HOSTILE["state"]
    assert HOSTILE["other"] in page.locator("#narratives").inner_text()
    assert page.locator("#talks-1 h2").inner_text() == HOSTILE["talks"]
    assert "<script>window.hacked" in page.locator("[data-chart=support]").text_content()
    assert page.locator("[data-chart=ladder] .annotation-text").first.text_content() == f"1. {HOSTILE['rung']}"
    for summary in page.locator("details summary").all():
        summary.click()
    assert HOSTILE["other"] in page.locator("#rows").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, main a[href^=javascript], main b, svg a").count() == 0
    close_report(page)


def test_markup_in_tooltips_is_shown_as_text(browser, hostile):
    page = open_report(browser, hostile)
    page.evaluate("Plotly.Fx.hover(document.querySelector('[data-chart=main]'), [{ curveNumber: 0, pointNumber: 3 }])")
    page.locator("[data-chart=main] .hoverlayer text").first.wait_for(state="attached")
    assert "<script>" in page.locator("[data-chart=main] .hoverlayer").text_content()
    points = "document.querySelector('[data-chart=network]')"
    is_hostile = "/→.*onerror=/.test((trace.text || [''])[0])"
    curve = page.evaluate(f"{points}.data.findIndex(trace => {is_hostile})")
    assert curve >= 0
    page.evaluate(f"Plotly.Fx.hover({points}, [{{ curveNumber: {curve}, pointNumber: 0 }}])")
    page.locator("[data-chart=network] .hoverlayer text").first.wait_for(state="attached")
    assert "onerror=" in page.locator("[data-chart=network] .hoverlayer").text_content()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, svg a").count() == 0
    close_report(page)


def test_foreign_scripts_do_not_run(browser, report, tmp_path):
    tampered = tmp_path / "tampered.html"
    tampered.write_text(
        report.read_text("utf-8").replace("<main", "<script>window.hacked = 1</script><main", 1), "utf-8"
    )
    page = open_report(browser, tampered)
    assert page.evaluate("window.hacked") is None
    assert len(page.troubles) == 1
    assert "Content Security Policy" in page.troubles[0]
    page.context.close()


def test_a_run_without_a_ledger_has_no_chronicle(browser, tmp_path):
    path = tmp_path / "quiet.html"
    write_run_report(Assembly("two-states", rng=1, ledger=False).run(3), path)
    page = open_report(browser, path)
    assert page.locator("[data-chart=ladder]").count() == 0
    assert page.locator("[data-chart=main] svg.main-svg").first.is_visible()
    assert "has no ledger" in page.locator("#chronicle").inner_text()
    close_report(page)


def test_a_long_run_omits_the_least_informative_rows(run, monkeypatch):
    monkeypatch.setattr(chronicle, "MAX_ROWS", 200)
    text = page_of(run)
    assert "This run is long" in text
    assert "levels are not in this page" in text
    assert "levels are not in this page" not in page_of(Assembly("two-states", rng=1).run(1))


def test_the_report_is_reproducible_and_written_atomically(run, tmp_path):
    path = tmp_path / "new" / "run.html"
    write_run_report(run, path)
    assert [each.name for each in path.parent.iterdir()] == ["run.html"]
    first = path.read_bytes()
    write_run_report(run, path)
    assert path.read_bytes() == first
    assert path.stat().st_size < 6_000_000
    with pytest.raises(IsADirectoryError):
        write_run_report(run, tmp_path)


def test_routine_acts_exist():
    assert set(ROUTINE_VALUES) <= set(ACT_INDEX)
