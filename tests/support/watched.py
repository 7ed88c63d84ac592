"""A watched run as the page has it, and as its ledger tells it."""

from agents.assembly import Assembly
from dashboards.page_link import Setting
from dashboards.reports.chronicle import DECISIONS, row_group
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.watch.job import WatchedRun, follow_watched_run

SETTING = Setting("us-iran-2026")


def watch_run(setting: Setting) -> WatchedRun:
    """Play the run of a setting, and its twin."""
    news = JobUpdate()
    for news in follow_watched_run(setting):  # noqa: B007
        pass
    assert news.finished
    assert news.error == ""
    return news.result


def decision_sentences(model: Assembly, now: int) -> list[str]:
    """Return the sentences of a round's decisions and events."""
    return [row.sentence for row in model.ledger.rows if row.round == now and row_group(row) == DECISIONS]
