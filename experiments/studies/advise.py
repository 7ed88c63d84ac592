"""The search for the smallest set of lever changes that reaches a goal.

Single levers are tried on a grid, nearest value first; then pairs and triples of the moves that change the measure
most. Common random numbers link all points of the search. What it finds is screened with more worlds, and played again
on fresh seeds, from which all reported estimates come.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.design import ScenarioSource
from experiments.ensembles.plausible import PlausibleSample
from experiments.ensembles.statistics import MeanInterval, mean_interval, paired_effect
from experiments.studies.advice import Advice, Answer, measure_robustness
from experiments.studies.lever_moves import ChangedLevers, LeverChange, lever_moves
from experiments.studies.lever_player import PLAUSIBLE_POINTS, PLAUSIBLE_WORLDS, LeverPlayer, PointValues
from model.overrides import Override

SEARCH_WORLDS = 200
MIN_WORLDS, MOST_LEVERS = 1000, 3
SHORTLIST = (6, 3)  # sets of levers played on fresh seeds, for each size: not perverse, perverse
NEAREST = 3  # settings of each set of levers that are screened: the nearest that reach the goal, and the best
BEST = (2, 1)  # answers reported if none reaches the goal: not perverse, perverse
WITHIN_CHANCE = 0.05  # shares of worlds that differ by less are equal in the search


class Combined(NamedTuple):
    """Which moves are combined: the best ones that are not perverse, the best perverse ones, values of each."""

    sound: int
    perverse: int
    levels: int


COMBINED = {2: Combined(8, 4, 3), 3: Combined(5, 2, 3)}  # by number of levers

type Changes = tuple[LeverChange, ...]


@dataclass(frozen=True)
class Trial(ChangedLevers):
    """Changes that were played in the search: the estimated measure, and the mean progress of the deal."""

    estimate: MeanInterval
    progress: float


def take_best[Found](trials: Sequence[Found], own: Callable[[Found], Trial], sound: int, perverse: int) -> list[Found]:
    """Return the first that are not perverse, then the first perverse ones. own: returns the trial that decides."""
    return [
        *[each for each in trials if not own(each).perverse][:sound],
        *[each for each in trials if own(each).perverse][:perverse],
    ]


class AdviceSearch:
    """A search for changes of levers that reach a goal.

    may: shell patterns of the levers that are allowed to move; all by default. most: largest number of levers moved.
    events: that happen in every world besides those of the scenario. worlds: of every reported estimate, with seeds
    from ``seed`` on; screening and search have the seeds after those. sample: plausible worlds in which the answers are
    played, or None. Raises ScenarioError with all errors.
    """

    def __init__(
        self,
        scenario: ScenarioSource,
        goal: str,
        changes: Mapping[str, Any] | None = None,
        *,
        may: Sequence[str] = (),
        most: int = MOST_LEVERS,
        events: Sequence[Override] = (),
        worlds: int = MIN_WORLDS,
        seed: int = 1,
        sample: PlausibleSample | None = None,
    ):
        self.player = LeverPlayer(scenario, changes, [goal], may, events)
        self.goal = self.player.goals[0]
        self.moves = lever_moves(self.player.scenario, self.player.levers)
        self.most, self.worlds, self.seed, self.sample = most, worlds, seed, sample
        self.screen_seed = seed + worlds
        self.search_seed = seed + 2 * worlds

    @property
    def total_worlds(self) -> int:
        """Return the largest number of worlds that the search may play."""
        points = sum(len(move.changes) for move in self.moves)
        for size in range(2, self.most + 1):
            sound, perverse, levels = COMBINED[size]
            points += math.comb(sound + perverse, size) * levels**size
        answers = sum(SHORTLIST) * self.most
        confirmed = (2 + sum(BEST) + (2 * NEAREST + 2) * answers + self.most) * self.worlds
        plausible = (1 + answers) * PLAUSIBLE_POINTS * PLAUSIBLE_WORLDS * (self.sample is not None)
        return points * SEARCH_WORLDS + confirmed + plausible

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Advice:
        """Search and return the advice. progress: receives the number of worlds played."""
        self.player.done, self.player.progress = 0, progress
        base = self._confirm([()])[0]
        answers: list[Answer] = []
        families: list[list[Trial]] = []
        tried: dict[int, int] = {}
        for size in range(1, 0 if base.reached else self.most + 1):
            combined = self._families(size, families, answers)
            if not (found := self._search(combined, SEARCH_WORLDS, self.search_seed)):
                break
            families += found
            tried[size] = sum(map(len, found))
            answers += self._reached(found)
            if any(not each.perverse for each in answers):
                break
        best = [] if base.reached or answers else self._best(families)
        rows = self._with_robustness([base, *answers, *best])
        return Advice(
            scenario=self.player.scenario.name,
            goal=self.goal,
            base=rows[0],
            answers=tuple(rows[1 : 1 + len(answers)]),
            best=tuple(rows[1 + len(answers) :]),
            tried=tried,
            levers=len(self.player.levers),
            worlds=self.worlds,
            seed=self.seed,
            search_worlds=SEARCH_WORLDS,
            plausible_points=PLAUSIBLE_POINTS if self.sample else 0,
            plausible_worlds=PLAUSIBLE_WORLDS if self.sample else 0,
        )

    def _families(
        self, size: int, searched: Sequence[Sequence[Trial]], answers: Sequence[Answer]
    ) -> list[list[Changes]]:
        """Return the combinations to try, those of the same levers and directions together.

        searched: the trials so far, by family. Combinations that contain the moves of an answer are left out.
        """
        if size == 1:
            return [[(change,) for change in move.changes] for move in self.moves]
        solved = [{each.move for each in answer.changes} for answer in answers]
        ranked = self._ranked(searched)
        sound, perverse, levels = COMBINED[size]
        families = []
        for chosen in combinations(take_best(ranked, itemgetter(0), sound, perverse), size):
            changes = [family[0].changes[0] for family in chosen]
            moves, paths = {each.move for each in changes}, {each.path for each in changes}
            if len(paths) == size and not any(each <= moves for each in solved):
                values = (self._levels(family, levels) for family in chosen)
                families.append([tuple(chain(*each)) for each in product(*values)])
        return families

    def _ranked(self, searched: Sequence[Sequence[Trial]]) -> list[Sequence[Trial]]:
        """Return the trials of each move, those first that come nearest to the goal, alone or in a combination."""
        scores: dict[tuple[str, bool], tuple[float, float]] = {}
        for family in searched:
            score = max(map(self._key, family))
            for change in family[0].changes:
                scores[change.move] = max(scores.get(change.move, score), score)
        single = (family for family in searched if len(family[0].changes) == 1)
        return sorted(single, key=lambda family: scores[family[0].changes[0].move], reverse=True)

    def _levels(self, trials: Sequence[Trial], levels: int) -> list[Changes]:
        """Return some values of a move up to its best one."""
        best = max(range(len(trials)), key=lambda at: self._key(trials[at])) + 1
        places = {math.ceil(best * level / levels) - 1 for level in range(1, levels + 1)}
        return [trials[at].changes for at in sorted(places)]

    def _key(self, trial: Trial) -> tuple[float, float]:
        """Return how near a trial is to the goal; progress of the deal decides if shares are equal within chance."""
        nearness = -self.goal.shortfall(trial.estimate.mean)
        if not self.goal.is_share:
            return nearness, 0.0
        direction = 1.0 if self.goal.at_least == ("deal" in self.goal.measure) else -1.0
        return round(nearness / WITHIN_CHANCE), direction * trial.progress

    def _search(self, families: Sequence[Sequence[Changes]], worlds: int, seed: int) -> list[list[Trial]]:
        """Play all combinations and return the trials of each family that could be played, nearest first."""
        played = iter(self._play(list(chain(*families)), worlds, seed))
        found = []
        for family in families:
            values = [next(played) for _ in family]
            trials = [
                Trial(changes, mean_interval(each.measures[0]), each.progress)
                for changes, each in zip(family, values, strict=True)
                if each is not None
            ]
            found.append(sorted(trials, key=lambda trial: trial.distance))
        return [each for each in found if each]

    def _reached(self, families: Iterable[Sequence[Trial]]) -> list[Answer]:
        """Return for each set of levers of a short list the nearest answer that reaches the goal on fresh seeds.

        The short list is screened first, with as many worlds as the answers but other seeds.
        """
        possible = [some for family in families if (some := self._possible(family))]
        possible.sort(key=lambda some: (not self._is_reached(some), some[0].distance))
        chosen = take_best(possible, itemgetter(0), *SHORTLIST)
        screened = self._search([[trial.changes for trial in some] for some in chosen], self.worlds, self.screen_seed)
        nearest = [some for family in screened if (some := self._nearest(family))]
        confirmed = iter(self._confirm([trial.changes for some in nearest for trial in some]))
        answers = [[next(confirmed) for _ in some] for some in nearest]
        reached = [next((each for each in some if each.reached), None) for some in answers]
        return sorted((each for each in reached if each is not None), key=lambda each: each.distance)

    def _is_reached(self, trials: Iterable[Trial]) -> bool:
        return any(self.goal.is_reached(each.estimate.mean) for each in trials)

    def _possible(self, family: Sequence[Trial]) -> list[Trial]:
        """Return the nearest trials that reach the goal and the best ones, unless these miss the goal beyond chance."""
        reached = [each for each in family if self.goal.is_reached(each.estimate.mean)][:NEAREST]
        best = [each for each in sorted(family, key=self._shortfall) if self.goal.is_possible(each.estimate)][:NEAREST]
        return sorted({*reached, *best}, key=lambda trial: trial.distance)

    def _nearest(self, family: Sequence[Trial]) -> list[Trial]:
        """Return the nearest trial that reaches the goal, and the nearest whose whole interval does."""
        reached = next((each for each in family if self.goal.is_reached(each.estimate.mean)), None)
        certain = next((each for each in family if self.goal.is_certain(each.estimate)), None)
        return [each for each in dict.fromkeys((reached, certain)) if each is not None]

    def _shortfall(self, trial: Trial) -> float:
        return self.goal.shortfall(trial.estimate.mean)

    def _best(self, families: Sequence[Sequence[Trial]]) -> list[Answer]:
        """Return the answers that come nearest to the goal, on fresh seeds, best first.

        None of them contains the moves of another. Of those that are equal within chance, fewer levers come first.
        """

        def key(trial: Trial) -> tuple[float, int, float]:
            shortfall = self._shortfall(trial)
            if self.goal.is_share:
                shortfall = round(shortfall / WITHIN_CHANCE)
            return shortfall, len(trial.changes), trial.distance

        chosen: list[Trial] = []
        for trial in sorted((min(family, key=self._shortfall) for family in families), key=key):
            moves = {each.move for each in trial.changes}
            others = [{each.move for each in other.changes} for other in chosen]
            if not any(moves <= other or other <= moves for other in others):
                chosen.append(trial)
        answers = self._confirm([each.changes for each in take_best(chosen, lambda trial: trial, *BEST)])
        return sorted(answers, key=lambda each: each.shortfall)

    def _confirm(self, changes: Sequence[Changes]) -> list[Answer]:
        """Play combinations, paired with the scenario as it is, on fresh seeds and return the answers."""
        base, *played = self._play([(), *changes], self.worlds, self.seed)
        if base is None:
            return []
        return [self._answer(each, base, own) for each, own in zip(changes, played, strict=True) if own is not None]

    def _answer(self, changes: Changes, base: PointValues, own: PointValues) -> Answer:
        estimate = mean_interval(own.measures[0])
        return Answer(
            changes=changes,
            estimate=estimate,
            reached=self.goal.is_reached(estimate.mean),
            certain=self.goal.is_certain(estimate),
            shortfall=self.goal.shortfall(estimate.mean),
            tension=paired_effect(base.tension, own.tension),
        )

    def _with_robustness(self, answers: list[Answer]) -> list[Answer]:
        """Return the answers with their robustness over the plausible worlds, if there is a sample."""
        if self.sample is None:
            return answers
        played = [self.player.play_plausible(self.sample, answer.settings, self.seed) for answer in answers]
        means = np.array([[mean_interval(each.measures[0]).mean for each in points] for points in played])
        robustness = measure_robustness(self.goal, means)
        return [replace(each, robustness=own) for each, own in zip(answers, robustness, strict=True)]

    def _play(self, changes: Sequence[Changes], worlds: int, seed: int) -> list[PointValues | None]:
        return self.player.play([{each.path: each.after for each in some} for some in changes], worlds, seed)
