"""Many worlds of one scenario that step together, with access to every column between rounds."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from experiments.engine.batch import block_of_copies
from experiments.engine.kernel import BLOCK_SIZE, advance_block
from model.overrides import Override, collect_overrides
from model.scenario import Scenario
from model.world import World, column_layout


class Worlds:
    """Worlds with seeds ``seed``, ``seed + 1`` and so on, played by the compiled kernel round by round."""

    def __init__(self, scenario: Scenario, count: int, seed: int, overrides: Iterable[Override] = ()):
        start = World(scenario, seed, collect_overrides(scenario, overrides))
        self.places = {place.name: place for place in column_layout(tuple(start.size.items()))}
        seeds = np.arange(count, dtype=np.uint64) + np.uint64(seed)
        parts = [seeds[first : first + BLOCK_SIZE] for first in range(0, count, BLOCK_SIZE)]
        self.count, self.blocks = count, [block_of_copies(start, len(part)) for part in parts]
        for block, part in zip(self.blocks, parts, strict=True):
            block.start_from(start, part)

    def step(self, rounds: int = 1) -> None:
        """Play all worlds for some rounds, block by block, so that their states stay in the processor's caches."""
        for block in self.blocks:
            advance_block(block, rounds)

    def column(self, name: str) -> np.ndarray:
        """Return a column of all worlds: [world, *cell]."""
        place = self.places[name]
        buffers = [block.floats if place.kind == "float" else block.integers for block in self.blocks]
        cells = np.concatenate([buffer[place.start : place.stop] for buffer in buffers], axis=1)
        return cells.T.reshape(self.count, *place.shape)

    def cooperation(self) -> np.ndarray:
        """Return the acts of this round, 1 cooperative and 0 hostile: int64 [world, actor, counterpart]."""
        return self.column("conduct") ^ self.column("miscarried")

    def pair_cooperation(self) -> np.ndarray:
        """Return the acts of the first two states towards each other in this round: int64 [world, actor]."""
        cooperated = self.cooperation()
        return np.stack([cooperated[:, 0, 1], cooperated[:, 1, 0]], axis=1)

    def first_round(self, condition: Callable[["Worlds"], np.ndarray], max_rounds: int) -> np.ndarray:
        """Play until ``condition`` holds in every world, at most ``max_rounds``. Returns the rounds, 0 if never."""
        first_rounds = np.zeros(self.count, np.int64)
        for now in range(1, max_rounds + 1):
            self.step()
            first_rounds[(first_rounds == 0) & condition(self)] = now
            if first_rounds.all():
                break
        return first_rounds


def play_cooperation(scenario: Scenario, overrides: Sequence[Override], worlds: int, seed: int = 1) -> np.ndarray:
    """Play worlds with seeds ``seed``, ``seed + 1``, ... Returns all acts: bool [world, round, actor, counterpart].

    True is cooperative: either the intention was cooperative and did not miscarry, or it was hostile and did.
    """
    states = len(scenario.states)
    cooperated = np.empty((worlds, scenario.rounds, states, states), bool)
    for first in range(0, worlds, BLOCK_SIZE):
        part = slice(first, min(first + BLOCK_SIZE, worlds))
        batch = Worlds(scenario, part.stop - first, seed + first, overrides)
        for now in range(scenario.rounds):
            batch.step()
            cooperated[part, now] = batch.cooperation()
    return cooperated
