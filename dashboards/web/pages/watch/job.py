"""The job of Watch: a run and its twin, played once for all browsers that ask for the same.

The browser plays the run: nothing is asked of the server from round to round. A run with injected events
comes with its twin, the same run with the same random draws and without them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from agents.assembly import Assembly
from dashboards.injected_events import EffectiveRounds
from dashboards.messages import Json
from dashboards.page_link import Setting, scenario_of
from dashboards.web.jobs.background import JobUpdate, ReportProgress, follow, never_stop
from dashboards.web.pages.watch.messages import Activity, RunMessage, TwinMessage
from dashboards.web.pages.watch.run_message import round_activities, run_message
from dashboards.web.pages.watch.twin import twin_message
from experiments.engine.pool import CancelledError

PARTIAL_ROUNDS = (60, 180, 420, 780)  # rounds after which a long run is shown as far as it is played

Stop = Callable[[], bool]


class PlayedRun(NamedTuple):
    """One run, or its beginning: its message, and every indicator in full."""

    message: Json[RunMessage]
    trajectory: np.ndarray


class WatchedRun(NamedTuple):
    """A run as the browser plays it, and its twin without the injected events, if there are any."""

    setting: Setting
    run: Json[RunMessage]
    twin: Json[TwinMessage] = Json()


def follow_watched_run(setting: Setting, stop: Stop = never_stop) -> Iterator[JobUpdate]:
    """Yield updates of a run until it is played: results are WatchedRun, and that of the last has its twin."""
    for news in follow(run_key(setting), partial(play_run, setting), stop):
        if news.finished and news.result is not None and setting.events:
            yield from follow_twin(setting, news.result, stop)
        else:
            yield news._replace(result=news.result and WatchedRun(setting, news.result.message))


def follow_twin(setting: Setting, own: PlayedRun, stop: Stop) -> Iterator[JobUpdate]:
    """Play the twin of a run, the same without what was injected, and compare the two."""
    twin = setting._replace(events=())
    for news in follow(run_key(twin), partial(play_run, twin), stop):
        if news.finished and news.result is not None:
            yield news._replace(result=WatchedRun(setting, own.message, compare_with_twin(own, news.result)))
        else:
            yield news._replace(result=None)


def compare_with_twin(own: PlayedRun, twin: PlayedRun) -> Json[TwinMessage]:
    """Return the message of a run's twin."""
    numbers = first_difference(own.trajectory, twin.trajectory)
    return Json.of(twin_message(own.message.read(), twin.message.read(), numbers))


def first_difference(one: np.ndarray, other: np.ndarray) -> int | None:
    """Return the first round in which any indicator differs."""
    rows = (one != other).any(axis=1)
    return int(rows.argmax()) if rows.any() else None


def run_key(setting: Setting) -> tuple[str, Setting]:
    """Return what a run depends on: not on how many others there are."""
    return "watch", setting._replace(worlds=0)


def play_run(setting: Setting, report: ReportProgress, stop: Stop = never_stop) -> PlayedRun:
    """Play a run round by round and write its message. Raises CancelledError if told to stop."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    chances, begun = EffectiveRounds(), None
    activities: list[Activity] = []

    def played() -> PlayedRun:
        return PlayedRun(Json.of(run_message(model, setting, chances, activities)), model.trajectory)

    for now in range(scenario.rounds):
        if now in PARTIAL_ROUNDS and now <= scenario.rounds / 2:
            begun = played()
        if now % 10 == 0:
            report(now, scenario.rounds, begun)
            if stop():
                raise CancelledError
        chances.record_before_round(model)
        model.step()
        chances.record_after_round(model)
        activities += round_activities(model)
    return played()
