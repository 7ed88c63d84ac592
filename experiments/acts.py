"""What states did to each other in many worlds, round by round."""

from collections.abc import Sequence

import numpy as np

from experiments.block import copies
from experiments.kernel import TOGETHER, kernel
from model.handle import PLACE
from model.overrides import Override, forced
from model.rule import COMPILED
from model.scenario import Scenario
from model.world import World, layout


def acts(setting: Scenario, overrides: Sequence[Override], worlds: int, seed: int = 1) -> np.ndarray:
    """Play worlds with seeds ``seed``, ``seed`` + 1, ... and give every act done: bool [world, round, state, state].

    An act is cooperative if conduct was meant so and did not slip, or was hostile and slipped.
    """
    start = World(setting, seed, forced(setting, overrides))
    places = {place.name: slice(place.start, place.stop) for place in layout(tuple(start.size.items()))}
    done = np.empty((worlds, setting.rounds, *start.shape("conduct")), bool)
    for first in range(0, worlds, TOGETHER):
        seeds = np.arange(first, min(first + TOGETHER, worlds), dtype=np.uint64) + np.uint64(seed)
        block = copies(start.like(seed), len(seeds))
        block.reals[:], block.wholes[:] = start.reals, start.wholes
        if COMPILED:
            block.worlds[:, PLACE["seed"]] = seeds.view(np.int64)
        else:
            for world, own in zip(block.worlds, seeds, strict=True):
                world.seed = own
        for now in range(setting.rounds):
            kernel().advance(block.worlds, 1)
            acted = block.wholes[:, places["conduct"]] ^ block.wholes[:, places["slip"]]
            done[first : first + len(seeds), now] = acted.reshape(len(seeds), *start.shape("conduct"))
    return done
