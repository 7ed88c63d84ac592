"""The ensemble engine: chunks of worlds, played by the threads of the pool and collected as they finish.

World number k of an ensemble with seed S is the run with seed S + k. The compiled kernel releases the
interpreter lock. The results do not depend on the size of chunks or the number of threads.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from experiments.engine.draw_cache import fits_in_cache
from experiments.engine.kernel import load_kernel, play_blocks
from experiments.engine.pool import run_in_order, thread_pool
from experiments.engine.processes import processor_count
from experiments.ensembles.metrics import WorldMeasures, freeze, metric_values, runs_by_length
from experiments.ensembles.outcomes import NegotiationOutcomes, negotiation_outcomes
from experiments.ensembles.statistics import percentile_bands
from model.errors import InputError, ScenarioError
from model.measures import indicator_names
from model.plan import StartCells
from model.scenario import Scenario
from model.world import World

CHUNK_SIZE = 128  # worlds played between two calls of stop
DIGEST_COUNT = 10  # worlds whose trajectories are hashed, for comparison with watched runs
BAND_WORLDS = 5_000  # by default bands are computed from the first worlds only
NO_MEASURES = WorldMeasures()


class WorldPoints(NamedTuple):
    """The points at which worlds play: the cells in which they differ, and the point of each world, int [world]."""

    cells: StartCells
    rows: np.ndarray

    def part(self, first: int, size: int) -> "WorldPoints":
        """Return the points of some worlds."""
        return self._replace(rows=self.rows[first : first + size])


class WorldChunk(NamedTuple):
    """A world to start from, the position of the first world of the chunk, the number of its worlds, their points."""

    start: World
    first: int
    size: int
    points: WorldPoints | None = None


def world_chunks(start: World, worlds: int, points: WorldPoints | None = None) -> Iterator[WorldChunk]:
    """Split worlds with the same start into chunks. points: where they differ from it, if they do."""
    for first in range(0, worlds, CHUNK_SIZE):
        size = min(CHUNK_SIZE, worlds - first)
        yield WorldChunk(start, first, size, points and points.part(first, size))


class ResultCollector:
    """The results of finished chunks, by position; several threads may add chunks at once.

    outcomes, first_deal: as in NegotiationOutcomes. means, ends: float32 [world, indicator], over the rounds and at
    the end; if ``paired``, the means are float64. fingerprints: if ``paired``, a hash of each trajectory, uint64.
    trajectories: float64 [world, round, indicator], of all worlds if ``keep``, else of the first DIGEST_COUNT.
    band_values: ``dtype`` [indicator, round, world], the indicators ``band_indicators`` of the first ``band_worlds``.
    metric_values: float64 [world, metric], NaN if missing. last_rounds: int16 [world], the last round of each world;
    with a stopping condition, the other results are those of a run that ends there, and in ``trajectories`` and
    ``band_values`` the values of that round stay until the end.
    done: number of worlds, from the first on, that have been collected.
    """

    def __init__(
        self,
        scenario: Scenario,
        worlds: int,
        rounds: int | None = None,
        *,
        keep: bool = False,
        paired: bool = False,
        band_worlds: int = BAND_WORLDS,
        band_indicators: slice = slice(None),
        dtype: type = np.float64,
        measures: WorldMeasures = NO_MEASURES,
    ):
        if worlds < 1:
            raise ScenarioError([InputError("worlds", worlds, "must be at least 1")])
        self.worlds, self.rounds, self.done = worlds, scenario.rounds if rounds is None else rounds, 0
        self.negotiations, self.band_indicators, self.keeps_all = list(scenario.negotiations), band_indicators, keep
        count, names = len(self.negotiations), indicator_names(self.negotiations)
        self.outcomes = np.empty((worlds, count), np.int8)
        self.first_deal = np.empty((worlds, count), np.int16)
        self.means = np.empty((worlds, len(names)), np.float64 if paired else np.float32)
        self.ends = np.empty((worlds, len(names)), np.float32)
        self.fingerprints = np.empty(worlds, np.uint64) if paired else None
        self.band_values = np.empty((len(names[band_indicators]), self.rounds + 1, min(worlds, band_worlds)), dtype)
        self.measures, self.last_rounds = measures, np.full(worlds, self.rounds, np.int16)
        self.metric_values = np.empty((worlds, len(measures.metrics)))
        self.trajectories = np.empty((worlds if keep else min(worlds, DIGEST_COUNT), self.rounds + 1, len(names)))

    def add(self, first: int, trajectories: np.ndarray) -> None:
        """Add the trajectories of some worlds, [world, round, indicator], from position ``first`` on."""
        place = slice(first, first + len(trajectories))
        if self.measures.stop_when is None:
            self._summarize(place, trajectories)
        else:
            self.last_rounds[place] = self.measures.stop_when.last_rounds(trajectories)
            for places, runs in runs_by_length(trajectories, self.last_rounds[place]):
                self._summarize(first + places, runs)
            trajectories = freeze(trajectories, self.last_rounds[place])
        self.metric_values[place] = metric_values(self.measures.metrics, trajectories, self.last_rounds[place])
        band_series = trajectories[:, :, self.band_indicators]
        for target, part in ((self.trajectories, trajectories), (self.band_values.T, band_series)):
            count = min(max(len(target) - first, 0), len(trajectories))
            target[first : first + count] = part[:count]

    def _summarize(self, place: slice | np.ndarray, trajectories: np.ndarray) -> None:
        """Store the summaries of runs of one length at their positions."""
        self.outcomes[place], self.first_deal[place] = negotiation_outcomes(trajectories, len(self.negotiations))
        self.means[place] = trajectories[:, 1:].mean(axis=1)
        self.ends[place] = trajectories[:, -1]
        if self.fingerprints is not None:
            self.fingerprints[place] = [fingerprint(trajectory) for trajectory in trajectories]

    def outcomes_so_far(self) -> NegotiationOutcomes:
        """Return a copy of the outcomes of the worlds so far."""
        return NegotiationOutcomes(self.outcomes[: self.done].copy(), self.first_deal[: self.done].copy())

    def mean(self) -> np.ndarray:
        """Return the mean over the worlds so far: float64 [round, indicator]. Call it before the final ``bands``."""
        return self.band_values[:, :, : self.done].mean(axis=-1, dtype=np.float64).T

    def bands(self, threads: int | None = 1) -> np.ndarray:
        """Return the bands over the worlds so far; once all worlds are there, this sorts ``band_values`` in place."""
        parts = np.array_split(self.band_values, 1 if threads == 1 else processor_count())
        if self.done < self.worlds:
            parts = [part[:, :, : self.done].copy() for part in parts]
        bands = map(percentile_bands, parts) if threads == 1 else thread_pool().map(percentile_bands, parts)
        return np.concatenate(list(bands), axis=-1)


def fingerprint(trajectory: np.ndarray) -> int:
    """Return a 64-bit hash of a trajectory."""
    normalized = trajectory + 0.0  # minus zero equals zero
    return int.from_bytes(hashlib.blake2b(normalized.tobytes(), digest_size=8).digest())


def stream_ensemble(
    collector: ResultCollector,
    chunks: Iterable[WorldChunk],
    seed: int,
    threads: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Generator[int]:
    """Play chunks, add their results to ``collector``, and yield after each chunk the number of worlds collected.

    At every step ``collector`` has complete results of the first worlds. threads: 1 plays in the calling thread.
    Closing the iterator cancels the rest. Raises CancelledError if ``stop`` returns true.
    """
    load_kernel()

    def play(chunk: WorldChunk) -> int:
        seeds = np.arange(chunk.first, chunk.first + chunk.size, dtype=np.uint64) + np.uint64(seed)
        cache_draws = fits_in_cache(chunk.start, collector.worlds, collector.rounds)
        varied = chunk.points or (None, None)
        for part, trajectories in play_blocks(chunk.start, seeds, collector.rounds, cache_draws, *varied):
            collector.add(chunk.first + part.start, trajectories)
        return chunk.size

    for size in run_in_order(play, chunks, 1 if collector.worlds <= CHUNK_SIZE else threads, stop):
        collector.done += size
        yield collector.done
