"""Ensembles: many worlds of one scenario, their indicators, bands, shares of outcomes and times to a deal.

World number k of an ensemble with seed S is the run with seed S + k: `detente run --seed` opens it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.ensembles.cells import DesignCells, sample_values
from experiments.ensembles.outcomes import WorldOutcomes
from experiments.ensembles.statistics import PERCENTILES
from experiments.ensembles.stream import (
    BAND_WORLDS,
    DIGEST_COUNT,
    ResultCollector,
    design_chunks,
    stream_ensemble,
    world_chunks,
)
from experiments.ensembles.text_table import text_table
from model.atomic_files import atomic_replacement, write_atomically
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.loading import apply_changes, load_scenario, read_scenario
from model.measures import indicator_names, trajectory_digest
from model.overrides import Override, collect_overrides
from model.scenario import Scenario
from model.world import World

if TYPE_CHECKING:  # a heavy import, needed only to save, load and tabulate
    import pandas as pd


@dataclass(eq=False)
class Ensemble(WorldOutcomes):
    """What became of many worlds of one scenario, in numbers that can be saved.

    seeds: uint64 [world]. means, ends, fingerprints: as in Gatherer. bands:
    float64 [percentile, round, indicator] over the first ``band_worlds`` worlds. trajectories: float64
    [world, round, indicator] if kept. design: the parameter values that differed between worlds, if any did.
    """

    scenario: str
    seeds: np.ndarray
    means: np.ndarray
    ends: np.ndarray
    band_worlds: int
    digests: list[str]
    trajectories: np.ndarray | None = None
    fingerprints: np.ndarray | None = None
    design: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def indicators(self) -> list[str]:
        """Name the last axis of means, ends, bands and trajectories."""
        return indicator_names(self.negotiations)

    def band(self, indicator: str, percentile: int) -> np.ndarray:
        """Give one edge of a band, [round]."""
        return self.bands[PERCENTILES.index(percentile), :, self.indicators.index(indicator)]

    def __repr__(self) -> str:
        shares = self.shares().items()
        rows = [(name, f"{share:.1%}", f"{low:.1%} to {high:.1%}") for name, (share, low, high) in shares]
        medians = {name: self.first_deals(name).median for name in self.negotiations}
        deals = [f"{name} {'none' if median is None else f'{median:g}'}" for name, median in medians.items()]
        return (
            f"{self.scenario}: {self.worlds:,} worlds of {self.rounds} rounds, {self.seed_range}\n"
            f"{text_table(('outcome', 'share', '95 % interval'), rows)}\n"
            f"median round of the first deal: {', '.join(deals)}"
        )

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
        write_atomically(folder / "ensemble.json", json.dumps(facts).encode())

    @classmethod
    def load(cls, folder: str | Path) -> "Ensemble":
        """Load a saved ensemble. Raises ScenarioError if the folder holds none."""
        import pandas as pd

        folder = Path(folder)
        try:
            facts = json.loads((folder / "ensemble.json").read_text("utf-8"))
            worlds, bands = pd.read_parquet(folder / "worlds.parquet"), pd.read_parquet(folder / "bands.parquet")
        except (OSError, ValueError) as error:
            raise ScenarioError([InputError(str(folder), "", f"holds no readable ensemble: {error}")]) from None
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
    with atomic_replacement(path) as draft:
        table.to_parquet(draft, index=False)


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
    paired: bool = False,
    band_worlds: int = BAND_WORLDS,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Ensemble:
    """Play an ensemble.

    worlds, seed: world k has seed ``seed + k``. changes: for all worlds; design: dotted path to one
    value per world. keep: keep whole trajectories. paired: keep what pairs of worlds are told apart by.
    band_worlds: over how many of the first worlds the bands are taken, at least 1; they are held in memory.
    threads: 1 plays in the calling thread. progress is told how many worlds are done; stop is asked between
    chunks. Raises ScenarioError if the scenario or a value is wrong, CancelledError if told to stop.
    """
    if isinstance(scenario, Scenario) and (changes or design):
        raise TypeError("changes and a design need the scenario by name, path or plain data")
    setting = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, changes)
    gathered = ResultCollector(setting, worlds, rounds, keep=keep, paired=paired, band_worlds=band_worlds)
    if design and not isinstance(scenario, Scenario):
        chunks = design_chunks(_cells_of(scenario, changes, overrides, design, worlds), design)
    else:
        chunks = world_chunks(World(setting, 0, collect_overrides(setting, overrides)), worlds)
    for done in stream_ensemble(gathered, chunks, seed, threads, stop):
        progress(done)
    return ensemble_from(setting.name, gathered, seed, threads, design or {})


def _cells_of(
    scenario: str | Path | Mapping[str, Any],
    changes: Mapping[str, Any] | None,
    overrides: Sequence[Override],
    design: Mapping[str, Sequence[Any]],
    worlds: int,
) -> DesignCells:
    """Find the cells that the columns of a design set. Raises ScenarioError if one has not a value for each world."""
    needed = f"one value for each of the {worlds} worlds is needed"
    if faults := [InputError(path, len(values), needed) for path, values in design.items() if len(values) != worlds]:
        raise ScenarioError(faults)
    data = apply_changes(scenario if isinstance(scenario, Mapping) else read_scenario(scenario), changes or {})
    return DesignCells(data, {path: sample_values(values) for path, values in design.items()}, overrides)


def ensemble_from(
    name: str,
    gathered: ResultCollector,
    seed: int,
    threads: int | None = None,
    design: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> Ensemble:
    """Return an ensemble of all the worlds that were gathered; this uses up what their bands are taken from."""
    return Ensemble(
        scenario=name,
        rounds=gathered.rounds,
        negotiations=gathered.negotiations,
        seeds=np.arange(gathered.worlds, dtype=np.uint64) + np.uint64(seed),
        outcomes=gathered.outcomes,
        means=gathered.means,
        ends=gathered.ends,
        first_deal=gathered.first_deal,
        bands=gathered.bands(threads),
        band_worlds=gathered.band_values.shape[-1],
        digests=[trajectory_digest(world) for world in gathered.trajectories[:DIGEST_COUNT]],
        trajectories=gathered.trajectories if gathered.keeps_all else None,
        fingerprints=gathered.fingerprints,
        design={path: list(values) for path, values in design.items()},
    )
