"""What would have changed a decision: found by search, verified by playing again with the same dice.

A ``Question`` names one decision of one run. Two kinds of answer: the smallest change of each term
in the moment of the decision, and the nearest value of each lever, set from round 0.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from experiments.engine.kernel import advance, play_acts
from model.errors import ScenarioError
from model.loading import load_scenario
from model.overrides import Override, collect_overrides
from model.parameter_space import DeclaredParameter, list_levers
from model.protocol import PROTOCOL, Act, combine_conditions
from model.scenario import Scenario
from model.terms import declared_terms
from model.world import World


class EvaluatedCondition(NamedTuple):
    """A condition in the moment of the decision: its terms in order, and the threshold."""

    name: str
    meaning: str
    terms: dict[str, float]
    threshold: float

    @property
    def score(self) -> float:
        """Add the terms as the rule does, in written order."""
        total = 0.0
        for value in self.terms.values():
            total += value
        return total

    @property
    def holds(self) -> bool:
        """Say whether the condition holds."""
        return self.score >= self.threshold


class TermFlip(NamedTuple):
    """The smallest change of one term that flips the decision; ``to`` is None when there is none in range."""

    condition: str
    term: str
    value: float
    to: float | None
    low: float
    high: float
    becomes: int | None


class LeverFlip(NamedTuple):
    """The nearest value of a lever, set from round 0, that flips the decision; None when none was found."""

    lever: DeclaredParameter
    to: float | None
    becomes: int | None


class ReplayedDecision:
    """One decision of one run: scenario as plain data, seed, round, act and cell.

    Raises ScenarioError if the data has faults.
    """

    def __init__(
        self,
        data: dict[str, Any],
        seed: int,
        now: int,
        act: int,
        cell: tuple[int, ...],
        overrides: tuple[Override, ...] = (),
    ):
        self.data, self.seed, self.round, self.act_number, self.cell = data, seed, now, act, cell
        self.overrides = overrides
        self.scenario = load_scenario(data)
        self.act: Act = PROTOCOL[act]
        self.world = self.world_before(self.scenario)
        self.is_open = self.open_in(self.world)
        self.value = self.decide(self.world)
        self.conditions = self.evaluate_conditions(self.world)

    def world_before(self, scenario: Scenario) -> World:
        """Play a scenario with this run's dice up to the moment of the decision."""
        world = World(scenario, self.seed, collect_overrides(scenario, self.overrides))
        advance(world, self.round - 1)
        world.clock[0] += 1
        play_acts(world, 0, self.act_number)
        return world

    def open_in(self, world: World) -> bool:
        """Say whether there is anything to decide."""
        return self.act.when is None or bool(self.act.when(world.compiled, *self.cell))

    def decide(self, world: World) -> int:
        """Ask the rule itself."""
        return int(self.act.rule(world.compiled, *self.cell))

    def evaluate_conditions(self, world: World) -> list[EvaluatedCondition]:
        """Weigh the decision's conditions."""
        weighed = []
        for condition in self.act.conditions:
            terms = condition.rule(world.compiled, *self.cell)
            *values, threshold = map(float, terms)
            named = dict(zip(terms._fields[:-1], values, strict=True))
            weighed.append(EvaluatedCondition(condition.name, condition.terms.__doc__ or "", named, threshold))
        return weighed

    def term_flips(self) -> Iterator[TermFlip]:
        """Find for each term the smallest change that flips the decision, each verified by a rerun."""
        for place, condition in enumerate(self.conditions):
            declared = declared_terms(self.act.conditions[place].terms)
            becomes = self._settle(self.conditions, place)
            for name, value in condition.terms.items():
                low, high, _ = declared[name]
                to = None
                if becomes != self.value:
                    to = _least_change(condition, name)
                    to = to if low <= to <= high and self._replays(place, name, to, becomes) else None
                yield TermFlip(condition.name, name, value, to, low, high, becomes if to is not None else None)

    def _settle(self, conditions: list[EvaluatedCondition], turned: int) -> int:
        """Settle the decision with one condition turned to its opposite."""
        held = [each.holds != (place == turned) for place, each in enumerate(conditions)]
        return combine_conditions(self.act, held)

    def _replays(self, place: int, term: str, to: float, becomes: int) -> bool:
        """Play again to the moment, set the term, and see the decision come out as claimed."""
        again = self.evaluate_conditions(self.world_before(self.scenario))
        again[place].terms[term] = to
        return combine_conditions(self.act, [each.holds for each in again]) == becomes

    def decide_with(self, path: str, value: float) -> int | None:
        """Decide with one setting changed from round 0; None if the question does not arise then."""
        try:
            world = self.world_before(load_scenario(self.data, {path: value}))
        except ScenarioError:
            return None
        if world.shape(self.act.column) != self.world.shape(self.act.column):
            return None
        return self.decide(world) if self.open_in(world) else None

    def lever_flips(self, steps: int = 12, report: Callable[[str], None] = lambda _: None) -> Iterator[LeverFlip]:
        """Find for each lever the nearest value that flips the decision, on a grid refined by halving.

        steps: grid points on either side of the present value. Every value given was played.
        """
        for lever in list_levers(self.scenario):
            report(lever.path)
            yield self._nearest(lever, steps)

    def _nearest(self, lever: DeclaredParameter, steps: int) -> LeverFlip:
        found: list[tuple[float, float, int]] = []
        for end in (lever.low, lever.high):
            before = float(lever.value)
            for value in _grid(lever, end, steps):
                becomes = self.decide_with(lever.path, value)
                if becomes is not None and becomes != self.value:
                    value, becomes = self._refine(lever, before, value, becomes)
                    found.append((abs(value - lever.value), value, becomes))
                    break
                before = value
        if not found:
            return LeverFlip(lever, None, None)
        _, to, becomes = min(found)
        return LeverFlip(lever, to, becomes)

    def _refine(self, lever: DeclaredParameter, near: float, far: float, becomes: int) -> tuple[float, int]:
        """Halve the gap between a value that does not flip and one that does."""
        for _ in range(0 if lever.whole else 6):
            middle = 0.5 * (near + far)
            decided = self.decide_with(lever.path, middle)
            if decided is not None and decided != self.value:
                far, becomes = middle, decided
            else:
                near = middle
        short = _short(far, near)
        decided = self.decide_with(lever.path, short)
        if decided is not None and decided != self.value:
            return short, decided
        return far, becomes


def _short(far: float, near: float) -> float:
    """Round a value away from the side that does not flip, to three digits after the point."""
    scaled = far * 1000.0
    return (math.ceil(scaled) if far > near else math.floor(scaled)) / 1000.0


def _grid(lever: DeclaredParameter, end: float, steps: int) -> list[float]:
    """List values from the present one towards one end of the range."""
    if lever.whole:
        way = 1 if end > lever.value else -1
        values: list[float] = list(range(int(lever.value) + way, int(end) + way, way))
        return values if len(values) <= steps else values[:: math.ceil(len(values) / steps)]
    return (
        [lever.value + (end - lever.value) * step / steps for step in range(1, steps + 1)] if end != lever.value else []
    )


def _least_change(condition: EvaluatedCondition, term: str) -> float:
    """Find the value of a term, nearest to its own, at which the condition turns to its opposite."""
    holds, value = condition.holds, condition.terms[term]
    to = value + (condition.threshold - condition.score)
    step = math.ulp(max(abs(to), abs(condition.score), abs(condition.threshold)))
    while condition._replace(terms={**condition.terms, term: to}).holds == holds:
        to += -step if holds else step
        step *= 2.0
    return to
