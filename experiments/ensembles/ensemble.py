"""Many worlds of one scenario at once: indicators, bands, outcome shares, times to a deal.

World number k of an ensemble with seed S is the run with seed S + k: `detente run --seed` opens it.
Chunks of worlds are played by a few threads of one process; the compiled kernel releases the
interpreter lock, and the result is the same whatever the chunks and threads.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.engine.dice_cache import worth_keeping
from experiments.engine.kernel import kernel, measure_many
from experiments.engine.pool import CancelledError, pool
from experiments.ensembles.statistics import PERCENTILES, Share, Times, bands_of, first_above_zero, wilson
from model.atomic_files import drafted, write_whole
from model.enumerations import Outcome
from model.errors import Fault, ScenarioError
from model.loading import load
from model.measures import digest, indicator_names, outcomes_of, series
from model.overrides import Override, forced
from model.scenario import Scenario
from model.world import World

if TYPE_CHECKING:  # a heavy import, needed only to save, load and tabulate
    import pandas as pd

CHUNK = 64  # worlds played without asking whether to stop
BAND_WORLDS = 5_000  # bands are taken over the first so many worlds, unless others are asked for
DIGESTS = 10  # worlds whose trajectories are hashed, to compare with watched runs


@dataclass
class Ensemble:
    """What became of many worlds of one scenario.

    seeds: uint64 [world]. outcomes: int8 [world, negotiation], numbers of Outcome; ``overall`` is the
    least of a world. means, ends: float32 [world, indicator], over the rounds and at the end.
    first_deal: int16 [world, negotiation], -1 where none stood. bands: float64 [percentile, round,
    indicator] over the first ``band_worlds`` worlds. trajectories: float64 [world, round, indicator]
    if kept. design: the parameter values that differed between worlds, if any did.
    """

    scenario: str
    rounds: int
    negotiations: list[str]
    seeds: np.ndarray
    outcomes: np.ndarray
    means: np.ndarray
    ends: np.ndarray
    first_deal: np.ndarray
    bands: np.ndarray
    band_worlds: int
    digests: list[str]
    trajectories: np.ndarray | None = None
    design: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def indicators(self) -> list[str]:
        """Name the last axis of means, ends, bands and trajectories."""
        return indicator_names(self.negotiations)

    @property
    def overall(self) -> np.ndarray:
        """Give each world's overall outcome: that of its least advanced negotiation."""
        return self.outcomes.min(axis=1)

    def shares(self, negotiation: str | None = None) -> dict[str, Share]:
        """Give the share of each outcome, from the most to the least, overall or of one negotiation."""
        found = self.overall if negotiation is None else self.outcomes[:, self.negotiations.index(negotiation)]
        return {each.name: wilson(int((found == each).sum()), len(found)) for each in reversed(Outcome)}

    def band(self, indicator: str, percentile: int) -> np.ndarray:
        """Give one edge of a band, [round]."""
        return self.bands[PERCENTILES.index(percentile), :, self.indicators.index(indicator)]

    def first_deals(self, negotiation: str) -> Times:
        """Give the rounds to the first verified rung of a negotiation, censored at the end of the run."""
        found = self.first_deal[:, self.negotiations.index(negotiation)]
        return Times(np.where(found < 0, self.rounds, found), found < 0)

    def frame(self) -> "pd.DataFrame":
        """Give one row per world: seed, design values, outcomes, first deals, means and ends of every indicator."""
        import pandas as pd

        columns: dict[str, Any] = {"seed": self.seeds, **self.design}
        columns["outcome"] = [Outcome(int(each)).name for each in self.overall]
        for k, name in enumerate(self.negotiations):
            columns[f"{name}.outcome"] = [Outcome(int(each)).name for each in self.outcomes[:, k]]
            columns[f"{name}.first_deal"] = self.first_deal[:, k]
        columns |= {f"mean_{name}": self.means[:, at] for at, name in enumerate(self.indicators)}
        columns |= {f"end_{name}": self.ends[:, at] for at, name in enumerate(self.indicators)}
        return pd.DataFrame(columns)

    @property
    def seed_range(self) -> str:
        """Say which seeds the worlds have."""
        return f"seeds {int(self.seeds[0])} to {int(self.seeds[-1])}"

    def overlap(self, other: "Ensemble") -> int:
        """Count the seeds that two ensembles share; independent ones should share none."""
        return len(np.intersect1d(self.seeds, other.seeds))

    def save(self, folder: str | Path) -> None:
        """Save as Parquet: a table of worlds and one of bands, with the facts beside them."""
        import pandas as pd

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        shape = (len(PERCENTILES) * (self.rounds + 1), -1)
        bands = pd.DataFrame(self.bands.reshape(shape), columns=self.indicators)
        bands.insert(0, "round", np.tile(np.arange(self.rounds + 1), len(PERCENTILES)))
        bands.insert(0, "percentile", np.repeat(PERCENTILES, self.rounds + 1))
        _write(folder / "worlds.parquet", self.frame())
        _write(folder / "bands.parquet", bands)
        if self.trajectories is not None:
            flat = self.trajectories.reshape(-1, len(self.indicators))
            _write(folder / "trajectories.parquet", pd.DataFrame(flat, columns=self.indicators))
        else:
            (folder / "trajectories.parquet").unlink(missing_ok=True)
        facts = {name: getattr(self, name) for name in ("scenario", "rounds", "negotiations", "band_worlds", "digests")}
        facts["design"] = list(self.design)
        write_whole(folder / "ensemble.json", json.dumps(facts).encode())

    @classmethod
    def load(cls, folder: str | Path) -> "Ensemble":
        """Load a saved ensemble. Raises ScenarioError if the folder holds none."""
        import pandas as pd

        folder = Path(folder)
        try:
            facts = json.loads((folder / "ensemble.json").read_text("utf-8"))
            worlds, bands = pd.read_parquet(folder / "worlds.parquet"), pd.read_parquet(folder / "bands.parquet")
        except (OSError, ValueError) as error:
            raise ScenarioError([Fault(str(folder), "", f"holds no readable ensemble: {error}")]) from None
        names, talks = indicator_names(facts["negotiations"]), facts["negotiations"]
        numbers = worlds[[f"{name}.outcome" for name in talks]].map(lambda name: Outcome[name].value)
        shape, kept = (len(PERCENTILES), facts["rounds"] + 1, len(names)), folder / "trajectories.parquet"
        whole = (len(worlds), *shape[1:])
        return cls(
            **{**facts, "design": {path: worlds[path].tolist() for path in facts["design"]}},
            seeds=worlds["seed"].to_numpy(np.uint64),
            outcomes=numbers.to_numpy(np.int8),
            means=worlds[[f"mean_{name}" for name in names]].to_numpy(),
            ends=worlds[[f"end_{name}" for name in names]].to_numpy(),
            first_deal=worlds[[f"{name}.first_deal" for name in talks]].to_numpy(np.int16),
            bands=bands[names].to_numpy().reshape(shape),
            trajectories=pd.read_parquet(kept)[names].to_numpy().reshape(whole) if kept.is_file() else None,
        )


def _write(path: Path, table: "pd.DataFrame") -> None:
    with drafted(path) as draft:
        table.to_parquet(draft, index=False)


class _Gathered:
    """What has been gathered from finished chunks, by position; chunks may come from several threads at once."""

    def __init__(self, worlds: int, rounds: int, negotiations: int, width: int, keep: bool, banded: int):
        self.outcomes = np.empty((worlds, negotiations), np.int8)
        self.first_deal = np.empty((worlds, negotiations), np.int16)
        self.means, self.ends = np.empty((worlds, width), np.float32), np.empty((worlds, width), np.float32)
        self.banded = np.empty((width, rounds + 1, min(worlds, banded)))
        self.kept = np.empty((worlds if keep else min(worlds, DIGESTS), rounds + 1, width))

    def take(self, first: int, seen: np.ndarray) -> None:
        """Sum up the worlds of one chunk, which begin at position ``first``."""
        place = slice(first, first + len(seen))
        for k in range(self.outcomes.shape[1]):
            self.outcomes[place, k] = outcomes_of(seen, k)
            self.first_deal[place, k] = first_above_zero(series(seen, k)["deal_progress"])
        self.means[place] = seen[:, 1:].mean(axis=1)
        self.ends[place] = seen[:, -1]
        for kept, room in ((self.kept, len(self.kept)), (self.banded.T, self.banded.shape[-1])):
            count = min(max(room - first, 0), len(seen))
            kept[first : first + count] = seen[:count]

    def bands(self, threads: int | None) -> np.ndarray:
        """Give the bands, a few indicators at a time; what they are taken from is used up."""
        parts = np.array_split(self.banded, 1 if threads == 1 else os.cpu_count() or 1)
        return np.concatenate(list(map(bands_of, parts) if threads == 1 else pool().map(bands_of, parts)), axis=-1)


def play_ensemble(
    scenario: str | Path | Scenario | Mapping[str, Any],
    worlds: int = 1000,
    seed: int = 1,
    *,
    rounds: int | None = None,
    changes: Mapping[str, Any] | None = None,
    overrides: Sequence[Override] = (),
    design: Mapping[str, Sequence[Any]] | None = None,
    keep: bool = False,
    band_worlds: int = BAND_WORLDS,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Ensemble:
    """Play an ensemble.

    worlds, seed: world k has seed ``seed + k``. changes: for all worlds; design: dotted path to one
    value per world. keep: keep whole trajectories. band_worlds: over how many of the first worlds the bands
    are taken, at least 1; they are held in memory. threads: 1 plays in the calling thread. progress is
    told how many worlds are done; stop is asked between chunks. Raises ScenarioError if the scenario
    or a value is at fault, CancelledError if told to stop.
    """
    if isinstance(scenario, Scenario) and (changes or design):
        raise TypeError("changes and a design need the scenario by name, path or plain data")
    setting = scenario if isinstance(scenario, Scenario) else load(scenario, changes)
    length = setting.rounds if rounds is None else rounds
    jobs = _jobs(setting, scenario, dict(changes or {}), overrides, design, worlds)
    kernel()
    names = list(setting.negotiations)
    gathered = _Gathered(worlds, length, len(names), len(indicator_names(names)), keep, band_worlds)

    remember = worth_keeping(jobs[0].world, worlds, length)

    def play(job: _Job) -> int:
        if stop():
            raise CancelledError
        seeds = np.arange(job.first, job.first + job.size, dtype=np.uint64) + np.uint64(seed)
        gathered.take(job.first, measure_many(job.world, seeds, length, remember))
        return job.size

    done = 0
    for count in _run(play, jobs, threads):
        done += count
        progress(done)
    digests = [digest(world) for world in gathered.kept[:DIGESTS]]
    return Ensemble(
        setting.name,
        length,
        names,
        np.arange(worlds, dtype=np.uint64) + np.uint64(seed),
        gathered.outcomes,
        gathered.means,
        gathered.ends,
        gathered.first_deal,
        gathered.bands(threads),
        gathered.banded.shape[-1],
        digests,
        gathered.kept if keep else None,
        {path: list(values) for path, values in (design or {}).items()},
    )


class _Job(NamedTuple):
    """A chunk: a world to start from, the position of its first world, how many."""

    world: World
    first: int
    size: int


def _jobs(
    setting: Scenario,
    scenario: Any,
    changes: dict[str, Any],
    overrides: Sequence[Override],
    design: Mapping[str, Sequence[Any]] | None,
    worlds: int,
) -> list[_Job]:
    """Cut an ensemble into chunks; under a design, a chunk holds worlds with equal values."""
    if worlds < 1:
        raise ScenarioError([Fault("worlds", worlds, "at least 1 is needed")])
    if not design:
        start = World(setting, 0, forced(setting, overrides))
        return [_Job(start, first, min(CHUNK, worlds - first)) for first in range(0, worlds, CHUNK)]
    lengths = {path: len(values) for path, values in design.items() if len(values) != worlds}
    if lengths:
        needed = f"one value for each of the {worlds} worlds is needed"
        raise ScenarioError([Fault(path, count, needed) for path, count in lengths.items()])
    jobs: list[_Job] = []
    rows = list(zip(*design.values(), strict=True))
    for number, row in enumerate(rows):
        if number and row == rows[number - 1] and jobs[-1].size < CHUNK:
            jobs[-1] = jobs[-1]._replace(size=jobs[-1].size + 1)
            continue
        point = load(scenario, {**changes, **dict(zip(design, row, strict=True))})
        jobs.append(_Job(World(point, 0, forced(point, overrides)), number, 1))
    return jobs


def _run(play: Callable[[_Job], int], jobs: list[_Job], threads: int | None) -> Any:
    """Play chunks in the calling thread or in the pool, and give the size of each when it is done."""
    if threads == 1 or len(jobs) == 1:
        yield from map(play, jobs)
        return
    ahead, waiting = 4 * (os.cpu_count() or 1), list(reversed(jobs))
    running = {pool().submit(play, waiting.pop()) for _ in range(min(ahead, len(waiting)))}
    try:
        while running:
            finished = next(as_completed(running))
            running.remove(finished)
            yield finished.result()
            if waiting:
                running.add(pool().submit(play, waiting.pop()))
    finally:
        for each in running:
            each.cancel()
