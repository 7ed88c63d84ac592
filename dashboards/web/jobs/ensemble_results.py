"""Results of a setting: bands over its worlds, the watched run, outcomes and first deals.

A result depends on its setting alone, so all browsers share it.
World k is the run with seed ``seed + k``; the watched run is world 0. With ``plausible``, each world also has a draw
from the plausible sample.
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
from experiments.engine.processes import in_each_process
from experiments.ensembles.outcomes import WorldOutcomes
from experiments.ensembles.plausible_worlds import draw_worlds, find_sample
from experiments.ensembles.statistics import EventTimes
from experiments.ensembles.stream import ResultCollector, stream_ensemble, world_chunks
from model.errors import InputError, ScenarioError
from model.measures import INDICATOR_OFFSET, NEGOTIATION_COUNT, OVERALL_COUNT
from model.overrides import collect_overrides
from model.plan import Plan
from model.scenario import Scenario
from model.world import World

MIN_WORLDS_SHOWN = 32  # worlds needed before a partial result is shown
FIRST_UPDATE, UPDATE_INTERVAL = 0.1, 0.4  # seconds until the first partial result, and between partial results
MIN_SECONDS_LEFT = 0.15  # seconds; no partial result if less time is left
MAX_CELLS = 40_000_000  # numbers held while a result is computed: 160 MB
MAX_CACHE_BYTES = 64_000_000  # bytes of cached results


@dataclass(eq=False)
class EnsembleResult(WorldOutcomes):
    """The result of a setting for the worlds run so far.

    bands: float32 [edge, round, indicator]; the edges are PERCENTILES and, last, the mean. run: float32
    [round, indicator] of the watched run. The indicators are those of each negotiation in turn.
    """

    setting: Setting
    run: np.ndarray

    @property
    def is_complete(self) -> bool:
        """Return whether all worlds were run."""
        return self.worlds >= self.setting.worlds

    def existing_negotiation(self, negotiation: str) -> str:
        """Return a negotiation, or the first one if the name is unknown."""
        return negotiation if negotiation in self.negotiations else self.negotiations[0]

    def indicator_index(self, negotiation: str, indicator: str) -> int:
        """Return the index of an indicator of a negotiation."""
        return (
            self.negotiations.index(self.existing_negotiation(negotiation)) * NEGOTIATION_COUNT
            + INDICATOR_OFFSET[indicator]
        )

    def outcomes_in(self, negotiation: str) -> np.ndarray:
        """Return the outcomes of one negotiation as numbers of Outcome: [world]."""
        return self.outcomes[:, self.negotiations.index(self.existing_negotiation(negotiation))]

    def first_deals_in(self, negotiation: str) -> EventTimes:
        """Return the rounds to the first verified rung of one negotiation."""
        return self.first_deals(self.existing_negotiation(negotiation))

    @property
    def byte_size(self) -> int:
        """Return the size in bytes."""
        return sum(part.nbytes for part in (self.bands, self.run, self.outcomes, self.first_deal))


_results: LRUCache[Setting, EnsembleResult]
_running: set[Setting]
_changed: threading.Condition  # of both


@in_each_process
def _start_empty() -> None:
    global _results, _running, _changed
    _results = LRUCache(MAX_CACHE_BYTES, getsizeof=lambda result: result.byte_size)
    _running, _changed = set(), threading.Condition()


def cached_result(setting: Setting | None) -> EnsembleResult | None:
    """Return the cached result of a setting, or None."""
    with _changed:
        return None if setting is None else _results.get(setting)


def stream_results(setting: Setting, stop: Callable[[], bool] = never_stop) -> Iterator[EnsembleResult]:
    """Run a setting; yield partial results at intervals and the complete result last.

    ``stop()`` is checked after every chunk; once it is true, a last partial result is yielded.
    A second request for a setting that is running waits for its result. Raises ScenarioError for an invalid setting.
    """
    with _changed:
        while setting in _running:
            if stop():
                return
            _changed.wait(0.1)
        _running.add(setting)
    try:
        if (cached := cached_result(setting)) is not None:
            yield cached
            return
        for result in _play(setting, stop):
            if result.is_complete:
                with _changed:
                    _results[setting] = result
            yield result
    finally:
        with _changed:
            _running.discard(setting)
            _changed.notify_all()


def complete_result(setting: Setting, stop: Callable[[], bool] = never_stop) -> EnsembleResult | None:
    """Return the complete result of a setting, or None if stopped. Raises ScenarioError for an invalid setting."""
    *_, last = (None, *stream_results(setting, stop))
    return last if last is not None and last.is_complete else None


def max_worlds(scenario: Scenario) -> int:
    """Return the largest number of worlds of a scenario that fit into memory."""
    return MAX_CELLS // ((scenario.rounds + 1) * NEGOTIATION_COUNT * len(scenario.negotiations))


def _play(setting: Setting, stop: Callable[[], bool]) -> Iterator[EnsembleResult]:
    scenario, worlds = scenario_of(setting), setting.worlds
    if worlds > (limit := max_worlds(scenario)):
        problem = f"at most {limit} worlds fit into memory for a scenario of this length"
        raise ScenarioError([InputError("worlds", worlds, problem)])
    collector = ResultCollector(
        scenario, worlds, band_worlds=worlds, band_indicators=slice(OVERALL_COUNT, None), dtype=np.float32
    )
    start = World(scenario, setting.seed, collect_overrides(scenario, setting.events))
    points = None
    if setting.plausible:
        points = draw_worlds(Plan(scenario, setting.events), find_sample(), worlds, setting.seed).start
    started = time.monotonic()
    next_update = started + FIRST_UPDATE
    with closing(stream_ensemble(collector, world_chunks(start, worlds, points), setting.seed)) as stream:
        for done in stream:
            if done == worlds:
                break
            stopped, now = stop(), time.monotonic()
            seconds_left = (now - started) * (worlds / done - 1)
            if done >= MIN_WORLDS_SHOWN and (stopped or (now >= next_update and seconds_left > MIN_SECONDS_LEFT)):
                yield _result(setting, collector)
                next_update = time.monotonic() + UPDATE_INTERVAL
            if stopped:
                return
    yield _result(setting, collector)


def _result(setting: Setting, collector: ResultCollector) -> EnsembleResult:
    mean = collector.mean()  # before the bands, which overwrite the data
    return EnsembleResult(
        collector.rounds,
        collector.negotiations,
        *collector.outcomes_so_far(),
        bands=np.concatenate([collector.bands(), mean[None]]).astype(np.float32),
        setting=setting,
        run=collector.trajectories[0, :, OVERALL_COUNT:].astype(np.float32),
    )
