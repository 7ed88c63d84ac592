"""Turning points: the chance of each outcome from every round on, and the round and action that moved it most."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.branch import Branch, overall, stand
from experiments.kernel import advance, measure, measure_many, play_acts
from model.overrides import forced
from model.protocol import PROTOCOL
from model.scenario import Scenario, load
from model.statuses import Outcome
from model.world import Forced, World

FUTURES_SEED = 1_000_003


class Chances(NamedTuple):
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


class Action(NamedTuple):
    """One decision of the turning round, and the chance of a deal had it come out otherwise."""

    act: str
    cell: tuple[int, ...]
    value: int
    otherwise: int
    deal: float
    deal_otherwise: float


def chances(
    scenario: str | Path | Mapping[str, Any],
    seed: int,
    futures: int = 200,
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Chances:
    """Keep the past of a run and redraw its future from every round on."""
    setting = load(scenario, changes)
    world, count = World(setting, seed, forced(setting)), len(setting.negotiations)
    run = measure(world.like(seed), setting.rounds)
    seeds = np.arange(futures, dtype=np.uint64) + np.uint64(FUTURES_SEED)
    found = np.zeros((setting.rounds + 1, len(Outcome)))
    for now in range(setting.rounds + 1):
        found[now] = _shares(future(world, run, seeds, now, setting), count)
        advance(world, 1)
        progress(now)
    return Chances(found, futures)


def future(world: World, run: np.ndarray, seeds: np.ndarray, now: int, setting: Scenario) -> np.ndarray:
    """Play redrawn futures from a world that stands at the end of a round; the past of the run goes before."""
    start = world.heir(setting, int(world.seed), forced(setting))
    played = measure_many(start, seeds, setting.rounds - now)
    past = np.broadcast_to(run[:now], (len(seeds), *run[:now].shape))
    return np.concatenate([past, played], axis=1)


def _shares(seen: np.ndarray, negotiations: int) -> np.ndarray:
    return np.bincount(overall(seen, negotiations), minlength=len(Outcome)) / len(seen)


def decisions(setting: Scenario, seed: int, now: int) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """List the choices of a round that were open: act, cell and value, levels left out."""
    world = stand(setting, seed, now - 1)
    world.clock[0] += 1
    for number, act in enumerate(PROTOCOL):
        if act.conditions and not act.sums and (not act.mechanism or getattr(world, f"with_{act.mechanism}")):
            for cell in product(*(range(world.size[axis]) for axis in act.axes)):
                if act.when is None or act.when(world.handle, *cell):
                    yield number, cell, int(act.rule(world.handle, *cell))
        play_acts(world, number, number + 1)


def otherwise(act_name: str, value: int) -> int:
    """Give the opposite of a choice."""
    if act_name == "give_answer":
        return -1 if value > 0 else 1
    if act_name == "rub":
        return 3 if value == 0 else 0
    if act_name == "report_on":
        return 2 if value == 1 else 1
    return 0 if value else 1


def actions(
    scenario: str | Path | Mapping[str, Any],
    seed: int,
    now: int,
    futures: int = 200,
    changes: Mapping[str, Any] | None = None,
) -> list[Action]:
    """Turn each open choice of a round to its opposite, redraw the future, and rank by what that does to the deal."""
    setting = load(scenario, changes)
    past, count = stand(setting, seed, now - 1), len(setting.negotiations)
    run = measure(World(setting, seed, forced(setting)), setting.rounds)
    seeds = np.arange(futures, dtype=np.uint64) + np.uint64(FUTURES_SEED)

    def deal(moves: list[Forced]) -> float:
        world = past.heir(setting, seed, [*forced(setting), *moves])
        advance(world, 1)
        shares = _shares(future(world, run, seeds, now, setting), count)
        return float(shares[Outcome.partial_arrangement :].sum())

    usual, found = deal([]), []
    for number, cell, value in decisions(setting, seed, now):
        act = PROTOCOL[number]
        flat = int(np.ravel_multi_index(cell, past.shape(act.column)))
        turned = otherwise(act.name, value)
        found.append(Action(act.name, cell, value, turned, usual, deal([Forced(now, number, flat, float(turned))])))
    return sorted(found, key=lambda each: -abs(each.deal - each.deal_otherwise))


def cost(branch: Branch, futures: int = 1000) -> dict[str, float]:
    """Give the chance of each outcome as it went and with the branch's one decision turned, same new dice."""
    arms, count = branch.redrawn(futures, FUTURES_SEED, keep_rounds=1), len(branch.scenario.negotiations)
    went, turned = (_shares(arm, count) for arm in arms)
    arms_shares = (("went", went), ("turned", turned))
    return {f"{arm}_{each.name}": float(shares[each]) for arm, shares in arms_shares for each in Outcome}
