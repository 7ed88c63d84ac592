"""A run of the Watch page, and the sentences of its ledger."""

from agents.assembly import Assembly
from dashboards.page_link import Setting
from dashboards.reports.chronicle import DECISIONS, row_group
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.watch.job import WatchedRun, follow_watched_run

SETTING = Setting("us-iran-2026")


def watch_run(setting: Setting) -> WatchedRun:
    """Return the run of a setting with its comparison run."""
    update = JobUpdate()
    for update in follow_watched_run(setting):  # noqa: B007
        pass
    assert update.finished
    assert update.error == ""
    return update.result


def decision_sentences(model: Assembly, round_number: int) -> list[str]:
    """Return the sentences of the decisions and events of a round."""
    return [row.sentence for row in model.ledger.rows if row.round == round_number and row_group(row) == DECISIONS]
