"""Rule points out in waves, until a sample of what is left is found (history matching; Vernon et al. 2010)."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.calibration.evaluation import Evaluation, evaluate_point
from experiments.calibration.moves import propose_moves, resample, sobol_points, wave_cutoffs
from experiments.calibration.store import CalibrationStore
from experiments.calibration.targets import Targets, load_targets

CHUNK = 16  # points
FIRST_CUTOFF = 6.0  # implausibility that rules a point out in the first of several waves
CUTOFF = 3.0  # in the last one (three standard deviations; Pukelsheim 1994)
LEAST_LEFT = 24  # points that a wave keeps at least: otherwise its cutoff is raised
WHOLE = 128  # points of the first wave for which every target is tested, for the joint table


class CalibrationSettings(NamedTuple):
    """How a calibration runs.

    points: tried in each wave. waves: number of waves. walkers: points that move at the same time. candidates: points
    that are played with more worlds, at most. worlds: of each arm, by stage: in the waves, then for what they leave.
    """

    points: int = 2048
    waves: int = 6
    walkers: int = 256
    candidates: int = 2000
    worlds: tuple[int, ...] = (40, 200, 1000)
    seed: int = 1


class Progress(NamedTuple):
    """What has been done: the wave or stage, its points done and in total, those left, and the cutoff."""

    step: str
    done: int
    total: int
    left: int
    cutoff: float


class WaveResult(NamedTuple):
    """The result of a wave or stage: the points tried, those left, and the cutoff."""

    name: str
    tried: int
    left: int
    cutoff: float


class Population(NamedTuple):
    """Points with their worst implausibility and weights: [point, parameter], [point], [point]."""

    points: np.ndarray
    worst: np.ndarray
    weights: np.ndarray

    def within(self, cutoff: float) -> "Population":
        """Return the points that are not ruled out at a cutoff."""
        kept = self.worst <= cutoff
        return Population(self.points[kept], self.worst[kept], self.weights[kept])


class Waves:
    """The waves of one calibration: a function of the targets and the settings, evaluated chunk by chunk."""

    def __init__(
        self,
        targets: Targets,
        settings: CalibrationSettings,
        store: CalibrationStore,
        executor: Executor,
        progress: Callable[[Progress], None] = lambda _: None,
    ):
        self.targets, self.settings, self.store, self.executor = targets, settings, store, executor
        self.progress = progress
        self.results: list[WaveResult] = []
        self.paths = [each.path for each in targets.parameters]

    def run(self) -> tuple[Population, list[Evaluation]]:
        """Return the sample with its evaluations at the last stage. It can be empty."""
        cutoffs = wave_cutoffs(self.settings.waves, FIRST_CUTOFF, CUTOFF)
        left = self.first_wave(cutoffs[0])
        for number, cutoff in enumerate(cutoffs[1:], 2):
            if not len(left.points):
                break
            left = self.moving_wave(number, cutoff, left)
        return self.examine_closely(left)

    @property
    def whole(self) -> int:
        """Return the number of first points at which every target is tested."""
        return min(WHOLE, self.settings.points)

    def first_points(self) -> np.ndarray:
        """Return the points of the first wave, [point, parameter]."""
        return sobol_points(self.targets.parameters, self.settings.points, self.settings.seed)

    def first_wave(self, cutoff: float) -> Population:
        """Return what a Sobol sample leaves. All targets are tested at the first points."""
        points, whole = self.first_points(), self.whole
        found = self.evaluate("wave-1-whole", points[:whole], self.settings.worlds[0], np.inf)
        found += self.evaluate("wave-1", points[whole:], self.settings.worlds[0], cutoff)
        return self._keep(points, found, cutoff, len(points))

    def _keep(self, points: np.ndarray, found: Sequence[Evaluation], cutoff: float, tried: int) -> Population:
        """Return the points within a cutoff, raised if fewer than LEAST_LEFT are; record the wave."""
        worst = np.array([each.worst for each in found])
        if (worst <= cutoff).sum() < LEAST_LEFT:
            cutoff = float(np.sort(worst)[min(LEAST_LEFT, len(worst)) - 1])
        left = Population(points, worst, np.ones(len(points))).within(cutoff)
        self.results.append(WaveResult("wave 1", tried, len(left.points), cutoff))
        return left

    def moving_wave(self, number: int, cutoff: float, before: Population) -> Population:
        """Return the distinct points that the walkers visited in a wave, weighted by their visits.

        The walkers begin at points left before, as close to the cutoff as LEAST_LEFT points are; each half of them
        moves by the other. In the last wave, points above the cutoff are ruled out at the end.
        """
        rng = np.random.default_rng([self.settings.seed, number])
        reachable = max(cutoff, float(np.sort(before.worst)[min(LEAST_LEFT, len(before.worst)) - 1]))
        start = before.within(reachable)
        at = resample(start.weights, self.settings.walkers, rng)
        points, worst, cutoffs = start.points[at].copy(), start.worst[at].copy(), reachable
        half, sweeps = self.settings.walkers // 2, max(round(self.settings.points / self.settings.walkers), 2)
        visited: list[tuple[np.ndarray, np.ndarray]] = []
        for sweep in range(sweeps):
            cutoffs = max(cutoff, min(cutoffs, float(np.quantile(worst, 0.5))))
            outside = np.flatnonzero(worst > cutoffs)
            inside_at = rng.choice(np.flatnonzero(worst <= cutoffs), len(outside))
            points[outside], worst[outside] = points[inside_at], worst[inside_at]
            for side, moving in enumerate((slice(0, half), slice(half, None))):
                others = points[half:] if side == 0 else points[:half]
                proposed = propose_moves(points[moving], others, self.targets.parameters, rng)
                name = f"wave-{number}-{sweep + 1:02d}{'ab'[side]}"
                found = self.evaluate(name, proposed, self.settings.worlds[0], cutoffs)
                better = np.array([each.worst for each in found])
                accepted = better <= cutoffs
                where = np.arange(self.settings.walkers)[moving][accepted]
                points[where], worst[where] = proposed[accepted], better[accepted]
            visited.append((points.copy(), worst.copy()))
        return self._visited(number, visited, cutoff, sweeps)

    def _visited(
        self, number: int, visited: Sequence[tuple[np.ndarray, np.ndarray]], cutoff: float, sweeps: int
    ) -> Population:
        """Return the distinct points among those visited, weighted by their number, within the cutoff if any are."""
        points, places, counts = np.unique(
            np.concatenate([points for points, _ in visited]), axis=0, return_index=True, return_counts=True
        )
        worst = np.concatenate([worst for _, worst in visited])[places]
        found = Population(points, worst, counts.astype(float))
        left = found.within(cutoff) if (worst <= cutoff).any() else found
        self.results.append(WaveResult(f"wave {number}", sweeps * self.settings.walkers, len(left.points), cutoff))
        return left

    def examine_closely(self, left: Population) -> tuple[Population, list[Evaluation]]:
        """Return the points that stay with more and more worlds, and their evaluations at the last stage."""
        order = np.random.default_rng([self.settings.seed, 0, 1]).permutation(len(left.points))
        left, found = Population(*(each[order[: self.settings.candidates]] for each in left)), []
        for stage, worlds in enumerate(self.settings.worlds[1:], 2):
            found = self.evaluate(f"stage-{stage}", left.points, worlds, CUTOFF)
            worst = np.array([each.worst for each in found])
            tried, kept = len(found), worst <= CUTOFF
            left = Population(left.points, worst, left.weights).within(CUTOFF)
            found = [each for each, keep in zip(found, kept, strict=True) if keep]
            self.results.append(WaveResult(f"{worlds:,} worlds", tried, len(left.points), CUTOFF))
        return left, found

    def evaluate(
        self, name: str, points: np.ndarray, worlds: int, cutoff: float, predicted: bool = False
    ) -> list[Evaluation]:
        """Evaluate points in chunks; those in the store are read, the others are stored as they finish."""
        chunks = {f"{name}-{begin:05d}": points[begin : begin + CHUNK] for begin in range(0, len(points), CHUNK)}
        found = {key: self.store.load(key, len(chunk)) for key, chunk in chunks.items()}
        done = sum(len(each) for each in found.values() if each)
        jobs = {
            key: self.executor.submit(evaluate_chunk, self.targets.source, self.paths, chunk, worlds, cutoff, predicted)
            for key, chunk in chunks.items()
            if found[key] is None
        }
        try:
            for key in chunks:
                if key in jobs:
                    found[key] = jobs[key].result()
                    self.store.save(key, chunks[key], found[key] or [])
                    done += len(chunks[key])
                left = sum(each.worst <= cutoff for each in _all(found.values()))
                self.progress(Progress(name, done, len(points), left, cutoff))
        finally:
            for job in jobs.values():
                job.cancel()
        return list(_all(found.values()))


def _all(chunks: Iterable[list[Evaluation] | None]) -> Iterator[Evaluation]:
    for chunk in chunks:
        yield from chunk or ()


def evaluate_chunk(
    source: str, paths: Sequence[str], points: np.ndarray, worlds: int, cutoff: float, predicted: bool
) -> list[Evaluation]:
    """Evaluate the fitted or the predicted targets at points, [point, parameter]. source: of the targets, as JSON."""
    targets = _targets(source).predicted if predicted else _targets(source).fitted
    return [evaluate_point(dict(zip(paths, point.tolist(), strict=True)), targets, worlds, cutoff) for point in points]


@cache
def _targets(source: str) -> Targets:
    return load_targets(json.loads(source))
