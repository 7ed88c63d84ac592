"""Work in the background: done once for all who ask, and stopped when nobody waits."""

import threading
import time
from functools import partial

from support.pages import not_cancelled

from dashboards.web.jobs import background as long_work
from dashboards.web.jobs.background import follow
from experiments.engine.pool import CancelledError
from model.errors import InputError, ScenarioError


class Slow:
    """Work that takes as long as it is let."""

    def __init__(self) -> None:
        self.begun, self.ended, self.stopped = 0, threading.Event(), threading.Event()

    def __call__(self, report, stop):
        self.begun += 1
        for done in range(400):
            report(done, 400, done)
            if self.ended.wait(0.01):
                return "all"
            if stop():
                self.stopped.set()
                raise CancelledError
        return "all"


def gather(key, play, stop=not_cancelled) -> tuple[threading.Thread, list]:
    found = []
    thread = threading.Thread(target=lambda: found.extend(follow(key, play, stop)))
    thread.start()
    return thread, found


def test_work_is_done_once_for_all_who_ask_and_kept():
    play = Slow()
    threads = [gather(("once", id(play)), play) for _ in range(5)]
    while not play.begun:  # the model may have to be loaded first
        time.sleep(0.1)
    time.sleep(0.5)
    play.ended.set()
    for thread, _ in threads:
        thread.join(60)
    assert play.begun == 1
    assert all(found[-1].result == "all" and found[-1].finished for _, found in threads)
    assert any(not news.finished and isinstance(news.result, int) for news in threads[0][1])
    assert [news.result for news in follow(("once", id(play)), play, not_cancelled)] == ["all"]
    assert play.begun == 1


def test_work_stops_when_nobody_waits_for_it_and_goes_on_while_one_does(monkeypatch):
    monkeypatch.setattr(long_work, "GRACE_SECONDS", 0.1)
    play, leave = Slow(), [False, False]
    threads = [gather(("left", id(play)), play, partial(leave.__getitem__, at)) for at in range(2)]
    leave[0] = True
    threads[0][0].join(60)
    assert not play.stopped.wait(0.6)
    leave[1] = True
    assert play.stopped.wait(60)


def test_a_failure_becomes_a_sentence_and_is_not_kept():
    def fail(report, stop):
        raise ScenarioError([InputError("worlds", 3, "is too few")])

    def break_down(report, stop):
        raise ZeroDivisionError("by nought")

    assert "is too few" in [*follow("fails", fail, not_cancelled)][-1].error
    assert "ZeroDivisionError" in [*follow("breaks", break_down, not_cancelled)][-1].error
    assert [*follow("breaks", lambda report, stop: 5, not_cancelled)][-1].result == 5
