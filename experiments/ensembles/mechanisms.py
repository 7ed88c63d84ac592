"""What each mechanism moves: the same worlds with it on and off, in every shipped scenario.

For each mechanism the table keeps the scenario and the outcome that it moves most, with the paired
difference (on minus off, same dice) and its 95 % interval. A mechanism that moves nothing anywhere
would show an interval that covers zero.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.engine.kernel import measure
from experiments.ensembles.statistics import Z95
from model.enumerations import Outcome
from model.loading import load, shipped
from model.measures import OVERALL, overall_outcome
from model.overrides import forced
from model.parameters import Mechanisms
from model.protocol import PROTOCOL
from model.world import World

MEASURES = (
    "comprehensive deal", "some deal stands", "breakdown", "contact share", "mean tension", "mean trust",
    "mean progress", "mean uncertainty", "mean pressure", "mean programme", "misperception", "mean support", "breaches",
)  # fmt: skip
WORLDS = 300
PLACE = {indicator.name: place for place, indicator in enumerate(OVERALL)}


MEANS = (
    "contact", "tension", "trust", "deal_progress", "uncertainty", "pressure", "programme", "misperception",
    "support",
)  # fmt: skip


def summary(seen: np.ndarray, negotiations: int) -> list[float]:
    """Sum a trajectory up in MEASURES."""
    outcome = overall_outcome(seen, negotiations)
    means = seen[1:].mean(axis=0)
    return [
        float(outcome == Outcome.comprehensive_deal),
        float(outcome >= Outcome.partial_arrangement),
        float(outcome == Outcome.breakdown),
        *(float(means[PLACE[name]]) for name in MEANS),
        float(seen[-1, PLACE["breaches"]]),
    ]


def summaries(name: str, changes: dict[str, Any], worlds: int) -> np.ndarray:
    """Sum up worlds 1 to n of a scenario: [world, measure]."""
    setting = load(name, changes)
    first, count = World(setting, 1, forced(setting)), len(setting.negotiations)
    return np.array([summary(measure(first.like(seed), setting.rounds), count) for seed in range(1, worlds + 1)])


def compared(on: np.ndarray, off: np.ndarray) -> list[tuple[float, float, float, float]]:
    """Give for each measure the paired difference, its 95 % interval, and its size in standard errors."""
    difference = on - off
    mean, error = difference.mean(axis=0), difference.std(axis=0, ddof=1) / np.sqrt(len(on))
    strength = np.abs(mean) / np.where(error > 0.0, error, np.inf)
    return list(zip(mean, mean - Z95 * error, mean + Z95 * error, strength, strict=True))


def effects(
    worlds: int = 200, progress: Callable[[Any, str], Iterable[Any]] = lambda things, _: things
) -> pd.DataFrame:
    """Measure every mechanism in every shipped scenario: one row per mechanism, scenario and measure."""
    rows = []
    for name in progress(shipped(), "switching mechanisms off"):
        here, switches = summaries(name, {}, worlds), load(name).mechanisms
        for mechanism in Mechanisms.model_fields:
            is_on = getattr(switches, mechanism)
            other = summaries(name, {f"mechanisms.{mechanism}": not is_on}, worlds)
            found = compared(here, other) if is_on else compared(other, here)
            rows += [(mechanism, name, measured, *row) for measured, row in zip(MEASURES, found, strict=True)]
    return pd.DataFrame(rows, columns=["mechanism", "scenario", "measure", "difference", "low", "high", "strength"])


HEADLINE = (
    "comprehensive deal", "some deal stands", "breakdown", "contact share", "mean tension", "mean trust",
    "mean progress", "breaches",
)  # fmt: skip


def strongest(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Keep for each mechanism the scenario and headline outcome that it moves most clearly."""
    rows = [row for row in table.to_dict(orient="records") if row["measure"] in HEADLINE]
    return [
        max((row for row in rows if row["mechanism"] == mechanism), key=lambda row: row["strength"])
        for mechanism in Mechanisms.model_fields
    ]


def markdown(best: list[dict[str, Any]], worlds: int) -> str:
    """Write the table for docs/odd.md."""
    lines = [
        f"Paired differences (on minus off) over {worlds} worlds with the same dice, with 95 % intervals; for each",
        "mechanism the headline outcome and the shipped scenario in which the effect is clearest. Written by",
        "`python -m experiments.ensembles.mechanisms docs/odd.md`.",
        "",
        "| mechanism | built | tested | off switch | outcome it moves | scenario | on minus off |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in best:
        number, _, _ = (Mechanisms.model_fields[row["mechanism"]].description or "").partition(":")
        effect = f"{row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
        acts = sum(act.mechanism == row["mechanism"] for act in PROTOCOL)
        tested = "off is absent, [test](../tests/model/test_mechanisms.py)"
        cells = (
            f"{number} {row['mechanism']}",
            f"{acts} acts",
            tested,
            f"`mechanisms.{row['mechanism']}`",
            row["measure"],
        )
        lines.append(f"| {' | '.join(cells)} | `{row['scenario']}` | {effect} |")
    return "\n".join(lines)


def write_into(path: Path, table: str) -> None:
    """Put the table between its markers in a document."""
    begin, end = "<!-- mechanisms:begin -->", "<!-- mechanisms:end -->"
    before, _, rest = path.read_text("utf-8").partition(begin)
    _, _, after = rest.partition(end)
    path.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}", "utf-8")


if __name__ == "__main__":
    written = markdown(strongest(effects(WORLDS)), WORLDS)
    print(written)
    for target in sys.argv[1:]:
        write_into(Path(target), written)
