"""Many worlds of one scenario that step together, with every column of theirs to be looked at between rounds."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from experiments.engine.batch import block_of_copies
from experiments.engine.kernel import BLOCK_SIZE, advance_block
from model.overrides import Override, collect_overrides
from model.scenario import Scenario
from model.world import World, column_layout


class Worlds:
    """Worlds with the seeds ``seed``, ``seed + 1`` and so on, played by the compiled kernel, round by round."""

    def __init__(self, setting: Scenario, count: int, seed: int, overrides: Iterable[Override] = ()):
        start = World(setting, seed, collect_overrides(setting, overrides))
        self.places = {place.name: place for place in column_layout(tuple(start.size.items()))}
        seeds = np.arange(count, dtype=np.uint64) + np.uint64(seed)
        parts = [seeds[first : first + BLOCK_SIZE] for first in range(0, count, BLOCK_SIZE)]
        self.count, self.blocks = count, [block_of_copies(start, len(part)) for part in parts]
        for block, part in zip(self.blocks, parts, strict=True):
            block.start_from(start, part)

    def step(self, rounds: int = 1) -> None:
        """Play all worlds on for some rounds, a few at a time: their states stay in the nearer caches."""
        for block in self.blocks:
            advance_block(block, rounds)

    def column(self, name: str) -> np.ndarray:
        """Look at a column of all worlds as it stands now: [world, *cell]."""
        place = self.places[name]
        buffers = [block.reals if place.kind == "float" else block.wholes for block in self.blocks]
        cells = np.concatenate([buffer[place.start : place.stop] for buffer in buffers], axis=1)
        return cells.T.reshape(self.count, *place.shape)

    def cooperation(self) -> np.ndarray:
        """Give what each state did to each this round, 1 cooperative and 0 hostile: int64 [world, state, state]."""
        return self.column("conduct") ^ self.column("miscarried")

    def pair_cooperation(self) -> np.ndarray:
        """Give what two states did to each other this round: int64 [world, party]."""
        done = self.cooperation()
        return np.stack([done[:, 0, 1], done[:, 1, 0]], axis=1)

    def first_round(self, happens: Callable[["Worlds"], np.ndarray], most: int) -> np.ndarray:
        """Play until something has happened in every world, or ``most`` rounds; give the round, 0 for never."""
        when = np.zeros(self.count, np.int64)
        for now in range(1, most + 1):
            self.step()
            when[(when == 0) & happens(self)] = now
            if when.all():
                break
        return when


def play_cooperation(setting: Scenario, overrides: Sequence[Override], worlds: int, seed: int = 1) -> np.ndarray:
    """Play worlds with seeds ``seed``, ``seed`` + 1, ... and give every act done: bool [world, round, state, state].

    An act is cooperative if conduct was meant so and did not slip, or was hostile and slipped.
    """
    states = len(setting.states)
    done = np.empty((worlds, setting.rounds, states, states), bool)
    for first in range(0, worlds, BLOCK_SIZE):
        rows = slice(first, min(first + BLOCK_SIZE, worlds))
        played = Worlds(setting, rows.stop - first, seed + first, overrides)
        for now in range(setting.rounds):
            played.step()
            done[rows, now] = played.cooperation()
    return done
