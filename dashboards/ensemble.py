"""Many worlds of one scenario under one setting: bands over the rounds, one run, shares of outcomes.

World number k is the run with seed ``seed + k``; the run drawn as a line is world number 0.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from experiments.kernel import measure
from model.measures import outcome_of, series
from model.overrides import forced
from model.scenario import load
from model.statuses import Outcome
from model.world import World

PERCENTILES = (5, 25, 50, 75, 95)
SHOWN = ("trust_first", "trust_second", "tension", "deal_progress")


class Request(NamedTuple):
    """What a page asks for: a scenario, the values changed in it, the first seed, so many worlds."""

    scenario: str
    changes: tuple[tuple[str, float], ...] = ()
    seed: int = 1
    worlds: int = 200


class Ensemble(NamedTuple):
    """What became of a request: of the first negotiation, bands [percentile, round], a run, outcomes."""

    request: Request
    worlds: int
    bands: dict[str, np.ndarray]
    run: dict[str, np.ndarray]
    outcomes: dict[Outcome, int]
    run_outcome: Outcome


def never(_: int) -> bool:
    """Say that it is never time to stop."""
    return False


def play_worlds(request: Request, stop: Callable[[int], bool] = never) -> Ensemble:
    """Play the worlds of a request; ``stop`` is asked after each world, with the count so far.

    Raises ScenarioError if a change makes the scenario invalid.
    """
    setting = load(request.scenario, dict(request.changes))
    moves = forced(setting)
    world = World(setting, request.seed, moves)
    seen, outcomes = [], []
    for number in range(request.worlds):
        trajectory = measure(world.like(request.seed + number), setting.rounds)
        shown = series(trajectory, 0)
        seen.append([shown[name] for name in SHOWN])
        outcomes.append(outcome_of(trajectory, 0))
        if stop(number + 1):
            break
    return summarise(request, np.array(seen), outcomes)


def summarise(request: Request, seen: np.ndarray, outcomes: list[Outcome]) -> Ensemble:
    """Make bands and shares of what was seen, [world, indicator, round]."""
    bands = np.percentile(seen, PERCENTILES, axis=0)
    return Ensemble(
        request,
        len(outcomes),
        {name: bands[:, place] for place, name in enumerate(SHOWN)},
        {name: seen[0, place] for place, name in enumerate(SHOWN)},
        {outcome: outcomes.count(outcome) for outcome in Outcome},
        outcomes[0],
    )


def wilson(count: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a share."""
    share, spread = count / total, z * z / total
    middle = share + spread / 2
    reach = z * math.sqrt(share * (1 - share) / total + spread / total / 4)
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))
