"""A watched run as the page has it, and as its ledger tells it."""

from agents.assembly import Assembly
from dashboards.link import Setting
from dashboards.reports.chronicle import TOLD, group_of
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.watch.job import WatchedRun, watch

SETTING = Setting("us-iran-2026")


def watched(setting: Setting) -> WatchedRun:
    """Play the run of a setting, and its twin."""
    news = JobUpdate()
    for news in watch(setting):  # noqa: B007
        pass
    assert news.over
    assert news.fault == ""
    return news.result


def told_in(model: Assembly, now: int) -> list[str]:
    """Return the sentences of a round's decisions and events."""
    return [row.sentence for row in model.ledger.rows if row.round == now and group_of(row) == TOLD]
