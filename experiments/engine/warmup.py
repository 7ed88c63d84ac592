"""Compile the model into the cache, before the first run: `python -m experiments.engine.warmup`."""

import sys
import time

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from experiments.engine.kernel import run_trajectory
from model.compiler import CACHE_FOLDER, COMPILED
from model.loading import load_scenario
from model.overrides import collect_overrides
from model.protocol import PROTOCOL
from model.world import World


def compile_all() -> None:
    """Compile the kernel, every rule and every condition; quick when all is cached."""
    if not COMPILED:
        return
    started, screen = time.perf_counter(), Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("compiling: {task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        line = progress.add_task("the kernel (about a minute when nothing is cached)", total=None)
        scenario = load_scenario("two-states")
        world = World(scenario, 1, collect_overrides(scenario))
        run_trajectory(world, 1)
        for act in PROTOCOL:
            progress.update(line, description=act.name)
            cell = [0] * len(act.axes)
            rules = [act.rule, *(c.rule for c in act.conditions), *([act.when] if act.when else [])]
            for rule in rules:
                if min(world.shape(act.column)) > 0:
                    rule(world.compiled, *cell)
    print(f"Rules compiled and cached in {CACHE_FOLDER} ({time.perf_counter() - started:.1f} s).", file=sys.stderr)


if __name__ == "__main__":
    compile_all()
