"""Changes that would have flipped a decision, found by search and verified by replaying the run.

A ``ReplayedDecision`` is one decision of one run. Two kinds of change flip it: the smallest change of a term
at the time of the decision, and the nearest value of a lever, set from the start of the run.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from experiments.counterfactuals.lever_search import LeverFlip, LeverSearch, RobustFlip
from experiments.engine.kernel import advance, play_acts
from experiments.ensembles.design import Plans
from model.acts import Act
from model.loading import load_scenario
from model.overrides import Override, collect_overrides
from model.parameter_space import list_levers
from model.protocol import PROTOCOL, combine_conditions
from model.scenario import Scenario
from model.terms import declared_terms
from model.world import World


class EvaluatedCondition(NamedTuple):
    """A condition at the time of the decision: its terms in order, and the threshold."""

    name: str
    meaning: str
    terms: dict[str, float]
    threshold: float

    @property
    def score(self) -> float:
        """Return the sum of the terms, added in the order of the rule."""
        score = 0.0
        for value in self.terms.values():
            score += value
        return score

    @property
    def holds(self) -> bool:
        """Return whether the condition holds."""
        return self.score >= self.threshold


class TermFlip(NamedTuple):
    """The smallest change of one term that flips the decision; ``to`` is None if there is none in range."""

    condition: str
    term: str
    value: float
    to: float | None
    low: float
    high: float
    becomes: int | None


class ReplayedDecision:
    """One decision of one run: scenario as plain data, seed, round, number of the act, cell.

    Raises ScenarioError if the scenario has errors.
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
        self.world = self.world_before(self.scenario)
        self.is_open = self.open_in(self.world)
        self.value = self.decide(self.world)
        self.conditions = self.evaluate_conditions(self.world)

    @property
    def act(self) -> Act:
        """Return the act of the decision."""
        return PROTOCOL[self.act_number]

    def world_before(self, scenario: Scenario) -> World:
        """Return the world of a scenario, played with the seed of this run, immediately before the decision."""
        world = World(scenario, self.seed, collect_overrides(scenario, self.overrides))
        advance(world, self.round - 1)
        world.clock[0] += 1
        play_acts(world, 0, self.act_number)
        return world

    def open_in(self, world: World) -> bool:
        """Return whether the decision arises in a world."""
        return self.act.when is None or bool(self.act.when(world.compiled, *self.cell))

    def decide(self, world: World) -> int:
        """Return the decision that the rule takes in a world."""
        return int(self.act.rule(world.compiled, *self.cell))

    def evaluate_conditions(self, world: World) -> list[EvaluatedCondition]:
        """Return the conditions of the decision in a world."""
        evaluated = []
        for condition in self.act.conditions:
            terms = condition.rule(world.compiled, *self.cell)
            *values, threshold = map(float, terms)
            named = dict(zip(terms._fields[:-1], values, strict=True))
            evaluated.append(EvaluatedCondition(condition.name, condition.terms.__doc__ or "", named, threshold))
        return evaluated

    def term_flips(self) -> Iterator[TermFlip]:
        """Yield for each term the smallest change that flips the decision, verified by replaying the run."""
        for place, condition in enumerate(self.conditions):
            declared = declared_terms(self.act.conditions[place].terms)
            becomes = self._with_inverted(place)
            for name, value in condition.terms.items():
                low, high, _ = declared[name]
                to = None
                if becomes != self.value:
                    to = _least_change(condition, name)
                    to = to if low <= to <= high and self._is_confirmed(place, name, to, becomes) else None
                yield TermFlip(condition.name, name, value, to, low, high, becomes if to is not None else None)

    def _with_inverted(self, inverted: int) -> int:
        """Return the decision with one condition inverted."""
        held = [each.holds != (place == inverted) for place, each in enumerate(self.conditions)]
        return combine_conditions(self.act, held)

    def _is_confirmed(self, place: int, term: str, to: float, becomes: int) -> bool:
        """Return whether a replay with the term set to a value gives the claimed decision."""
        conditions = self.evaluate_conditions(self.world_before(self.scenario))
        conditions[place].terms[term] = to
        return combine_conditions(self.act, [each.holds for each in conditions]) == becomes

    def lever_flips(self, steps: int = 12, report: Callable[[str], None] = lambda _: None) -> Iterator[LeverFlip]:
        """Yield for each lever the nearest value that flips the decision, from a grid refined by bisection.

        steps: grid points on either side of the current value. report: receives the path of a lever before its result
        is known. Every value returned was played.
        """
        yield from self._lever_search().flips(list_levers(self.scenario), steps, report)

    def robust_flips(self, flips: Sequence[LeverFlip]) -> list[RobustFlip]:
        """Replay flips of levers in other histories: how often the decision is the same, before and after."""
        return self._lever_search().robustness(flips)

    def _lever_search(self) -> LeverSearch:
        plans = Plans(self.scenario, overrides=self.overrides)
        return LeverSearch(plans, self.seed, self.round, self.act_number, self.cell, self.value)


def _least_change(condition: EvaluatedCondition, term: str) -> float:
    """Return the value of a term, nearest to its own, at which the condition changes."""
    holds, value = condition.holds, condition.terms[term]
    to = value + (condition.threshold - condition.score)
    step = math.ulp(max(abs(to), abs(condition.score), abs(condition.threshold)))
    while condition._replace(terms={**condition.terms, term: to}).holds == holds:
        to += -step if holds else step
        step *= 2.0
    return to
