"""What states did to each other in many worlds, round by round."""

from collections.abc import Sequence

import numpy as np

from experiments.engine.kernel import TOGETHER
from experiments.engine.worlds import Worlds
from model.overrides import Override
from model.scenario import Scenario


def acts(setting: Scenario, overrides: Sequence[Override], worlds: int, seed: int = 1) -> np.ndarray:
    """Play worlds with seeds ``seed``, ``seed`` + 1, ... and give every act done: bool [world, round, state, state].

    An act is cooperative if conduct was meant so and did not slip, or was hostile and slipped.
    """
    states = len(setting.states)
    done = np.empty((worlds, setting.rounds, states, states), bool)
    for first in range(0, worlds, TOGETHER):
        rows = slice(first, min(first + TOGETHER, worlds))
        played = Worlds(setting, rows.stop - first, seed + first, overrides)
        for now in range(setting.rounds):
            played.step()
            done[rows, now] = played.done()
    return done
