"""Play a design: jobs of whole points, summed over the worlds of each point as they are played."""

import time
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.kernel import BLOCK_SIZE, load_kernel
from experiments.engine.pool import CancelledError, run_in_order
from experiments.ensembles.design import Design, PointBatch, Replications, play_batch
from experiments.ensembles.design_ensemble import DesignEnsemble
from experiments.ensembles.stream import ResultCollector
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.measures import indicator_names

JOB_SIZE = 1024  # worlds of a job
JOBS_PER_BATCH = 4  # jobs whose values are applied at once
JOB_MEMORY = 100 * 2**20  # of the jobs that run at the same time


class DesignEstimate(NamedTuple):
    """The estimated time of a design in one thread, in seconds, and the memory of its results, in bytes."""

    seconds: float
    memory: int


class PointSums(NamedTuple):
    """Sums over some worlds of some points, each [point, ...].

    points: positions in the design. worlds: number of worlds summed, for each point. outcomes: [point, outcome].
    deals, deal_rounds: worlds with a verified rung, and the sum of its rounds, [point, negotiation]. means, squares,
    ends: of each world's mean indicators, their squares, and the indicators at the end. last_rounds: of the last
    rounds. metrics, metric_counts: sums of metrics and numbers of worlds that have them. trajectories: if kept.
    """

    points: np.ndarray
    worlds: int
    outcomes: np.ndarray
    deals: np.ndarray
    deal_rounds: np.ndarray
    means: np.ndarray
    squares: np.ndarray
    ends: np.ndarray
    last_rounds: np.ndarray
    metrics: np.ndarray
    metric_counts: np.ndarray
    trajectories: np.ndarray | None

    def plus(self, other: "PointSums") -> "PointSums":
        """Return the sums over the worlds of both, which have the same points."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in self._fields[1:-1]}
        both = [each.trajectories for each in (self, other) if each.trajectories is not None]
        return self._replace(**sums, trajectories=np.concatenate(both, axis=1) if both else None)


class DesignJob(NamedTuple):
    """Some replications of the points of a batch."""

    batch: PointBatch
    replications: range


def design_jobs(design: Design, worlds: int) -> Iterator[DesignJob]:
    """Yield the jobs of a design: whole points, or parts of a large point one after the other."""
    per_job = max(JOB_SIZE // worlds, 1)
    for batch in design.batches(per_job * JOBS_PER_BATCH):
        for first in range(0, len(batch.points), per_job):
            part = batch.part(slice(first, first + per_job))
            for begin in range(0, worlds, JOB_SIZE):
                yield DesignJob(part, range(begin, min(begin + JOB_SIZE, worlds)))


def collect_job(
    job: DesignJob, how: Replications, collector: ResultCollector, stop: Callable[[], bool] = lambda: False
) -> None:
    """Play a job and add its worlds to a collector, point by point. Raises CancelledError if ``stop`` returns true."""
    for first, trajectories in play_batch(job.batch, job.replications, how):
        if stop():
            raise CancelledError
        collector.add(first, trajectories)
        collector.done += len(trajectories)


def play_job(
    job: DesignJob, how: Replications, keep: bool = False, stop: Callable[[], bool] = lambda: False
) -> PointSums:
    """Play a job and return the sums over its worlds. Raises CancelledError if ``stop`` returns true."""
    points, count = len(job.batch.points), len(job.replications)
    scenario = job.batch.plan.scenario
    collector = ResultCollector(scenario, points * count, how.rounds, keep=keep, band_worlds=1, measures=how.measures)
    collect_job(job, how, collector, stop)

    def by_point(values: np.ndarray) -> np.ndarray:
        """Return values by world as values by point: [point, world, ...]."""
        return values.reshape(points, count, *values.shape[1:])

    def added(values: np.ndarray) -> np.ndarray:
        return by_point(values).sum(axis=1, dtype=np.float64)

    overall, dealt = collector.outcomes.min(axis=1), collector.first_deal >= 0
    present = ~np.isnan(collector.metric_values)
    means, metrics = collector.means.astype(np.float64), np.where(present, collector.metric_values, 0.0)
    return PointSums(
        points=job.batch.points,
        worlds=count,
        outcomes=(by_point(overall)[..., None] == np.arange(len(Outcome))).sum(axis=1),
        deals=by_point(dealt).sum(axis=1),
        deal_rounds=added(np.where(dealt, collector.first_deal, 0)),
        means=added(means),
        squares=added(means * means),
        ends=added(collector.ends),
        last_rounds=added(collector.last_rounds),
        metrics=added(metrics),
        metric_counts=by_point(present).sum(axis=1),
        trajectories=by_point(collector.trajectories) if keep else None,
    )


def estimate_design(design: Design, how: Replications, keep: bool = False) -> DesignEstimate:
    """Return an estimate of time and memory; it plays some worlds of the first points."""
    load_kernel()
    indicators = len(indicator_names(list(design.plans.scenario.negotiations)))
    kept = how.worlds * (how.rounds + 1) * indicators * 8 * keep
    per_point = 4 * len(Outcome) + 12 * len(design.plans.scenario.negotiations) + 12 * indicators
    memory = design.points * (per_point + kept + 8 * len(design.columns)) + JOB_MEMORY
    for job in design_jobs(design, how.worlds):
        few = DesignJob(job.batch.part(slice(BLOCK_SIZE // min(how.worlds, BLOCK_SIZE))), job.replications[:BLOCK_SIZE])
        play_job(few, how)  # compiles the kernel if necessary
        began = time.perf_counter()
        played = play_job(few, how)
        seconds = (time.perf_counter() - began) / (len(played.points) * played.worlds)
        return DesignEstimate(seconds * design.points * how.worlds, memory)
    return DesignEstimate(0.0, memory)


def measure_points(
    design: Design,
    how: Replications,
    measure: Callable[[np.ndarray], Any],
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Any]:
    """Play all points and return the result of ``measure`` for each, None for a point with an error.

    measure: a function of the trajectories of a point, [world, round, indicator]. progress: receives the number of
    points played. An interruption also ends the jobs that other threads play.
    """
    load_kernel()
    measured: list[Any] = [None] * design.points
    interrupted, done = Event(), 0

    def play(points: PointBatch) -> list[Any]:
        sums = play_job(DesignJob(points, range(how.worlds)), how, keep=True, stop=interrupted.is_set)
        return list(zip(points.points.tolist(), map(measure, sums.trajectories), strict=True))  # type: ignore[arg-type]

    batches = (job.batch for job in design_jobs(design, how.worlds) if job.replications.start == 0)
    try:
        for values in run_in_order(play, batches, threads):
            for point, value in values:
                measured[point] = value
            done += len(values)
            progress(done)
    except BaseException:
        interrupted.set()
        raise
    return measured


def play_design(
    design: Design,
    how: Replications,
    *,
    keep: bool = False,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> DesignEnsemble:
    """Play all points of a design.

    keep: keep all trajectories. threads: 1 plays in the calling thread. progress: receives the number of worlds
    played. stop: called between blocks. Raises ScenarioError if a point has no worlds, CancelledError if ``stop``
    returns true.
    """
    if how.worlds < 1:
        raise ScenarioError([InputError("worlds", how.worlds, "must be at least 1")])
    if doubled := how.measures.metrics.keys() & design.columns.keys():
        raise ScenarioError([InputError(f"metrics.{name}", "", "is a path of the design") for name in sorted(doubled)])
    load_kernel()
    results, done, pending = _empty_results(design, how, keep), 0, None
    jobs = design_jobs(design, how.worlds)
    for sums in run_in_order(lambda job: play_job(job, how, keep, stop), jobs, threads, stop):
        pending = sums if pending is None else pending.plus(sums)
        done += len(sums.points) * sums.worlds
        if pending.worlds == how.worlds:
            _store(results, pending)
            pending = None
        progress(done)
    return results


def _empty_results(design: Design, how: Replications, keep: bool) -> DesignEnsemble:
    scenario, points = design.plans.scenario, design.points
    negotiations = list(scenario.negotiations)
    indicators = len(indicator_names(negotiations))
    means, variances, ends = (np.zeros((points, indicators), np.float32) for _ in range(3))
    return DesignEnsemble(
        scenario=scenario.name,
        rounds=how.rounds,
        negotiations=negotiations,
        design=design.columns,
        worlds=how.worlds,
        seed=how.seed,
        common_random_numbers=how.common,
        outcomes=np.zeros((points, len(Outcome)), np.int32),
        deals=np.zeros((points, len(negotiations)), np.int32),
        deal_rounds=np.full((points, len(negotiations)), np.nan),
        means=means,
        variances=variances,
        ends=ends,
        errors={point: "; ".join(map(str, error.errors)) for point, error in design.errors.items()},
        reread=design.reread,
        metrics={name: metric.text for name, metric in how.measures.metrics.items()},
        metric_means=np.full((points, len(how.measures.metrics)), np.nan),
        metric_counts=np.zeros((points, len(how.measures.metrics)), np.int32),
        stop_when=how.measures.stop_when.text if how.measures.stop_when else None,
        last_rounds=np.full(points, np.nan),
        trajectories=np.zeros((points, how.worlds, how.rounds + 1, indicators)) if keep else None,
    )


def _store(results: DesignEnsemble, sums: PointSums) -> None:
    """Store the sums over all worlds of some points as means and variances."""
    points, worlds = sums.points, sums.worlds
    results.outcomes[points], results.deals[points] = sums.outcomes, sums.deals
    with np.errstate(invalid="ignore"):  # missing in all worlds of a point
        results.deal_rounds[points] = sums.deal_rounds / sums.deals
        results.metric_means[points] = sums.metrics / sums.metric_counts
    means = sums.means / worlds
    results.means[points], results.ends[points] = means, sums.ends / worlds
    results.variances[points] = np.maximum(sums.squares - worlds * means * means, 0.0) / max(worlds - 1, 1)
    results.metric_counts[points], results.last_rounds[points] = sums.metric_counts, sums.last_rounds / worlds
    if results.trajectories is not None and sums.trajectories is not None:
        results.trajectories[points] = sums.trajectories
