"""The kernel, which plays measured runs: the protocol as straight-line code, generated and compiled once.

The code is generated from ``PROTOCOL``: one small function for each act, one call for each act in the round.
A new act needs no change here.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from experiments.engine.batch import WorldBlock, block_of_copies, block_of_one
from experiments.engine.draw_cache import cached_draws
from model.acts import Act
from model.columns import COLUMN_BY_NAME
from model.compiler import import_generated
from model.measures import indicator_count
from model.plan import StartCells
from model.protocol import PROTOCOL
from model.world import World

BLOCK_SIZE = 64  # worlds that step together: their states fit into the processor's caches

SOURCE_HEADER = '''"""Written by experiments/engine/kernel.py from the protocol. Do not edit."""
from model.compiled_world import lane_view, row_buffer, run_at, world_at
from model.rules.event_conditions import condition_holds
from model.measures import write_indicators
from model.protocol import PROTOCOL
from model.in_place import writes_in_place
from model.compiler import internal, rule


@internal
def first_forced(world, now):
    """Return the first override of this round or a later one."""
    low, high = 0, len(world.forced_round)
    while low < high:
        middle = (low + high) // 2
        if world.forced_round[middle] < now:
            low = middle + 1
        else:
            high = middle
    return low


@internal
def apply_overrides(worlds, count, place, begin, end, buffer):
    """Write the overrides of an act into its buffer, in the worlds where their condition holds."""
    world = world_at(worlds, 0)
    for move in range(begin, end):
        if world.forced_act[move] == place:
            cell, value = world.forced_cell[move], world.forced_value[move]
            condition, k = world.forced_condition[move], world.forced_negotiation[move]
            for each in range(count):
                if condition == 0 or condition_holds(world_at(worlds, each), condition, k):
                    buffer[cell, each] = value


@internal
def write_all_indicators(worlds, count, seen, now):
    """Write the indicators of all worlds after round ``now``, if ``seen`` has a place for them."""
    if now < len(seen):
        for each in range(count):
            write_indicators(world_at(worlds, each), seen[now, :, each])


'''
PLAY_SOURCE = '''@rule
def play(worlds, count, run_ends, rounds, tick, first, last, seen, draws, known):
    """Play ``count`` worlds for some rounds, in each the acts from number first up to last; tick moves the clock.

    run_ends: for each lane the end of its run. seen: indicators [round, indicator, world], the start first; without
    rounds, none are written. draws: random draws [round, cell, world], read if they are known, else written; without
    rounds, they are not used.
    """
    world = world_at(worlds, 0)
    write_all_indicators(worlds, count, seen, 0)
    for now in range(rounds):
        world.clock[0] += tick
        begin, end = first_forced(world, world.clock[0]), first_forced(world, world.clock[0] + 1)
        low = 0
        while low < count:
            high = min(run_ends[low], count)
            size, run, drawn = high - low, run_at(worlds, low), draws[:, :, low:high]
            low, world = high, world_at(run, 0)
'''


def act_source(place: int, act: Act) -> str:
    """Return the source of the function that plays one act in a run: decide every cell, apply overrides, commit."""
    kind, cell = COLUMN_BY_NAME[act.column].kind, [f"i{number}" for number in range(len(act.axes))]
    lines = [f"decide_{place} = PROTOCOL[{place}].rule", "", "", "@internal"]
    lines += [f"def play_act_{place}(worlds, count, begin, end):", f'    """Play {act.name}."""']
    lines += ["    world, at = world_at(worlds, 0), 0", f"    column = lane_view(world.{act.column}, world.n_lane)"]
    lines += [
        f"    buffer = column if writes_in_place({place}) else world.{kind}_buffer",
        "    decided = row_buffer(buffer)",
    ]
    for depth, (index, axis) in enumerate(zip(cell, act.axes, strict=True)):
        lines.append("    " * (depth + 1) + f"for {index} in range(world.n_{axis}):")
    inner = "    " * (len(cell) + 1)
    loop = [
        "for each in range(count):",
        f"    decided[each] = decide_{place}(world_at(worlds, each), {', '.join(cell)})",
    ]
    if act.axes == ("state", "state"):  # without branches on the pair inside, the compiler can vectorise a loop
        lines += [f"{inner}if world.negotiation_between[{', '.join(cell)}] >= 0:"]
        lines += [f"{inner}    {line}" for line in loop] + [f"{inner}else:"]
        lines += [f"{inner}    {line}" for line in loop]
    else:
        lines += [inner + line for line in loop]
    lines += [f"{inner}for each in range(count):", f"{inner}    buffer[at, each] = decided[each]", f"{inner}at += 1"]
    lines += ["    if begin < end:", f"        apply_overrides(worlds, count, {place}, begin, end, buffer)"]
    lines += [f"    if not writes_in_place({place}):", "        for cell in range(at):"]
    lines += ["            for each in range(count):"]
    lines += ["                column[cell, each] = buffer[cell, each]", "", ""]
    return "\n".join(lines)


def draws_source(protocol: tuple[Act, ...]) -> str:
    """Return the source of the function that stores or restores random draws; those acts come first in a round."""
    lines = ["@internal", "def transfer_draws(worlds, count, draws, known):"]
    lines += ['    """Restore the draws of a round if they are known, else store them."""']
    lines += ["    world, at = world_at(worlds, 0), 0"]
    for column in (act.column for act in protocol if act.parameter_free):
        lines += [f"    cells = lane_view(world.{column}, world.n_lane)", "    for cell in range(len(cells)):"]
        lines += ["        for each in range(count):", "            if known:"]
        lines += ["                cells[cell, each] = draws[at, each]", "            else:"]
        lines += ["                draws[at, each] = cells[cell, each]", "        at += 1"]
    return "\n".join([*lines, "", "", ""])


def round_source(protocol: tuple[Act, ...]) -> str:
    """Return the source of a round of a run, inside ``play``: each act is played in all its worlds before the next."""
    lines = []
    for place, act in enumerate(protocol):
        if place == sum(act.parameter_free for act in protocol):
            lines += ["if now < len(draws):", "    transfer_draws(run, size, drawn[now], known)"]
        conditions = [f"first <= {place} < last"]
        conditions += [f"world.with_{act.mechanism}"] if act.mechanism else []
        conditions += ["not known"] if act.parameter_free else []
        lines += [f"if {' and '.join(conditions)}:", f"    play_act_{place}(run, size, begin, end)"]
    return (
        "".join(f"            {line}\n" for line in lines)
        + "        write_all_indicators(worlds, count, seen, now + 1)\n"
    )


def kernel_source(protocol: tuple[Act, ...] = PROTOCOL) -> str:
    """Return the source of the kernel."""
    acts = [act_source(place, act) for place, act in enumerate(protocol)]
    return "\n".join([SOURCE_HEADER, *acts, draws_source(protocol) + PLAY_SOURCE + round_source(protocol)])


_kernel: list[Any] = []


def load_kernel() -> Any:
    """Return the compiled kernel; generate and compile it if necessary."""
    if not _kernel:
        _kernel.append(import_generated("kernel", kernel_source()))
    return _kernel[0]


NO_ARRAY = np.empty((0, 0, 0))  # no indicators are written, no draws are used
ALL_ACTS = 0, len(PROTOCOL)


def _play(
    block: WorldBlock,
    count: int,
    rounds: int,
    indicators: np.ndarray = NO_ARRAY,
    draws: np.ndarray = NO_ARRAY,
    known: bool = False,
    tick: int = 1,
    acts: tuple[int, int] = ALL_ACTS,
) -> None:
    load_kernel().play(block.worlds, count, block.run_ends, rounds, tick, *acts, indicators, draws, known)


def advance(world: World, rounds: int) -> None:
    """Play a world for some rounds."""
    _play(block_of_one(world), 1, rounds)


def advance_block(block: WorldBlock, rounds: int) -> None:
    """Play all worlds of a block for some rounds."""
    _play(block, len(block.seeds), rounds)


def play_acts(world: World, first: int, last: int) -> None:
    """Play the acts of this round from number ``first`` up to, not including, ``last``."""
    _play(block_of_one(world), 1, 1, tick=0, acts=(first, last))


def blocks_before_act(
    world: World, seeds: np.ndarray, now: int, act: int, cells: StartCells | None = None
) -> Iterator[Any]:
    """Yield one world per seed, as rules take it, immediately before act number ``act`` of round ``now``.

    They start from ``world``, which has played no round yet, and are valid until the next one is taken. cells: the
    cells in which they differ from it, with one point for each seed.
    """
    for first in range(0, len(seeds), BLOCK_SIZE):
        part = slice(first, min(first + BLOCK_SIZE, len(seeds)))
        block = block_of_copies(world, part.stop - first)
        block.start_from(world, seeds[part], cells and cells.at(part))
        advance_block(block, now - 1)
        block.clock[0] += 1
        _play(block, len(block.seeds), 1, tick=0, acts=(0, act))
        yield from map(block.world, range(len(block.seeds)))


def run_trajectory(world: World, rounds: int) -> np.ndarray:
    """Play a world for some rounds and return its trajectory: float64 [round, indicator], the current state first."""
    seen = np.empty((rounds + 1, indicator_count(world), 1))
    _play(block_of_one(world), 1, rounds, seen)
    return seen[:, :, 0]


def run_trajectories(world: World, seeds: np.ndarray, rounds: int, cache_draws: bool = False) -> np.ndarray:
    """Play one world per seed from the current state of ``world``, which does not change. Returns their trajectories.

    They are float64 [world, round, indicator], the start first. The interpreter lock is released. cache_draws: cache
    the random draws, for the same worlds under other parameters.
    """
    seen = np.empty((len(seeds), rounds + 1, indicator_count(world)))
    for part, trajectories in play_blocks(world, seeds, rounds, cache_draws):
        seen[part] = trajectories
    return seen


def play_blocks(
    world: World,
    seeds: np.ndarray,
    rounds: int,
    cache_draws: bool = False,
    cells: StartCells | None = None,
    rows: np.ndarray | None = None,
) -> Iterator[tuple[slice, np.ndarray]]:
    """Play one world per seed, block by block. Yields the places of the worlds and their trajectories.

    These are as in ``run_trajectories``, and valid until the next block. cells: the cells in which points of a design
    differ from ``world``. rows: the point of each world among those of ``cells``, int [world].
    """
    block = block_of_copies(world, min(len(seeds), BLOCK_SIZE))
    seen = np.empty((rounds + 1, indicator_count(world), len(block.seeds)))  # worlds last: contiguous, as in the block
    for first in range(0, len(seeds), BLOCK_SIZE):
        part = slice(first, min(first + BLOCK_SIZE, len(seeds)))
        chosen = seeds[part].astype(np.uint64)
        block.start_from(world, chosen, None if cells is None or rows is None else cells.at(rows[part]))
        with cached_draws(world, chosen, rounds) if cache_draws else nullcontext((NO_ARRAY, False)) as (draws, known):
            _play(block, len(chosen), rounds, seen, draws, known)
        yield part, seen[:, :, : len(chosen)].transpose(2, 0, 1)
