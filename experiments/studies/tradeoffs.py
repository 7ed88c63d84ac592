"""Several goals at once: changes of levers of which none misses every goal by more than another.

NSGA-II (Deb et al. 2002) searches combinations of a few moves of levers, with the same worlds for all of them: once
with all moves, and once without those that are perverse advice. Both non-dominated sets are played again on fresh
seeds, and what is dominated there is left out.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
from platypus import NSGAII, Problem, Real, Solution, nondominated
from platypus.evaluator import Evaluator

from experiments.ensembles.design import ScenarioSource
from experiments.ensembles.statistics import mean_interval, paired_effect
from experiments.studies.advice import Compromise, Tradeoffs
from experiments.studies.advise import MIN_WORLDS, MOST_LEVERS, SEARCH_WORLDS, Changes
from experiments.studies.lever_moves import LeverChange, LeverMove, lever_moves
from experiments.studies.lever_player import LeverPlayer, PointValues
from model.errors import InputError, ScenarioError

POPULATION, GENERATIONS = 60, 12
MOST_GOALS = 3
MOST_SHOWN = 8  # members of each non-dominated set that are played on fresh seeds

type Shortfalls = dict[Changes, list[float] | None]  # of each goal; None where values contradict each other


class LeverProblem(Problem):
    """The choice of up to a few moves: for each, a number from 0 to 1 for the move and one for how far it goes.

    Objectives: by how much each goal is missed, to minimise; to exceed a goal counts for nothing. The upper half of the
    first number is no move. shortfalls: what has been played; new results are added.
    """

    def __init__(self, player: LeverPlayer, moves: Sequence[LeverMove], shortfalls: Shortfalls, most: int, seed: int):
        super().__init__(2 * most, len(player.goals))
        self.types[:] = Real(0.0, 1.0)
        self.player, self.moves, self.shortfalls, self.seed = player, moves, shortfalls, seed

    def changes(self, solution: Solution) -> Changes:
        """Return the changes of levers that a solution stands for."""
        found: dict[str, LeverChange] = {}
        numbers = [float(solution.variables[at]) for at in range(self.nvars)]
        for which, far in zip(numbers[::2], numbers[1::2], strict=True):
            place = int(2.0 * which * len(self.moves))
            if place < len(self.moves):
                options = self.moves[place].changes
                change = options[min(int(far * len(options)), len(options) - 1)]
                found.setdefault(change.path, change)
        return tuple(found[path] for path in sorted(found))

    def prepare(self, solutions: Iterable[Solution]) -> None:
        """Play the solutions that have not been played yet, together."""
        new = [each for each in dict.fromkeys(map(self.changes, solutions)) if each not in self.shortfalls]
        points = [{each.path: each.after for each in changes} for changes in new]
        for changes, values in zip(new, self.player.play(points, SEARCH_WORLDS, self.seed), strict=True):
            self.shortfalls[changes] = None if values is None else goal_shortfalls(self.player, values)

    def evaluate(self, solution: Solution) -> None:
        """Set the objectives of a solution that has been played; those of an inconsistent one are infinite."""
        found = self.shortfalls[self.changes(solution)]
        solution.objectives[:] = [np.inf] * self.nobjs if found is None else missing(found)


class BatchEvaluator(Evaluator):
    """Evaluates all solutions of a generation together."""

    def __init__(self, problem: LeverProblem):
        super().__init__()
        self.problem = problem

    def evaluate_all(self, jobs: Iterable[Any], **_: Any) -> list[Any]:
        """Play the solutions of some jobs, then set their objectives."""
        jobs = list(jobs)
        self.problem.prepare(job.solution for job in jobs)
        for job in jobs:
            job.run()
        return jobs


class TradeoffSearch:
    """A search for the non-dominated changes of levers under several goals.

    Arguments as in ``AdviceSearch``. Raises ScenarioError with all errors.
    """

    def __init__(
        self,
        scenario: ScenarioSource,
        goals: Sequence[str],
        changes: Mapping[str, Any] | None = None,
        *,
        may: Sequence[str] = (),
        most: int = MOST_LEVERS,
        worlds: int = MIN_WORLDS,
        seed: int = 1,
    ):
        if not 2 <= len(goals) <= MOST_GOALS:
            raise ScenarioError([InputError("goal", len(goals), f"a trade-off has 2 to {MOST_GOALS} goals")])
        self.player = LeverPlayer(scenario, changes, goals, may)
        self.most, self.worlds, self.seed = most, worlds, seed

    @property
    def total_worlds(self) -> int:
        """Return the largest number of worlds that the search may play."""
        return 2 * POPULATION * (GENERATIONS + 1) * SEARCH_WORLDS + (2 * MOST_SHOWN + 1) * self.worlds

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Tradeoffs:
        """Search and return the trade-offs. progress: receives the number of worlds played."""
        self.player.done, self.player.progress = 0, progress
        moves = lever_moves(self.player.scenario, self.player.levers)
        sound = [each for each in moves if not each.perverse]
        shortfalls: Shortfalls = {}
        found = [self._search(each, shortfalls) for each in (moves, sound) if each]
        base, *answers = self._confirm([(), *dict.fromkeys(chain(*found))])
        rows = [base, *answers]
        best = [each for each in answers if not any(rules_out(other, each) for other in rows)]
        best.sort(key=lambda each: (max(missing(each.shortfalls)), each.distance))
        return Tradeoffs(
            scenario=self.player.scenario.name,
            goals=tuple(self.player.goals),
            base=base,
            answers=tuple(best),
            tried=len(shortfalls),
            levers=len(self.player.levers),
            worlds=self.worlds,
            seed=self.seed,
            search_worlds=SEARCH_WORLDS,
        )

    def _search(self, moves: Sequence[LeverMove], shortfalls: Shortfalls) -> list[Changes]:
        """Return some of the non-dominated combinations of moves."""
        problem = LeverProblem(self.player, moves, shortfalls, self.most, self.seed + self.worlds)
        algorithm = NSGAII(problem, population_size=POPULATION, evaluator=BatchEvaluator(problem))
        with seeded_random(self.seed):
            algorithm.run(POPULATION * GENERATIONS)
        best = dict.fromkeys(problem.changes(each) for each in nondominated(algorithm.result))
        return spread(best, shortfalls, MOST_SHOWN)

    def _confirm(self, combinations: Sequence[Changes]) -> list[Compromise]:
        """Play combinations on fresh seeds, paired with the first one."""
        points = [{each.path: each.after for each in changes} for changes in combinations]
        played = self.player.play(points, self.worlds, self.seed)
        base = played[0]
        return [
            Compromise(
                changes=changes,
                estimates=tuple(mean_interval(values) for values in own.measures),
                shortfalls=tuple(goal_shortfalls(self.player, own)),
                tension=paired_effect(base.tension, own.tension),
            )
            for changes, own in zip(combinations, played, strict=True)
            if own is not None and base is not None
        ]


def goal_shortfalls(player: LeverPlayer, values: PointValues) -> list[float]:
    """Return by how much each goal is missed at a point, negative if it is exceeded."""
    pairs = zip(player.goals, values.measures, strict=True)
    return [goal.shortfall(mean_interval(measured).mean) for goal, measured in pairs]


def missing(shortfalls: Iterable[float]) -> list[float]:
    """Return by how much each goal is missed, 0 where it is reached: to exceed a goal counts for nothing."""
    return [max(each, 0.0) for each in shortfalls]


def dominates(one: Compromise, other: Compromise) -> bool:
    """Return whether one answer comes as near to every goal, and nearer to some or else with a shorter distance."""
    own, its = missing(one.shortfalls), missing(other.shortfalls)
    as_near = all(mine <= theirs for mine, theirs in zip(own, its, strict=True))
    return as_near and (own != its or one.distance < other.distance)


def rules_out(one: Compromise, other: Compromise) -> bool:
    """Return whether one answer dominates another; perverse advice does not rule out advice that is not."""
    return dominates(one, other) and (bool(other.perverse) or not one.perverse)


def spread(found: Iterable[Changes], shortfalls: Shortfalls, count: int) -> list[Changes]:
    """Return some combinations that are evenly spread along the first goal, then along the distance."""

    def key(changes: Changes) -> tuple[list[float], float]:
        return missing(shortfalls[changes] or []), sum(each.distance for each in changes)

    ordered = sorted((each for each in found if each and shortfalls[each]), key=key)
    if len(ordered) <= count:
        return ordered
    return [ordered[round(place * (len(ordered) - 1) / (count - 1))] for place in range(count)]


@contextmanager
def seeded_random(seed: int) -> Iterator[None]:
    """Seed Python's random numbers, which platypus uses, for a block, then restore their state."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
