"""Record whole columns of many worlds, round by round, beyond the indicators of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.engine.kernel import BLOCK_SIZE, load_kernel
from experiments.engine.pool import thread_pool
from experiments.engine.worlds import Worlds
from model.columns import COLUMN_BY_NAME
from model.loading import apply_changes, load_scenario, read_scenario
from model.overrides import Override, collect_overrides
from model.scenario import Scenario
from model.signals import SIGNAL_KINDS
from model.world import World

WEIGHT_COLUMNS = ("conduct", "miscarried", "silent", "act_size")  # the columns that monthly_weights reads
ScenarioSource = str | Mapping[str, Any]  # a scenario, by name or as plain data


class ScenarioSample(dict[str, Any]):
    """A built-in scenario with changes, as plain data, and a block of seeds. As text, it is its name.

    first_seed: the seed of the first of the worlds that ``record_trace`` runs. shared: traces that were recorded, by
    arm, so that several patterns read the same runs.
    """

    def __init__(self, name: str, changes: Mapping[str, Any], first_seed: int = 1):
        super().__init__(apply_changes(read_scenario(name), changes))
        self.name, self.first_seed = name, first_seed
        self.shared: dict[str, Trace] = {}

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Trace:
    """Columns of several worlds over the rounds.

    initial_world: a world before its first round, for its inputs. columns: by name, [world, round, *axes], with the
    initial state as round 0.
    """

    scenario: Scenario
    initial_world: World
    columns: dict[str, np.ndarray]

    def __getitem__(self, column: str) -> np.ndarray:
        """Return one column, [world, round, *axes]."""
        return self.columns[column]

    @property
    def rounds(self) -> int:
        """Return the number of rounds."""
        return next(iter(self.columns.values())).shape[1] - 1


def record_trace(
    scenario: ScenarioSource,
    worlds: int,
    columns: Sequence[str],
    changes: Mapping[str, Any] | None = None,
    overrides: Sequence[Override] = (),
    rounds: int | None = None,
) -> Trace:
    """Run worlds with seeds 1, 2, ... and record some columns. Two arms thus have common random numbers.

    A ScenarioSample has its own first seed, and shares the runs of an arm between calls. rounds: the scenario's by
    default, and may exceed it. Raises ScenarioError if the scenario or a change is invalid.
    """
    if not isinstance(scenario, ScenarioSample):
        return _record(load_scenario(scenario, changes), worlds, columns, overrides, rounds)
    arm = repr((sorted((changes or {}).items()), overrides))
    length = rounds or scenario.get("rounds") or Scenario.model_fields["rounds"].default
    known = scenario.shared.get(f"{worlds} {arm}")
    if known is None or known.rounds < length or not known.columns.keys() >= {*columns}:
        wanted, longest = _requested.setdefault((scenario.name, arm), (set(), 0))
        _requested[scenario.name, arm] = wanted | {*columns}, max(longest, length)
        wanted, longest = _requested[scenario.name, arm]
        loaded = load_scenario(scenario, changes)
        known = _record(loaded, worlds, sorted(wanted), overrides, longest, scenario.first_seed)
        scenario.shared[f"{worlds} {arm}"] = known
    return Trace(known.scenario, known.initial_world, {name: known[name][:, : length + 1] for name in columns})


_requested: dict[tuple[str, str], tuple[set[str], int]] = {}  # columns and rounds of each arm, asked for so far


def _record(
    loaded: Scenario,
    worlds: int,
    columns: Sequence[str],
    overrides: Sequence[Override],
    rounds: int | None,
    first_seed: int = 1,
) -> Trace:
    """Run worlds and record columns."""
    start = World(loaded, 0, collect_overrides(loaded, overrides))
    length = loaded.rounds if rounds is None else rounds
    recorded = {
        name: np.empty(
            (worlds, length + 1, *start.shape(name)), np.float64 if COLUMN_BY_NAME[name].kind == "float" else np.int16
        )
        for name in columns
    }

    def play(first: int) -> None:
        rows = slice(first, min(first + BLOCK_SIZE, worlds))
        simulation = Worlds(loaded, rows.stop - first, first_seed + first, overrides)
        for now in range(length + 1):
            if now:
                simulation.step()
            for name in columns:
                recorded[name][rows, now] = simulation.column(name)

    load_kernel()
    list(thread_pool().map(play, range(0, worlds, BLOCK_SIZE)))
    return Trace(loaded, start, recorded)


def first_negotiation(scenario: Scenario) -> tuple[str, list[str]]:
    """Return the name of the first negotiation and its parties."""
    name, talks = next(iter(scenario.negotiations.items()))
    return name, list(talks.parties)


def first_parties(trace: Trace) -> tuple[int, int]:
    """Return the indices of the two parties to the first negotiation."""
    one, other = trace.initial_world.party[0].tolist()
    return one, other


def monthly_weights(trace: Trace) -> np.ndarray:
    """Return the weight of each month's act on Goldstein's scale, 0 in silence: [world, month, side].

    Acts of the two parties to the first negotiation towards each other, as they turned out: the strength of their kind
    (``model/signals.py``) times their size. Like a monthly sum of events, a weight can exceed the scale's 10.
    """
    one, other = first_parties(trace)
    conduct, miscarried, silent, size = (trace[name][:, 1:, [one, other], [other, one]] for name in WEIGHT_COLUMNS)
    strengths = [SIGNAL_KINDS[kind].strength for kind in ("hostile act", "cooperative act")]
    return np.where(silent > 0, 0.0, np.where(conduct ^ miscarried, strengths[1], strengths[0]) * size)
