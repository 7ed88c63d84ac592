"""The measured driver: the protocol written out as straight-line code, compiled once.

The code is generated from ``PROTOCOL``: one small function per act, one call a line in the round.
Adding an act changes nothing here.
"""

from typing import Any

import numpy as np

from model.columns import COLUMN
from model.measures import look
from model.protocol import PROTOCOL, Act
from model.rule import generated
from model.world import World

HEAD = '''"""Written by experiments/kernel.py from the protocol. Do not edit."""
from model.measures import observe
from model.protocol import PROTOCOL
from model.rule import internal, rule


@internal
def first_forced(world):
    """Find where this round's overrides begin."""
    low, high = 0, len(world.forced_round)
    while low < high:
        middle = (low + high) // 2
        if world.forced_round[middle] < world.clock[0]:
            low = middle + 1
        else:
            high = middle
    return low


@internal
def apply_forced(world, act, page):
    """Write the overrides of one act of this round over its page."""
    at = first_forced(world)
    while at < len(world.forced_round) and world.forced_round[at] == world.clock[0]:
        if world.forced_act[at] == act:
            page[world.forced_cell[at]] = world.forced_value[at]
        at += 1

'''


def enact_source(place: int, act: Act) -> str:
    """Write the function that plays one act: decide every cell, apply overrides, turn the page."""
    cell = [f"i{number}" for number in range(len(act.axes))]
    page = "world.real_page" if COLUMN[act.column].kind == "real" else "world.whole_page"
    lines = [f"decide_{place} = PROTOCOL[{place}].rule", "", "", "@internal", f"def enact_{place}(world):"]
    lines += [f'    """Play {act.name}."""', f"    page, at = {page}, 0"]
    for depth, (index, axis) in enumerate(zip(cell, act.axes, strict=True)):
        lines.append("    " * (depth + 1) + f"for {index} in range(world.n_{axis}):")
    inner = "    " * (len(cell) + 1)
    lines += [f"{inner}page[at] = decide_{place}(world, {', '.join(cell)})", f"{inner}at += 1"]
    lines += [f"    apply_forced(world, {place}, page)", f"    column = world.{act.column}.reshape(at)"]
    lines += ["    for cell in range(at):", "        column[cell] = page[cell]", "", ""]
    return "\n".join(lines)


def round_source(protocol: tuple[Act, ...]) -> str:
    """Write the round, one call a line, and the loops over rounds."""
    lines = ["@rule", "def play_acts(world, first, last):", '    """Play the acts from first up to last."""']
    for place, act in enumerate(protocol):
        condition = f"first <= {place} < last" + (f" and world.with_{act.mechanism}" if act.mechanism else "")
        lines += [f"    if {condition}:", f"        enact_{place}(world)"]
    lines += [
        "", "", "@rule", "def play(world, rounds, seen):",
        '    """Play rounds on from the world as it stands, measuring after each into a row of seen."""',
        "    for now in range(rounds):",
        "        world.clock[0] += 1",
        f"        play_acts(world, 0, {len(protocol)})",
        "        observe(world, seen[now])",
        "", "", "@rule", "def play_many(world, reals, wholes, clock, seeds, rounds, seen):",
        '    """Play one world per seed from the same start: buffers and clock are put back before each."""',
        "    first_reals, first_wholes = reals.copy(), wholes.copy()",
        "    for number in range(len(seeds)):",
        "        reals[:], wholes[:] = first_reals, first_wholes",
        "        world.seed, world.clock[0] = seeds[number], clock",
        "        observe(world, seen[number, 0])",
        "        play(world, rounds, seen[number, 1:])",
        "", "", "@rule", "def advance(world, rounds):",
        '    """Play rounds on from the world as it stands, measuring nothing."""',
        "    for _ in range(rounds):",
        "        world.clock[0] += 1",
        f"        play_acts(world, 0, {len(protocol)})",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def kernel_source(protocol: tuple[Act, ...] = PROTOCOL) -> str:
    """Write the whole kernel."""
    acts = "\n".join(enact_source(place, act) for place, act in enumerate(protocol))
    return HEAD + "\n" + acts + round_source(protocol)


_kernel: list[Any] = []


def kernel() -> Any:
    """Import the compiled kernel, writing and compiling it if need be."""
    if not _kernel:
        _kernel.append(generated("kernel", kernel_source()))
    return _kernel[0]


def measure_many(world: World, seeds: np.ndarray, rounds: int) -> np.ndarray:
    """Play one world per seed on from the state this one is in: [world, round, indicator], the start first.

    The world itself is left in another state; give it a copy. The interpreter lock is released meanwhile.
    """
    seen = np.empty((len(seeds), rounds + 1, len(look(world))))
    clock = int(world.clock[0])
    kernel().play_many(world.handle, world.reals, world.wholes, clock, seeds.astype(np.uint64), rounds, seen)
    return seen


def measure(world: World, rounds: int) -> np.ndarray:
    """Play a world on for some rounds; give its trajectory [round, indicator], the state now first."""
    start = look(world)
    seen = np.empty((rounds + 1, len(start)))
    seen[0] = start
    kernel().play(world.handle, rounds, seen[1:])
    return seen
