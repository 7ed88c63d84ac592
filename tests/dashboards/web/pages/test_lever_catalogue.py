"""The adjustable values on Explore and Compare: what the scenario, as changed, reads."""

import pytest
from support.browser import expect
from support.explore import open_explore

from dashboards.page_link import Setting
from dashboards.web.pages.shared.setting_edits import catalogue_of, with_change
from model.errors import ScenarioError


def paths(setting):
    """Return the paths of all rows of a setting's catalogue."""
    return {row["path"] for group in catalogue_of(setting)["groups"] for row in group["rows"]}


def test_rows_follow_the_changes_of_a_setting():
    plain, reward = Setting("two-states"), "states.alba.reward"
    assert reward not in paths(plain)
    changed = with_change(plain, "states.alba.doctrine", "assurance")
    assert reward in paths(changed)
    assert "states.alba.generosity" in paths(plain) - paths(changed)


def test_a_changed_value_keeps_its_row_when_nothing_reads_it():
    setting = with_change(Setting("two-states"), "states.alba.reward", 2.0)
    assert "states.alba.reward" in paths(setting)
    assert paths(setting) - paths(Setting("two-states")) == {"states.alba.reward"}
    with pytest.raises(ScenarioError, match=r"did you mean `states\.alba\.reward`"):
        with_change(Setting("two-states"), "states.alba.rewrd", 2.0)


def test_every_state_keeps_its_doctrine_without_other_levers():
    setting = Setting("us-iran-2026", changes=(("mechanisms.reciprocity", False),))
    assert {"states.israel.doctrine", "states.eu3.cooperates_first"} <= paths(setting)
    assert "states.israel.generosity" not in paths(setting)


def test_a_catalogue_states_the_fields_of_its_rows_only():
    catalogue = catalogue_of(Setting("us-iran-2026"))
    used = {row["field"] for group in catalogue["groups"] for row in group["rows"]}
    assert used == {*catalogue["fields"]}
    assert catalogue["scenario"] == "us-iran-2026"


def test_levers_appear_with_the_doctrine_that_reads_them(browser, address):
    with open_explore(browser, address) as page:
        page.get_by_label("Find a lever, uncertainty or mechanism").fill("iran")
        initiative, generosity = (
            page.get_by_role("slider", name=f"Iran, {each}") for each in ("Initiative", "Generosity")
        )
        expect(generosity).to_have_count(1)
        expect(initiative).to_have_count(0)
        page.get_by_role("combobox", name="Iran, Doctrine").select_option("contrition")
        expect(generosity).to_have_count(0)
        page.get_by_role("combobox", name="Iran, Doctrine").select_option("initiative")
        expect(initiative).to_have_count(2)  # also its cost
