"""The job of Watch: a run and its twin, played once for all browsers that ask for the same.

The browser plays the run: nothing is asked of the server from round to round. A run with injected events
comes with its twin, the same run with the same random draws and without them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from agents.assembly import Assembly
from dashboards.interventions import Openings
from dashboards.link import Setting, scenario_of
from dashboards.messages import Json
from dashboards.web.jobs.background import JobUpdate, Report, follow, never
from dashboards.web.pages.watch.messages import Deed, RunMessage, TwinMessage
from dashboards.web.pages.watch.run_message import deeds_of, run_message
from dashboards.web.pages.watch.twin import twin_message
from experiments.engine.pool import CancelledError

BEGINNINGS = (60, 180, 420, 780)  # rounds after which a long run is shown as far as it is played

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


def watch(setting: Setting, stop: Stop = never) -> Iterator[JobUpdate]:
    """Yield updates of a run until it is played: results are WatchedRun, and that of the last has its twin."""
    for news in follow(key(setting), partial(play, setting), stop):
        if news.over and news.result is not None and setting.events:
            yield from beside_twin(setting, news.result, stop)
        else:
            yield news._replace(result=news.result and WatchedRun(setting, news.result.message))


def beside_twin(setting: Setting, own: PlayedRun, stop: Stop) -> Iterator[JobUpdate]:
    """Play the twin of a run, the same without what was injected, and compare the two."""
    twin = setting._replace(events=())
    for news in follow(key(twin), partial(play, twin), stop):
        if news.over and news.result is not None:
            yield news._replace(result=WatchedRun(setting, own.message, against_twin(own, news.result)))
        else:
            yield news._replace(result=None)


def against_twin(own: PlayedRun, twin: PlayedRun) -> Json[TwinMessage]:
    """Return the message of a run's twin."""
    numbers = first_difference(own.trajectory, twin.trajectory)
    return Json.of(twin_message(own.message.read(), twin.message.read(), numbers))


def first_difference(one: np.ndarray, other: np.ndarray) -> int | None:
    """Return the first round in which any indicator differs."""
    rows = (one != other).any(axis=1)
    return int(rows.argmax()) if rows.any() else None


def key(setting: Setting) -> tuple[str, Setting]:
    """Return what a run depends on: not on how many others there are."""
    return "watch", setting._replace(worlds=0)


def play(setting: Setting, report: Report, stop: Stop = never) -> PlayedRun:
    """Play a run round by round and write its message. Raises CancelledError if told to stop."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    chances, begun = Openings(), None
    deeds: list[Deed] = []

    def played() -> PlayedRun:
        return PlayedRun(Json.of(run_message(model, setting, chances, deeds)), model.trajectory)

    for now in range(scenario.rounds):
        if now in BEGINNINGS and now <= scenario.rounds / 2:
            begun = played()
        if now % 10 == 0:
            report(now, scenario.rounds, begun)
            if stop():
                raise CancelledError
        chances.before(model)
        model.step()
        chances.after(model)
        deeds += deeds_of(model)
    return played()
