"""The measured driver: the protocol written out as straight-line code, compiled once.

The code is generated from ``PROTOCOL``: one small function per act, one call a line in the round.
Adding an act changes nothing here.
"""

from contextlib import nullcontext
from typing import Any

import numpy as np

from experiments.engine.batch import WorldBlock, block_of_copies, block_of_one
from experiments.engine.draw_cache import cached_draws
from model.columns import COLUMN_BY_NAME
from model.compiler import import_generated
from model.measures import indicator_count
from model.protocol import PROTOCOL, Act
from model.world import World

BLOCK_SIZE = 64  # worlds that step together: their states fit into the nearer caches

SOURCE_HEADER = '''"""Written by experiments/engine/kernel.py from the protocol. Do not edit."""
from model.compiled_world import lane_view, row_buffer, world_at
from model.measures import write_indicators
from model.protocol import PROTOCOL
from model.in_place import writes_in_place
from model.compiler import internal, rule


@internal
def first_forced(world, now):
    """Find the first override of this round or a later one."""
    low, high = 0, len(world.forced_round)
    while low < high:
        middle = (low + high) // 2
        if world.forced_round[middle] < now:
            low = middle + 1
        else:
            high = middle
    return low


@internal
def observe_all(worlds, count, seen, now):
    """Measure the worlds, if they are measured."""
    for each in range(min(count, len(seen))):
        write_indicators(world_at(worlds, each), seen[each, now])


'''
PLAY_SOURCE = '''@rule
def play(worlds, count, rounds, tick, first, last, seen, fates, known):
    """Play so many worlds on for some rounds, in each the acts from number first up to last; tick moves the clock.

    seen: [world, round, indicator], the start first; without a row nothing is measured. fates: what fated acts
    decide, [round, cell, world], which is read if it is known, else written; without a round it is not kept.
    """
    world = world_at(worlds, 0)
    observe_all(worlds, count, seen, 0)
    for now in range(rounds):
        world.clock[0] += tick
        begin, end = first_forced(world, world.clock[0]), first_forced(world, world.clock[0] + 1)
'''


def act_source(place: int, act: Act) -> str:
    """Write the function that plays one act: decide every cell, apply overrides, turn the page."""
    kind, cell = COLUMN_BY_NAME[act.column].kind, [f"i{number}" for number in range(len(act.axes))]
    lines = [f"decide_{place} = PROTOCOL[{place}].rule", "", "", "@internal"]
    lines += [f"def enact_{place}(worlds, count, begin, end):", f'    """Play {act.name}."""']
    lines += ["    world, at = world_at(worlds, 0), 0", f"    column = lane_view(world.{act.column}, world.n_lane)"]
    lines += [
        f"    page = column if writes_in_place({place}) else world.{kind}_buffer",
        "    decided = row_buffer(page)",
    ]
    for depth, (index, axis) in enumerate(zip(cell, act.axes, strict=True)):
        lines.append("    " * (depth + 1) + f"for {index} in range(world.n_{axis}):")
    inner = "    " * (len(cell) + 1)
    lines += [f"{inner}for each in range(count):"]
    lines += [f"{inner}    decided[each] = decide_{place}(world_at(worlds, each), {', '.join(cell)})"]
    lines += [f"{inner}for each in range(count):", f"{inner}    page[at, each] = decided[each]", f"{inner}at += 1"]
    lines += ["    for move in range(begin, end):", f"        if world.forced_act[move] == {place}:"]
    lines += ["            for each in range(count):"]
    lines += ["                page[world.forced_cell[move], each] = world.forced_value[move]"]
    lines += [f"    if not writes_in_place({place}):", "        old, new = column.reshape(-1), page.reshape(-1)"]
    lines += ["        for place in range(at * world.n_lane):", "            old[place] = new[place]", "", ""]
    return "\n".join(lines)


def draws_source(protocol: tuple[Act, ...]) -> str:
    """Write how what the fated acts decide, which come first in the round, is kept and recalled."""
    lines = ["@internal", "def move_fates(worlds, count, fates, known):"]
    lines += ['    """Recall the fates of a round if they are known, else keep them."""']
    lines += ["    world, at = world_at(worlds, 0), 0"]
    for column in (act.column for act in protocol if act.parameter_free):
        lines += [f"    cells = lane_view(world.{column}, world.n_lane)", "    for cell in range(len(cells)):"]
        lines += ["        for each in range(count):", "            if known:"]
        lines += ["                cells[cell, each] = fates[at, each]", "            else:"]
        lines += ["                fates[at, each] = cells[cell, each]", "        at += 1"]
    return "\n".join([*lines, "", "", ""])


def round_source(protocol: tuple[Act, ...]) -> str:
    """Write the round: each act is played in all worlds before the next."""
    lines = []
    for place, act in enumerate(protocol):
        if place == sum(act.parameter_free for act in protocol):
            lines += ["        if now < len(fates):", "            move_fates(worlds, count, fates[now], known)"]
        conditions = [f"first <= {place} < last"]
        conditions += [f"world.with_{act.mechanism}"] if act.mechanism else []
        conditions += ["not known"] if act.parameter_free else []
        lines += [f"        if {' and '.join(conditions)}:", f"            enact_{place}(worlds, count, begin, end)"]
    lines += ["        observe_all(worlds, count, seen, now + 1)"]
    return "\n".join([*lines, ""])


def kernel_source(protocol: tuple[Act, ...] = PROTOCOL) -> str:
    """Write the whole kernel."""
    acts = [act_source(place, act) for place, act in enumerate(protocol)]
    return "\n".join([SOURCE_HEADER, *acts, draws_source(protocol) + PLAY_SOURCE + round_source(protocol)])


_kernel: list[Any] = []


def load_kernel() -> Any:
    """Import the compiled kernel, writing and compiling it if need be."""
    if not _kernel:
        _kernel.append(import_generated("kernel", kernel_source()))
    return _kernel[0]


NO_ARRAY = np.empty((0, 0, 0))  # no indicators are measured, no fates are kept
ALL_ACTS = 0, len(PROTOCOL)


def _play(
    block: WorldBlock,
    count: int,
    rounds: int,
    seen: np.ndarray = NO_ARRAY,
    fates: np.ndarray = NO_ARRAY,
    known: bool = False,
    tick: int = 1,
    acts: tuple[int, int] = ALL_ACTS,
) -> None:
    load_kernel().play(block.worlds, count, rounds, tick, *acts, seen, fates, known)


def advance(world: World, rounds: int) -> None:
    """Play a world on for some rounds, measuring nothing."""
    _play(block_of_one(world), 1, rounds)


def advance_block(block: WorldBlock, rounds: int) -> None:
    """Play all worlds of a block on for some rounds, measuring nothing."""
    _play(block, len(block.seeds), rounds)


def play_acts(world: World, first: int, last: int) -> None:
    """Play the acts of this round from number first up to last."""
    _play(block_of_one(world), 1, 1, tick=0, acts=(first, last))


def run_trajectory(world: World, rounds: int) -> np.ndarray:
    """Play a world on for some rounds; give its trajectory [round, indicator], the state now first."""
    seen = np.empty((1, rounds + 1, indicator_count(world)))
    _play(block_of_one(world), 1, rounds, seen)
    return seen[0]


def run_trajectories(world: World, seeds: np.ndarray, rounds: int, cache_draws: bool = False) -> np.ndarray:
    """Play one world per seed on from the state this one is in: [world, round, indicator], the start first.

    The world itself stays as it is. The interpreter lock is released meanwhile.
    remember: keep how the dice fell, for the same worlds under other parameters.
    """
    seen = np.empty((len(seeds), rounds + 1, indicator_count(world)))
    block = block_of_copies(world, min(len(seeds), BLOCK_SIZE))
    for first in range(0, len(seeds), BLOCK_SIZE):
        part = slice(first, first + BLOCK_SIZE)
        own = seeds[part].astype(np.uint64)
        block.start_from(world, own)
        with cached_draws(world, own, rounds) if cache_draws else nullcontext((NO_ARRAY, False)) as (fates, known):
            _play(block, len(own), rounds, seen[part], fates, known)
    return seen
