"""Many worlds of one scenario that step together, with every column of theirs to be looked at between rounds."""

from collections.abc import Callable, Iterable

import numpy as np

from experiments.block import copies
from experiments.kernel import TOGETHER, kernel
from model.handle import PLACE
from model.overrides import Override, forced
from model.rule import COMPILED
from model.scenario import Scenario
from model.world import World, layout


class Worlds:
    """Worlds with the seeds ``seed``, ``seed + 1`` and so on, played by the compiled kernel, round by round."""

    def __init__(self, setting: Scenario, count: int, seed: int, overrides: Iterable[Override] = ()):
        start = World(setting, seed, forced(setting, overrides))
        self.places = {place.name: place for place in layout(tuple(start.size.items()))}
        self.clock = start.clock
        self.block = copies(start, count)
        self.block.reals[:], self.block.wholes[:] = start.reals, start.wholes
        seeds = np.arange(count, dtype=np.uint64) + np.uint64(seed)
        if COMPILED:
            self.block.worlds[:, PLACE["seed"]] = seeds.view(np.int64)
        else:
            for world, own in zip(self.block.worlds, seeds, strict=True):
                world.seed = own

    def step(self, rounds: int = 1) -> None:
        """Play all worlds on for some rounds, a few at a time: their states stay in the nearer caches."""
        now = int(self.clock[0])
        for first in range(0, len(self.block.reals), TOGETHER):
            self.clock[0] = now  # all worlds have this clock
            kernel().advance(self.block.worlds[first : first + TOGETHER], rounds)

    def column(self, name: str) -> np.ndarray:
        """Look at a column of all worlds as it stands now: [world, *cell], a view."""
        place = self.places[name]
        buffer = self.block.reals if place.kind == "real" else self.block.wholes
        return buffer[:, place.start : place.stop].reshape(len(buffer), *place.shape)

    def done(self) -> np.ndarray:
        """Give what each state did to each this round, 1 cooperative and 0 hostile: int64 [world, state, state]."""
        return self.column("conduct") ^ self.column("slip")

    def acts(self) -> np.ndarray:
        """Give what two states did to each other this round: int64 [world, party]."""
        done = self.done()
        return np.stack([done[:, 0, 1], done[:, 1, 0]], axis=1)

    def first(self, happens: Callable[["Worlds"], np.ndarray], most: int) -> np.ndarray:
        """Play until something has happened in every world, or ``most`` rounds; give the round, 0 for never."""
        when = np.zeros(len(self.block.reals), np.int64)
        for now in range(1, most + 1):
            self.step()
            when[(when == 0) & happens(self)] = now
            if when.all():
                break
        return when
