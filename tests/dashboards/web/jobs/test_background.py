"""Background jobs: run once for all followers, stopped when nobody follows."""

import threading
import time
from functools import partial

from support.pages import not_cancelled

from dashboards.web.jobs import background
from dashboards.web.jobs.background import follow
from experiments.engine.pool import CancelledError
from model.errors import InputError, ScenarioError


class Slow:
    """A job that runs until the test ends it."""

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


def test_a_job_runs_once_for_all_followers_and_is_cached():
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


def test_a_job_stops_after_its_last_follower_leaves(monkeypatch):
    monkeypatch.setattr(background, "GRACE_SECONDS", 0.1)
    play, leave = Slow(), [False, False]
    threads = [gather(("left", id(play)), play, partial(leave.__getitem__, at)) for at in range(2)]
    leave[0] = True
    threads[0][0].join(60)
    assert not play.stopped.wait(0.6)
    leave[1] = True
    assert play.stopped.wait(60)


def test_a_failure_becomes_a_message_and_is_not_cached():
    def fail(report, stop):
        raise ScenarioError([InputError("worlds", 3, "is too few")])

    def crash(report, stop):
        raise ZeroDivisionError("by zero")

    assert "is too few" in [*follow("fails", fail, not_cancelled)][-1].error
    assert "ZeroDivisionError" in [*follow("breaks", crash, not_cancelled)][-1].error
    assert [*follow("breaks", lambda report, stop: 5, not_cancelled)][-1].result == 5
