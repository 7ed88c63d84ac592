"""The job queue: a limited number of slots, first come first served; a cancelled job leaves the queue."""

import threading
import time

import pytest

from dashboards.page_link import Setting
from dashboards.web.jobs import explore_worker as player
from dashboards.web.jobs.explore_worker import ExploreRequest, ExploreView, ExploreWorker
from dashboards.web.jobs.queue import JobQueue


def never() -> bool:
    return False


def wait_until(true):
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_jobs_run_in_order_with_a_limited_number_at_once():
    queue, order, playing, most = JobQueue(2), [], [], []
    arrived: list[object] = []

    class Queue(list):
        def append(self, ticket):
            super().append(ticket)
            arrived.append(ticket)

    queue._queue = Queue()
    lock = threading.Lock()

    def play(number):
        with queue.slot(never) as has_slot:
            assert has_slot
            with lock:
                order.append(number)
                playing.append(number)
                most.append(len(playing))
            time.sleep(0.02)
            with lock:
                playing.remove(number)

    threads = [threading.Thread(target=play, args=(number,)) for number in range(8)]
    for number, each in enumerate(threads):
        each.start()
        wait_until(lambda number=number: len(arrived) > number)
    for each in threads:
        each.join(60)
    assert all(abs(place - number) <= 1 for place, number in enumerate(order))  # two run at once
    assert len(order) == 8
    assert max(most) == 2


def test_a_cancelled_job_leaves_the_queue():
    queue, going, held = JobQueue(1), threading.Event(), threading.Event()

    def hold():
        with queue.slot(never):
            held.set()
            going.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    assert queue.is_full
    with queue.slot(lambda: True) as has_slot:
        assert not has_slot
    going.set()
    holder.join(10)
    with queue.slot(never) as has_slot:
        assert has_slot
    assert not queue.is_full


def test_a_failed_job_releases_its_slot():
    turns = JobQueue(1)
    with pytest.raises(ZeroDivisionError), turns.slot(never):
        raise ZeroDivisionError
    assert not turns.is_full


def test_a_full_queue_delays_a_moving_slider_until_it_stops(monkeypatch):
    turns, shown, going = JobQueue(1), [], threading.Event()
    monkeypatch.setattr(player, "JOB_QUEUE", turns)

    def publish(news: ExploreView):
        shown.append(news)

    worker = ExploreWorker(publish)
    try:
        worker.request(ExploreRequest(Setting("two-states", worlds=64)))
        wait_until(lambda: bool(shown) and shown[-1].result is not None and not shown[-1].busy)
        first = shown[-1].number

        def hold():
            with turns.slot(never):
                going.wait(60)

        holder = threading.Thread(target=hold)
        holder.start()
        wait_until(lambda: turns.is_full)
        settings = [Setting("two-states", (("states.alba.dialogue", step / 100),), worlds=64) for step in range(10)]
        for setting in settings:
            worker.request(ExploreRequest(setting))
            time.sleep(0.03)
        assert shown[-1].number == first
        going.set()
        holder.join(60)
        wait_until(lambda: shown[-1].result is not None and shown[-1].result.setting == settings[-1])
        assert shown[-1].number == first + 1
        assert shown[-1].result.is_complete
    finally:
        worker.close()
