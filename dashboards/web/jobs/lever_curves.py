"""Response curves of levers: the share of each outcome along a lever's range, all else as it is.

Curves are played in the background: one browser's at a time, visible levers first, and never while a page waits for
its worlds. A curve depends on its setting, negotiation and lever alone, so all browsers share it.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import batched
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from dashboards.page_link import Setting, changes_with_lists, load_scenario_data, scenario_of
from dashboards.web.jobs.queue import JOB_QUEUE
from experiments.engine.pool import CancelledError
from experiments.engine.processes import in_each_process
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.plausible_design import with_draws
from experiments.ensembles.plausible_worlds import find_sample
from experiments.ensembles.play_design import measure_points
from model.enumerations import Outcome
from model.measures import classify_outcomes

VALUES, WORLDS = 9, 100  # of a curve
LEVERS_AT_ONCE = 4  # played before the next result is shown
MAX_CURVES = 4000  # cached
PAUSE = 0.05  # seconds between two looks at the queue


class LeverCurve(NamedTuple):
    """The shares of outcomes at some values of a lever: [value, outcome], over a number of worlds."""

    values: tuple[float, ...]
    shares: np.ndarray
    worlds: int


class CurveRange(NamedTuple):
    """The ends of a lever's slider, and whether only whole numbers are allowed."""

    low: float
    high: float
    whole: bool

    @property
    def values(self) -> list[float]:
        """Return the values of the curve: evenly spread, both ends included."""
        values = np.linspace(self.low, self.high, VALUES)
        return [int(each) for each in np.unique(values.round())] if self.whole else values.tolist()


_cache: LRUCache[tuple[Setting, str, str], LeverCurve]
_lock: threading.Lock  # of the cache
_turn: threading.Lock  # of the browser whose curves are played


@in_each_process
def _start_empty() -> None:
    global _cache, _lock, _turn
    _cache, _lock, _turn = LRUCache(MAX_CURVES), threading.Lock(), threading.Lock()


def stream_curves(
    setting: Setting,
    talks: str,
    levers: Mapping[str, CurveRange],
    publish: Callable[[dict[str, LeverCurve]], None],
    stop: Callable[[], bool],
) -> None:
    """Publish the curves of some levers, those that are known at once and the others as they are played.

    publish: receives all curves so far. It ends early once ``stop()`` is true.
    """
    with _lock:
        known = {path: _cache.get((setting, talks, path)) for path in levers}
    found = {path: curve for path, curve in known.items() if curve is not None}
    if found:
        publish(dict(found))
    for paths in batched([path for path in levers if path not in found], LEVERS_AT_ONCE, strict=False):
        curves = _wait_and_play(setting, talks, {path: levers[path] for path in paths}, stop)
        if curves is None:
            return
        with _lock:
            _cache.update({(setting, talks, path): curve for path, curve in curves.items()})
        found |= curves
        publish(dict(found))


def _wait_and_play(
    setting: Setting, talks: str, levers: Mapping[str, CurveRange], stop: Callable[[], bool]
) -> dict[str, LeverCurve] | None:
    """Play some levers as soon as no page waits for its worlds; return None if stopped."""
    while not stop():
        if JOB_QUEUE.is_empty and _turn.acquire(timeout=PAUSE):
            try:
                return play_curves(setting, talks, levers, lambda: stop() or not JOB_QUEUE.is_empty)
            except CancelledError:
                pass
            finally:
                _turn.release()
        time.sleep(PAUSE)
    return None


def play_curves(
    setting: Setting, talks: str, levers: Mapping[str, CurveRange], stop: Callable[[], bool] = lambda: False
) -> dict[str, LeverCurve]:
    """Play the curves of some levers in the first worlds of a setting. Raises CancelledError once ``stop()`` is true.

    A value that contradicts others of the setting is left out.
    """
    changes = changes_with_lists(setting.changes)
    plans = Plans(load_scenario_data(setting.scenario), changes, setting.events)
    points = [(path, value) for path, lever in levers.items() for value in lever.values]
    worlds, negotiation = min(WORLDS, setting.worlds), list(plans.scenario.negotiations).index(talks)

    def shares(trajectories: np.ndarray) -> np.ndarray:
        outcomes = classify_outcomes(trajectories, negotiation)
        return np.bincount(outcomes, minlength=len(Outcome)) / len(outcomes)

    def check(_: int) -> None:
        if stop():
            raise CancelledError

    how = Replications(worlds, setting.seed, True, scenario_of(setting).rounds)
    design = Design.of_changes(plans, [{path: value} for path, value in points])
    if setting.plausible:  # every world is a point of its own, with its draw
        design = with_draws(design, find_sample(), worlds, setting.seed)
        single = measure_points(design, how._replace(worlds=1, cycle=worlds), shares, progress=check)
        measured = [_mean(part) for part in batched(single, worlds, strict=True)]
    else:
        measured = measure_points(design, how, shares, progress=check)
    return {path: _curve(path, points, measured, worlds) for path in levers}


def _mean(worlds: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """Return the mean over worlds, None if one of them could not be played."""
    played = [each for each in worlds if each is not None]
    return np.mean(played, axis=0) if len(played) == len(worlds) else None


def _curve(
    path: str, points: Sequence[tuple[str, float]], measured: Sequence[np.ndarray | None], worlds: int
) -> LeverCurve:
    rows = [
        (value, own) for (each, value), own in zip(points, measured, strict=True) if each == path and own is not None
    ]
    shares = np.array([own for _, own in rows]).reshape(len(rows), len(Outcome))
    return LeverCurve(tuple(value for value, _ in rows), shares, worlds)
