"""Run a calibration in a folder, resume it, and write what it found."""

import hashlib
import json
import multiprocessing
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.calibration import summary
from experiments.calibration.store import CalibrationStore
from experiments.calibration.targets import SHIPPED_TARGETS, Targets, load_targets
from experiments.calibration.waves import CUTOFF, CalibrationSettings, Population, Progress, WaveResult, Waves
from experiments.engine.kernel import load_kernel
from experiments.engine.processes import processor_count
from experiments.ensembles.plausible import SHIPPED_SAMPLE, PlausibleSample, load_sample
from experiments.validation.patterns import scenarios_digest
from model.compiler import source_digest
from model.errors import InputError, ScenarioError
from model.version import VERSION

MAX_POINTS, MAX_WAVES, MAX_WORKERS = 1_000_000, 50, 256
DEFAULT_SETTINGS = CalibrationSettings()
PREDICTED_POINTS, PREDICTED_WORLDS = 64, 200


class Calibration(NamedTuple):
    """What a calibration found.

    sample: None if every point was ruled out. conflicts: pairs of targets that few points pass together.
    """

    folder: Path
    sample: PlausibleSample | None
    waves: list[WaveResult]
    parameters: list[summary.ParameterRow]
    pairs: list[summary.PairRow]
    targets: list[summary.TargetRow]
    conflicts: list[summary.ConflictRow]

    def as_data(self) -> dict[str, Any]:
        """Return the results as plain JSON data, without the sample."""
        facts = {} if self.sample is None else self.sample.facts
        return {
            **{name: facts.get(name) for name in ("version", "model_digest", "targets_digest", "seed", "played")},
            "points": 0 if self.sample is None else len(self.sample.points),
            **{name: summary.as_data(getattr(self, name)) for name in self._fields[2:]},
        }


def check_settings(settings: CalibrationSettings, workers: int | None) -> None:
    """Raise ScenarioError with all settings that are out of range."""
    limits = {
        "--points": (settings.points, 32, MAX_POINTS),
        "--waves": (settings.waves, 1, MAX_WAVES),
        "--workers": (processor_count() if workers is None else workers, 1, MAX_WORKERS),
    }
    errors = [
        InputError(name, value, f"allowed is {low:,} to {high:,}")
        for name, (value, low, high) in limits.items()
        if not low <= value <= high
    ]
    if errors:
        raise ScenarioError(errors)


def calibrate(
    targets: str | Path | Mapping[str, Any] | Targets = SHIPPED_TARGETS,
    out: str | Path = "calibration",
    settings: CalibrationSettings = DEFAULT_SETTINGS,
    workers: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Calibration:
    """Find the points that the targets do not rule out, and write it to ``sample.json`` in a folder.

    The result depends on the targets, the settings and the model only. After any interruption, the same call resumes.
    Raises ScenarioError if the targets or settings are invalid, or if the folder holds another calibration; OSError if
    a file cannot be written.
    """
    check_settings(settings, workers)
    checked = targets if isinstance(targets, Targets) else load_targets(targets)
    facts = {
        "version": VERSION,
        "model_digest": source_digest(),
        "scenarios_digest": scenarios_digest(),
        "targets": json.loads(checked.source),
        "code_digest": code_digest(),
        **{name: json.loads(json.dumps(value)) for name, value in settings._asdict().items()},
    }
    load_kernel()  # compiled once, before the workers load it
    folder = Path(out)
    pool = ProcessPoolExecutor(
        workers or processor_count(), multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        with CalibrationStore(folder, facts) as store:
            waves = Waves(checked, settings, store, pool, progress)
            left, found = waves.run()
            result = _conclude(checked, settings, waves, left, found, folder)
            if result.sample is not None:
                result.sample.save(folder / "sample.json")
            return result
    except BrokenProcessPool:
        problem = "a worker was ended by the system (perhaps for lack of memory); the same command resumes"
        raise ScenarioError([InputError("--workers", workers or processor_count(), problem)]) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def code_digest() -> str:
    """Return the hash of the source files of this package."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def _start_worker() -> None:
    """Let the main process decide about Ctrl+C, and load the kernel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load_kernel()


def _conclude(
    targets: Targets, settings: CalibrationSettings, waves: Waves, left: Population, found: list[Any], folder: Path
) -> Calibration:
    """Return the results: the sample, and what it says about parameters and targets."""
    whole = waves.evaluate("wave-1-whole", waves.first_points()[: waves.whole], settings.worlds[0], np.inf)
    passed = summary.passes(whole, CUTOFF)
    conflicts = summary.conflict_rows(targets.fitted, passed)
    if not len(left.points):
        rows = summary.target_rows(targets.fitted, [], np.array([]), CUTOFF, passed)
        return Calibration(folder, None, waves.results, [], [], rows, conflicts)
    weights = left.weights / left.weights.sum()
    rows = summary.target_rows(targets.fitted, found, weights, CUTOFF, passed)
    if targets.predicted:
        chosen = np.random.default_rng([settings.seed, 0, 2]).permutation(len(weights))[:PREDICTED_POINTS]
        predicted = waves.evaluate("prediction", left.points[chosen], PREDICTED_WORLDS, np.inf, predicted=True)
        rows += summary.target_rows(targets.predicted, predicted, weights[chosen], CUTOFF)
    facts = {
        "version": VERSION,
        "model_digest": source_digest(),
        "targets_digest": targets.digest,
        "seed": settings.seed,
        "waves": summary.as_data(waves.results),
        "played": sum(each.tried for each in waves.results),
        "targets": summary.as_data(rows),
        "conflicts": summary.as_data(conflicts),
    }
    sample = PlausibleSample(tuple(waves.paths), left.points, weights, facts)
    parameters = summary.parameter_rows(sample, targets.parameters)
    return Calibration(folder, sample, waves.results, parameters, summary.pair_rows(sample), rows, conflicts)


def stored_calibration(path: str | Path = SHIPPED_SAMPLE, targets: Targets | None = None) -> Calibration:
    """Return the calibration that made a sample file, by default the shipped one, from what the file says.

    targets: with the ranges that were searched; by default the shipped ones. Raises ScenarioError if the file is
    invalid.
    """
    sample = load_sample(path)
    ranges = {each.path: each for each in (targets or load_targets()).parameters}
    return Calibration(
        Path(path).parent,
        sample,
        [WaveResult(**row) for row in sample.facts["waves"]],
        summary.parameter_rows(sample, [ranges[each] for each in sample.paths]),
        summary.pair_rows(sample),
        [_target_row(row) for row in sample.facts["targets"]],
        [summary.ConflictRow(**row) for row in sample.facts["conflicts"]],
    )


def _target_row(row: Mapping[str, Any]) -> summary.TargetRow:
    bounds = {
        "low": -np.inf if row["low"] is None else row["low"],
        "high": np.inf if row["high"] is None else row["high"],
    }
    return summary.TargetRow(**{**row, **bounds, "quantiles": row["quantiles"] and tuple(row["quantiles"])})
