"""The Explore page in a browser."""

from playwright.sync_api import Page

from dashboards.page_link import Link, Setting, format_link
from support.browser import COLD_START_MS, expect, open_dashboard
from support.pages import current_link

SMALL_SETTING = Setting(worlds=64)
OPENNESS = "United States, Openness to talks"
SPECS = """() => Object.fromEntries([...document.querySelectorAll('.det-figure')].map((figure) =>
    [figure.dataset.chart, figure.querySelector('.det-line-chart').__vue__.spec]))"""
LINES = f"""() => Object.fromEntries(Object.entries(({SPECS})()).map(([chart, {{ bands, lines }}]) =>
    [chart, [...bands.flatMap(({{ low, high }}) => [low, high]), ...lines.map(({{ values }}) => values)]]))"""
RANGES = f"() => Object.values(({SPECS})()).map(({{ high }}) => high)"


def wait_until_settled(page: Page) -> None:
    """Wait until all requested worlds are simulated and drawn."""
    page.wait_for_function(
        """() => { const said = (document.querySelector('.det-ran') || {}).textContent || '';
        if (!/^\\s*[\\d,]+ worlds, seeds \\d+ to \\d+\\.\\s*$/.test(said)) return false;
        const { __vue__: panel } = document.querySelector('.det-controls') || {}, element = document.querySelector('.det-board');
        if (!panel || !element) return false;
        const { live, board } = element.__vue__;
        const heard = !panel.det_under_way && !Object.keys(panel.moved).length && panel.panel.asked === live.asked
          && panel.sampled.seed === panel.panel.seed && panel.sampled.worlds === panel.panel.worlds;
        return heard && live.picture.settled && live.picture.setting === live.asked && !live.busy
          && (!board.baseline || live.picture.base)
          && element.dataset.painted === `${live.picture.number} ${live.picture.worlds}`; }""",
        timeout=COLD_START_MS,
    )


def open_explore(browser, address, setting: Setting = SMALL_SETTING, **options):
    query = options.pop("query", format_link(options.pop("link", Link(setting))))
    return open_dashboard(browser, address, query, ready=wait_until_settled, **options)


def outcome_texts(page: Page) -> list[str]:
    return page.locator("[data-outcome]:not([data-outcome=first-deal]) .det-share").all_inner_texts()


def open_runs(page: Page) -> None:
    """Open the fields for the number of worlds and the seed."""
    page.get_by_text("Worlds and seed").click()


def link_changes(page: Page) -> dict:
    return dict(current_link(page).setting.changes)


def press_lever(page: Page, lever: str, key: str, times: int = 1) -> None:
    before = page.locator("#det-text-trust_first").text_content() or ""
    page.get_by_role("slider", name=lever).focus()
    for _ in range(times):
        page.keyboard.press(key)
    expect(page.locator("#det-text-trust_first")).not_to_have_text(before)
    wait_until_settled(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_text("your own scenario").click()
    page.get_by_label("Upload a scenario file").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
