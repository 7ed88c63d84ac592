"""The job of Watch: a run and its twin, computed once for all browsers that request them.

The browser plays the run back without requests to the server. A run with injected events
has a twin: the run with the same random draws and without the events.
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

PARTIAL_ROUNDS = (60, 180, 420, 780)  # rounds after which the start of a long run is shown

Stop = Callable[[], bool]


class PlayedRun(NamedTuple):
    """A run or its start: its message, and its trajectory with full precision."""

    message: Json[RunMessage]
    trajectory: np.ndarray


class WatchedRun(NamedTuple):
    """The message of a run, and of its twin if it has injected events."""

    setting: Setting
    run: Json[RunMessage]
    twin: Json[TwinMessage] = Json()


def follow_watched_run(setting: Setting, stop: Stop = never_stop) -> Iterator[JobUpdate]:
    """Yield updates of a run; results are WatchedRun, and the last one includes the twin."""
    for update in follow(run_key(setting), partial(play_run, setting), stop):
        if update.finished and update.result is not None and setting.events:
            yield from follow_twin(setting, update.result, stop)
        else:
            yield update._replace(result=update.result and WatchedRun(setting, update.result.message))


def follow_twin(setting: Setting, own: PlayedRun, stop: Stop) -> Iterator[JobUpdate]:
    """Yield updates of a run's twin; the last result includes the comparison."""
    twin = setting._replace(events=())
    for update in follow(run_key(twin), partial(play_run, twin), stop):
        if update.finished and update.result is not None:
            yield update._replace(result=WatchedRun(setting, own.message, compare_with_twin(own, update.result)))
        else:
            yield update._replace(result=None)


def compare_with_twin(own: PlayedRun, twin: PlayedRun) -> Json[TwinMessage]:
    """Return the message of a run's twin."""
    numbers = first_difference(own.trajectory, twin.trajectory)
    return Json.of(twin_message(own.message.read(), twin.message.read(), numbers))


def first_difference(one: np.ndarray, other: np.ndarray) -> int | None:
    """Return the first round in which any indicator differs."""
    rows = (one != other).any(axis=1)
    return int(rows.argmax()) if rows.any() else None


def run_key(setting: Setting) -> tuple[str, Setting]:
    """Return the key of a run, which does not depend on the number of worlds."""
    return "watch", setting._replace(worlds=0)


def play_run(setting: Setting, report: ReportProgress, stop: Stop = never_stop) -> PlayedRun:
    """Run the model round by round and return the message. Raises CancelledError when stopped."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    effective_rounds, partial_run = EffectiveRounds(), None
    activities: list[Activity] = []

    def current_run() -> PlayedRun:
        return PlayedRun(Json.of(run_message(model, setting, effective_rounds, activities)), model.trajectory)

    for now in range(scenario.rounds):
        if now in PARTIAL_ROUNDS and now <= scenario.rounds / 2:
            partial_run = current_run()
        if now % 10 == 0:
            report(now, scenario.rounds, partial_run)
            if stop():
                raise CancelledError
        effective_rounds.record_before_round(model)
        model.step()
        effective_rounds.record_after_round(model)
        activities += round_activities(model)
    return current_run()
