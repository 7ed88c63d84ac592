"""What a page shows of a setting: bands over its worlds, the watched run, outcomes and first deals.

A result depends on its setting and on nothing else, so all browsers share those that were played.
World number k is the run with seed ``seed + k``; the watched run is world number 0.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from dashboards.page_link import Setting, scenario_of
from dashboards.web.jobs.background import never_stop
from experiments.ensembles.outcomes import WorldOutcomes
from experiments.ensembles.statistics import EventTimes
from experiments.ensembles.stream import ResultCollector, stream_ensemble, world_chunks
from model.errors import InputError, ScenarioError
from model.measures import INDICATOR_OFFSET, NEGOTIATION_COUNT, OVERALL_COUNT
from model.overrides import collect_overrides
from model.scenario import Scenario
from model.world import World

MIN_WORLDS_SHOWN = 32  # worlds from which on an unfinished result is worth showing
FIRST_UPDATE, UPDATE_INTERVAL = 0.1, 0.4  # seconds until an unfinished result is shown, and shown again
MIN_SECONDS_LEFT = 0.15  # seconds; what is finished so soon is not shown before
MAX_CELLS = 40_000_000  # numbers held while a result is made: 160 MB
MAX_CACHE_BYTES = 64_000_000  # bytes of results kept


@dataclass(eq=False)
class EnsembleResult(WorldOutcomes):
    """What became of a setting, as far as it was played.

    bands: float32 [edge, round, indicator]; the edges are PERCENTILES and, last, the mean. run: float32
    [round, indicator] of the watched run. The indicators are those of each negotiation in turn.
    """

    setting: Setting
    run: np.ndarray

    @property
    def is_complete(self) -> bool:
        """Check whether all worlds were played."""
        return self.worlds >= self.setting.worlds

    def existing_negotiation(self, negotiation: str) -> str:
        """Return a negotiation, or the first one in place of one that is not there."""
        return negotiation if negotiation in self.negotiations else self.negotiations[0]

    def indicator_index(self, negotiation: str, indicator: str) -> int:
        """Return the place of an indicator of a negotiation."""
        return (
            self.negotiations.index(self.existing_negotiation(negotiation)) * NEGOTIATION_COUNT
            + INDICATOR_OFFSET[indicator]
        )

    def outcomes_in(self, negotiation: str) -> np.ndarray:
        """Return the outcomes of one negotiation, numbers of Outcome: [world]."""
        return self.outcomes[:, self.negotiations.index(self.existing_negotiation(negotiation))]

    def first_deals_in(self, negotiation: str) -> EventTimes:
        """Return the rounds to the first verified rung of one negotiation."""
        return self.first_deals(self.existing_negotiation(negotiation))

    @property
    def byte_size(self) -> int:
        """Return the bytes held."""
        return sum(part.nbytes for part in (self.bands, self.run, self.outcomes, self.first_deal))


_results: LRUCache[Setting, EnsembleResult] = LRUCache(MAX_CACHE_BYTES, getsizeof=lambda result: result.byte_size)
_playing: set[Setting] = set()
_changed = threading.Condition()  # of both


def cached_result(setting: Setting | None) -> EnsembleResult | None:
    """Return the complete result of a setting if it is kept."""
    with _changed:
        return None if setting is None else _results.get(setting)


def stream_results(setting: Setting, stop: Callable[[], bool] = never_stop) -> Iterator[EnsembleResult]:
    """Play a setting; yield what is known after a moment, again now and then, and last when all is played.

    stop is asked after every chunk; once it says so, what is known by then is yielded, and nothing more.
    Whoever asks for a setting that is being played waits for its result. Raises ScenarioError.
    """
    with _changed:
        while setting in _playing:
            if stop():
                return
            _changed.wait(0.1)
        _playing.add(setting)
    try:
        if (found := cached_result(setting)) is not None:
            yield found
            return
        for result in _play(setting, stop):
            if result.is_complete:
                with _changed:
                    _results[setting] = result
            yield result
    finally:
        with _changed:
            _playing.discard(setting)
            _changed.notify_all()


def complete_result(setting: Setting, stop: Callable[[], bool] = never_stop) -> EnsembleResult | None:
    """Play a setting to its end, or return None if told to stop. Raises ScenarioError."""
    *_, last = (None, *stream_results(setting, stop))
    return last if last is not None and last.is_complete else None


def max_worlds(scenario: Scenario) -> int:
    """Return how many worlds of a scenario can be held at once."""
    return MAX_CELLS // ((scenario.rounds + 1) * NEGOTIATION_COUNT * len(scenario.negotiations))


def _play(setting: Setting, stop: Callable[[], bool]) -> Iterator[EnsembleResult]:
    scenario, worlds = scenario_of(setting), setting.worlds
    if worlds > (most := max_worlds(scenario)):
        raise ScenarioError([InputError("worlds", worlds, f"at most {most} worlds of so long a scenario fit")])
    gathered = ResultCollector(
        scenario, worlds, band_worlds=worlds, band_indicators=slice(OVERALL_COUNT, None), dtype=np.float32
    )
    start = World(scenario, setting.seed, collect_overrides(scenario, setting.events))
    begun = time.monotonic()
    look = begun + FIRST_UPDATE
    with closing(stream_ensemble(gathered, world_chunks(start, worlds), setting.seed)) as stream:
        for done in stream:
            if done == worlds:
                break
            ends, now = stop(), time.monotonic()
            rest = (now - begun) * (worlds / done - 1)
            if done >= MIN_WORLDS_SHOWN and (ends or (now >= look and rest > MIN_SECONDS_LEFT)):
                yield _result(setting, gathered)
                look = time.monotonic() + UPDATE_INTERVAL
            if ends:
                return
    yield _result(setting, gathered)


def _result(setting: Setting, gathered: ResultCollector) -> EnsembleResult:
    average = gathered.mean()  # the bands use up what it is taken from
    return EnsembleResult(
        gathered.rounds,
        gathered.negotiations,
        *gathered.outcomes_so_far(),
        bands=np.concatenate([gathered.bands(), average[None]]).astype(np.float32),
        setting=setting,
        run=gathered.trajectories[0, :, OVERALL_COUNT:].astype(np.float32),
    )
