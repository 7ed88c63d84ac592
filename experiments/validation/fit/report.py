"""The report of a fit: ``python -m experiments.validation.fit.report FILE [--judge]``.

Each statistic on the seeds of tuning and on others, with intervals. The patterns that are held back are measured only
with ``--judge``, and only on the other seeds.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.validation.fit.command import JUDGING_SEED, add_worlds, exit_with_errors
from experiments.validation.fit.files import read_values, run_facts
from experiments.validation.fit.objective import Objective
from experiments.validation.fit.weights import FITTED_WEIGHTS, check_values, scenario_changes
from experiments.validation.pattern import Pattern
from experiments.validation.patterns import PATTERNS, measure_patterns
from experiments.validation.traces import ScenarioSample, ScenarioSource
from model.atomic_files import write_atomically

BLOCKS: tuple[str, str] = ("tuning", "judging")


def with_values(pattern: Pattern, values: Mapping[str, Any], first_seed: int) -> Pattern:
    """Return a pattern that is counted in its scenarios with given values and seeds."""

    def counted(scenario: ScenarioSource, worlds: int) -> Any:
        name = str(scenario)
        return pattern.count_cases(ScenarioSample(name, scenario_changes(values, name), first_seed), worlds)

    return pattern._replace(count_cases=counted)


def report_rows(
    values: Mapping[str, Any],
    fitted: Sequence[Pattern],
    held_back: Sequence[Pattern],
    worlds: tuple[int, int],
    progress: Callable[[str], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """Measure patterns on both blocks of seeds, those held back only on the second; return one row per test.

    worlds: in each arm of each scenario, of tuning and of judging. The verdict is that of the judging block.
    """
    measured = [
        measure_patterns(count, progress, patterns=tuple(with_values(each, values, seed) for each in patterns))
        for count, seed, patterns in (
            (worlds[0], 1, fitted),
            (worlds[1], JUDGING_SEED, (*fitted, *held_back)),
        )
    ]
    tuning = {(row["pattern"], row["test"]): row for row in measured[0]}
    rows = []
    for row in measured[1]:
        by_block = dict(zip(BLOCKS, (tuning.get((row["pattern"], row["test"])), row), strict=True))
        figures = {
            block: None if each is None else {name: each[name] for name in ("estimate", "low", "high", "arms")}
            for block, each in by_block.items()
        }
        facts = {name: row[name] for name in ("pattern", "test", "threshold", "verdict")}
        rows.append({**facts, "held_back": row["used_for_tuning"] == "held back", **figures})
    return rows


def report_text(rows: Sequence[Mapping[str, Any]], losses: Mapping[str, Mapping[str, float]]) -> str:
    """Return the report as text: the losses of both blocks, then one line per test, those that do not hold first."""
    lines = [f"loss, {block}: {sum(each.values()):.3f} ({_losses_text(each)})" for block, each in losses.items()]
    for row in sorted(rows, key=lambda row: row["verdict"] == "holds"):
        shown = ", ".join(f"{block} {_interval_text(row[block])}" for block in BLOCKS if row[block] is not None)
        held_back = " (held back)" if row["held_back"] else ""
        lines.append(f"{row['pattern']:>4} {row['verdict']:<14} {row['threshold']}: {shown}; {row['test']}{held_back}")
    return "\n".join(lines)


def _losses_text(losses: Mapping[str, float]) -> str:
    return ", ".join(f"{key} {loss:.2f}" for key, loss in losses.items() if loss > 0.005) or "none"


def _interval_text(figures: Mapping[str, Any]) -> str:
    if figures["estimate"] is None:
        return "undefined"
    return f"{figures['estimate']:.3g} [{figures['low']:.3g}, {figures['high']:.3g}]"


def patterns_to_judge(judge: bool) -> list[Pattern]:
    """Return the patterns that are held back if they are to be read, else none."""
    return [pattern for pattern in PATTERNS if judge and pattern.held_back]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    parser = argparse.ArgumentParser(prog="python -m experiments.validation.fit.report", description=main.__doc__)
    parser.add_argument("values", type=Path, metavar="FILE", help="values of a fit")
    add_worlds(parser, "--worlds", 100, "worlds of the tuning block, as in the fit")
    add_worlds(parser, "--judging-worlds", 300, "worlds of the judging block")
    parser.add_argument("--judge", action="store_true", help="also measure the patterns that are held back: once, last")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="also write the rows as JSON")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure fitted values on the seeds of tuning and on others."""
    given = make_parser().parse_args(arguments)
    with exit_with_errors():
        values = read_values(given.values)
        tuning, judging = Objective(given.worlds), Objective(given.judging_worlds, JUDGING_SEED)
        held_back = patterns_to_judge(given.judge)
        scenarios = {*tuning.scenarios, *(name for pattern in held_back for name in pattern.scenarios)}
        check_values(values, FITTED_WEIGHTS, sorted(scenarios), str(given.values))
        losses = dict(zip(BLOCKS, (tuning(values), judging(values)), strict=True))
        worlds = given.worlds, given.judging_worlds
        rows = report_rows(values, tuning.patterns, held_back, worlds, lambda text: print(text, file=sys.stderr))
        if given.out is not None:
            facts = {
                block: run_facts(each.worlds, each.first_seed, each.aims_digest)._asdict()
                for block, each in zip(BLOCKS, (tuning, judging), strict=True)
            }
            content = {"blocks": facts, "values": values, "losses": losses, "rows": rows}
            write_atomically(given.out, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())
        print(report_text(rows, losses))


if __name__ == "__main__":
    main()
