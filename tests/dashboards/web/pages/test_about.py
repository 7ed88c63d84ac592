"""About: the round, the limits, the glossary and the sources."""

import re
from pathlib import Path

from support.browser import accessibility_violations, expect, fits_width, open_dashboard, save_screenshot

from dashboards.page_link import Setting, scenario_of
from dashboards.web.pages.about import page as about
from dashboards.web.pages.about.glossary import GLOSSARY
from model.mechanisms import Mechanisms
from model.protocol import ACT_INDEX, PROTOCOL

ROOT = Path(__file__).parents[4]


def test_about_shows_the_round_the_limits_and_the_glossary(browser, address):
    with open_dashboard(browser, address, "page=about") as page:
        expect(page.get_by_role("img", name=re.compile("^The round as a ring of 11 stages: 1 "))).to_be_visible()
        page.locator(".det-stages button").nth(7).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".det-acts li b")).to_have_text(["examine", "answer proposal", "ratify"])
        words = " ".join(page.locator(".det-two").inner_text().split())
        for line in (
            "It does not forecast",
            "in this run with these random draws",
            "Force as a strategy.",
        ):
            assert line in words
        search = page.get_by_label("Search the glossary")
        search.fill("two-level")
        expect(page.locator(".det-glossary dt")).to_have_text(["Two-level game"])
        page.get_by_text("Sources of the parameters").click()
        expect(page.locator(".det-wide tbody tr").first).to_contain_text("Molander 1985")
        page.get_by_label("Sources of a scenario").select_option(label=scenario_of(Setting("two-states")).title["en"])
        expect(page.locator(".det-cited li")).to_contain_text("No facts are used")
        assert page.evaluate("document.querySelectorAll('.det-cited a').length") == 0
        assert accessibility_violations(page) == []
        assert fits_width(page)
        save_screenshot(page, "about-light-1366")
        for name, heading in (("validation", "What the model reproduces"), ("trace", "TRACE")):
            with page.context.expect_page() as opening:
                page.get_by_role("link", name=f"docs/{name}.md").click()
            expect(opening.value.locator("h1")).to_contain_text(heading)
            assert fits_width(opening.value)
            save_screenshot(opening.value, f"docs-{name}")


def test_about_shows_the_whole_text_of_the_limits():
    shown = "".join(part["words"] for block in about.limit_blocks() for line in block["lines"] for part in line)
    limits = (ROOT / "docs" / "limits.md").read_text("utf-8")
    text = re.sub(r"\[\w+\.md\]\([^)]*\)|^- |[*`#]", "", limits.partition("\n")[2], flags=re.MULTILINE)
    assert [word for word in text.split() if word not in shown] == []


def test_the_stages_match_the_readme_and_cover_every_act_once():
    stages = about.stages()
    assert [act["name"] for stage in stages for act in stage["acts"]] == [
        act.name.replace("_", " ") for act in PROTOCOL
    ]
    table = re.findall(r"^\| \d+ \|.*\| ([M\d, ]+) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert len(table) == len(stages)
    numbers = {name: info.description.split(":")[0] for name, info in Mechanisms.model_fields.items()}
    starts = [ACT_INDEX[stage.first] for stage in about.STAGES]
    for row, start, end in zip(table, starts, [*starts[1:], len(PROTOCOL)], strict=True):
        played = {numbers[act.mechanism] for act in PROTOCOL[start:end] if act.mechanism}
        listed = {*row.replace(" ", "").split(",")}
        assert 2 * len(listed & played) >= len(listed), row
        assert len(played - listed) <= 1, row


def test_the_glossary_is_sorted_and_the_documents_exist():
    words = [word for word, _ in GLOSSARY]
    assert words == sorted(words, key=str.lower)
    assert len({*words}) == len(words)
    assert all(meaning.endswith(".") and meaning.count(". ") <= 2 for _, meaning in GLOSSARY)
    assert all((ROOT / name).is_file() for name, _ in about.DOCS)
