"""The measured driver: the protocol written out as straight-line code, compiled once.

The code is generated from ``PROTOCOL``: one small function per act, one call a line in the round.
Adding an act changes nothing here.
"""

from typing import Any

import numpy as np

from experiments.block import Block, alone, copies
from experiments.fates import address, keep, known, room_for
from model.columns import COLUMN
from model.measures import look
from model.protocol import PROTOCOL, Act
from model.rule import generated
from model.world import World

TOGETHER = 32  # worlds that step together: their states fit into the nearer caches

HEAD = '''"""Written by experiments/kernel.py from the protocol. Do not edit."""
from model.handle import flat, world_at
from model.measures import observe
from model.protocol import PROTOCOL
from model.rule import internal, rule


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
def apply_forced(world, act, page, first, last):
    """Write the overrides of one act over its page: those from first up to last are this round's."""
    for at in range(first, last):
        if world.forced_act[at] == act:
            page[world.forced_cell[at]] = world.forced_value[at]

'''
LOOPS = '''@rule
def advance(worlds, rounds):
    """Play rounds on from the worlds as they stand, measuring nothing."""
    for _ in range(rounds):
        world_at(worlds, 0).clock[0] += 1
        play_acts(worlds, len(worlds), 0, ACTS)


@rule
def play(worlds, reals, wholes, first_reals, first_wholes, seeds, seen, fates, known):
    """Play one world per seed from the same start, as many together as there are worlds.

    seen: [world, round, indicator], the start first. What fated acts decide is read from fates,
    [world, round, cell], if it is known there, else written there.
    """
    clock = world_at(worlds, 0).clock
    start = clock[0]
    for first in range(0, len(seeds), len(worlds)):
        count, clock[0] = min(len(worlds), len(seeds) - first), start
        for place in range(count):
            reals[place][:], wholes[place][:] = first_reals, first_wholes
            world = world_at(worlds, place)
            world.seed = seeds[first + place]
            observe(world, seen[first + place, 0])
        for now in range(fates.shape[1]):
            clock[0] += 1
            if not known:
                play_acts(worlds, count, 0, FATED)
            for place in range(count):
                move_fates(world_at(worlds, place), fates[first + place, now], known)
            play_acts(worlds, count, FATED, ACTS)
            for place in range(count):
                observe(world_at(worlds, place), seen[first + place, now + 1])
'''


def enact_source(place: int, act: Act) -> str:
    """Write the function that plays one act: decide every cell, apply overrides, turn the page."""
    cell = [f"i{number}" for number in range(len(act.axes))]
    page = "world.real_page" if COLUMN[act.column].kind == "real" else "world.whole_page"
    lines = [f"decide_{place} = PROTOCOL[{place}].rule", "", "", "@internal", f"def enact_{place}(world, first, last):"]
    lines += [f'    """Play {act.name}."""', f"    page, at = {page}, 0"]
    for depth, (index, axis) in enumerate(zip(cell, act.axes, strict=True)):
        lines.append("    " * (depth + 1) + f"for {index} in range(world.n_{axis}):")
    inner = "    " * (len(cell) + 1)
    lines += [f"{inner}page[at] = decide_{place}(world, {', '.join(cell)})", f"{inner}at += 1"]
    lines += [f"    apply_forced(world, {place}, page, first, last)", f"    column = flat(world.{act.column})"]
    lines += ["    for cell in range(at):", "        column[cell] = page[cell]", "", ""]
    return "\n".join(lines)


def round_source(protocol: tuple[Act, ...]) -> str:
    """Write the round: each act is played in all worlds before the next."""
    lines = ["@rule", "def play_acts(worlds, count, first, last):"]
    lines += ['    """Play the acts from first up to last in so many worlds."""', "    world = world_at(worlds, 0)"]
    lines += ["    now = world.clock[0]", "    begin, end = first_forced(world, now), first_forced(world, now + 1)"]
    for place, act in enumerate(protocol):
        condition = f"first <= {place} < last" + (f" and world.with_{act.mechanism}" if act.mechanism else "")
        lines += [f"    if {condition}:", "        for each in range(count):"]
        lines += [f"            enact_{place}(world_at(worlds, each), begin, end)"]
    return "\n".join([*lines, "", "", ""])


def fates_source(protocol: tuple[Act, ...]) -> str:
    """Write how what the fated acts decide, which come first in the round, is kept and recalled."""
    columns = [act.column for act in protocol if act.fated]
    lines = [
        f"ACTS, FATED = {len(protocol)}, {len(columns)}",
        "",
        "",
        "@internal",
        "def move_fates(world, fates, known):",
    ]
    lines += ['    """Recall the fates of a round if they are known, else keep them."""', "    at = 0"]
    for column in columns:
        lines += [f"    cells = flat(world.{column})", "    for cell in range(len(cells)):", "        if known:"]
        lines += ["            cells[cell] = fates[at]", "        else:", "            fates[at] = cells[cell]"]
        lines += ["        at += 1"]
    return "\n".join([*lines, "", "", ""])


def kernel_source(protocol: tuple[Act, ...] = PROTOCOL) -> str:
    """Write the whole kernel."""
    acts = [enact_source(place, act) for place, act in enumerate(protocol)]
    return "\n".join([HEAD, *acts, fates_source(protocol) + round_source(protocol) + LOOPS])


_kernel: list[Any] = []


def kernel() -> Any:
    """Import the compiled kernel, writing and compiling it if need be."""
    if not _kernel:
        _kernel.append(generated("kernel", kernel_source()))
    return _kernel[0]


def advance(world: World, rounds: int) -> None:
    """Play a world on for some rounds, measuring nothing."""
    kernel().advance(alone(world).worlds, rounds)


def play_acts(world: World, first: int, last: int) -> None:
    """Play the acts of this round from number first up to last."""
    kernel().play_acts(alone(world).worlds, 1, first, last)


def measure_many(world: World, seeds: np.ndarray, rounds: int, remember: bool = False) -> np.ndarray:
    """Play one world per seed on from the state this one is in: [world, round, indicator], the start first.

    The world itself stays as it is. The interpreter lock is released meanwhile.
    remember: keep how the dice fell, for the same worlds under other parameters.
    """
    clock = world.clock.copy()
    seen = _played(world, copies(world, min(len(seeds), TOGETHER)), seeds.astype(np.uint64), rounds, remember)
    world.clock[:] = clock
    return seen


def measure(world: World, rounds: int) -> np.ndarray:
    """Play a world on for some rounds; give its trajectory [round, indicator], the state now first."""
    return _played(world, alone(world), np.array([world.seed]), rounds, False)[0]


def _played(world: World, block: Block, seeds: np.ndarray, rounds: int, remember: bool) -> np.ndarray:
    """Play worlds of one start, as many together as the block has room for."""
    seen = np.empty((len(seeds), rounds + 1, len(look(world))))
    where = address(world, seeds, rounds)
    fates = known(where) if remember else None
    found = fates is not None
    if fates is None:
        fates = room_for(world, len(seeds), rounds)
    start = world.reals.copy(), world.wholes.copy()
    kernel().play(block.worlds, block.reals, block.wholes, *start, seeds, seen, fates, found)
    if remember and not found:
        keep(where, fates)
    return seen
