"""What a page shows of a setting: bands over its worlds, the watched run, outcomes and first deals.

A result depends on its setting and on nothing else, so all browsers share those that were played.
World number k is the run with seed ``seed + k``; the watched run is world number 0.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import NamedTuple

import numpy as np

from dashboards.link import Setting, scenario_of
from dashboards.web.jobs.background import never
from experiments.engine.dice_cache import worth_keeping
from experiments.engine.kernel import measure_many
from experiments.engine.pool import pool
from experiments.ensembles.statistics import Times, bands_of, first_above_zero
from model.errors import Fault, ScenarioError
from model.measures import BY_NEGOTIATION, EN_ROUTE, NARROW, WIDE, outcomes_of, series
from model.overrides import forced
from model.scenario import Scenario
from model.world import World

CHUNK = 32  # worlds played without asking whether to stop
AHEAD = 4  # chunks that wait for a free thread
LEAST = 32  # worlds from which on an unfinished result is worth showing
FIRST_LOOK, NEXT_LOOK = 0.1, 0.4  # seconds until an unfinished result is shown, and shown again
SOON = 0.15  # seconds; what is finished so soon is not shown before
MOST_CELLS = 40_000_000  # numbers held while a result is made: 160 MB
MOST_KEPT = 64_000_000  # bytes of results kept


class Result(NamedTuple):
    """What became of a setting, as far as it was played.

    bands: float32 [edge, round, indicator]; the edges are PERCENTILES and, last, the mean. run:
    float32 [round, indicator] of the watched run. outcomes: int8 [world, negotiation]. first_deal:
    int16 [world, negotiation], -1 where none stood. The indicators are those of each negotiation in turn.
    """

    setting: Setting
    negotiations: tuple[str, ...]
    bands: np.ndarray
    run: np.ndarray
    outcomes: np.ndarray
    first_deal: np.ndarray

    @property
    def worlds(self) -> int:
        """Say how many worlds were played."""
        return len(self.outcomes)

    @property
    def complete(self) -> bool:
        """Say whether that is all of them."""
        return self.worlds >= self.setting.worlds

    @property
    def rounds(self) -> int:
        """Say how many rounds a run has."""
        return len(self.run) - 1

    def place(self, negotiation: str, indicator: str) -> int:
        """Find an indicator of a negotiation; the first negotiation stands in for one that is not there."""
        at = self.negotiations.index(negotiation) if negotiation in self.negotiations else 0
        return at * NARROW + EN_ROUTE[indicator]

    def outcomes_in(self, negotiation: str) -> np.ndarray:
        """Give the outcomes of one negotiation, numbers of Outcome: [world]."""
        return self.outcomes[:, self.place(negotiation, BY_NEGOTIATION[0].name) // NARROW]

    def first_deals_in(self, negotiation: str) -> Times:
        """Give the rounds to the first verified rung of one negotiation."""
        found = self.first_deal[:, self.place(negotiation, BY_NEGOTIATION[0].name) // NARROW]
        return Times(np.where(found < 0, self.rounds, found), found < 0)

    @property
    def size(self) -> int:
        """Give the bytes held."""
        return sum(part.nbytes for part in self[2:])


class Shelf:
    """Complete results, the latest used, and which settings are being played just now."""

    def __init__(self, most: int = MOST_KEPT):
        self._kept: OrderedDict[Setting, Result] = OrderedDict()
        self._played: set[Setting] = set()
        self._change = threading.Condition()
        self._most = most

    def find(self, setting: Setting | None) -> Result | None:
        """Find a result, or None."""
        with self._change:
            found = self._kept.get(setting) if setting is not None else None
            if found is not None:
                self._kept.move_to_end(found.setting)
            return found

    def put(self, result: Result) -> None:
        """Keep a result, and let go of the oldest if there is no room."""
        with self._change:
            self._kept[result.setting] = result
            self._kept.move_to_end(result.setting)
            while len(self._kept) > 1 and sum(each.size for each in self._kept.values()) > self._most:
                self._kept.popitem(last=False)

    def enter(self, setting: Setting, stop: Callable[[], bool]) -> bool:
        """Wait until nobody else plays this setting, and begin to. False if told to stop meanwhile."""
        with self._change:
            while setting in self._played:
                if stop():
                    return False
                self._change.wait(0.1)
            self._played.add(setting)
            return True

    def leave(self, setting: Setting) -> None:
        """End playing a setting, finished or not."""
        with self._change:
            self._played.discard(setting)
            self._change.notify_all()


SHELF = Shelf()


def results(setting: Setting, stop: Callable[[], bool] = never) -> Iterator[Result]:
    """Play a setting; give what is known after a moment, again now and then, and last when all is played.

    stop is asked after every chunk; once it says so, what is known by then is given, and nothing more.
    Raises ScenarioError.
    """
    if not SHELF.enter(setting, stop):
        return
    try:
        if (found := SHELF.find(setting)) is not None:
            yield found
            return
        for result in _played(setting, stop):
            if result.complete:
                SHELF.put(result)
            yield result
    finally:
        SHELF.leave(setting)


def result_of(setting: Setting, stop: Callable[[], bool] = never) -> Result | None:
    """Play a setting to its end, or None if told to stop. Raises ScenarioError."""
    *_, last = (None, *results(setting, stop))
    return last if last is not None and last.complete else None


def most_worlds(scenario: Scenario) -> int:
    """Say how many worlds of a scenario can be held at once."""
    return MOST_CELLS // ((scenario.rounds + 1) * NARROW * len(scenario.negotiations))


def _played(setting: Setting, stop: Callable[[], bool]) -> Iterator[Result]:
    scenario = scenario_of(setting)
    if setting.worlds > (most := most_worlds(scenario)):
        raise ScenarioError([Fault("worlds", setting.worlds, f"at most {most} worlds of so long a scenario fit")])
    start = World(scenario, 0, forced(scenario, setting.events))
    gathered = _Gathered(setting, scenario)
    remember = worth_keeping(start, setting.worlds, scenario.rounds)

    def play(first: int) -> np.ndarray:
        count = min(CHUNK, setting.worlds - first)
        seeds = np.arange(first, first + count, dtype=np.uint64) + np.uint64(setting.seed)
        return measure_many(start.like(setting.seed), seeds, scenario.rounds, remember)

    begun = time.monotonic()
    look = begun + FIRST_LOOK
    waiting: deque[Future[np.ndarray]] = deque()
    firsts = iter(range(0, setting.worlds, CHUNK))
    try:
        while True:
            waiting.extend(
                pool().submit(play, first) for _, first in zip(range(AHEAD - len(waiting)), firsts, strict=False)
            )
            if not waiting:
                break
            gathered.take(waiting.popleft().result())
            if gathered.done == setting.worlds:
                break
            ends = stop()
            now = time.monotonic()
            rest = (now - begun) * (setting.worlds / gathered.done - 1)
            if gathered.done >= LEAST and (ends or (now >= look and rest > SOON)):
                yield gathered.result()
                look = time.monotonic() + NEXT_LOOK
            if ends:
                return
    finally:
        for each in waiting:
            each.cancel()
    yield gathered.result()


class _Gathered:
    """What finished chunks have told: float32 [indicator, round, world], which sorts fast along worlds."""

    def __init__(self, setting: Setting, scenario: Scenario):
        self.setting, self.names = setting, tuple(scenario.negotiations)
        self.done = 0
        worlds, count = setting.worlds, len(self.names)
        self.seen = np.empty((count * NARROW, scenario.rounds + 1, worlds), np.float32)
        self.outcomes = np.empty((worlds, count), np.int8)
        self.first_deal = np.empty((worlds, count), np.int16)

    def take(self, seen: np.ndarray) -> None:
        """Add the worlds of the next chunk: [world, round, indicator]."""
        place = slice(self.done, self.done + len(seen))
        self.seen[:, :, place] = seen[:, :, WIDE:].transpose(2, 1, 0)
        for k in range(len(self.names)):
            self.outcomes[place, k] = outcomes_of(seen, k)
            self.first_deal[place, k] = first_above_zero(series(seen, k)["deal_progress"])
        self.done += len(seen)

    def result(self) -> Result:
        """Sum up the worlds so far."""
        seen = self.seen[:, :, : self.done]
        outcomes, first_deal = self.outcomes[: self.done].copy(), self.first_deal[: self.done].copy()
        return Result(self.setting, self.names, edges_of(seen), seen[:, :, 0].T.copy(), outcomes, first_deal)


def edges_of(seen: np.ndarray) -> np.ndarray:
    """Take the percentiles and the mean over worlds of [indicator, round, world]: float32 [edge, round, indicator]."""
    mean = seen.mean(axis=-1, dtype=np.float64).T[None]
    return np.concatenate([bands_of(seen.copy()), mean]).astype(np.float32)
