"""Ensembles: many worlds of one scenario, their indicators, bands, shares of outcomes and times to a deal.

World number k of an ensemble with seed S is the run with seed S + k: `detente run --seed` plays it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.ensembles.metrics import parse_measures
from experiments.ensembles.outcomes import WorldOutcomes
from experiments.ensembles.plausible import PlausibleSample
from experiments.ensembles.plausible_worlds import draw_worlds
from experiments.ensembles.statistics import PERCENTILES, MeanInterval, mean_interval
from experiments.ensembles.stream import (
    BAND_WORLDS,
    DIGEST_COUNT,
    ResultCollector,
    stream_ensemble,
    world_chunks,
)
from experiments.ensembles.text_table import text_table
from model.atomic_files import atomic_replacement, write_atomically
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.measures import indicator_names, trajectory_digest
from model.overrides import Override
from model.plan import Plan
from model.scenario import Scenario

if TYPE_CHECKING:  # slow to import; needed only to save, load and tabulate
    import pandas as pd


@dataclass(eq=False)
class Ensemble(WorldOutcomes):
    """The results of many worlds of one scenario.

    seeds: uint64 [world]. means, ends, fingerprints: as in ResultCollector. bands: float64
    [percentile, round, indicator] over the first ``band_worlds`` worlds. trajectories: float64
    [world, round, indicator], or None. metrics: expressions by name. metric_values: float64 [world, metric], NaN if
    missing. stop_when: the stopping condition, or None. last_rounds: int16 [world] with a stopping condition; otherwise
    None, as all worlds play all rounds. sample: digest of the plausible sample from which each world drew its
    parameters, or None; points: the positions of these draws in it, int64 [world].
    """

    scenario: str
    seeds: np.ndarray
    means: np.ndarray
    ends: np.ndarray
    band_worlds: int
    digests: list[str]
    trajectories: np.ndarray | None = None
    fingerprints: np.ndarray | None = None
    metrics: dict[str, str] = field(default_factory=dict)
    metric_values: np.ndarray | None = None
    stop_when: str | None = None
    last_rounds: np.ndarray | None = None
    sample: str | None = None
    points: np.ndarray | None = None

    @property
    def indicators(self) -> list[str]:
        """Return the names along the last axis of means, ends, bands and trajectories."""
        return indicator_names(self.negotiations)

    def band(self, indicator: str, percentile: int) -> np.ndarray:
        """Return a percentile of an indicator: float64 [round]."""
        return self.bands[PERCENTILES.index(percentile), :, self.indicators.index(indicator)]

    @property
    def censored_at(self) -> np.ndarray | int:
        """Return the last round of the worlds: one number, or int [world]."""
        return self.rounds if self.last_rounds is None else self.last_rounds

    def metric_means(self) -> dict[str, MeanInterval]:
        """Return the mean of each metric over the worlds, with its 95 % interval and the number of missing values."""
        columns = [] if self.metric_values is None else self.metric_values.T
        return {name: mean_interval(values) for name, values in zip(self.metrics, columns, strict=True)}

    def __repr__(self) -> str:
        shares = self.shares().items()
        rows = [(name, f"{share:.1%}", f"{low:.1%} to {high:.1%}") for name, (share, low, high) in shares]
        medians = {name: self.first_deals(name).median for name in self.negotiations}
        deals = [f"{name} {'none' if median is None else f'{median:g}'}" for name, median in medians.items()]
        most = "up to " if self.stop_when else ""
        lines = [
            f"{self.scenario}: {self.worlds:,} worlds of {most}{self.rounds} rounds, {self.seed_range}",
            text_table(("outcome", "share", "95 % interval"), rows),
            f"median round of the first deal: {', '.join(deals)}",
        ]
        if self.sample is not None:
            lines.append(f"each world plays with a draw from the plausible sample {self.sample}")
        if self.metrics:
            means = [
                (name, f"{each.mean:.4g}", f"{each.low:.4g} to {each.high:.4g}", f"{each.missing:,}")
                for name, each in self.metric_means().items()
            ]
            lines.append(text_table(("metric", "mean", "95 % interval", "missing"), means))
        return "\n".join(lines)

    def frame(self) -> "pd.DataFrame":
        """Return one row per world: seed, outcomes, first deals, metrics, means and ends of indicators.

        `point` is the position of the world's draw in the plausible sample, if there is one. Without a deal, the first
        deal is missing and `censored` is true. With a stopping condition, `rounds` is the last round of the world.
        """
        import pandas as pd

        columns: dict[str, Any] = {"seed": self.seeds} | ({} if self.points is None else {"point": self.points})
        columns["outcome"] = [Outcome(int(each)).name for each in self.overall]
        for k, name in enumerate(self.negotiations):
            columns[f"{name}.outcome"] = [Outcome(int(each)).name for each in self.outcomes[:, k]]
            is_censored = self.first_deal[:, k] < 0
            columns[f"{name}.first_deal"] = pd.Series(self.first_deal[:, k], dtype="Int16").mask(is_censored)
            columns[f"{name}.censored"] = is_censored
        columns |= {} if self.last_rounds is None else {"rounds": self.last_rounds}
        columns |= {} if self.metric_values is None else dict(zip(self.metrics, self.metric_values.T, strict=True))
        columns |= {f"mean_{name}": self.means[:, index] for index, name in enumerate(self.indicators)}
        columns |= {f"end_{name}": self.ends[:, index] for index, name in enumerate(self.indicators)}
        return pd.DataFrame(columns)

    @property
    def seed_range(self) -> str:
        """Return the range of the seeds as text."""
        return f"seeds {int(self.seeds[0])} to {int(self.seeds[-1])}"

    def overlap(self, other: "Ensemble") -> int:
        """Return the number of seeds that two ensembles share; independent ensembles should share none."""
        return len(np.intersect1d(self.seeds, other.seeds))

    def save(self, folder: str | Path) -> None:
        """Save as Parquet, one table of worlds and one of bands, and the metadata as JSON."""
        import pandas as pd

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        band_shape = (len(PERCENTILES) * (self.rounds + 1), -1)
        bands = pd.DataFrame(self.bands.reshape(band_shape), columns=self.indicators)
        bands.insert(0, "round", np.tile(np.arange(self.rounds + 1), len(PERCENTILES)))
        bands.insert(0, "percentile", np.repeat(PERCENTILES, self.rounds + 1))
        _write(folder / "worlds.parquet", self.frame())
        _write(folder / "bands.parquet", bands)
        if self.trajectories is not None:
            flat = self.trajectories.reshape(-1, len(self.indicators))
            _write(folder / "trajectories.parquet", pd.DataFrame(flat, columns=self.indicators))
        else:
            (folder / "trajectories.parquet").unlink(missing_ok=True)
        names = ("scenario", "rounds", "negotiations", "band_worlds", "digests", "metrics", "stop_when", "sample")
        metadata = {name: getattr(self, name) for name in names}
        write_atomically(folder / "ensemble.json", json.dumps(metadata).encode())

    @classmethod
    def load(cls, folder: str | Path) -> "Ensemble":
        """Load a saved ensemble. Raises ScenarioError if the folder has none."""
        import pandas as pd

        folder = Path(folder)
        try:
            metadata = json.loads((folder / "ensemble.json").read_text("utf-8"))
            worlds, bands = pd.read_parquet(folder / "worlds.parquet"), pd.read_parquet(folder / "bands.parquet")
        except (OSError, ValueError) as error:
            raise ScenarioError([InputError(str(folder), "", f"has no readable ensemble: {error}")]) from None
        names, negotiations = indicator_names(metadata["negotiations"]), metadata["negotiations"]
        outcomes = worlds[[f"{name}.outcome" for name in negotiations]].map(lambda name: Outcome[name].value)
        path, trajectories = folder / "trajectories.parquet", None
        band_shape = (len(PERCENTILES), metadata["rounds"] + 1, len(names))
        if path.is_file():
            trajectories = pd.read_parquet(path)[names].to_numpy().reshape((len(worlds), *band_shape[1:]))
        return cls(
            **{name: value for name, value in metadata.items() if name != "design"},  # earlier versions stored a design
            seeds=worlds["seed"].to_numpy(np.uint64),
            outcomes=outcomes.to_numpy(np.int8),
            means=worlds[[f"mean_{name}" for name in names]].to_numpy(),
            ends=worlds[[f"end_{name}" for name in names]].to_numpy(),
            first_deal=worlds[[f"{name}.first_deal" for name in negotiations]].fillna(-1).to_numpy(np.int16),
            bands=bands[names].to_numpy().reshape(band_shape),
            trajectories=trajectories,
            metric_values=worlds[[*metadata.get("metrics", {})]].to_numpy(np.float64),
            last_rounds=worlds["rounds"].to_numpy(np.int16) if metadata.get("stop_when") else None,
            points=worlds["point"].to_numpy(np.int64) if metadata.get("sample") else None,
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
    keep: bool = False,
    paired: bool = False,
    band_worlds: int = BAND_WORLDS,
    metrics: Mapping[str, str] = MappingProxyType({}),
    stop_when: str | None = None,
    sample: PlausibleSample | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Ensemble:
    """Play an ensemble.

    worlds, seed: world k has seed ``seed + k``. changes: values by dotted path. keep: keep all trajectories. paired:
    keep what a paired comparison needs. band_worlds: number of worlds from which the bands are computed, at least 1;
    their trajectories are held in memory. metrics, stop_when: expressions over the indicators
    (``experiments.ensembles.expressions``); a world ends in the first round in which ``stop_when`` holds. sample:
    each world plays with a draw from it, of the parameters that the scenario and the changes do not set. threads: 1
    plays in the calling thread. progress: receives the number of worlds played. stop: called before each chunk. Raises
    ScenarioError if the scenario or a value is invalid, CancelledError if ``stop`` returns true.
    """
    chosen = load_scenario(scenario, changes) if changes or not isinstance(scenario, Scenario) else scenario
    measures = parse_measures(metrics, stop_when, chosen.negotiations)
    collector = ResultCollector(
        chosen, worlds, rounds, keep=keep, paired=paired, band_worlds=band_worlds, measures=measures
    )
    plan = Plan(chosen, overrides)
    draws = None if sample is None else draw_worlds(plan, sample, worlds, seed)
    chunks = world_chunks(plan.world, worlds, draws and draws.start)
    for done in stream_ensemble(collector, chunks, seed, threads, stop):
        progress(done)
    result = ensemble_from(chosen.name, collector, seed, threads)
    if draws is not None:
        result.sample, result.points = draws.sample, draws.points
    return result


def ensemble_from(
    name: str,
    collector: ResultCollector,
    seed: int,
    threads: int | None = None,
) -> Ensemble:
    """Return an ensemble of the collected worlds; this consumes the values from which the bands are computed."""
    return Ensemble(
        scenario=name,
        rounds=collector.rounds,
        negotiations=collector.negotiations,
        seeds=np.arange(collector.worlds, dtype=np.uint64) + np.uint64(seed),
        outcomes=collector.outcomes,
        means=collector.means,
        ends=collector.ends,
        first_deal=collector.first_deal,
        bands=collector.bands(threads),
        band_worlds=collector.band_values.shape[-1],
        digests=[
            trajectory_digest(world[: end + 1])
            for world, end in zip(collector.trajectories[:DIGEST_COUNT], collector.last_rounds, strict=False)
        ],
        trajectories=collector.trajectories if collector.keeps_all else None,
        fingerprints=collector.fingerprints,
        metrics={name: metric.text for name, metric in collector.measures.metrics.items()},
        metric_values=collector.metric_values,
        stop_when=collector.measures.stop_when.text if collector.measures.stop_when else None,
        last_rounds=collector.last_rounds if collector.measures.stop_when else None,
    )
