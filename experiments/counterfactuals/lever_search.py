"""The nearest value of each lever that flips a decision, found by playing many values at once.

Every value is a point of a design with the seed of the run. A grid finds the first value on either side of the current
one that flips the decision; bisection of all intervals together then narrows them.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from experiments.engine.kernel import blocks_before_act
from experiments.ensembles.design import Design, Plans
from experiments.ensembles.statistics import Effect, paired_effect
from model.acts import Act
from model.errors import ScenarioError
from model.parameter_space import DeclaredParameter
from model.protocol import PROTOCOL

LEVERS_AT_ONCE = 16
HISTORIES = 200  # other histories in which a flip is replayed
BISECTIONS = 11  # enough for any integer lever


class LeverFlip(NamedTuple):
    """The nearest value of a lever, set from the start, that flips the decision; ``to`` is None if none was found."""

    lever: DeclaredParameter
    to: float | None
    becomes: int | None


class RobustFlip(NamedTuple):
    """How often the decision is the same in other histories, with a lever at its own and at another value.

    before, after: shares of the histories in which the decision arises and is that of the run. effect: paired.
    """

    flip: LeverFlip
    before: float
    after: float
    effect: Effect

    @property
    def is_robust(self) -> bool:
        """Return whether the lever changes the decision beyond this run: the interval excludes zero."""
        return self.effect.low > 0.0 or self.effect.high < 0.0


class Bracket(NamedTuple):
    """A value of a lever that does not flip the decision, one that does, and the decision that it gives."""

    lever: DeclaredParameter
    near: float
    far: float
    becomes: int


class LeverSearch:
    """A decision of a run, by seed, round, number of the act and cell, under other values of the levers.

    value: the decision of the run itself.
    """

    def __init__(self, plans: Plans, seed: int, now: int, act: int, cell: tuple[int, ...], value: int):
        self.plans, self.seed, self.round, self.act_number, self.cell = plans, seed, now, act, cell
        self.act: Act = PROTOCOL[act]
        self.value = value

    def decisions(self, points: Sequence[tuple[str, float]]) -> list[int | None]:
        """Return the decision with one parameter changed from the start, for each path and value.

        It is None if the decision does not arise then, or the value is not allowed.
        """
        decided: list[int | None] = [None] * len(points)
        if not points:
            return decided
        try:
            design = Design.of_changes(self.plans, [{path: value} for path, value in points])
        except ScenarioError:
            return [each for point in points for each in self.decisions([point])] if len(points) > 1 else decided
        shape = self.plans.base.world.shape(self.act.column)
        for batch in design.batches(len(points)):
            if batch.plan.world.shape(self.act.column) != shape:
                continue
            seeds = np.full(len(batch.points), self.seed, np.uint64)
            played = blocks_before_act(batch.plan.world, seeds, self.round, self.act_number, batch.cells)
            for point, world in zip(batch.points.tolist(), played, strict=True):
                if self.act.when is None or self.act.when(world, *self.cell):
                    decided[point] = int(self.act.rule(world, *self.cell))
        return decided

    def flips(
        self, levers: Sequence[DeclaredParameter], steps: int, report: Callable[[str], None]
    ) -> Iterator[LeverFlip]:
        """Yield for each lever the nearest value that flips the decision; see ``ReplayedDecision.lever_flips``."""
        for first in range(0, len(levers), LEVERS_AT_ONCE):
            some = levers[first : first + LEVERS_AT_ONCE]
            report(some[0].path)
            brackets = self._refined(self._brackets(some, steps))
            for lever in some:
                report(lever.path)
                own = [
                    (abs(each.far - lever.value), each.far, each.becomes) for each in brackets if each.lever is lever
                ]
                yield LeverFlip(lever, *min(own)[1:]) if own else LeverFlip(lever, None, None)

    def robustness(self, flips: Sequence[LeverFlip]) -> list[RobustFlip]:
        """Replay flips in other histories, those of the seeds after the run's, and return them, largest effect first.

        All values are played in the same histories, each from the start to the decision.
        """
        changes = [(each.lever.path, each.to) for each in flips if each.to is not None]
        if not changes:
            return []
        first = flips[0].lever
        same = self._same_decisions([(first.path, first.value), *changes])
        found = [
            RobustFlip(flip, float(same[0].mean()), float(own.mean()), paired_effect(same[0], own))
            for flip, own in zip((each for each in flips if each.to is not None), same[1:], strict=True)
        ]
        return sorted(found, key=lambda each: -abs(each.effect.difference))

    def _same_decisions(self, changes: Sequence[tuple[str, float]]) -> np.ndarray:
        """Return whether the run's decision is taken in each history under each change: [change, history]."""
        same = np.zeros((len(changes), HISTORIES))
        seeds = np.arange(1, HISTORIES + 1, dtype=np.uint64) + np.uint64(self.seed)
        design = Design.of_changes(self.plans, [{path: value} for path, value in changes for _ in seeds])
        for batch in design.batches(HISTORIES):
            places = np.array(batch.points)
            played = blocks_before_act(
                batch.plan.world, seeds[places % HISTORIES], self.round, self.act_number, batch.cells
            )
            for place, world in zip(places.tolist(), played, strict=True):
                if self.act.when is None or self.act.when(world, *self.cell):
                    same.flat[place] = int(self.act.rule(world, *self.cell)) == self.value
        return same

    def _brackets(self, levers: Sequence[DeclaredParameter], steps: int) -> list[Bracket]:
        """Return for each lever and each end of its range the first interval of a grid that flips the decision."""
        grids = [(lever, _grid(lever, end, steps)) for lever in levers for end in (lever.low, lever.high)]
        decided = iter(self.decisions([(lever.path, value) for lever, grid in grids for value in grid]))
        brackets = []
        for lever, grid in grids:
            before, outcomes = float(lever.value), [next(decided) for _ in grid]
            for value, becomes in zip(grid, outcomes, strict=True):
                if becomes is not None and becomes != self.value:
                    brackets.append(Bracket(lever, before, value, becomes))
                    break
                before = value
        return brackets

    def _refined(self, brackets: list[Bracket]) -> list[Bracket]:
        """Narrow the brackets by bisection, then round the values that flip the decision if they still do."""
        for _ in range(BISECTIONS):
            middles = [_middle(each) for each in brackets]
            decided = self.decisions([(each.lever.path, x) for each, x in zip(brackets, middles, strict=True)])
            brackets = [self._narrowed(*each) for each in zip(brackets, middles, decided, strict=True)]
        rounded = [_rounded_away(each) for each in brackets]
        decided = self.decisions([(each.lever.path, x) for each, x in zip(brackets, rounded, strict=True)])
        return [
            each._replace(far=x, becomes=becomes) if becomes is not None and becomes != self.value else each
            for each, x, becomes in zip(brackets, rounded, decided, strict=True)
        ]

    def _narrowed(self, bracket: Bracket, middle: float, becomes: int | None) -> Bracket:
        if becomes is not None and becomes != self.value:
            return bracket._replace(far=middle, becomes=becomes)
        return bracket._replace(near=middle)


def _middle(bracket: Bracket) -> float:
    """Return the value halfway, an integer if the lever is one."""
    if bracket.lever.whole:
        return int(bracket.near + bracket.far) // 2
    return 0.5 * (bracket.near + bracket.far)


def _rounded_away(bracket: Bracket) -> float:
    """Return the value that flips the decision, rounded to three decimals away from the one that does not."""
    if bracket.lever.whole:
        return bracket.far
    scaled = bracket.far * 1000.0
    rounded = (math.ceil(scaled) if bracket.far > bracket.near else math.floor(scaled)) / 1000.0
    return min(max(rounded, bracket.lever.low), bracket.lever.high)


def _grid(lever: DeclaredParameter, end: float, steps: int) -> list[float]:
    """Return values of a lever from the current one towards one end of its range."""
    if lever.whole:
        direction = 1 if end > lever.value else -1
        values: list[float] = list(range(int(lever.value) + direction, int(end) + direction, direction))
        thinned = values[:: math.ceil(len(values) / steps)] if len(values) > steps else values
        return [*thinned, *(values[-1:] if thinned and thinned[-1] != values[-1] else [])]
    if end == lever.value:
        return []
    return [*(lever.value + (end - lever.value) * step / steps for step in range(1, steps)), end]
