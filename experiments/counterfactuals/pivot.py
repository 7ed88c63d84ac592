"""Turning points: the chance of each outcome from every round on, and the round and action that moved it most."""

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
MAX_RESAMPLED_ROUNDS = 24_000  # rounds looked from, times rounds of a run, from which on not every round is looked from
ROUND_STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 20, 25, 30, 40, 50, 60, 100)
CONTINUATION_BLOCK = 50  # futures played without asking whether to stop

type OpenDecision = tuple[int, tuple[int, ...], int]  # the number of an act, the cell it decided, the value it gave


class OutcomeChances(NamedTuple):
    """The chance of each outcome from the end of each round on: float64 [round, outcome], round 0 is the start."""

    chances: np.ndarray
    futures: int

    @property
    def deal(self) -> np.ndarray:
        """Give the chance that some deal stands in the end, [round]."""
        return self.chances[:, Outcome.partial_arrangement :].sum(axis=1)

    @property
    def turning_round(self) -> int:
        """Give the round that moved the chance of a deal most."""
        return int(np.abs(np.diff(self.deal)).argmax()) + 1


class DecisionEffect(NamedTuple):
    """One decision of the turning round, and the chance of a deal had it come out otherwise.

    low, high: 95 % interval of the paired difference, otherwise minus as it went, over so many futures.
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
    """How the chance of a deal changed from one round looked at to the next: paired by the dice of each future."""

    before: int
    now: int
    chance_before: float
    chance: float
    effect: Effect


class ContinuationOutcomes:
    """How redrawn futures of one run end, from each of some rounds on.

    rounds: int [place], 0 is the start. ends: int8 [place, future], numbers of Outcome, -1 where not played yet.
    """

    def __init__(self, rounds: Sequence[int], futures: int):
        self.rounds = np.asarray(rounds)
        self.outcomes = np.full((len(rounds), futures), -1, np.int8)

    @property
    def played(self) -> int:
        """Count the futures played so far, over all rounds."""
        return int((self.outcomes >= 0).sum())

    def shares(self, place: int) -> dict[Outcome, Share]:
        """Give the share of each outcome from a round on, with its interval."""
        ends = self.outcomes[place][self.outcomes[place] >= 0]
        return {each: wilson(int((ends == each).sum()), len(ends)) for each in Outcome} if len(ends) else {}

    def deal_share(self, place: int) -> Share | None:
        """Give the share of futures with some deal from a round on, or None if none was played yet."""
        ends = self.outcomes[place][self.outcomes[place] >= 0]
        return wilson(int((ends >= Outcome.partial_arrangement).sum()), len(ends)) if len(ends) else None

    def chance_changes(self) -> list[ChanceChange]:
        """List the moves between neighbouring rounds, the largest first."""
        found = []
        for place in range(1, len(self.rounds)):
            pair = self.outcomes[place - 1 : place + 1]
            before, now = (pair[:, (pair >= 0).all(axis=0)] >= Outcome.partial_arrangement).astype(float)
            if len(now):
                rounds = int(self.rounds[place - 1]), int(self.rounds[place])
                found.append(ChanceChange(*rounds, float(before.mean()), float(now.mean()), paired_effect(before, now)))
        return sorted(found, key=lambda each: -abs(each.effect.difference))


def sampled_rounds(rounds: int) -> list[int]:
    """Choose the rounds to look from: all of them, or in a long scenario every so many, with first and last.

    From each of them the rest of the run is played anew, so the work grows with the square of its length.
    """
    fewest = -(-rounds * rounds // MAX_RESAMPLED_ROUNDS)
    step = next((each for each in ROUND_STEPS if each >= fewest), ROUND_STEPS[-1])
    return sorted({*range(0, rounds + 1, step), rounds})


def resample_continuations(
    setting: Scenario,
    seed: int,
    futures: int = 200,
    rounds: Sequence[int] | None = None,
    overrides: Sequence[Override] = (),
    *,
    progress: Callable[[int, ContinuationOutcomes], None] = lambda done, so_far: None,
    stop: Callable[[], bool] = lambda: False,
) -> ContinuationOutcomes:
    """Keep the past of a run and redraw its future from some rounds on, all by default.

    A first block of futures is played from every round, then a second, so that what is there so far is a
    whole picture with wider intervals. Raises CancelledError if told to stop.
    """
    found = ContinuationOutcomes(range(setting.rounds + 1) if rounds is None else rounds, futures)
    run = run_trajectory(World(setting, seed, collect_overrides(setting, overrides)), setting.rounds)
    blocks = list(product(range(0, futures, CONTINUATION_BLOCK), range(len(found.rounds))))

    def play(block: tuple[int, int]) -> tuple[int, int, np.ndarray]:
        first, place = block
        now = int(found.rounds[place])
        world, size = world_after(setting, seed, now, overrides), min(CONTINUATION_BLOCK, futures - first)
        return place, first, continuation_outcomes(world, run, now, setting, first, size, overrides)

    for place, first, reached in run_in_order(play, blocks, stop=stop):
        found.outcomes[place, first : first + len(reached)] = reached
        progress(found.played, found)
    return found


def outcome_chances(
    scenario: str | Path | Scenario | Mapping[str, Any],
    seed: int,
    futures: int = 200,
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> OutcomeChances:
    """Give the chance of each outcome from every round on. Raises CancelledError if told to stop."""
    setting = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, changes)

    def tell(done: int, so_far: ContinuationOutcomes) -> None:
        progress(done * setting.rounds // so_far.outcomes.size)

    found = resample_continuations(setting, seed, futures, progress=tell, stop=stop)
    return OutcomeChances(
        np.array([[row.count(each) for each in Outcome] for row in found.outcomes.tolist()]) / futures, futures
    )


def continuation_outcomes(
    world: World,
    run: np.ndarray,
    now: int,
    setting: Scenario,
    first: int,
    futures: int,
    overrides: Sequence[Override] = (),
) -> np.ndarray:
    """Play some redrawn futures from a world that stands at the end of a round; give their outcomes, int8 [future]."""
    start = world.continue_with(setting, int(world.seed), collect_overrides(setting, overrides))
    seeds = np.arange(first, first + futures, dtype=np.uint64) + np.uint64(CONTINUATION_SEED)
    played = run_trajectories(start, seeds, setting.rounds - now)
    past = np.broadcast_to(run[:now], (futures, *run[:now].shape))
    return overall_outcomes(np.concatenate([past, played], axis=1), len(setting.negotiations)).astype(np.int8)


def _shares(seen: np.ndarray, negotiations: int) -> np.ndarray:
    return np.bincount(overall_outcomes(seen, negotiations), minlength=len(Outcome)) / len(seen)


def open_decisions(
    setting: Scenario, seed: int, now: int, overrides: Sequence[Override] = ()
) -> Iterator[OpenDecision]:
    """List the choices of a round that were open: act, cell and value, levels left out."""
    world = world_after(setting, seed, now - 1, overrides)
    world.clock[0] += 1
    for number, act in enumerate(PROTOCOL):
        open_cells: list[tuple[int, ...]] = []
        if act.conditions and not act.sums and (not act.mechanism or getattr(world, f"with_{act.mechanism}")):
            cells = product(*(range(world.size[axis]) for axis in act.axes))
            open_cells = [cell for cell in cells if act.when is None or act.when(world.compiled, *cell)]
        play_acts(world, number, number + 1)
        yield from ((number, cell, int(getattr(world, act.column)[cell])) for cell in open_cells)


def opposite_value(act_name: str, value: int) -> int:
    """Give the opposite of a choice."""
    if act_name == "answer_proposal":
        return -1 if value > 0 else 1
    if act_name == "resolve_friction":
        return Friction.COLLAPSE if value == Friction.CLIMB else Friction.CLIMB
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
    """Turn each open choice of a round to its opposite, redraw the future, and rank by what that does to the deal.

    leading: play all futures only of so many choices that moved most in the first block; of the others,
    which come last in the ranking, that block alone. progress is told the blocks done, all of them, and
    the ranking so far. Raises CancelledError if told to stop.
    """
    setting = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, changes)
    past = world_after(setting, seed, now - 1, overrides)
    run = run_trajectory(World(setting, seed, collect_overrides(setting, overrides)), setting.rounds)
    choices = list(open_decisions(setting, seed, now, overrides))
    deals = np.full((len(choices) + 1, futures), np.nan)  # the last row is the run as it went

    def play(block: tuple[int, int]) -> tuple[int, int, np.ndarray]:
        row, first = block
        moves = [_turned(past, now, *choices[row])] if row < len(choices) else []
        world = past.continue_with(setting, seed, [*collect_overrides(setting, overrides), *moves])
        advance(world, 1)
        size = min(CONTINUATION_BLOCK, futures - first)
        return (
            row,
            first,
            continuation_outcomes(world, run, now, setting, first, size, overrides) >= Outcome.partial_arrangement,
        )

    later, finalists = (
        range(CONTINUATION_BLOCK, futures, CONTINUATION_BLOCK),
        min(len(choices), len(choices) if top is None else top),
    )
    total, done = len(choices) + 1 + len(later) * (finalists + 1), 0

    def do(rows: Iterable[int], blocks: Iterable[int]) -> None:
        nonlocal done
        for row, first, reached in run_in_order(play, product(rows, blocks), stop=stop):
            deals[row, first : first + len(reached)] = reached
            done += 1
            progress(done, total, _ranked(choices, deals) if done % 8 == 0 or done == total else [])

    do([len(choices)], [0, *later])
    do(range(len(choices)), [0])
    do(_most_moved(deals)[:finalists], later)
    return _ranked(choices, deals)


def _ranked(choices: Sequence[OpenDecision], deals: np.ndarray) -> list[DecisionEffect]:
    """Return the choices of which a block was played, those with the most futures and the largest change first."""
    usual, rows = deals[-1], zip(choices, deals, strict=False)
    found = [_action(*choice, usual, row) for choice, row in rows if not np.isnan(row[0])]
    return sorted(found, key=lambda each: (-each.futures, -abs(each.deal - each.deal_otherwise)))


def _most_moved(deals: np.ndarray) -> list[int]:
    """Return the rows of all choices, those that moved the chance of a deal most in the first block first."""
    moved = (
        np.abs(np.nanmean(deals[:-1, :CONTINUATION_BLOCK] - deals[-1, :CONTINUATION_BLOCK], axis=1))
        if len(deals) > 1
        else np.empty(0)
    )
    return np.argsort(-moved, kind="stable").tolist()


def _turned(past: World, now: int, number: int, cell: tuple[int, ...], value: int) -> ResolvedOverride:
    act = PROTOCOL[number]
    flat = int(np.ravel_multi_index(cell, past.shape(act.column)))
    return ResolvedOverride(now, number, flat, float(opposite_value(act.name, value)))


def _action(number: int, cell: tuple[int, ...], value: int, usual: np.ndarray, turned: np.ndarray) -> DecisionEffect:
    both = ~np.isnan(usual) & ~np.isnan(turned)
    difference, name = paired_effect(usual[both], turned[both]), PROTOCOL[number].name
    chance, count = float(usual[both].mean()), int(both.sum())
    deals = chance, float(turned[both].mean())
    return DecisionEffect(
        name, cell, value, opposite_value(name, value), *deals, difference.low, difference.high, count
    )


def outcome_shares_by_arm(branch: Branch, futures: int = 1000) -> dict[str, float]:
    """Give the chance of each outcome as it went and with the branch's one decision turned, same new dice."""
    arms, count = branch.resample(futures, CONTINUATION_SEED, keep_rounds=1), len(branch.scenario.negotiations)
    went, turned = (_shares(arm, count) for arm in arms)
    arms_shares = (("went", went), ("turned", turned))
    return {f"{arm}_{each.name}": float(shares[each]) for arm, shares in arms_shares for each in Outcome}
