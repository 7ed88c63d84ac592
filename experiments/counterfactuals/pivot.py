"""Turning points: the chance of each outcome from every round on, and the round and decision that changed it most."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.counterfactuals.branch import Branch, world_after
from experiments.engine.kernel import advance, play_acts, run_trajectories, run_trajectory
from experiments.engine.pool import run_in_order
from experiments.ensembles.statistics import Effect, Share, paired_effect, wilson
from model.enumerations import Friction, InspectionReport, Outcome
from model.loading import load_scenario
from model.measures import overall_outcomes
from model.overrides import Override, collect_overrides
from model.protocol import PROTOCOL
from model.scenario import Scenario
from model.world import ResolvedOverride, World

CONTINUATION_SEED = 1_000_003
MAX_RESAMPLED_ROUNDS = 24_000  # sampled rounds times rounds of the run: above this, not every round is sampled
ROUND_STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 20, 25, 30, 40, 50, 60, 100)
CONTINUATION_BLOCK = 50  # continuations played between two calls of stop

type OpenDecision = tuple[int, tuple[int, ...], int]  # number of the act, cell, value


class OutcomeChances(NamedTuple):
    """The chance of each outcome after each round: float64 [round, outcome], round 0 is the start."""

    chances: np.ndarray
    futures: int

    @property
    def deal(self) -> np.ndarray:
        """Return the chance of some deal at the end: float64 [round]."""
        return self.chances[:, Outcome.partial_arrangement :].sum(axis=1)

    @property
    def turning_round(self) -> int:
        """Return the round that changed the chance of a deal most."""
        return int(np.abs(np.diff(self.deal)).argmax()) + 1


class DecisionEffect(NamedTuple):
    """One decision of a round, and the chance of a deal with it and with its opposite.

    low, high: 95 % interval of the paired difference, opposite minus actual, over ``futures`` continuations.
    """

    act: str
    cell: tuple[int, ...]
    value: int
    otherwise: int
    deal: float
    deal_otherwise: float
    low: float = 0.0
    high: float = 0.0
    futures: int = 0


class ChanceChange(NamedTuple):
    """The change in the chance of a deal from one sampled round to the next; continuations are paired by seed."""

    before: int
    now: int
    chance_before: float
    chance: float
    effect: Effect


class ContinuationOutcomes:
    """The outcomes of resampled continuations of one run, from each of some rounds on.

    rounds: int [place], 0 is the start. outcomes: int8 [place, continuation], values of Outcome, -1 if not played yet.
    """

    def __init__(self, rounds: Sequence[int], futures: int):
        self.rounds = np.asarray(rounds)
        self.outcomes = np.full((len(rounds), futures), -1, np.int8)

    @property
    def played(self) -> int:
        """Return the number of continuations played so far, over all rounds."""
        return int((self.outcomes >= 0).sum())

    def shares(self, place: int) -> dict[Outcome, Share]:
        """Return the share of each outcome from a round on, with its interval; empty if none was played yet."""
        reached = self.outcomes[place][self.outcomes[place] >= 0]
        return {each: wilson(int((reached == each).sum()), len(reached)) for each in Outcome} if len(reached) else {}

    def deal_share(self, place: int) -> Share | None:
        """Return the share of continuations with some deal from a round on, or None if none was played yet."""
        reached = self.outcomes[place][self.outcomes[place] >= 0]
        return wilson(int((reached >= Outcome.partial_arrangement).sum()), len(reached)) if len(reached) else None

    def chance_changes(self) -> list[ChanceChange]:
        """Return the changes between neighbouring rounds, the largest first."""
        results = []
        for place in range(1, len(self.rounds)):
            pair = self.outcomes[place - 1 : place + 1]
            before, now = (pair[:, (pair >= 0).all(axis=0)] >= Outcome.partial_arrangement).astype(float)
            if len(now):
                rounds = int(self.rounds[place - 1]), int(self.rounds[place])
                chances = float(before.mean()), float(now.mean())
                results.append(ChanceChange(*rounds, *chances, paired_effect(before, now)))
        return sorted(results, key=lambda each: -abs(each.effect.difference))


def sampled_rounds(rounds: int) -> list[int]:
    """Return the rounds to sample: all of them, or in a long scenario every n-th, with the first and the last.

    The rest of the run is resampled from each of them, so the work grows with the square of its length.
    """
    min_step = -(-rounds * rounds // MAX_RESAMPLED_ROUNDS)
    step = next((each for each in ROUND_STEPS if each >= min_step), ROUND_STEPS[-1])
    return sorted({*range(0, rounds + 1, step), rounds})


def resample_continuations(
    scenario: Scenario,
    seed: int,
    futures: int = 200,
    rounds: Sequence[int] | None = None,
    overrides: Sequence[Override] = (),
    *,
    progress: Callable[[int, ContinuationOutcomes], None] = lambda done, so_far: None,
    stop: Callable[[], bool] = lambda: False,
) -> ContinuationOutcomes:
    """Resample continuations of a run from some rounds on, by default from all.

    The first block of continuations is played from every round, then the second, so that partial results cover all
    rounds, with wider intervals. progress: receives the number of continuations played and the results so far.
    Raises CancelledError if ``stop`` returns true.
    """
    results = ContinuationOutcomes(range(scenario.rounds + 1) if rounds is None else rounds, futures)
    run = run_trajectory(World(scenario, seed, collect_overrides(scenario, overrides)), scenario.rounds)
    blocks = list(product(range(0, futures, CONTINUATION_BLOCK), range(len(results.rounds))))

    def play(block: tuple[int, int]) -> tuple[int, int, np.ndarray]:
        first, place = block
        now = int(results.rounds[place])
        world, size = world_after(scenario, seed, now, overrides), min(CONTINUATION_BLOCK, futures - first)
        return place, first, continuation_outcomes(world, run, now, scenario, first, size, overrides)

    for place, first, reached in run_in_order(play, blocks, stop=stop):
        results.outcomes[place, first : first + len(reached)] = reached
        progress(results.played, results)
    return results


def outcome_chances(
    scenario: str | Path | Scenario | Mapping[str, Any],
    seed: int,
    futures: int = 200,
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> OutcomeChances:
    """Return the chance of each outcome after every round. Raises CancelledError if ``stop`` returns true."""
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, changes)

    def report(done: int, so_far: ContinuationOutcomes) -> None:
        progress(done * loaded.rounds // so_far.outcomes.size)

    results = resample_continuations(loaded, seed, futures, progress=report, stop=stop)
    counts = np.array([[row.count(each) for each in Outcome] for row in results.outcomes.tolist()])
    return OutcomeChances(counts / futures, futures)


def continuation_outcomes(
    world: World,
    run: np.ndarray,
    now: int,
    scenario: Scenario,
    first: int,
    futures: int,
    overrides: Sequence[Override] = (),
) -> np.ndarray:
    """Resample continuations from a world at the end of round ``now``. Returns their outcomes: int8 [continuation]."""
    start = world.continue_with(scenario, int(world.seed), collect_overrides(scenario, overrides))
    seeds = np.arange(first, first + futures, dtype=np.uint64) + np.uint64(CONTINUATION_SEED)
    played = run_trajectories(start, seeds, scenario.rounds - now)
    past = np.broadcast_to(run[:now], (futures, *run[:now].shape))
    return overall_outcomes(np.concatenate([past, played], axis=1), len(scenario.negotiations)).astype(np.int8)


def open_decisions(
    scenario: Scenario, seed: int, now: int, overrides: Sequence[Override] = ()
) -> Iterator[OpenDecision]:
    """Yield the decisions that arose in a round, without levels."""
    world = world_after(scenario, seed, now - 1, overrides)
    world.clock[0] += 1
    for number, act in enumerate(PROTOCOL):
        open_cells: list[tuple[int, ...]] = []
        if act.conditions and not act.sums and (not act.mechanism or getattr(world, f"with_{act.mechanism}")):
            cells = product(*(range(world.size[axis]) for axis in act.axes))
            open_cells = [cell for cell in cells if act.when is None or act.when(world.compiled, *cell)]
        play_acts(world, number, number + 1)
        yield from ((number, cell, int(getattr(world, act.column)[cell])) for cell in open_cells)


def opposite_value(act_name: str, value: int) -> int:
    """Return the opposite of a decision."""
    if act_name == "answer_proposal":
        return -1 if value > 0 else 1
    if act_name == "resolve_friction":
        return Friction.STALL if value == Friction.CLIMB else Friction.CLIMB
    if act_name == "report_findings":
        return InspectionReport.VIOLATION if value == InspectionReport.CLEAN else InspectionReport.CLEAN
    return 0 if value else 1


def rank_decisions(
    scenario: str | Path | Scenario | Mapping[str, Any],
    seed: int,
    now: int,
    futures: int = 200,
    changes: Mapping[str, Any] | None = None,
    overrides: Sequence[Override] = (),
    *,
    top: int | None = None,
    progress: Callable[[int, int, list[DecisionEffect]], None] = lambda done, total, so_far: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[DecisionEffect]:
    """Rank the decisions of a round by the effect of their opposites on the chance of a deal.

    top: play all continuations only for this number of decisions, those with the largest effect in the first block;
    the others come last and have one block. progress: receives the number of blocks played, their total, and the
    ranking so far. Raises CancelledError if ``stop`` returns true.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, changes)
    past = world_after(loaded, seed, now - 1, overrides)
    run = run_trajectory(World(loaded, seed, collect_overrides(loaded, overrides)), loaded.rounds)
    decisions = list(open_decisions(loaded, seed, now, overrides))
    deals = np.full((len(decisions) + 1, futures), np.nan)  # the last row is the run itself

    def play(block: tuple[int, int]) -> tuple[int, int, np.ndarray]:
        row, first = block
        moves = [_opposite_override(past, now, *decisions[row])] if row < len(decisions) else []
        world = past.continue_with(loaded, seed, [*collect_overrides(loaded, overrides), *moves])
        advance(world, 1)
        size = min(CONTINUATION_BLOCK, futures - first)
        outcomes = continuation_outcomes(world, run, now, loaded, first, size, overrides)
        return row, first, outcomes >= Outcome.partial_arrangement

    later_blocks = range(CONTINUATION_BLOCK, futures, CONTINUATION_BLOCK)
    full_count = len(decisions) if top is None else min(len(decisions), top)
    total, done = len(decisions) + 1 + len(later_blocks) * (full_count + 1), 0

    def play_blocks(rows: Iterable[int], blocks: Iterable[int]) -> None:
        nonlocal done
        for row, first, reached in run_in_order(play, product(rows, blocks), stop=stop):
            deals[row, first : first + len(reached)] = reached
            done += 1
            progress(done, total, _ranked(decisions, deals) if done % 8 == 0 or done == total else [])

    play_blocks([len(decisions)], [0, *later_blocks])
    play_blocks(range(len(decisions)), [0])
    play_blocks(_by_first_block(deals)[:full_count], later_blocks)
    return _ranked(decisions, deals)


def _ranked(decisions: Sequence[OpenDecision], deals: np.ndarray) -> list[DecisionEffect]:
    """Return the decisions that were played, those with the most continuations and then the largest effect first."""
    actual, rows = deals[-1], zip(decisions, deals, strict=False)
    results = [_decision_effect(*decision, actual, row) for decision, row in rows if not np.isnan(row[0])]
    return sorted(results, key=lambda each: (-each.futures, -abs(each.deal - each.deal_otherwise)))


def _by_first_block(deals: np.ndarray) -> list[int]:
    """Return the rows of all decisions, those with the largest effect in the first block first."""
    if len(deals) == 1:
        return []
    first = deals[:, :CONTINUATION_BLOCK]
    return np.argsort(-np.abs(np.nanmean(first[:-1] - first[-1], axis=1)), kind="stable").tolist()


def _opposite_override(past: World, now: int, number: int, cell: tuple[int, ...], value: int) -> ResolvedOverride:
    act = PROTOCOL[number]
    flat = int(np.ravel_multi_index(cell, past.shape(act.column)))
    return ResolvedOverride(now, number, flat, float(opposite_value(act.name, value)))


def _decision_effect(
    number: int, cell: tuple[int, ...], value: int, actual: np.ndarray, opposite: np.ndarray
) -> DecisionEffect:
    both = ~np.isnan(actual) & ~np.isnan(opposite)
    difference, name = paired_effect(actual[both], opposite[both]), PROTOCOL[number].name
    deals, interval = (float(actual[both].mean()), float(opposite[both].mean())), (difference.low, difference.high)
    return DecisionEffect(name, cell, value, opposite_value(name, value), *deals, *interval, int(both.sum()))


def outcome_shares_by_arm(branch: Branch, futures: int = 1000) -> dict[str, float]:
    """Return the chance of each outcome with the decision of a branch and with its opposite, paired by seed."""
    arms, count = branch.resample(futures, CONTINUATION_SEED, keep_rounds=1), len(branch.scenario.negotiations)
    outcomes = [("went", overall_outcomes(arms.base, count)), ("turned", overall_outcomes(arms.changed, count))]
    return {f"{arm}_{each.name}": float((reached == each).mean()) for arm, reached in outcomes for each in Outcome}
