"""What would it take, on the page Explore: the question, the answers, and what can be done with them."""

import re

import pytest
from support.browser import COLD_START_MS, assert_eventually, expect
from support.explore import link_changes, open_explore, wait_until_settled
from support.pages import current_link

from dashboards.page_link import Setting
from dashboards.web.pages.explore.advice import Question, lever_roles, read_question
from experiments.ensembles.ensemble import play_ensemble
from model.errors import ScenarioError
from model.parameter_space import list_levers

FORM = {"outcome": "some_deal", "percent": 50, "roles": ["states"], "most": 2}


def test_a_question_becomes_a_goal_and_words():
    question = read_question(FORM)
    assert (question.goal, question.words) == ("some_deal >= 0.5", "some deal in at least 50 % of worlds")
    assert Question("breakdown", 12.5, ("states",), 1).goal == "breakdown <= 0.125"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "peace"}, "outcome: no such outcome"),
        ({"percent": 101}, "target: must be between 0 and 100 percent"),
        ({"percent": ""}, "target: must be between 0 and 100 percent"),
        ({"most": 4}, "most changes: must be 1 to 3"),
        ({"roles": []}, "levers: choose at least one kind"),
    ],
)
def test_a_wrong_question_names_the_field_and_the_range(change, message):
    with pytest.raises(ScenarioError) as error:
        read_question(FORM | change)
    assert message in str(error.value.errors[0])


def test_roles_cover_every_lever_once():
    from dashboards.page_link import scenario_of

    setting = Setting("us-iran-2026")
    paths = [path for role in lever_roles(setting).values() for path in role]
    assert sorted(paths) == sorted(lever.path for lever in list_levers(scenario_of(setting)))


def ask(page, percent, role):
    """Ask what it would take to reach some deal in a percentage of worlds, by levers of one role; return the drawer."""
    page.get_by_role("button", name="What would it take?").click()
    drawer = page.locator("#det-take")
    drawer.get_by_label("Percent of worlds").fill(str(percent))
    for label in drawer.locator("fieldset label").all():
        if label.inner_text().strip() != role:
            label.locator("input").uncheck()
    drawer.get_by_role("button", name="Find out").click()
    return drawer


def test_an_answer_is_found_applied_and_compared(browser, address):
    with open_explore(browser, address, Setting("two-states", worlds=64)) as page:
        drawer = ask(page, 55, "Facilitators")
        expect(drawer.get_by_text("As it is now")).to_be_visible(timeout=COLD_START_MS)
        expect(drawer.locator("h3")).to_contain_text("Some deal in at least 55 % of worlds: reached by")
        card = drawer.locator(".det-answers li").first
        share = int(re.search(r"(\d+) % \(", card.inner_text())[1])
        card.get_by_role("button", name="Apply").click()
        expect(drawer).to_be_hidden()
        assert_eventually(lambda: bool(link_changes(page)), True)
        wait_until_settled(page)
        changes = link_changes(page)
        assert all(path.startswith("facilitators.") for path in changes)
        deals = play_ensemble("two-states", 1000, 65, changes=changes).shares()
        reached = deals["comprehensive_deal"].share + deals["partial_arrangement"].share
        assert share == round(100 * reached)
        assert reached >= 0.55
        page.get_by_role("button", name="Undo", exact=True).click()
        page.get_by_role("button", name="What would it take?").click()
        drawer.get_by_role("button", name="Compare").first.click()
        assert_eventually(lambda: current_link(page).page, "compare")
        assert dict(current_link(page).arms[0].changes) == changes


def test_a_goal_that_is_not_reached_is_said_plainly(browser, address):
    with open_explore(browser, address, Setting("two-states", worlds=64)) as page:
        drawer = ask(page, 100, "Verification bodies")
        expect(drawer.locator("h3")).to_contain_text("not reached", timeout=COLD_START_MS)
        page.get_by_role("button", name="Stories").click()  # one drawer at a time
        expect(drawer).to_be_hidden()
        expect(page.locator("#det-drawer")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#det-drawer")).to_be_hidden()
