"""The handlers of Explore: no change is lost that arrives before the page has rendered an earlier one."""

import pytest

from dashboards.page_link import Link, Setting
from dashboards.web.jobs.explore_worker import ExploreWorker
from dashboards.web.pages.explore.actions import Draft, ExploreActions

BETRAYAL = {"path": "belief.betrayal_weight", "value": 3.5}
OPENNESS = {"path": "states.alba.dialogue", "value": 0.4}
WANTED = {BETRAYAL["path"]: BETRAYAL["value"], OPENNESS["path"]: OPENNESS["value"]}


class Page:
    """A page whose links are rendered only when the test says so."""

    def __init__(self, worker):
        self.links, self._worker, self._draft = [Link(Setting("two-states", worlds=20))], worker, Draft()
        self.actions = self.handlers(self.links[0])

    def handlers(self, link):
        return ExploreActions(link, self.links.append, self._worker, self._draft, lambda: None, lambda setting: None)

    def render(self, link):
        self.actions = self.handlers(link)
        self.actions.play_link()

    @property
    def changes(self):
        return dict(self.links[-1].setting.changes)


@pytest.fixture
def page():
    worker = ExploreWorker(lambda shown: None)
    yield Page(worker)
    worker.close()


def change(page, sent):
    page.actions.preview(sent)
    page.actions.commit(None)


def test_two_changes_before_a_rendering_are_both_kept(page):
    change(page, BETRAYAL)
    change(page, OPENNESS)
    assert page.changes == WANTED


def test_a_slider_that_moves_during_a_rendering_keeps_its_value(page):
    change(page, BETRAYAL)
    page.actions.preview(OPENNESS)
    page.render(page.links[-1])
    page.actions.commit(None)
    assert page.changes == WANTED


def test_a_late_rendering_loses_no_later_change(page):
    change(page, BETRAYAL)
    first = page.links[-1]
    change(page, OPENNESS)
    page.render(first)
    page.actions.commit(None)
    assert page.changes == WANTED


def test_a_link_from_elsewhere_replaces_changes_under_way(page):
    page.actions.preview(OPENNESS)
    page.render(Link(Setting("two-states", seed=7, worlds=20)))
    change(page, BETRAYAL)
    assert page.changes == {BETRAYAL["path"]: BETRAYAL["value"]}
    assert page.links[-1].setting.seed == 7
